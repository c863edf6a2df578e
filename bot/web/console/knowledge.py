"""The Knowledge tab: a place that our own script fills from the knowledge routes.

Texts of passages and dialogues reach the page as JSON and become text nodes there, never markup.
"""

from typing import TYPE_CHECKING

import gradio as gr

from bot.web.console.words import words_of

if TYPE_CHECKING:
    from bot.web.console.console import Console

HEAD = '<link rel="stylesheet" href="/static/knowledge/knowledge.css">'
START = """
import("/static/knowledge/tab.js").then(
  ({ start }) => start(element.querySelector(".dk"), props.value)
);
"""


class KnowledgeTab:
    """Builds its component inside the current tab; every deed goes through the routes."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        gr.HTML(
            words_of("knowledge."),
            html_template='<div class="dk"></div>',
            js_on_load=START,
            head=HEAD,
            apply_default_css=False,
            elem_id="dc-knowledge-all",
        )

"""The Review tab: a page of its own script, which asks the staff's routes for everything."""

from typing import TYPE_CHECKING

import gradio as gr

from bot.web.console.words import words_of

if TYPE_CHECKING:
    from bot.web.console.console import Console

_START = """
const place = element.querySelector(".dr");
import("/static/review.js").then((page) => page.start(place, props.value));
"""


class ReviewTab:
    """Its script needs nothing of Gradio but the place to draw in and the words."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        gr.HTML(
            words_of("review."),
            html_template='<div class="dr"></div>',
            js_on_load=_START,
            apply_default_css=False,
            padding=False,
            elem_id="dc-review-page",
        )

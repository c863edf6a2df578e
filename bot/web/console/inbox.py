"""The Inbox tab."""

from typing import TYPE_CHECKING

import gradio as gr

from bot.web.console.words import t

if TYPE_CHECKING:
    from bot.web.console.console import Console


class InboxTab:
    """Builds its components inside the current tab and connects their events."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        gr.HTML(t("shell.empty"))

"""The Insights tab: the frame and the words; its script fetches figures from `/api/staff/insights`.

Knows no figure.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr

from bot.web.console import words
from bot.web.console.mood_banner import mood_alerts

if TYPE_CHECKING:
    from bot.web.console.console import Console

STATIC = Path(__file__).parents[1] / "static"
SCRIPTS = (
    "console_charts.js",
    "console_insights_words.js",
    "console_insights_cards.js",
    "console_insights_topics.js",
    "console_insights.js",
)
"""They run one after the other, as one script."""


class InsightsTab:
    """Builds its component inside the current tab; its script does the rest."""

    def __init__(self, _: "Console") -> None:
        mood_alerts(noted=True)
        gr.HTML(
            words.words_of("insights."),
            html_template='<section class="dc-insights"></section>',
            js_on_load="\n".join((STATIC / name).read_text("utf-8") for name in SCRIPTS),
            apply_default_css=False,
            elem_id="dc-insights-page",
        )

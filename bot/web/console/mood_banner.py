"""The banner above all tabs that tells of a mood worse than usual; see `bot.mood_alerts`."""

from pathlib import Path

import gradio as gr

from bot.web.console import words

SCRIPT = Path(__file__).parents[1] / "static" / "console_mood.js"


def mood_banner() -> gr.HTML:
    """The banner as a component; its script asks `/api/staff/mood-alerts` what there is."""
    named = words.words_of("insights.")
    return gr.HTML(
        {**words.words_of("mood."), "en": named["en"], "zh": named["zh"]},
        html_template='<div class="dc-mood" role="status"></div>',
        js_on_load=SCRIPT.read_text("utf-8"),
        apply_default_css=False,
        elem_id="dc-mood",
    )

"""Tells of a mood worse than usual: a card over all tabs, lines in Insights.

When it is, `bot.insights.mood_alerts` says.
"""

from pathlib import Path

import gradio as gr

from bot.web.console import words

SCRIPT = Path(__file__).parents[1] / "static" / "console_mood.js"


def mood_alerts(*, noted: bool) -> gr.HTML:
    """The alerts as a component, with those that somebody has noted or without.

    Its script asks `/api/staff/mood-alerts` what there is.
    """
    named = words.words_of("insights.")
    said = {**words.words_of("mood."), "en": named["en"], "zh": named["zh"]}
    return gr.HTML(
        {"words": said, "noted": noted},
        html_template='<div class="dc-mood" role="status"></div>',
        js_on_load=SCRIPT.read_text("utf-8"),
        apply_default_css=False,
        elem_id="dc-mood-all" if noted else "dc-mood-new",
    )

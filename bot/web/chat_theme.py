"""The chat page's colours and fonts, as Gradio wants them; the layout is in static/chat.css."""

import gradio as gr

FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "PingFang SC")
TEAL = gr.themes.Color(
    c50="#effaf8",
    c100="#d6f1ed",
    c200="#afe3dc",
    c300="#7fd0c6",
    c400="#4bb5a9",
    c500="#2a978c",
    c600="#187a71",
    c700="#0f6b63",
    c800="#0d544f",
    c900="#0c4541",
    c950="#052a28",
)


def theme() -> gr.themes.Base:
    """System fonts only: Gradio's own themes would ask another host for theirs."""
    fonts = [gr.themes.Font(name) for name in (*FONT, "sans-serif")]
    mono = [gr.themes.Font(name) for name in ("ui-monospace", "monospace")]
    return gr.themes.Base(
        primary_hue=TEAL, neutral_hue=gr.themes.colors.slate, font=fonts, font_mono=mono
    )

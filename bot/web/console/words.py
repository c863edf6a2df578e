"""All words of the console, English and Chinese; each tab keeps its own in `words_TAB.py`.

Labels are translated by the browser (`t`), texts made by a handler here (`word`).
"""

import gradio as gr
from gradio.i18n import I18nData

from bot.web.console import (
    words_canned,
    words_inbox,
    words_insights,
    words_knowledge,
    words_models,
    words_review,
    words_settings,
    words_shell,
)
from knowledge.types import LANGUAGES, Language

WORDS: dict[str, tuple[str, str]] = {
    **words_shell.WORDS,
    **words_inbox.WORDS,
    **words_canned.WORDS,
    **words_review.WORDS,
    **words_knowledge.WORDS,
    **words_insights.WORDS,
    **words_models.WORDS,
    **words_settings.WORDS,
}
"""Key -> its English and its Chinese text."""

_CHINESE_LOCALES = ("zh", "zh-CN", "zh-TW", "zh-HK", "zh-SG")
"""Gradio brings words of its own for some of them and would look no further."""


def _translations() -> gr.I18n:
    english = {key: texts[0] for key, texts in WORDS.items()}
    chinese = {key: texts[1] for key, texts in WORDS.items()}
    return gr.I18n(en=english, **dict.fromkeys(_CHINESE_LOCALES, chinese))


I18N = _translations()


def t(key: str) -> I18nData:
    """A label that the browser shows in its own language; KeyError for a key without words."""
    if key not in WORDS:
        raise KeyError(key)
    return I18N(key)


def word(key: str, language: Language, **values: object) -> str:
    """The words in one language, their `{variables}` filled."""
    return WORDS[key][LANGUAGES.index(language)].format(**values)


def words_of(prefix: str) -> dict[str, dict[Language, str]]:
    """The words under `prefix`, for a page's own script: key -> language -> text."""
    return {
        key.removeprefix(prefix): dict(zip(LANGUAGES, texts, strict=True))
        for key, texts in WORDS.items()
        if key.startswith(prefix)
    }

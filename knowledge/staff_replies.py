"""Which of the replies that staff gave are knowledge.

A reply is kept when it would be right for any customer: nothing done or promised for this one, no
question back, no number, name or status of theirs, more than courtesy. Words decide, not a model,
and strictly: of a long history a small part is kept, and what is kept must be right.
"""

import re

from knowledge.language import sentences
from knowledge.staff_phrases import LEANS_ON_BEFORE, PHRASES
from knowledge.types import Language

MIN_WORDS = 7
MIN_CHARACTERS_ZH = 8
MIN_QUESTION_WORDS = 3
MAX_LEANING: dict[Language, int] = {"en": 32, "zh": 12}
"""Characters of a first sentence such as "Then it will do." that may be left out."""

_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_\u3400-\u9fff]+(?:['’.,-][^\W_\u3400-\u9fff]+)*")


def knowledge_in(reply: str, language: Language) -> str | None:
    """The reply without its courtesies, or None when it makes sense for that customer alone."""
    said = without_courtesy(reply, language)
    if not said or "[" in said or LEANS_ON_BEFORE.match(said):
        return None
    if any(PHRASES[language].for_one.search(sentence) for sentence in sentences(said)):
        return None
    return said if is_substantial(said, language) else None


def without_courtesy(text: str, language: Language) -> str:
    """The text without greetings, thanks, apologies, sympathy and bare yes or no."""
    phrases = PHRASES[language]
    spoken = sentences(text.replace("’", "'"))
    parts = [
        part[opening.end() :] if (opening := phrases.opening.match(part)) else part
        for part in spoken
    ]
    kept = [part for part in parts if part and not phrases.courtesy.fullmatch(part)]
    if len(kept) > 1 and LEANS_ON_BEFORE.match(kept[0]) and len(kept[0]) <= MAX_LEANING[language]:
        kept = kept[1:]
    joint = "" if language == "zh" else " "
    return joint.join(part[0].upper() + part[1:] for part in kept)


def is_substantial(text: str, language: Language) -> bool:
    """Long enough to say something by itself; a Latin word counts two Chinese characters."""
    words = len(_WORD.findall(text))
    if language == "zh":
        return len(_HAN.findall(text)) + 2 * words >= MIN_CHARACTERS_ZH
    return words >= MIN_WORDS


def asks_back(reply: str, language: Language) -> bool:
    """Whether staff first need something from the customer: the question stays open."""
    return without_courtesy(reply, language).endswith(("?", "？", "吗。", "呢。"))


def is_question(text: str, language: Language) -> bool:
    """Whether a customer's text asks or tells something, beyond thanks and goodbye."""
    said = without_courtesy(text, language)
    words = len(_WORD.findall(said))
    return words + len(_HAN.findall(said)) >= MIN_QUESTION_WORDS

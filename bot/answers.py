"""Short answers to the bot's own question: yes or no, giving up, putting something right.

Rules on the wording alone, for texts that are normalised and in simplified script. Knows neither
the question (save for its words, where given) nor the state. When unsure it says so.
"""

import re
from functools import cache

from bot.answer_corrections import CORRECTS
from bot.answer_phrases import PHRASES, Kind
from bot.answer_wishes import DENIED_WISH, WISH
from knowledge.types import Language

_UNSURE = re.compile("[?？🤔]")
_REPEATED = re.compile(r"(\D)\1{2,}")
_BEGINS_WORDS = frozenset("是对可行成中要想好得不错没别停否")
_LONE_END = "(?:(?![\u3400-\u9fff])|(?=[吧啊呀哦的呢嘛啦滴哒谢请就嗯]))"
_QUOTES = re.compile("['’‘]")


def yes_or_no(text: str, language: Language, question: str = "") -> bool | None:
    """Whether `text` agrees, refuses, or neither; None, too, when it says more than that.

    With the `question` that was asked its own verb agrees as well: "cancel it" to "Shall I cancel
    the order?".
    """
    said = _said(text, language)
    if said is None:
        return None
    kinds = {kind for kind, _ in said}
    wishes = [verb for kind, verb in said if kind == "wish"]
    agrees = "yes" in kinds or (wishes and all(verb in question.lower() for verb in wishes))
    if kinds & {"no", "no_more"}:
        return None if agrees or wishes else False
    if wishes and not agrees:
        return None
    return True if agrees or "weak" in kinds else None


def gives_up(text: str, language: Language) -> bool:
    """Whether `text` ends what is under way and says nothing else.

    "Cancel that" does; to a question about cancelling it agrees, so ask `yes_or_no` first.
    """
    kinds = {kind for kind, _ in _said(text, language) or []}
    return "no_more" in kinds and not kinds & {"yes", "wish"}


def corrects(text: str, language: Language) -> bool:
    """Whether `text` says that something given or understood before was not what is meant."""
    return CORRECTS[language].search(_QUOTES.sub("", text).lower()) is not None


def _said(text: str, language: Language) -> list[tuple[Kind | str, str]] | None:
    """What `text` says, phrase by phrase, with the verb of a wish; None: not known to the end."""
    if _UNSURE.search(text):
        return None
    plain = _REPEATED.sub(r"\1", _QUOTES.sub("", text).lower())
    said: list[tuple[Kind | str, str]] = []
    place = 0
    while place < len(plain):
        found, end = _phrase_at(plain, place, language)
        if found is None and (plain[place].isalnum() or plain[place] == "%"):
            return None
        said += [found] if found else []
        place = end
    return said


def _phrase_at(
    plain: str, place: int, language: Language
) -> tuple[tuple[Kind | str, str] | None, int]:
    """The longest phrase that begins at `place` and its end; None and the next place without."""
    denied = DENIED_WISH[language].match(plain, place)
    wish = WISH[language].match(plain, place)
    phrase = _expression(language).match(plain, place)
    ends = {match.end(): match for match in (wish, denied, phrase) if match}
    if not ends:
        return None, place + 1
    longest = ends[max(ends)]
    if longest is denied:
        return ("no_more" if longest[0].endswith(("了", "more")) else "no", ""), longest.end()
    if longest is wish:
        return ("wish", wish["verb"]), longest.end()
    return (_kinds(language)[longest[0]], ""), longest.end()


@cache
def _kinds(language: Language) -> dict[str, Kind]:
    return {_QUOTES.sub("", phrase): kind for phrase, kind in PHRASES[language].items()}


@cache
def _expression(language: Language) -> re.Pattern[str]:
    """Any phrase, the longest first; a Latin one not as the beginning of a longer word."""
    phrases = sorted(_kinds(language), key=len, reverse=True)
    return re.compile("|".join(re.escape(phrase) + _end_of(phrase) for phrase in phrases))


def _end_of(phrase: str) -> str:
    """What must follow: one Chinese sign alone most often begins another word."""
    if phrase.isascii():
        return "(?![a-z0-9])"
    return _LONE_END if phrase in _BEGINS_WORDS else ""

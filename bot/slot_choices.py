"""Find which of a slot's choices, or which of the shop's products, a customer names."""

import re
from collections.abc import Mapping
from functools import cache

from bot.answers import gives_up, yes_or_no
from bot.products import Products
from bot.slot_numbers import number
from bot.slot_values import Found, Hearing

_ORDINALS = {
    word: place
    for place, words in enumerate(
        ("first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th"), start=1
    )
    for word in words.split()
}
_PLACE = re.compile(
    r"\W*(?:(?:i(?:'d| would) (?:take|say|choose)|i (?:choose|pick|take|mean|meant)|it'?s|it is|no"
    r"|sorry|ok|okay|please|我选|选择?|是|应该是|那就|就)[\s,.:]*)*"
    r"(?:the|number|no\.?|option|choice|answer|#)?\s*(?:"
    rf"(?P<ordinal>{'|'.join(_ORDINALS)})(?: (?:one|option|choice))?"
    r"|(?P<last>(?:very )?last(?: (?:one|option|choice))?|最后(?:那|一)?(?:一)?个?|末尾那个)"
    r"|第?(?P<number>\d{1,2}|one|two|three|four|five|six|[一二两三四五六七八九])(?:个|项|条|号)?"
    r")(?:\s*(?:please|thanks|吧|谢谢))?\W*",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:(?:it'?s|it is|i meant?|that'?s|for)\s+)?(?:the|my)\s+"
    r"(?P<en>[a-z-]{3,}(?: [a-z-]{3,})?)[.!]*"
    r"|(?:就?是)?(?:我的|那个|这个)(?P<zh>(?:(?![了吗呢被哪到不在有没是])[\u3400-\u9fff]){2,6})[。.!]*",
    re.IGNORECASE,
)
"""A thing named in answer to the question which one."""


def choices(text: str, hearing: Hearing) -> list[Found]:
    """The choices whose label or other word stands in the text; by place when asked for."""
    words = {word.lower(): value for value, _, word in hearing.slot.words()}
    found = [
        Found(*match.span(), words[match[0].lower()])
        for match in _expression(tuple(words)).finditer(text)
    ]
    if found or not hearing.asked:
        return found
    return _begun(text, words) or _by_place(text, list(hearing.slot.choices))


def _begun(text: str, words: Mapping[str, str]) -> list[Found]:
    """The choice of which the whole text is the beginning: "another" of "Another reason"."""
    said = text.lower().strip(" .!。,吧")
    values = {value for word, value in words.items() if len(said) > 1 and word.startswith(said)}
    return [Found(0, len(text), values.pop())] if len(values) == 1 else []


def _by_place(text: str, values: list[str]) -> list[Found]:
    """The choice at the place that the whole text names: "2", "the second one", "最后一个"."""
    match = _PLACE.fullmatch(text)
    if match is None:
        return []
    start, end = match.span(match.lastgroup or 0)
    place = _place(match, len(values))
    if 1 <= place <= len(values):
        return [Found(start, end, values[place - 1])]
    return [Found(start, end, text[start:end], "unknown")] if place < 10 else []


def _place(match: re.Match[str], last: int) -> int:
    if match["last"]:
        return last
    return _ORDINALS[match["ordinal"].lower()] if match["ordinal"] else number(match["number"])


def products(text: str, hearing: Hearing) -> list[Found]:
    """The products of the catalogue; when asked for, a thing named instead of them is refused."""
    named = Products(hearing.context.products).named(text)
    if named:
        return [Found(each.start, each.end, each.name) for each in named]
    other = _OTHER.fullmatch(text.strip()) if hearing.asked else None
    if other is None or _is_short_answer(text, hearing):
        return []
    group = other.lastgroup or 0
    return [Found(*other.span(group), other[group], "unknown")]


def _is_short_answer(text: str, hearing: Hearing) -> bool:
    language = hearing.context.language
    return yes_or_no(text, language) is not None or gives_up(text, language)


@cache
def _expression(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words, the longest first, Latin ones not inside another word."""
    listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![a-z0-9])(?:{listed})(?![a-z0-9])", re.IGNORECASE)

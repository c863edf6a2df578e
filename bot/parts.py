"""A message that asks several things, taken apart. Rules on the wording; knows no model.

What only tells ("I bought it last week.") stays with the question or wish beside it.
"""

import re
from dataclasses import dataclass

from bot.products import Products
from knowledge.language import sentences
from knowledge.types import Language

MOST_PARTS = 4
"""Things answered in one go; more are answered as one message."""

_JOINT: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"(?:[,;.?!]|\s-)*\s+(?:and )?(?:also|plus|btw|by the way|another (?:thing|question)"
        r"|one more(?: thing| question)?|besides|secondly|second|on top of that|oh and"
        r"|while (?:i'm|we're) at it)\b[\s,:]*"
        r"|\s*[,;]?\s+(?:and|or|but|&)\s+(?=(?:how|what|when|where|which|who|why|can|could|do|does"
        r"|is|are|will|would|should|i(?:'d| would) like|i(?:'d)? (?:also )?(?:want|need|wanna)"
        r"|please)\b)"
        r"|\s*;\s*|\n+",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "[，,；;。？?！!、\\s]*(?:另外|还有(?!货|吗|没|多|几|库存)"
        "|顺便(?:问一?下?|说一?下?|请问)?|对了|再问一?下?|还想(?=问|知道|请问)"
        "|以及(?=.{2,}[吗么呢？?多哪怎])|第二[个，,]?|二来)[，,：:\\s]*|[；;\\n]+"
    ),
}
_ASKS: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\?|\b(?:how|what|when|where|which|who|why|can|could|do|does|did|is|are|will|would|should)\b"
        r"|\b(?:want|need|wanna|like to|please|cancel|return|change|track|send|tell me|help"
        r"|wondering|refund|exchange|update|check|let me know|looking for)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "[？?吗呢么怎啥几哪想要帮请退换改查]|什么|多少|多久|能不能|可不可以|是不是|有没有|麻烦|取消"
    ),
}
_BETWEEN = ("and", "and the", "and of the", "or the", "&", "和", "跟", "与", "、", "还有")
"""What stands between two products that a question asks about alike."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing of a message: its words, and whether it asks or wishes something by itself."""

    text: str
    asks: bool


def parts(text: str, language: Language, products: Products) -> list[Part]:
    """The parts of a message in their order; one alone where it asks one thing."""
    pieces = [
        piece
        for sentence in sentences(text)
        for each in _JOINT[language].split(sentence)
        for piece in _both_products(each, language, products)
    ]
    found = [Part(piece.strip(" ,;，；"), _asks(piece, language)) for piece in pieces]
    found = [part for part in found if re.search(r"\w", part.text)]
    return found if 1 < sum(part.asks for part in found) <= MOST_PARTS else [Part(text, True)]


def _asks(piece: str, language: Language) -> bool:
    return _ASKS[language].search(piece) is not None


def _both_products(piece: str, language: Language, products: Products) -> list[str]:
    """One question about two products ("... of the Murmur and the Studio?") is two."""
    named = products.named(piece)
    if len(named) != 2 or not _asks(piece, language):
        return [piece]
    first, second = named
    between = piece[first.end : second.start].strip().lower()
    if between not in (
        "and",
        "and the",
        "and of the",
        "or the",
        "&",
        "和",
        "跟",
        "与",
        "、",
        "还有",
    ):
        return [piece]
    tail = piece[second.end :]
    return [piece[: first.end] + tail, piece[: first.start] + piece[second.start :]]

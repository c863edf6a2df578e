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

_QUESTION_WORD = "(?:how|what|when|where|which|who|why|whats|hows|wheres|whens|whos)"
_AUXILIARY = (
    r"(?:can|could|do|does|did|is|are|will|would|should)"
    r"(?!(?:n['’]t| not| still| now| already| also| only| just| very| so| too)\b)"
)
_WISH = (
    r"(?:i(?:['’]d| would) like|i(?:['’]d)? (?:also )?(?:want|need|wanna|have to|gotta)"
    r"|i(?:['’]ve| have)? (?:also )?got to|please"
    r"|(?:cancel|return|change|track|exchange|update|check) (?:my|the|this|that|an?|order|tw)\b"
    r"|(?:send|get|tell|give|let) me\b)"
)
_BEGINS = rf"(?:{_QUESTION_WORD}\b|{_AUXILIARY}\b|{_WISH})"
_ALSO = (
    r"(?:also|plus|btw|by the way|another (?:thing|question)|one more(?: thing| question)?|besides"
    r"|secondly|second(?=[,:])|on top of that|oh and|while (?:i'm|we're) at it)"
)
_JOINT: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        rf"(?:^|[,;.?!]+\s*|\s-+\s*|[,;.?!]*\s+and\s+)(?:and )?{_ALSO}\b[\s,:]*"
        r"|(?<!\byou)(?<!\bi)(?<!\bwe)(?<!\bthey)(?<!\bit)(?<!\bis)(?<!\bcan)"
        rf"\s+(?:also|plus|btw|by the way|oh and)\s+(?={_BEGINS})"
        rf"|\s*[,;]?\s+(?:and|or|but|&)\s+(?={_BEGINS})"
        rf"|,\s+(?=(?:how|what|where|why)\b|{_AUXILIARY} )"
        r"|\s*;\s*|\n+",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "(?:[，,；;。？?！!、\\s]+另外(?!一)|^另外(?!一)|另外(?=[，,：:]))[，,：:\\s]*"
        "|[，,；;。？?！!、\\s]*(?:还有(?!货|吗|没|多|几|库存)"
        "|顺便(?:问一?下?|说一?下?|请问)?|对了|再问一?下?"
        "|还想(?=问|知道|请问|改|取消|退|换|查|开)|还要(?=问|改|取消|退|换|查|开)"
        "|以及(?=.{2,}[吗么呢？?多哪怎])|第二[个，,]?(?:问题)?|二来)[，,：:\\s]*|[；;\\n]+"
    ),
}
_ASKS: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        rf"\?|(?:^|[,:;]|\b(?:and|but|so|hi|hello|hey|please|ok|okay))\s*(?:{_QUESTION_WORD}|{_AUXILIARY})\b"
        r"|\b(?:how|what|where|why)s?\b"
        r"|\b(?:want|need|wanna|have to|got to|gotta|like to|(?:i['’]?d|would) like|please"
        r"|cancel|return|change|track|send|tell me|help|wondering|refund|exchange|update|check"
        r"|let me know|looking for)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "[？?吗呢么怎啥几哪想要帮请退换改查]|什么|多少|多久|能不能|可不可以|是不是|有没有|麻烦|取消|开发?票"
    ),
}
_ASKS_CLEARLY = re.compile(
    "[吗呢？?怎啥哪]|什么|多少|多久|几[天个点时]|能不能|可不可以|是不是|有没有|能否"
)
_BETWEEN = ("and", "and the", "and of the", "or the", "&", "和", "跟", "与", "、", "还有")
"""What stands between two products that a question asks about alike."""
_EACH = re.compile(r"(?:分别|各自|各)(?!种|地|位|省|市)| (?:each|respectively)\b", re.IGNORECASE)
"""Says that a question is about every one of them: none of it is left once it is taken apart."""
_COMPARES = re.compile(
    r"\b(?:differen\w+|differ|compare\w*|better|best|between|which|versus|vs|instead|together"
    r"|same time)\b|区别|不同|差别|差异|哪个|哪款|哪种|比|还是|一起|同时|搭配|互",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing of a message: its words, and whether it asks or wishes something by itself."""

    text: str
    asks: bool


def parts(text: str, language: Language, products: Products) -> list[Part]:
    """The parts of a message in their order; one alone where it asks one thing."""
    found = clauses(text, language, products)
    return found if 1 < sum(part.asks for part in found) <= MOST_PARTS else [Part(text, True)]


def clauses(text: str, language: Language, products: Products) -> list[Part]:
    """What a message consists of, whether it asks or only tells."""
    pieces = [
        piece
        for sentence in sentences(text)
        for clause in _JOINT[language].split(sentence)
        for each in _by_comma(clause, language)
        for piece in _both_products(each, language, products)
    ]
    found = [Part(piece.strip(" ,;，；"), _asks(piece, language)) for piece in pieces]
    return [part for part in found if re.search(r"\w", part.text)]


def _asks(piece: str, language: Language) -> bool:
    return _ASKS[language].search(piece) is not None


def _by_comma(piece: str, language: Language) -> list[str]:
    """A Chinese sentence of several questions with commas between them ("运费多少，几天能到")."""
    if language != "zh":
        return [piece]
    found = [""]
    for clause in re.findall("[^，,]+[，,]?", piece):
        if _ASKS_CLEARLY.search(found[-1]) and _ASKS_CLEARLY.search(clause):
            found.append("")
        found[-1] += clause
    return found


def _both_products(piece: str, language: Language, products: Products) -> list[str]:
    """One question about two products ("... of the Murmur and the Studio?") is two."""
    named = products.named(piece)
    if len(named) != 2 or not _asks(piece, language) or _COMPARES.search(piece):
        return [piece]
    first, second = named
    between = piece[first.end : second.start].strip().lower()
    if between not in _BETWEEN:
        return [piece]
    tail = _EACH.sub("", piece[second.end :])
    return [
        piece[: first.end] + tail,
        piece[: first.start] + piece[second.start : second.end] + tail,
    ]

"""Whether two answers to the same question cannot both be right.

Two signs are read: other numbers for the same unit, and a statement that one affirms and the other
denies. Both are signs only; a found contradiction asks a person to look, it deletes nothing.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

SAME_STATEMENT = 0.6
"""Jaccard overlap of two clauses' words from which they count as the same statement."""

_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "twelve": "12", "两": "2",
}  # fmt: skip
_SPELLED = re.compile(r"\b(?:" + "|".join(_NUMBER_WORDS) + r")\b|两(?=[个天台次遍张件年周])")
_NUMBER = r"\d+(?:[.,]\d+)*"
_MEASURE = re.compile(
    rf"(?P<money>[$€£¥₹]|\brs\.?)?\s?(?P<low>{_NUMBER})(?:\s?(?:-|–|to|到|至)\s?(?P<high>{_NUMBER}))?"
    r"\s?(?:-\s?)?个?(?P<unit>%|°c?|(?:(?:working|business|calendar|square|full|cubic) )?[a-z]+"
    r"|工作日|分钟|小时|平方米|立方米|厘米|毫米|公里|公斤|千克|毫升|[\u4e00-\u9fff])?",
    re.IGNORECASE,
)
_UNITS = {
    "hr": "hour", "hrs": "hour", "小时": "hour", "min": "minute", "分钟": "minute", "分": "minute",
    "sec": "second", "秒": "second", "天": "day", "日": "day", "年": "year", "月": "month",
    "周": "week", "工作日": "working day", "business day": "working day", "feet": "foot",
    "square feet": "square foot", "厘米": "cm", "米": "metre", "元": "money", "块": "money",
    "dollar": "money", "buck": "money", "rupee": "money", "usd": "money", "percent": "%",
}  # fmt: skip
_IN_HOURS = {"hour": 1.0, "day": 24.0, "week": 168.0}
_IN_MONTHS = {"month": 1.0, "year": 12.0}

_CLAUSE = re.compile(r"[.!?;:,。！？；：，、()（）]+|\b(?:but|and|so|because|since|while)\b")
_NEGATION = re.compile(
    r"\b(?:not|no|never|cannot|without|none|neither|nor)\b|n't\b"
    "|不(?:能|可|会|支持|行|是|包|得|含|允许|需|用|要)|没有|无法|无需|禁止"
)
_WORD = re.compile(r"[a-z0-9][a-z0-9.'’-]*|[\u4e00-\u9fff]")
_EMPTY = re.compile(
    "a|an|the|is|are|be|been|it|its|it's|this|that|you|your|we|our|can|could|may|might|will|"
    "would|shall|should|must|do|does|to|of|in|on|at|for|with|by|as|or|if|also|only|just|yes|"
    "please|也|都|就|的|了|是|能|可|以|会|要|您|你|我|们|请|在|和|有|让|得|只|还|吗|呢|啊|支|持"
)


@dataclass(frozen=True)
class Claims:
    """What an answer commits itself to: the numbers of each unit, and its clauses."""

    numbers: dict[str, frozenset[float]]
    affirmed: tuple[frozenset[str], ...]
    denied: tuple[frozenset[str], ...]


def contradict(first: str, second: str) -> bool:
    """Whether the answers give other numbers for one unit, or one denies what the other says."""
    one, other = claims(first), claims(second)
    return _other_numbers(one, other) or _other_polarity(one, other)


def same_measures(first: str, second: str) -> int:
    """How many numbers with their unit both answers name."""
    one, other = claims(first).numbers, claims(second).numbers
    return sum(len(one[unit] & other[unit]) for unit in one.keys() & other.keys())


@lru_cache(maxsize=4096)
def claims(answer: str) -> Claims:
    text = _SPELLED.sub(lambda match: _NUMBER_WORDS[match[0]], answer.lower().replace("’", "'"))
    affirmed: list[frozenset[str]] = []
    denied: list[frozenset[str]] = []
    for clause in _CLAUSE.split(_MEASURE.sub(" ", text)):
        words = _words(_NEGATION.sub(" ", clause))
        if words:
            (denied if len(_NEGATION.findall(clause)) % 2 else affirmed).append(words)
    return Claims(_numbers(text), tuple(affirmed), tuple(denied))


def _numbers(text: str) -> dict[str, frozenset[float]]:
    """The numbers of each unit; hours, days and weeks count as one unit, months and years too."""
    found: dict[str, set[float]] = {}
    for match in _MEASURE.finditer(text):
        unit, factor = _unit("money" if match["money"] else match["unit"] or "")
        values = (match["low"], match["high"])
        found.setdefault(unit, set()).update(_value(each) * factor for each in values if each)
    return {unit: frozenset(values) for unit, values in found.items() if unit}


def _unit(name: str) -> tuple[str, float]:
    name = _UNITS.get(name, name)
    singular = name[:-1] if name.endswith("s") and len(name) > 3 else name
    unit = _UNITS.get(singular, singular)
    if unit in _IN_HOURS:
        return "hour", _IN_HOURS[unit]
    return ("month", _IN_MONTHS[unit]) if unit in _IN_MONTHS else (unit, 1.0)


def _value(number: str) -> float:
    whole = re.sub(r",(?=\d{3}\b)", "", number)
    parts = whole.replace(",", ".").split(".")
    return float(f"{parts[0]}.{''.join(parts[1:]) or 0}")


def _words(clause: str) -> frozenset[str]:
    found = (word.strip(".'-") for word in _WORD.findall(clause))
    return frozenset(_stem(word) for word in found if word and not _EMPTY.fullmatch(word))


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 3 else word


def _other_numbers(one: Claims, other: Claims) -> bool:
    """Each gives a number for a unit that the other does not: one being shorter is no conflict."""
    shared = one.numbers.keys() & other.numbers.keys()
    return any(
        one.numbers[unit] - other.numbers[unit] and other.numbers[unit] - one.numbers[unit]
        for unit in shared
    )


def _other_polarity(one: Claims, other: Claims) -> bool:
    return _denies(one, other) or _denies(other, one)


def _denies(one: Claims, other: Claims) -> bool:
    """Whether `one` denies a statement that `other` affirms and does not itself deny as well."""
    return any(
        _alike(denied, affirmed)
        for denied in one.denied
        for affirmed in other.affirmed
        if not any(_alike(denied, own) for own in other.denied)
    )


def _alike(first: frozenset[str], second: frozenset[str]) -> bool:
    return len(first & second) >= SAME_STATEMENT * len(first | second)

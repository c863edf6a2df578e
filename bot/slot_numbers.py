"""Numbers as customers write them: in digits, in Chinese signs, small ones in English words."""

import re

_SIGNS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ]
    )
} | {"a": 1, "an": 1, "couple": 2, "a couple": 2, "a couple of": 2, "couple of": 2}
HAN = "[零〇一二两三四五六七八九十百千万]"
"""A sign of a Chinese number."""
ENGLISH = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
"""The English words for numbers, as alternatives of a regular expression."""


def number(text: str) -> int:
    """The whole number that `text` is: "12", "twelve", "一千二" (1200). Raises ValueError."""
    plain = text.strip().lower()
    if plain.isascii() and plain.isdigit():
        return int(plain)
    if plain in _WORDS:
        return _WORDS[plain]
    return chinese_number(plain)


def chinese_number(text: str) -> int:
    """The number that Chinese signs write: "十五", "一百零五", "一万二". Raises ValueError."""
    if not re.fullmatch(f"{HAN}+", text):
        raise ValueError(f"expected a number, found {text!r}")
    if not set(text) & (_UNITS.keys() | {"万"}):
        return int("".join(str(_SIGNS[sign]) for sign in text))
    high, ten_thousands, low = text.rpartition("万")
    if not ten_thousands:
        return _below_ten_thousand(text)
    if low in _SIGNS:
        return _below_ten_thousand(high) * 10000 + _SIGNS[low] * 1000
    return _below_ten_thousand(high) * 10000 + (_below_ten_thousand(low) if low else 0)


def _below_ten_thousand(text: str) -> int:
    """A last sign without a unit counts in tenths of the unit before it: "一千二" is 1200."""
    total, sign, unit = 0, 0, 1
    for each in text:
        if each in _UNITS:
            unit = _UNITS[each]
            total += (sign or 1) * unit
            sign = 0
        else:
            sign = _SIGNS[each]
            unit = 1 if each in "零〇" else unit
    return total + sign * (unit // 10 or 1)

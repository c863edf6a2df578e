"""Find amounts of money: "$1,200", "1200 dollars", "1200元", "一千二百块"."""

import re
from decimal import Decimal

from bot.slot_numbers import HAN, chinese_number
from bot.slot_schema import Problem, Slot
from bot.slot_values import Found, Hearing

_DIGITS = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?:\.\d{1,2})?"
_NOT_WITHIN = r"(?<![\w.,{-])"
_BEFORE = r"(?:(?:us|cn|rmb|cny|usd|[a-z]{2})?\s?[$¥€£]|\b(?:usd|rmb|cny|eur|gbp)\b)\s?"
_AFTER = (
    r"\s?(?:(?:dollars?|bucks?|usd|rmb|cny|yuan|euros?|eur|pounds?|gbp)\b"
    r"|[$¥€£]|元|块|美元|美金|刀)"
)
_AMOUNT = re.compile(
    rf"{_BEFORE}(?P<before>{_DIGITS})(?P<more>万|k\b)?(?!,?\d)"
    rf"|{_NOT_WITHIN}(?P<after>{_DIGITS})(?P<times>万|k)?{_AFTER}"
    rf"|(?P<han>{HAN}{{2,12}}){_AFTER}|(?P<one>{HAN})(?:元|块钱|美元)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:[^\d\u3400-\u9fff]{0,20}|[^\d]{0,6})(?:"
    rf"{_NOT_WITHIN}(?P<after>{_DIGITS})(?P<times>万|k)?|(?<!{HAN})(?P<han>{HAN}{{2,12}}))"
    r"(?!\s?[%}a-z])(?:左右|上下|吧|的|啊)?[^\da-z\u3400-\u9fff/:-]*(?:please|thanks|谢谢)?\W*",
    re.IGNORECASE,
)
"""The only number of a short message."""
_TIMES = {"万": 10000, "k": 1000, "": 1}


def amounts(text: str, hearing: Hearing) -> list[Found]:
    """Amounts as plain numbers ("1200", "19.99"), without a currency only when asked for."""
    matches = list(_AMOUNT.finditer(text))
    if not matches and hearing.asked:
        matches = [only] if (only := _BARE.fullmatch(text)) else []
    found = [_found(match, hearing.slot) for match in matches]
    return [each for each in found if each is not None]


def _found(match: re.Match[str], slot: Slot) -> Found | None:
    parts = match.groupdict()
    digits = parts.get("before") or parts["after"]
    if digits:
        times = (parts.get("more") or parts["times"] or "").lower()
        value = Decimal(digits.replace(",", "")) * _TIMES[times]
    else:
        try:
            value = Decimal(chinese_number(parts.get("one") or parts["han"]))
        except ValueError:
            return None
    group = next(name for name in ("before", "after", "one", "han") if parts.get(name))
    start = match.start() if match.re is _AMOUNT else match.start(group)
    end = match.end() if match.re is _AMOUNT else match.end(group)
    return Found(start, end, _plain(value), _problem(value, slot))


def _plain(value: Decimal) -> str:
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _problem(value: Decimal, slot: Slot) -> Problem | None:
    if slot.min is not None and value < slot.min:
        return "too_small"
    return "too_large" if slot.max is not None and value > slot.max else None

"""Find days in a text: by date, by weekday, or counted from today. ISO 8601 comes out.

A date without a year is the one that fits the slot: the last one where it asks for the past, the
next one for the future, else the nearest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.slot_date_words import RELATIVE
from bot.slot_days import in_month, year_for
from bot.slot_numbers import HAN, number
from bot.slot_schema import Problem, Slot
from bot.slot_values import Found, Hearing

_MONTHS = {
    month: place
    for place, month in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WITHIN = r"(?<![\w./-])"
_ENDS = r"(?![\w/-]*\d|\.\d|[A-Za-z])"
_HAN_NUMBER = rf"(?:\d{{1,2}}|{HAN}{{1,3}})"
_WRITTEN = tuple(
    re.compile(source, re.IGNORECASE)
    for source in (
        rf"(?P<year>(?:\d{{2}}|去|今|明)?(?:\d{{2}})?)年(?P<month>{_HAN_NUMBER})月(?P<day>{_HAN_NUMBER})[日号]?",
        rf"(?<![年\d])(?P<month>{_HAN_NUMBER})月(?P<day>{_HAN_NUMBER})(?:[日号]|(?!\d|{HAN}|[个份月]))",
        rf"{_WITHIN}{_YEAR}(?P<joint>[-/.])(?P<month>\d{{1,2}})(?P=joint)(?P<day>\d{{1,2}}){_ENDS}",
        rf"{_WITHIN}(?P<month>\d{{1,2}})(?P<joint>[-/.])(?P<day>\d{{1,2}})(?P=joint)"
        rf"(?P<year>(?:19|20)?\d\d){_ENDS}",
        rf"\b{_MONTH}\s*(?:the\s+)?{_DAY}(?:\s*,?\s+{_YEAR})?{_ENDS}(?!\s?(?:%|dollars))",
        rf"{_WITHIN}(?:the\s+)?{_DAY}(?:\s+of)?[\s-]+{_MONTH}(?:\s*,?\s*{_YEAR})?",
    )
)
"""From the surest down; what one has found the later ones do not take apart."""
_UNSURE = (
    re.compile(
        rf"(?:(?<=\bon )|(?<=\bby )|(?<=since )|(?<=from )|(?<=until )|(?<=^)|(?<=is )|(?<=was ))"
        rf"(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}){_ENDS}",
        re.IGNORECASE,
    ),
)
_ASKED = (
    re.compile(rf"{_WITHIN}(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}){_ENDS}"),
    re.compile(r"^(?:(?:it was|on|是|就是)\s*)?(?P<month>\d{1,2})[.-](?P<day>\d{1,2})[.!。]?$"),
    re.compile(r"\b(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE),
    re.compile(rf"(?<![月\d大小第])(?P<day>{_HAN_NUMBER})[号日](?!机|常)"),
)
"""What is a date only in answer to the question for one."""
_HAN_YEARS = {"去": -1, "今": 0, "明": 1}


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    day: date | None


def dates(text: str, hearing: Hearing) -> list[Found]:
    """Every day that the text names; when asked for, one that does not exist is refused."""
    slot, today = hearing.slot, hearing.context.today
    found: list[_Span] = []
    written = _dated(text, _WRITTEN, slot, today)
    short = _dated(text, (*_UNSURE, *(_ASKED if hearing.asked else ())), slot, today)
    for span in (*_relative(text, slot, today), *written, *(one for one in short if one.day)):
        if not any(span.start < other.end and other.start < span.end for other in found):
            found.append(span)
    checked = [_checked(text, span, slot, today) for span in found]
    return [each for each in checked if hearing.asked or each.problem != "format"]


def _relative(text: str, slot: Slot, today: date) -> Iterator[_Span]:
    for expression, day in RELATIVE:
        for match in expression.finditer(text):
            if meant := day(match, slot, today):
                yield _Span(*match.span(), meant)


def _dated(
    text: str, expressions: tuple[re.Pattern[str], ...], slot: Slot, today: date
) -> Iterator[_Span]:
    for expression in expressions:
        for match in expression.finditer(text):
            yield _Span(*match.span(), _day(match.groupdict(), slot, today))


def _day(parts: dict[str, str | None], slot: Slot, today: date) -> date | None:
    try:
        day, month = number(parts.get("day") or ""), _month(parts.get("month"))
    except ValueError:
        return None
    if month is None:
        return in_month(day, slot, today)
    if month > 12 >= day and parts.get("joint"):
        day, month = month, day
    year = _year(parts.get("year"), today)
    if year is None:
        return year_for(month, day, slot, today)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(written: str | None) -> int | None:
    if not written:
        return None
    return _MONTHS.get(written[:3].lower()) or number(written)


def _year(written: str | None, today: date) -> int | None:
    if not written:
        return None
    if written in _HAN_YEARS:
        return today.year + _HAN_YEARS[written]
    return int(written) + (2000 if len(written) == 2 else 0)


def _checked(text: str, span: _Span, slot: Slot, today: date) -> Found:
    if span.day is None:
        return Found(span.start, span.end, text[span.start : span.end], "format")
    problem: Problem | None = None
    if slot.past and span.day > today:
        problem = "future"
    if slot.future and span.day < today:
        problem = "past"
    return Found(span.start, span.end, span.day.isoformat(), problem)

"""Words that count days from today, in English and Chinese, with the day that each means."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.slot_days import months_from, of_week, weekday
from bot.slot_numbers import ENGLISH, HAN, number
from bot.slot_schema import Slot

Day = Callable[[re.Match[str], Slot, date], date | None]

_WEEKDAYS = {
    **{name: place for place, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])},
    **{name: place for place, name in enumerate("一二三四五六日")},
    "天": 6,
    "末": 5,
}
_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)\b"
)
_PLAIN_WEEKDAY = (
    r"(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tues?|thu(?:rs)?|fri"
    r"|(?<=on )(?:wed|sat|sun))\b"
)
"""Without "last" or "on" before it: "sat" and "sun" are words of their own."""
_HAN_WEEKDAY = r"(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?![天期])"
_COUNT = rf"(?P<count>\d{{1,3}}|{ENGLISH})"
_HAN_COUNT = rf"(?P<count>\d{{1,3}}|{HAN}{{1,4}}|半)"
_UNIT = r"(?P<unit>day|week|month|year)s?"
_HAN_UNIT = r"(?P<unit>天|日|个?星期|个?礼拜|周|个?月|年)"
_DAYS_OF = {"day": 1, "week": 7, "天": 1, "日": 1, "星期": 7, "礼拜": 7, "周": 7}
_MONTHS_OF = {"month": 1, "year": 12, "月": 1, "年": 12}
_NAMED = {
    "the day before yesterday": -2,
    "day before yesterday": -2,
    "the day after tomorrow": 2,
    "day after tomorrow": 2,
    "yesterday": -1,
    "last night": -1,
    "today": 0,
    "tonight": 0,
    "this morning": 0,
    "this afternoon": 0,
    "tomorrow": 1,
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "前晚": -2,
    "昨天": -1,
    "昨日": -1,
    "昨晚": -1,
    "今天": 0,
    "今日": 0,
    "今早": 0,
    "今晚": 0,
    "今儿": 0,
    "昨儿": -1,
    "明天": 1,
    "明日": 1,
    "明早": 1,
    "明晚": 1,
    "大后天": 3,
    "后天": 2,
    "后日": 2,
}
_NAMES = "|".join(
    name if not name.isascii() else rf"\b{name}\b" for name in sorted(_NAMED, key=len, reverse=True)
)


def _named(match: re.Match[str], _: Slot, today: date) -> date:
    return today + timedelta(days=_NAMED[match[0].lower()])


def _counted(match: re.Match[str], slot: Slot, today: date) -> date | None:
    """So many days, weeks, months or years before or after today.

    "Not in three days" is common where the past is spoken of, and no day.
    """
    if slot.past and match[0].lower().startswith("in "):
        return None
    unit = match["unit"].lower().removeprefix("个")
    if match["count"] == "半":
        return today + timedelta(days=15 * _sign(match)) if unit == "月" else None
    try:
        count = number(match["count"]) * _sign(match)
        if unit in _DAYS_OF:
            return today + timedelta(days=count * _DAYS_OF[unit])
        return months_from(today, count * _MONTHS_OF[unit])
    except (ValueError, OverflowError):
        return None


def _sign(match: re.Match[str]) -> int:
    return -1 if re.search("ago|back|前", match[0], re.IGNORECASE) else 1


def _last_weekday(match: re.Match[str], slot: Slot, today: date) -> date:
    """ "Last Friday" is the one just gone, "next Friday" that of the next week."""
    place = _place(match)
    if match["which"].lower() in ("last", "past", "previous"):
        return today - timedelta(days=(today.weekday() - place) % 7 or 7)
    if match["which"].lower() == "next":
        return of_week(place, 1, today)
    return weekday(place, slot, today)


def _weekday(match: re.Match[str], slot: Slot, today: date) -> date:
    return weekday(_place(match), slot, today)


def _han_weekday(match: re.Match[str], slot: Slot, today: date) -> date:
    """ "上周五" is that of the calendar week before, "上上周五" that of the one before it."""
    which = match["which"] or ""
    if not which:
        return weekday(_place(match), slot, today)
    return of_week(_place(match), which.count("下") - which.count("上"), today)


def _han_month(match: re.Match[str], _: Slot, today: date) -> date | None:
    first = months_from(today.replace(day=1), {"上": -1, "下": 1}.get(match["which"], 0))
    try:
        return first.replace(day=number(match["day"]))
    except ValueError:
        return None


def _english_month(match: re.Match[str], _: Slot, today: date) -> date | None:
    steps = {"last": -1, "next": 1}
    first = months_from(today.replace(day=1), steps.get(match["which"].lower(), 0))
    try:
        return first.replace(day=int(match["day"]))
    except ValueError:
        return None


def _place(match: re.Match[str]) -> int:
    return _WEEKDAYS[match["weekday"][:3].lower()]


RELATIVE: tuple[tuple[re.Pattern[str], Day], ...] = tuple(
    (re.compile(source, re.IGNORECASE), day)
    for source, day in (
        (rf"\b{_COUNT}\s+{_UNIT}\s+(?:ago|back|from (?:now|today))\b", _counted),
        (rf"\bin\s+{_COUNT}\s+{_UNIT}\b(?!')", _counted),
        (rf"{_HAN_COUNT}{_HAN_UNIT}(?:多)?(?:之|以)?[前后](?!天|日)", _counted),
        (
            r"(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<which>last|this|next) month\b",
            _english_month,
        ),
        (rf"(?P<which>上|这|本|下)个?月(?P<day>\d{{1,2}}|{HAN}{{1,3}})[号日]", _han_month),
        (_NAMES, _named),
        (rf"\b(?P<which>last|past|previous|this|next|coming)\s+{_WEEKDAY}", _last_weekday),
        (rf"(?P<which>(?:上上?|这一?|本|下下?)个?)?{_HAN_WEEKDAY}", _han_weekday),
        (rf"\b{_PLAIN_WEEKDAY}", _weekday),
    )
)
"""The surest first: what one has found the later ones do not take apart."""

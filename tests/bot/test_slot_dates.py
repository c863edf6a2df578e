"""Days, read on Wednesday, March 11, 2026."""

import pytest

from tests.bot.slot_samples import heard, refusal, value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-04", "2026-03-04"),
        ("2025/12/24", "2025-12-24"),
        ("3/4/2026", "2026-03-04"),
        ("03/04/26", "2026-03-04"),
        ("24.12.2025", "2025-12-24"),
        ("on 3/4", "2026-03-04"),
        ("March 3", "2026-03-03"),
        ("on March 3rd, 2025 I think", "2025-03-03"),
        ("Dec 24", "2025-12-24"),
        ("mar. 3", "2026-03-03"),
        ("3 March 2026", "2026-03-03"),
        ("the 3rd of March", "2026-03-03"),
        ("September 30th", "2025-09-30"),
        ("yesterday", "2026-03-10"),
        ("it came Yesterday evening", "2026-03-10"),
        ("the day before yesterday", "2026-03-09"),
        ("today", "2026-03-11"),
        ("last night", "2026-03-10"),
        ("last Friday", "2026-03-06"),
        ("last wed", "2026-03-04"),
        ("on Monday", "2026-03-09"),
        ("Wednesday", "2026-03-04"),
        ("three days ago", "2026-03-08"),
        ("3 days ago", "2026-03-08"),
        ("a week ago", "2026-03-04"),
        ("about two weeks ago", "2026-02-25"),
        ("a couple of days ago", "2026-03-09"),
        ("a month ago", "2026-02-11"),
        ("the 5th of last month", "2026-02-05"),
        ("3月4日", "2026-03-04"),
        ("3月4号到的", "2026-03-04"),
        ("三月四号", "2026-03-04"),
        ("十二月二十五日", "2025-12-25"),
        ("2025年12月3日", "2025-12-03"),
        ("去年12月3号", "2025-12-03"),
        ("昨天", "2026-03-10"),
        ("昨晚收到的", "2026-03-10"),
        ("前天", "2026-03-09"),
        ("大前天", "2026-03-08"),
        ("今天", "2026-03-11"),
        ("上周五", "2026-03-06"),
        ("上个星期天", "2026-03-08"),
        ("上上周一", "2026-02-23"),
        ("周一", "2026-03-09"),
        ("这周二", "2026-03-10"),
        ("三天前", "2026-03-08"),
        ("3天以前", "2026-03-08"),
        ("十天前", "2026-03-01"),
        ("两周前", "2026-02-25"),
        ("一个星期之前", "2026-03-04"),
        ("半个月前", "2026-02-24"),
        ("上个月3号", "2026-02-03"),
    ],
)
def test_day_in_the_past(text: str, day: str) -> None:
    assert value(text, "date", asked=False, past=True) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tomorrow", "2026-03-12"),
        ("the day after tomorrow", "2026-03-13"),
        ("on Friday please", "2026-03-13"),
        ("this Friday", "2026-03-13"),
        ("next Friday", "2026-03-20"),
        ("in three days", "2026-03-14"),
        ("two weeks from now", "2026-03-25"),
        ("March 3", "2027-03-03"),
        ("April 1", "2026-04-01"),
        ("today", "2026-03-11"),
        ("明天", "2026-03-12"),
        ("后天", "2026-03-13"),
        ("大后天", "2026-03-14"),
        ("周五", "2026-03-13"),
        ("下周五", "2026-03-20"),
        ("三天后", "2026-03-14"),
        ("1月2号", "2027-01-02"),
        ("下个月5号", "2026-04-05"),
    ],
)
def test_day_in_the_future(text: str, day: str) -> None:
    assert value(text, "date", asked=False, future=True) == day


@pytest.mark.parametrize(("text", "day"), [("Dec 24", "2025-12-24"), ("5月1日", "2026-05-01")])
def test_date_without_a_year_is_the_nearest(text: str, day: str) -> None:
    assert value(text, "date") == day


@pytest.mark.parametrize(
    ("text", "day"), [("3/4", "2026-03-04"), ("the 4th", "2026-03-04"), ("4号", "2026-03-04")]
)
def test_short_date_counts_when_asked_only(text: str, day: str) -> None:
    assert value(f"it was {text}", "date", past=True) == day
    assert value(f"I have {text} left", "date", past=True, asked=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "no idea",
        "24/7",
        "I may return it",
        "TW-240017",
        "last week",
        "两天能到吗",
        "3个月保修",
        "1,200",
        "you are open 9-5",
        "it sat there",
        "这礼拜天天下雨",
        "no news in three days",
        "the sun was out",
        "the second one",
        "march on",
        "12月",
        "www.example.com/3/4",
        "周到的服务",
    ],
)
def test_other_talk_names_no_day(text: str) -> None:
    found = heard(text, "date", asked=False, past=True)
    assert (found.values, found.refused) == ({}, {})


@pytest.mark.parametrize(
    ("text", "options", "problem", "given"),
    [
        ("tomorrow", {"past": True}, "future", "tomorrow"),
        ("后天到的", {"past": True}, "future", "后天"),
        ("yesterday", {"future": True}, "past", "yesterday"),
        ("deliver it 3/4/2026", {"future": True}, "past", "3/4/2026"),
        ("February 30", {}, "format", "February 30"),
        ("2月30号", {}, "format", "2月30号"),
        ("2026-13-45", {}, "format", "2026-13-45"),
    ],
)
def test_day_that_cannot_be_is_refused(
    text: str, options: dict[str, bool], problem: str, given: str
) -> None:
    assert refusal(text, "date", **options) == (problem, given)


@pytest.mark.parametrize(
    "text",
    [
        "not March 3, March 4",
        "Monday, sorry, I meant March 4",
        "it was 3/4/2026, not 3/3/2026",
        "不是3月3号，是3月4号",
        "昨天，不对，上周三",
        "arrived last Wednesday and I want it gone by tomorrow",
    ],
)
def test_day_that_is_meant_counts(text: str) -> None:
    assert value(text, "date", past=True) == "2026-03-04"


@pytest.mark.parametrize(
    "text", ["it is open 24/7", "$12.90", "2-4 days", "3.5 mm", "大一号的", "not in three days"]
)
def test_other_numbers_are_no_day_even_when_asked(text: str) -> None:
    found = heard(text, "date", past=True)
    assert (found.values, found.refused) == ({}, {})


@pytest.mark.parametrize("text", ["3.4", "3-4", "it was 3-4"])
def test_numbers_alone_are_a_day_when_asked(text: str) -> None:
    assert value(text, "date", past=True) == "2026-03-04"


def test_day_that_does_not_exist_is_not_refused_unasked() -> None:
    assert refusal("February 30", "date", asked=False) is None


def test_leap_day_is_found_in_the_last_leap_year() -> None:
    assert value("February 29", "date", past=True) == "2024-02-29"

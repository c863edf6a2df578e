"""The rule of the mood alert: rises are seen, quiet years are quiet."""

import random

import pytest

from bot.insights.control_chart import LEAST, judge
from bot.insights.rates import Rate

QUIET = [Rate(10, 100), Rate(12, 100), Rate(9, 100), Rate(11, 100)] * 7


def test_the_usual_share_is_not_beyond() -> None:
    judgement = judge(Rate(13, 100), QUIET)
    assert judgement is not None
    assert not judgement.beyond
    assert judgement.usual == pytest.approx(0.105, abs=0.001)


def test_a_share_far_above_the_usual_is_beyond() -> None:
    judgement = judge(Rate(30, 100), QUIET)
    assert judgement is not None
    assert judgement.beyond
    assert judgement.usual < judgement.limit < 0.30


def test_the_limit_is_where_beyond_begins() -> None:
    judgements = [judge(Rate(count, 100), QUIET) for count in range(101)]
    for count, judgement in enumerate(judgements):
        assert judgement is not None
        assert judgement.beyond == (count / 100 >= judgement.limit - 1e-9)


def test_a_low_share_is_never_beyond() -> None:
    judgement = judge(Rate(0, 1000), QUIET)
    assert judgement is not None
    assert not judgement.beyond


def test_days_that_differ_much_widen_the_range() -> None:
    restless = [Rate(2, 100), Rate(19, 100), Rate(4, 100), Rate(17, 100)] * 7
    calm, wild = judge(Rate(28, 100), QUIET), judge(Rate(28, 100), restless)
    assert calm is not None
    assert wild is not None
    assert calm.beyond
    assert not wild.beyond


def test_a_first_negative_after_none_at_all_is_no_alarm() -> None:
    judgement = judge(Rate(1, 50), [Rate(0, 50)] * 28)
    assert judgement is not None
    assert not judgement.beyond


@pytest.mark.parametrize(
    ("present", "days"),
    [(Rate(9, LEAST - 1), QUIET), (Rate(90, 100), QUIET[:6]), (Rate(90, 100), [Rate(0, 0)] * 28)],
)
def test_too_little_is_not_judged(present: Rate, days: list[Rate]) -> None:
    assert judge(present, days) is None


def test_a_large_number_is_judged_exactly() -> None:
    days = [Rate(2000, 20_000)] * 28
    judgement = judge(Rate(2180, 20_000), days)
    assert judgement is not None
    assert judgement.beyond  # 4.2 standard deviations
    nothing = judge(Rate(2090, 20_000), days)
    assert nothing is not None
    assert not nothing.beyond


def test_quiet_years_give_less_than_one_false_alarm_each() -> None:
    years = 3
    assert sum(_false_alarms(seed) for seed in range(years)) < years


def _false_alarms(seed: int, days: int = 365) -> int:
    """Episodes in a year of about 60 conversations a day, a fifth of them negative, by the hour."""
    chance = random.Random(seed)
    hours = [_hour(chance, hour % 24) for hour in range((29 + days) * 24)]
    alarms, last = 0, -25
    for now in range(29 * 24, len(hours)):
        blocks = [_sum(hours[now - 24 * back : now - 24 * (back - 1)]) for back in range(29, 0, -1)]
        judgement = judge(blocks[-1], blocks[:-1])
        if judgement and judgement.beyond:
            alarms += now - last > 24
            last = now
    return alarms


def _hour(chance: random.Random, hour: int) -> Rate:
    n = round(chance.expovariate(1 / 5)) if 8 <= hour < 20 else 0
    return Rate(sum(chance.random() < 0.2 for _ in range(n)), n)


def _sum(rates: list[Rate]) -> Rate:
    return Rate(sum(rate.count for rate in rates), sum(rate.n for rate in rates))

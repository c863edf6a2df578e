import numpy as np
import pytest
from numpy.typing import NDArray

from training.judge import compare, judge


def rows(right: int, wrong: int) -> NDArray[np.bool_]:
    return np.array([True] * right + [False] * wrong, dtype=bool)


def test_compare_counts_rows_that_only_one_had_right() -> None:
    champion = np.array([1, 1, 1, 0, 0, 0], bool)
    challenger = np.array([1, 0, 0, 1, 0, 1], bool)
    found = compare("en intents", champion, challenger)
    assert (found.name, found.n, found.won, found.lost) == ("en intents", 6, 2, 2)
    assert found.p_value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("won", "lost", "p_value", "worse"),
    [
        (0, 0, 1.0, False),
        (0, 5, 0.0625, False),
        (0, 6, 0.03125, True),
        (6, 0, 0.03125, False),
        (1, 9, 0.021484, True),
        (2, 9, 0.065430, False),
    ],
)
def test_worse_is_beyond_chance_by_mcnemars_exact_test(
    won: int, lost: int, p_value: float, worse: bool
) -> None:
    both = np.ones(50, bool)
    champion = np.concatenate([both, rows(0, won), rows(lost, 0)])
    challenger = np.concatenate([both, rows(won, 0), rows(0, lost)])
    found = compare("x", champion, challenger)
    assert found.p_value == pytest.approx(p_value, rel=1e-3)
    assert found.worse is worse


def test_better_on_one_set_and_equal_on_the_other_is_promoted() -> None:
    verdict = judge({"en": rows(5, 5), "zh": rows(5, 5)}, {"zh": rows(5, 5), "en": rows(6, 4)})
    assert verdict.promote
    assert verdict.reason == "better: 1 rows won, 0 lost, no set worse beyond chance"
    assert [pair.name for pair in verdict.comparisons] == ["en", "zh"]


@pytest.mark.parametrize("right", [5, 4])
def test_equal_or_a_little_worse_is_not_promoted(right: int) -> None:
    verdict = judge({"en": rows(5, 5)}, {"en": rows(right, 10 - right)})
    assert not verdict.promote
    assert verdict.reason == f"not better: 0 rows won, {5 - right} lost"


def test_worse_beyond_chance_on_one_set_outweighs_any_gain_on_another() -> None:
    champion = {"en": rows(0, 100), "zh": rows(10, 0)}
    verdict = judge(champion, {"en": rows(100, 0), "zh": rows(2, 8)})
    assert not verdict.promote
    assert verdict.reason == "worse beyond chance on zh (-8 +0, p=0.008)"


def test_set_that_the_champion_cannot_answer_counts_as_all_wrong_for_it() -> None:
    verdict = judge({"en": rows(5, 5)}, {"en": rows(5, 5), "zh": rows(3, 7)})
    assert verdict.promote
    assert verdict.comparisons[1].won == 3


def test_set_that_the_challenger_cannot_answer_counts_as_all_wrong_for_it() -> None:
    verdict = judge({"en": rows(5, 5), "zh": rows(9, 1)}, {"en": rows(10, 0)})
    assert not verdict.promote
    assert "zh (-9 +0" in verdict.reason


def test_nothing_to_compare_is_not_promoted() -> None:
    assert not judge({}, {}).promote


def test_outcomes_on_different_rows_are_an_error() -> None:
    with pytest.raises(ValueError, match="en: expected the same rows, found 3, 1"):
        compare("en", rows(3, 0), rows(1, 0))

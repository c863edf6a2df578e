import numpy as np
import pytest

from bot.types import Prediction
from knowledge.errors import DeskmateError
from training.metrics import (
    CONFUSED,
    calibration_error,
    interval,
    measure_intents,
    measure_retrieval,
)


def said(
    intent: str, accepted: bool = True, confidence: float = 0.9, outside: float = 0.1
) -> Prediction:
    return Prediction(intent, confidence, ((intent, confidence),), outside, accepted)


def test_every_figure_of_a_mixed_test_set() -> None:
    rows = [
        ("refund", said("refund")),
        ("refund", said("refund", accepted=False)),
        ("refund", said("return")),
        ("return", said("return")),
        ("return", said("refund", accepted=False)),
        ("oos", said("return", outside=0.8)),
        ("oos", said("refund", accepted=False, outside=0.9)),
        ("oos", said("refund", accepted=False, outside=0.05)),
    ]
    found = measure_intents([prediction for _, prediction in rows], [label for label, _ in rows])
    assert (found.n, found.n_in_scope) == (8, 5)
    assert found.in_scope_accuracy == pytest.approx(3 / 5)
    assert found.in_scope_accuracy_at_threshold == pytest.approx(2 / 5)
    assert found.coverage == pytest.approx(3 / 5)
    assert found.error_rate == pytest.approx(2 / 4)
    assert found.out_of_scope_recall == pytest.approx(2 / 3)
    assert found.out_of_scope_auroc == pytest.approx(2 / 3)
    assert found.accuracy == pytest.approx(5 / 8)
    assert found.accuracy_interval == interval(np.array([1] * 5 + [0] * 3, bool))
    assert found.macro_f1 == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert found.expected_calibration_error == pytest.approx(0.3)
    assert found.per_intent == {
        "refund": {"precision": pytest.approx(2 / 3), "recall": pytest.approx(2 / 3), "n": 3},
        "return": {"precision": pytest.approx(1 / 2), "recall": pytest.approx(1 / 2), "n": 2},
    }
    assert found.confused == [("refund", "return", 1), ("return", "refund", 1)]
    assert found.right.tolist() == [True, False, False, True, False, False, True, True]


def test_test_set_without_out_of_scope_rows_lacks_their_figures_only() -> None:
    found = measure_intents([said("refund"), said("return")], ["refund", "return"])
    assert (found.out_of_scope_recall, found.out_of_scope_auroc) == (None, None)
    assert (found.accuracy, found.macro_f1, found.coverage, found.error_rate) == (1, 1, 1, 0)
    assert found.confused == []


def test_test_set_of_out_of_scope_rows_lacks_the_figures_of_intents_only() -> None:
    found = measure_intents([said("refund"), said("refund", accepted=False)], ["oos", "oos"])
    assert (found.accuracy, found.out_of_scope_recall, found.error_rate) == (0.5, 0.5, 1)
    assert found.out_of_scope_auroc is None
    assert found.macro_f1 is found.in_scope_accuracy is found.coverage is None
    assert found.expected_calibration_error is found.in_scope_accuracy_at_threshold is None
    assert (found.per_intent, found.confused) == ({}, [])
    assert found.right.tolist() == [False, True]


def test_nothing_answered_is_no_error_rate() -> None:
    assert measure_intents([said("refund", accepted=False)], ["refund"]).error_rate is None


def test_intent_that_no_test_row_has_counts_against_nobody_else() -> None:
    found = measure_intents([said("refund"), said("gone")], ["refund", "refund"])
    assert set(found.per_intent) == {"refund"}
    assert found.macro_f1 == pytest.approx(2 / 3)


def test_most_confused_pairs_come_first_and_are_few() -> None:
    labels = [f"i{n}" for n in range(CONFUSED + 5)] + ["z"] * 3
    found = measure_intents([said("a")] * len(labels), labels)
    assert found.confused[0] == ("z", "a", 3)
    assert found.per_intent["z"] == {"precision": 0, "recall": 0, "n": 3}
    assert found.macro_f1 == 0
    assert len(found.confused) == CONFUSED


def test_calibration_error_is_the_gap_of_confidence_and_accuracy_by_bin() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.35, 1.0])
    hit = np.array([True, True, True, True, True, False])
    # 15 bins: 0.95 falls into [14/15, 1] with 1.0; 0.35 into [5/15, 6/15).
    expected = 5 / 6 * abs(4 / 5 - 4.8 / 5) + 1 / 6 * abs(1 - 0.35)
    assert calibration_error(confidence, hit) == pytest.approx(expected)
    assert calibration_error(np.array([0.5, 0.5]), np.array([True, False])) == pytest.approx(0)


def test_interval_is_wilsons() -> None:
    low, high = interval(np.array([True] * 90 + [False] * 10))
    assert (round(low, 4), round(high, 4)) == (0.8256, 0.9448)
    assert interval(np.array([True] * 3))[1] == pytest.approx(1)


def test_retrieval_figures_from_ranks() -> None:
    found = measure_retrieval([1, 2, 5, 6, 10, 11, None])
    assert found.n == 7
    assert found.recall_at_1 == pytest.approx(1 / 7)
    assert found.recall_at_5 == pytest.approx(3 / 7)
    assert found.recall_at_10 == pytest.approx(5 / 7)
    assert found.mrr == pytest.approx((1 + 1 / 2 + 1 / 5 + 1 / 6 + 1 / 10 + 1 / 11) / 7)
    assert found.recall_at_1_interval == interval(found.right)
    assert found.right.tolist() == [True] + [False] * 6


def test_no_rows_is_an_error() -> None:
    with pytest.raises(DeskmateError, match="expected at least one test row"):
        measure_intents([], [])
    with pytest.raises(DeskmateError, match="expected at least one test row"):
        measure_retrieval([])

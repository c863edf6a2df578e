from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.classifier import Voices, softmax
from knowledge.types import KNOWLEDGE
from training.calibration import (
    NEVER,
    OUT_OF_SCOPE_SHARE,
    OWN_THRESHOLD_ROWS,
    Held,
    calibrate,
    lowest_thresholds,
    row_weights,
    uncalibrated,
)

INTENTS = ("a", "b", "c")


def floats(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def bools(*values: int) -> NDArray[np.bool_]:
    return np.array(values, bool)


def held(rows: int, strength: float = 2.0, outside: int = 0, seed: int = 0) -> Held:
    """Voices of `rows` of three intents and `outside` rows, which are less close to anything.

    The linear and the neighbours' voice point to the right intent with `strength` against noise
    of 1; the n-gram voice is noise alone.
    """
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(rows) % 3, np.full(outside, -1)])
    inside = labels >= 0
    right = np.eye(3)[labels] * inside[:, None]

    def scores(factor: float) -> NDArray[np.float32]:
        return (right * factor + rng.normal(size=right.shape)).astype(np.float32)

    closeness = np.where(inside, 0.8, 0.3) + rng.normal(size=len(labels)) * 0.1
    nothing = np.zeros(len(labels), np.float32)
    voices = Voices(
        scores(strength),
        softmax(scores(strength)),
        softmax(scores(0)),
        closeness.astype(np.float32),
        strangeness=nothing,
        gate=nothing,
        strange_words=nothing,
        strange_share=nothing,
    )
    return Held(voices, labels)


def told_apart_by(sign: str, seed: int = 0) -> Held:
    """Rows of which nothing but `sign`, high for out of scope, tells what is out of scope."""
    rows = held(300, outside=100, seed=seed)
    noise = np.random.default_rng(seed + 1).normal(size=len(rows.labels))
    level = ((rows.labels < 0) * 4 + noise).astype(np.float32)
    blurred = np.zeros_like(level)
    return Held(replace(rows.voices, **{"closeness": blurred, sign: level}), rows.labels)


def test_held_rows_are_joined_and_chosen_with_all_their_voices() -> None:
    first, second = held(6), held(3, outside=2, seed=1)
    both = Held.together([first, second])
    chosen = both.rows(both.labels < 0)
    assert both.labels.tolist() == [*first.labels.tolist(), *second.labels.tolist()]
    np.testing.assert_array_equal(chosen.voices.linear, second.voices.linear[3:])
    np.testing.assert_array_equal(chosen.voices.closeness, second.voices.closeness[3:])
    assert chosen.labels.tolist() == [-1, -1]


def test_uncalibrated_settings_take_everything_for_in_scope() -> None:
    settings = uncalibrated(INTENTS)
    assert settings.out_of_scope(held(3).voices).max() < 1e-6
    assert sum(settings.mixture) == pytest.approx(1)


def test_voice_that_knows_nothing_has_little_weight() -> None:
    rows = held(600, outside=100)
    linear, neighbours, grams = calibrate(INTENTS, rows, rows, 0.05).mixture
    assert grams < 0.1
    assert linear + neighbours > 0.9


@pytest.mark.parametrize("strength", [1.0, 3.0])
def test_confidence_is_the_share_that_is_right(strength: float) -> None:
    rows = held(1500, strength, outside=100)
    settings = calibrate(INTENTS, rows, rows, 0.05)
    fresh = held(1500, strength, seed=7)
    probabilities = settings.mix(fresh.voices)
    right = (probabilities.argmax(-1) == fresh.labels).mean()
    assert probabilities.max(-1).mean() == pytest.approx(right, abs=0.03)


def test_out_of_scope_score_tells_what_is_far_from_everything() -> None:
    rows = held(300, outside=60)
    settings = calibrate(INTENTS, rows, rows, 0.05)
    fresh = held(300, outside=300, seed=3)
    scores = settings.out_of_scope(fresh.voices)
    assert scores[:300].mean() < 0.1
    assert scores[300:].mean() > 0.9


@pytest.mark.parametrize("sign", ["strangeness", "gate", "strange_words", "strange_share"])
def test_out_of_scope_score_heeds_what_was_taught_outside(sign: str) -> None:
    rows = told_apart_by(sign)
    settings = calibrate(INTENTS, rows, rows, 0.05)
    fresh = told_apart_by(sign, seed=5)
    scores, outside = settings.out_of_scope(fresh.voices), fresh.labels < 0
    assert scores[~outside].mean() < 0.15
    assert scores[outside].mean() > 0.75


def test_a_sign_that_is_the_same_everywhere_says_nothing() -> None:
    rows = held(300, outside=60)
    settings = calibrate(INTENTS, rows, rows, 0.05)
    assert len(settings.rejection) == 9
    strange = replace(rows.voices, strangeness=np.ones_like(rows.voices.closeness))
    assert settings.out_of_scope(strange) == pytest.approx(settings.out_of_scope(rows.voices))


def test_a_sign_that_hardly_varies_is_not_stretched() -> None:
    rows = held(300, outside=60)
    noise = (rows.labels < 0).astype(np.float32) * 1e-6
    nearly_alike = Held(replace(rows.voices, gate=noise), rows.labels)
    settings = calibrate(INTENTS, nearly_alike, nearly_alike, 0.05)
    moved = replace(rows.voices, gate=noise + 0.5)
    assert settings.out_of_scope(moved) == pytest.approx(
        settings.out_of_scope(rows.voices), abs=0.05
    )


def test_rows_that_stand_for_out_of_scope_may_come_from_elsewhere() -> None:
    settings = calibrate(INTENTS, held(300), held(100, outside=60, seed=1), 0.05)
    scores = settings.out_of_scope(held(0, outside=100, seed=3).voices)
    assert scores.mean() > 0.8


def wrong_share(rows: Held, budget: float) -> float:
    """The wrong answers among those given, with thresholds for `budget`."""
    settings = calibrate(INTENTS, rows, rows, budget)
    predicted = settings.mix(rows.voices).argmax(-1)
    needed = [settings.thresholds.get(INTENTS[each], settings.threshold) for each in predicted]
    given = settings.answer_scores(rows.voices) >= np.array(needed)
    weights = row_weights(rows.labels < 0)
    return float((weights * given * (predicted != rows.labels)).sum() / (weights * given).sum())


@pytest.mark.parametrize("budget", [0.02, 0.05, 0.2])
def test_wrong_answers_keep_to_the_error_budget(budget: float) -> None:
    rows = held(900, strength=1.5, outside=100)
    assert budget / 3 < wrong_share(rows, budget) <= budget


def test_intent_predicted_often_enough_has_a_threshold_of_its_own() -> None:
    few, many = held(30, 9.0, outside=5), held(3 * OWN_THRESHOLD_ROWS, 9.0, outside=5)
    assert calibrate(INTENTS, few, few, 0.05).thresholds == {}
    assert set(calibrate(INTENTS, many, many, 0.05).thresholds) == set(INTENTS)


@pytest.mark.parametrize("outside", [1, 20, 80])
def test_out_of_scope_rows_weigh_their_assumed_share_whatever_the_mix(outside: int) -> None:
    marked = np.arange(100) < outside
    weights = row_weights(marked)
    assert weights[marked].sum() / weights.sum() == pytest.approx(OUT_OF_SCOPE_SHARE)
    assert weights.sum() == pytest.approx(100, rel=1e-4)


@pytest.mark.parametrize(
    ("scores", "wrong", "budget", "threshold"),
    [
        (floats(0.9, 0.8, 0.7), bools(0, 0, 0), 0.05, 0.35),
        (floats(0.7, 0.9, 0.8), bools(1, 0, 0), 0.05, 0.75),
        (floats(0.9, 0.8, 0.7), bools(0, 0, 1), 0.34, 0.35),
        (floats(0.9, 0.8, 0.7), bools(0, 1, 0), 0.34, 0.35),
        (floats(0.9, 0.8, 0.7, 0.6), bools(0, 1, 0, 1), 0.4, 0.65),
        (floats(0.9, 0.8), bools(1, 0), 0.05, NEVER),
        (floats(), bools(), 0.05, NEVER),
        (floats(0.9, 0.9), bools(0, 1), 0.05, NEVER),
        (floats(1, 0.9, 0.9, 0.9), bools(0, 0, 0, 1), 0.05, 0.95),
    ],
)
def test_lowest_threshold_that_keeps_to_the_budget(
    scores: NDArray[np.float32], wrong: NDArray[np.bool_], budget: float, threshold: float
) -> None:
    (found,) = lowest_thresholds(scores, wrong, np.ones_like(scores), [budget])
    assert found == pytest.approx(threshold)


def test_weights_count_in_the_budget() -> None:
    scores, wrong = floats(0.9, 0.8), bools(0, 1)
    assert lowest_thresholds(scores, wrong, floats(9, 1), [0.1]) == [pytest.approx(0.4)]
    assert lowest_thresholds(scores, wrong, floats(8, 1), [0.1]) == [pytest.approx(0.85)]


# What the knowledge answers

KNOWING = (KNOWLEDGE, "b", "c")


def few_of(rows: Held, number: int, most: int) -> Held:
    """The rows with no more than `most` of intent `number`."""
    mine = rows.labels == number
    return rows.rows(~mine | (np.cumsum(mine) <= most))


@pytest.mark.parametrize(
    ("number", "most", "weight"), [(0, 90, 1.0), (0, 0, 1.0), (1, 10, 11 / 60)]
)
def test_knowledge_weighs_as_if_it_had_as_many_rows_as_an_intent(
    number: int, most: int, weight: float
) -> None:
    rows = few_of(held(900, outside=100), number, most)
    if number:
        rows = few_of(rows, 2, 100)
    assert calibrate(KNOWING, rows, rows, 0.05).knowledge == pytest.approx(weight)


def test_without_the_knowledge_there_is_nothing_to_weigh() -> None:
    rows = few_of(held(900, outside=100), 1, 10)
    assert calibrate(INTENTS, rows, rows, 0.05).knowledge == 1.0


def test_questions_for_the_knowledge_move_no_threshold() -> None:
    """Those that look like an intent are answered by whichever is surer."""
    rows = held(900, strength=3.0, outside=100)
    unlike = (rows.labels == 0) & (np.arange(len(rows.labels)) % 2 == 0)
    places = np.where(unlike[:, None], [1, 0, 2], [0, 1, 2])
    linear, neighbours = (
        np.take_along_axis(each, places, axis=1)
        for each in (rows.voices.linear, rows.voices.neighbours)
    )
    rows = Held(replace(rows.voices, linear=linear, neighbours=neighbours), rows.labels)
    settings = calibrate(KNOWING, rows, rows, 0.05)
    intents = rows.rows(rows.labels != 0)
    predicted = settings.mix(intents.voices).argmax(-1)
    assert set(settings.thresholds) == {"b", "c"}
    given = settings.answer_scores(intents.voices) >= settings.threshold
    weights = row_weights(intents.labels < 0)
    wrong = weights * given * (predicted != intents.labels)
    assert 0.01 < wrong.sum() / (weights * given).sum() <= 0.05


def test_question_for_the_knowledge_does_not_blur_what_is_out_of_scope() -> None:
    rows = held(900, outside=60)
    far = np.where(rows.labels == 0, 0.3, rows.voices.closeness).astype(np.float32)
    rows = Held(replace(rows.voices, closeness=far), rows.labels)
    settings = calibrate(KNOWING, rows, rows, 0.05)
    fresh = held(300, outside=300, seed=3)
    scores = settings.out_of_scope(fresh.voices)
    assert scores[fresh.labels > 0].mean() < 0.1
    assert scores[fresh.labels < 0].mean() > 0.9

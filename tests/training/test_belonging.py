"""Learning to tell what is about the shop from what is not."""

import numpy as np

from tests.fakes import HashingEncoder
from training.belonging import LEAST_OUTSIDE, learn_belonging

OWN = [f"when does my {thing} order arrive" for thing in "abcdefghijklmnopqrstuvwxyz0123456789"]
OTHERS = [f"tell me a joke about {thing}" for thing in "abcdefghijklmnopqrstuvwxyz0123456789"]


def test_held_out_texts_are_told_apart() -> None:
    judge = learn_belonging(OWN, OTHERS, [], HashingEncoder())
    assert judge is not None
    assert min(judge.held_out[text] for text in OWN) > max(judge.held_out[text] for text in OTHERS)


def test_what_serves_judges_new_texts_alike() -> None:
    judge = learn_belonging(OWN, OTHERS, [], HashingEncoder())
    assert judge is not None
    vectors = HashingEncoder().encode(["does my order arrive", "a joke please tell me"])
    ours, other = judge.belonging.probabilities(np.asarray(vectors, np.float32))
    assert ours > 0.5 > other


def test_too_few_others_teach_nothing() -> None:
    assert learn_belonging(OWN, OTHERS[: LEAST_OUTSIDE - 1], [], HashingEncoder()) is None


def test_what_the_encoder_has_seen_does_not_calibrate_where_enough_is_fresh() -> None:
    easy = [f"zzz {thing} zzz" for thing in "abcdefghijklmnopqrstuvwxyz0123456789"]
    all_of_them = learn_belonging(OWN, [*OTHERS, *easy], [], HashingEncoder())
    fresh = learn_belonging(OWN, [*OTHERS, *easy], easy, HashingEncoder())
    assert all_of_them is not None
    assert fresh is not None
    assert all_of_them.belonging.scale != fresh.belonging.scale

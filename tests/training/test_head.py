import numpy as np
import pytest

from bot.classifier import IntentHead
from knowledge.errors import DeskmateError
from knowledge.types import KNOWLEDGE
from tests.fakes import HashingEncoder
from tests.training.utterances import doubtful, utterances
from training.calibration import TEMPERATURES
from training.head import LEAST_OUTSIDE, Fold, fit_head, frozen_folds, split_rows

ENCODER = HashingEncoder(256)


def fitted(texts: list[str], labels: list[str], budget: float = 0.05, seed: int = 0) -> IntentHead:
    vectors = ENCODER.encode(texts)
    return fit_head(texts, labels, vectors, frozen_folds(labels, vectors, seed), budget)


def intents_of(head: IntentHead, texts: list[str]) -> list[str]:
    return [each.intent for each in head.predict_all(texts, ENCODER.encode(texts))]


@pytest.fixture(scope="module")
def head() -> IntentHead:
    return fitted(*doubtful())


def test_head_tells_intents_apart_on_new_wordings(head: IntentHead) -> None:
    texts = [
        "refund of my money",
        "parcel not shipped, when is delivery",
        "forgot my password",
        "退货",
    ]
    predictions = head.predict_all(texts, ENCODER.encode(texts))
    assert [each.intent for each in predictions] == ["refund", "delivery", "password", "退货"]
    assert all(each.accepted for each in predictions)


def test_out_of_scope_is_no_intent_but_a_score(head: IntentHead) -> None:
    assert head.settings.intents == ("delivery", "password", "refund", "退货")
    inside = ["refund my money", "reset the password", "我要退货"]
    outside = ["dance with seven cats", "best song of paris", "今晚吃啥好呢"]
    texts = inside + outside
    found = head.predict_all(texts, ENCODER.encode(texts))
    assert [each.accepted for each in found] == [True] * 3 + [False] * 3
    scores = [each.out_of_scope for each in found]
    assert max(scores[:3]) < 0.2 < min(scores[3:])


def test_without_out_of_scope_rows_left_out_intents_play_their_part() -> None:
    head = fitted(*doubtful(outside=False))
    texts = ["refund my money", "dance with seven cats"]
    known, strange = head.predict_all(texts, ENCODER.encode(texts))
    assert known.out_of_scope < 0.2 < strange.out_of_scope
    assert (known.accepted, strange.accepted) == (True, False)


def test_two_intents_are_told_apart() -> None:
    head = fitted(*doubtful("password", "refund"))
    assert intents_of(head, ["refund money", "password sign in"]) == ["refund", "password"]
    assert head.arrays.weights.shape == (ENCODER.dimension, 2)


def test_rows_without_a_single_mistake_are_calibrated() -> None:
    head = fitted(*utterances())
    assert head.settings.temperature == pytest.approx(TEMPERATURES[0], rel=0.05)
    assert intents_of(head, ["money refund", "我要退货"]) == ["refund", "退货"]


def test_two_intents_and_nothing_out_of_scope_still_tell_what_is_strange() -> None:
    head = fitted(*doubtful("password", "refund", outside=False))
    texts = ["refund money", "password sign in", "dance with seven cats"]
    found = head.predict_all(texts, ENCODER.encode(texts))
    assert [each.intent for each in found][:2] == ["refund", "password"]
    assert [each.accepted for each in found] == [True, True, False]


def test_lone_row_of_one_of_two_intents_is_learned_all_the_same() -> None:
    texts, labels = utterances("refund")
    head = fitted([*texts, "gift wrapping paper"], [*labels, "gift"])
    assert intents_of(head, ["gift wrapping paper", "refund money"]) == ["gift", "refund"]


def test_arrays_are_of_the_rows_that_have_an_intent(head: IntentHead) -> None:
    arrays = head.arrays
    assert np.bincount(arrays.memory_labels).tolist() == [17, 17, 20, 15]
    assert arrays.memory.shape == (69, ENCODER.dimension)
    assert (np.diff(arrays.grams.astype(np.int64)) > 0).all()
    assert arrays.gram_weights.shape == (len(arrays.grams), 4)
    assert arrays.gram_weights.dtype == np.float16


def test_out_of_scope_rows_are_kept_apart_from_the_memory(head: IntentHead) -> None:
    texts, labels = doubtful()
    outside = [text for text, label in zip(texts, labels, strict=True) if label == "oos"]
    np.testing.assert_allclose(head.arrays.outside, ENCODER.encode(outside), atol=1e-6)
    assert not len(fitted(*doubtful(outside=False)).arrays.outside)


def test_gate_tells_what_is_like_the_out_of_scope_rows() -> None:
    texts, labels = utterances()
    more = ["sing me a lullaby", "tell me a story", "tell a joke about dogs"]
    head = fitted([*texts, *more], [*labels, *["oos"] * len(more)])
    asked = ["tell a joke about parrots", "refund of my money"]
    strange, known = head.voices(asked, ENCODER.encode(asked)).gate
    assert known < 0 < strange


def test_words_of_the_intents_and_of_the_knowledge_are_not_strange() -> None:
    texts, labels = doubtful("password", "refund")
    vectors = ENCODER.encode(texts)
    folds = frozen_folds(labels, vectors, 0)
    head = fit_head(texts, labels, vectors, folds, 0.05, known=["The lantern is foldable."])
    asked = ["reset the password", "foldable lantern", "sing about cats"]
    assert head.voices(asked, ENCODER.encode(asked)).strange_words.tolist() == [0, 0, 2]


def test_few_out_of_scope_rows_make_no_gate() -> None:
    texts, labels = utterances()
    assert labels.count("oos") < LEAST_OUTSIDE
    assert not len(fitted(texts, labels).arrays.gate)
    beside = [*texts, *["sing it again", "what a match"]]
    assert len(fitted(beside, [*labels, "oos", "oos"]).arrays.gate) == ENCODER.dimension + 1


def test_settings_are_fitted_not_those_before_calibration(head: IntentHead) -> None:
    settings = head.settings
    assert sum(settings.mixture) == pytest.approx(1, abs=1e-5)
    assert min(settings.mixture) >= 0
    assert settings.temperature > 0
    assert settings.rejection[0] < 0  # the closer to what is known, the less out of scope
    assert 0 < settings.threshold < 1
    assert settings.error_budget == 0.05


def test_smaller_error_budget_never_answers_more() -> None:
    texts, labels = doubtful("password", "refund")
    strict, loose = (fitted(texts, labels, budget).settings.threshold for budget in (0.01, 0.4))
    assert strict > loose


def test_same_rows_and_seed_give_the_same_head(head: IntentHead) -> None:
    again = fitted(*doubtful())
    assert again.settings == head.settings
    np.testing.assert_array_equal(again.arrays.gram_weights, head.arrays.gram_weights)


def test_progress_counts_every_fold_and_the_fit() -> None:
    texts, labels = doubtful("password", "refund")
    vectors = ENCODER.encode(texts)
    folds = frozen_folds(labels, vectors, 0, parts=2)
    steps: list[tuple[int, int | None]] = []
    fit_head(texts, labels, vectors, folds, 0.05, lambda done, of, what: steps.append((done, of)))
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_intent_that_a_fold_has_no_row_of_is_learned_all_the_same() -> None:
    texts, labels = doubtful("password", "refund")
    texts, labels = [*texts, "我要退货", "退货"], [*labels, "退货", "退货"]
    vectors = ENCODER.encode(texts)
    rows = np.arange(len(texts))
    held = np.array([row for row in rows if row % 3 == 0 or labels[row] == "退货"])
    head = fit_head(texts, labels, vectors, [Fold(np.setdiff1d(rows, held), held, vectors)], 0.05)
    found = intents_of(head, ["refund money", "password sign in", "我要退货"])
    assert found == ["refund", "password", "退货"]


def test_folds_hold_out_every_row_once_and_never_fit_on_it() -> None:
    _, labels = utterances()
    vectors = np.zeros((len(labels), 4), np.float32)
    folds = frozen_folds(labels, vectors, seed=0, parts=3)
    assert len(folds) == 3
    assert sorted(np.concatenate([fold.held for fold in folds])) == list(range(len(labels)))
    for fold in folds:
        assert not set(fold.fit) & set(fold.held)
        assert {labels[row] for row in fold.fit} == set(labels)


def test_rare_intent_does_not_lower_the_number_of_folds() -> None:
    parts = split_rows(["a"] * 9 + ["b"] * 2 + ["lone"], seed=0, parts=3)
    assert len(parts) == 3
    assert sorted(np.concatenate([held for _, held in parts])) == list(range(12))


def test_seed_chooses_the_split() -> None:
    labels = ["a"] * 20 + ["b"] * 20
    held = [split_rows(labels, seed, 2)[0][1].tolist() for seed in (0, 0, 1)]
    assert held[0] == held[1] != held[2]


def test_lone_rows_only_are_an_error() -> None:
    with pytest.raises(DeskmateError, match="at least 2 utterances of some intent"):
        split_rows(["a", "b", "c"], seed=0, parts=3)


def test_lone_row_of_an_intent_is_learned_all_the_same() -> None:
    texts, labels = utterances()
    texts, labels = [*texts, "gift wrapping paper please"], [*labels, "gift"]
    vectors = ENCODER.encode(texts)
    head = fit_head(texts, labels, vectors, frozen_folds(labels, vectors, 0), 0.05)
    assert intents_of(head, ["gift wrapping paper please"]) == ["gift"]


@pytest.mark.parametrize(
    "labels", [["a"] * 6, ["a"] * 4 + ["oos"] * 2, ["a"] * 4 + [KNOWLEDGE] * 2]
)
def test_fewer_than_two_intents_are_an_error(labels: list[str]) -> None:
    texts = [f"text {n}" for n in range(6)]
    vectors = ENCODER.encode(texts)
    with pytest.raises(DeskmateError, match="at least 2 intents to tell apart, found 1"):
        fit_head(texts, labels, vectors, frozen_folds(labels, vectors, 0), 0.05)


def test_dev_rows_calibrate_and_do_not_teach() -> None:
    texts, labels = utterances()
    rows = np.arange(len(texts) + 2)
    texts, labels = [*texts, "qwertz uiop", "asdf ghjk"], [*labels, *sorted(set(labels))[:2]]
    vectors = ENCODER.encode(texts)
    fold = Fold(rows[:-2], rows[-2:], vectors)
    head = fit_head(texts, labels, vectors, [fold], 0.05, teaching=len(texts) - 2)
    assert len(head.arrays.memory) == sum(label != "oos" for label in labels[:-2])


def test_held_out_rows_of_one_intent_cannot_calibrate() -> None:
    texts, labels = utterances()
    texts, labels = zip(
        *[row for row in zip(texts, labels, strict=True) if row[1] != "oos"], strict=True
    )
    vectors = ENCODER.encode(texts)
    first = np.array([row for row, label in enumerate(labels) if label == min(labels)])
    fold = Fold(np.arange(len(texts)), first, vectors)
    with pytest.raises(DeskmateError, match="several intents to calibrate on"):
        fit_head(texts, labels, vectors, [fold], 0.05)


# What the knowledge answers

ASKED = [
    "is the lantern foldable",
    "how bright is the lantern",
    "does the lantern float",
    "what weighs the lantern",
    "which batteries has the lantern",
    "lantern bulb colors",
]


def with_knowledge() -> tuple[IntentHead, IntentHead]:
    """A head that was taught questions for the knowledge as such, and one that was not."""
    texts, labels = doubtful()
    taught = fitted([*texts, *ASKED], [*labels, *[KNOWLEDGE] * len(ASKED)])
    return taught, fitted(texts, labels)


def test_question_for_the_knowledge_is_no_intent() -> None:
    taught, untaught = with_knowledge()
    assert taught.settings.intents == (KNOWLEDGE, *untaught.settings.intents)
    asked = ["is the lantern bright", "when does my lantern parcel ship", "refund my money"]
    found = taught.predict_all(asked, ENCODER.encode(asked))
    before = untaught.predict_all(asked, ENCODER.encode(asked))
    assert KNOWLEDGE not in {name for each in found for name, _ in each.ranking}
    assert found[0].confidence < 0.5 < before[0].confidence
    assert found[1].confidence < before[1].confidence
    assert (found[2].intent, found[2].accepted) == ("refund", True)


def test_texts_of_the_memory_hold_those_for_the_knowledge() -> None:
    taught, _ = with_knowledge()
    places = np.flatnonzero(taught.arrays.memory_labels == 0)
    assert [taught.utterances[place] for place in places] == ASKED


def test_without_out_of_scope_rows_questions_for_the_knowledge_play_their_part() -> None:
    texts, labels = doubtful("password", "refund", outside=False)
    taught = fitted([*texts, *ASKED], [*labels, *[KNOWLEDGE] * len(ASKED)])
    asked = ["refund my money", "is the lantern new", "dance with seven cats"]
    intent, known, strange = (
        each.out_of_scope for each in taught.predict_all(asked, ENCODER.encode(asked))
    )
    assert intent < 0.2 < 0.8 < min(known, strange)

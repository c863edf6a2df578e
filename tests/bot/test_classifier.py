import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.classifier import (
    ARRAYS_FILE,
    HEAD_FILE,
    MOST_STRANGE,
    RANKED,
    UTTERANCES_FILE,
    HeadArrays,
    HeadSettings,
    IntentHead,
    Voices,
    gram_row,
    neighbour_votes,
    ngrams,
    softmax,
    word_hashes,
)
from bot.types import Prediction
from knowledge.errors import DeskmateError
from knowledge.types import KNOWLEDGE
from tests.fakes import HashingEncoder
from tests.training.utterances import doubtful
from training.head import fit_head, frozen_folds

ENCODER = HashingEncoder(256)
LATER_ARRAYS = ("outside", "gate", "words")
SETTINGS = HeadSettings(
    intents=("a", "b"),
    mixture=(0.5, 0.3, 0.2),
    temperature=1.0,
    rejection=(-20.0, 0.0, 10.0),
    threshold=0.5,
    thresholds={"b": 0.9},
    error_budget=0.05,
)


@pytest.fixture(scope="module")
def head() -> IntentHead:
    texts, labels = doubtful()
    vectors = ENCODER.encode(texts)
    return fit_head(texts, labels, vectors, frozen_folds(labels, vectors, 0), 0.05)


def predicted(head: IntentHead, *texts: str) -> list[Prediction]:
    return head.predict_all(texts, ENCODER.encode(texts))


SIGNS = ("closeness", "strangeness", "gate", "strange_words", "strange_share")


def voices(a: float, closeness: float = 1.0, **signs: float) -> Voices:
    """Voices that all give intent `a` this probability; what is not given of the signs is 0."""
    shares = np.array([[a, 1 - a]], np.float32)
    given = {"closeness": closeness, **signs}
    told = {name: np.array([given.get(name, 0.0)], np.float32) for name in SIGNS}
    return Voices(np.log(shares), shares, shares, **told)


# Predictions


def test_prediction_is_its_ranking_at_the_top(head: IntentHead) -> None:
    (found,) = predicted(head, "where is my money back")
    assert found.ranking[0] == (found.intent, found.confidence)
    assert [name for name, _ in found.ranking] == sorted(
        head.settings.intents, key=dict(found.ranking).__getitem__, reverse=True
    )
    assert sum(probability for _, probability in found.ranking) == pytest.approx(1, abs=1e-5)
    assert found.intent == "refund"


def test_one_message_is_predicted_as_among_others(head: IntentHead) -> None:
    texts = ["refund", "我要退货", "sign in"]
    vectors = ENCODER.encode(texts)
    for text, vector, among in zip(texts, vectors, predicted(head, *texts), strict=True):
        alone = head.predict(text, vector)
        assert (alone.intent, alone.accepted) == (among.intent, among.accepted)
        assert alone.confidence == pytest.approx(among.confidence, abs=1e-5)


def test_ranking_keeps_the_best_few() -> None:
    names = tuple("abcdefg")
    arrays = HeadArrays(
        weights=np.diag(np.arange(7)).astype(np.float32),
        bias=np.zeros(7, np.float32),
        memory=np.eye(7, dtype=np.float32),
        memory_labels=np.arange(7, dtype=np.int32),
        grams=np.array([1], np.uint32),
        idf=np.ones(1, np.float32),
        gram_weights=np.zeros((1, 7), np.float16),
        gram_bias=np.zeros(7, np.float32),
    )
    head = IntentHead(replace(SETTINGS, intents=names), arrays)
    found = head.predict("x", np.full(7, 7**-0.5, np.float32))
    assert [name for name, _ in found.ranking] == list("gfedc")
    assert len(found.ranking) == RANKED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\u200b\ufeff",
        "😀",
        "👍🏽👩‍👩‍👧",
        "?!…",
        "xyzzyq vbnmlk",
        "饕餮魑魅",
        "[ORDER]",
        "Ω≈ç√",
        "a" * 4000,
        "\ud800",
    ],
)
def test_text_without_known_ngrams_gets_sound_and_doubtful_scores(
    head: IntentHead, text: str
) -> None:
    (found,) = predicted(head, text)
    scores = [found.confidence, found.out_of_scope, *dict(found.ranking).values()]
    assert all(np.isfinite(scores))
    assert all(0 <= score <= 1 for score in scores)
    assert not found.accepted


def test_chinese_is_understood(head: IntentHead) -> None:
    known, other = predicted(head, "请问退货要几天", "今晚吃啥")
    assert (known.intent, known.accepted) == ("退货", True)
    assert not other.accepted


def test_each_voice_hears_its_own(head: IntentHead) -> None:
    vectors = np.repeat(ENCODER.encode(["refund my money"]), 2, axis=0)
    heard = head.voices(["my passwords", "zzz"], vectors)
    refund, password = map(head.settings.intents.index, ("refund", "password"))
    assert heard.linear.argmax(-1).tolist() == heard.neighbours.argmax(-1).tolist() == [refund] * 2
    assert heard.grams[0].argmax() == password
    assert heard.grams[0, password] > 1.5 * heard.grams[1, password]


def test_nearest_utterances_come_best_first(head: IntentHead) -> None:
    texts, _ = doubtful()
    nearest = head.nearest(ENCODER.encode(["refund my money"])[0], 3)
    assert texts[nearest[0][0]] == "refund my money"
    assert nearest[0][1] == pytest.approx(1)
    assert [cosine for _, cosine in nearest] == sorted((c for _, c in nearest), reverse=True)


def taught_outside(outside: np.ndarray, gate: np.ndarray) -> IntentHead:
    """A head on three dimensions that was taught these out-of-scope rows."""
    zeros = np.zeros((3, 2), np.float32)
    arrays = HeadArrays(
        weights=zeros,
        bias=zeros[0],
        memory=np.eye(3, dtype=np.float32)[:2],
        memory_labels=np.arange(2, dtype=np.int32),
        grams=np.array([1], np.uint32),
        idf=np.ones(1, np.float32),
        gram_weights=np.zeros((1, 2), np.float16),
        gram_bias=zeros[0],
        outside=outside.astype(np.float32),
        gate=gate.astype(np.float32),
    )
    return IntentHead(SETTINGS, arrays)


def test_strangeness_is_the_mean_cosine_to_the_closest_out_of_scope_rows() -> None:
    cosines = np.array([0.9, 0.1, 0.8, 0.7, 0.6, 0.5, 0.2])
    rows = np.stack([cosines, np.zeros(7), np.sqrt(1 - cosines**2)], axis=1)
    vectors = np.eye(3, dtype=np.float32)[:2]
    heard = taught_outside(rows, np.empty(0)).voices(["x", "y"], vectors)
    assert heard.strangeness == pytest.approx([0.7, 0.0], abs=1e-6)


def test_gate_is_a_line_with_its_bias_last() -> None:
    vectors = np.eye(3, dtype=np.float32)[:2]
    heard = taught_outside(np.empty((0, 3)), np.array([2.0, -1.0, 7.0, 0.5])).voices(
        ["x", "y"], vectors
    )
    assert heard.gate.tolist() == [2.5, -0.5]


def test_head_that_was_taught_nothing_outside_hears_neither() -> None:
    heard = taught_outside(np.empty((0, 3)), np.empty(0)).voices(
        ["x"], np.eye(3, dtype=np.float32)[:1]
    )
    assert (heard.strangeness.tolist(), heard.gate.tolist()) == ([0.0], [0.0])


def test_strange_words_are_those_that_the_head_does_not_know() -> None:
    plain = taught_outside(np.empty((0, 3)), np.empty(0))
    known = ("parcel delivery", "退货", "运费")
    words = np.unique(np.concatenate([word_hashes(text) for text in known]))
    head = IntentHead(SETTINGS, replace(plain.arrays, words=words))
    texts = ["the parcel", "Parcel of purple llamas, purple", "", "运费退货", "火箭"]
    heard = head.voices(texts, np.repeat(np.eye(3, dtype=np.float32)[:1], len(texts), axis=0))
    assert heard.strange_words.tolist() == [0, 2, 0, 0, 1]
    assert heard.strange_share == pytest.approx([0, 2 / 3, 0, 0, 1])


def test_head_without_words_finds_none_strange() -> None:
    heard = taught_outside(np.empty((0, 3)), np.empty(0)).voices(
        ["purple llamas"], np.eye(3, dtype=np.float32)[:1]
    )
    assert (heard.strange_words.tolist(), heard.strange_share.tolist()) == ([0.0], [0.0])


# What the knowledge answers


def knowing(weight: float, probability: float = 0.6) -> tuple[HeadSettings, Voices]:
    """Settings with the class of the knowledge first, and voices that all give it a probability.

    Two thirds of the rest are for intent `a`, one third for `b`.
    """
    settings = replace(SETTINGS, intents=(KNOWLEDGE, "a", "b"), knowledge=weight)
    rest = 1 - probability
    shares = np.array([[probability, rest * 2 / 3, rest / 3]], np.float32)
    told = {name: np.array([float(name == "closeness")], np.float32) for name in SIGNS}
    return settings, Voices(np.log(shares), shares, shares, **told)


def test_class_of_the_knowledge_takes_its_share_and_is_never_chosen() -> None:
    settings, said = knowing(1.0)
    assert settings.mix(said)[0] == pytest.approx([0, 0.8 / 3, 0.4 / 3], abs=1e-4)
    assert settings.answer_scores(said)[0] == pytest.approx(0.8 / 3, abs=1e-3)


@pytest.mark.parametrize(("weight", "best"), [(0.0, 2 / 3), (0.5, 2 / 3 * 4 / 7), (1.0, 0.8 / 3)])
def test_class_of_the_knowledge_counts_as_much_as_it_weighs(weight: float, best: float) -> None:
    settings, said = knowing(weight)
    assert settings.mix(said)[0].max() == pytest.approx(best, abs=1e-4)


def test_weight_of_the_knowledge_changes_nothing_in_a_head_without_it() -> None:
    said = voices(0.8)
    assert replace(SETTINGS, knowledge=0.1).mix(said)[0] == pytest.approx([0.8, 0.2], abs=1e-4)


def test_prediction_does_not_name_the_knowledge() -> None:
    class Said(IntentHead):
        def voices(self, texts: Sequence[str], vectors: object) -> Voices:
            return said

    settings, said = knowing(1.0, probability=0.999)
    head = Said(settings, None)  # type: ignore[arg-type]
    (found,) = head.predict_all(["x"], np.zeros((1, 1), np.float32))
    assert (found.intent, found.accepted) == ("a", False)
    assert [name for name, _ in found.ranking] == ["a", "b"]
    assert found.confidence < 0.001


def test_head_without_a_weight_for_the_knowledge_loads(head: IntentHead, tmp_path: Path) -> None:
    head.save(tmp_path)
    settings = json.loads((tmp_path / HEAD_FILE).read_text())
    assert settings.pop("knowledge") == 1.0
    (tmp_path / HEAD_FILE).write_text(json.dumps(settings))
    assert IntentHead.load(tmp_path).settings == head.settings


# Calibrated settings


def test_accepted_is_confidence_and_scope_against_the_intents_own_threshold() -> None:
    class Said(IntentHead):
        def voices(self, texts: Sequence[str], vectors: object) -> Voices:
            return said

    head = Said(SETTINGS, None)  # type: ignore[arg-type]
    for a, closeness, accepted in [
        (0.7, 1.0, True),
        (0.45, 1.0, False),  # b, below its own threshold
        (0.05, 1.0, True),
        (0.7, 0.5, False),  # half out of scope
    ]:
        said = voices(a, closeness)
        (found,) = head.predict_all(["x"], np.zeros((1, 1), np.float32))
        assert found.accepted is accepted, (a, closeness)
    assert (head.threshold("a"), head.threshold("b")) == (0.5, 0.9)


def test_mixture_weighs_the_voices() -> None:
    mixed = replace(
        voices(0.5),
        linear=np.log(np.array([[0.9, 0.1]], np.float32)),
        neighbours=np.array([[0.5, 0.5]], np.float32),
        grams=np.array([[0.2, 0.8]], np.float32),
    )
    assert SETTINGS.mix(mixed)[0] == pytest.approx([0.64, 0.36], abs=1e-4)


def test_temperature_softens_or_sharpens() -> None:
    soft, sharp = (replace(SETTINGS, temperature=each).mix(voices(0.8))[0, 0] for each in (2, 0.5))
    assert soft == pytest.approx(2 / 3, abs=1e-4)
    assert sharp == pytest.approx(16 / 17, abs=1e-4)


def test_answer_score_is_confidence_times_in_scope_probability() -> None:
    said = voices(0.8, closeness=0.55)
    outside = 1 / (1 + np.exp(1))
    assert SETTINGS.out_of_scope(said)[0] == pytest.approx(outside, abs=1e-5)
    assert SETTINGS.answer_scores(said)[0] == pytest.approx(0.8 * (1 - outside), abs=1e-4)


def test_rejection_weighs_all_signs_in_their_order() -> None:
    said = replace(
        voices(0.8, 0.5, strangeness=0.25, gate=-2.0, strange_words=2, strange_share=0.4),
        grams=np.array([[0.7, 0.3]], np.float32),
    )
    best = float(SETTINGS.mix(said).max())
    for place, sign in enumerate([0.5, np.log(0.8), 0.25, -2.0, best, 0.7, 2.0, 0.4, 1.0]):
        alone = replace(SETTINGS, rejection=tuple(0.5 * (each == place) for each in range(9)))
        expected = 1 / (1 + np.exp(-0.5 * sign))
        assert alone.out_of_scope(said)[0] == pytest.approx(expected, abs=1e-4), place


def test_strange_words_beyond_a_number_make_nothing_stranger() -> None:
    heeding = replace(SETTINGS, rejection=(*[0.0] * 6, 0.5, 0.0, 0.0))
    few, most, more = (
        heeding.out_of_scope(voices(0.8, strange_words=number))[0]
        for number in (MOST_STRANGE - 1, MOST_STRANGE, MOST_STRANGE + 20)
    )
    assert few < most == more


def test_head_of_three_coefficients_knows_no_other_signs() -> None:
    plain = voices(0.8, 0.55)
    strange = voices(0.8, 0.55, strangeness=0.9, gate=5.0, strange_words=4, strange_share=1)
    assert SETTINGS.out_of_scope(strange) == SETTINGS.out_of_scope(plain)


def test_far_distances_do_not_overflow() -> None:
    extreme = replace(SETTINGS, rejection=(-1e6, 0.0, 0.0))
    assert extreme.out_of_scope(voices(0.8, 1.0))[0] == pytest.approx(0, abs=1e-9)
    assert extreme.out_of_scope(voices(0.8, -1.0))[0] == pytest.approx(1)


def test_softmax_of_large_scores_is_sound() -> None:
    assert softmax(np.array([[1e4, 1e4, -1e4]], np.float32))[0] == pytest.approx([0.5, 0.5, 0])


def test_neighbours_vote_by_their_closeness() -> None:
    cosines = np.array([[0.9, 0.9, 0.1]], np.float32)
    shares, closeness = neighbour_votes(cosines, np.array([0, 1, 2], np.int32), 4)
    assert shares[0] == pytest.approx([0.5, 0.5, 0, 0], abs=1e-6)
    assert closeness[0] == pytest.approx(1.9 / 3)


def test_only_the_nearest_vote_and_the_closest_count() -> None:
    cosines = np.concatenate([np.full((1, 30), 0.5), np.full((1, 10), 0.8)], axis=1)
    labels = np.array([0] * 30 + [1] * 10, np.int32)
    shares, closeness = neighbour_votes(cosines.astype(np.float32), labels, 2)
    assert shares[0] == pytest.approx([0, 1])
    assert closeness[0] == pytest.approx(0.8)


# N-grams


def test_ngrams_ignore_case_width_and_personal_data() -> None:
    assert ngrams("My Order TW-204188") == ngrams("my  order ＴＷ－９９９９９９")


def test_ngrams_count_words_pairs_and_pieces() -> None:
    words, pieces = ngrams("ab cd ab")
    assert sorted(words.values()) == [1, 1, 1, 2]  # cd, ab cd, cd ab, ab
    assert sum(pieces.values()) == 3 * (3 + 2 + 1)  # of " ab ": two of 2, 3 and 4 signs, and so on
    assert len(ngrams("退货")[1]) > len(ngrams("退")[1])
    assert ngrams("") == ({}, {})


def test_gram_row_has_known_grams_only_words_and_pieces_each_of_unit_length() -> None:
    words, pieces = ngrams("refund")
    known = np.array(sorted([*words, *pieces]), np.uint32)
    columns, weights = gram_row("refund of course", known, np.ones(len(known), np.float32))
    chosen = known[columns]
    assert set(chosen.tolist()) == {*words, *pieces}
    is_word = np.isin(chosen, list(words))
    assert np.linalg.norm(weights[is_word]) == pytest.approx(1)
    assert np.linalg.norm(weights[~is_word]) == pytest.approx(1)


# On the disk


def test_head_read_back_predicts_the_same(head: IntentHead, tmp_path: Path) -> None:
    head.save(tmp_path)
    read = IntentHead.load(tmp_path)
    assert read.settings == head.settings
    assert read.settings.thresholds is not head.settings.thresholds
    for name, array in vars(head.arrays).items():
        again = getattr(read.arrays, name)
        assert again.dtype == array.dtype
        np.testing.assert_array_equal(again, array)
    texts = ["refund my money", "我要退货", "", "😀"]
    assert predicted(read, *texts) == predicted(head, *texts)


def test_head_on_the_disk_is_arrays_and_json_and_no_pickle(
    head: IntentHead, tmp_path: Path
) -> None:
    head.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {ARRAYS_FILE, HEAD_FILE, UTTERANCES_FILE}
    assert json.loads((tmp_path / HEAD_FILE).read_text("utf-8"))["intents"][-1] == "退货"
    with zipfile.ZipFile(tmp_path / ARRAYS_FILE) as stored:
        for name in stored.namelist():
            assert stored.read(name).startswith(b"\x93NUMPY")
    with np.load(tmp_path / ARRAYS_FILE, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


def test_a_head_keeps_the_redacted_utterances_in_the_order_of_its_memory(tmp_path: Path) -> None:
    texts, labels = doubtful()
    texts = [*texts, "refund to ana.lee@example.com"]
    labels = [*labels, "refund"]
    vectors = ENCODER.encode(texts)
    head = fit_head(texts, labels, vectors, frozen_folds(labels, vectors, 0), 0.05)
    head.save(tmp_path)
    kept = IntentHead.load(tmp_path).utterances
    assert kept[-1] == "refund to [EMAIL]"
    assert len(kept) == len(head.arrays.memory)
    for row in range(0, len(kept), 7):
        assert head.nearest(ENCODER.encode([kept[row]])[0], 1)[0][1] == pytest.approx(1, abs=1e-5)
        assert np.allclose(head.arrays.memory[row], ENCODER.encode([kept[row]])[0], atol=1e-5)


def test_a_head_from_before_utterances_were_kept_loads(head: IntentHead, tmp_path: Path) -> None:
    head.save(tmp_path)
    (tmp_path / UTTERANCES_FILE).unlink()
    assert list(IntentHead.load(tmp_path).utterances) == []


def test_head_from_before_the_later_arrays_loads_and_predicts(
    head: IntentHead, tmp_path: Path
) -> None:
    head.save(tmp_path)
    older = {name: array for name, array in vars(head.arrays).items() if name not in LATER_ARRAYS}
    np.savez(tmp_path / ARRAYS_FILE, **older)
    with_rejection(tmp_path, [-20.0, 0.0, 10.0])
    (found,) = predicted(IntentHead.load(tmp_path), "refund my money")
    assert (found.intent, found.out_of_scope < 0.5) == ("refund", True)


@pytest.mark.parametrize("number", [0, 2, 10])
def test_head_with_another_number_of_coefficients_is_an_error(
    head: IntentHead, tmp_path: Path, number: int
) -> None:
    head.save(tmp_path)
    with_rejection(tmp_path, [0.1] * number)
    with pytest.raises(DeskmateError, match=f"found {number} coefficients of rejection; train"):
        IntentHead.load(tmp_path)


def with_rejection(folder: Path, coefficients: list[float]) -> None:
    """Put other coefficients into the settings on the disk."""
    settings = json.loads((folder / HEAD_FILE).read_text("utf-8"))
    (folder / HEAD_FILE).write_text(json.dumps({**settings, "rejection": coefficients}), "utf-8")


def test_pickled_arrays_are_refused(head: IntentHead, tmp_path: Path) -> None:
    head.save(tmp_path)
    arrays = {**vars(head.arrays), "weights": np.array([{}], object)}
    np.savez(tmp_path / ARRAYS_FILE, **arrays)
    with pytest.raises(DeskmateError, match="expected an intent head"):
        IntentHead.load(tmp_path)


@pytest.mark.parametrize("missing", [ARRAYS_FILE, HEAD_FILE])
def test_missing_file_is_an_error_with_a_remedy(
    head: IntentHead, tmp_path: Path, missing: str
) -> None:
    head.save(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(DeskmateError, match="train again or roll back"):
        IntentHead.load(tmp_path)


@pytest.mark.parametrize(
    "content", ["", "{", "nonsense", "[]", "{}", '{"intents": [], "mixture": [], "rejection": []}']
)
def test_torn_settings_are_an_error(head: IntentHead, tmp_path: Path, content: str) -> None:
    head.save(tmp_path)
    (tmp_path / HEAD_FILE).write_text(content)
    with pytest.raises(DeskmateError, match="train again or roll back"):
        IntentHead.load(tmp_path)


@pytest.mark.parametrize(
    "tear",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:200] + bytes(100) + data[300:],
        lambda data: b"nonsense",
    ],
    ids=["empty", "cut", "overwritten", "foreign"],
)
def test_torn_arrays_are_an_error(
    head: IntentHead, tmp_path: Path, tear: Callable[[bytes], bytes]
) -> None:
    head.save(tmp_path)
    path = tmp_path / ARRAYS_FILE
    path.write_bytes(tear(path.read_bytes()))
    with pytest.raises(DeskmateError, match="train again or roll back"):
        IntentHead.load(tmp_path)

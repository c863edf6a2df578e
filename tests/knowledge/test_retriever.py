"""Passages for a question: fusion, calibration, features, odd questions."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.database import Database
from knowledge.index import Index
from knowledge.parts import PLACES
from knowledge.retriever import FEATURES, Candidates, Fusion, Retriever, features
from knowledge.store import PassageStore
from knowledge.types import Hit, Language, Passage
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder(dimension=64)
FAQ = {
    "How do I return an item?": "Send the parcel back within 30 days.",
    "How long does delivery take?": "Two working days.",
    "Can I pay by card?": "We accept all major cards.",
    "Where is my invoice?": "It stands in your account under orders.",
    "Do you ship abroad?": "Only inside the country.",
    "How do I reset my password?": "Use the link on the sign-in page.",
}


def passage(
    question: str, answer: str, language: Language = "en", source: str = "faq.csv"
) -> Passage:
    return Passage(0, "faq", language, question, question, answer, source, approved=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    database = Database(tmp_path / "deskmate.db")
    store = PassageStore(database, lambda: "2026-01-01T00:00:00Z")
    store.add([passage(question, answer) for question, answer in FAQ.items()])
    yield store
    database.close()


def build(
    store: PassageStore, language: Language = "en", fusion: Fusion | None = None
) -> Retriever:
    passages = store.all(language)
    index = Index.build(
        [passage.id for passage in passages],
        ENCODER.encode([passage.key for passage in passages]),
        release="r1",
        generation=store.generation,
    )
    return Retriever(store, index, fusion or Fusion(), language)


def build_with_parts(store: PassageStore, part_weight: float) -> Retriever:
    """Every body is a single sentence here."""
    passages = store.all("en")
    parts = Index.build(
        [passage.id * PLACES for passage in passages],
        ENCODER.encode([passage.body for passage in passages]),
        release="r1",
        generation=store.generation,
    )
    keys = Index.build(
        [passage.id for passage in passages],
        ENCODER.encode([passage.key for passage in passages]),
        release="r1",
        generation=store.generation,
    )
    return Retriever(store, keys, Fusion(part_weight=part_weight), "en", parts)


def search(retriever: Retriever, text: str, k: int = 5, approved: bool | None = True) -> list[Hit]:
    return retriever.search(text, ENCODER.encode([text])[0], k, approved)


def keys(hits: list[Hit]) -> list[str]:
    return [hit.passage.key for hit in hits]


@pytest.mark.parametrize("question", FAQ)
def test_passage_is_found_by_its_own_question(store: PassageStore, question: str) -> None:
    hits = search(build(store), question)
    assert hits[0].passage.key == question
    assert hits[0].score > 0.9


def test_scores_are_probabilities_best_first(store: PassageStore) -> None:
    scores = [hit.score for hit in search(build(store), "return an item by card", k=6)]
    assert len(scores) == 6
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_question_about_something_else_scores_low(store: PassageStore) -> None:
    assert search(build(store), "Which planets have rings?")[0].score < 0.5


def test_words_decide_between_passages_that_are_equally_near(store: PassageStore) -> None:
    vector = ENCODER.encode(["xyzzy"])[0]
    hits = build(store).search("password", vector, 1)
    assert keys(hits) == ["How do I reset my password?"]


def test_vector_finds_what_shares_no_word_with_the_question(store: PassageStore) -> None:
    vector = ENCODER.encode(["How long does delivery take?"])[0]
    assert keys(build(store).search("zzz", vector, 1)) == ["How long does delivery take?"]


def test_only_approved_passages_are_found_unless_asked_for(store: PassageStore) -> None:
    retriever = build(store)
    returns = store.all()[0]
    store.update(replace(returns, approved=False))
    assert returns.key not in keys(search(retriever, returns.key, 10))
    assert keys(search(retriever, returns.key, 10, approved=False)) == [returns.key]
    assert keys(search(retriever, returns.key, 10, approved=None))[0] == returns.key


def test_removed_passage_is_not_found_though_the_index_still_has_it(store: PassageStore) -> None:
    retriever = build(store)
    returns = store.all()[0]
    store.remove([returns.id])
    hits = search(retriever, returns.key, 10)
    assert len(hits) == 5
    assert returns.key not in keys(hits)


def test_new_passage_is_found_by_its_words_before_the_index_has_it(store: PassageStore) -> None:
    retriever = build(store)
    store.add([passage("Do you sell vouchers?", "Yes.")])
    assert "Do you sell vouchers?" in keys(search(retriever, "vouchers"))


@pytest.mark.parametrize("text", ["", "   ", "\n\u200b"])
def test_empty_question_finds_nothing(store: PassageStore, text: str) -> None:
    assert search(build(store), text) == []


@pytest.mark.parametrize("text", ["what is the", "???", "😀"])
def test_question_without_telling_words_goes_by_its_vector(store: PassageStore, text: str) -> None:
    hits = search(build(store), text, 3)
    assert len(hits) == 3
    assert all(hit.score < 0.5 for hit in hits)


def test_empty_store_finds_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "empty.db")
    store = PassageStore(database, lambda: "")
    empty = Index.build([], np.empty((0, 64), np.float32), release="r1", generation=0)
    assert search(Retriever(store, empty, Fusion(), "en"), "return an item") == []
    database.close()


def test_empty_index_leaves_the_words(store: PassageStore) -> None:
    empty = Index.build([], np.empty((0, 64), np.float32), release="r1", generation=0)
    hits = search(Retriever(store, empty, Fusion(), "en"), "return an item", 3)
    assert keys(hits)[0] == "How do I return an item?"


@pytest.mark.parametrize(("k", "found"), [(0, 0), (1, 1), (6, 6), (100, 6)])
def test_k_is_the_most_that_is_found(store: PassageStore, k: int, found: int) -> None:
    assert len(search(build(store), "return an item", k)) == found


def test_single_passage_is_found(store: PassageStore) -> None:
    store.remove(store.ids("en")[1:])
    [hit] = search(build(store), "How do I return an item?")
    assert 0 < hit.score < 1


def test_same_question_answered_by_two_sources_makes_neither_doubtful(store: PassageStore) -> None:
    question = "How do I return an item?"
    alone = search(build(store), question)[0].score
    store.add([passage(question, "Use the form in your account.", source="other.csv")])
    first, second, *_ = search(build(store), question)
    assert first.passage.key == second.passage.key == question
    assert first.passage.body != second.passage.body
    assert first.score > alone - 0.1
    assert second.score > 0.8


def test_chinese_passages_are_found_by_word(store: PassageStore) -> None:
    store.add(
        [passage("退款多久到账？", "三个工作日。", "zh"), passage("可以开发票吗？", "可以。", "zh")]
    )
    hits = search(build(store, "zh"), "我的退款什么时候到账")
    assert keys(hits)[0] == "退款多久到账？"
    assert all(hit.passage.language == "zh" for hit in hits)


def test_sentence_that_answers_is_found_when_it_counts(store: PassageStore) -> None:
    store.add([passage("Two working days?", "No idea.")])
    vector = ENCODER.encode(["Two working days."])[0]
    by_key = build_with_parts(store, 0.0).search("zzz", vector, 1)
    by_part = build_with_parts(store, 1.0).search("zzz", vector, 1)
    assert keys(by_key) == ["Two working days?"]
    assert keys(by_part) == ["How long does delivery take?"]


def test_passage_that_only_its_sentence_leads_to_is_a_candidate(store: PassageStore) -> None:
    vector = ENCODER.encode(["Two working days."])[0]
    (wanted,) = [each.id for each in store.all() if each.body == "Two working days."]
    found = build_with_parts(store, 0.0).candidates("zzz", vector, depth=1)
    assert found.parts[found.ids == wanted] == pytest.approx(1)
    alone = build(store).candidates("zzz", vector, depth=1)
    assert wanted not in alone.ids


def test_every_candidate_has_its_nearest_sentence(store: PassageStore) -> None:
    vector = ENCODER.encode(["return an item by card"])[0]
    found = build_with_parts(store, 0.5).candidates("return an item by card", vector)
    bodies = {each.id: ENCODER.encode([each.body])[0] @ vector for each in store.all()}
    assert found.ids.tolist() == sorted(bodies)
    np.testing.assert_allclose(found.parts, [bodies[each] for each in found.ids], atol=1e-6)


def test_switched_off_passage_is_not_found_by_its_sentence(store: PassageStore) -> None:
    retriever = build_with_parts(store, 1.0)
    vector = ENCODER.encode(["Two working days."])[0]
    (delivery,) = [each for each in store.all() if each.body == "Two working days."]
    store.update(replace(delivery, approved=False))
    assert delivery.id not in retriever.candidates("zzz", vector).ids


def candidates(
    cosines: list[float], shares: list[float], parts: list[float] | None = None
) -> Candidates:
    ids = np.arange(1, len(cosines) + 1, dtype=np.int64)
    nearest = np.array(parts) if parts else np.zeros(len(cosines))
    none, same = np.zeros(len(cosines)), np.zeros(len(cosines), dtype=bool)
    return Candidates(ids, np.array(cosines), np.array(shares), nearest, none, same)


def by_words(lexical_weight: float) -> Fusion:
    return Fusion(lexical_weight=lexical_weight)


def test_candidates_are_ranked_by_the_fused_score() -> None:
    ranked = candidates([0.5, 0.6, 0.5], [0.9, 0.1, 0.9]).ranked(by_words(0.5))
    assert list(ranked.ids) == [1, 3, 2]
    np.testing.assert_allclose(ranked.fused(by_words(0.5)), [0.95, 0.95, 0.65])


def test_features_are_score_margin_and_spread() -> None:
    rows = features(candidates([0.9, 0.6, 0.5], [0.5, 0.0, 0.0]), by_words(0.2))
    assert rows.shape == (3, len(FEATURES))
    np.testing.assert_allclose(rows, [[1.0, 0.4, 0.5], [0.6, -0.4, 0.5], [0.5, -0.5, 0.5]])


def test_features_take_the_spread_over_ten() -> None:
    falling = [1 - rank / 100 for rank in range(30)]
    assert features(candidates(falling, [0.0] * 30), by_words(0.2))[0, 2] == pytest.approx(0.09)


def test_features_of_one_candidate_and_of_none() -> None:
    np.testing.assert_allclose(features(candidates([0.9], [0.0]), by_words(0.2)), [[0.9, 0, 0]])
    assert features(candidates([], []), by_words(0.2)).shape == (0, len(FEATURES))


def test_passages_with_the_same_key_are_no_rivals() -> None:
    rows = features(candidates([0.9, 0.9, 0.6], [0.0, 0.0, 0.0]), by_words(0.2))
    np.testing.assert_allclose(rows[:, 1], [0.3, 0.3, -0.3])


def test_fused_score_mixes_key_and_sentence() -> None:
    found = candidates([0.8, 0.2], [0.5, 0.0], [0.4, 0.6])
    fusion = Fusion(lexical_weight=0.2, part_weight=0.75)
    np.testing.assert_allclose(found.fused(fusion), [0.2 + 0.3 + 0.1, 0.05 + 0.45])
    np.testing.assert_allclose(found.fused(by_words(0.2)), [0.9, 0.2])


def test_passages_with_the_same_answer_are_no_rivals() -> None:
    rows = features(candidates([0.9, 0.8, 0.6], [0.0] * 3, [0.7, 0.7, 0.5]), by_words(0.2))
    np.testing.assert_allclose(rows[:, 1], [0.3, 0.2, -0.3])


def test_probabilities_never_rise_with_the_rank() -> None:
    rows = features(candidates([0.9, 0.7, 0.4], [0.0, 0.0, 0.0]), by_words(0.2))
    upside_down = Fusion(intercept=0, fused=-5, margin=0, spread=0)
    probabilities = upside_down.probabilities(rows)
    assert list(probabilities) == [probabilities[0]] * 3


def test_probabilities_stay_within_bounds_for_extreme_coefficients() -> None:
    steep = Fusion(intercept=1e6, fused=1e6, margin=1e6, spread=1e6)
    assert 0 < steep.probabilities(np.array([[1.0, 1.0, 1.0]]))[0] <= 1


def test_fusion_comes_back_from_its_dictionary() -> None:
    fusion = Fusion(0.4, intercept=-1, fused=2, margin=3, spread=4, part_weight=0.5)
    assert Fusion.from_dict(fusion.to_dict()) == fusion


def test_fusion_of_an_older_release_leaves_sentences_out() -> None:
    older = {name: 0.5 for name in Fusion().to_dict() if name != "part_weight"}
    assert Fusion.from_dict(older).part_weight == 0


@pytest.mark.parametrize("broken", [{}, {"lexical_weight": 0.3}, {**Fusion().to_dict(), "more": 1}])
def test_fusion_of_another_version_is_refused(broken: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"expected .*'lexical_weight'"):
        Fusion.from_dict(broken)


def test_passage_whose_own_question_is_asked_is_found_whatever_weighs_more(
    store: PassageStore,
) -> None:
    question = store.all("en")[0].key
    store.add(
        replace(store.all("en")[0], key=f"{question} {n}", body=question, source=f"s{n}")
        for n in range(5)
    )
    hits = search(build_with_parts(store, 1.0), question, 3)
    assert len(hits) == 3
    assert hits[-1].passage.key == question

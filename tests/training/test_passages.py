"""How the weights of words and sentences are chosen."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.indexing import Indexer
from knowledge.database import Database
from knowledge.retriever import Fusion
from knowledge.store import PassageStore
from knowledge.types import Passage
from knowledge.weights import silent
from tests.fakes import HashingEncoder
from training.passages import (
    LEAST_CASES,
    TUNED_OPTIMISM,
    UNTRAINED_THRESHOLD,
    Case,
    Search,
    checked_cases,
    fit_retrieval,
)

ENCODER = HashingEncoder(dimension=256)
THINGS = 60


def told(number: int) -> str:
    """A sentence about one thing that no other passage speaks of."""
    return f"lantern{number} harbour{number} sails at dawn{number}."


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    """Each passage says in the middle of its body what the next one has for its key."""
    folder: Path = tmp_path_factory.mktemp("search")
    with closing(Database(folder / "x.db")) as database:
        store = PassageStore(database, lambda: "now")
        store.add(
            Passage(
                id=0,
                kind="faq",
                language="en",
                title="",
                key=told((number + 1) % THINGS),
                body=f"Ask us first. {told(number)} Then wait.",
                source="faq",
                approved=True,
            )
            for number in range(THINGS)
        )
        indexes = Indexer(store, ENCODER, "en", "r").rebuild(folder / "x.faiss")
        yield Search(store, indexes.keys, ENCODER, "en", indexes.parts)


def cases_by_body(search: Search) -> list[Case]:
    return checked_cases(search, [(told(number), told(number)) for number in range(THINGS)])


def cases_by_key(search: Search) -> list[Case]:
    return [Case(each.key, frozenset({each.id})) for each in search.store.all()]


def unanswerable() -> list[Case]:
    return [Case(f"unheard{number} of{number}", frozenset()) for number in range(THINGS)]


def first_right(search: Search, fusion: Fusion, cases: list[Case]) -> int:
    retriever = search.retriever(fusion)
    vectors = ENCODER.encode([case.question for case in cases])
    found = [retriever.search(c.question, v, 1)[0] for c, v in zip(cases, vectors, strict=True)]
    return sum(hit.passage.id in case.right for hit, case in zip(found, cases, strict=True))


def test_sentences_count_where_questions_ask_for_what_bodies_say(search: Search) -> None:
    cases = cases_by_body(search)
    fitted = fit_retrieval(search, [*cases, *unanswerable()], 0.05, silent)
    assert fitted.fusion.part_weight > 0.5
    assert first_right(search, fitted.fusion, cases) == THINGS
    assert first_right(search, replace(fitted.fusion, part_weight=0.0), cases) == 0


def test_keys_count_where_questions_ask_what_keys_ask(search: Search) -> None:
    cases = cases_by_key(search)
    fitted = fit_retrieval(search, [*cases, *unanswerable()], 0.05, silent)
    assert fitted.fusion.part_weight == 0
    assert first_right(search, fitted.fusion, cases) == THINGS


def test_without_an_index_of_sentences_they_do_not_count(search: Search) -> None:
    cases = [*cases_by_body(search), *unanswerable()]
    fitted = fit_retrieval(replace(search, parts=None), cases, 0.05, silent)
    assert fitted.fusion.part_weight == 0


def test_scores_are_calibrated_with_the_chosen_weights(search: Search) -> None:
    cases = [*cases_by_body(search), *unanswerable()]
    fitted = fit_retrieval(search, cases, 0.05, silent)
    retriever = search.retriever(fitted.fusion)
    known, unknown = (
        [retriever.search(c.question, ENCODER.encode([c.question])[0], 1)[0].score for c in part]
        for part in (cases[:THINGS], cases[THINGS:])
    )
    assert min(known) > fitted.threshold > max(unknown)


def test_too_few_cases_leave_everything_untrained(search: Search) -> None:
    fitted = fit_retrieval(search, cases_by_body(search)[: LEAST_CASES - 1], 0.05, silent)
    assert (fitted.fusion, fitted.threshold) == (Fusion(), UNTRAINED_THRESHOLD)


def test_only_questions_kept_from_a_tuned_encoder_count(search: Search) -> None:
    cases = [*cases_by_body(search), *unanswerable()]
    kept = {case.question for case in cases}
    known = [Case(f"{told(number)} Ask us.", frozenset()) for number in range(THINGS)]
    fitted = fit_retrieval(search, [*cases, *known], 0.05, silent, kept)
    assert fitted == fit_retrieval(search, cases, 0.05, silent)
    assert fitted != fit_retrieval(search, [*cases, *known], 0.05, silent)


def test_with_too_few_kept_all_count_at_a_smaller_budget(search: Search) -> None:
    cases = [*cases_by_body(search), *unanswerable()]
    careful = fit_retrieval(search, cases, 0.1, silent, frozenset())
    assert careful.threshold == fit_retrieval(search, cases, 0.1 / TUNED_OPTIMISM, silent).threshold


def test_belonging_counts_for_certainty_where_it_is_judged(search: Search) -> None:
    cases = [replace(case, ours=0.9) for case in cases_by_body(search)]
    cases += [replace(case, ours=0.1) for case in unanswerable()]
    certainty = fit_retrieval(search, cases, 0.05, silent).certainty
    assert certainty.ours > 0
    assert certainty.probability(0.5, 0.9) > certainty.probability(0.5, 0.1)
    assert certainty.probability(0.9, 0.9) > certainty.probability(0.5, 0.9)


def test_without_a_judge_certainty_is_the_score_of_the_search(search: Search) -> None:
    certainty = fit_retrieval(search, [*cases_by_body(search), *unanswerable()], 0.05, silent)
    assert certainty.certainty.probability(0.7, None) == pytest.approx(0.7)


def test_passage_with_a_sentence_that_says_the_same_is_right_too(tmp_path: Path) -> None:
    bodies = [f"Ask us. {told(1)}", f"{told(1)} Or not.", told(2)]
    with closing(Database(tmp_path / "x.db")) as database:
        store = PassageStore(database, lambda: "now")
        store.add(
            Passage(0, "faq", "en", "", f"Question {number}", body, "faq", True)
            for number, body in enumerate(bodies)
        )
        indexes = Indexer(store, ENCODER, "en", "r").rebuild(tmp_path / "x.faiss")
        search = Search(store, indexes.keys, ENCODER, "en", indexes.parts)
        same = [each.id for each in store.all()][:2]
        [case] = checked_cases(search, [("what?", f"Ask us. {told(1)}")])
        assert case.right == frozenset(same)  # the words stand in the first only

"""Which passages speak of other things than a question does."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge.database import Database
from knowledge.index import Index
from knowledge.names import Names, PassageNames
from knowledge.retriever import ELSEWHERE, Fusion, Retriever
from knowledge.store import PassageStore
from knowledge.types import Passage
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder(dimension=128)
QUESTIONS = {
    "How long does the lamp last?": "For years.",
    "How long does the kettle last?": "For decades.",
    "How long does delivery take?": "Two days. A lamp or kettle goes out today.",
}


def of(*things: str) -> Names:
    return lambda text: frozenset(each for each in things if each in text.lower())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    with closing(Database(tmp_path / "x.db")) as database:
        store = PassageStore(database, lambda: "now")
        store.add(
            Passage(0, "faq", "en", key, key, body, "faq", True) for key, body in QUESTIONS.items()
        )
        yield store


def elsewhere(names: PassageNames, store: PassageStore, text: str) -> list[bool]:
    ids = np.array([each.id for each in store.all()], dtype=np.int64)
    return names.elsewhere(text, ids, store.generation).tolist()


def test_passage_about_another_thing_is_elsewhere(store: PassageStore) -> None:
    names = PassageNames(store, lambda: of("lamp", "kettle"))
    assert elsewhere(names, store, "is the lamp any good?") == [False, True, False]
    assert elsewhere(names, store, "is the lamp as good as the kettle?") == [False, False, False]


def test_question_that_names_nothing_finds_everything(store: PassageStore) -> None:
    names = PassageNames(store, lambda: of("lamp", "kettle"))
    assert elsewhere(names, store, "how long does it last?") == [False, False, False]


def test_passage_that_names_nothing_is_nowhere_else(store: PassageStore) -> None:
    names = PassageNames(store, lambda: of("lamp", "teapot"))
    assert elsewhere(names, store, "is the teapot any good?") == [True, False, True]


def test_question_that_names_nothing_is_about_what_was_spoken_of(store: PassageStore) -> None:
    names = PassageNames(store, lambda: of("lamp", "kettle"))
    ids = np.array([each.id for each in store.all()], dtype=np.int64)
    of_lamp = names.elsewhere("how long?", ids, store.generation, "the lamp").tolist()
    assert of_lamp == [False, True, False]
    of_kettle = names.elsewhere("the kettle?", ids, store.generation, "the lamp").tolist()
    assert of_kettle == [True, False, False]


def test_edit_of_a_passage_counts_at_once(store: PassageStore) -> None:
    names = PassageNames(store, lambda: of("lamp", "kettle"))
    assert elsewhere(names, store, "the lamp?") == [False, True, False]
    kettle = store.all()[1]
    store.update(replace(kettle, title="Lamp", key="Lamp", body="A lamp."))
    assert elsewhere(names, store, "the lamp?") == [False, False, False]


def test_new_names_count_at_once(store: PassageStore) -> None:
    known = [of("lamp", "kettle")]
    names = PassageNames(store, lambda: known[0])
    assert elsewhere(names, store, "the lamp?") == [False, True, False]
    known[0] = of("lamp")
    assert elsewhere(names, store, "the lamp?") == [False, False, False]


def test_what_is_elsewhere_ranks_lower(store: PassageStore) -> None:
    ids = [each.id for each in store.all()]
    index = Index.build(ids, ENCODER.encode(list(QUESTIONS)), release="r", generation=1)
    names = of("lamp", "kettle")
    plain = Retriever(store, index, Fusion(), "en")
    named = Retriever(store, index, Fusion(), "en", names=lambda: names)
    text = "how long does a kettle last?"
    vector = ENCODER.encode([text])[0]
    before = plain.candidates(text, vector).fused(Fusion())
    after = named.candidates(text, vector).fused(Fusion())
    np.testing.assert_allclose(before - after, [ELSEWHERE, 0, 0], atol=1e-9)

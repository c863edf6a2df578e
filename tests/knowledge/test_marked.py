"""Questions that people marked with the text that answers them."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.indexing import Indexer
from knowledge.database import Database
from knowledge.examples import CHECKED, ExampleStore
from knowledge.marked import ASKED_PLACES, MarkedQuestions
from knowledge.retriever import Fusion, Retriever
from knowledge.store import PassageStore
from knowledge.types import Passage
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder(dimension=256)
SPLASH = Passage(0, "faq", "en", "Rain", "Rain", "It stands a splash. Not a swim.", "faq", True)
LABEL = Passage(0, "faq", "en", "Labels", "Labels", "The label is free.", "faq", True)


def test_questions_of_a_passage_are_those_whose_part_it_holds() -> None:
    marked = MarkedQuestions(
        [
            ("can i swim with it", "not a  SWIM."),
            ("who pays for sending it", "label is free"),
            ("can i swim with it", "a splash"),
            ("nobody knows", "nowhere"),
        ]
    )
    assert marked.of(SPLASH) == ["can i swim with it"]
    assert marked.of(LABEL) == ["who pays for sending it"]
    assert MarkedQuestions().of(LABEL) == []


def test_no_more_questions_than_there_are_places() -> None:
    rows = [(f"question {number}", "free") for number in range(ASKED_PLACES + 5)]
    assert len(MarkedQuestions(rows).of(LABEL)) == ASKED_PLACES


def test_every_third_question_checks_with_all_its_answers(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "x.db")) as database:
        examples = ExampleStore(database, lambda: "now")
        rows = [(f"q{number}", f"a{number}", "en") for number in range(2 * CHECKED)]
        examples.add_questions([*rows, ("q0", "other", "en"), ("q1", "too", "en")], "q", "train")
        teaching, checking = examples.marked("en")
    assert checking == [("q0", "a0"), (f"q{CHECKED}", f"a{CHECKED}"), ("q0", "other")]
    assert [question for question, _ in teaching].count("q1") == 2


def test_passage_is_found_by_a_question_it_was_marked_with(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "x.db")) as database:
        store = PassageStore(database, lambda: "now")
        store.add([SPLASH, LABEL])
        marked = MarkedQuestions([("beach holiday ruins them?", "not a swim")])
        indexer = Indexer(store, ENCODER, "en", "r", marked)
        indexes = indexer.rebuild(tmp_path / "x.faiss")
        retriever = Retriever(
            store, indexes.keys, Fusion(asked_weight=1.0), "en", indexes.parts, indexes.asked
        )
        text = "ruins a beach holiday them"
        vector = ENCODER.encode([text])[0]
        found = retriever.candidates(text, vector)
        best, other = retriever.search(text, vector, 2)
        assert (best.passage.key, other.passage.key) == ("Rain", "Labels")
        assert found.asked.argmax() == found.ids.tolist().index(best.passage.id)
        store.update(replace(best.passage, body="It stands all."))
        indexer.catch_up(indexes)
        assert len(indexes.asked) == 0

"""Labelled utterances and test questions: what is tested is never trained on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.database import Database
from knowledge.examples import ExampleStore
from knowledge.types import Changes, Example


@pytest.fixture
def examples(tmp_path: Path) -> Iterator[ExampleStore]:
    database = Database(tmp_path / "deskmate.db")
    yield ExampleStore(database, lambda: "2026-01-01T00:00:00Z")
    database.close()


CARD = Example("My card is lost", "lost_card", "en")
RATE = Example("What is the rate?", "exchange_rate", "en")
CARD_ZH = Example("我的卡丢了", "lost_card", "zh")


def test_examples_are_kept_by_split_and_language(examples: ExampleStore) -> None:
    assert examples.add([CARD, CARD_ZH], "train", "a.csv") == Changes(added=2)
    assert examples.add([RATE], "test", "b.csv") == Changes(added=1)
    assert examples.all("train", "en") == [CARD]
    assert examples.all("train", "zh") == [CARD_ZH]
    assert examples.all("test", "en") == [RATE]


def test_same_text_in_other_case_width_or_spacing_is_the_same_example(
    examples: ExampleStore,
) -> None:
    examples.add([CARD], "train", "a.csv")
    again = [Example("my  CARD is ｌｏｓｔ", "lost_card", "en"), CARD]
    assert examples.add(again, "train", "a.csv") == Changes(unchanged=2)
    assert examples.all("train", "en") == [CARD]


def test_new_intent_replaces_the_old_one(examples: ExampleStore) -> None:
    examples.add([CARD], "train", "a.csv")
    relabelled = Example(CARD.text, "stolen_card", "en")
    assert examples.add([relabelled], "train", "review") == Changes(updated=1)
    assert examples.all("train", "en") == [relabelled]


def test_test_text_is_taken_out_of_training(examples: ExampleStore) -> None:
    examples.add([CARD, RATE], "train", "a.csv")
    assert examples.add([CARD], "test", "b.csv") == Changes(updated=1)
    assert examples.all("train", "en") == [RATE]
    assert examples.all("test", "en") == [CARD]


def test_test_text_never_enters_training(examples: ExampleStore) -> None:
    examples.add([CARD], "test", "b.csv")
    shouted = Example("MY CARD IS LOST", "stolen_card", "en")
    assert examples.add([shouted, RATE], "train", "a.csv") == Changes(added=1, unchanged=1)
    assert examples.all("train", "en") == [RATE]
    assert examples.all("test", "en") == [CARD]


def test_many_examples_are_stored_in_batches(examples: ExampleStore) -> None:
    many = (Example(f"text {number}", "any", "en") for number in range(1200))
    assert examples.add(many, "train", "a.csv") == Changes(added=1200)
    assert len(examples.all("train", "en")) == 1200


def test_question_may_have_several_answers(examples: ExampleStore) -> None:
    pairs = [("Is it free?", "Yes."), ("Is it free?", "It costs nothing.")]
    assert examples.add_questions([(q, a, "en") for q, a in pairs], "t.jsonl") == Changes(added=2)
    assert examples.questions("en") == pairs
    assert examples.questions("zh") == []


def test_same_question_with_the_same_answer_is_stored_once(examples: ExampleStore) -> None:
    examples.add_questions([("Is it free?", "Yes.", "en")], "t.jsonl")
    again = examples.add_questions([("is it  FREE?", "yes.", "en")], "u.jsonl")
    assert again == Changes(unchanged=1)
    assert examples.questions("en") == [("Is it free?", "Yes.")]

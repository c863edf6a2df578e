"""Sentences of passages: what is embedded, and which passages they lead to."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge.index import Ids, Index
from knowledge.parts import PLACES, Parts, part_texts
from knowledge.types import Passage
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder(dimension=64)
RETURNS = Passage(
    1, "faq", "en", "Returns?", "Returns?", "Send it back. The label is free.", "faq", approved=True
)
SHIPPING = Passage(
    2,
    "doc",
    "en",
    "Help > Shipping",
    "Help > Shipping\n...",
    "Parcels leave at noon. We ship to Norway. Heavy things go by lorry.",
    "help.md",
    approved=True,
)
PAYING = Passage(5, "faq", "en", "Pay?", "Pay?", "Cards are fine.", "faq", approved=True)


def numbers(*ids: int) -> Ids:
    return np.array(ids, dtype=np.int64)


def parts_of(*passages: Passage) -> Parts:
    rows = [
        (passage.id * PLACES + place, text)
        for passage in passages
        for place, text in enumerate(part_texts(passage))
    ]
    vectors = ENCODER.encode([text for _, text in rows])
    return Parts(Index.build([each for each, _ in rows], vectors, release="r", generation=1))


@pytest.fixture(scope="module")
def parts() -> Parts:
    return parts_of(RETURNS, SHIPPING, PAYING)


def test_sentences_of_an_answer_stand_alone_and_of_a_document_under_its_heading() -> None:
    assert part_texts(RETURNS) == ["Send it back.", "The label is free."]
    assert part_texts(SHIPPING)[1] == "Shipping: We ship to Norway."


def test_document_without_a_heading_has_its_bare_sentences() -> None:
    assert part_texts(replace(SHIPPING, title=""))[0] == "Parcels leave at noon."


def test_single_sentence_is_a_part_and_a_long_text_has_so_many_at_most() -> None:
    assert part_texts(PAYING) == ["Cards are fine."]
    long = replace(PAYING, body=" ".join(f"Card {number} is fine." for number in range(50)))
    assert len(part_texts(long)) == PLACES
    assert part_texts(long)[-1] == "Card 31 is fine."


def test_best_is_the_cosine_of_the_nearest_sentence(parts: Parts) -> None:
    vector = ENCODER.encode(["The label is free."])[0]
    expected = [
        max(float(each @ vector) for each in ENCODER.encode(part_texts(passage)))
        for passage in (RETURNS, SHIPPING, PAYING)
    ]
    assert expected[0] == pytest.approx(1)
    np.testing.assert_allclose(parts.best(vector, numbers(1, 2, 5)), expected, atol=1e-6)


def test_best_is_zero_for_passages_without_sentences(parts: Parts) -> None:
    vector = ENCODER.encode(["Cards are fine."])[0]
    found = parts.best(vector, numbers(0, 4, 5, 6))
    np.testing.assert_allclose(found, [0, 0, 1, 0], atol=1e-6)
    assert parts.best(vector, numbers()).shape == (0,)


def test_nearest_are_distinct_passages_ascending(parts: Parts) -> None:
    vector = ENCODER.encode(["Cards are fine."])[0]
    assert parts.nearest(vector, 1, numbers(1, 2, 5)).tolist() == [5]
    assert parts.nearest(vector, 10, numbers(1, 2, 5)).tolist() == [1, 2, 5]


def test_nearest_are_only_those_that_are_allowed(parts: Parts) -> None:
    vector = ENCODER.encode(["Cards are fine."])[0]
    assert parts.nearest(vector, 3, numbers(1, 2)).tolist() == [1, 2]
    assert parts.nearest(vector, 3, numbers()).tolist() == []
    assert parts.nearest(vector, 3, numbers(77)).tolist() == []


def test_allowed_passages_are_found_behind_many_that_are_not() -> None:
    crowd = [replace(PAYING, id=number) for number in range(10, 60)]
    vector = ENCODER.encode(["Cards are fine."])[0]
    found = parts_of(*crowd, RETURNS, SHIPPING).nearest(vector, 2, numbers(1, 2, 30))
    assert len(found) == 2
    assert 30 in found


def test_empty_index_finds_nothing() -> None:
    vector = ENCODER.encode(["Cards are fine."])[0]
    empty = Index.build([], np.empty((0, 64), np.float32), release="r", generation=1)
    assert Parts(empty).nearest(vector, 3, numbers(1)).tolist() == []
    assert Parts(empty).best(vector, numbers(1)).tolist() == [0]


def test_stub_stands_with_the_sentence_after_it() -> None:
    said = replace(PAYING, body="Yes. Points are valid for a year. No problem. Ask us. Really?")
    assert part_texts(said) == [
        "Yes. Points are valid for a year.",
        "No problem. Ask us. Really?",
    ]

"""What is quoted of which passages: whole sentences that answer, and nothing else."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.mind import Component
from bot.quotes import LONGEST, Quotes
from bot.types import Answer, Ask, HandOff
from knowledge.language import sentences
from knowledge.types import Hit, Language, Passage
from tests.fakes import HashingEncoder

THRESHOLD = 0.5


class Likeness(HashingEncoder):
    """Puts texts with a word close to the question, all others far from it."""

    def __init__(self, *words: str) -> None:
        super().__init__(2)
        self.words = words

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        near = [any(word in text for word in self.words) for text in texts]
        return np.array([[1, 0] if each else [0, 1] for each in near], np.float32)


def passage(body: str, number: int = 1, title: str = "", language: Language = "en") -> Passage:
    return Passage(number, "doc", language, title, title, body, "doc", True)


def quotes(question: str, *words: str, vector: bool = True) -> Quotes:
    component = Component(cast(Any, Likeness(*words)), None, cast(Any, None), THRESHOLD)
    return Quotes(component, question, np.array([1, 0], np.float32) if vector else None)


def cut(body: str, *words: str, language: Language = "en", question: str = "?") -> str:
    answer = Answer(hits=(Hit(passage(body, 7, language=language), 0.9),))
    return quotes(question, *words).cut(answer)[7]


EXPRESS = "Express parcels arrive the next day, also on Saturdays."
PRICE = "They cost 12.90 dollars, e.g. for a lamp."
LARGE = "Large boxes travel with another carrier and need somebody to sign for them at the door."
GIFT = "Gift wrapping takes one day longer."
ISLANDS = "Addresses on islands take three days more, whatever you choose."
REST = " ".join(["Nobody has to be at home, and a note tells where the parcel is."] * 6)
LONG = " ".join((EXPRESS, PRICE, LARGE, GIFT, ISLANDS, REST))
EXPRESS_ZH, PRICE_ZH, GIFT_ZH = "加急件次日送达。", "它的费用是三十元。", "礼品包装要多一天。"
REST_ZH = "不在家时，配送员会留下字条，写明包裹放在了哪里。" * 8
LONG_ZH = EXPRESS_ZH + PRICE_ZH + GIFT_ZH + REST_ZH


def test_short_passage_is_quoted_whole() -> None:
    body = "It takes a day. It is free.\n\nGifts too."
    assert cut(body, "free") == body


def test_passage_is_quoted_whole_without_a_vector() -> None:
    answer = Answer(hits=(Hit(passage(LONG), 0.9),))
    assert quotes("?", vector=False).cut(answer) == {1: LONG}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_only_a_passage_beyond_the_limit_is_cut(language: Language) -> None:
    first, last = ("x" * 99 + ". ", "Free. ") if language == "en" else ("长" * 99 + "。", "免费。")
    body = first + last + "y" * (LONGEST[language] - len(first + last))
    assert cut(body, "Free", "免费", language=language) == body
    assert cut(body + "y", "Free", "免费", language=language) == (body[len(first) :] + "y")


def test_long_passage_begins_with_the_sentence_that_answers() -> None:
    said = cut(LONG, "Gift")
    assert said.startswith(f"{GIFT} {ISLANDS}")
    assert cut(LONG_ZH, "礼品", language="zh").startswith(GIFT_ZH)


def test_what_follows_is_quoted_up_to_the_limit_and_never_broken_off() -> None:
    for word in ("Express", "12.90", "Large", "Gift", "islands", "nothing"):
        said = cut(LONG, word)
        assert said in LONG
        assert set(sentences(said)) <= set(sentences(LONG))
        assert LONGEST["en"] - 80 < len(said) <= LONGEST["en"]
    said = cut(LONG_ZH, "礼品", language="zh")
    assert said in LONG_ZH
    assert said.endswith("。")
    assert len(said) <= LONGEST["zh"]


def test_sentence_that_leans_on_another_brings_it() -> None:
    assert cut(LONG, "12.90").startswith(f"{EXPRESS} {PRICE}")
    assert cut(LONG_ZH, "三十", language="zh").startswith(EXPRESS_ZH + PRICE_ZH)


def test_words_of_the_question_decide_between_sentences_that_are_as_close() -> None:
    said = cut(LONG, "Gift", "islands", question="how long to addresses on islands")
    assert said.startswith(ISLANDS)


def test_long_passage_is_cut_to_the_paragraphs_that_answer() -> None:
    body = f"{EXPRESS} {PRICE}\n\n{REST}\n\n{GIFT}\n\n{ISLANDS}"
    assert cut(body, "Gift") == GIFT
    assert cut(body, "Gift", "Express") == f"{EXPRESS} {PRICE}\n\n{GIFT}"


def test_list_keeps_its_lines_and_the_line_that_leads_to_it() -> None:
    items = "- the box it came in\n- the label\n- all that was in it"
    body = f"{REST}\nTo return it you need:\n{items}"
    for word in ("need:", "the label", "box"):
        assert cut(body, word) == f"To return it you need:\n{items}"


def test_numbered_steps_stay_together() -> None:
    steps = "To pair it:\n1. Open the lid.\n2. Hold the button.\nDone."
    assert cut(f"{REST}\n{steps}", "button") == steps


def test_only_quotes_are_cut() -> None:
    assert quotes("?").cut(Answer(intent="delivery_time")) == {}
    assert quotes("?").cut(HandOff("requested")) == {}
    assert quotes("?").cut(Ask("order_status", "order_number")) == {}


# Two passages

WARRANTY = Hit(passage("The warranty of the kettle is 24 months.", 1), 0.9)
DESCALE = Hit(passage("Descale it with citric acid every month.", 2), 0.8)
QUESTION = "kettle warranty, descale citric acid"


def completed(question: str, first: Hit, *others: Hit) -> tuple[Hit, ...]:
    action = quotes(question).completed(Answer(hits=(first,)), (first, *others))
    assert isinstance(action, Answer)
    return action.hits


def test_second_passage_is_quoted_where_the_first_leaves_a_part_open() -> None:
    assert completed(QUESTION, WARRANTY, DESCALE) == (WARRANTY, DESCALE)


def test_second_passage_adds_nothing_where_the_first_says_all() -> None:
    assert completed("how long is the kettle warranty", WARRANTY, DESCALE) == (WARRANTY,)


def test_second_passage_has_to_be_approved_by_its_score() -> None:
    weak = Hit(DESCALE.passage, THRESHOLD - 0.01)
    assert completed(QUESTION, WARRANTY, weak) == (WARRANTY,)


def test_best_of_the_passages_that_add_something_is_taken() -> None:
    other = Hit(passage("Islands take longer.", 3), 0.85)
    more = Hit(passage("Citric acid and how to descale.", 4), 0.7)
    assert completed(QUESTION, WARRANTY, other, DESCALE, more) == (WARRANTY, DESCALE)


def test_passage_that_holds_the_other_is_no_second_one() -> None:
    whole = Hit(passage(f"{WARRANTY.passage.body} Descale with citric acid.", 5), 0.8)
    assert completed(QUESTION, WARRANTY, whole) == (WARRANTY,)


def test_question_of_one_word_is_answered_once() -> None:
    assert completed("descale?", WARRANTY, DESCALE) == (WARRANTY,)


def test_other_actions_are_left_alone() -> None:
    hits = (WARRANTY, DESCALE)
    for action in (Answer(intent="delivery_time"), Answer(hits=hits), HandOff("requested")):
        assert quotes(QUESTION).completed(action, hits) is action
    one = Answer(hits=(WARRANTY,))
    assert quotes(QUESTION, vector=False).completed(one, hits) is one

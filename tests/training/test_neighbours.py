import pytest

from training.neighbours import ROWS_AT_ONCE, near_duplicates

QUESTION = "How long do I have to send back a pair of headphones that I opened?"


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        QUESTION.upper(),
        QUESTION.rstrip("?"),
        f"  {QUESTION}!! ",
        QUESTION.replace("How long", "How  long"),
        QUESTION.replace("headphones", "headphone"),
        QUESTION.replace(" that", ", that"),
    ],
)
def test_same_text_but_for_a_letter_a_case_or_a_comma_is_a_near_duplicate(text: str) -> None:
    assert near_duplicates([text], ["Where is my order?", QUESTION]) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "How long does delivery take?",
        "Can I send back the headphones?",
        "How long do I have to wait for the money for headphones that I sent back?",
        "",
    ],
)
def test_another_question_is_none(text: str) -> None:
    assert near_duplicates([text], ["Where is my order?", QUESTION]) == [False]


def test_chinese_is_compared_by_characters() -> None:
    known = ["退货之后多久可以收到退款"]
    assert near_duplicates(["退货之后多久可以收到退款？"], known) == [True]
    assert near_duplicates(["退货之后多久可以收到换货"], known) == [False]
    assert near_duplicates(["换货要多久"], known) == [False]


def test_personal_data_makes_no_difference() -> None:
    known = ["Where is my order TW-204188?"]
    assert near_duplicates(["where is my order TW-999999"], known) == [True]


def test_short_texts_count_only_when_the_same() -> None:
    assert near_duplicates(["hi", "Hi!", "ho", "👍"], ["hi"]) == [True, True, False, False]


def test_nothing_to_compare() -> None:
    assert near_duplicates([], ["x"]) == []
    assert near_duplicates(["x", "y"], []) == [False, False]


def test_every_text_has_its_own_answer_in_order_across_portions() -> None:
    many = [f"question number {n} about {n * 7919} things" for n in range(ROWS_AT_ONCE + 20)]
    marked = {3, ROWS_AT_ONCE - 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 19}
    found = near_duplicates(many, [f"{many[n]}!" for n in sorted(marked)])
    assert {n for n in marked if found[n]} == marked
    assert not any(found[n] for n in range(100, 400))
    assert len(found) == len(many)

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.home import Home
from bot.types import HandOff, Review
from knowledge.history import Exchange
from knowledge.types import KNOWLEDGE, Conversation, Example, Language, Message, Passage
from tests.bot.homes import new_home
from tests.bot.log_samples import reply, state, turn
from training.datasets import (
    HELD_OUT,
    LEAST_TO_HOLD_OUT,
    LEAST_TO_KEEP,
    collect,
    hold_out,
    sentence_of,
    without_near,
)

WORDS = [
    "amber",
    "birch",
    "cedar",
    "dune",
    "ember",
    "fjord",
    "grove",
    "heath",
    "inlet",
    "jade",
    "knoll",
    "lagoon",
    "marsh",
]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = new_home(tmp_path / "home", ("en", "zh"))
    yield home
    home.close()


def examples(count: int) -> list[Example]:
    """Utterances of two intents that are far from each other."""
    return [
        Example(f"{WORDS[n % 13]} {WORDS[n // 13 % 13]} {n * n}", f"i{n % 2}", "en")
        for n in range(count)
    ]


def add(home: Home, *rows: tuple[str, str], test: bool = False, language: Language = "en") -> None:
    stored = [Example(text, intent, language) for text, intent in rows]
    home.examples.add(stored, "test" if test else "train", "rows.csv")


def review(
    home: Home, text: str, intent: str | None, answer: str | None = None, query: str = ""
) -> None:
    """Log a message to the bot and a person's verdict on its turn."""
    conversation, _ = home.log.start("en")
    home.log.append(turn(conversation, text, query=query or text), state(conversation))
    home.log.add_review(Review(home.log.turns(conversation)[-1].id, "Bo", intent, answer))


def texts(rows: list[Example]) -> list[str]:
    return [row.text for row in rows]


def test_empty_home_teaches_and_tests_nothing(home: Home) -> None:
    data = collect(home, "en")
    assert data.training_rows() == data.test_rows() == data.corrections == []


def test_rows_of_each_language_are_apart(home: Home) -> None:
    add(home, ("refund please", "refund"))
    add(home, ("我要退款", "refund"), language="zh")
    home.examples.add_questions([("多久到？", "两天。", "zh")], "q.csv")
    assert texts(collect(home, "en").examples) == ["refund please"]
    data = collect(home, "zh")
    assert (texts(data.examples), data.questions) == (["我要退款"], [("多久到？", "两天。")])
    assert collect(home, "en").questions == []


def test_question_near_an_indexed_one_tests_nothing(home: Home) -> None:
    home.examples.add_questions([("Do you wrap gifts?", "No.", "en")], "q.csv")
    key = "do you wrap gifts"
    home.passages.add([Passage(0, "faq", "en", key, key, "No.", "faq", True)])
    data = collect(home, "en")
    assert (data.questions, data.pairs) == ([], [(key, "No.")])


def test_nothing_near_a_test_row_teaches(home: Home) -> None:
    add(home, ("where is my refund", "refund"), ("I want a person", "human"))
    add(home, ("Where is my refund now", "refund"), ("cancel it", "cancel"), test=True)
    home.examples.add_questions([("Do you wrap gifts for free?", "No.", "en")], "q.csv")
    add(home, ("do you wrap gifts for free", "gifts"))
    faq = [
        Passage(0, "faq", "en", question, question, "Yes.", "faq", True)
        for question in ("Cancel it", "Is there a shop?")
    ]
    home.passages.add(faq)
    data = collect(home, "en")
    assert texts(data.examples) == ["I want a person"]
    assert data.pairs == [("Is there a shop?", "Yes.")]
    assert texts(data.tests) == ["Where is my refund now", "cancel it"]


def test_correction_replaces_the_row_of_the_same_text(home: Home) -> None:
    add(home, ("Where is it", "order"), ("refund", "refund"))
    review(home, "Where is it", "delivery")
    review(home, "sing a song", "oos")
    data = collect(home, "en")
    corrected = [Example("Where is it", "delivery", "en"), Example("sing a song", "oos", "en")]
    assert data.examples == [Example("refund", "refund", "en"), *corrected]
    assert data.corrections == corrected
    assert collect(home, "zh").corrections == []


def test_latest_of_two_corrections_counts(home: Home) -> None:
    review(home, "where is it", "delivery")
    review(home, "where is it", "order")
    assert collect(home, "en").examples == [Example("where is it", "order", "en")]


def test_follow_up_teaches_with_the_question_it_leans_on(home: Home) -> None:
    review(home, "and the Tern?", "delivery", "Two days.", "When does the lamp come? and the Tern?")
    data = collect(home, "en")
    assert texts(data.examples) == ["When does the lamp come? and the Tern?"]
    assert data.pairs == [("When does the lamp come? and the Tern?", "Two days.")]


def test_correction_of_a_test_row_does_not_teach(home: Home) -> None:
    add(home, ("where is it", "order"), test=True)
    review(home, "Where is it?", "delivery")
    data = collect(home, "en")
    assert data.examples == []
    assert texts(data.corrections) == ["Where is it?"]


def test_pairs_come_from_faq_history_staff_and_reviews_each_once(home: Home) -> None:
    question, answer = "Is there a shop?", "No, we are online only."
    home.passages.add(
        [
            Passage(0, "faq", "en", question, question, answer, "faq", True),
            Passage(0, "doc", "en", "Shipping", "Shipping\nTwo days.", "Two days.", "doc", True),
            Passage(0, "faq", "zh", "有店吗", "有店吗", "没有。", "faq", True),
        ]
    )
    talk = Conversation("1", "old.jsonl", "en", (Message("customer", "x"), Message("staff", "y")))
    mined = [("Does it float?", "No."), (question, answer)]
    home.history.add(talk, [Exchange(0, "1", "en", q, a) for q, a in mined])
    conversation, _ = home.log.start("en")
    asked = turn(conversation, "Is it red?", reply=reply("A moment.", HandOff("intent")))
    home.log.append(asked, state(conversation, status="waiting"))
    Desk(home.log).say(conversation, "Bo", "It is blue.")
    review(home, "Is it heavy?", None, "It weighs 1 kg.")
    assert collect(home, "en").pairs == [
        (question, answer),
        ("Does it float?", "No."),
        ("Is it red?", "It is blue."),
        ("Is it heavy?", "It weighs 1 kg."),
    ]
    assert collect(home, "zh").pairs == [("有店吗", "没有。")]


LABEL = "Print the label and stick it on. Drop the parcel at a shop. Shops are open till six."


def add_asked(home: Home, *rows: tuple[str, str]) -> None:
    """Add questions to train on; the first of three is checked on, so one goes before each two."""
    home.examples.add_questions([(q, part, "en") for q, part in rows], "q.csv", "train")


def test_question_is_paired_with_the_sentence_that_answers(home: Home) -> None:
    home.passages.add([Passage(0, "faq", "en", "Label?", "Label?", LABEL, "faq", True)])
    add_asked(home, ("who checks", "a shop"), ("where do I bring it", "the parcel at a shop"))
    data = collect(home, "en")
    assert data.pairs == [
        ("Label?", LABEL),
        ("where do I bring it", "Drop the parcel at a shop."),
    ]
    assert data.checks == [("who checks", "a shop")]


def test_sentence_of_a_document_stands_under_its_heading(home: Home) -> None:
    title = "Returns > How to send it"
    home.passages.add([Passage(0, "doc", "en", title, f"{title}\n{LABEL}", LABEL, "r.md", True)])
    add_asked(home, ("who checks", "a shop"), ("until when", "open till six"))
    assert collect(home, "en").pairs == [("until when", "How to send it: Shops are open till six.")]


def test_sentence_of_an_old_dialogue_answers_too(home: Home) -> None:
    talk = Conversation("1", "old.jsonl", "en", (Message("customer", "x"), Message("staff", "y")))
    home.history.add(talk, [Exchange(0, "1", "en", "Label?", LABEL)])
    add_asked(home, ("who checks", "a shop"), ("until when", "open till six"), ("gone", "no more"))
    assert ("until when", "Shops are open till six.") in collect(home, "en").pairs
    assert "gone" not in dict(collect(home, "en").pairs)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("stick it", "Print the label and stick it on."),
        ("Drop the parcel at a shop. Shops are open till six.", "Drop the parcel at a shop."),
        ("stick it on. Drop the", LABEL),
    ],
)
def test_evidence_over_several_sentences_takes_the_longest_whole_one(
    wanted: str, found: str
) -> None:
    assert sentence_of(LABEL, wanted) == found


def test_questions_for_the_knowledge_are_apart_from_the_intents(home: Home) -> None:
    add(home, ("refund", "refund"), ("cancel", "cancel"), ("who pays for it", "cancel"))
    home.passages.add([Passage(0, "faq", "en", "Label?", "Label?", LABEL, "faq", True)])
    add_asked(home, ("what checks", "a shop"), ("until when", "open till six"), ("gone", "no more"))
    rows = collect(home, "en").examples
    assert {row.text: row.intent for row in rows} == {
        "refund": "refund",
        "cancel": "cancel",
        "who pays for it": "cancel",
        "until when": KNOWLEDGE,
        "what checks": KNOWLEDGE,
    }


@pytest.mark.parametrize("rows", [[("refund", "refund")], [("refund", "a"), ("sing", "oos")], []])
def test_fewer_than_two_intents_have_nothing_to_be_apart_from(
    home: Home, rows: list[tuple[str, str]]
) -> None:
    add(home, *rows)
    home.passages.add([Passage(0, "faq", "en", "Label?", "Label?", LABEL, "faq", True)])
    add_asked(home, ("who checks", "a shop"), ("until when", "open till six"))
    assert [(row.text, row.intent) for row in collect(home, "en").examples] == rows


def test_question_for_the_knowledge_near_a_test_row_teaches_nothing(home: Home) -> None:
    add(home, ("refund", "refund"), ("cancel", "cancel"))
    add(home, ("Until when?", "hours"), test=True)
    home.passages.add([Passage(0, "faq", "en", "Label?", "Label?", LABEL, "faq", True)])
    add_asked(home, ("who checks", "a shop"), ("until when", "open till six"))
    assert texts(collect(home, "en").examples) == ["refund", "cancel", "who checks"]


def test_wordings_of_an_answer_teach_each_other(home: Home) -> None:
    wordings = ("How do I return it?", "Can it go back?", "Sending something back")
    home.passages.add(Passage(0, "faq", "en", w, w, LABEL, w, True) for w in wordings)
    pairs = collect(home, "en").pairs
    assert [pair for pair in pairs if pair[1] == wordings[0]] == [
        (wordings[1], wordings[0]),
        (wordings[2], wordings[0]),
    ]


def test_questions_with_a_common_short_answer_are_no_wordings(home: Home) -> None:
    asked = ("Is there a shop?", "Do you wrap gifts?")
    home.passages.add(Passage(0, "faq", "en", q, q, "Yes, of course.", q, True) for q in asked)
    assert {answer for _, answer in collect(home, "en").pairs} == {"Yes, of course."}


def test_first_wording_near_a_test_row_is_no_answer(home: Home) -> None:
    add(home, ("How do I return it", "returns"), test=True)
    wordings = ("How do I return it?", "Can it go back?")
    home.passages.add(Passage(0, "faq", "en", w, w, LABEL, w, True) for w in wordings)
    assert collect(home, "en").pairs == [("Can it go back?", LABEL)]


def test_what_the_bot_said_itself_teaches_nothing(home: Home) -> None:
    conversation, _ = home.log.start("en")
    home.log.append(turn(conversation, "Can I return it?"), state(conversation))
    assert collect(home, "en").training_rows() == []


def test_training_and_test_rows_are_all_that_is_hashed(home: Home) -> None:
    add(home, ("refund", "refund"))
    add(home, ("cancel", "cancel"), test=True)
    home.passages.add([Passage(0, "faq", "en", "Shop?", "Shop?", "No.", "faq", True)])
    home.examples.add_questions([("Gifts?", "Yes.", "en")], "q.csv")
    data = collect(home, "en")
    assert data.training_rows() == [Example("refund", "refund", "en"), ("Shop?", "No.")]
    assert data.test_rows() == [Example("cancel", "cancel", "en"), ("Gifts?", "Yes.")]


def test_without_test_rows_some_utterances_are_held_out(home: Home) -> None:
    rows = examples(130)
    home.examples.add(rows, "train", "rows.csv")
    data = collect(home, "en")
    assert len(data.tests) == pytest.approx(130 / HELD_OUT, rel=0.5)
    assert not set(data.tests) & set(data.examples)
    assert {*data.tests, *data.examples} <= set(rows)
    assert collect(home, "en").tests == data.tests


def test_held_out_rows_stay_the_same_when_more_come() -> None:
    _, first = hold_out(examples(120))
    _, later = hold_out(examples(160))
    assert set(first) < set(later)


def test_near_duplicates_of_held_out_rows_do_not_teach() -> None:
    rows = examples(130)
    doubled = rows + [Example(f"{row.text}!", row.intent, "en") for row in rows]
    kept, tests = hold_out(doubled)
    tested = {re.sub("!", "", row.text) for row in tests}
    assert not tested & {re.sub("!", "", row.text) for row in kept}


def test_rare_intent_keeps_all_its_rows() -> None:
    rare = [Example(f"{word} {word}ish {word}ly", "rare", "en") for word in WORDS[:9]]
    kept, _ = hold_out(examples(130) + rare)
    assert [row for row in kept if row.intent == "rare"] == rare


def test_few_utterances_all_teach() -> None:
    rows = examples(LEAST_TO_HOLD_OUT - 1)
    assert hold_out(rows) == (rows, [])


def test_without_near_keeps_order_and_rows() -> None:
    rows = [("refund my money", 1), ("cancel my order", 2), ("Refund my money!", 3)]
    near = [text for text, _ in rows]
    assert without_near(rows, near, ["REFUND MY MONEY"]) == [("cancel my order", 2)]
    assert without_near(rows, near, []) == rows


def add_wordings(home: Home, answers: int) -> None:
    home.passages.add(
        Passage(0, "faq", "en", wording, wording, body, wording, True)
        for number in range(answers)
        for body in [f"Parcel{number} arrives within three days at the door of harbour{number}."]
        for wording in (f"first question{number} here?", f"Second wish{number} about it?")
    )


def test_some_wordings_are_kept_from_teaching_to_check_on(home: Home) -> None:
    add_wordings(home, LEAST_TO_KEEP // 2)
    data = collect(home, "en")
    taught = {question for question, _ in data.pairs}
    assert 0 < len(data.kept) < len(taught) / 2
    assert not data.kept & taught
    assert all(question.startswith("Second") for question in data.kept)


def test_marked_questions_all_teach_but_those_that_check(home: Home) -> None:
    add_wordings(home, LEAST_TO_KEEP // 2)
    marked = [f"what of harbour{number}" for number in range(60)]
    rows = [(each, f"door of {each.split()[-1]}.", "en") for each in marked]
    home.examples.add_questions(rows, "q.csv", "train")
    data = collect(home, "en")
    assert not data.kept & set(marked)
    taught = {question for question, _ in data.pairs} & set(marked)
    assert taught | {question for question, _ in data.checks} == set(marked)


def test_with_few_pairs_all_of_them_teach(home: Home) -> None:
    add_wordings(home, 10)
    assert collect(home, "en").kept == frozenset()

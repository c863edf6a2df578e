"""Suggested replies: where they come from, their order, and that none says what another says."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.home import Home
from bot.log import UnknownConversationError
from bot.runtime import Runtime
from bot.suggestions import Suggestion, suggest
from bot.types import HandOff, Prediction
from knowledge.history import Exchange
from knowledge.language import detect
from knowledge.types import Conversation, Language, Message, Passage
from tests.bot.homes import RETURNS, add_faq, new_home
from tests.bot.log_samples import reply, state, turn
from tests.bot.shop import shop

SILLS = "Can the Drift robot get over wooden door sills?"
CLIMBS = "The Drift climbs thresholds of up to 2 cm, higher ones need a ramp."


@pytest.fixture
def home(folder: Path) -> Home:
    return replace(new_home(folder, ("en", "zh")), domain=shop())


def case(question: str = SILLS, answer: str = CLIMBS, language: Language = "en") -> Passage:
    return Passage(0, "dialogue", language, question, question, answer, "dialogue#7", False, 1)


def asks(runtime: Runtime, *texts: str, language: Language = "en", **about: object) -> str:
    """A customer writes these messages and waits for a person."""
    conversation_id = runtime.log.start(language)[0]
    told = reply("One moment.", HandOff("intent"))
    for text in texts:
        runtime.log.append(
            turn(conversation_id, text, language=language, **({"reply": told} | about)),
            state(conversation_id, language=language),
        )
    return conversation_id


def refs(found: list[Suggestion]) -> list[tuple[str, str]]:
    return [(one.kind, one.ref) for one in found]


@pytest.mark.parametrize("kind", ["runtime", "clever"])
def test_approved_passage_is_suggested_with_its_source(
    kind: str, request: pytest.FixtureRequest
) -> None:
    runtime = request.getfixturevalue(kind)
    add_faq(runtime.home)
    add_faq(runtime.home, "Do you sell gift cards?", "Yes, from $10 on.")
    runtime.pick_up_changes()
    first = suggest(runtime, asks(runtime, RETURNS))[0]
    assert (first.kind, first.ref, first.title) == ("passage", "1", RETURNS)
    assert (first.text, first.source) == ("You have 30 days.", "faq.csv")
    assert 0.3 < first.score <= 1


@pytest.mark.parametrize("kind", ["runtime", "clever"])
def test_unapproved_answer_is_a_case_that_names_its_conversations(
    kind: str, request: pytest.FixtureRequest
) -> None:
    runtime = request.getfixturevalue(kind)
    runtime.home.passages.add([case()])
    said = (Message("customer", SILLS), Message("staff", CLIMBS))
    history = runtime.home.history
    history.add(
        Conversation("d17", "old.jsonl", "en", said), [Exchange(0, "d17", "en", SILLS, CLIMBS)]
    )
    history.assign([each.id for each in history.pending("en", 5)], 1)
    runtime.pick_up_changes()
    [found] = suggest(runtime, asks(runtime, SILLS))
    assert (found.kind, found.text, found.source) == ("case", CLIMBS, "d17")


def test_case_without_dialogues_names_its_passage_source(runtime: Runtime) -> None:
    runtime.home.passages.add([case()])
    assert suggest(runtime, asks(runtime, SILLS))[0].source == "dialogue#7"


def test_what_was_switched_off_is_not_suggested(runtime: Runtime) -> None:
    runtime.home.passages.add([case()])
    runtime.home.passages.switch_off(1)
    assert suggest(runtime, asks(runtime, SILLS)) == []


def test_template_is_filled_with_what_the_customer_said(runtime: Runtime) -> None:
    conversation_id = asks(runtime, "My order is TW-204188, thank you", "Where is my order now?")
    found = [one for one in suggest(runtime, conversation_id) if one.kind == "template"]
    assert [(one.ref, one.text) for one in found] == [("order_status", "TW-204188 is on its way")]


def test_template_that_lacks_a_slot_is_left_out(runtime: Runtime) -> None:
    assert suggest(runtime, asks(runtime, "Where is my order now?")) == []


def test_texts_that_fetch_a_person_are_left_out(runtime: Runtime) -> None:
    conversation_id = asks(runtime, "Where is my refund for TW-204188, please?")
    assert "refund_status" not in {one.ref for one in suggest(runtime, conversation_id)}


def test_probability_of_an_intent_ranks_its_template_among_passages(
    clever: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking = (("delivery_time", 0.9), ("greeting", 0.1))
    head = type("Head", (), {"predict": lambda *_: Prediction(*ranking[0], ranking, 0.1, True)})
    component = clever.mind.components["en"]
    monkeypatch.setitem(clever.mind.components, "en", replace(component, head=head()))
    add_faq(clever.home, "Do you sell gift cards?", "Yes, from $10 on.")
    clever.pick_up_changes()
    found = suggest(clever, asks(clever, "How long until it is here?"))
    assert refs(found)[0] == ("template", "delivery_time")
    assert found[0].score == pytest.approx(0.81)
    assert found[0].text == "Tidewick delivers in 2-4 days"


def test_answers_that_say_the_same_are_suggested_once(runtime: Runtime) -> None:
    add_faq(runtime.home, SILLS, CLIMBS)
    runtime.home.passages.add([case(), case("Does the Drift get over sills?", f"{CLIMBS} Yes.")])
    assert refs(suggest(runtime, asks(runtime, SILLS))) == [("passage", "1")]


def test_no_more_than_asked_for_and_best_first(runtime: Runtime) -> None:
    others = ("gift cards", "warranty", "invoice", "opening hours", "paying", "size")
    for number, words in enumerate(("door", "door sills", "wooden door sills", *others)):
        add_faq(runtime.home, words, f"Answer number {number} about entirely different {number}.")
    found = suggest(runtime, asks(runtime, SILLS), k=2)
    assert len(found) == 2
    assert found[0].score >= found[1].score
    assert found[0].title == "wooden door sills"


def test_follow_up_is_understood_with_its_topic(runtime: Runtime) -> None:
    add_faq(runtime.home, "How long does delivery take?", "Four days.")
    add_faq(runtime.home, "Is there a shop in Alaska?", "No, there is none.")
    conversation_id = asks(runtime, "How long does delivery take?", "and to Alaska?")
    assert ("passage", "1") in refs(suggest(runtime, conversation_id))


def test_thanks_and_buttons_do_not_hide_the_question(runtime: Runtime) -> None:
    add_faq(runtime.home)
    conversation_id = asks(runtime, RETURNS, "None of these", "ok", "Talk to a person")
    assert refs(suggest(runtime, conversation_id)) == [("passage", "1")]


def test_question_before_a_staff_reply_counts_until_there_is_a_new_one(runtime: Runtime) -> None:
    add_faq(runtime.home)
    conversation_id = asks(runtime, RETURNS)
    runtime.desk.say(conversation_id, "Bo", "Hello, let me see.")
    assert refs(suggest(runtime, conversation_id)) == [("passage", "1")]


def test_chinese_conversation_gets_chinese(runtime: Runtime) -> None:
    add_faq(runtime.home, "退货 how long", "English text.")
    passage = Passage(0, "faq", "zh", "退货期限", "退货期限是多久？", "三十天。", "faq", True)
    runtime.home.passages.add([passage])
    conversation_id = asks(runtime, "退货期限是多久？", language="zh")
    found = suggest(runtime, conversation_id)
    assert found[0].text == "三十天。"
    assert all(detect(one.text) == "zh" for one in found)


def test_no_question_no_suggestion(runtime: Runtime) -> None:
    add_faq(runtime.home)
    assert suggest(runtime, runtime.log.start("en")[0]) == []


def test_unknown_conversation_is_refused(runtime: Runtime) -> None:
    with pytest.raises(UnknownConversationError):
        suggest(runtime, "nobody")


def test_suggesting_is_quick(clever: Runtime) -> None:
    clever.home.passages.add(
        Passage(0, "faq", "en", f"Q{n}", f"question {n} about door sills", f"A{n}.", "f", True)
        for n in range(500)
    )
    clever.pick_up_changes()
    conversation_id = asks(clever, *[f"Does it climb over sills number {n}?" for n in range(20)])
    suggest(clever, conversation_id)
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        suggest(clever, conversation_id)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.03

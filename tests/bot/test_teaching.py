"""Every human answer teaches: links, knowledge suggestions, confirmed pairs."""

from dataclasses import replace

import pytest

from bot.runtime import Runtime
from bot.types import HandOff, UsedSuggestion
from knowledge.passage_reading import PassageFilter
from knowledge.types import Passage
from tests.bot.homes import RETURNS, add_faq
from tests.bot.log_samples import reply, state, turn

SILLS = "Can the Drift robot get over old wooden door sills?"
CLIMBS = "The Drift climbs thresholds of up to 2 cm, higher ones need a ramp."


def asks(runtime: Runtime, text: str, conversation_id: str | None = None, **about: object) -> str:
    """A customer asks and waits for a person."""
    conversation_id = conversation_id or runtime.log.start("en")[0]
    told = reply("One moment.", HandOff("intent"))
    runtime.log.append(
        turn(conversation_id, text, **({"reply": told} | about)),
        state(conversation_id, status="waiting"),
    )
    return conversation_id


def writes(runtime: Runtime, conversation_id: str, text: str) -> None:
    """The customer writes while a person is there."""
    runtime.log.append(
        turn(conversation_id, text, reply=None), state(conversation_id, status="open")
    )


def waiting(runtime: Runtime) -> list[Passage]:
    return runtime.home.passages.listed(PassageFilter(state="waiting"), 50)


def answered(runtime: Runtime, question: str, answer: str, staff: str = "Bo") -> str:
    conversation_id = asks(runtime, question)
    runtime.desk.say(conversation_id, staff, answer)
    runtime.teaching.learn()
    return conversation_id


@pytest.mark.parametrize(
    ("sent", "edit"),
    [
        ("You have 30 days.", "unchanged"),
        ("You  have 30 days. ", "unchanged"),
        ("You have 30 days from delivery.", "edited"),
        ("Please look at our returns page, it says everything.", "rewritten"),
    ],
)
def test_reply_is_linked_to_its_question_and_suggestion(
    runtime: Runtime, sent: str, edit: str
) -> None:
    conversation_id = asks(runtime, RETURNS)
    [question] = [one for one in runtime.log.messages(conversation_id) if one.role == "customer"]
    used = UsedSuggestion("passage", "1", "You have 30 days.")
    message = runtime.desk.say(conversation_id, "Bo", sent, used)
    [link] = runtime.teaching.links(conversation_id)
    assert (link.message_id, link.question_id, link.used) == (message.id, question.id, used)
    assert link.edit == edit
    assert link.similarity is not None
    assert (link.similarity == 1) == (edit == "unchanged")


def test_chinese_edits_are_told_by_their_signs(runtime: Runtime) -> None:
    conversation_id = asks(runtime, "退货期限是多久？")
    used = UsedSuggestion("passage", "1", "签收后三十天内可以退货。")
    runtime.desk.say(conversation_id, "Bo", "签收后三十天内都可以退货哦。", used)
    assert runtime.teaching.links(conversation_id)[0].edit == "edited"


def test_reply_without_suggestion_or_question_is_linked_too(runtime: Runtime) -> None:
    conversation_id = runtime.log.start("en")[0]
    runtime.desk.say(conversation_id, "Bo", "Hello, may I help?")
    [link] = runtime.teaching.links(conversation_id)
    assert (link.question_id, link.used, link.edit, link.similarity) == (None, None, None, None)


def test_wish_for_a_person_is_not_the_question(runtime: Runtime) -> None:
    conversation_id = asks(runtime, SILLS, reply=reply("Which one?"))
    question = runtime.log.messages(conversation_id)[0]
    asks(runtime, "a human please", conversation_id, reply=reply("Wait.", HandOff("requested")))
    runtime.desk.say(conversation_id, "Bo", CLIMBS)
    assert runtime.teaching.links(conversation_id)[0].question_id == question.id
    assert runtime.log.staff_answers() == [(SILLS, CLIMBS, "en")]


@pytest.mark.parametrize("wish", ["a human please", "转人工"])
def test_bare_wish_for_a_person_teaches_nothing(runtime: Runtime, wish: str) -> None:
    told = reply("Wait.", HandOff("requested"))
    conversation_id = asks(runtime, wish, reply=told)
    runtime.desk.say(conversation_id, "Bo", CLIMBS)
    runtime.teaching.learn()
    assert waiting(runtime) == []
    assert runtime.log.staff_answers() == []


def test_link_is_not_kept_without_its_message(runtime: Runtime, monkeypatch) -> None:
    conversation_id = asks(runtime, SILLS)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("bot.reply_links.compare", fail)
    with pytest.raises(OSError, match="disk full"):
        runtime.desk.say(conversation_id, "Bo", CLIMBS, UsedSuggestion("case", "1", CLIMBS))
    assert [one.role for one in runtime.log.messages(conversation_id)] == ["customer", "bot"]
    assert runtime.teaching.links(conversation_id) == []


def test_answer_that_stands_by_itself_becomes_a_suggestion(runtime: Runtime) -> None:
    conversation_id = answered(runtime, SILLS, f"Hi! Thanks for asking. {CLIMBS}")
    [passage] = waiting(runtime)
    assert (passage.kind, passage.language, passage.support) == ("dialogue", "en", 1)
    assert (passage.title, passage.key, passage.body) == (SILLS, SILLS, CLIMBS)
    assert conversation_id[:8] in passage.source
    assert not passage.approved
    assert runtime.teaching.links(conversation_id)[0].passage_id == passage.id
    assert [link.conversation_id for link in runtime.teaching.behind(passage.id)] == [
        conversation_id
    ]


@pytest.mark.parametrize(
    "said",
    [
        "I have cancelled your order and refunded the full amount.",
        "May I have the e-mail address that you ordered with?",
        "Your parcel left the warehouse yesterday evening at eight.",
        "You're welcome, have a great day!",
        "Please write to bo.li@example.org about all of that.",
    ],
)
def test_answer_for_one_customer_is_no_suggestion(runtime: Runtime, said: str) -> None:
    answered(runtime, SILLS, said)
    assert waiting(runtime) == []


def test_thanks_are_no_question(runtime: Runtime) -> None:
    answered(runtime, "ok thank you", CLIMBS)
    assert waiting(runtime) == []


def test_suggestion_holds_no_personal_data(runtime: Runtime) -> None:
    answered(runtime, f"{SILLS} I am at ann@example.org, order TW-204188.", CLIMBS)
    assert waiting(runtime)[0].key == f"{SILLS} I am at [EMAIL], order [ORDER]."


def test_suggestion_is_not_shown_to_customers(clever: Runtime) -> None:
    answered(clever, SILLS, CLIMBS)
    clever.pick_up_changes()
    conversation_id, _ = clever.start("en")
    _, messages = clever.respond(conversation_id, SILLS)
    assert [CLIMBS in one.text for one in messages] == [False]
    clever.home.passages.update(replace(waiting(clever)[0], approved=True))
    clever.pick_up_changes()
    _, messages = clever.respond(clever.start("en")[0], SILLS)
    assert messages[0].text == CLIMBS


def test_what_staff_write_in_a_row_is_one_suggestion(runtime: Runtime) -> None:
    conversation_id = answered(runtime, SILLS, CLIMBS)
    runtime.desk.say(conversation_id, "Bo", "The ramp costs $15 in the shop under accessories.")
    runtime.teaching.learn()
    assert [one.body for one in waiting(runtime)] == [
        f"{CLIMBS} The ramp costs $15 in the shop under accessories."
    ]
    assert waiting(runtime)[0].support == 1


def test_last_message_of_a_row_may_stand_alone(runtime: Runtime) -> None:
    conversation_id = answered(runtime, SILLS, "Let me look that up for you, one moment.")
    runtime.desk.say(conversation_id, "Bo", CLIMBS)
    runtime.teaching.learn()
    assert [(one.key, one.body) for one in waiting(runtime)] == [(SILLS, CLIMBS)]


def test_question_back_keeps_the_question_open(runtime: Runtime) -> None:
    conversation_id = answered(runtime, "Does the robot get over sills?", "Which robot is it?")
    writes(runtime, conversation_id, "The Drift")
    runtime.desk.say(conversation_id, "Bo", CLIMBS)
    runtime.teaching.learn()
    assert waiting(runtime)[0].key == "Does the robot get over sills? The Drift"


def test_same_answer_of_another_conversation_backs_the_suggestion(runtime: Runtime) -> None:
    answered(runtime, SILLS, CLIMBS)
    answered(runtime, "Will the vacuum climb over my door sills?", f"Hello. {CLIMBS}", "Cy")
    [passage] = waiting(runtime)
    assert (passage.support, passage.approved) == (2, False)
    assert len(runtime.teaching.behind(passage.id)) == 2


def test_like_answer_backs_the_suggestion_by_the_encoder(clever: Runtime) -> None:
    answered(clever, SILLS, CLIMBS)
    clever.pick_up_changes()
    like = "The Drift climbs thresholds up to 2 cm, and higher ones need a ramp."
    answered(clever, "Can the Drift robot get over wooden door sills?", like)
    assert [(one.support, one.body) for one in waiting(clever)] == [(2, CLIMBS)]


def test_contradicting_answer_is_a_suggestion_of_its_own(clever: Runtime) -> None:
    answered(clever, SILLS, CLIMBS)
    clever.pick_up_changes()
    answered(clever, SILLS, CLIMBS.replace("2 cm", "5 cm"))
    assert sorted(one.support for one in waiting(clever)) == [1, 1]


def test_one_conversation_counts_once(runtime: Runtime) -> None:
    conversation_id = answered(runtime, SILLS, CLIMBS)
    writes(runtime, conversation_id, "Sorry, what was it about the sills again?")
    runtime.desk.say(conversation_id, "Bo", CLIMBS)
    runtime.teaching.learn()
    assert [one.support for one in waiting(runtime)] == [1]


def test_rejected_answer_is_not_suggested_again(clever: Runtime) -> None:
    answered(clever, SILLS, CLIMBS)
    clever.home.passages.remove([waiting(clever)[0].id])
    clever.pick_up_changes()
    answered(clever, SILLS, CLIMBS)
    answered(clever, SILLS, CLIMBS.replace("higher", "and higher"))
    assert waiting(clever) == []


def test_answer_of_the_faq_is_no_new_suggestion(runtime: Runtime) -> None:
    add_faq(runtime.home, SILLS, CLIMBS)
    conversation_id = answered(runtime, "Does it get over door sills?", CLIMBS)
    assert waiting(runtime) == []
    assert runtime.teaching.links(conversation_id)[0].passage_id == 1


def test_case_sent_unchanged_gains_support(runtime: Runtime) -> None:
    answered(runtime, SILLS, CLIMBS)
    passage = waiting(runtime)[0]
    used = UsedSuggestion("case", str(passage.id), passage.body)
    conversation_id = asks(runtime, "Door sills, is that a problem?")
    runtime.desk.say(conversation_id, "Cy", passage.body, used)
    runtime.teaching.learn()
    assert [one.support for one in waiting(runtime)] == [2]


def test_template_sent_unchanged_teaches_nothing(runtime: Runtime) -> None:
    conversation_id = asks(runtime, "How long does delivery take?")
    text = "Standard delivery takes two to four working days everywhere."
    runtime.desk.say(conversation_id, "Bo", text, UsedSuggestion("template", "delivery", text))
    runtime.teaching.learn()
    assert waiting(runtime) == []


def test_nothing_is_learned_twice(runtime: Runtime) -> None:
    answered(runtime, SILLS, CLIMBS)
    before = runtime.home.passages.generation
    assert runtime.teaching.learn() == 0
    assert runtime.home.passages.generation == before


def test_one_bad_reply_does_not_keep_the_others_from_teaching(
    runtime: Runtime, monkeypatch
) -> None:
    find = runtime.teaching._alike.find
    monkeypatch.setattr(
        runtime.teaching._alike,
        "find",
        lambda exchange: 1 / 0 if "first" in exchange.question else find(exchange),
    )
    for question in ("The first one, does it climb sills?", SILLS):
        runtime.desk.say(asks(runtime, question), "Bo", CLIMBS)
    assert runtime.teaching.learn() == 2
    assert [one.key for one in waiting(runtime)] == [SILLS]


def test_unchanged_passage_confirms_it_for_the_question(runtime: Runtime) -> None:
    add_faq(runtime.home)
    [passage] = runtime.home.passages.all()
    conversation_id = asks(runtime, "until when may I return it?")
    runtime.desk.say(conversation_id, "Bo", "Hi Ann, good to see you again!")
    used = UsedSuggestion("passage", str(passage.id), passage.body)
    runtime.desk.say(conversation_id, "Bo", passage.body, used)
    runtime.teaching.learn()
    assert runtime.log.staff_answers() == [("until when may I return it?", passage.body, "en")]
    assert waiting(runtime) == []


def test_forgotten_conversation_takes_its_links_along(runtime: Runtime) -> None:
    answered(runtime, SILLS, CLIMBS)
    [passage] = waiting(runtime)
    with runtime.log.database.write() as writing:
        writing.conn.execute("DELETE FROM conversations")
    assert runtime.teaching.behind(passage.id) == []
    assert [one.id for one in waiting(runtime)] == [passage.id]

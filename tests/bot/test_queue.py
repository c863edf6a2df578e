"""Who waits and since when, what the customer is told of it, and that nobody waits unseen."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.domain import Domain
from bot.hours import Hours
from bot.log import ConversationLog
from bot.queue import QueueState
from bot.staff import Staff
from bot.types import Clarify, HandOff, SmallTalk
from knowledge.database import Database
from tests.bot.log_samples import Clock, opened_log, reply, state, turn
from tests.bot.shop import shop

BO = Staff("Bo", "agent", "Bo")
OPENS_LATER = {day: ["15:00-16:00"] for day in ("wednesday", "thursday")}
TOLD = HandOff("customer_button")


class Shop:
    """Who is present and the texts in force, to be changed by a test."""

    def __init__(self) -> None:
        self.present = [BO]
        self.domain: Domain = shop()

    def close(self) -> None:
        self.domain = self.domain.model_copy(update={"hours": Hours.model_validate(OPENS_LATER)})


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    with opened_log(tmp_path) as log:
        yield log


@pytest.fixture
def people() -> Shop:
    return Shop()


@pytest.fixture
def desk(log: ConversationLog, people: Shop) -> Desk:
    return desk_of(log, people)


def desk_of(log: ConversationLog, people: Shop) -> Desk:
    return Desk(log, lambda: people.domain, lambda: people.present)


def pass_minutes(log: ConversationLog, minutes: float) -> None:
    assert isinstance(log.clock, Clock)
    log.clock.now += timedelta(minutes=minutes)


def waiting(desk: Desk, log: ConversationLog, text: str = "Can I return it?") -> str:
    """A conversation whose customer asked something and then for a person."""
    conversation = log.start("en")[0]
    log.append(turn(conversation, text, mood="negative"), state(conversation))
    desk.hand_off(conversation, "customer_button", reply("One moment.", TOLD))
    return conversation


def said(log: ConversationLog, conversation: str) -> list[str]:
    return [one.text for one in log.messages(conversation) if one.role == "bot"]


def write(log: ConversationLog, conversation: str, text: str) -> None:
    silent = turn(conversation, text, reply=None, at=log.clock())
    log.append(silent, state(conversation))


def test_entry_tells_what_staff_need_to_choose(desk: Desk, log: ConversationLog) -> None:
    conversation = waiting(desk, log)
    desk.set_labels(conversation, ["vip"])
    pass_minutes(log, 2)
    [entry] = desk.queue()
    assert (entry.record.id, entry.reason, entry.language) == (
        conversation,
        "customer_button",
        "en",
    )
    assert 120 <= entry.waiting_s < 130
    assert (entry.mood, entry.labels) == ("negative", ("vip",))
    assert entry.summary.tried == ("Returns",)
    assert (
        entry.last_message
        == [one for one in log.messages(conversation) if one.role == "customer"][-1]
    )
    assert (entry.call_back, entry.told) == (None, False)
    assert desk.entry(conversation).summary == entry.summary


def test_who_waits_comes_first_the_longest_first_then_who_talks(
    desk: Desk, log: ConversationLog
) -> None:
    talking = waiting(desk, log)
    desk.claim(talking, "Bo")
    first = waiting(desk, log)
    called = log.start("en")[0]
    log.contact(called, "Kim", "kim@example.org", "Please write.")
    second = waiting(desk, log)
    resolved = waiting(desk, log)
    desk.resolve(resolved, "Bo")
    assert [one.record.id for one in desk.queue()] == [first, called, second, talking]


def test_summary_is_kept_with_the_hand_off(desk: Desk, log: ConversationLog) -> None:
    conversation = waiting(desk, log)
    desk.claim(conversation, "Bo")
    write(log, conversation, "And when?")
    assert desk.summary(conversation).wants == "Can I return it?"


def test_summary_speaks_of_the_matter_in_hand_only(desk: Desk, log: ConversationLog) -> None:
    conversation = waiting(desk, log)
    desk.resolve(conversation, "Bo")
    pass_minutes(log, 60)
    later = turn(conversation, "Where is it?", reply=reply("?", Clarify()), at=log.clock())
    log.append(later, state(conversation))
    desk.hand_off(conversation, "requested")
    assert desk.summary(conversation).tried == ()
    assert desk.summary(conversation).open_questions == ("Where is it?",)


def test_unhelpful_answer_leaves_its_question_open(desk: Desk, log: ConversationLog) -> None:
    conversation = log.start("en")[0]
    _, [answer] = log.append(turn(conversation), state(conversation))
    log.rate_message(answer.id, -1, None, conversation)
    desk.hand_off(conversation, "customer_button")
    assert desk.summary(conversation).open_questions == ("Can I return it?",)


def test_customer_knows_the_place_the_wait_and_who_is_there(
    desk: Desk, log: ConversationLog, people: Shop
) -> None:
    one, two = waiting(desk, log), waiting(desk, log)
    pass_minutes(log, 1)
    state_of_two = desk.queue_state(two)
    assert (state_of_two.position, state_of_two.agent, state_of_two.away) == (2, None, False)
    assert state_of_two.waiting_s is not None
    assert state_of_two.waiting_s >= 60
    desk.claim(one, "Bo")
    assert desk.queue_state(one) == QueueState("Bo", None, None, False)
    assert desk.queue_state(two).position == 1
    people.present = []
    assert desk.queue_state(log.start("en")[0]) == QueueState(None, None, None, True)


def test_hand_off_while_nobody_is_present_says_so_and_waits_in_the_queue(
    desk: Desk, log: ConversationLog, people: Shop
) -> None:
    people.present = []
    conversation = waiting(desk, log)
    told = people.domain.messages["en"].away.replace("{opens}", "as soon as we can")
    assert said(log, conversation)[-1] == told
    assert log.messages(conversation)[-1].action == "hand_off"
    assert [one.id for one in desk.waiting()] == [conversation]


def test_hand_off_outside_the_hours_says_when_somebody_is_back(
    desk: Desk, log: ConversationLog, people: Shop
) -> None:
    people.close()
    conversation = waiting(desk, log)
    assert "today at 15:00" in said(log, conversation)[-1]
    pass_minutes(log, 60)
    assert desk.tell_waiting(5) == 0  # that was told at the hand-off


def test_answer_of_the_bot_is_never_replaced_while_away(desk: Desk, people: Shop) -> None:
    people.present = []
    for action in (None, SmallTalk("thanks")):
        assert desk.told(reply("You are welcome.", action)).text == "You are welcome."
    assert desk.told(reply("One moment.", HandOff("intent"))).text != "One moment."


def test_long_wait_is_told_once_even_over_restarts(
    desk: Desk, log: ConversationLog, people: Shop, tmp_path: Path
) -> None:
    conversation = waiting(desk, log)
    pass_minutes(log, 4)
    assert desk.tell_waiting(5) == 0
    pass_minutes(log, 1)
    assert desk.tell_waiting(5) == 1
    assert desk.tell_waiting(5) == 0
    assert said(log, conversation)[-1] == people.domain.messages["en"].still_waiting
    again = Database(tmp_path / "deskmate.db")
    restarted = desk_of(ConversationLog(again, log.clock, log.new_id), people)
    pass_minutes(log, 60)
    assert restarted.tell_waiting(5) == 0
    assert restarted.entry(conversation).told
    again.close()
    assert len(said(log, conversation)) == 3


def test_long_wait_is_told_by_one_of_two_servers(
    desk: Desk, log: ConversationLog, people: Shop, tmp_path: Path
) -> None:
    waiting(desk, log)
    pass_minutes(log, 6)
    other = Database(tmp_path / "deskmate.db")
    second = desk_of(ConversationLog(other, log.clock, log.new_id), people)
    assert desk.tell_waiting(5) + second.tell_waiting(5) == 1
    other.close()


def test_next_hand_off_is_told_anew(desk: Desk, log: ConversationLog) -> None:
    conversation = waiting(desk, log)
    pass_minutes(log, 6)
    assert desk.tell_waiting(5) == 1
    desk.release(conversation, "Bo")
    desk.hand_off(conversation, "requested")
    assert not desk.entry(conversation).told
    pass_minutes(log, 6)
    assert desk.tell_waiting(5) == 1


def test_who_still_waits_when_everybody_left_is_told_when_somebody_is_back(
    desk: Desk, log: ConversationLog, people: Shop
) -> None:
    conversation = waiting(desk, log)
    people.close()
    write(log, conversation, "Hello?")
    desk.note_hand_off(conversation)
    pass_minutes(log, 6)
    assert desk.tell_waiting(5) == 1
    assert "today at 15:00" in said(log, conversation)[-1]


def test_who_asked_to_be_called_back_is_not_told_to_ask_for_it(
    desk: Desk, log: ConversationLog
) -> None:
    conversation = waiting(desk, log)
    log.contact(conversation, "Kim", "kim@example.org", "Please write.")
    pass_minutes(log, 6)
    assert desk.tell_waiting(5) == 0


def test_chinese_customer_is_told_in_chinese(
    desk: Desk, log: ConversationLog, people: Shop
) -> None:
    conversation = log.start("zh")[0]
    desk.hand_off(conversation, "customer_button")
    pass_minutes(log, 6)
    desk.tell_waiting(5)
    assert said(log, conversation) == [people.domain.messages["zh"].still_waiting]


def test_contact_shows_up_as_a_call_back_and_is_resolved(desk: Desk, log: ConversationLog) -> None:
    conversation = log.start("en")[0]
    log.contact(conversation, "Kim", "kim@example.org", "Please write.")
    pass_minutes(log, 3)
    [entry] = desk.queue()
    assert entry.call_back is not None
    assert (entry.call_back.email, entry.record.status) == ("kim@example.org", "bot")
    assert entry.waiting_s >= 180
    desk.claim(conversation, "Bo")
    desk.release(conversation, "Bo")
    assert len(desk.queue()) == 1
    desk.resolve(conversation, "Bo")
    assert desk.queue() == []
    desk.resolve(conversation, "Cy")
    handled = log.reading.execute("SELECT handled_by FROM contacts").fetchall()
    assert handled == [("Bo",)]


def test_contact_left_after_the_end_is_resolved_once_more(desk: Desk, log: ConversationLog) -> None:
    conversation = waiting(desk, log)
    desk.resolve(conversation, "Bo")
    log.contact(conversation, "Kim", "kim@example.org", "One more thing.")
    [entry] = desk.queue()
    assert entry.record.status == "resolved"
    desk.resolve(conversation, "Bo")
    assert desk.queue() == []


def test_customer_of_an_agent_who_left_waits_in_the_queue_again(
    desk: Desk, log: ConversationLog, people: Shop
) -> None:
    conversation = waiting(desk, log)
    desk.say(conversation, "Bo", "Which one?")
    pass_minutes(log, 30)
    write(log, conversation, "The lamp.")
    people.present = [Staff("Cy", "agent", "Cy")]
    assert desk.take_back(5) == 0  # Bo may be back within five minutes
    pass_minutes(log, 3)
    write(log, conversation, "Hello?")
    pass_minutes(log, 3)
    assert desk.take_back(5) == 1
    assert [one.id for one in desk.waiting()] == [conversation]
    assert desk.take_back(5) == 0
    pass_minutes(log, 6)
    assert desk.tell_waiting(5) == 1


def test_who_was_claimed_and_never_written_to_waits_again(
    desk: Desk, log: ConversationLog, people: Shop
) -> None:
    desk.claim(waiting(desk, log), "Bo")
    people.present = []
    pass_minutes(log, 6)
    assert desk.take_back(5) == 1


@pytest.mark.parametrize("reason", ["present", "answered"])
def test_conversation_is_not_taken_from_an_agent_who_is_there_or_has_answered(
    desk: Desk, log: ConversationLog, people: Shop, reason: str
) -> None:
    conversation = waiting(desk, log)
    desk.claim(conversation, "Bo")
    write(log, conversation, "The lamp.")
    if reason == "answered":
        people.present = []
        desk.say(conversation, "Bo", "It is on its way.")
    pass_minutes(log, 60)
    assert desk.take_back(5) == 0
    waited = desk.entry(conversation).waiting_s
    assert (waited >= 3600) is (reason == "present")


def test_desk_without_a_domain_tells_nobody_anything(log: ConversationLog) -> None:
    desk = Desk(log)
    waiting(desk, log)
    pass_minutes(log, 60)
    assert (desk.tell_waiting(5), desk.take_back(5), desk.away()) == (0, 0, False)

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.desk import Desk, TakenError
from bot.events import EventLog
from bot.log import ConversationLog, UnknownConversationError
from bot.types import HandOff, Status, UsedSuggestion
from tests.bot.log_samples import opened_log, reply, state, turn


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    with opened_log(tmp_path) as log:
        yield log


@pytest.fixture
def desk(log: ConversationLog) -> Desk:
    return Desk(log)


@pytest.fixture
def conversation(log: ConversationLog) -> str:
    return log.start("en")[0]


def changes(log: ConversationLog) -> list[tuple[str, str, str | None]]:
    return log.reading.execute(
        "SELECT status, actor, reason FROM status_changes ORDER BY id"
    ).fetchall()


def test_hand_off_makes_the_conversation_wait_and_tells_the_customer(
    desk: Desk, log: ConversationLog, conversation: str
) -> None:
    told = reply("Somebody will be with you.", HandOff("customer_button"))
    status, said = desk.hand_off(conversation, "customer_button", told)
    assert status == "waiting"
    assert log.messages(conversation) == said
    assert (said[0].action, said[0].reason) == ("hand_off", "customer_button")
    assert [(one.id, one.handoff_reason) for one in desk.waiting()] == [
        (conversation, "customer_button")
    ]


def test_second_hand_off_changes_nothing(desk: Desk, conversation: str) -> None:
    desk.hand_off(conversation, "customer_button")
    before = desk.waiting()
    assert desk.hand_off(conversation, "requested", reply()) == ("waiting", [])
    assert desk.waiting() == before


def test_the_longest_waiting_comes_first(desk: Desk, log: ConversationLog) -> None:
    one, two = log.start("en")[0], log.start("en")[0]
    desk.hand_off(two, "requested")
    desk.hand_off(one, "requested")
    assert [record.id for record in desk.waiting()] == [two, one]


def test_who_came_first_in_the_same_second_is_first(
    desk: Desk, log: ConversationLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "clock", lambda: "2026-07-01T10:00:00Z")
    monkeypatch.setattr(log, "new_id", iter(["z", "a", "m"]).__next__)
    first, second = log.start("en")[0], log.start("en")[0]
    third = log.start("en")[0]
    for one in (first, third, second):
        desk.hand_off(one, "requested")
    assert [record.id for record in desk.waiting()] == [first, third, second]
    assert [desk.queue_state(one).position for one in (first, third, second)] == [1, 2, 3]


def test_cancel_gives_the_conversation_back_to_the_bot(
    desk: Desk, log: ConversationLog, conversation: str
) -> None:
    desk.hand_off(conversation, "customer_button")
    assert desk.cancel(conversation) == "bot"
    assert log.append(turn(conversation), state(conversation))[0] == "bot"


def test_cancel_leaves_a_conversation_that_somebody_took(desk: Desk, conversation: str) -> None:
    assert desk.cancel(conversation) == "bot"
    desk.hand_off(conversation, "requested")
    desk.claim(conversation, "Bo")
    assert desk.cancel(conversation) == "open"


def test_claim_is_given_to_one_of_many(desk: Desk, log: ConversationLog, conversation: str) -> None:
    desk.hand_off(conversation, "requested")
    refused = []
    start = threading.Barrier(8)

    def claim(staff: str) -> None:
        start.wait()
        try:
            desk.claim(conversation, staff)
        except TakenError:
            refused.append(staff)

    threads = [threading.Thread(target=claim, args=(f"s{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    record = log.conversation(conversation)
    assert record.status == "open"
    assert record.staff not in refused
    assert desk.waiting() == []
    assert desk.with_staff() == [record]


def test_claim_by_who_has_it_changes_nothing(
    desk: Desk, log: ConversationLog, conversation: str
) -> None:
    desk.claim(conversation, "Bo")
    desk.claim(conversation, "Bo")
    assert changes(log) == [("open", "Bo", None)]


@pytest.mark.parametrize("before", ["bot", "waiting", "resolved"])
def test_staff_message_claims_the_conversation(
    desk: Desk, log: ConversationLog, conversation: str, before: Status
) -> None:
    if before == "waiting":
        desk.hand_off(conversation, "requested")
    if before == "resolved":
        desk.resolve(conversation)
    said = desk.say(conversation, "Bo", "Hello, this is Bo.")
    assert log.messages(conversation) == [said]
    assert (said.role, said.author) == ("staff", "Bo")
    record = log.conversation(conversation)
    assert (record.status, record.staff) == ("open", "Bo")


def test_staff_message_into_a_colleagues_conversation_is_refused(
    desk: Desk, log: ConversationLog, conversation: str
) -> None:
    desk.claim(conversation, "Bo")
    with pytest.raises(TakenError, match="is with Bo"):
        desk.say(conversation, "Cy", "Hello")
    assert log.messages(conversation) == []


def test_released_conversation_starts_afresh_with_its_slots(
    desk: Desk, log: ConversationLog, conversation: str
) -> None:
    after = state(
        conversation, intent="return_item", slots={"order": "TW-1"}, asked="x", failures=1
    )
    log.append(turn(conversation), after)
    desk.claim(conversation, "Bo")
    desk.release(conversation, "Bo")
    read = log.state(conversation)
    assert (read.status, read.intent, read.asked, read.failures) == ("bot", None, None, 0)
    assert read.slots == {"order": "TW-1"}
    assert log.conversation(conversation).staff is None


def test_every_change_of_status_is_logged(
    desk: Desk, log: ConversationLog, conversation: str
) -> None:
    handed = turn(conversation, reply=reply("One moment.", HandOff("intent")))
    log.append(handed, state(conversation, status="waiting"))
    desk.say(conversation, "Bo", "Hello")
    desk.resolve(conversation, "Bo")
    desk.resolve(conversation, "Bo")
    log.append(turn(conversation), state(conversation))
    assert changes(log) == [
        ("waiting", "bot", "intent"),
        ("open", "Bo", None),
        ("resolved", "Bo", None),
        ("bot", "customer", None),
    ]


def test_unknown_conversation_is_an_error(desk: Desk) -> None:
    for call in (desk.cancel, desk.release, desk.resolve):
        with pytest.raises(UnknownConversationError):
            call("c9")
    with pytest.raises(UnknownConversationError):
        desk.hand_off("c9", "requested")
    with pytest.raises(UnknownConversationError):
        desk.say("c9", "Bo", "Hello")


def test_two_agents_race_fifty_times_and_never_both_own_the_conversation(
    desk: Desk, log: ConversationLog
) -> None:
    for _ in range(50):
        conversation = log.start("en")[0]
        desk.hand_off(conversation, "requested")
        start = threading.Barrier(2)
        refused: dict[str, str] = {}

        def claim(
            staff: str,
            conversation: str = conversation,
            start: threading.Barrier = start,
            refused: dict[str, str] = refused,
        ) -> None:
            start.wait()
            try:
                desk.claim(conversation, staff)
            except TakenError as error:
                refused[staff] = error.staff

        threads = [threading.Thread(target=claim, args=(staff,)) for staff in ("Bo", "Cy")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        owner = log.conversation(conversation).staff
        assert refused == {"Cy" if owner == "Bo" else "Bo": owner}
        opened = log.reading.execute(
            "SELECT actor FROM status_changes WHERE conversation_id = ? AND status = 'open'",
            (conversation,),
        ).fetchall()
        assert opened == [(owner,)]


def test_bot_says_nothing_after_a_claim_that_races_with_its_turn(
    desk: Desk, log: ConversationLog
) -> None:
    events = EventLog(log.database)
    for _ in range(20):
        conversation = log.start("en")[0]
        start = threading.Barrier(2)

        def answer(conversation: str = conversation, start: threading.Barrier = start) -> None:
            computed = turn(conversation)
            start.wait()
            log.append(computed, state(conversation), "a1")

        thread = threading.Thread(target=answer)
        thread.start()
        start.wait()
        desk.claim(conversation, "Bo")
        thread.join()
        happened = [(one.kind, one.ref) for one in events.after(0, conversation)]
        claimed = [kind for kind, _ in happened].index("status")
        roles = {one.id: one.role for one in log.messages(conversation)}
        after = [roles[int(ref)] for kind, ref in happened[claimed:] if kind == "message"]
        assert after in ([], ["customer"])
        assert "customer" in roles.values()
        assert log.conversation(conversation).staff == "Bo"


def test_reopened_conversation_is_with_who_reopened_it(
    desk: Desk, log: ConversationLog, conversation: str
) -> None:
    desk.claim(conversation, "Bo")
    desk.resolve(conversation, "Bo")
    desk.reopen(conversation, "Cy")
    record = log.conversation(conversation)
    assert (record.status, record.staff) == ("open", "Cy")
    with pytest.raises(TakenError, match="is with Cy") as caught:
        desk.reopen(conversation, "Bo")
    assert caught.value.staff == "Cy"


def test_transferred_conversation_is_the_colleagues_alone(
    desk: Desk, log: ConversationLog, conversation: str
) -> None:
    desk.claim(conversation, "Bo")
    desk.transfer(conversation, "Bo", "Cy")
    assert log.conversation(conversation).staff == "Cy"
    for staff in ("Bo", "Di"):
        with pytest.raises(TakenError, match="is with Cy"):
            desk.transfer(conversation, staff, "Bo")
    desk.transfer(conversation, "Cy", "Cy")
    assert changes(log) == [("open", "Bo", None), ("open", "Cy", None)]


def test_waiting_conversation_is_given_to_a_colleague(
    desk: Desk, log: ConversationLog, conversation: str
) -> None:
    desk.hand_off(conversation, "requested")
    desk.transfer(conversation, "Bo", "Cy")
    assert log.conversation(conversation).staff == "Cy"
    assert desk.waiting() == []


def test_message_after_resolve_goes_to_the_bot(
    desk: Desk, log: ConversationLog, conversation: str
) -> None:
    desk.say(conversation, "Bo", "Done.")
    desk.resolve(conversation, "Bo")
    status, said = log.append(turn(conversation), state(conversation))
    assert (status, [one.role for one in said]) == ("bot", ["bot"])
    assert log.conversation(conversation).staff is None


def test_customers_read_the_name_that_staff_are_called(log: ConversationLog) -> None:
    desk = Desk(log, called=str.title)
    conversation = log.start("en")[0]
    assert desk.say(conversation, "bo", "Hello").author == "Bo"
    assert desk.queue_state(conversation).agent == "Bo"
    assert log.conversation(conversation).staff == "bo"
    with pytest.raises(TakenError, match="is with Bo"):
        desk.claim(conversation, "cy")


def test_reply_is_linked_with_its_suggestion_or_not_sent_at_all(
    desk: Desk, log: ConversationLog, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = UsedSuggestion("passage", "7", "30 days.")
    said = desk.say(conversation, "Bo", "You have 30 days.", used)
    linked = log.reading.execute("SELECT message_id, suggestion_ref FROM staff_replies")
    assert linked.fetchall() == [(said.id, "7")]

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("bot.desk.note_reply", fail)
    with pytest.raises(RuntimeError):
        desk.say(conversation, "Bo", "More")
    assert log.messages(conversation) == [said]

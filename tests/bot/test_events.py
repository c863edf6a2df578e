"""Events: what makes one, in which order, and how they are read again."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.events import PAGE, EventLog
from bot.log import ConversationLog
from bot.types import HandOff
from knowledge.database import Database
from tests.bot.log_samples import opened_log, reply, state, turn


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    with opened_log(tmp_path) as log:
        yield log


@pytest.fixture
def events(log: ConversationLog) -> EventLog:
    return EventLog(log.database)


def kinds(events: EventLog, conversation_id: str | None = None) -> list[str]:
    return [event.kind for event in events.after(0, conversation_id)]


def test_everything_a_conversation_goes_through_makes_an_event(
    log: ConversationLog, events: EventLog
) -> None:
    talk, _ = log.start("en")
    _, (said,) = log.append(turn(talk), state(talk))
    log.rate_message(said.id, -1, None, talk)
    Desk(log).hand_off(talk, "requested", reply("Wait.", HandOff("requested")))
    log.rate_conversation(talk, 5, None)
    expected = ["conversation", "message", "message", "rating", "status", "message", "rating"]
    assert kinds(events) == expected


def test_what_staff_keep_of_a_conversation_makes_events_too(
    log: ConversationLog, events: EventLog
) -> None:
    desk = Desk(log)
    talk, _ = log.start("en")
    desk.note(talk, "ann", "Call on Monday.")
    desk.set_labels(talk, ["vip"])
    desk.set_labels(talk, [])
    log.contact(talk, "Ann", "ann@example.org", "Please call.")
    expected = ["conversation", "note", "label", "label", "contact"]
    assert kinds(events) == expected


def test_a_conversation_is_deleted_with_its_events(log: ConversationLog, events: EventLog) -> None:
    talk, _ = log.start("en")
    log.append(turn(talk), state(talk))
    Desk(log).set_labels(talk, ["vip"])
    Desk(log).note(talk, "ann", "Call on Monday.")
    with log.database.write() as writing:
        writing.conn.execute("DELETE FROM conversations WHERE id = ?", (talk,))
    assert events.after(0) == []


def test_an_event_names_its_message_and_time(log: ConversationLog, events: EventLog) -> None:
    talk, _ = log.start("en")
    said = log.announce(talk, reply("Hello."))
    (event,) = events.after(1)
    assert (event.conversation_id, event.ref, event.at) == (talk, said.id, said.at)


def test_after_reads_on_from_an_event_and_stops_at_the_limit(
    log: ConversationLog, events: EventLog
) -> None:
    one, two = log.start("en")[0], log.start("en")[0]
    for _ in range(3):
        log.announce(one, reply())
    assert [event.id for event in events.after(2, limit=2)] == [3, 4]
    assert [event.id for event in events.after(3, one)] == [4, 5]
    assert (events.last(), events.last(one), events.last(two)) == (5, 5, 2)
    assert events.last("nobody") == 0


def test_what_is_rolled_back_leaves_no_event(log: ConversationLog, events: EventLog) -> None:
    def start_and_fail() -> None:
        with log.database.write():
            log.start("en")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        start_and_fail()
    assert events.last() == 0


def test_ids_are_never_used_again(log: ConversationLog, events: EventLog, tmp_path: Path) -> None:
    talk, _ = log.start("en")
    last = events.last()
    with log.database.write() as writing:
        writing.conn.execute("DELETE FROM conversations WHERE id = ?", (talk,))
    assert events.after(0) == []
    log.start("en")
    assert events.last() > last


def test_messages_from_before_there_were_events_can_be_replayed(log: ConversationLog) -> None:
    talk, _ = log.start("en")
    said = [log.announce(talk, reply()).id for _ in range(2)]
    events = EventLog(log.database)
    assert [event.ref for event in events.after(0, talk)] == said


def test_another_process_makes_events_too(log: ConversationLog, events: EventLog) -> None:
    talk, _ = log.start("en")
    other = sqlite3.connect(log.database.path)
    other.execute(
        "INSERT INTO messages (conversation_id, role, text, at) VALUES (?, 'bot', 'Hi', 'now')",
        (talk,),
    )
    other.commit()
    other.close()
    assert kinds(events, talk) == ["conversation", "message"]


def test_a_reader_who_goes_on_from_its_last_id_misses_nothing_of_many_writers(
    log: ConversationLog, events: EventLog
) -> None:
    talks = [log.start("en")[0] for _ in range(4)]
    another = Database(log.database.path)
    logs = [log, ConversationLog(another, log.clock, log.new_id)]
    writers = [threading.Thread(target=write, args=(logs[n % 2], talks[n])) for n in range(4)]
    for writer in writers:
        writer.start()
    read: list[int] = []
    while any(writer.is_alive() for writer in writers) or events.last() > (read or [0])[-1]:
        read += [event.id for event in events.after((read or [0])[-1])]
    another.close()
    assert read == [event.id for event in events.after(0, limit=PAGE)]
    assert len(read) == 4 + 4 * 20


def write(log: ConversationLog, talk: str) -> None:
    for _ in range(20):
        log.announce(talk, reply())


def test_a_wish_to_be_called_back_and_its_end_make_events(
    log: ConversationLog, events: EventLog
) -> None:
    conversation = log.start("en")[0]
    desk = Desk(log)
    desk.resolve(conversation, "Bo")
    before = events.last()
    log.contact(conversation, "Kim", "kim@example.org", "Please write.")
    desk.resolve(conversation, "Bo")
    desk.resolve(conversation, "Bo")
    told = [(one.conversation_id, one.kind) for one in events.after(before)]
    assert told == [(conversation, "contact")] * 2

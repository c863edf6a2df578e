import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlite_utils

from bot.desk import Desk
from bot.log import (
    ConversationLog,
    ReleasedMeanwhileError,
    UnknownConversationError,
    UnknownTurnError,
)
from bot.log_schema import MIGRATIONS
from bot.types import Customer, HandOff, Mood, Review, State, Turn
from tests.bot.log_samples import HIT, Clock, opened_log, reply, state, turn

CARD = "4111 1111 1111 1111"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    with opened_log(tmp_path) as log:
        yield log


@pytest.fixture
def conversation(log: ConversationLog) -> str:
    return log.start("en")[0]


def test_token_opens_its_conversation_only(log: ConversationLog) -> None:
    one, token = log.start("en")
    other, _ = log.start("zh")
    assert log.authorise(one, token)
    assert not log.authorise(other, token)
    assert not log.authorise(one, "")
    assert not log.authorise("nobody", token)


def test_token_itself_is_not_stored(log: ConversationLog, tmp_path: Path) -> None:
    _, token = log.start("en")
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token.encode() not in files


def test_conversation_record_holds_customer_and_status(log: ConversationLog) -> None:
    customer = Customer("u1", "Ann", verified=True)
    record = log.conversation(log.start("zh", customer)[0])
    assert (record.language, record.status, record.customer) == ("zh", "bot", customer)
    assert log.conversation(log.start("en")[0]).customer is None


def test_unknown_conversation_is_an_error(log: ConversationLog) -> None:
    for call in (log.conversation, log.state):
        with pytest.raises(UnknownConversationError, match="'c9'"):
            call("c9")
    with pytest.raises(UnknownConversationError, match="'c9'"):
        log.append(turn("c9"), state("c9"))


def test_append_logs_message_turn_reply_and_state(log: ConversationLog, conversation: str) -> None:
    after = state(conversation, intent="return_item", slots={"order": "TW-1"}, cited=(7,))
    status, said = log.append(turn(conversation), after)
    assert status == "bot"
    assert [message.text for message in said] == ["30 days."]
    assert [message.role for message in log.messages(conversation)] == ["customer", "bot"]
    assert log.messages(conversation)[1] == said[0]
    read = log.state(conversation)
    assert (read.intent, read.slots, read.cited) == ("return_item", {"order": "TW-1"}, (7,))
    assert read.history == (("customer", "Can I return it?"), ("bot", "30 days."))


def test_turn_is_read_as_it_was_logged(log: ConversationLog, conversation: str) -> None:
    log.append(turn(conversation), state(conversation))
    [read] = log.turns(conversation)
    assert log.turn(read.id) == read
    assert read.reply is not None
    assert (read.message, read.prediction, read.reply.citations) == (
        "Can I return it?",
        turn(conversation).prediction,
        reply().citations,
    )
    assert (read.hits[0].passage.body, read.hits[0].score) == ("30 days.", HIT.score)
    assert (read.release, read.index_version, read.timings_ms) == (
        "r0001-20260304T101112",
        4,
        {"encode": 5.5},
    )


@pytest.mark.parametrize("mood", ["negative", "neutral", "positive", None])
def test_mood_of_a_turn_is_read_as_it_was_logged(
    log: ConversationLog, conversation: str, mood: Mood | None
) -> None:
    log.append(turn(conversation, mood=mood), state(conversation))
    assert log.turns(conversation)[0].mood == mood


def test_turn_logged_before_there_were_moods_has_none(tmp_path: Path) -> None:
    old = sqlite_utils.Database(tmp_path / "deskmate.db")
    MIGRATIONS.apply(old, stop_before="m002_mood")
    columns = "id, token_sha256, language, status, created, updated"
    old.execute(f"INSERT INTO conversations ({columns}) VALUES ('c', '', 'en', 'bot', '', '')")
    old.execute(
        "INSERT INTO messages (id, conversation_id, role, text, at)"
        " VALUES (1, 'c', 'customer', 'Hi', '')"
    )
    old.execute(
        "INSERT INTO turns (conversation_id, message_id, query, language, hits, release,"
        " index_version, timings_ms, at) VALUES ('c', 1, 'Hi', 'en', '[]', 'r1', 0, '{}', '')"
    )
    old.conn.commit()
    old.close()
    with opened_log(tmp_path) as log:
        [read] = log.turns("c")
    assert (read.message, read.mood) == ("Hi", None)


def test_unknown_turn_is_an_error(log: ConversationLog) -> None:
    with pytest.raises(UnknownTurnError, match="no turn 5"):
        log.turn(5)


def test_messages_after_an_id_are_the_newer_ones(log: ConversationLog, conversation: str) -> None:
    first = log.append(turn(conversation, "one"), state(conversation))[1][0]
    log.append(turn(log.start("en")[0], "elsewhere"), state("c1"))
    log.append(turn(conversation, "two"), state(conversation))
    assert [one.text for one in log.messages(conversation, first.id)] == ["two", "30 days."]


def test_history_is_the_last_six_messages(log: ConversationLog, conversation: str) -> None:
    for number in range(5):
        log.append(turn(conversation, f"q{number}"), state(conversation))
    asked = [text for role, text in log.state(conversation).history if role == "customer"]
    assert asked == ["q2", "q3", "q4"]


def test_payment_cards_are_masked_everywhere(
    log: ConversationLog, conversation: str, tmp_path: Path
) -> None:
    sent = turn(conversation, f"my card {CARD}", reply=reply(f"You wrote {CARD}"))
    _, said = log.append(sent, state(conversation, slots={"card": CARD}, topic=f"is {CARD}"))
    assert said[0].text == "You wrote •••• 1111"
    assert log.state(conversation).slots == {"card": "•••• 1111"}
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"4111" not in files


def test_repeated_client_id_returns_the_first_result(
    log: ConversationLog, conversation: str
) -> None:
    first = log.append(turn(conversation), state(conversation), "a1")
    again = log.append(
        turn(conversation, reply=reply("other")), state(conversation, failures=2), "a1"
    )
    assert again == first
    assert log.first_result(conversation, "a1") == first[1]
    assert log.first_result(conversation, "a2") is None
    assert len(log.messages(conversation)) == 2
    assert log.state(conversation).failures == 0


# Several things in one message


def things(conversation_id: str, *told: str, **last: object) -> list[Turn]:
    """A turn for each thing of one message, each with its reply; `last` changes the last one."""
    turns = [
        turn(conversation_id, "Refund, and shipping?", query=text, reply=reply(text))
        for text in told
    ]
    return [*turns[:-1], replace(turns[-1], **last)]  # type: ignore[arg-type]


def test_message_of_several_things_is_heard_once_and_answered_in_order(
    log: ConversationLog, conversation: str
) -> None:
    status, said = log.append(things(conversation, "Five days.", "$4.90."), state(conversation))
    assert status == "bot"
    assert [message.text for message in said] == ["Five days.", "$4.90."]
    messages = log.messages(conversation)
    assert [message.role for message in messages] == ["customer", "bot", "bot"]
    assert messages[1:] == said
    turns = log.turns(conversation)
    assert [one.query for one in turns] == ["Five days.", "$4.90."]
    assert {one.message for one in turns} == {"Refund, and shipping?"}


def test_repeated_client_id_returns_every_reply(log: ConversationLog, conversation: str) -> None:
    sent = things(conversation, "Five days.", "$4.90.", "Yes.")
    first = log.append(sent, state(conversation), "a1")
    assert len(first[1]) == 3
    assert log.first_result(conversation, "a1") == first[1]
    assert log.append(turn(conversation), state(conversation, failures=2), "a1") == first
    assert len(log.messages(conversation)) == 4
    assert log.state(conversation).failures == 0


def test_replies_of_two_messages_of_several_things_are_not_mixed_up(
    log: ConversationLog, conversation: str
) -> None:
    first = log.append(things(conversation, "Five days.", "$4.90."), state(conversation), "a1")
    second = log.append(things(conversation, "No.", "Yes."), state(conversation), "a2")
    assert log.first_result(conversation, "a1") == first[1]
    assert log.first_result(conversation, "a2") == second[1]


def test_hand_off_with_the_last_thing_makes_the_conversation_wait(
    log: ConversationLog, conversation: str
) -> None:
    handed = reply("One moment.", HandOff("legal"))
    sent = things(conversation, "Five days.", "?", reply=handed)
    status, said = log.append(sent, state(conversation, status="waiting"))
    record = log.conversation(conversation)
    assert (status, record.status, record.handoff_reason) == ("waiting", "waiting", "legal")
    assert [message.reason for message in said] == [None, "legal"]


def test_replies_to_several_things_are_dropped_when_a_person_took_the_conversation_meanwhile(
    log: ConversationLog, conversation: str
) -> None:
    Desk(log).hand_off(conversation, "customer_button")
    sent = things(conversation, "Five days.", "$4.90.")
    assert log.append(sent, state(conversation), "a1") == ("waiting", [])
    assert [message.role for message in log.messages(conversation)] == ["customer"]
    assert [one.reply for one in log.turns(conversation)] == [None, None]
    assert log.append(sent, state(conversation), "a1") == ("waiting", [])
    assert len(log.messages(conversation)) == 1


def test_message_of_several_things_is_written_whole_or_not_at_all(
    log: ConversationLog, conversation: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        log.append(things(conversation, "Five days.", "?", release=None), state(conversation))
    assert log.messages(conversation) == []
    assert log.turns(conversation) == []


def test_state_of_procedures_is_read_as_it_was_kept(
    log: ConversationLog, conversation: str
) -> None:
    after = state(
        conversation,
        intent="cancel_order",
        asked="confirm",
        step="sure",
        results={"item": "Lantern"},
        pending=("invoice",),
        topics=("How long?", "Where?"),
        topic="Cancel it",
        subject="Murmur Studio",
        negatives=1,
        kept={"email": "ada@example.com"},
        script="traditional",
    )
    log.append(turn(conversation), after)
    assert replace(log.state(conversation), history=()) == after


def test_payment_cards_are_masked_in_all_that_a_procedure_keeps(
    log: ConversationLog, conversation: str, tmp_path: Path
) -> None:
    said = {"note": f"card {CARD}"}
    after = state(conversation, slots=said, results=said, kept=said, topics=(f"is {CARD}",))
    log.append(turn(conversation), after)
    read, masked = log.state(conversation), {"note": "card •••• 1111"}
    assert (read.slots, read.results, read.kept) == (masked, masked, masked)
    assert read.topics == ("is •••• 1111",)
    assert b"4111" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_same_client_id_in_another_conversation_is_another_message(log: ConversationLog) -> None:
    for conversation_id in (log.start("en")[0], log.start("en")[0]):
        log.append(turn(conversation_id), state(conversation_id), "a1")
        assert len(log.messages(conversation_id)) == 2


def test_same_client_id_arriving_at_once_is_logged_once(
    log: ConversationLog, conversation: str
) -> None:
    results = []
    start = threading.Barrier(8)

    def send(number: int) -> None:
        start.wait()
        answer = turn(conversation, reply=reply(f"answer {number}"))
        results.append(log.append(answer, state(conversation), "a1"))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert all(result == results[0] for result in results)
    assert len(log.messages(conversation)) == 2


def test_client_id_of_a_message_without_reply_returns_no_message(
    log: ConversationLog, conversation: str
) -> None:
    Desk(log).hand_off(conversation, "customer_button")
    assert log.append(turn(conversation), state(conversation), "a1") == ("waiting", [])
    assert log.first_result(conversation, "a1") == []
    assert log.append(turn(conversation), state(conversation), "a1") == ("waiting", [])
    assert len(log.messages(conversation)) == 1


@pytest.mark.parametrize("status", ["waiting", "open"])
def test_reply_is_dropped_when_a_person_took_the_conversation_meanwhile(
    log: ConversationLog, conversation: str, status: str
) -> None:
    desk = Desk(log)
    desk.hand_off(conversation, "customer_button")
    if status == "open":
        desk.claim(conversation, "Bo")
    computed = turn(conversation)
    assert log.append(computed, state(conversation, failures=2)) == (status, [])
    assert [message.role for message in log.messages(conversation)] == ["customer"]
    assert log.turns(conversation)[0].reply is None
    assert log.turns(conversation)[0].prediction == computed.prediction
    assert log.state(conversation).failures == 0


def test_silence_is_refused_when_the_conversation_is_the_bots_again(
    log: ConversationLog, conversation: str
) -> None:
    with pytest.raises(ReleasedMeanwhileError, match="needs a reply"):
        log.append(turn(conversation, reply=None), state(conversation, status="open"))
    assert log.messages(conversation) == []


def test_hand_off_by_the_bot_makes_the_conversation_wait(
    log: ConversationLog, conversation: str
) -> None:
    handed = turn(conversation, reply=reply("One moment.", HandOff("failed_turns")))
    status, said = log.append(handed, state(conversation, status="waiting"))
    record = log.conversation(conversation)
    assert (status, record.status, record.handoff_reason) == ("waiting", "waiting", "failed_turns")
    assert said[0].reason == "failed_turns"


def test_message_to_a_resolved_conversation_reopens_it_with_the_bot(
    log: ConversationLog, conversation: str
) -> None:
    Desk(log).resolve(conversation, "Bo")
    status, said = log.append(turn(conversation), state(conversation, status="resolved"))
    assert (status, len(said)) == ("bot", 1)
    assert log.conversation(conversation).status == "bot"


def test_conversation_follows_the_customers_language(
    log: ConversationLog, conversation: str
) -> None:
    log.append(turn(conversation, "你好"), State(conversation, "zh"))
    assert log.conversation(conversation).language == "zh"


def test_failing_append_leaves_nothing(log: ConversationLog, conversation: str) -> None:
    broken: Turn = turn(conversation, release=None)
    with pytest.raises(sqlite3.IntegrityError):
        log.append(broken, state(conversation))
    assert log.messages(conversation) == []


def test_greeting_is_logged_without_a_turn(log: ConversationLog, conversation: str) -> None:
    greeting = log.announce(conversation, reply("Hello!"))
    assert log.messages(conversation) == [greeting]
    assert log.turns(conversation) == []


def test_log_is_there_after_reopening(tmp_path: Path) -> None:
    with opened_log(tmp_path) as log:
        conversation_id, token = log.start("en")
        log.append(turn(conversation_id), state(conversation_id))
    with opened_log(tmp_path) as log:
        assert log.authorise(conversation_id, token)
        assert len(log.messages(conversation_id)) == 2


def test_forget_deletes_everything_of_old_conversations(
    log: ConversationLog, conversation: str, tmp_path: Path
) -> None:
    clock = log.clock
    assert isinstance(clock, Clock)
    files = tmp_path / "files"
    log.reading.execute("PRAGMA secure_delete = OFF")  # some builds of SQLite have it on
    log.append(turn(conversation, "a most secret wish"), state(conversation))
    log.add_review(Review(log.turns(conversation)[0].id, "Bo", "return_item"))
    log.contact(conversation, "Ann", "ann@example.org", "write to me")
    log.attach(conversation, "photo.png", "image/png", b"png", files)
    clock.forward(days=20)
    kept = log.start("en")[0]
    log.append(turn(kept), state(kept))
    clock.forward(days=11)
    assert log.forget(30, files) == 1
    assert log.forget(30, files) == 0
    with pytest.raises(UnknownConversationError):
        log.conversation(conversation)
    assert list(files.iterdir()) == []
    assert (log.contacts(), log.reviewed()) == ([], [])
    assert len(log.messages(kept)) == 2
    log.reading.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"secret wish" not in (tmp_path / "deskmate.db").read_bytes()


def test_ids_of_forgotten_messages_are_not_given_again(
    log: ConversationLog, conversation: str, tmp_path: Path
) -> None:
    clock = log.clock
    assert isinstance(clock, Clock)
    last = log.append(turn(conversation), state(conversation))[1][0].id
    clock.forward(days=31)
    log.forget(30, tmp_path / "files")
    fresh = log.start("en")[0]
    log.append(turn(fresh), state(fresh))
    assert log.messages(fresh)[0].id > last


def test_every_acknowledged_turn_survives_kill_9(tmp_path: Path) -> None:
    # In a process of its own: a process with threads, as this one may be, must not fork.
    command = [sys.executable, "-m", "tests.bot.killed_appends", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    kills, acknowledged = map(int, run.stdout.split())
    assert kills == 20
    assert acknowledged >= kills

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.desk import Desk
from bot.export import write_jsonl
from bot.log import ConversationLog
from bot.types import HandOff, Review
from knowledge.sources import dialogues
from knowledge.types import Conversation, Message
from tests.bot.log_samples import opened_log, reply, state, turn


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    with opened_log(tmp_path) as log:
        yield log


@pytest.fixture
def conversation(log: ConversationLog) -> str:
    return log.start("en")[0]


def ask(log: ConversationLog, conversation_id: str, text: str) -> int:
    """Log a customer message with the usual answer; returns its turn's id."""
    log.append(turn(conversation_id, text), state(conversation_id))
    return log.turns(conversation_id)[-1].id


def hand_off(log: ConversationLog, conversation_id: str, text: str) -> None:
    told = reply("One moment.", HandOff("intent"))
    log.append(turn(conversation_id, text, reply=told), state(conversation_id, status="waiting"))


def test_only_reviewed_turns_are_lessons_with_their_latest_review(
    log: ConversationLog, conversation: str
) -> None:
    first, _ = ask(log, conversation, "one"), ask(log, conversation, "two")
    log.add_review(Review(first, "Bo", "refund_status"))
    log.add_review(Review(first, "Cy", "oos", "We do not sell that."))
    [(reviewed, review)] = log.reviewed()
    assert (reviewed.id, reviewed.message) == (first, "one")
    assert (review.reviewer, review.intent, review.answer) == ("Cy", "oos", "We do not sell that.")


def test_reviewed_since_leaves_out_older_reviews(log: ConversationLog, conversation: str) -> None:
    log.add_review(Review(ask(log, conversation, "one"), "Bo", "oos"))
    since = log.reviewed()[0][1].at
    log.add_review(Review(ask(log, conversation, "two"), "Bo", "oos"))
    assert [one.message for one, _ in log.reviewed(since)] == ["two"]


def test_lessons_are_redacted(log: ConversationLog, conversation: str) -> None:
    asked = ask(log, conversation, "I am at ann@example.org")
    log.add_review(Review(asked, "Bo", "oos", "Write to cy.lee@example.org"))
    [(reviewed, review)] = log.reviewed()
    assert (reviewed.message, reviewed.query) == ("I am at [EMAIL]", "I am at [EMAIL]")
    assert review.answer == "Write to [EMAIL]"


def test_staff_reply_answers_the_customers_messages_before_it(
    log: ConversationLog, conversation: str
) -> None:
    desk = Desk(log)
    ask(log, conversation, "Hello")
    hand_off(log, conversation, "Does the kettle come in red?")
    desk.say(conversation, "Bo", "Yes, it does.")
    desk.say(conversation, "Bo", "Red and white.")
    log.append(turn(conversation, "And blue?", reply=None), state(conversation, status="open"))
    log.append(turn(conversation, "Or green?", reply=None), state(conversation, status="open"))
    desk.say(conversation, "Bo", "Mail me: bo.li@example.org")
    assert log.staff_answers() == [
        ("Does the kettle come in red?", "Yes, it does.\nRed and white.", "en"),
        ("And blue?\nOr green?", "Mail me: [EMAIL]", "en"),
    ]


def test_staff_who_come_back_without_a_new_question_answer_nothing(
    log: ConversationLog, conversation: str
) -> None:
    desk = Desk(log)
    hand_off(log, conversation, "Is the lamp dimmable?")
    desk.say(conversation, "Bo", "Yes, it is.")
    desk.release(conversation, "Bo")
    desk.hand_off(conversation, "customer_button", reply("One moment."))
    desk.say(conversation, "Cy", "Still there?")
    assert log.staff_answers() == [("Is the lamp dimmable?", "Yes, it is.", "en")]


def test_bot_answers_and_unasked_staff_messages_are_no_lessons(
    log: ConversationLog, conversation: str, tmp_path: Path
) -> None:
    Desk(log).say(conversation, "Bo", "Unasked.")
    log.attach(conversation, "photo.png", "image/png", b"png", tmp_path / "files")
    Desk(log).say(conversation, "Bo", "Nice photo.")
    ask(log, log.start("en")[0], "Can I return it?")
    assert log.staff_answers() == []


def test_export_tells_the_intent_only_where_a_person_confirmed_it(
    log: ConversationLog, conversation: str
) -> None:
    log.add_review(Review(ask(log, conversation, "one"), "Bo", "refund_status"))
    log.add_review(Review(ask(log, conversation, "two"), "Bo", answer="Yes."))
    ask(log, conversation, "three")
    [exported] = log.export()
    said = [(one.text, one.intent) for one in exported.messages if one.role == "customer"]
    assert said == [("one", "refund_status"), ("two", None), ("three", None)]
    assert (exported.id, exported.source, exported.language) == (conversation, "log", "en")


def test_export_tells_the_mood_where_it_is_known(
    log: ConversationLog, conversation: str, tmp_path: Path
) -> None:
    log.append(turn(conversation, "so late", mood="negative"), state(conversation))
    log.append(turn(conversation, "hm"), state(conversation))
    with (tmp_path / "log.jsonl").open("w+", encoding="utf-8") as file:
        write_jsonl(log.export(), file)
        file.seek(0)
        turns = json.loads(file.read())["turns"]
    assert [(one["text"], one.get("mood")) for one in turns if one["role"] == "customer"] == [
        ("so late", "negative"),
        ("hm", None),
    ]
    assert "mood" not in turns[-1]


def test_export_is_redacted_unless_raw(log: ConversationLog, conversation: str) -> None:
    ask(log, conversation, "I am at ann@example.org")
    assert next(log.export()).messages[0].text == "I am at [EMAIL]"
    assert next(log.export(raw=True)).messages[0].text == "I am at ann@example.org"


def test_export_leaves_out_empty_conversations_and_attachments(
    log: ConversationLog, conversation: str, tmp_path: Path
) -> None:
    log.attach(conversation, "photo.png", "image/png", b"png", tmp_path / "files")
    log.start("zh")
    assert list(log.export()) == []


def test_exported_file_is_what_the_dialogue_importer_reads(
    log: ConversationLog, conversation: str, tmp_path: Path
) -> None:
    log.add_review(Review(ask(log, conversation, "Can I return it?"), "Bo", "return_item"))
    hand_off(log, conversation, "A person, please")
    Desk(log).say(conversation, "Bo", "Hello, how can I help?")
    ask(log, log.start("zh")[0], "可以退货吗？")
    exported = list(log.export())
    path = tmp_path / "export.jsonl"
    with path.open("w", encoding="utf-8") as file:
        assert write_jsonl(exported, file) == 2
    read = list(dialogues.read(path, None))
    assert read == [
        Conversation(one.id, "export.jsonl", one.language, one.messages) for one in exported
    ]


def test_exported_line_has_no_key_for_a_missing_intent(tmp_path: Path) -> None:
    conversation = Conversation("c", "log", "en", (Message("customer", "Hi", "2026-03-04"),))
    path = tmp_path / "export.jsonl"
    with path.open("w", encoding="utf-8") as file:
        write_jsonl([conversation], file)
    assert json.loads(path.read_text("utf-8")) == {
        "id": "c",
        "language": "en",
        "turns": [{"role": "customer", "text": "Hi", "at": "2026-03-04"}],
    }

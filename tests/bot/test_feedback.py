from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.feedback import Contact, UnknownMessageError
from bot.log import ConversationLog, UnknownConversationError, UnknownTurnError
from bot.types import Customer, Review
from tests.bot.log_samples import opened_log, state, turn


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    with opened_log(tmp_path) as log:
        yield log


@pytest.fixture
def conversation(log: ConversationLog) -> str:
    conversation_id, _ = log.start("en")
    log.append(turn(conversation_id), state(conversation_id))
    return conversation_id


def test_rating_of_a_message_shows_and_the_last_one_counts(
    log: ConversationLog, conversation: str
) -> None:
    said = log.messages(conversation)[1]
    log.rate_message(said.id, 1, None, conversation)
    log.rate_message(said.id, -1, "wrong", conversation)
    assert log.messages(conversation)[1].rating == -1


def test_only_replies_of_the_own_conversation_are_rated(
    log: ConversationLog, conversation: str
) -> None:
    own, said = log.messages(conversation)
    other = log.start("en")[0]
    for message_id, where in ((said.id, other), (own.id, conversation), (99, conversation)):
        with pytest.raises(UnknownMessageError, match=f"no message {message_id} to rate"):
            log.rate_message(message_id, 1, None, where)


def test_conversation_of_a_message_is_found(log: ConversationLog, conversation: str) -> None:
    assert log.conversation_of(log.messages(conversation)[0].id) == conversation
    assert log.conversation_of(99) is None


def test_stars_stand_in_the_record(log: ConversationLog, conversation: str) -> None:
    log.rate_conversation(conversation, 4, "good")
    assert log.conversation(conversation).stars == 4
    with pytest.raises(UnknownConversationError):
        log.rate_conversation("c9", 4, None)


def test_contact_is_kept_with_cards_masked(log: ConversationLog, conversation: str) -> None:
    log.contact(conversation, "Ann", "ann@example.org", "card 4111111111111111")
    [kept] = log.contacts()
    assert kept == Contact(
        conversation, "Ann", "ann@example.org", "card •••• 1111", "2026-03-04T10:00:03Z"
    )
    with pytest.raises(UnknownConversationError):
        log.contact("c9", "Ann", "ann@example.org", "hello")


def test_contact_names_a_customer_who_was_nobody_yet(
    log: ConversationLog, conversation: str
) -> None:
    log.contact(conversation, "", "ann@example.org", "hello")
    assert log.conversation(conversation).customer == Customer(None, None, "ann@example.org")
    log.contact(conversation, "Ann", "other@example.org", "hello")
    assert log.conversation(conversation).customer == Customer(None, "Ann", "ann@example.org")


def test_contact_changes_no_signed_identity(log: ConversationLog) -> None:
    known = Customer("7", "Ann", None, verified=True)
    conversation, _ = log.start("en", known)
    log.contact(conversation, "Eve", "eve@example.org", "hello")
    assert log.conversation(conversation).customer == known


def test_attachment_is_kept_under_an_id_and_shown_as_a_message(
    log: ConversationLog, conversation: str, tmp_path: Path
) -> None:
    kept = log.attach(conversation, "../../photo.png", "image/png", b"pixels", tmp_path / "files")
    assert [path.name for path in (tmp_path / "files").iterdir()] == [kept.id]
    assert (tmp_path / "files" / kept.id).read_bytes() == b"pixels"
    assert log.messages(conversation)[-1].text == "[../../photo.png]"
    assert log.messages(conversation)[-1].id == kept.message_id
    assert log.attachments(conversation) == [kept]
    assert kept.size == 6


def test_attachment_to_an_unknown_conversation_leaves_no_file(
    log: ConversationLog, tmp_path: Path
) -> None:
    with pytest.raises(UnknownConversationError):
        log.attach("c9", "photo.png", "image/png", b"pixels", tmp_path / "files")
    assert list((tmp_path / "files").iterdir()) == []


def test_review_of_an_unknown_turn_is_refused(log: ConversationLog) -> None:
    with pytest.raises(UnknownTurnError):
        log.add_review(Review(9, "Bo", "return_item"))


def test_review_must_say_something(log: ConversationLog, conversation: str) -> None:
    with pytest.raises(ValueError, match="found neither"):
        log.add_review(Review(log.turns(conversation)[0].id, "Bo"))

"""Imported conversations and their exchanges: content hash, assignment, support."""

from dataclasses import replace

import pytest

from knowledge.database import Database
from knowledge.history import Exchange, HistoryStore
from knowledge.types import Conversation, Language, Message

QUESTION, ANSWER = "How do I return an item?", "Send it back within 30 days."


@pytest.fixture
def history(database: Database) -> HistoryStore:
    return HistoryStore(database, lambda: "2026-01-01T00:00:00Z")


def talk(name: str, answer: str = ANSWER, source: str = "chats.jsonl") -> Conversation:
    messages = (
        Message("customer", f"{name}: {QUESTION}", at="2026-01-01T09:00:00Z", intent="returns"),
        Message("staff", answer),
    )
    return Conversation(name, source, "en", messages)


def exchange(
    name: str, question: str = QUESTION, answer: str = ANSWER, language: Language = "en"
) -> Exchange:
    return Exchange(0, name, language, question, answer, at="2026-01-01T09:00:00Z")


def test_conversations_come_back_as_they_were(history: HistoryStore) -> None:
    stored = [talk(f"c{number}") for number in range(250)]
    for conversation in stored:
        assert history.add(conversation, []) == "added"
    assert list(history.conversations()) == stored
    assert history.count() == 250


def test_same_content_is_stored_once_whatever_its_file_is_called(history: HistoryStore) -> None:
    history.add(talk("c1"), [exchange("c1")])
    assert history.add(talk("c1"), [exchange("c1")]) == "unchanged"
    assert history.add(replace(talk("c1"), source="copy.jsonl"), [exchange("c1")]) == "unchanged"
    assert len(history.pending("en", 10)) == 1


def test_same_id_in_another_file_is_another_conversation(history: HistoryStore) -> None:
    history.add(talk("c1"), [])
    assert history.add(talk("c1", answer="Use the form.", source="other.jsonl"), []) == "added"
    assert history.count() == 2


def test_changed_conversation_replaces_its_exchanges_and_keeps_their_passage(
    history: HistoryStore,
) -> None:
    history.add(talk("c1"), [exchange("c1"), exchange("c1", question="Is it free?", answer="No.")])
    kept, _ = history.pending("en", 10)
    history.assign([kept.id], 7)
    changed = talk("c1", answer="Send it back within 60 days.")
    again = [exchange("c1"), exchange("c1", question="Is it free?", answer="Yes.")]
    assert history.add(changed, again) == "updated"
    assert list(history.conversations()) == [changed]
    assert [found.answer for found in history.pending("en", 10)] == ["Yes."]
    assert history.support(7) == 1


def test_conversation_that_becomes_like_another_is_updated(history: HistoryStore) -> None:
    first = Conversation("c1", "a.jsonl", "en", (Message("customer", "Hello?"),))
    second = replace(first, id="c2", messages=(Message("customer", "Hi?"),))
    history.add(first, [])
    history.add(second, [exchange("c2")])
    assert history.add(replace(second, messages=first.messages), []) == "updated"
    assert history.add(replace(second, messages=first.messages), []) == "unchanged"
    assert history.pending("en", 10) == []


def test_other_language_of_the_same_text_is_a_change(history: HistoryStore) -> None:
    history.add(talk("c1"), [])
    assert history.add(replace(talk("c1"), language="zh"), []) == "updated"


def test_pending_is_limited_by_number_and_language(history: HistoryStore) -> None:
    history.add(talk("c1"), [exchange("c1", question=f"Question {n}?") for n in range(5)])
    history.add(talk("c2"), [exchange("c2", question="怎么退货？", language="zh")])
    first, second = history.pending("en", 2)
    assert (first.question, second.question) == ("Question 0?", "Question 1?")
    assert first == replace(exchange("c1", question="Question 0?"), id=first.id)
    assert [found.question for found in history.pending("zh", 10)] == ["怎么退货？"]


def test_assigned_exchanges_are_pending_no_longer(history: HistoryStore) -> None:
    history.add(talk("c1"), [exchange("c1"), exchange("c1", question="Is it free?")])
    first, second = history.pending("en", 10)
    history.assign([first.id], 7)
    assert history.pending("en", 10) == [second]
    assert history.exchanges_of(7) == [first]


def test_support_counts_distinct_conversations(history: HistoryStore) -> None:
    history.add(talk("c1"), [exchange("c1"), exchange("c1", question="How do I send it back?")])
    history.add(talk("c2"), [exchange("c2")])
    history.add(talk("c2", answer="Use the form.", source="other.jsonl"), [exchange("c2")])
    history.assign([found.id for found in history.pending("en", 10)], 7)
    assert history.support(7) == 3
    assert history.support(8) == 0


def test_pairs_are_distinct_and_of_one_language(history: HistoryStore) -> None:
    history.add(talk("c1"), [exchange("c1"), exchange("c1", question="Is it free?", answer="No.")])
    history.add(talk("c2"), [exchange("c2"), exchange("c2", question="免费吗？", language="zh")])
    assert history.pairs("en") == [(QUESTION, ANSWER), ("Is it free?", "No.")]


def test_conversations_can_be_read_while_others_are_added(history: HistoryStore) -> None:
    history.add(talk("c1"), [])
    reading = history.conversations()
    assert next(reading).id == "c1"
    history.add(talk("c2"), [])
    assert [conversation.id for conversation in reading] == ["c2"]

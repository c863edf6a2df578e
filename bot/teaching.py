"""Every human answer teaches: a staff reply becomes a suggestion for the knowledge.

Owns what is learned from the replies that the desk linked: an answer that stands by itself becomes
an unapproved passage, or strengthens the one that says the same. Nothing here is shown to
customers before a person approves it. What trains the next release is `lessons`' business.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot import asked, reply_links
from bot.asked import Said
from bot.like_answers import LikeAnswers
from bot.log import ConversationLog
from bot.mind import Mind
from bot.reply_links import ReplyLink
from knowledge.history import Exchange
from knowledge.mining import exchanges, title_of
from knowledge.passage_reading import PassageFilter
from knowledge.store import PassageStore
from knowledge.types import Language, Passage

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Replies learned from in one go: the thread that does it has other work, too."""


class Teaching:
    """Learns from staff replies. Threads may share it; one at a time should `learn`."""

    def __init__(
        self, log: ConversationLog, passages: PassageStore, mind: Callable[[], Mind | None]
    ) -> None:
        self._log = log
        self._passages = passages
        self._alike = LikeAnswers(passages, mind)

    def links(self, conversation_id: str) -> list[ReplyLink]:
        """Where each staff reply of a conversation came from, oldest first."""
        return reply_links.read_links(
            self._log.reading, "conversation_id = ? ORDER BY message_id", (conversation_id,)
        )

    def behind(self, passage_id: int) -> list[ReplyLink]:
        """The replies that made or strengthened a passage, oldest first."""
        return reply_links.read_links(
            self._log.reading, "passage_id = ? ORDER BY message_id", (passage_id,)
        )

    def learn(self) -> int:
        """Make knowledge suggestions of what was replied since; returns how many replies it saw."""
        pending = reply_links.read_links(
            self._log.reading, "pending ORDER BY message_id LIMIT ?", (AT_ONCE,)
        )
        for link in pending:
            try:
                self._learn(link)
            except Exception:  # one bad reply must not keep the others from teaching
                log.exception("could not learn from staff message %d", link.message_id)
                self._settle(link, None)
        if pending:
            log.info("learned from %d staff replies", len(pending))
        return len(pending)

    def _learn(self, link: ReplyLink) -> None:
        """One transaction for what it teaches and that it did, so that nothing is learned twice."""
        exchange = self._exchange(link)
        same = self._alike.find(exchange) if exchange else None
        with self._log.database.write():
            passage_id = self._suggest(link, exchange, same) if exchange else self._confirm(link)
            self._settle(link, passage_id)

    def _settle(self, link: ReplyLink, passage_id: int | None) -> None:
        with self._log.database.write() as writing:
            reply_links.settle(writing.conn, link.message_id, passage_id)

    def _exchange(self, link: ReplyLink) -> Exchange | None:
        """The question and the answer without personal data, where the reply stands by itself."""
        if link.question_id is None or link.edit == "unchanged":
            return None
        messages = asked.said(self._log.reading, link.conversation_id, link.message_id)
        asking = next(one for one in reversed(messages) if one.role == "customer")
        if asking.wants_person:  # and nothing else: `said` leaves it out otherwise
            return None
        language = self._log.state(link.conversation_id).language
        return last_exchange(link.conversation_id, messages, language)

    def _confirm(self, link: ReplyLink) -> int | None:
        """Back the passage that was sent as it is with one more conversation."""
        if link.used is None or link.used.kind == "template" or link.edit != "unchanged":
            return None
        return self._back(int(link.used.ref), link) if link.used.ref.isdecimal() else None

    def _suggest(self, link: ReplyLink, exchange: Exchange, same: Passage | None) -> int | None:
        """Store or back the passage that says it: its id, None where staff turned that down."""
        source = f"conversation#{link.conversation_id[:8]}/{link.question_id}"
        if grown := self._grow(source, exchange):
            return grown
        if same:
            return self._back(same.id, link)
        passage = Passage(
            id=0,
            kind="dialogue",
            language=exchange.language,
            title=title_of(exchange),
            key=exchange.question,
            body=exchange.answer,
            source=source,
            approved=False,
            support=1,
        )
        self._passages.add([passage])
        return self._of(source)[0].id

    def _grow(self, source: str, exchange: Exchange) -> int | None:
        """Staff went on writing: the suggestion made a moment ago says all of it now."""
        for passage in self._of(source):
            untouched = not passage.approved and passage.id not in self._passages.off()
            if untouched and exchange.answer.startswith(passage.body):
                self._passages.update(replace(passage, body=exchange.answer))
                return passage.id
        return None

    def _of(self, source: str) -> list[Passage]:
        found = self._passages.listed(PassageFilter(kind="dialogue", source=source), 10)
        return [passage for passage in found if passage.source == source]

    def _back(self, passage_id: int, link: ReplyLink) -> int | None:
        """Count the conversation for a passage of dialogues, once; None when there is no such."""
        for passage in self._passages.get([passage_id]):
            counted = {each.conversation_id for each in self.behind(passage_id)}
            if passage.kind == "dialogue" and link.conversation_id not in counted:
                self._passages.update(replace(passage, support=passage.support + 1))
            return passage_id
        return None


def last_exchange(
    conversation_id: str, messages: Sequence[Said], language: Language
) -> Exchange | None:
    """The exchange that ends with the last message, a reply of the staff, where it is knowledge.

    All that the staff wrote in a row is one answer; where that is none, the last message may be.
    """
    run = len(messages)
    while run and messages[run - 1].role == "staff":
        run -= 1
    for start in sorted({run, len(messages) - 1}):
        told = [*messages[:run], *messages[start:]]
        conversation = asked.redacted(conversation_id, told, language)
        found = exchanges(conversation)
        if found and found[-1].at == messages[start].at:
            return found[-1]
    return None

"""What a person has confirmed, for training: reviewed turns and the staff's own replies.

The bot's own answers are never lessons. Personal data is redacted here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import attrgetter

from bot import turn_rows
from bot.asked import Said, said
from bot.lesson_mark import LessonMark
from bot.log_rows import LogAccess
from bot.types import Review, Turn
from knowledge.redact import redact, said_in_service
from knowledge.types import Language

_LATEST_REVIEWS = (
    "SELECT turn_id, reviewer, intent, answer, at FROM reviews r"
    " WHERE id = (SELECT max(id) FROM reviews WHERE turn_id = r.turn_id)"
    " AND (:since IS NULL OR at > :since) ORDER BY id"
)
_WITH_STAFF_REPLIES = (
    "SELECT id, language FROM conversations c WHERE EXISTS"
    " (SELECT 1 FROM messages WHERE conversation_id = c.id AND role = 'staff')"
    " ORDER BY created, id"
)
_CONFIRMED = (
    "SELECT message_id FROM staff_replies WHERE conversation_id = ?"
    " AND edit = 'unchanged' AND suggestion_kind = 'passage'"
)


class Lessons(LogAccess):
    """The part of the log that training reads."""

    def reviewed(self, since: str | None = None) -> list[tuple[Turn, Review]]:
        """Each reviewed turn with its latest review, redacted; `since`: reviewed after that."""
        reviews = self.reading.execute(_LATEST_REVIEWS, {"since": since}).fetchall()
        return [self._lesson(Review(*row)) for row in reviews]

    def lesson_mark(self) -> LessonMark:
        """How far the lessons have come by now."""
        row = self.reading.execute(
            "SELECT coalesce((SELECT max(id) FROM reviews), 0),"
            " coalesce((SELECT max(id) FROM messages), 0)"
        ).fetchone()
        return LessonMark(*row)

    def staff_answers(self) -> list[tuple[str, str, Language]]:
        """What the customer wrote, what the staff replied, and the language; redacted.

        A reply that is an approved passage, unchanged, confirms it: it is a pair of its own.
        """
        conversations = self.reading.execute(_WITH_STAFF_REPLIES).fetchall()
        return [
            (redact(question), said_in_service(answer), language)
            for conversation_id, language in conversations
            for question, answer in self._answered(conversation_id)
        ]

    def _answered(self, conversation_id: str) -> Iterator[tuple[str, str]]:
        confirmed = self.reading.execute(_CONFIRMED, (conversation_id,))
        return _answered(said(self.reading, conversation_id), {row[0] for row in confirmed})

    def _lesson(self, review: Review) -> tuple[Turn, Review]:
        turn = turn_rows.read_turn(self.reading, review.turn_id)
        redacted = replace(turn, message=redact(turn.message), query=redact(turn.query))
        answer = None if review.answer is None else said_in_service(review.answer)
        return redacted, replace(review, answer=answer)


def _answered(messages: Iterable[Said], confirmed: set[int]) -> Iterator[tuple[str, str]]:
    """Pair each run of staff messages with the customer's run just before it.

    What the bot said in between ("one moment, I am getting somebody") is passed over; staff who
    write again without having been asked, or whom a mere wish for a person has called, answer
    nothing. Passages in a run, whose ids are `confirmed`, stand for themselves, and the words
    around them say no more.
    """
    question: str | None = None
    for role, group in groupby(messages, key=attrgetter("role")):
        run = list(group)
        text = "\n".join(one.text for one in run)
        if role == "customer":
            question = None if all(one.wants_person for one in run) else text
        elif role == "staff" and question is not None:
            for answer in [one.text for one in run if one.id in confirmed] or [text]:
                yield question, answer
            question = None

"""Which turns of the log are worth a look, by what the log says of them; no model is asked.

Every list comes from an index of open turns and is cut to the newest or most doubtful, so that it
costs the same however long the log is.
"""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from sqlite3 import Connection
from typing import Any

from bot.review.priority import (
    ASKED_FOR_PERSON,
    CORRECTED,
    NEAR,
    RATED_DOWN,
    Weights,
    combined,
    doubt,
    unknown,
)
from bot.review.types import Reason
from knowledge.types import Language

MOST = 400
"""The most turns taken from each list."""

_OPEN = "s.closed_by IS NULL AND s.outcome IN ('answered', 'failed')"
_COLUMNS = "s.turn_id, s.language, s.outcome, s.margin, s.words"

_RATED_DOWN = f"""
SELECT {_COLUMNS}, NULL FROM messages m INDEXED BY review_messages_rated_down
CROSS JOIN review_signals s ON s.reply_id = m.id WHERE m.rating = -1 AND s.closed_by IS NULL
AND s.outcome IN ('answered', 'failed', 'small_talk') ORDER BY m.id DESC LIMIT :most
"""  # noqa: S608
_BEFORE = f"""
SELECT {_COLUMNS}, min(b.id) FROM (
    SELECT m.id, (
        SELECT max(turn_id) FROM review_signals INDEXED BY review_signals_of_conversation
        WHERE conversation_id = m.conversation_id AND outcome IN ('answered', 'failed')
        AND reply_id < m.id
    ) AS turn_id
    FROM messages m INDEXED BY %s WHERE %s ORDER BY m.id DESC LIMIT :most
) b CROSS JOIN review_signals s ON s.turn_id = b.turn_id
WHERE {_OPEN} GROUP BY s.turn_id
"""  # noqa: S608
_ASKED_FOR_PERSON = _BEFORE % (
    "review_messages_for_person",
    "m.reason IN ('requested', 'customer_button')",
)
_CORRECTED = _BEFORE % ("review_messages_of_staff", "m.role = 'staff'")
_FAILED = f"""
SELECT {_COLUMNS}, NULL FROM review_signals s INDEXED BY review_signals_newest
WHERE s.closed_by IS NULL AND s.outcome = 'failed' ORDER BY s.turn_id DESC LIMIT :most
"""  # noqa: S608
_DOUBTFUL = f"""
SELECT {_COLUMNS}, NULL FROM review_signals s INDEXED BY review_signals_open
WHERE s.closed_by IS NULL AND s.outcome = 'answered' ORDER BY s.margin, s.turn_id LIMIT :most
"""  # noqa: S608
_NAMED = f"""
SELECT {_COLUMNS}, NULL FROM review_signals s
WHERE s.turn_id IN (SELECT value FROM json_each(:only)) AND {_OPEN}
"""  # noqa: S608
_LISTS: tuple[tuple[str, Reason | None, float], ...] = (
    (_RATED_DOWN, "rejected", RATED_DOWN),
    (_CORRECTED, "corrected", CORRECTED),
    (_ASKED_FOR_PERSON, "rejected", ASKED_FOR_PERSON),
    (_FAILED, None, 0.0),
    (_DOUBTFUL, None, 0.0),
)
_LEFT = f"""
SELECT s.language, count(*) FROM review_signals s WHERE s.closed_by IS NULL
AND (s.outcome = 'failed' OR (s.outcome = 'answered' AND s.margin < {NEAR})) GROUP BY s.language
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open turn; `answered_by` is the first message of an agent that followed it."""

    turn_id: int
    language: Language
    failed: bool
    margin: float
    words: str
    weights: Weights
    answered_by: int | None = None

    @property
    def priority(self) -> float:
        """All its reasons together, in 0..1."""
        return combined(self.weights)

    def with_reason(self, reason: Reason, weight: float) -> "Candidate":
        """The same with a reason more; of one twice the stronger counts."""
        known = self.weights.get(reason, 0.0)
        return replace(self, weights={**self.weights, reason: max(known, weight)})


def candidates(
    connection: Connection, language: Language | None, only: Collection[int] | None = None
) -> list[Candidate]:
    """Open turns with what the log says for them, best first; newest first of equal ones.

    Of `only` these turns, however old, where it is given.
    """
    found: dict[int, Candidate] = {}
    values = {"most": MOST, "only": json.dumps(list(only or ()))}
    for sql, reason, weight in (*_LISTS, (_NAMED, None, 0.0)):
        for *row, answered_by in connection.execute(sql, values):
            if only is not None and row[0] not in only:
                continue
            one = found.get(row[0]) or _candidate(row)
            if reason:
                one = one.with_reason(reason, weight)
            found[one.turn_id] = (
                replace(one, answered_by=answered_by) if reason == "corrected" else one
            )
    spoken = [one for one in found.values() if language in (None, one.language)]
    return sorted(spoken, key=lambda one: (-one.priority, one.margin, -one.turn_id))


def count_left(connection: Connection, language: Language | None) -> int:
    """How many turns are open for a reason, apart from those that only models would find."""
    counts: dict[str, int] = defaultdict(int, connection.execute(_LEFT).fetchall())
    known = sum(counts.values()) if language is None else counts[language]
    said = {
        row[0]
        for sql, reason, _ in _LISTS
        if reason
        for row in connection.execute(sql, {"most": MOST})
        if (row[2] == "small_talk" or (row[2] == "answered" and row[3] >= NEAR))
        and language in (None, row[1])
    }
    return known + len(said)


def _candidate(row: list[Any]) -> Candidate:
    turn_id, language, outcome, margin, words = row
    failed = outcome == "failed"
    weights: dict[Reason, float] = {"out_of_scope": unknown(1)} if failed else {}
    if near := doubt(margin):
        weights["low_confidence"] = near
    return Candidate(turn_id, language, failed, margin, words, weights)

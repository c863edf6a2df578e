"""What reviewers decided: written with its verdicts in one transaction, and taken back whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from sqlite3 import Connection

from bot.review.types import DecisionKind, ReviewError, SettledError, Verdict
from knowledge.database import Database
from knowledge.redact import mask_cards

LONGEST_ANSWER = 4000
"""Characters of a written answer."""


@dataclass(frozen=True, slots=True)
class Settling:
    """A decision on its way: `verdict` is None where training gets nothing."""

    reviewer: str
    kind: DecisionKind
    verdict: Verdict | None


class Decisions:
    """The table `decisions`, with the rows of `reviews` behind it. Threads may share it."""

    def __init__(self, database: Database, clock: Callable[[], str]) -> None:
        self._database = database
        self._clock = clock

    def check_open(self, turn_id: int) -> None:
        """Raise SettledError when the turn was decided, ReviewError when it is none to review."""
        _check_open(self._database.connection.conn, turn_id)

    def settle(self, turn_id: int, settling: Settling, also: Sequence[int]) -> tuple[int, ...]:
        """Keep a decision on `turn_id` and on those of `also` that are open; returns their ids.

        Other turns that say the same, word for word, are closed with it. Raises as `check_open`.
        """
        now = self._clock()
        with self._database.write() as writing:
            connection: Connection = writing.conn
            _check_open(connection, turn_id)
            others = [one for one in dict.fromkeys(also) if one != turn_id]
            settled = (turn_id, *(one for one in others if _is_open(connection, one)))
            batch = 0
            for one in settled:
                batch = _write(connection, one, settling, (batch, now))
            connection.executemany(
                "UPDATE review_signals SET closed_by = ? WHERE closed_by IS NULL AND words ="
                " (SELECT words FROM review_signals WHERE turn_id = ?)",
                [(batch, one) for one in settled],
            )
        return settled

    def undo(self, reviewer: str) -> tuple[int, ...]:
        """Take back the reviewer's last decision: the ids of its turns, none without one."""
        with self._database.write() as writing:
            connection: Connection = writing.conn
            rows = connection.execute(
                "SELECT id, batch, turn_id, review_id FROM decisions WHERE reviewer = :reviewer"
                " AND batch = (SELECT max(batch) FROM decisions WHERE reviewer = :reviewer)"
                " ORDER BY id",
                {"reviewer": reviewer},
            ).fetchall()
            for decision_id, batch, _, review_id in rows:
                connection.execute("DELETE FROM reviews WHERE id = ?", (review_id,))
                connection.execute("DELETE FROM decisions WHERE id = ?", (decision_id,))
                connection.execute(
                    "UPDATE review_signals SET closed_by = NULL WHERE closed_by = ?", (batch,)
                )
        return tuple(turn_id for _, _, turn_id, _ in rows)

    def done(self, reviewer: str, since: str) -> int:
        """How many turns the reviewer has decided or skipped since a time (ISO 8601, UTC)."""
        row = self._database.connection.conn.execute(
            "SELECT count(*) FROM decisions WHERE reviewer = ? AND at >= ?", (reviewer, since)
        ).fetchone()
        return int(row[0])


def checked_answer(text: str) -> str:
    """A written answer without the space around it. Raises ReviewError."""
    answer = text.strip()
    if not 0 < len(answer) <= LONGEST_ANSWER:
        raise ReviewError(
            f"expected an answer of 1 to {LONGEST_ANSWER} characters, found {len(answer)}"
        )
    return answer


def _is_open(connection: Connection, turn_id: int) -> bool:
    row = connection.execute(
        "SELECT 1 FROM review_signals s WHERE turn_id = ? AND closed_by IS NULL"
        " AND (outcome IN ('answered', 'failed') OR (outcome = 'small_talk'"
        " AND EXISTS (SELECT 1 FROM messages WHERE id = s.reply_id AND rating = -1)))",
        (turn_id,),
    ).fetchone()
    return row is not None


def _check_open(connection: Connection, turn_id: int) -> None:
    if _is_open(connection, turn_id):
        return
    row = connection.execute(
        "SELECT s.closed_by, (SELECT reviewer FROM decisions WHERE turn_id = s.turn_id"
        " ORDER BY id DESC LIMIT 1) FROM review_signals s WHERE s.turn_id = ?",
        (turn_id,),
    ).fetchone()
    if row is None or row[0] is None:
        raise ReviewError(f"turn {turn_id} is none to review; `deskmate review` lists those")
    who = f" by {row[1]}" if row[1] else ""
    raise SettledError(f"turn {turn_id} was decided{who} already; go on with the next")


def _write(connection: Connection, turn_id: int, settling: Settling, place: tuple[int, str]) -> int:
    """Insert one turn of a batch and its review; returns the batch, which the first one names."""
    batch, now = place
    decision_id = connection.execute(
        "INSERT INTO decisions (batch, turn_id, review_id, reviewer, kind, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            batch,
            turn_id,
            _write_review(connection, turn_id, settling, now),
            settling.reviewer,
            settling.kind,
            now,
        ),
    ).lastrowid
    if not batch:
        batch = decision_id or 0
        connection.execute("UPDATE decisions SET batch = id WHERE id = ?", (batch,))
    connection.execute(
        "UPDATE review_signals SET closed_by = ? WHERE turn_id = ?", (batch, turn_id)
    )
    return batch


def _write_review(connection: Connection, turn_id: int, settling: Settling, now: str) -> int | None:
    verdict = settling.verdict
    if verdict is None:
        return None
    answer = None if verdict.answer is None else mask_cards(verdict.answer)
    return connection.execute(
        "INSERT INTO reviews (turn_id, reviewer, intent, answer, at) VALUES (?, ?, ?, ?, ?)",
        (turn_id, settling.reviewer, verdict.intent, answer, now),
    ).lastrowid

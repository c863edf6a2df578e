"""What staff keep of a conversation for each other: private notes and labels."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot import log_rows
from bot.desk_access import DeskAccess
from knowledge.redact import mask_cards

LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Note:
    """A note that the customer never sees."""

    id: int
    conversation_id: str
    author: str
    text: str
    at: str


class Notes(DeskAccess):
    """The part of the desk that keeps notes and labels."""

    def note(self, conversation_id: str, author: str, text: str) -> Note:
        """Keep a note, payment cards masked. Raises UnknownConversationError."""
        row = (conversation_id, author, mask_cards(text), self._log.clock())
        with self._log.database.write() as writing:
            log_rows.read_status(writing.conn, conversation_id)
            cursor = writing.conn.execute(
                "INSERT INTO notes (conversation_id, author, text, at) VALUES (?, ?, ?, ?)", row
            )
        return Note(cursor.lastrowid or 0, *row)

    def notes(self, conversation_id: str) -> list[Note]:
        """The conversation's notes, oldest first."""
        rows = self._log.reading.execute(
            "SELECT id, conversation_id, author, text, at FROM notes"
            " WHERE conversation_id = ? ORDER BY id",
            (conversation_id,),
        )
        return [Note(*row) for row in rows]

    def set_labels(self, conversation_id: str, labels: Iterable[str]) -> tuple[str, ...]:
        """Replace the labels; returns them as kept: trimmed, each once, in order of the alphabet.

        Only what changes makes an event. Raises UnknownConversationError.
        """
        kept = {label for each in labels if (label := " ".join(each.split())[:LONGEST_LABEL])}
        with self._log.database.write() as writing:
            log_rows.read_status(writing.conn, conversation_id)
            before = set(self.labels(conversation_id))
            writing.conn.executemany(
                "DELETE FROM labels WHERE conversation_id = ? AND label = ?",
                [(conversation_id, label) for label in sorted(before - kept)],
            )
            writing.conn.executemany(
                "INSERT INTO labels (conversation_id, label) VALUES (?, ?)",
                [(conversation_id, label) for label in sorted(kept - before)],
            )
        return tuple(sorted(kept))

    def labels(self, conversation_id: str) -> tuple[str, ...]:
        """The conversation's labels, in order of the alphabet."""
        rows = self._log.reading.execute(
            "SELECT label FROM labels WHERE conversation_id = ? ORDER BY label", (conversation_id,)
        )
        return tuple(row[0] for row in rows)

    def all_labels(self) -> list[str]:
        """Every label in use, the most used first."""
        rows = self._log.reading.execute(
            "SELECT label FROM labels GROUP BY label ORDER BY count(*) DESC, label"
        )
        return [row[0] for row in rows]

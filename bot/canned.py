"""Replies that staff keep ready, with variables in braces that a conversation fills."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.desk_access import DeskAccess
from bot.log import ConversationRecord
from knowledge.errors import DeskmateError
from knowledge.types import Language

_VARIABLE = re.compile(r"\{(\w+)\}")


OF_EVERYONE = ("customer", "agent", "shop", "bot")


class UnknownCannedError(DeskmateError):
    """No canned reply has this id."""


@dataclass(frozen=True, slots=True)
class Canned:
    """A canned reply; `id` is 0 until it is saved.

    `text` may name {customer}, {agent}, {shop}, {bot} and every slot, such as {order_number}.
    """

    id: int
    language: Language
    title: str
    text: str


class CannedReplies(DeskAccess):
    """The part of the desk that keeps canned replies."""

    def canned(self, language: Language | None = None) -> list[Canned]:
        """The replies in one language, or all, by title."""
        rows = self._log.reading.execute(
            "SELECT id, language, title, text FROM canned_replies"
            " WHERE ?1 IS NULL OR language = ?1 ORDER BY title, id",
            (language,),
        )
        return [Canned(*row) for row in rows]

    def canned_variables(self) -> tuple[str, ...]:
        """What a reply may name in braces: what every conversation has, then the slots."""
        domain = self._domain()
        slots = {slot for one in domain.intents.values() for slot in one.slots} if domain else ()
        return (*OF_EVERYONE, *sorted(slots))

    def save_canned(self, canned: Canned) -> Canned:
        """Add a reply, or change the one with its id. Raises UnknownCannedError."""
        values = (canned.language, canned.title.strip(), canned.text.strip())
        if not all(values):
            raise DeskmateError("expected a title and a text, found one of them empty; fill it in")
        with self._log.database.write() as writing:
            if not canned.id:
                added = writing.conn.execute(
                    "INSERT INTO canned_replies (language, title, text) VALUES (?, ?, ?)", values
                )
                return Canned(added.lastrowid or 0, *values)
            changed = writing.conn.execute(
                "UPDATE canned_replies SET language = ?, title = ?, text = ? WHERE id = ?",
                (*values, canned.id),
            )
            _need(changed.rowcount, canned.id)
        return replace(canned, title=values[1], text=values[2])

    def remove_canned(self, canned_id: int) -> None:
        """Delete a reply. Raises UnknownCannedError."""
        with self._log.database.write() as writing:
            removed = writing.conn.execute("DELETE FROM canned_replies WHERE id = ?", (canned_id,))
            _need(removed.rowcount, canned_id)

    def fill_canned(self, canned: Canned, record: ConversationRecord, staff: str) -> str:
        """The text with its variables filled; one without a value stays in its braces."""
        return self.fill(canned.text, record, staff)

    def fill(self, text: str, record: ConversationRecord, staff: str) -> str:
        """`text` with its variables filled for this conversation and this agent."""
        values = self._variables(record, staff)
        return _VARIABLE.sub(lambda found: values.get(found[1]) or found[0], text)

    def _variables(self, record: ConversationRecord, staff: str) -> Mapping[str, str | None]:
        language, domain = record.language, self._domain()
        return {
            **self._log.state(record.id).slots,
            "customer": record.customer.name if record.customer else None,
            "agent": self.called(staff),
            "shop": domain.shop.get(language) if domain else None,
            "bot": domain.bot.get(language) if domain else None,
        }


def _need(rows: int, canned_id: int) -> None:
    if not rows:
        raise UnknownCannedError(f"no canned reply {canned_id}: it was deleted; look at the list")

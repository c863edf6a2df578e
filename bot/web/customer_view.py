"""A conversation as its customer is shown it: messages with what belongs to them, and who is there.

Beside the message's own fields the customer's client gets back the `client_id` that it gave its
message, and learns which file a message shows. Only reads.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bot import log_rows
from bot.messages import LoggedMessage

if TYPE_CHECKING:
    from bot.runtime import Runtime


class CustomerView:
    """Reads what customers are shown. Threads may share it."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime

    def messages(self, conversation_id: str, after: int = 0) -> list[dict[str, Any]]:
        """The messages with an id above `after`, oldest first."""
        found = self._runtime.log.messages(conversation_id, after)
        return self._described(conversation_id, found)

    def some(self, conversation_id: str, low: int, high: int) -> list[dict[str, Any]]:
        """The messages with ids from `low` to `high`, oldest first."""
        found = log_rows.read_messages(
            self._runtime.log.reading,
            "conversation_id = ? AND id BETWEEN ? AND ? ORDER BY id",
            (conversation_id, low, high),
        )
        return self._described(conversation_id, found)

    def situation(self, conversation_id: str) -> dict[str, Any]:
        """The status, the agent, the place in the queue, and whether everybody is away.

        Raises UnknownConversationError.
        """
        with self._runtime.log.database.read():  # one moment: the status fits the agent
            status = self._runtime.log.conversation(conversation_id).status
            state = self._runtime.desk.queue_state(conversation_id)
        waits = state.position is not None
        return {
            "status": status,
            "agent": {"name": state.agent} if state.agent else None,
            "queue": {"position": state.position, "waiting_s": state.waiting_s} if waits else None,
            "away": state.away,
        }

    def _described(
        self, conversation_id: str, messages: Sequence[LoggedMessage]
    ) -> list[dict[str, Any]]:
        if not messages:
            return []
        ids = (conversation_id, messages[0].id, messages[-1].id)
        reading = self._runtime.log.reading
        client_ids = reading.execute(
            "SELECT message_id, client_id FROM turns"
            " WHERE conversation_id = ? AND message_id BETWEEN ? AND ?"
            " AND client_id IS NOT NULL",
            ids,
        )
        files = reading.execute(
            "SELECT message_id, id, name, content_type, size FROM files"
            " WHERE conversation_id = ? AND message_id BETWEEN ? AND ?",
            ids,
        )
        known = dict(client_ids.fetchall())
        shown = {row[0]: _file(*row[1:]) for row in files}
        return [
            one.to_dict() | {"client_id": known.get(one.id), "file": shown.get(one.id)}
            for one in messages
        ]


def _file(file_id: str, name: str, content_type: str, size: int) -> dict[str, Any]:
    return {"id": file_id, "name": name, "content_type": content_type, "size": size}

"""The desk looks back: a customer's earlier conversations, and a search in all of them."""

from bot import log_rows
from bot.desk_access import DeskAccess
from bot.log import ConversationRecord
from bot.types import Status

MOST_EARLIER = 50

_SAME_ID = "customer_id = ? AND customer_verified = 1"
_SAME_EMAIL = "customer_email IS NOT NULL AND lower(customer_email) = lower(?)"
_FOUND = (
    "(id = ?1 OR customer_name LIKE ?2 ESCAPE '\\' OR customer_email LIKE ?2 ESCAPE '\\'"
    " OR id IN (SELECT conversation_id FROM labels WHERE label LIKE ?2 ESCAPE '\\')"
    " OR EXISTS (SELECT 1 FROM messages WHERE conversation_id = conversations.id"
    " AND text LIKE ?2 ESCAPE '\\'))"
)


class Past(DeskAccess):
    """The part of the desk that finds past conversations."""

    def earlier(self, conversation_id: str) -> list[ConversationRecord]:
        """The customer's other conversations, the latest first.

        They have the same signed id, or the same e-mail address, which anybody may have typed: see
        `customer.verified` of each. Raises UnknownConversationError.
        """
        customer = self._log.conversation(conversation_id).customer
        if customer is None:
            return []
        conditions, values = [], []
        if customer.id and customer.verified:
            conditions.append(_SAME_ID)
            values.append(customer.id)
        if customer.email:
            conditions.append(_SAME_EMAIL)
            values.append(customer.email)
        if not conditions:
            return []
        same = f"({' OR '.join(conditions)}) AND id != ? ORDER BY updated DESC, id LIMIT ?"
        return log_rows.read_records(
            self._log.reading, same, (*values, conversation_id, MOST_EARLIER)
        )

    def search(
        self, text: str = "", status: Status | None = None, limit: int = 50
    ) -> list[ConversationRecord]:
        """Conversations with `text` in a message, a label or the customer's name, latest first."""
        sought = " ".join(text.split())
        conditions = [_FOUND] if sought else []
        conditions += ["status = ?3"] if status else []
        condition = " AND ".join(conditions) or "1"
        return log_rows.read_records(
            self._log.reading,
            f"{condition} ORDER BY updated DESC, id LIMIT ?4",
            (sought, _like(sought), status, limit),
        )


def _like(text: str) -> str:
    """A pattern of LIKE for texts that contain `text` as it stands."""
    for special in "\\%_":
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"

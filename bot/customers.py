"""Whose a conversation is: an anonymous one can be bound to a customer once, and to one only.

Takes a customer whose signature was checked already; knows nothing of signatures.
"""

from bot import log_rows
from bot.log_rows import LogAccess
from bot.messages import UnknownConversationError
from bot.types import Customer
from knowledge.errors import DeskmateError


class OtherCustomerError(DeskmateError):
    """The conversation belongs to somebody else."""


def identify(log: LogAccess, conversation_id: str, customer: Customer) -> Customer:
    """Bind the conversation to `customer`; returns whose it is now, with all that is known.

    The same customer may come again; a name or address that is not given stays as it was.
    Raises UnknownConversationError, OtherCustomerError.
    """
    with log.database.write() as writing:
        found = log_rows.read_records(writing.conn, "id = ?", (conversation_id,))
        if not found:
            raise UnknownConversationError(conversation_id)
        known = found[0].customer or Customer()
        if known.id not in (None, customer.id):
            raise OtherCustomerError(
                f"conversation {conversation_id} belongs to another customer; start a new one"
            )
        now = Customer(
            customer.id, customer.name or known.name, customer.email or known.email, True
        )
        if now != known:
            writing.conn.execute(
                "UPDATE conversations SET customer_id = ?, customer_name = ?, customer_email = ?,"
                " customer_verified = 1 WHERE id = ?",
                (now.id, now.name, now.email, conversation_id),
            )
    return now

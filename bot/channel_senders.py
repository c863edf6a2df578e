"""Who writes through the REST channel: the conversation of each, and what they were told of it."""

from collections.abc import Callable
from sqlite3 import Connection

import sqlite_utils
from sqlite_utils import Migrations

from bot import log_rows
from bot.messages import LoggedMessage
from knowledge.database import Database

MIGRATIONS = Migrations("channel_senders")

_SENDERS = """
CREATE TABLE channel_senders (
    sender TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    told INTEGER NOT NULL
)
"""


class ChannelSenders:
    """Senders by the name that their front end gives them. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.migrate(MIGRATIONS)

    def conversation(self, sender: str, start: Callable[[], str]) -> str:
        """The sender's conversation; the first time, and after it was deleted, that of `start`.

        What stands in a new one already counts as told.
        """
        with self._database.write() as writing:
            row = writing.conn.execute(
                "SELECT conversation_id FROM channel_senders WHERE sender = ?", (sender,)
            ).fetchone()
            if row is not None:
                return str(row[0])
            conversation_id = start()
            writing.conn.execute(
                "INSERT INTO channel_senders (sender, conversation_id, told)"
                " SELECT ?, ?, coalesce(max(id), 0) FROM messages WHERE conversation_id = ?",
                (sender, conversation_id, conversation_id),
            )
        return conversation_id

    def news(self, sender: str) -> list[LoggedMessage]:
        """What the bot and the staff have said that the sender was not told; told from now on."""
        with self._database.write() as writing:
            messages = self._untold(writing.conn, sender)
            if messages:
                writing.conn.execute(
                    "UPDATE channel_senders SET told = ? WHERE sender = ?",
                    (messages[-1].id, sender),
                )
        return messages

    def _untold(self, connection: Connection, sender: str) -> list[LoggedMessage]:
        row = connection.execute(
            "SELECT conversation_id, told FROM channel_senders WHERE sender = ?", (sender,)
        ).fetchone()
        if row is None:  # deleted meanwhile
            return []
        said = "conversation_id = ? AND id > ? AND role != 'customer' ORDER BY id"
        return log_rows.read_messages(connection, said, row)


@MIGRATIONS()
def m001_senders(database: sqlite_utils.Database) -> None:
    database.conn.execute(_SENDERS)
    database.conn.execute(
        "CREATE INDEX channel_senders_by_talk ON channel_senders (conversation_id)"
    )

"""The tables of the desk, as migrations that only ever grow; all of them go with a conversation.

They stand on the log's tables, so the log is opened first.
"""

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("desk")

_HAND_OFFS = """
CREATE TABLE hand_offs (
    conversation_id TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
    handed_off TEXT NOT NULL,
    summary TEXT NOT NULL,
    told TEXT
) WITHOUT ROWID
"""
_NOTES = """
CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL
)
"""
_LABELS = """
CREATE TABLE labels (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    PRIMARY KEY (conversation_id, label)
) WITHOUT ROWID
"""
_CANNED = """
CREATE TABLE canned_replies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    language TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL
)
"""
_STATEMENTS = (
    _HAND_OFFS,
    _NOTES,
    _LABELS,
    _CANNED,
    "ALTER TABLE contacts ADD COLUMN handled TEXT",
    "ALTER TABLE contacts ADD COLUMN handled_by TEXT",
    "CREATE INDEX contacts_to_handle ON contacts (conversation_id) WHERE handled IS NULL",
    "CREATE INDEX notes_of_conversation ON notes (conversation_id)",
    "CREATE INDEX labels_by_label ON labels (label)",
    "CREATE INDEX conversations_of_customer ON conversations (customer_id)"
    " WHERE customer_id IS NOT NULL",
    "CREATE INDEX conversations_of_email ON conversations (lower(customer_email))"
    " WHERE customer_email IS NOT NULL",
    "CREATE INDEX conversations_by_update ON conversations (updated)",
)


@MIGRATIONS()
def m001_desk(database: Database) -> None:
    for statement in _STATEMENTS:
        database.conn.execute(statement)

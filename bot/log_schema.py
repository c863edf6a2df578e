"""The tables of the conversation log, as migrations that only ever grow.

Children hang on their conversation and go with it. `message_id` and `reply_id` of a turn are no
declared references: their message always goes in the same cascade, and checking them would cost
an index each.
"""

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("conversation_log")

_CONVERSATIONS = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    token_sha256 TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('bot', 'waiting', 'open', 'resolved')),
    state TEXT NOT NULL DEFAULT '{}',
    customer_id TEXT,
    customer_name TEXT,
    customer_email TEXT,
    customer_verified INTEGER NOT NULL DEFAULT 0,
    staff TEXT,
    handoff_reason TEXT,
    handed_off TEXT,
    stars INTEGER CHECK (stars BETWEEN 1 AND 5),
    stars_note TEXT,
    created TEXT NOT NULL,
    updated TEXT NOT NULL
)
"""
_MESSAGES = """
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('customer', 'bot', 'staff')),
    author TEXT,
    text TEXT NOT NULL,
    at TEXT NOT NULL,
    action TEXT,
    reason TEXT,
    details TEXT,
    rating INTEGER CHECK (rating IN (-1, 1)),
    rating_note TEXT
)
"""
_TURNS = """
CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    client_id TEXT,
    message_id INTEGER NOT NULL,
    reply_id INTEGER,
    query TEXT NOT NULL,
    language TEXT NOT NULL,
    prediction TEXT,
    hits TEXT NOT NULL,
    action TEXT,
    reply_language TEXT,
    release TEXT NOT NULL,
    index_version INTEGER NOT NULL,
    timings_ms TEXT NOT NULL,
    at TEXT NOT NULL
)
"""
_REVIEWS = """
CREATE TABLE reviews (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    turn_id INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    reviewer TEXT NOT NULL,
    intent TEXT,
    answer TEXT,
    at TEXT NOT NULL,
    CHECK (intent IS NOT NULL OR answer IS NOT NULL)
)
"""
_STATUS_CHANGES = """
CREATE TABLE status_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT,
    at TEXT NOT NULL
)
"""
_CONTACTS = """
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    message TEXT NOT NULL,
    at TEXT NOT NULL
)
"""
_FILES = """
CREATE TABLE files (
    id TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    message_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    at TEXT NOT NULL
)
"""
_INDEXES = (
    # With somebody waiting or talking: the staff's lists, a few rows however long the log is.
    "CREATE INDEX conversations_with_staff ON conversations (status, handed_off)"
    " WHERE status IN ('waiting', 'open')",
    "CREATE INDEX messages_of_conversation ON messages (conversation_id)",
    "CREATE UNIQUE INDEX turns_of_conversation ON turns (conversation_id, client_id)",
    "CREATE INDEX reviews_of_turn ON reviews (turn_id)",
    "CREATE INDEX status_changes_of_conversation ON status_changes (conversation_id)",
    "CREATE INDEX contacts_of_conversation ON contacts (conversation_id)",
    "CREATE INDEX files_of_conversation ON files (conversation_id)",
)


@MIGRATIONS()
def m001_first_tables(database: Database) -> None:
    tables = (
        _CONVERSATIONS,
        _MESSAGES,
        _TURNS,
        _REVIEWS,
        _STATUS_CHANGES,
        _CONTACTS,
        _FILES,
    )
    for statement in (*tables, *_INDEXES):
        database.conn.execute(statement)


@MIGRATIONS()
def m002_mood(database: Database) -> None:
    database.conn.execute(
        "ALTER TABLE turns ADD COLUMN mood TEXT CHECK (mood IN ('negative', 'neutral', 'positive'))"
    )

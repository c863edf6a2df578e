"""The tables of the people who work here: accounts, sessions, sign-in attempts, audit log.

They name nobody but staff. The audit log refers to no account: it outlives them.
"""

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("staff")

_STATEMENTS = (
    """
    CREATE TABLE staff (
        name TEXT PRIMARY KEY COLLATE NOCASE,
        display_name TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('agent', 'admin')),
        password_hash TEXT NOT NULL,
        created TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE staff_sessions (
        token_sha256 TEXT PRIMARY KEY,
        name TEXT NOT NULL REFERENCES staff (name) ON DELETE CASCADE,
        created TEXT NOT NULL,
        seen TEXT NOT NULL,
        expires TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE sign_in_attempts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key TEXT NOT NULL,
        at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        staff TEXT NOT NULL,
        action TEXT NOT NULL,
        target TEXT NOT NULL,
        details TEXT NOT NULL,
        at TEXT NOT NULL
    )
    """,
    "CREATE INDEX staff_sessions_of_name ON staff_sessions (name)",
    "CREATE INDEX sign_in_attempts_of_key ON sign_in_attempts (key, at)",
    "CREATE INDEX audit_of_target ON audit (target)",
)


@MIGRATIONS()
def m001_first_tables(database: Database) -> None:
    for statement in _STATEMENTS:
        database.conn.execute(statement)


@MIGRATIONS()
def m002_where_people_signed_in(database: Database) -> None:
    database.conn.execute("CREATE TABLE sign_in_known (key TEXT PRIMARY KEY, at TEXT NOT NULL)")

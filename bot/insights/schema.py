# ruff: noqa: S608 - statements of this file's own parts
"""The table and indexes that the statistics read instead of the whole log.

A turn's row is long (it keeps the passages that were found) and tells its action and timings as
JSON; `turn_figures` keeps what is counted, one short row a turn, written by a trigger in the same
transaction whichever process logs the turn, and deleted with it.
"""

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("stats")

_TURN_FIGURES = """
CREATE TABLE turn_figures (
    turn_id INTEGER PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
    conversation_id TEXT NOT NULL,
    at TEXT NOT NULL,
    language TEXT NOT NULL,
    release TEXT NOT NULL,
    action TEXT,
    reason TEXT,
    intent TEXT,
    mood TEXT,
    spent_ms REAL
)
"""
_COLUMNS = "turn_id, conversation_id, at, language, release, action, reason, intent, mood, spent_ms"


def _digest(turn: str) -> str:
    """The values of `turn_figures` from a row of `turns` called `turn`."""
    return (
        f"{turn}.id, {turn}.conversation_id, {turn}.at, {turn}.language, {turn}.release,"
        f" json_extract({turn}.action, '$.name'), json_extract({turn}.action, '$.reason'),"
        f" CASE WHEN json_extract({turn}.prediction, '$.accepted')"
        f" THEN json_extract({turn}.prediction, '$.intent') END, {turn}.mood,"
        f" CASE WHEN {turn}.action IS NOT NULL"
        f" THEN (SELECT total(value) FROM json_each({turn}.timings_ms)) END"
    )


_TRIGGER = f"""
CREATE TRIGGER turn_figures_of_turn AFTER INSERT ON turns BEGIN
    INSERT INTO turn_figures ({_COLUMNS}) VALUES ({_digest("NEW")});
END
"""
_FILL = f"INSERT INTO turn_figures ({_COLUMNS}) SELECT {_digest('turns')} FROM turns"

_INDEXES = (
    "CREATE INDEX turn_figures_by_time ON turn_figures"
    " (at, language, action, reason, intent, mood, release, spent_ms)",
    "CREATE INDEX turn_figures_of_conversation ON turn_figures (conversation_id, turn_id, action)",
    "CREATE INDEX conversations_by_start ON conversations"
    " (created, language, status, updated, handed_off, stars, id)",
    "CREATE INDEX messages_rated ON messages (at, rating, conversation_id)"
    " WHERE rating IS NOT NULL",
    "CREATE INDEX staff_messages_of_conversation ON messages (conversation_id, at)"
    " WHERE role = 'staff'",
    "CREATE INDEX staff_messages_by_time ON messages (at, conversation_id) WHERE role = 'staff'",
    "CREATE INDEX status_changes_by_time ON status_changes (at, status, reason, conversation_id)",
)


@MIGRATIONS()
def m001_turn_figures(database: Database) -> None:
    for statement in (_TURN_FIGURES, _TRIGGER, _FILL, *_INDEXES):
        database.conn.execute(statement)

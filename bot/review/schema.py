"""The tables of the review queue: what is known of each turn at a glance, and what was decided.

`review_signals` is worked out of the log and could be made anew at any time. A row of `decisions`
says who decided what of a turn; the verdict itself, which training reads, is a row of `reviews`.
A turn is open until `closed_by` names the batch that settled it, or 0 for a review from elsewhere.
"""

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("review")

_SIGNALS = """
CREATE TABLE review_signals (
    turn_id INTEGER PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
    conversation_id TEXT NOT NULL,
    message_id INTEGER NOT NULL,
    reply_id INTEGER,
    language TEXT NOT NULL,
    outcome TEXT NOT NULL,
    margin REAL NOT NULL,
    words TEXT NOT NULL,
    closed_by INTEGER
)
"""
_DECISIONS = """
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch INTEGER NOT NULL,
    turn_id INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    review_id INTEGER,
    reviewer TEXT NOT NULL,
    kind TEXT NOT NULL CHECK
        (kind IN ('confirm', 'intent', 'new_intent', 'answer', 'out_of_scope', 'skip')),
    at TEXT NOT NULL
)
"""
_CLOSE = """
CREATE TRIGGER reviews_close_signals AFTER INSERT ON reviews BEGIN
    UPDATE review_signals SET closed_by = 0 WHERE turn_id = NEW.turn_id AND closed_by IS NULL;
END
"""
_OPEN = "WHERE closed_by IS NULL"
_INDEXES = (
    # The queue's lists: as long as what is open, however long the log is.
    f"CREATE INDEX review_signals_open ON review_signals (outcome, margin, turn_id) {_OPEN}",
    f"CREATE INDEX review_signals_newest ON review_signals (outcome, turn_id) {_OPEN}",
    "CREATE INDEX review_signals_of_conversation ON review_signals (conversation_id, turn_id)"
    " WHERE outcome IN ('answered', 'failed')",
    "CREATE INDEX review_signals_of_reply ON review_signals (reply_id) WHERE reply_id IS NOT NULL",
    "CREATE INDEX review_signals_of_words ON review_signals (words)",
    "CREATE INDEX review_signals_closed ON review_signals (closed_by) WHERE closed_by IS NOT NULL",
    "CREATE INDEX review_messages_rated_down ON messages (id) WHERE rating = -1",
    "CREATE INDEX review_messages_of_staff ON messages (id) WHERE role = 'staff'",
    "CREATE INDEX review_messages_for_person ON messages (id)"
    " WHERE reason IN ('requested', 'customer_button')",
    "CREATE INDEX review_turns_of_reply ON turns (reply_id) WHERE reply_id IS NOT NULL",
    "CREATE INDEX decisions_of_turn ON decisions (turn_id)",
    "CREATE INDEX decisions_of_reviewer ON decisions (reviewer, batch)",
    "CREATE INDEX decisions_of_review ON decisions (review_id)",
)


@MIGRATIONS()
def m001_first_tables(database: Database) -> None:
    for statement in (_SIGNALS, _DECISIONS, _CLOSE, *_INDEXES):
        database.conn.execute(statement)

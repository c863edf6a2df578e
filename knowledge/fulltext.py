# ruff: noqa: S608  (the only names put into SQL are this module's own tables)
"""Full-text search over passages: one FTS5 table per language, ranked by bm25.

Owns what of a passage is indexed and how a question becomes a query. The rows of `passages` are
the truth; `PassageStore` calls `put` and `drop` in the transaction that changes them.
"""

from sqlite_utils import Database as Connection

from knowledge import words
from knowledge.types import LANGUAGES, Language, Passage

TITLE_WEIGHT, KEY_WEIGHT, BODY_WEIGHT = 2.0, 2.0, 1.0
_MAX_ASKED = 32


def create(connection: Connection) -> None:
    """Create the tables. `state` holds the word `approved` or nothing, and weighs nothing."""
    for language in LANGUAGES:
        stem = "porter " if language == "en" else ""
        connection.execute(
            f"CREATE VIRTUAL TABLE {_table(language)} USING fts5"
            f"(state, title, key, body, tokenize = '{stem}unicode61 remove_diacritics 2')"
        )
        connection.execute(
            f"INSERT INTO {_table(language)} ({_table(language)}, rank) "
            f"VALUES ('rank', 'bm25(0, {TITLE_WEIGHT}, {KEY_WEIGHT}, {BODY_WEIGHT})')"
        )


def put(connection: Connection, passage: Passage) -> None:
    """Index a passage that is not in the index."""
    connection.execute(
        f"INSERT INTO {_table(passage.language)} (rowid, state, title, key, body) "
        "VALUES (?, ?, ?, ?, ?)",
        [passage.id, "approved" if passage.approved else "", *_columns(passage)],
    )


def drop(connection: Connection, passage_id: int, language: Language) -> None:
    """Take a passage out of the index."""
    connection.execute(f"DELETE FROM {_table(language)} WHERE rowid = ?", [passage_id])


def search(
    connection: Connection, text: str, language: Language, k: int, approved: bool | None
) -> list[tuple[int, float]]:
    """The best passages for a question: (id, bm25), best first, higher is better."""
    asked = words.asked(text, language)[:_MAX_ASKED]
    if not asked or k < 1:
        return []
    rows = connection.execute(
        f"SELECT rowid, rank FROM {_table(language)} WHERE {_table(language)} MATCH ? "
        "ORDER BY rank LIMIT ?",
        [_query(asked, approved), k],
    )
    return [(passage_id, -rank) for passage_id, rank in rows]


def _query(asked: list[str], approved: bool | None) -> str:
    # Quoted, a word is never an operator; words are joined with OR since a whole sentence
    # stands in no passage.
    query = "{title key body} : (" + " OR ".join(f'"{word}"' for word in asked) + ")"
    if approved is None:
        return query
    return f"{query} {'AND' if approved else 'NOT'} state : approved"


def _columns(passage: Passage) -> tuple[str, str, str]:
    """Title, key and body, each word of them once: a document's key repeats the other two."""
    key = passage.key
    for part in (passage.title, passage.body):
        key = key.replace(part, " ", 1) if part else key
    title, key, body = (
        words.indexed(part, passage.language) for part in (passage.title, key, passage.body)
    )
    return title, key, body


def _table(language: Language) -> str:
    return f"passages_{language}"

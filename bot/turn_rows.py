"""The statements for turns, and how a row becomes the turn it was."""

import json
from collections.abc import Iterable
from sqlite3 import Connection
from typing import Any

from bot.log_rows import read_messages
from bot.messages import LoggedMessage, message_from_row
from bot.turn_json import (
    decode_action,
    decode_hits,
    decode_prediction,
    dump,
    encode_action,
    encode_hits,
    encode_prediction,
)
from bot.types import Reply, Turn
from knowledge.errors import DeskmateError
from knowledge.redact import mask_cards
from knowledge.types import Hit, Language

_TURN_COLUMNS = (
    "t.id, t.conversation_id, m.text, t.query, t.language, t.prediction, t.hits, t.action,"
    " t.reply_language, t.release, t.index_version, t.timings_ms, t.at,"
    " t.mood, r.id, r.role, r.author, r.text, r.at, r.action, r.reason, r.details, r.rating"
)


class UnknownTurnError(DeskmateError):
    """No turn has this id."""


def write_turn(
    connection: Connection, turn: Turn, client_id: str | None, ids: tuple[int, int | None]
) -> None:
    """Insert a turn; `ids` are those of the customer's message and of the bot's, if it spoke."""
    message_id, reply_id = ids
    reply = turn.reply if reply_id is not None else None
    connection.execute(
        "INSERT INTO turns (conversation_id, client_id, message_id, reply_id, query, language,"
        " prediction, hits, action, reply_language, release, index_version, timings_ms, at,"
        " mood) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            turn.conversation_id,
            client_id,
            message_id,
            reply_id,
            mask_cards(turn.query),
            turn.language,
            encode_prediction(turn.prediction),
            encode_hits(turn.hits, reply.action if reply else None),
            encode_action(reply.action) if reply else None,
            reply.language if reply else None,
            turn.release,
            turn.index_version,
            dump(dict(turn.timings_ms)),
            turn.at,
            turn.mood,
        ),
    )


def read_first_result(
    connection: Connection, conversation_id: str, client_id: str
) -> list[LoggedMessage] | None:
    """What the bot said to the message that carried `client_id`; None if there was no such."""
    row = connection.execute(
        "SELECT message_id FROM turns WHERE conversation_id = ? AND client_id = ?",
        (conversation_id, client_id),
    ).fetchone()
    if row is None:
        return None
    replies = (
        "id IN (SELECT reply_id FROM turns WHERE conversation_id = ? AND message_id = ?)"
        " ORDER BY id"
    )
    return read_messages(connection, replies, (conversation_id, *row))


def read_turns(connection: Connection, condition: str, values: Iterable[object]) -> list[Turn]:
    """Turns (`t`, their customer's message `m`) for which `condition` holds."""
    rows = connection.execute(
        f"SELECT {_TURN_COLUMNS} FROM turns t JOIN messages m ON m.id = t.message_id"  # noqa: S608
        f" LEFT JOIN messages r ON r.id = t.reply_id WHERE {condition}",
        tuple(values),
    )
    return [_turn(row) for row in rows]


def read_turn(connection: Connection, turn_id: int) -> Turn:
    """Raises UnknownTurnError."""
    found = read_turns(connection, "t.id = ?", (turn_id,))
    if not found:
        raise UnknownTurnError(f"no turn {turn_id}: it never existed or was deleted")
    return found[0]


def _turn(row: tuple[Any, ...]) -> Turn:
    turn_id, conversation_id, message, query, language, prediction, shown, action = row[:8]
    reply_language, release, index_version, timings_ms, at, mood, *said = row[8:]
    hits = decode_hits(shown)
    return Turn(
        id=turn_id,
        conversation_id=conversation_id,
        message=message,
        query=query,
        language=language,
        prediction=decode_prediction(prediction),
        hits=hits,
        reply=_reply(message_from_row(tuple(said)), action, reply_language, hits)
        if action
        else None,
        release=release,
        index_version=index_version,
        timings_ms=json.loads(timings_ms),
        at=at,
        mood=mood,
    )


def _reply(said: LoggedMessage, action: str, language: Language, hits: tuple[Hit, ...]) -> Reply:
    return Reply(said.text, decode_action(action, hits), language, said.citations, said.options)

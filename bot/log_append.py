"""What one customer message writes, in the one transaction that its sender waits for.

The status that counts is the one read here, under the write lock: a person may have taken the
conversation, or given it back, while the bot was thinking.
"""

from dataclasses import dataclass, replace
from sqlite3 import Connection

from bot import log_rows, turn_rows
from bot.messages import LoggedMessage, bot_message
from bot.turn_json import encode_state
from bot.types import HandOff, HandOffReason, Reply, State, Status, Turn
from knowledge.errors import DeskmateError
from knowledge.redact import mask_cards

Result = tuple[Status, list[LoggedMessage]]


class ReleasedMeanwhileError(DeskmateError):
    """The bot kept silent for a person who has given the conversation back since."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A turn to be logged at `now`, with the state after it."""

    turn: Turn
    state: State
    client_id: str | None
    now: str


def append(connection: Connection, arrival: Arrival) -> Result:
    """Write `arrival`, or find what was written when it came the first time."""
    conversation_id = arrival.turn.conversation_id
    status = log_rows.read_status(connection, conversation_id)
    if arrival.client_id is not None:
        first = turn_rows.read_first_result(connection, conversation_id, arrival.client_id)
        if first is not None:
            return status, first
    if status in ("waiting", "open"):
        return status, _keep_for_staff(connection, arrival)
    if arrival.turn.reply is None:
        raise ReleasedMeanwhileError(
            f"conversation {conversation_id} has status {status} and needs a reply, the turn has "
            "none; read the state again and answer"
        )
    return _keep_answer(connection, arrival, arrival.turn.reply, status)


def _keep_for_staff(connection: Connection, arrival: Arrival) -> list[LoggedMessage]:
    heard = _write_heard(connection, arrival)
    turn_rows.write_turn(connection, arrival.turn, arrival.client_id, (heard.id, None))
    connection.execute(
        "UPDATE conversations SET updated = ? WHERE id = ?",
        (arrival.now, arrival.turn.conversation_id),
    )
    return []


def _keep_answer(connection: Connection, arrival: Arrival, reply: Reply, before: Status) -> Result:
    turn = arrival.turn
    heard = _write_heard(connection, arrival)
    message = bot_message(reply, turn.prediction, arrival.now)
    said = log_rows.write_message(connection, turn.conversation_id, message)
    turn_rows.write_turn(connection, turn, arrival.client_id, (heard.id, said.id))
    after: Status = "waiting" if isinstance(reply.action, HandOff) else "bot"
    _write_state(connection, arrival, after, said.reason)
    if after != before:
        actor = "bot" if after == "waiting" else "customer"
        change = log_rows.StatusChange(after, actor, arrival.now, said.reason)
        log_rows.note_status(connection, turn.conversation_id, change)
    return after, [said]


def _write_heard(connection: Connection, arrival: Arrival) -> LoggedMessage:
    heard = LoggedMessage(0, "customer", arrival.turn.message, arrival.turn.at)
    return log_rows.write_message(connection, arrival.turn.conversation_id, heard)


def _write_state(
    connection: Connection, arrival: Arrival, status: Status, reason: HandOffReason | None
) -> None:
    state = _masked(arrival.state)
    connection.execute(
        "UPDATE conversations SET status = ?, language = ?, state = ?, updated = ?,"
        " handoff_reason = coalesce(?, handoff_reason), handed_off = coalesce(?, handed_off)"
        " WHERE id = ?",
        (
            status,
            state.language,
            encode_state(state),
            arrival.now,
            reason,
            arrival.now if status == "waiting" else None,
            state.conversation_id,
        ),
    )


def _masked(state: State) -> State:
    slots = {name: mask_cards(value) for name, value in state.slots.items()}
    return replace(state, slots=slots, topic=mask_cards(state.topic))

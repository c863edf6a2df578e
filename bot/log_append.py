"""What one customer message writes, in the one transaction that its sender waits for.

The status that counts is the one read here, under the write lock: a person may have taken the
conversation, or given it back, while the bot was thinking.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from sqlite3 import Connection

from bot import log_rows, turn_rows
from bot.messages import LoggedMessage, bot_message
from bot.turn_json import encode_state
from bot.types import HandOffReason, State, Status, Turn
from knowledge.errors import DeskmateError
from knowledge.redact import mask_cards

Result = tuple[Status, list[LoggedMessage]]


class ReleasedMeanwhileError(DeskmateError):
    """The bot kept silent for a person who has given the conversation back since."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The turns of one message to be logged at `now`, with the state after them."""

    turns: tuple[Turn, ...]
    state: State
    client_id: str | None
    now: str

    @property
    def turn(self) -> Turn:
        """The first turn: of all, it carries the message and the client's id."""
        return self.turns[0]


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
    return _keep_answers(connection, arrival, status)


def _keep_for_staff(connection: Connection, arrival: Arrival) -> list[LoggedMessage]:
    heard = _write_heard(connection, arrival)
    for turn, client_id in _with_client_id(arrival):
        turn_rows.write_turn(connection, turn, client_id, (heard.id, None))
    connection.execute(
        "UPDATE conversations SET updated = ? WHERE id = ?",
        (arrival.now, arrival.turn.conversation_id),
    )
    return []


def _keep_answers(connection: Connection, arrival: Arrival, before: Status) -> Result:
    conversation_id = arrival.turn.conversation_id
    heard = _write_heard(connection, arrival)
    said = []
    for turn, client_id in _with_client_id(arrival):
        if turn.reply is not None:
            message = bot_message(turn.reply, turn.prediction, arrival.now)
            said.append(log_rows.write_message(connection, conversation_id, message))
            turn_rows.write_turn(connection, turn, client_id, (heard.id, said[-1].id))
    handed = any(one.action == "hand_off" for one in said)
    after: Status = "waiting" if handed else "bot"
    reason = said[-1].reason
    _write_state(connection, arrival, after, reason)
    if after != before:
        actor = "bot" if after == "waiting" else "customer"
        change = log_rows.StatusChange(after, actor, arrival.now, reason)
        log_rows.note_status(connection, conversation_id, change)
    return after, said


def _with_client_id(arrival: Arrival) -> Iterator[tuple[Turn, str | None]]:
    """The turns, the first one with the client's id: it is unique in a conversation."""
    for place, turn in enumerate(arrival.turns):
        yield turn, None if place else arrival.client_id


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
    """Without the numbers of payment cards."""
    slots = {name: mask_cards(value) for name, value in state.slots.items()}
    results = {name: mask_cards(value) for name, value in state.results.items()}
    kept = {name: mask_cards(value) for name, value in state.kept.items()}
    topics = tuple(map(mask_cards, state.topics))
    topic = mask_cards(state.topic)
    return replace(state, slots=slots, results=results, kept=kept, topic=topic, topics=topics)

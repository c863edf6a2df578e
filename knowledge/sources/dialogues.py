"""Past dialogues: JSON Lines of `{id, language?, turns: [{role, text|content, at?, intent?}]}`.

Owns the spellings of roles and times. Personal data is taken out here, before anything is stored.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from knowledge import redact
from knowledge.language import detect, visible
from knowledge.sources import rows
from knowledge.sources.rows import BadRowError, Row, shorten
from knowledge.types import Conversation, Language, Message, Role, RowError

_SPELLINGS: dict[Role, tuple[str, ...]] = {
    "customer": ("customer", "user", "client", "human", "visitor", "buyer", "客户", "用户", "买家"),
    "staff": ("staff", "agent", "assistant", "operator", "support", "advisor", "客服", "坐席"),
    "bot": ("bot", "system", "机器人"),
}
_ROLES = {spelling: role for role, spellings in _SPELLINGS.items() for spelling in spellings}


def read(path: Path, language: Language | None) -> Iterator[Conversation | RowError]:
    """The conversations of a file, redacted; a row that cannot be read gives a RowError.

    `language` wins over the row's own; without both, the customer's messages decide.
    """
    seen: dict[str, int] = {}
    for row in rows.objects(path):
        if isinstance(row, RowError):
            yield row
            continue
        try:
            conversation = _conversation(row, path.name, language)
        except BadRowError as error:
            yield RowError(path.name, row.line, str(error))
            continue
        first = seen.setdefault(conversation.id, row.line)
        if first != row.line:
            reason = f"expected an id of its own, found {conversation.id!r} of line {first}"
            yield RowError(path.name, row.line, reason)
            continue
        yield conversation


def _conversation(row: Row, source: str, language: Language | None) -> Conversation:
    identity = row.values.get("id")
    if not isinstance(identity, str | int) or not str(identity).strip():
        raise BadRowError(f"expected an 'id', found {shorten(identity)}")
    turns = row.values.get("turns")
    if not isinstance(turns, list) or not turns:
        keys = f"{shorten(turns)}; the row has {shorten(list(row.values))}"
        raise BadRowError(f"expected a list of 'turns', found {keys}")
    said = [_message(turn, number) for number, turn in enumerate(turns, start=1)]
    messages = tuple(message for message in said if message.text)
    if not messages:
        raise BadRowError("expected a turn with text, found empty turns only")
    named = rows.optional_text(row, "language")
    own = rows.parse_language(named) if named else None
    return Conversation(
        str(identity).strip(), source, language or own or _spoken(messages), messages
    )


def _spoken(messages: tuple[Message, ...]) -> Language:
    """The language of most of the customer's messages, or of all where the customer has none."""
    customer = [message for message in messages if message.role == "customer"]
    counts = Counter(detect(message.text) for message in customer or messages)
    return counts.most_common(1)[0][0]


def _message(turn: object, number: int) -> Message:
    try:
        return _parse_turn(turn)
    except BadRowError as error:
        raise BadRowError(f"turn {number}: {error}") from error


def _parse_turn(turn: object) -> Message:
    if not isinstance(turn, dict):
        raise BadRowError(f"expected an object with role and text, found {shorten(turn)}")
    role = _role(turn.get("role"))
    text = turn["text"] if "text" in turn else turn.get("content")
    if not isinstance(text, str):
        raise BadRowError(f"expected 'text' or 'content' with a text, found {shorten(text)}")
    clean = redact.redact if role == "customer" else redact.said_in_service
    intent = turn.get("intent")
    return Message(
        role, clean(visible(text)), _time(turn), intent if isinstance(intent, str) else None
    )


def _role(name: object) -> Role:
    role = _ROLES.get(name.strip().lower()) if isinstance(name, str) else None
    if role is None:
        raise BadRowError(f"expected a role of {sorted(_ROLES)}, found {shorten(name)}")
    return role


def _time(turn: Mapping[str, Any]) -> str | None:
    """The time of a turn in UTC; a time without an offset counts as UTC."""
    given = turn.get("at")
    if given in (None, ""):
        return None
    try:
        if isinstance(given, int | float):
            moment = datetime.fromtimestamp(given, UTC)
        else:
            moment = datetime.fromisoformat(str(given))
    except (ValueError, OverflowError, OSError) as error:
        raise BadRowError(f"expected 'at' in ISO 8601, found {shorten(given)}") from error
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

"""What a procedure's step sends to a service, and what the service's answer holds and means.

Pure; knows nothing of what comes next.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from bot.actions import CallRequest
from bot.domain import Domain
from bot.procedure_schema import Outcome, Step
from bot.procedure_texts import known
from bot.types import Call, State


def request(state: State, call: Call, domain: Domain) -> CallRequest:
    """The call to make, slot values encoded. `proceed` has seen that none is missing.

    The key is the same when the same turn is computed again, and another one when the customer
    asks for the same thing once more.
    """
    step = domain.intents[call.intent].step(call.step)
    if step.call is None:
        raise ValueError(f"expected a step that calls, found {call.step!r}")
    names = {"shop": domain.shop[state.language], "bot": domain.bot[state.language]}
    values = {name: _sendable(value) for name, value in {**names, **known(state)}.items()}
    slots = sorted(state.slots.items())
    turn = [state.conversation_id, call.intent, call.step, slots, state.history]
    return CallRequest(
        service=step.call.service,
        method=step.call.method,
        path=step.call.path.format_map({n: quote(v, safe="") for n, v in values.items()}),
        body=_filled(step.call.body, values),
        key=hashlib.sha256(json.dumps(turn).encode()).hexdigest(),
        repeatable=step.call.repeatable,
    )


def went_well(status: int) -> bool:
    """Whether the service did what it was asked."""
    return 200 <= status < 300


def fitting(step: Step, status: int, state: State) -> int | None:
    """The place of the first outcome that fits an answer whose fields `state` has already."""
    matches = (number for number, one in enumerate(step.outcomes) if _fits(one, status, state))
    return next(matches, None)


def _fits(outcome: Outcome, status: int, state: State) -> bool:
    match outcome.status:
        case None:
            right = went_well(status)
        case int(only):
            right = status == only
        case several:
            right = status in several
    return (
        right
        and all(state.results.get(name, "") in values for name, values in outcome.when.items())
        and all(_is_above(state.results.get(name), most) for name, most in outcome.above.items())
    )


def _is_above(value: str | None, most: float) -> bool:
    """Whether a limit is passed; it is by what is no number, so that a person looks at it."""
    try:
        return not float(value or "nan") <= most
    except ValueError:
        return True


def saved(step: Step, fields: Mapping[str, Any]) -> dict[str, str]:
    """The fields of an answer that are there and no lists or objects, as texts."""
    found = {name: _written(_at(fields, path)) for name, path in step.save.items()}
    return {name: value for name, value in found.items() if value is not None}


def _at(fields: Any, path: str) -> Any:
    """What stands at the dotted `path`; None where nothing does."""
    for part in path.split("."):
        match fields:
            case {**inner}:
                fields = inner.get(part)
            case list(inner) if part.isdecimal() and int(part) < len(inner):
                fields = inner[int(part)]
            case _:
                return None
    return fields


def _written(value: Any) -> str | None:
    match value:
        case bool():
            return str(value).lower()
        case int() | str():
            return str(value)
        case float():
            return str(int(value) if value.is_integer() else value)
        case _:
            return None


def _sendable(value: str) -> str:
    """Half a surrogate pair, which a browser may send, is no UTF-8."""
    return value.encode("utf-8", "replace").decode("utf-8")


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    """The body of a call with what is known put in."""
    match value:
        case str():
            return value.format_map(values)
        case dict():
            return {name: _filled(inner, values) for name, inner in value.items()}
        case list():
            return [_filled(inner, values) for inner in value]
        case _:
            return value

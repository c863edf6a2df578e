"""Go through the procedure of an intent: what is next, and what an answer of a service means.

Pure: calls nothing, says nothing. The empty step is the beginning; a step that the domain no longer
has is the beginning, too, so that nothing goes on unconfirmed.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from bot.actions import CallRequest, CallResult
from bot.domain import Domain, Intent
from bot.domain_parts import named
from bot.procedure_schema import Outcome, Step
from bot.types import CONFIRM, Action, Answer, Ask, Call, HandOff, SmallTalk, State
from knowledge.types import Language

log = logging.getLogger(__name__)


def begin(state: State, intent: str) -> State:
    """Take up `intent` at its beginning; what an earlier procedure found out is gone."""
    return replace(state, intent=intent, step="", results={}, asked=None)


def restarted(state: State, slots: Mapping[str, str], domain: Domain) -> State:
    """Put in corrected `slots` and go back to the beginning, so that all is looked up anew."""
    steps = _intent(state, domain).steps
    return replace(
        state,
        slots={**state.slots, **slots},
        results={},
        step="" if steps else None,
        asked=None,
    )


def ended(state: State, domain: Domain) -> State:
    """The state after a procedure that is over or given up.

    What its steps asked for belonged to it alone and is forgotten; texts may still name it.
    """
    intent = _intent(state, domain)
    own = {slot: state.slots[slot] for slot in intent.needs if slot in state.slots}
    kept = {slot: value for slot, value in own.items() if slot in intent.slots}
    slots = {slot: value for slot, value in state.slots.items() if slot not in own} | kept
    return replace(state, step=None, asked=None, slots=slots, results={**state.results, **own})


def slots_of(intent: str, domain: Domain) -> tuple[str, ...]:
    """Every slot that `intent` may ask for, in order; none for one that the domain lacks."""
    found = domain.intents.get(intent)
    return found.needs if found else ()


def known(state: State) -> dict[str, str]:
    """All that a text of the procedure in hand may name, to be filled in."""
    return {**state.results, **state.slots}


def proceed(state: State, domain: Domain) -> Action:
    """Return what is to be done next for the intent in hand.

    An Ask for a slot, or for `CONFIRM`; a Call without an outcome, to be made; a Call with the
    outcome 0 for a step that only says something, the procedure being over; HandOff at the end of a
    `hand_off` intent, where a person is asked for, or where a text or call names what nobody told;
    Answer or SmallTalk for an intent without a procedure.
    """
    name, intent = state.intent or "", _intent(state, domain)
    for slot in intent.slots:
        if slot not in state.slots:
            return Ask(name, slot)
    for step in _ahead(intent, state.step):
        missing = [slot for slot in step.slots if slot not in state.slots]
        if missing:
            return Ask(name, missing[0], step=step.name)
        if not step.slots:
            return _do(name, step, state)
    return _finish(name, intent, state)


def confirmed(state: State, yes: bool, domain: Domain) -> tuple[State, Action]:
    """Take the customer's yes or no to the confirmation that `proceed` asks for."""
    intent = _intent(state, domain)
    name, asking = state.intent or "", proceed(state, domain)
    if not (isinstance(asking, Ask) and asking.slot == CONFIRM):
        return state, asking  # the domain changed meanwhile
    if not yes:
        return ended(state, domain), Call(name, asking.step, outcome=0)
    return _go_on(state, intent, asking.step, domain)


def after_call(
    state: State, call: Call, result: CallResult, domain: Domain
) -> tuple[State, Action]:
    """Take the answer to `call`: the state after it, and what is next.

    A Call with an outcome is to be said, the procedure being over. An Ask with one says why a slot
    is asked for again. A call that failed, or whose answer is not provided for, is a HandOff for
    `service_down`.
    """
    intent = _intent(state, domain)
    step = _step(intent, call.step)
    if result.problem or result.status is None:
        return _down(state, call, domain)
    if _went_well(result.status):
        state = replace(state, results={**state.results, **_saved(step, result.fields)})
    number = _fitting(step.outcomes, result.status, state)
    if number is None:
        if not _went_well(result.status):
            return _down(state, call, domain)
        return _go_on(state, intent, step.name, domain)
    if lacking := _lacking(step.outcomes[number].say.values(), state):
        log.warning("%s.%s: the answer lacks %s", call.intent, call.step, ", ".join(lacking))
        return _down(state, call, domain)
    return _follow(state, replace(call, outcome=number), domain)


def text(action: Action, domain: Domain, language: Language) -> str | None:
    """The template that `action` has to say because of a procedure; None where it has none.

    To be filled with what `known` returns for the state after the action.
    """
    match action:
        case Ask(intent=name, step=place) | Call(intent=name, step=place) if place:
            said = _said(action, _step(domain.intents[name], place))
        case HandOff(intent=str(name), step=place) if place:
            step = _step(domain.intents[name], place)
            said = _said(action, step)
            if not said and action.reason == "service_down" and step.call:
                said = domain.services[step.call.service].down
        case _:
            return None
    return said.get(language)


def request(state: State, call: Call, domain: Domain) -> CallRequest:
    """The call to make, slot values encoded. `proceed` has seen that none is missing.

    The key is the same when the same turn is computed again, and another one when the customer
    asks for the same thing once more.
    """
    step = _step(domain.intents[call.intent], call.step)
    if step.call is None:
        raise ValueError(f"expected a step that calls, found {call.step!r}")
    names = {"shop": domain.shop[state.language], "bot": domain.bot[state.language]}
    values = {**names, **known(state)}
    turn = [state.conversation_id, call.intent, call.step, sorted(values.items()), state.history]
    return CallRequest(
        service=step.call.service,
        method=step.call.method,
        path=step.call.path.format_map({n: quote(v, safe="") for n, v in values.items()}),
        body=_filled(step.call.body, values),
        key=hashlib.sha256(json.dumps(turn).encode()).hexdigest(),
        repeatable=step.call.repeatable,
    )


def _intent(state: State, domain: Domain) -> Intent:
    return domain.intents[state.intent or ""]


def _step(intent: Intent, name: str) -> Step:
    return next(step for step in intent.steps if step.name == name)


def _ahead(intent: Intent, name: str | None) -> tuple[Step, ...]:
    """The steps from `name` on."""
    places = [place for place, step in enumerate(intent.steps) if step.name == name]
    return intent.steps[places[0] if places else 0 :]


def _do(name: str, step: Step, state: State) -> Action:
    """What a step does that asks for no slot."""
    texts = [*step.confirm.values(), *step.say.values(), *(step.call.texts() if step.call else ())]
    if lacking := _lacking(texts, state):
        log.warning("%s.%s: nobody has told %s", name, step.name, ", ".join(lacking))
        return HandOff("service_down", name, step.name)
    if step.confirm:
        return Ask(name, CONFIRM, step=step.name)
    return Call(name, step.name, outcome=0 if step.say else None)


def _finish(name: str, intent: Intent, state: State) -> Action:
    """What comes after the last step."""
    if intent.kind == "small_talk":
        return SmallTalk(name)
    if intent.kind == "hand_off":
        return HandOff("requested" if intent.requested else intent.reason, name)
    last = intent.steps[-1].name if intent.steps else ""
    if last and (not intent.reply or _lacking(intent.reply.values(), state)):
        log.warning("%s.%s: the answer is not provided for", name, last)
        return HandOff("service_down", name, last)
    return Answer(intent=name)


def _go_on(state: State, intent: Intent, done: str, domain: Domain) -> tuple[State, Action]:
    """Go on with the step after `done`."""
    following = _ahead(intent, done)[1:]
    if not following:
        return ended(state, domain), _finish(state.intent or "", intent, state)
    return _settled(replace(state, step=following[0].name), domain)


def _settled(state: State, domain: Domain) -> tuple[State, Action]:
    """What is next, and the state with the procedure over where that ends it."""
    action = proceed(state, domain)
    match action:
        case Ask() | Call(outcome=None):
            return state, action
        case _:
            return ended(state, domain), action


def _follow(state: State, call: Call, domain: Domain) -> tuple[State, Action]:
    """Do what the outcome of `call` says."""
    intent, number = _intent(state, domain), call.outcome or 0
    outcome = _step(intent, call.step).outcomes[number]
    if outcome.reason:
        told = HandOff(outcome.reason, call.intent, call.step, number)
        return ended(state, domain), told
    if outcome.forget:
        ask = Ask(call.intent, outcome.forget[0], step=call.step, outcome=number)
        return _forgotten(state, outcome), ask
    if outcome.say:
        return ended(state, domain), call
    if outcome.go:
        return _settled(replace(state, step=outcome.go), domain)
    return _go_on(state, intent, call.step, domain)


def _forgotten(state: State, outcome: Outcome) -> State:
    """The state without the slots that turned out wrong; the text may still name them."""
    wrong = {slot: state.slots[slot] for slot in outcome.forget if slot in state.slots}
    slots = {slot: value for slot, value in state.slots.items() if slot not in wrong}
    return replace(state, slots=slots, results=wrong, step=outcome.go)


def _down(state: State, call: Call, domain: Domain) -> tuple[State, Action]:
    return ended(state, domain), HandOff("service_down", call.intent, call.step)


def _went_well(status: int) -> bool:
    return 200 <= status < 300


def _fitting(outcomes: tuple[Outcome, ...], status: int, state: State) -> int | None:
    fitting = (number for number, one in enumerate(outcomes) if _fits(one, status, state))
    return next(fitting, None)


def _fits(outcome: Outcome, status: int, state: State) -> bool:
    match outcome.status:
        case None:
            right = _went_well(status)
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


def _saved(step: Step, fields: Mapping[str, Any]) -> dict[str, str]:
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
            return f"{value:g}" if value.is_integer() else str(value)
        case _:
            return None


def _lacking(texts: Iterable[str], state: State) -> list[str]:
    """What `texts` name that is not known."""
    return sorted({name for one in texts for name in named(one)} - known(state).keys())


def _said(action: Ask | Call | HandOff, step: Step) -> Mapping[Language, str]:
    """The texts of `step` that fit `action`."""
    match action:
        case Call(outcome=int()) if step.say or step.confirm:
            return step.say or step.declined
        case Ask(outcome=int(number)) | Call(outcome=int(number)) | HandOff(outcome=int(number)):
            return step.outcomes[number].say
        case Ask(slot=slot) if slot == CONFIRM:
            return step.confirm
        case Ask(again=False, problem=""):
            return step.ask
        case _:
            return {}


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

"""Go through the procedure of an intent: what is next, and what an answer of a service means.

Pure: calls nothing, says nothing. The empty step is the beginning; a step that the domain no longer
has is the beginning, too, so that nothing goes on unconfirmed.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.actions import CallResult
from bot.domain import Domain, Intent
from bot.procedure_calls import fitting, request, saved, went_well
from bot.procedure_schema import Outcome, Step
from bot.procedure_texts import known, lacking, text
from bot.types import CONFIRM, Action, Answer, Ask, Call, HandOff, SmallTalk, State

__all__ = (
    "after_call",
    "begin",
    "confirmed",
    "ended",
    "known",
    "proceed",
    "request",
    "restarted",
    "slots_of",
    "text",
)

log = logging.getLogger(__name__)

OWN_TYPES = ("amount", "choice", "date", "text")
"""Types of slots whose value says nothing outside the procedure that asked for it."""


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

    What it was told for itself alone, as a reason, is forgotten; its texts may still name it.
    """
    own = {
        slot: state.slots[slot]
        for slot in _intent(state, domain).needs
        if slot in state.slots and domain.slots[slot].type in OWN_TYPES
    }
    slots = {slot: value for slot, value in state.slots.items() if slot not in own}
    return replace(state, step=None, asked=None, slots=slots, results={**state.results, **own})


def slots_of(intent: str, domain: Domain) -> tuple[str, ...]:
    """Every slot that `intent` may ask for, in order; none for one that the domain lacks."""
    found = domain.intents.get(intent)
    return found.needs if found else ()


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
    for step in intent.ahead(state.step):
        missing = [slot for slot in step.slots if slot not in state.slots]
        if missing:
            return Ask(name, missing[0], step=step.name)
        if not step.slots:
            return _do(step, state, intent)
    return _finish(name, intent, state)


def settled(state: State, domain: Domain) -> tuple[State, Action]:
    """Return `proceed`, and the state with the procedure over where that ends it."""
    action = proceed(state, domain)
    match action:
        case Ask() | Call(outcome=None):
            return state, action
        case _:
            return ended(state, domain), action


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
    step = intent.step(call.step)
    if result.problem or result.status is None:
        return _down(state, call, domain)
    if went_well(result.status):
        state = replace(state, results={**state.results, **saved(step, result.fields)})
    number = fitting(step, result.status, state)
    if number is None:
        if not went_well(result.status):
            return _down(state, call, domain)
        return _go_on(state, intent, step.name, domain)
    if missing := lacking(step.outcomes[number].say.values(), state):
        log.warning("%s.%s: the answer lacks %s", call.intent, call.step, ", ".join(missing))
        return _down(state, call, domain)
    return _follow(state, replace(call, outcome=number), domain)


def _intent(state: State, domain: Domain) -> Intent:
    return domain.intents[state.intent or ""]


def _do(step: Step, state: State, intent: Intent) -> Action:
    """What a step does that asks for no slot."""
    name = state.intent or ""
    texts = [*step.confirm.values(), *step.say.values(), *(step.call.texts() if step.call else ())]
    # A slot that was forgotten still stands in the results, for the text that says so.
    current = {name: value for name, value in state.results.items() if name not in intent.needs}
    if missing := lacking(texts, replace(state, results=current)):
        log.warning("%s.%s: nobody has told %s", name, step.name, ", ".join(missing))
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
    if last and (not intent.reply or lacking(intent.reply.values(), state)):
        log.warning("%s.%s: the answer is not provided for", name, last)
        return HandOff("service_down", name, last)
    return Answer(intent=name)


def _go_on(state: State, intent: Intent, done: str, domain: Domain) -> tuple[State, Action]:
    """Go on with the step after `done`."""
    following = intent.ahead(done)[1:]
    if not following:
        return ended(state, domain), _finish(state.intent or "", intent, state)
    return settled(replace(state, step=following[0].name), domain)


def _follow(state: State, call: Call, domain: Domain) -> tuple[State, Action]:
    """Do what the outcome of `call` says."""
    intent, number = _intent(state, domain), call.outcome or 0
    outcome = intent.step(call.step).outcomes[number]
    if outcome.reason:
        told = HandOff(outcome.reason, call.intent, call.step, number)
        return ended(state, domain), told
    if outcome.forget:
        ask = Ask(call.intent, outcome.forget[0], step=call.step, outcome=number)
        return _forgotten(state, outcome), ask
    if outcome.say:
        return ended(state, domain), call
    if outcome.go:
        return settled(replace(state, step=outcome.go), domain)
    return _go_on(state, intent, call.step, domain)


def _forgotten(state: State, outcome: Outcome) -> State:
    """The state without the slots that turned out wrong; the text may still name them."""
    wrong = {slot: state.slots[slot] for slot in outcome.forget if slot in state.slots}
    slots = {slot: value for slot, value in state.slots.items() if slot not in wrong}
    results = {**state.results, **wrong} if outcome.go else wrong
    return replace(state, slots=slots, results=results, step=outcome.go)


def _down(state: State, call: Call, domain: Domain) -> tuple[State, Action]:
    return ended(state, domain), HandOff("service_down", call.intent, call.step)

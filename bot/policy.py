"""Decide what to do with a message. Pure: no I/O, no model, no clock.

First what has to go to a person, then the procedure under way, then the answer ladder: an intent
that clears its threshold, an approved passage, a question back, a person.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot import procedures
from bot.declared import as_declared
from bot.domain import Domain, Intent
from bot.ladder import accepted_intent, answerable, ask_back, passage_wins, quotable
from bot.types import (
    CONFIRM,
    OFFER,
    Action,
    Answer,
    Ask,
    Call,
    Clarify,
    HandOff,
    HandOffReason,
    SmallTalk,
    State,
    Understanding,
)

STOPPED = "stopped"
"""The small talk after a procedure was given up."""
DECLINED = "declined"
"""The small talk after what was offered is not wanted."""

MOST_CITED = 8
"""Passages remembered as quoted in a conversation."""
LASTING_TYPES = ("order_number", "email", "phone", "name")
"""Types of slots whose value says who or what is meant, whatever is asked."""

Decision = tuple[State, Action]


def decide(
    state: State, understood: Understanding, domain: Domain, passage_threshold: float
) -> Decision:
    """Choose the action for one message, and the state with the place of its procedure.

    `passage_threshold` is the fitted one of the release. While a procedure waits for something,
    what the message gives goes on with it; anything else that can be answered is answered, and the
    question stays open. A `Call` without an outcome is to be made, and decided on again.
    """
    state = as_declared(state, domain)
    if understood.urgent:
        return state, _urgent(understood.urgent, state, domain)
    if state.asked == OFFER:
        decision = _offered(state, understood, domain)
        if decision:
            return decision
        state = replace(state, asked=None, pending=())
    waiting = _waiting_intent(state)
    drops = waiting and understood.gives_up and understood.asks
    if drops and answerable(understood, domain, passage_threshold):
        state, waiting = _given_up(state, domain), None  # "never mind. how long is ...?"
    if waiting or _finished(state, understood, domain):
        decision = _go_on(state, understood, domain)
        if decision:
            return decision
    state, action = _climb(state, understood, domain, passage_threshold)
    return _remembering(state, action, understood, domain), action


def advance(state: State, action: Action, understood: Understanding) -> State:
    """Return the state after `action`; history and topic are the caller's.

    Small talk and an answer in between leave the procedure's question open.
    """
    negatives = state.negatives + 1 if understood.mood == "negative" else 0
    after = replace(state, negatives=negatives)
    settled = replace(after, asked=None, failures=0, step=None)
    match action:
        case SmallTalk(intent=intent) if intent in (STOPPED, DECLINED):
            return replace(settled, intent=None)
        case SmallTalk():
            return after
        case Answer(hits=hits) if hits:
            told = (*state.cited, *(hit.passage.id for hit in hits))
            cited = tuple(dict.fromkeys(reversed(told)))[:MOST_CITED][::-1]
            kept = state.intent if state.asked else None
            return replace(after, intent=kept, failures=0, cited=cited)
        case Answer() if state.asked:
            return replace(after, failures=0)
        case Answer(intent=intent) | Call(intent=intent):
            return offer_next(replace(settled, intent=intent))
        case Ask(intent=intent, slot=slot, again=again):
            failures = state.failures + 1 if again else 0
            return replace(after, intent=intent, asked=slot, failures=failures)
        case Clarify():
            return replace(settled, intent=None, failures=state.failures + 1)
        case HandOff():
            return replace(settled, status="waiting")


def offer_next(state: State) -> State:
    """Ask whether to go on with what was kept in mind, when something was."""
    return replace(state, asked=OFFER) if state.pending else state


def _waiting_intent(state: State) -> str | None:
    """The intent whose procedure waits for what was asked."""
    return None if state.asked in (None, OFFER) else state.intent


def _remembering(state: State, action: Action, understood: Understanding, domain: Domain) -> State:
    """The state with what was told though nothing needed it yet: nobody tells it twice gladly.

    While something is asked for, a value counts as its answer or not at all.
    """
    if state.asked or not isinstance(action, Answer | Clarify):
        return state
    told = {
        name: value
        for name, value in understood.slots.items()
        if domain.slots[name].type in LASTING_TYPES
    }
    return replace(state, slots={**state.slots, **told})


def _given_up(state: State, domain: Domain) -> State:
    """The state without the procedure under way."""
    return replace(procedures.ended(state, domain), intent=None)


def _urgent(reason: HandOffReason, state: State, domain: Domain) -> HandOff:
    if reason != "requested":
        return HandOff(reason, state.intent)
    named = (name for name, intent in domain.intents.items() if intent.requested)
    return HandOff(reason, next(named, None))


def _offered(state: State, understood: Understanding, domain: Domain) -> Decision | None:
    """Take up what was offered, or let go of it; None when the message is about something else."""
    named = accepted_intent(understood.prediction, domain)
    first, rest = state.pending[0], state.pending[1:]
    if understood.yes or named == first:
        return _begin(_as_kept(state, first, rest, domain), first, understood.slots, domain)
    if understood.yes is False or understood.gives_up:
        return replace(state, pending=()), SmallTalk(DECLINED)
    return None


def _as_kept(state: State, name: str, rest: tuple[str, ...], domain: Domain) -> State:
    """The state in which `name` was asked for: what was told since belongs to another matter."""
    needs = domain.intents[name].needs
    others = {slot: value for slot, value in state.slots.items() if slot not in needs}
    own = {slot: value for slot, value in state.kept.items() if slot in needs}
    return replace(state, asked=None, pending=rest, slots={**others, **own})


def _finished(state: State, understood: Understanding, domain: Domain) -> bool:
    """Whether a procedure that is over is meant again, with another order or whatever it needs."""
    intent = domain.intents.get(state.intent or "")
    if intent is None or state.asked or not intent.needs:
        return False
    return _corrected(state, understood.slots, domain) and not _leads_elsewhere(
        state, understood, domain
    )


def _go_on(state: State, understood: Understanding, domain: Domain) -> Decision | None:
    """Go on with the procedure under way; None when the message is about something else."""
    elsewhere = _leads_elsewhere(state, understood, domain)
    given = {} if elsewhere else _of_use(state, understood.slots, domain)
    if _corrected(state, given, domain) or (given and state.asked != CONFIRM):
        return procedures.settled(procedures.restarted(state, given, domain), domain)
    wrong = _last_slot(state, domain) if understood.corrects and not elsewhere else None
    if wrong and not understood.yes:
        others = {name: value for name, value in state.slots.items() if name != wrong}
        without = replace(state, slots=others)
        return procedures.settled(procedures.restarted(without, {}, domain), domain)
    if state.asked == CONFIRM and understood.yes is not None:
        return procedures.confirmed(state, understood.yes, domain)
    if understood.gives_up:
        return state, SmallTalk(STOPPED)
    asked = state.asked or ""
    if asked in understood.refused and not elsewhere:
        if state.failures + 1 >= domain.hand_off.failed_turns:
            return state, HandOff("failed_turns", state.intent)
        problem = understood.refused[asked]
        words = understood.given.get(asked, "")
        return state, Ask(state.intent or "", asked, again=True, problem=problem, given=words)
    return None


def _climb(state: State, understood: Understanding, domain: Domain, threshold: float) -> Decision:
    """The answer ladder."""
    prediction = understood.prediction
    intent = accepted_intent(prediction, domain)
    waiting = _waiting_intent(state)
    hit = quotable(understood.hits, threshold)
    if hit and (not (prediction and intent) or passage_wins(hit, prediction, understood, domain)):
        return state, Answer(hits=(hit,))
    if intent and intent != waiting:
        return _take_up(state, intent, understood, domain)
    if state.failures + 1 >= domain.hand_off.failed_turns:
        return state, HandOff("failed_turns", state.intent)
    if waiting and state.asked:
        return state, Ask(waiting, state.asked, again=True, step=state.step or "")
    return state, ask_back(understood, domain)


def _take_up(state: State, name: str, understood: Understanding, domain: Domain) -> Decision:
    """Do what an intent asks for; another procedure under way is kept in mind for afterwards."""
    intent = domain.intents[name]
    if intent.kind == "small_talk":
        return state, SmallTalk(name)
    under_way = _waiting_intent(state)
    if not (intent.slots or intent.steps):
        if intent.kind == "hand_off":
            return state, HandOff("requested" if intent.requested else intent.reason, name)
        return state, Answer(intent=name)
    if understood.another:
        state = _without_order(state, intent, domain)
    if under_way and not (understood.corrects or understood.gives_up):
        kept = tuple(dict.fromkeys((*state.pending, under_way)))
        waiting = tuple(each for each in kept if each != name)
        state = replace(state, pending=waiting, kept=state.slots)
    return _begin(state, name, understood.slots, domain)


def _begin(state: State, name: str, given: Mapping[str, str], domain: Domain) -> Decision:
    begun = procedures.begin(replace(state, slots={**state.slots, **given}, asked=None), name)
    return procedures.settled(begun, domain)


def _without_order(state: State, intent: Intent, domain: Domain) -> State:
    """The state without the order known so far, where another one is meant."""
    known = {
        name: value
        for name, value in state.slots.items()
        if name not in intent.needs or domain.slots[name].type != "order_number"
    }
    return replace(state, slots=known)


def _leads_elsewhere(state: State, understood: Understanding, domain: Domain) -> bool:
    """Whether the message takes up something else than the procedure under way.

    A bare number looks like any intent that needs one, and "thanks, it's ..." like small talk: only
    an intent that has no use for what is given leads elsewhere. The reason for a return ("it's
    broken") looks like a matter of its own, and so does "no, another order".
    """
    name = accepted_intent(understood.prediction, domain)
    if name is None or name == state.intent:
        return False
    other = domain.intents[name]
    if other.kind == "small_talk":
        return False
    asked = domain.slots.get(state.asked or "")
    if asked and asked.type == "text" and not understood.asks:
        return False
    changes = understood.asks or understood.wishes
    if asked and asked.type == "choice" and state.asked in understood.slots and not changes:
        return False
    if state.asked == CONFIRM and understood.corrects and not changes:
        return not set(other.needs) & set(_needs(state, domain))
    shared = set(understood.slots) & set(other.needs)
    return not shared or changes


def _of_use(state: State, given: Mapping[str, str], domain: Domain) -> dict[str, str]:
    """What of the values found the procedure under way lacks, or has otherwise and may change."""
    needed = _needs(state, domain)
    return {
        name: value
        for name, value in given.items()
        if name in needed and state.slots.get(name) != value
    }


def _corrected(state: State, given: Mapping[str, str], domain: Domain) -> bool:
    """Whether a value that the procedure has already was given anew, and differs."""
    return any(name in state.slots for name in _of_use(state, given, domain))


def _last_slot(state: State, domain: Domain) -> str | None:
    """The slot that a correction without a new value takes back: the last one given."""
    needed = _needs(state, domain)
    given = [name for name in needed if name in state.slots]
    return given[-1] if given else None


def _needs(state: State, domain: Domain) -> tuple[str, ...]:
    intent = domain.intents.get(state.intent or "")
    return intent.needs if intent else ()

"""Decide what to do with a message: the answer ladder. Pure: no I/O, no model, no clock.

An intent that clears its threshold, then an approved passage, then a question back, then a person.
"""

from dataclasses import replace

from bot.domain import Domain, Intent
from bot.types import (
    Action,
    Answer,
    Ask,
    Clarify,
    HandOff,
    Prediction,
    SmallTalk,
    State,
    Understanding,
)
from knowledge.types import Hit

MOST_OPTIONS = 3
LIKELY = 0.5
"""Options are offered when the right one is more likely than not among them."""
WORTH_OFFERING = 0.1
"""Options less probable than this only make the others harder to read."""
SURE = 1.0
"""The score of a passage whose own question was asked; no probability of a model reaches it."""
MOST_FAILURES = 2
"""Turns in a row that helped nobody, of which the last goes to a person."""


def decide(
    state: State, understood: Understanding, domain: Domain, passage_threshold: float
) -> Action:
    """Choose the action for one message; `passage_threshold` is the fitted one of the release.

    While a slot is asked for, its value goes on with the intent that waits for it; anything else
    that can be answered is answered, and the question stays open.
    """
    slots = {**state.slots, **understood.slots}
    waiting = _waiting_intent(state, domain)
    prediction = understood.prediction
    intent = accepted_intent(prediction, domain)
    if waiting and _gives_slot(state, understood, domain):
        return _take_up(waiting, slots, domain)
    hit = _quotable(understood.hits, passage_threshold)
    if hit and (not (prediction and intent) or _passage_wins(hit, prediction, domain)):
        return Answer(hits=(hit,))
    if intent and intent != waiting:
        return _take_up(intent, slots, domain)
    if state.failures + 1 >= MOST_FAILURES:
        return HandOff("failed_turns", state.intent)
    if waiting and state.asked:
        return Ask(waiting, state.asked, again=True)
    return _ask_back(understood, domain)


def advance(state: State, action: Action, understood: Understanding) -> State:
    """Return the state after `action`; history and topic are the caller's.

    Small talk and a passage quoted in between leave the question for a slot open.
    """
    after = replace(state, slots={**state.slots, **understood.slots})
    settled = replace(after, asked=None, failures=0, cited=())
    match action:
        case SmallTalk():
            return after
        case Answer(hits=hits) if hits:
            intent = state.intent if state.asked else None
            cited = tuple(hit.passage.id for hit in hits)
            return replace(after, intent=intent, failures=0, cited=cited)
        case Answer(intent=intent):
            return replace(settled, intent=intent)
        case Ask(intent=intent, slot=slot, again=again):
            return replace(settled, intent=intent, asked=slot, failures=int(again))
        case Clarify():
            return replace(settled, intent=None, failures=state.failures + 1)
        case HandOff():
            return replace(settled, status="waiting")


def accepted_intent(prediction: Prediction | None, domain: Domain) -> str | None:
    """Return the predicted intent when it cleared its threshold and the domain knows it."""
    if prediction is None or not prediction.accepted:
        return None
    return prediction.intent if prediction.intent in domain.intents else None


def _waiting_intent(state: State, domain: Domain) -> str | None:
    """The intent that waits for the slot asked, unless the domain has changed since."""
    intent = domain.intents.get(state.intent or "")
    return state.intent if intent and state.asked in intent.slots else None


def _gives_slot(state: State, understood: Understanding, domain: Domain) -> bool:
    """Whether the message gives what the waiting intent lacks, and takes up nothing else.

    A bare number looks like any intent that needs one, and "thanks, it's ..." like small talk: only
    an intent that has no use for the value leads elsewhere.
    """
    needed = domain.intents[state.intent or ""].slots
    given = {slot for slot in needed if slot in understood.slots and slot not in state.slots}
    name = accepted_intent(understood.prediction, domain)
    if not given or name is None:
        return bool(given)
    other = domain.intents[name]
    return other.kind == "small_talk" or bool(given & set(other.slots))


def _quotable(hits: tuple[Hit, ...], threshold: float) -> Hit | None:
    """The best passage, when it may be quoted."""
    return hits[0] if hits and hits[0].score >= threshold else None


def _passage_wins(hit: Hit, prediction: Prediction, domain: Domain) -> bool:
    """Whether a passage is more probably right than a text that needs no slots.

    A procedure or a person gives way only to a passage that is sure, as after its button.
    """
    intent = domain.intents[prediction.intent]
    if (intent.kind == "hand_off" or intent.slots) and hit.score < SURE:
        return False
    return hit.score > prediction.confidence * (1 - prediction.out_of_scope)


def _take_up(name: str, slots: dict[str, str], domain: Domain) -> Action:
    """Do what an intent asks for, or ask for what it still needs."""
    intent = domain.intents[name]
    if intent.kind == "small_talk":
        return SmallTalk(name)
    missing = [slot for slot in intent.slots if slot not in slots]
    if missing:
        return Ask(name, missing[0])
    if intent.kind == "hand_off":
        return HandOff("requested" if intent.requested else "intent", name)
    return Answer(intent=name)


def _ask_back(understood: Understanding, domain: Domain) -> Clarify:
    """Offer what the customer may have meant, or nothing when nothing is likely."""
    offers = sorted(
        [*_intent_offers(understood.prediction, domain), *_passage_offers(understood.hits)],
        key=lambda offer: -offer[0],
    )[:MOST_OPTIONS]
    missed = 1.0
    for probability, _ in offers:
        missed *= 1 - probability
    if 1 - missed < LIKELY:
        return Clarify()
    intents = tuple(what for _, what in offers if isinstance(what, str))
    return Clarify(intents, tuple(what for _, what in offers if isinstance(what, Hit)))


def _intent_offers(prediction: Prediction | None, domain: Domain) -> list[tuple[float, str | Hit]]:
    if prediction is None:
        return []
    inside = 1 - prediction.out_of_scope
    return [
        (probability * inside, name)
        for name, probability in prediction.ranking
        if probability * inside >= WORTH_OFFERING and _offered(domain.intents.get(name))
    ]


def _offered(intent: Intent | None) -> bool:
    """The person that a customer may ask for has a button of its own anyway."""
    return intent is not None and intent.kind != "small_talk" and not intent.requested


def _passage_offers(hits: tuple[Hit, ...]) -> list[tuple[float, str | Hit]]:
    """Each title and each text once: two buttons that read or answer the same help nobody."""
    seen: set[str] = set()
    offers: list[tuple[float, str | Hit]] = []
    for hit in hits:
        shown = {hit.passage.title, hit.passage.body}
        if hit.score >= WORTH_OFFERING and hit.passage.title and not shown & seen:
            seen |= shown
            offers.append((hit.score, hit))
    return offers

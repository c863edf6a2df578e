"""What of a conversation's state still holds in a domain that was edited meanwhile. Pure."""

from dataclasses import replace

from bot.domain import Domain, Intent
from bot.types import CONFIRM, OFFER, State


def as_declared(state: State, domain: Domain) -> State:
    """The state without the questions, procedures and steps that the domain no longer has."""
    pending = tuple(name for name in state.pending if name in domain.intents)
    intent = domain.intents.get(state.intent or "")
    steps = [step.name for step in intent.steps] if intent else []
    return replace(
        state,
        asked=state.asked if _is_open(state, intent, pending) else None,
        step=state.step if state.step in (None, *steps) else "",
        pending=pending,
    )


def _is_open(state: State, intent: Intent | None, pending: tuple[str, ...]) -> bool:
    """Whether what was asked may still be answered."""
    if state.asked == OFFER:
        return bool(pending)
    if intent is None or state.asked is None:
        return False
    if state.asked == CONFIRM:
        known = not state.step or any(step.name == state.step for step in intent.steps)
        return known and any(step.confirm for step in intent.ahead(state.step))
    return state.asked in intent.needs

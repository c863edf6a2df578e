"""In which order the things of one message are answered. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import Domain
from bot.ladder import accepted_intent
from bot.types import State
from bot.understanding import Thing


@dataclass(frozen=True, slots=True)
class Order:
    """What is answered now, in this order; `kept` are procedures to be offered after the last."""

    things: tuple[Thing, ...]
    kept: tuple[Thing, ...] = ()


def in_order(things: Sequence[Thing], state: State, domain: Domain) -> Order:
    """As they were asked, but answers come first, then who goes to a person, then what asks.

    A question in the middle would be buried under the answers after it, and after a hand-off the
    bot says nothing more. Of several procedures that ask, the first is taken up, the others are
    kept: two questions at once are one too many.
    """
    asking = [thing for thing in things if _will_ask(thing, state, domain)]
    others = [thing for thing in things if thing not in asking]
    others.sort(key=lambda thing: _hands_off(thing, domain))
    names = [_name(thing, domain) for thing in asking]
    kept = [thing for place, thing in enumerate(asking) if names[place] not in names[:place]]
    return Order((*others, *asking[:1]), tuple(kept[1:]))


def _name(thing: Thing, domain: Domain) -> str:
    return accepted_intent(thing.understood.prediction, domain) or ""


def _hands_off(thing: Thing, domain: Domain) -> bool:
    name = accepted_intent(thing.understood.prediction, domain)
    return name is not None and domain.intents[name].kind == "hand_off"


def _will_ask(thing: Thing, state: State, domain: Domain) -> bool:
    """Whether a thing begins a procedure that has not all it needs, or that asks to confirm."""
    name = accepted_intent(thing.understood.prediction, domain)
    if name is None:
        return False
    intent = domain.intents[name]
    known = {**state.slots, **thing.understood.slots}
    asks_to_confirm = any(step.confirm for step in intent.steps)
    return asks_to_confirm or any(slot not in known for slot in intent.needs)

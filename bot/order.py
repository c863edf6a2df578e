"""In which order the things of one message are answered. Pure."""

from collections.abc import Sequence

from bot.domain import Domain
from bot.ladder import accepted_intent
from bot.types import State
from bot.understanding import Thing


def in_order(things: Sequence[Thing], state: State, domain: Domain) -> list[Thing]:
    """As they were asked, but for what will ask the customer something: that comes last.

    A question in the middle would be buried under the answers after it. Of several procedures that
    ask, the first asked for comes last of all: it is taken up, the others are kept for afterwards.
    """
    asking = [thing for thing in things if _will_ask(thing, state, domain)]
    others = [thing for thing in things if thing not in asking]
    return [*others, *reversed(asking)]


def _will_ask(thing: Thing, state: State, domain: Domain) -> bool:
    """Whether a thing begins a procedure that has not all it needs, or that asks to confirm."""
    name = accepted_intent(thing.understood.prediction, domain)
    if name is None:
        return False
    intent = domain.intents[name]
    known = {**state.slots, **thing.understood.slots}
    asks_to_confirm = any(step.confirm for step in intent.steps)
    return asks_to_confirm or any(slot not in known for slot in intent.needs)

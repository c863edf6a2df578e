"""What a procedure has to say, and whether all that it names is known. Pure."""

from collections.abc import Iterable, Mapping

from bot.domain import Domain
from bot.domain_parts import named
from bot.procedure_schema import Step
from bot.types import CONFIRM, Action, Ask, Call, HandOff, State
from knowledge.types import Language


def known(state: State) -> dict[str, str]:
    """All that a text of the procedure in hand may name, to be filled in."""
    return {**state.results, **state.slots}


def text(action: Action, domain: Domain, language: Language) -> str | None:
    """The template that `action` has to say because of a procedure; None where it has none.

    To be filled with what `known` returns for the state after the action.
    """
    match action:
        case Ask(intent=name, slot=slot, step=place, outcome=None) if slot == CONFIRM:
            # The questions before a confirmation are answered: it is the first one ahead.
            confirms = (step.confirm for step in domain.intents[name].ahead(place) if step.confirm)
            return next(confirms, {}).get(language)
        case Ask(intent=name, step=place) | Call(intent=name, step=place) if place:
            said = _said(action, domain.intents[name].step(place))
        case Ask(intent=name, slot=slot, again=False, problem=""):
            intent = domain.intents[name]
            said = intent.ask if intent.slots[:1] == (slot,) else {}
        case HandOff(intent=str(name), step=place) if place:
            step = domain.intents[name].step(place)
            said = _said(action, step)
            if not said and action.reason == "service_down" and step.call:
                said = domain.services[step.call.service].down
        case _:
            return None
    return said.get(language)


def lacking(texts: Iterable[str], state: State) -> list[str]:
    """What `texts` name that is not known."""
    return sorted({name for one in texts for name in named(one)} - known(state).keys())


def _said(action: Ask | Call | HandOff, step: Step) -> Mapping[Language, str]:
    """The texts of `step` that fit `action`."""
    match action:
        case Call(outcome=int()) if step.say or step.confirm:
            return step.say or step.declined
        case Ask(outcome=int(number)) | Call(outcome=int(number)) | HandOff(outcome=int(number)):
            return step.outcomes[number].say
        case Ask(again=False, problem=""):
            return step.ask
        case _:
            return {}

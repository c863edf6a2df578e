"""Look at a procedure as a whole: its names, its way, and that nothing happens unconfirmed.

All raise ValueError, in one line. Knows no conversation.
"""

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from bot.domain_parts import NAMES, check_braces
from bot.procedure_schema import Outcome, Service, Step


def check(
    place: str, slots: tuple[str, ...], steps: tuple[Step, ...], services: Mapping[str, Service]
) -> None:
    """Check the `steps` of an intent that asks for `slots` first; `place` is the intent's."""
    names = [step.name for step in steps]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{place}: two steps are called {min(doubled)!r}; rename one")
    asked = {*slots, *(slot for step in steps for slot in step.slots)}
    saved = {name for step in steps for name in step.save}
    if taken := saved & {*asked, *NAMES}:
        raise ValueError(f"{place}: saved name {min(taken)!r} is taken; choose another")
    for step in steps:
        _check_step(f"{place}.steps.{step.name}", step, (*NAMES, *asked, *saved))
        if step.call and step.call.service not in services:
            raise ValueError(
                f"{place}.steps.{step.name}: expected a declared service, found "
                f"{step.call.service!r}; add [services.{step.call.service}]"
            )
        for outcome in step.outcomes:
            _check_outcome(f"{place}.steps.{step.name}", outcome, names, asked, saved)
    _check_way(place, steps)
    _check_confirmed(place, steps)


def _check_step(place: str, step: Step, names: Collection[str]) -> None:
    for inner, texts in step.texts():
        for language, text in texts.items():
            check_braces(f"{place}.{inner}.{language}", text, names)
    if step.call:
        for text in step.call.texts():
            check_braces(f"{place}.call", text, names)


def _check_outcome(
    place: str, outcome: Outcome, steps: list[str], asked: set[str], saved: set[str]
) -> None:
    if unsaved := ({*outcome.when, *outcome.above} - saved):
        raise ValueError(f"{place}: {min(unsaved)!r} is tested but not saved; add it to save")
    if unknown := (set(outcome.forget) - asked):
        raise ValueError(f"{place}: {min(unknown)!r} is forgotten but never asked; take it out")
    if outcome.go and outcome.go not in steps:
        raise ValueError(f"{place}: there is no step {outcome.go!r} to go to; correct it")


def _check_way(place: str, steps: tuple[Step, ...]) -> None:
    if steps and steps[-1].confirm:
        raise ValueError(f"{place}: nothing follows the confirmation; add the step it is for")
    ahead = {step.name: set() if step.confirm else _next(steps, step) for step in steps}
    try:
        TopologicalSorter(ahead).prepare()
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise ValueError(f"{place}: the steps go round without the customer: {circle}") from error


def _check_confirmed(place: str, steps: tuple[Step, ...]) -> None:
    """Nothing that acts is reached but by a confirmation, with no question in between.

    After a question the customer may have changed what they confirmed.
    """
    by_name = {step.name: step for step in steps}
    reached = {steps[0].name, *_after_questions(steps)} if steps else set()
    waiting = list(reached)
    while waiting:
        step = by_name[waiting.pop()]
        if step.call and step.call.guarded:
            raise ValueError(
                f"{place}.steps.{step.name}: expected a confirm step just before {step.call.method}"
                ", found a way without; add one, or harmless = true"
            )
        further = set() if step.confirm else _next(steps, step) - reached
        reached |= further
        waiting += further


def _after_questions(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        yield from _next(steps, step) if step.slots else ()
        yield from (outcome.go for outcome in step.outcomes if outcome.forget and outcome.go)


def _next(steps: tuple[Step, ...], step: Step) -> set[str]:
    """The steps that may follow `step` in the same turn; after a confirmation, once it is given."""
    if step.say:
        return set()
    place = steps.index(step) + 1
    follows = {steps[place].name} if place < len(steps) else set()
    return follows | {one.go for one in step.outcomes if one.go and not one.forget}

"""Compare what came of a customer's message with what a conversation test expects. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from bot.conversation_file import Expectation, FoundAction, Step
from bot.procedures import known
from bot.turn_json import action_name
from bot.types import OFFER, Answer, Ask, Citation, Clarify, HandOff, Reply, State
from knowledge.language import normalise
from knowledge.script import simplified

Kind = Literal["action", "intent", "slot", "slots", "evidence", "reason", "says", "never", "parts"]
KINDS: tuple[Kind, ...] = get_args(Kind)

LONGEST_SHOWN = 120
"""Characters of a reply that a finding shows."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was expected; `wrong` tells in one line what was found, empty when right."""

    kind: Kind
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a message, or what one of several replies to it was.

    `passages` are the texts quoted from, `offered` the intent kept in mind that a reply to another
    one offers to go on with: such a reply asks, too.
    """

    action: FoundAction = "silent"
    intent: str | None = None
    slot: str | None = None
    reason: str | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    citations: tuple[Citation, ...] = ()
    passages: tuple[str, ...] = ()
    offered: str | None = None


def found(replies: Sequence[Reply], after: State) -> Found:
    """What a message came to: the last reply's action, and what all replies say."""
    if not replies:
        return Found(slots=known(after))
    action = replies[-1].action
    return Found(
        action=action_name(action),
        intent=None if isinstance(action, Clarify) else action.intent,
        slot=after.asked,
        reason=action.reason if isinstance(action, HandOff) else None,
        slots=known(after),
        text="\n\n".join(reply.text for reply in replies),
        citations=tuple(cited for reply in replies for cited in reply.citations),
        passages=tuple(hit.passage.body for hit in action.hits)
        if isinstance(action, Answer)
        else (),
        offered=after.pending[0] if after.asked == OFFER and after.pending else None,
    )


def found_parts(replies: Sequence[Reply], after: State) -> tuple[Found, ...]:
    """What each of several replies to one message is; only the last leaves a question open."""
    between = [found([reply], _asking(reply, after)) for reply in replies[:-1]]
    return (*between, *(found([reply], after) for reply in replies[-1:]))


def _asking(reply: Reply, after: State) -> State:
    asked = reply.action.slot if isinstance(reply.action, Ask) else None
    return replace(after, asked=asked, pending=())


def check_step(step: Step, whole: Found, parts: Sequence[Found]) -> list[Check]:
    """Compare a step with what came of it, as a whole and, where it names parts, reply by reply."""
    checks = list(check(step, whole))
    if not step.parts:
        return checks
    if len(step.parts) != len(parts):
        wrong = f"expected {len(step.parts)} replies, found {len(parts)}"
        return [*checks, Check("parts", wrong)]
    checks.append(Check("parts"))
    for number, (expected, part) in enumerate(zip(step.parts, parts, strict=True), 1):
        checks += [_of_part(number, one) for one in check(expected, part)]
    return checks


def _of_part(number: int, one: Check) -> Check:
    return Check(one.kind, f"reply {number}: {one.wrong}") if one.wrong else one


def check(expected: Expectation, came: Found) -> Iterator[Check]:
    """Yield a check for each thing that `expected` names."""
    for kind, checking in _CHECKS.items():
        if getattr(expected, kind):
            yield Check(kind, checking(expected, came))


def _action(expected: Expectation, came: Found) -> str:
    actions = {came.action, "ask"} if came.offered else {came.action}
    if actions & set(expected.action):
        return ""
    return f"expected {' or '.join(expected.action)}, found {came.action}"


def _intent(expected: Expectation, came: Found) -> str:
    if expected.intent in (came.intent, came.offered):
        return ""
    return f"expected {expected.intent}, found {came.intent or 'none'}"


def _slot(expected: Expectation, came: Found) -> str:
    if expected.slot == came.slot:
        return ""
    return f"expected a question for {expected.slot}, found one for {came.slot or 'nothing'}"


def _slots(expected: Expectation, came: Found) -> str:
    wrong = [
        f"expected {name} = {value!r}, found {came.slots.get(name)!r}"
        for name, value in expected.slots.items()
        if normalise(value) != normalise(came.slots.get(name, ""))
    ]
    return "; ".join(wrong)


def _evidence(expected: Expectation, came: Found) -> str:
    if not any(says(body, expected.evidence) for body in came.passages):
        return f"expected a quote of {expected.evidence!r}, found {_shown(came)}"
    if not says(came.text, expected.evidence):
        return f"expected {expected.evidence!r} to be said of its passage, found {_shown(came)}"
    return ""


def _reason(expected: Expectation, came: Found) -> str:
    if expected.reason == came.reason:
        return ""
    return f"expected {expected.reason}, found {came.reason or 'none'}"


def _says(expected: Expectation, came: Found) -> str:
    said = normalise(came.text).casefold()
    missing = [repr(each) for each in expected.says if normalise(each).casefold() not in said]
    return f"expected {' and '.join(missing)}, found {_shown(came)}" if missing else ""


def _never(expected: Expectation, came: Found) -> str:
    claimed = [repr(each) for each in expected.never if says(came.text, each)]
    return f"expected no {' nor '.join(claimed)}, found {_shown(came)}" if claimed else ""


def says(text: str, piece: str) -> bool:
    """Whether `piece` stands in `text`, in either script, whatever the case and spacing."""
    return _plain(piece) in _plain(text)


def _plain(text: str) -> str:
    return simplified(normalise(text)).casefold()


def _shown(came: Found) -> str:
    text = normalise(came.text)
    shown = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
    return repr(shown) if shown else "silence"


_CHECKS: dict[Kind, Callable[[Expectation, Found], str]] = {
    "action": _action,
    "intent": _intent,
    "slot": _slot,
    "slots": _slots,
    "evidence": _evidence,
    "reason": _reason,
    "says": _says,
    "never": _never,
}

"""What a reply to a test line is worth: right, wrong, neither. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation_checks import says
from bot.domain import Domain
from bot.turn_json import action_name
from bot.types import Action, Answer, Ask, Clarify, HandOff, Reply
from training.benchmarks.shop_lines import Line


@dataclass(frozen=True, slots=True)
class Verdict:
    """`right`: some reply acts on the marked intent or quotes its answer, or the marked words.

    `told`: something was answered, done or begun; `person`: a person was called; `quotes`: a
    passage was quoted where an intent is marked.
    """

    line: Line
    found: str
    right: bool
    told: bool
    person: bool
    quotes: bool

    @property
    def wrong(self) -> bool:
        """Whether something else than what is marked was answered, done or begun."""
        return self.told and not self.right

    @property
    def settled(self) -> bool:
        """Whether it was rightly answered without a person."""
        return self.right and not self.person


def judge(line: Line, replies: Sequence[Reply], domain: Domain) -> Verdict:
    """Compare the replies to a line with what it is marked with."""
    actions = [reply.action for reply in replies]
    pieces = line.same_answer if line.intent else (line.evidence,)
    right = any(_quotes(reply, piece) for reply in replies for piece in pieces)
    if line.intent:
        right = right or any(_acts_on(action, line.intent, domain) for action in actions)
    return Verdict(
        line=line,
        found=" + ".join(_named(reply) for reply in replies) or "silence",
        right=right,
        told=any(map(_tells, actions)),
        person=any(isinstance(action, HandOff) for action in actions),
        quotes=bool(line.intent) and any(map(_is_quote, actions)),
    )


def not_known(replies: Sequence[Reply]) -> bool:
    """Whether nothing was acted on: the bot asked back, or passed on what it cannot help with."""
    return all(
        isinstance(reply.action, Clarify)
        or (isinstance(reply.action, HandOff) and reply.action.reason == "failed_turns")
        for reply in replies
    )


def _acts_on(action: Action, name: str, domain: Domain) -> bool:
    match action:
        case Clarify():
            return False
        case HandOff(reason=reason, intent=named):
            return reason in _OF_AN_INTENT and (named == name or _is_reason(name, reason, domain))
        case _:
            return action.intent == name


_OF_AN_INTENT = frozenset(("intent", "requested", "complaint", "amount", "service_down"))
"""Why a person is called for an intent, and not for the words or the mood of a message."""


def _is_reason(name: str, reason: str, domain: Domain) -> bool:
    """Whether an intent is one that goes to a person, and for this very reason."""
    intent = domain.intents.get(name)
    if intent is None or intent.kind != "hand_off" or reason == "intent":
        return False
    return reason == ("requested" if intent.requested else intent.reason)


def _quotes(reply: Reply, evidence: str) -> bool:
    action = reply.action
    if not isinstance(action, Answer):
        return False
    return says(reply.text, evidence) and any(says(h.passage.body, evidence) for h in action.hits)


def _is_quote(action: Action) -> bool:
    return isinstance(action, Answer) and bool(action.hits)


def _tells(action: Action) -> bool:
    return not (isinstance(action, Clarify | HandOff) or (isinstance(action, Ask) and action.again))


def _named(reply: Reply) -> str:
    action = reply.action
    if isinstance(action, Answer) and action.hits:
        return f"quote of {' and '.join(repr(hit.passage.title) for hit in action.hits)}"
    if isinstance(action, Clarify):
        return "clarify"
    reason = f" ({action.reason})" if isinstance(action, HandOff) else ""
    return f"{action_name(action)} {action.intent or ''}".rstrip() + reason

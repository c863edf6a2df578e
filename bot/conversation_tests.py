"""Run conversation tests on a release: what came of each step, and the figures of all.

Knows neither where tests are written nor how results are printed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.conversation_checks import KINDS, Check, Found, Kind, check_step, found, found_parts
from bot.conversation_file import ConversationTest, Step
from bot.conversation_replay import Replay
from bot.domain import Domain
from bot.mind import Mind
from knowledge.errors import DeskmateError
from knowledge.types import Progress

WHAT = "conversations"
"""What the progress bar names."""
BY_ITSELF = frozenset(("answer", "ask", "call", "small_talk"))
"""What the bot does without a person. A step that expects only these is in scope."""
TELLS = frozenset(("answer", "call"))
"""Replies that tell the customer something, so that they may be wrong answers."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step, what came of it, and what was right and wrong about that."""

    step: Step
    found: Found
    parts: tuple[Found, ...]
    checks: tuple[Check, ...]

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is wrong, one line for each thing."""
        return tuple(f"{one.kind}: {one.wrong}" for one in self.checks if one.wrong)

    @property
    def ok(self) -> bool:
        """Whether all that the step names holds."""
        return not self.wrong

    @property
    def in_scope(self) -> bool:
        """Whether the bot is expected to see to it without a person and without asking back."""
        expected = [self.step.action, *(part.action for part in self.step.parts)]
        return all(BY_ITSELF.issuperset(actions) for actions in expected)

    @property
    def wrong_answer(self) -> bool:
        """Whether something was answered or done that should not have been, or a claim was made.

        That the question repeated after an answer is another one makes the answer none the worse.
        """
        wrong = {one.kind for one in self.checks if one.wrong}
        tells = any(part.action in TELLS for part in self.parts)
        return "never" in wrong or (tells and bool(wrong - {"slot"}))

    def to_dict(self) -> dict[str, Any]:
        """As JSON gives it."""
        fields = self.step.model_dump(mode="json", exclude_unset=True, exclude={"customer"})
        several = [_told(part) for part in self.parts] if len(self.parts) > 1 else []
        return {
            "customer": self.step.customer,
            "ok": self.ok,
            "expected": fields,
            "found": {**_told(self.found), **({"parts": several} if several else {})},
            "wrong": list(self.wrong),
        }


@dataclass(frozen=True, slots=True)
class ConversationResult:
    """A conversation test with the results of its steps."""

    test: ConversationTest
    steps: tuple[StepResult, ...]

    @property
    def ok(self) -> bool:
        """Whether every step is right."""
        return all(step.ok for step in self.steps)

    def to_dict(self) -> dict[str, Any]:
        """As JSON gives it."""
        return {
            "id": self.test.id,
            "file": str(self.test.file),
            "ok": self.ok,
            "steps": [step.to_dict() for step in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over all conversations; `rightly_answered` are right steps in scope."""

    conversations: int
    conversations_right: int
    steps: int
    steps_right: int
    wrong_answers: int
    in_scope_steps: int
    rightly_answered: int


def run(
    tests: Sequence[ConversationTest], mind: Mind, domain: Domain, progress: Progress
) -> list[ConversationResult]:
    """Replay each conversation from its beginning.

    Raises DeskmateError when one begins in a language that the bot does not speak.
    """
    for test in tests:
        if test.language not in mind.components:
            spoken = ", ".join(mind.components)
            raise DeskmateError(
                f"{test.file}: conversation {test.id}: expected a language of the release "
                f"({spoken}), found {test.language!r}; leave the file out or train that language"
            )
    results = []
    for done, test in enumerate(tests):
        progress(done, len(tests), WHAT)
        results.append(_replayed(test, mind, domain))
    progress(len(tests), len(tests), WHAT)
    return results


def figures(results: Iterable[ConversationResult]) -> Figures:
    """Count what is right and wrong."""
    results = list(results)
    steps = [step for result in results for step in result.steps]
    in_scope = [step for step in steps if step.in_scope]
    return Figures(
        conversations=len(results),
        conversations_right=sum(result.ok for result in results),
        steps=len(steps),
        steps_right=sum(step.ok for step in steps),
        wrong_answers=sum(step.wrong_answer for step in steps),
        in_scope_steps=len(in_scope),
        rightly_answered=sum(step.ok for step in in_scope),
    )


def by_kind(results: Iterable[ConversationResult]) -> dict[Kind, tuple[int, int]]:
    """How often each kind of thing was expected, and how often that was right: (n, right)."""
    checks = [check for result in results for step in result.steps for check in step.checks]
    expected = Counter(check.kind for check in checks)
    right = Counter(check.kind for check in checks if not check.wrong)
    return {kind: (expected[kind], right[kind]) for kind in KINDS if expected[kind]}


def to_dict(results: Sequence[ConversationResult]) -> dict[str, Any]:
    """All of it as JSON gives it."""
    kinds = {kind: {"n": n, "right": right} for kind, (n, right) in by_kind(results).items()}
    return {
        "conversations": [result.to_dict() for result in results],
        "figures": {**asdict(figures(results)), "by_kind": kinds},
    }


def _replayed(test: ConversationTest, mind: Mind, domain: Domain) -> ConversationResult:
    replay = Replay(mind, domain, test.language, test.answers, away=test.after_hours)
    return ConversationResult(test, tuple(_taken(step, replay) for step in test.steps))


def _taken(step: Step, replay: Replay) -> StepResult:
    replies = [turn.reply for turn in replay.say(step.customer) if turn.reply]
    whole, parts = found(replies, replay.state), found_parts(replies, replay.state)
    return StepResult(step, whole, parts, tuple(check_step(step, whole, parts)))


def _told(one: Found) -> dict[str, Any]:
    return {
        "action": one.action,
        "intent": one.intent,
        "slot": one.slot,
        "reason": one.reason,
        "slots": dict(one.slots),
        "text": one.text,
        "citations": [asdict(cited) for cited in one.citations],
    }

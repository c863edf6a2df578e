"""Conversation tests as files: what a customer writes, what is to come of it, what services answer.

Owns the format; knows neither models nor how a conversation is replayed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from bot.actions import CallResult
from bot.domain_parts import Part
from bot.settings import checked, parse_toml
from bot.types import HandOffReason
from knowledge.errors import DeskmateError
from knowledge.types import Language

CALLS_FILE = "orders.toml"
"""Its calls hold for every file of the same folder; a call in the file itself goes before."""

FoundAction = Literal["answer", "ask", "clarify", "call", "hand_off", "small_talk", "silent"]
Answers = Mapping[tuple[str, str], CallResult]
"""What services answer, by service and request ("GET /orders/TW-240019")."""


def _listed(value: Any) -> Any:
    """A single value where several may stand."""
    return (value,) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Expectation(Part):
    """What a reply has to be; only what is named counts.

    `action` is any of those named, `slot` what is asked for after it, `slots` are values known by
    then. `evidence` has to be quoted of a passage, `says` to be said, `never` not to be said.
    """

    action: Annotated[tuple[FoundAction, ...], BeforeValidator(_listed)] = ()
    intent: str = ""
    slot: str = ""
    slots: dict[str, str] = Field(default_factory=dict)
    evidence: str = ""
    reason: HandOffReason | None = None
    says: Words = ()
    never: Words = ()


class Step(Expectation):
    """A customer's message and what is expected of the last reply to it.

    `says` and `never` are of all replies. `parts` are the replies to a message of several things.
    """

    customer: Annotated[str, Field(min_length=1)]
    parts: tuple[Expectation, ...] = ()

    @model_validator(mode="after")
    def _expects(self) -> "Step":
        if not (self.action or self.parts):
            raise ValueError("expected an action or parts, found neither; say what is to come")
        return self


class _DeclaredCall(Part):
    """What a service answers to a request; `down` stands for no answer."""

    service: str
    request: Annotated[str, Field(pattern=r"^(GET|POST|PUT|PATCH|DELETE) /\S*$")]
    status: Annotated[int, Field(ge=100, le=599)] = 200
    down: bool = False
    answer: dict[str, Any] = Field(default_factory=dict)

    def result(self) -> CallResult:
        if self.down:
            return CallResult(problem="no answer in time")
        return CallResult(self.status, self.answer)


class _Written(Part):
    id: Annotated[str, Field(min_length=1)]
    language: Language
    after_hours: bool = False
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class _File(Part):
    calls: tuple[_DeclaredCall, ...] = ()
    conversations: tuple[_Written, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationTest:
    """A conversation to be replayed; while `after_hours` nobody of the shop is there."""

    id: str
    file: Path
    language: Language
    after_hours: bool
    steps: tuple[Step, ...]
    answers: Answers


def read(paths: Sequence[Path]) -> list[ConversationTest]:
    """Read files, and all `*.toml` in and below folders, in the order of their names.

    Raises DeskmateError that names the file, the conversation and the step.
    """
    found = [test for file in _files(paths) for test in _read_file(file)]
    if not found:
        places = ", ".join(map(str, paths))
        raise DeskmateError(
            f"{places}: expected conversations, found none; write [[conversations]] in a .toml file"
        )
    first: dict[str, Path] = {}
    for test in found:
        if test.id in first:
            raise DeskmateError(
                f"{test.file}: expected ids that differ, found {test.id!r} in {first[test.id]}, "
                "too; rename one"
            )
        first[test.id] = test.file
    return found


def read_answers(folder: Path) -> Answers:
    """What services answer to all conversations in `folder`; nothing where it does not say."""
    path = folder / CALLS_FILE
    return _answers(path, _checked(path)) if path.exists() else {}


def _files(paths: Sequence[Path]) -> list[Path]:
    found = [
        file
        for path in paths
        for file in (sorted(path.rglob("*.toml")) if path.is_dir() else [path])
    ]
    return list({file.resolve(): file for file in found}.values())


def _read_file(path: Path) -> Iterator[ConversationTest]:
    file = _checked(path)
    answers = {**read_answers(path.parent), **_answers(path, file)}
    for one in file.conversations:
        yield ConversationTest(one.id, path, one.language, one.after_hours, one.steps, answers)


def _checked(path: Path) -> _File:
    """Read a file; every part by itself first, so that an error names it as its author counts."""
    values = parse_toml(path)
    for number, call in _tables(values, "calls"):
        checked(call, _DeclaredCall, f"{path}: call {number}")
    for number, conversation in _tables(values, "conversations"):
        place = f"{path}: conversation {conversation.get('id', number)}"
        for count, step in _tables(conversation, "steps"):
            checked(step, Step, f"{place}, step {count}")
        checked(conversation, _Written, place)
    return checked(values, _File, str(path))


def _tables(values: Mapping[str, Any], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The tables under `name`, counted from 1; what is none is left to the check of the whole."""
    listed = values.get(name)
    if isinstance(listed, list):
        yield from ((n, one) for n, one in enumerate(listed, 1) if isinstance(one, dict))


def _answers(path: Path, file: _File) -> dict[tuple[str, str], CallResult]:
    answers: dict[tuple[str, str], CallResult] = {}
    for call in file.calls:
        key = call.service, call.request
        if key in answers:
            raise DeskmateError(
                f"{path}: expected one answer to {call.request!r} of {call.service}, found two; "
                "delete one"
            )
        answers[key] = call.result()
    return answers

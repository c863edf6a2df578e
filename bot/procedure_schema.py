"""Services and the steps of a procedure, as `domain.toml` declares them.

Checks what one of them holds by itself; `bot.procedure_checks` looks at a procedure as a whole.
Knows no conversation and calls nothing.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from bot.domain_parts import Part, Texts
from bot.types import HandOffReason
from knowledge.types import Language

LONGEST_S = 10.0
"""Seconds a customer may be kept waiting for a service, repeated calls included."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]
MaybeTexts = dict[Language, str]


class Service(Part):
    """A web service of the business; its host is fixed here.

    `url` and the values of `headers` may name environment variables as `${NAME}`. `timeout_s` is
    the whole time of a call, repeated tries included; `retries` count where repeating is harmless.
    `down` is what the customer reads before a person takes over.
    """

    url: Annotated[str, Field(pattern=r"^(https?://|\$\{)")]
    timeout_s: Annotated[float, Field(gt=0, le=LONGEST_S)] = 3.0
    retries: Annotated[int, Field(ge=0, le=5)] = 2
    headers: dict[str, str] = Field(default_factory=dict)
    down: Texts


class Request(Part):
    """A call of a service; `path` and the texts of `body` may name slots and saved fields.

    `idempotent` says that a repeated POST acts once, by its Idempotency-Key; `harmless` that the
    call needs no confirmation.
    """

    service: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: Annotated[str, Field(pattern=r"^/[^#\s]*$")]
    body: dict[str, Any] = Field(default_factory=dict)
    idempotent: bool = False
    harmless: bool = False

    @property
    def repeatable(self) -> bool:
        """Whether calling twice does no more than calling once."""
        return self.idempotent or self.method in ("GET", "PUT", "DELETE")

    @property
    def guarded(self) -> bool:
        """Whether the customer has to confirm it first."""
        return self.method != "GET" and not self.harmless

    def texts(self) -> Iterator[str]:
        """The path, and every text of the body."""
        yield self.path
        yield from _leaves(self.body)

    @model_validator(mode="after")
    def _sendable(self) -> "Request":
        if self.method == "GET" and self.body:
            raise ValueError("expected no body with GET, found one; put it into the path")
        return self


class Outcome(Part):
    """What an answer means: it fits when all of `status`, `when` and `above` do.

    Without `status` any 2xx fits; `when` and `above` look at saved fields. Then `reason` hands off,
    `forget` asks again for those slots, `go` goes on with another step, a mere `say` ends the
    procedure, and nothing of this goes on with the next step.
    """

    status: int | tuple[int, ...] | None = None
    when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    above: dict[str, float] = Field(default_factory=dict)
    forget: tuple[str, ...] = ()
    say: MaybeTexts = Field(default_factory=dict)
    reason: HandOffReason | None = None
    go: str = ""

    @property
    def ends(self) -> bool:
        """Whether the procedure is over with it."""
        return bool(self.reason or (self.say and not self.forget))

    @model_validator(mode="after")
    def _one_consequence(self) -> "Outcome":
        if self.reason and (self.forget or self.go):
            raise ValueError("expected reason, or forget and go, found both; choose one")
        if self.go and self.say and not self.forget:
            raise ValueError("expected go or say, found both; say it in the step that it goes to")
        return self


class Step(Part):
    """One step: exactly one of `slots` to ask for, `confirm`, `call`, or `say`, which ends.

    `ask` replaces the slot's own question where a step asks for one slot; `declined` is the answer
    to a customer who does not confirm. `save` names fields of the answer by their dotted path; a
    number in it is a place in a list.
    """

    name: Name
    slots: tuple[str, ...] = ()
    ask: MaybeTexts = Field(default_factory=dict)
    confirm: MaybeTexts = Field(default_factory=dict)
    declined: MaybeTexts = Field(default_factory=dict)
    call: Request | None = None
    save: dict[Name, str] = Field(default_factory=dict)
    outcomes: tuple[Outcome, ...] = ()
    say: MaybeTexts = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_kind(self) -> "Step":
        kinds = [name for name in ("slots", "confirm", "call", "say") if getattr(self, name)]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            raise ValueError(
                f"step {self.name!r}: expected one of slots, confirm, call and say, found {found}; "
                "make each a step of its own"
            )
        needs = (("save", "call"), ("outcomes", "call"), ("ask", "slots"), ("declined", "confirm"))
        for name, kind in needs:
            if getattr(self, name) and kinds != [kind]:
                raise ValueError(f"step {self.name!r}: {name} belongs to {kind}; take it out")
        if self.confirm and not self.declined:
            raise ValueError(f"step {self.name!r}: expected declined beside confirm, found none")
        if self.ask and len(self.slots) != 1:
            raise ValueError(f"step {self.name!r}: ask replaces the question for one slot only")
        return self

    def texts(self) -> Iterator[tuple[str, MaybeTexts]]:
        """Every text that a customer may read, with its place inside the step."""
        for name in ("ask", "confirm", "declined", "say"):
            yield name, getattr(self, name)
        for number, outcome in enumerate(self.outcomes):
            yield f"outcomes.{number}.say", outcome.say


def _leaves(value: Any) -> Iterator[str]:
    """The texts inside the body of a call."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _leaves(inner)
        case list():
            for inner in value:
                yield from _leaves(inner)

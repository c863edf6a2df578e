"""A call of a service of the business, what came of it, and who makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A call to make: `path` is encoded already, `key` names it so that it acts once."""

    service: str
    method: str
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of a call: the status and the JSON object answered; else what the problem was."""

    status: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


class Endpoint(Protocol):
    """Makes calls; what goes wrong outside is told in the result, never raised."""

    def call(self, request: CallRequest) -> CallResult:
        """Make the call."""

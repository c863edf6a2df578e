"""The history of the champion: what was promoted and rolled back, and what served before."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from bot.release import RegistryError

Event = Literal["promote", "rollback"]


@dataclass(frozen=True, slots=True)
class Promotion:
    """`release` took over from `previous` (None: from nothing) at `at` (ISO 8601, UTC)."""

    at: str
    event: Event
    release: str
    previous: str | None


def read(path: Path) -> list[Promotion]:
    """Read the history, oldest first; empty where there is none. Raises RegistryError."""
    if not path.exists():
        return []
    lines = path.read_text("utf-8").splitlines()
    return [_promotion(path, number, line) for number, line in enumerate(lines, 1)]


def to_jsonl(history: Iterable[Promotion]) -> str:
    """The text of the history's file."""
    return "".join(json.dumps(asdict(one)) + "\n" for one in history)


def before(history: Sequence[Promotion], champion: str | None) -> str:
    """The release that served before `champion`. Raises RegistryError when there was none.

    A rollback forgets what it rolled back: rolling back twice goes two releases back.
    """
    past = _past(history, champion)
    if len(past) < 2:
        raise RegistryError(
            "no release served before this one; name one: `deskmate rollback RELEASE`"
        )
    return past[-2]


def _past(history: Sequence[Promotion], champion: str | None) -> list[str]:
    """The releases that served, oldest first and `champion` last.

    An entry whose successor, or the pointer, does not start from its release was never carried
    out: the program was killed between writing the history and moving the pointer.
    """
    past: list[str] = []
    for entry, successor in zip_longest(history, history[1:]):
        if entry.release != (successor.previous if successor else champion):
            continue
        if entry.event == "rollback" and entry.release in past:
            del past[len(past) - past[::-1].index(entry.release) :]
        else:
            past.append(entry.release)
    return past


def _promotion(path: Path, number: int, line: str) -> Promotion:
    try:
        return Promotion(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise RegistryError(
            f"{path}:{number}: expected a promotion as JSON, found {line[:60]!r}; "
            "delete this line or restore the file from a backup"
        ) from error

"""What the home's training is doing, and how the last one ended: one small file beside the models.

Who trains writes it, whoever started it (a timer, a shell, the console); everybody may read it.
"""

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from bot.registry import utc_now
from knowledge.errors import DeskmateError
from knowledge.types import Progress

STATUS_FILE = "training.json"
WRITE_EVERY_S = 0.5

RoundState = Literal["running", "done", "failed", "interrupted"]


@dataclass(frozen=True)
class Round:
    """One training: `what` it is doing, `done` of `total` (None where unknown) of that.

    `outcome` is what it came to, `error` why it failed, in one line. Times are ISO 8601, UTC.
    """

    state: RoundState
    pid: int
    started: str
    what: str = ""
    done: int = 0
    total: int | None = None
    finished: str | None = None
    outcome: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""


class RoundReport:
    """Writes how one training goes; also the progress callable that it is told by."""

    def __init__(self, path: Path, shown: Progress) -> None:
        self._path = path
        self._shown = shown
        self._written = 0.0
        self.round = Round("running", os.getpid(), utc_now())
        self._write()

    def __call__(self, done: int, total: int | None, what: str) -> None:
        """Pass progress on to the terminal, and into the file every now and then."""
        self._shown(done, total, what)
        begun = what != self.round.what
        self.round = replace(self.round, what=what, done=done, total=total)
        if begun or time.monotonic() - self._written > WRITE_EVERY_S:
            self._write()

    def ended(self, outcome: Mapping[str, Any]) -> None:
        """Say what the round came to."""
        self.round = replace(self.round, outcome=outcome)

    def close(self, state: RoundState, error: str = "") -> None:
        """Write the end."""
        self.round = replace(self.round, state=state, finished=utc_now(), error=error)
        self._write()

    def _write(self) -> None:
        beside = self._path.with_suffix(f".{os.getpid()}")
        beside.write_text(json.dumps(asdict(self.round), ensure_ascii=False), encoding="utf-8")
        beside.replace(self._path)
        self._written = time.monotonic()


@contextmanager
def reported(folder: Path, shown: Progress) -> Iterator[RoundReport]:
    """Report the training in the block as the one of the home `folder`."""
    report = RoundReport(folder / STATUS_FILE, shown)
    try:
        yield report
    except DeskmateError as error:
        report.close("failed", str(error))
        raise
    except Exception as error:
        report.close("failed", type(error).__name__)
        raise
    except BaseException:
        report.close("interrupted")
        raise
    report.close("done")


def last_round(folder: Path) -> Round | None:
    """The training that runs in the home `folder`, or the last one; None where none ever ran.

    One whose process is gone without a word was interrupted.
    """
    try:
        read = Round(**json.loads((folder / STATUS_FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    if read.state == "running" and not _alive(read.pid):
        return replace(read, state="interrupted")
    return read


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

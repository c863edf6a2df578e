"""Append turns in a child, kill it with SIGKILL, look whether all it acknowledged is there.

Run by `test_log` as a program with a folder; prints the number of kills and of acknowledged turns.
"""

import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.bot.log_samples import opened_log, state, turn

KILLS = 20


def _append_until_killed(folder: Path, acknowledgements: int) -> None:
    """Append turns, writing each acknowledged message id as a line."""
    with opened_log(folder) as log:
        for number in range(1_000_000):
            client_id = f"{os.getpid()}-{number}"
            said = log.append(turn("c0"), state("c0", failures=number), client_id)
            os.write(acknowledgements, b"%d\n" % said[1][0].id)


def _killed_run(folder: Path, seconds: float) -> list[int]:
    """The ids that a child acknowledged before it was killed with SIGKILL."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            _append_until_killed(folder, writing)
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb") as acknowledged:
        first = acknowledged.readline()
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = (first + acknowledged.read()).split(b"\n")
    return [int(line) for line in lines[:-1]]


def _check(folder: Path, acknowledged: list[int]) -> None:
    with opened_log(folder) as log:
        logged = log.messages("c0")
    assert set(acknowledged) <= {message.id for message in logged}
    roles = [message.role for message in logged]
    assert roles == ["customer", "bot"] * (len(roles) // 2)
    with closing(sqlite3.connect(folder / "deskmate.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        whole = connection.execute("SELECT count(*) FROM turns WHERE reply_id IS NOT NULL")
        assert whole.fetchone() == (len(roles) // 2,)


def main(folder: Path) -> None:
    with opened_log(folder) as log:
        log.start("en")
    random.seed(5)
    acknowledged = 0
    for _ in range(KILLS):
        ids = _killed_run(folder, random.uniform(0, 0.03))
        _check(folder, ids)
        acknowledged += len(ids)
    print(KILLS, acknowledged)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

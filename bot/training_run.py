"""Training as a child process: the server starts it, watches it, and never imports it."""

import logging
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from bot.rounds import Round, last_round
from knowledge.errors import DeskmateError

log = logging.getLogger(__name__)

LOG_FILE = "training.log"
NICENESS = "10"
"""Customers who write meanwhile are served first."""
STOP_SECONDS = 10


class TrainingRun:
    """At most one round of learning that this server started. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    def start(self, force: bool = False) -> None:
        """Start a round. Raises DeskmateError while one is running, whoever started it."""
        with self._starting:
            if self.running():
                raise DeskmateError("a training is running already; wait for it or stop it first")
            with (self._folder / LOG_FILE).open("wb") as output:
                self._child = subprocess.Popen(
                    self._command(force),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        log.info("started training in process %d", self._child.pid)

    def running(self) -> bool:
        """Whether a training runs in this home."""
        last, child = self.last(), self._child
        if child is not None and child.poll() is None and (last is None or last.pid != child.pid):
            return True  # it has not said anything yet
        return last is not None and last.state == "running"

    def last(self) -> Round | None:
        """The training that runs, or how the last one ended; None where none ever ran."""
        if self._child is not None:
            self._child.poll()  # a child that ended would seem alive until somebody asks for it
        return last_round(self._folder)

    def stop(self) -> bool:
        """Interrupt the round that this server started; whether there was one.

        The champion stays as it was.
        """
        child = self._child
        if child is None or child.poll() is not None:
            return False
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        log.info("stopped training in process %d", child.pid)
        return True

    def _command(self, force: bool) -> list[str]:
        nice = [found, "-n", NICENESS] if (found := shutil.which("nice")) else []
        verb = [sys.executable, "-m", "bot", "--home", str(self._folder), "retrain"]
        return [*nice, *verb, *(["--force"] if force else [])]

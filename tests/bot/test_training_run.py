"""Training started by the server, with a small script in place of the training."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.training_run import TrainingRun
from knowledge.errors import DeskmateError
from tests.waiting import until

SCRIPT = """
import sys, time
from pathlib import Path
from bot.rounds import reported
with reported(Path(sys.argv[1]), lambda *_: None) as report:
    report(0, 3, "fine-tuning")
    time.sleep(float(sys.argv[2]))
    report.ended({"result": "unchanged"})
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainingRun]:
    def command(self: TrainingRun, force: bool) -> list[str]:
        return [sys.executable, "-c", SCRIPT, str(tmp_path), "0" if force else "60"]

    monkeypatch.setattr(TrainingRun, "_command", command)
    run = TrainingRun(tmp_path)
    yield run
    run.stop()


def reaches(run: TrainingRun, state: str) -> None:
    until(lambda: (last := run.last()) and last.state == state)


def test_a_round_runs_to_its_end_beside_the_server(run: TrainingRun) -> None:
    run.start(force=True)
    reaches(run, "done")
    assert not run.running()
    last = run.last()
    assert last
    assert last.outcome == {"result": "unchanged"}


def test_a_second_round_is_refused_while_one_runs(run: TrainingRun, tmp_path: Path) -> None:
    run.start()
    with pytest.raises(DeskmateError, match="running already"):
        run.start()
    reaches(run, "running")
    with pytest.raises(DeskmateError, match="running already"):
        TrainingRun(tmp_path).start()


def test_a_stopped_round_was_interrupted_and_another_may_start(run: TrainingRun) -> None:
    run.start()
    reaches(run, "running")
    assert run.stop()
    reaches(run, "interrupted")
    assert not run.stop()
    run.start(force=True)
    reaches(run, "done")


def test_the_command_is_the_verb_of_the_shell(tmp_path: Path) -> None:
    command = TrainingRun(tmp_path)._command(force=True)
    assert command[-6:] == ["-m", "bot", "--home", str(tmp_path), "retrain", "--force"]

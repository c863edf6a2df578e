"""What a training tells everybody about itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.rounds import STATUS_FILE, last_round, reported
from knowledge.errors import DeskmateError


def test_progress_is_read_by_others_and_passed_on(tmp_path: Path) -> None:
    shown = []
    with reported(tmp_path, lambda *seen: shown.append(seen)) as report:
        report(1, 10, "fine-tuning")
        running = last_round(tmp_path)
        assert running
        assert (running.state, running.what, running.done, running.total) == (
            "running",
            "fine-tuning",
            1,
            10,
        )
        report.ended({"result": "promoted", "release": "r0002"})
    ended = last_round(tmp_path)
    assert shown == [(1, 10, "fine-tuning")]
    assert ended
    assert (ended.state, ended.outcome["release"]) == ("done", "r0002")
    assert ended.finished
    assert ended.finished >= ended.started


def test_a_folder_that_never_trained_has_no_round(tmp_path: Path) -> None:
    assert last_round(tmp_path) is None


@pytest.mark.parametrize(
    ("raised", "state", "error"),
    [
        (DeskmateError("found no utterance"), "failed", "found no utterance"),
        (ValueError("a secret"), "failed", "ValueError"),
        (KeyboardInterrupt(), "interrupted", ""),
    ],
)
def test_how_a_round_failed_is_kept(
    tmp_path: Path, raised: BaseException, state: str, error: str
) -> None:
    with pytest.raises(type(raised)), reported(tmp_path, lambda *_: None):
        raise raised
    ended = last_round(tmp_path)
    assert ended
    assert (ended.state, ended.error) == (state, error)


def test_a_round_whose_process_is_gone_was_interrupted(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with reported(tmp_path, lambda *_: None):
        path = tmp_path / STATUS_FILE
        path.write_text(json.dumps(json.loads(path.read_text()) | {"pid": gone.pid}))
        found = last_round(tmp_path)
    assert found
    assert found.state == "interrupted"

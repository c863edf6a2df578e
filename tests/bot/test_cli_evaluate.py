"""`deskmate evaluate dialogue` on a home with the fake encoder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.home import Home
from tests.bot.conversations import conversation, step, write
from tests.bot.homes import RETURNS, Deskmate, add_faq, add_release, new_home

RIGHT = conversation("right", step(RETURNS, 'action = "answer"\nevidence = "30 days"'))
WRONG = conversation("wrong", step(RETURNS, 'action = "hand_off"'))


@pytest.fixture
def served(folder: Path, fake_encoder: None) -> Home:
    """A home whose release answers one question."""
    home = new_home(folder)
    add_faq(home)
    add_release(home)
    home.close()
    return home


def test_each_conversation_is_told_with_what_is_wrong(
    deskmate: Deskmate, served: Home, tmp_path: Path
) -> None:
    write(tmp_path / "tests", "a.toml", RIGHT + WRONG)
    result = deskmate("evaluate", "dialogue", str(tmp_path / "tests"))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split()[:2] == ["ok", "right"]
    assert lines[1].split()[:2] == ["WRONG", "wrong"]
    assert lines[2].strip() == "step 1, action: expected hand_off, found answer"
    assert "conversations right   1 of 2 (50.0%)" in lines
    assert "wrong answers         1 of 2 (50.0%)" in lines


@pytest.mark.parametrize(("text", "status"), [(RIGHT, 0), (WRONG, 1)])
def test_strict_ends_with_a_status_for_ci(
    deskmate: Deskmate, served: Home, tmp_path: Path, text: str, status: int
) -> None:
    path = write(tmp_path, "a.toml", text)
    assert deskmate("evaluate", "dialogue", str(path), "--strict").exit_code == status


def test_json_is_all_that_is_printed(deskmate: Deskmate, served: Home, tmp_path: Path) -> None:
    path = write(tmp_path, "a.toml", RIGHT)
    found = json.loads(deskmate("evaluate", "dialogue", str(path), "--json").stdout)
    assert found["figures"]["conversations_right"] == 1
    assert found["conversations"][0]["steps"][0]["found"]["action"] == "answer"


def test_nothing_is_logged(deskmate: Deskmate, served: Home, tmp_path: Path) -> None:
    path = write(tmp_path, "a.toml", RIGHT)
    deskmate("evaluate", "dialogue", str(path))
    home = Home.open(served.folder)
    count = home.log.reading.execute("SELECT count(*) FROM conversations").fetchone()
    home.close()
    assert count == (0,)


def test_a_home_without_a_release_is_one_line(
    deskmate: Deskmate, folder: Path, tmp_path: Path
) -> None:
    new_home(folder).close()
    result = deskmate("evaluate", "dialogue", str(write(tmp_path, "a.toml", RIGHT)))
    assert result.exit_code == 1
    assert result.stderr.endswith("expected a trained release, found none; run `deskmate train`\n")


def test_a_mistake_in_a_file_is_one_line(deskmate: Deskmate, served: Home, tmp_path: Path) -> None:
    path = write(tmp_path, "a.toml", conversation("one", step("hi", "action = 3")))
    result = deskmate("evaluate", "dialogue", str(path))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {path}: conversation one, step 1: action: ")
    assert result.stderr.count("\n") == 1


def test_it_needs_no_training_libraries() -> None:
    code = (
        "import bot.cli, bot.conversation_tests, sys;"
        "print(*(n for n in ('torch', 'sklearn', 'training') if n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

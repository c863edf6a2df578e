"""Export, backup and restore from the command line."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.home import Home
from bot.log import ConversationLog
from tests.bot.homes import Deskmate, new_home
from tests.bot.log_samples import state, turn

PRIVATE = "write to ann.smith@example.com please"


@pytest.fixture
def conversation(folder: Path) -> str:
    """One logged conversation with an e-mail address in it."""
    with closing(new_home(folder)) as home:
        conversation_id, _ = home.log.start("en")
        home.log.append(turn(conversation_id, PRIVATE), state(conversation_id))
    return conversation_id


def test_export_writes_redacted_dialogues_to_standard_output(
    deskmate: Deskmate, conversation: str
) -> None:
    result = deskmate("export")
    (line,) = result.stdout.splitlines()
    assert json.loads(line)["id"] == conversation
    assert "[EMAIL]" in line
    assert "ann.smith" not in result.output
    assert result.stderr == "1 conversations\n"


def test_export_raw_keeps_what_was_written(deskmate: Deskmate, conversation: str) -> None:
    assert "ann.smith@example.com" in deskmate("export", "--raw").stdout


def test_what_export_wrote_is_imported_again(
    deskmate: Deskmate, conversation: str, tmp_path: Path, folder: Path
) -> None:
    out = tmp_path / "log.jsonl"
    assert deskmate("export", "--out", str(out)).exit_code == 0
    assert deskmate("import", "dialogues", str(out)).exit_code == 0
    with closing(Home.open(folder)) as home:
        (read,) = home.history.conversations()
    assert read.id == conversation
    assert [message.role for message in read.messages] == ["customer", "bot"]


def test_an_export_that_fails_leaves_the_old_file(
    deskmate: Deskmate, conversation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*_: Any) -> Any:
        yield next(export(*_))
        raise OSError(28, "No space left on device")

    export = ConversationLog.export
    monkeypatch.setattr(ConversationLog, "export", torn)
    out = tmp_path / "log.jsonl"
    out.write_text("old")
    result = deskmate("export", "--out", str(out))
    assert result.exit_code == 1
    assert "No space left" in result.stderr
    assert out.read_text() == "old"
    assert not list(tmp_path.glob(".log*"))


def test_a_backup_is_restored_as_another_home(
    deskmate: Deskmate, conversation: str, tmp_path: Path
) -> None:
    out = tmp_path / "shop.tar"
    written = deskmate("backup", str(out), "--json")
    assert json.loads(written.stdout)["path"] == str(out)
    restored = deskmate("--home", str(tmp_path / "again"), "restore", str(out))
    assert restored.exit_code == 0
    with closing(Home.open(tmp_path / "again")) as home:
        assert home.log.conversation(conversation).id == conversation


def test_restore_refuses_a_home_that_is_there(
    deskmate: Deskmate, conversation: str, tmp_path: Path
) -> None:
    deskmate("backup", str(tmp_path / "shop.tar"))
    result = deskmate("restore", str(tmp_path / "shop.tar"))
    assert result.exit_code == 1
    assert result.stderr.count("Error: ") == 1

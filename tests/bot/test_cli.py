"""The command line as a whole: help, exit status, errors in one line; init and doctor."""

import importlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from bot import settings
from bot.cli import main
from bot.shell import TRAINING_VERBS, TrainingVerb
from tests.bot.homes import Deskmate, new_home


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, TrainingVerb):
            continue
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


@pytest.mark.parametrize("words", list(_commands(main)), ids=" ".join)
def test_every_verb_has_help_with_an_example_of_itself(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*words, "--help"])
    assert shown.exit_code == 0
    _, _, example = " ".join(shown.output.split()).partition("Example: deskmate ")
    assert " ".join(words) in example


def test_the_list_of_verbs_is_whole_and_imports_no_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib, "import_module", _refuse)
    shown = CliRunner().invoke(main, ["--help"])
    listed = {
        line.split()[0] for line in shown.output.partition("Commands:")[2].splitlines() if line
    }
    assert listed == set(main.commands)
    assert set(TRAINING_VERBS) < listed


def _refuse(name: str, package: str | None = None) -> Any:
    raise AssertionError(f"{name} was imported")


def test_a_verb_of_training_is_taken_from_training(monkeypatch: pytest.MonkeyPatch) -> None:
    class Module:
        train = click.Command("train", callback=lambda: click.echo("trained"))

    monkeypatch.setattr(importlib, "import_module", lambda name: Module)
    assert CliRunner().invoke(main, ["train"]).output == "trained\n"


def test_a_missing_training_library_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError("No module named 'torch.nn'", name="torch.nn")

    monkeypatch.setattr(importlib, "import_module", missing)
    result = CliRunner().invoke(main, ["train"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: this needs torch")
    assert "deskmate[train]" in result.output


def test_a_missing_module_of_our_own_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError("No module named 'training.cli'", name="training.cli")

    monkeypatch.setattr(importlib, "import_module", missing)
    result = CliRunner().invoke(main, ["train"])
    assert isinstance(result.exception, ModuleNotFoundError)


@pytest.mark.parametrize(
    "words",
    [
        ["releases"],
        ["promote", "r0001-20260304T101112"],
        ["export"],
        ["index"],
        ["ask", "hello"],
        ["chat"],
        ["serve"],
        ["import", "faq", "faq.csv"],
        ["backup", "out.tar"],
        ["doctor"],
    ],
    ids=" ".join,
)
def test_an_absent_home_is_one_line_and_status_1(deskmate: Deskmate, words: list[str]) -> None:
    result = deskmate(*words)
    assert result.exit_code == 1
    assert len([line for line in result.stderr.splitlines() if line.startswith("Error: ")]) == 1
    assert "Traceback" not in result.output
    assert "shop" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["ask"],
        ["import", "faq"],
        ["import", "poems", "file"],
        ["serve", "--port", "70000"],
        ["init", "--languages", "en,fr"],
        ["init", "--languages", ""],
        ["ask", "hello", "--language", "fr"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2(deskmate: Deskmate, words: list[str]) -> None:
    assert deskmate(*words).exit_code == 2


def test_a_broken_setting_is_told_in_one_line(deskmate: Deskmate, folder: Path) -> None:
    deskmate("init")
    (folder / settings.FILE_NAME).write_text("[server]\nprot = 1\n")
    result = deskmate("releases")
    assert result.exit_code == 1
    assert "did you mean 'server.port'" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_broken_database_is_told_in_one_line(deskmate: Deskmate, folder: Path) -> None:
    deskmate("init")
    (folder / "deskmate.db").write_text("no database " * 1000)
    result = deskmate("releases")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_what_sqlite_refuses_is_told_in_one_line(
    deskmate: Deskmate, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Any:
        raise sqlite3.OperationalError("database or disk is full")

    new_home(folder).close()
    monkeypatch.setattr("bot.export.Export.export", full)
    result = deskmate("export")
    assert result.exit_code == 1
    assert result.stderr == f"Error: {folder}: database or disk is full; run `deskmate doctor`\n"


def test_init_makes_a_home_in_the_order_of_languages_asked(
    deskmate: Deskmate, folder: Path
) -> None:
    result = deskmate("init", "--languages", "zh, en")
    assert result.exit_code == 0
    assert settings.load(folder).bot.languages == ("zh", "en")
    assert deskmate("releases").exit_code == 0


def test_init_refuses_a_home_that_is_there(deskmate: Deskmate) -> None:
    deskmate("init")
    result = deskmate("init")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


def test_the_home_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKMATE_HOME", str(tmp_path / "elsewhere"))
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    assert (tmp_path / "elsewhere" / "deskmate.toml").exists()


def test_doctor_of_a_sound_home_is_status_0(deskmate: Deskmate) -> None:
    deskmate("init", "--languages", "en")
    result = deskmate("doctor", "--json")
    assert result.exit_code == 0, result.output
    read = json.loads(result.stdout)
    assert read["ok"] is True
    assert {"home", "settings", "weights"} <= {one["name"] for one in read["findings"]}


def test_doctor_of_a_broken_home_is_status_1_with_the_first_problem(
    deskmate: Deskmate, folder: Path
) -> None:
    deskmate("init")
    (folder / settings.FILE_NAME).write_text("nonsense")
    result = deskmate("doctor")
    assert result.exit_code == 1
    assert "problem  settings" in result.stdout
    assert result.stderr.startswith("Error: 1 to mend")

"""Releases, promotion and rollback from the command line."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from bot.home import Home
from bot.indexing import index_path
from tests.bot.homes import Deskmate, add_faq, add_release, new_home


@pytest.fixture
def two(folder: Path) -> tuple[str, str]:
    """The ids of two releases, of which the first serves."""
    with closing(new_home(folder)) as home:
        add_faq(home)
        return add_release(home).id, add_release(home, promoted=False).id


def test_releases_marks_the_one_that_serves(deskmate: Deskmate, two: tuple[str, str]) -> None:
    first, second = deskmate("releases").stdout.splitlines()
    assert first.startswith(f"* {two[0]}")
    assert second.startswith(f"  {two[1]}")


def test_releases_as_json_have_all_fields(deskmate: Deskmate, two: tuple[str, str]) -> None:
    read = json.loads(deskmate("releases", "--json").stdout)
    assert [(one["id"], one["champion"]) for one in read] == [(two[0], True), (two[1], False)]
    assert read[0]["encoder"] == {"en": "hashing"}


@pytest.mark.usefixtures("fake_encoder")
def test_promote_builds_the_index_before_it_moves_the_pointer(
    deskmate: Deskmate, two: tuple[str, str], folder: Path
) -> None:
    result = deskmate("promote", two[1], "--json")
    assert json.loads(result.stdout) == {"champion": two[1]}
    with closing(Home.open(folder)) as home:
        assert index_path(home.index_folder, two[1], "en").exists()


def test_a_damaged_release_is_not_promoted(
    deskmate: Deskmate, two: tuple[str, str], folder: Path
) -> None:
    result = deskmate("promote", two[1])  # its encoder is not there
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    with closing(Home.open(folder)) as home:
        champion = home.registry.champion()
    assert champion is not None
    assert champion.id == two[0]


@pytest.mark.usefixtures("fake_encoder")
def test_rollback_goes_back_to_the_one_before_or_to_a_named_one(
    deskmate: Deskmate, two: tuple[str, str]
) -> None:
    deskmate("promote", two[1])
    assert json.loads(deskmate("rollback", "--json").stdout) == {"champion": two[0]}
    assert json.loads(deskmate("rollback", two[1], "--json").stdout) == {"champion": two[1]}


@pytest.mark.parametrize("words", [["promote", "r0099"], ["promote", "../x"], ["rollback"]])
def test_what_cannot_be_promoted_is_one_line_and_status_1(
    deskmate: Deskmate, two: tuple[str, str], words: list[str]
) -> None:
    result = deskmate(*words)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1

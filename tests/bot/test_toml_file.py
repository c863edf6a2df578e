"""Editing deskmate.toml and domain.toml in place."""

from pathlib import Path

import pytest

from bot import domain, settings
from bot.domain import Domain
from bot.settings import Settings
from bot.starter import create_home
from bot.toml_file import change
from knowledge.errors import DeskmateError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    create_home(tmp_path / "home", ("en", "zh"))
    return tmp_path / "home"


def test_a_value_changes_and_comments_stay(home: Path) -> None:
    path = home / settings.FILE_NAME
    before = path.read_text("utf-8")
    changed = change(path, Settings, {"bot.error_budget": 0.1})
    assert changed.bot.error_budget == 0.1
    assert settings.load(home) == changed
    assert path.read_text("utf-8") == before.replace("error_budget = 0.05", "error_budget = 0.1")


def test_several_values_change_together_and_a_missing_section_is_made(tmp_path: Path) -> None:
    path = tmp_path / settings.FILE_NAME
    path.write_text("# mine\n", encoding="utf-8")
    changed = change(path, Settings, {"server.port": 9000, "limits.upload_megabytes": 0})
    assert (changed.server.port, changed.limits.upload_megabytes) == (9000, 0)
    assert path.read_text("utf-8").startswith("# mine\n")


def test_none_removes_a_key(home: Path) -> None:
    change(home / settings.FILE_NAME, Settings, {"bot.error_budget": None})
    assert settings.load(home).bot.error_budget == 0.05
    assert "error_budget =" not in (home / settings.FILE_NAME).read_text("utf-8")


def test_what_is_not_valid_is_refused_and_nothing_changes(home: Path) -> None:
    path = home / settings.FILE_NAME
    before = path.read_bytes()
    with pytest.raises(DeskmateError, match=r"deskmate\.toml: bot\.error_budget: .*less than 0.5"):
        change(path, Settings, {"server.port": 9000, "bot.error_budget": 2})
    assert path.read_bytes() == before
    assert [each.name for each in home.iterdir() if each.name.startswith(".")] == []


def test_texts_of_the_domain_change_in_any_script(home: Path) -> None:
    path = home / domain.FILE_NAME
    changed = change(path, Domain, {"messages.zh.welcome": "您好！", "bot.en": 'The "Bot"'})
    assert changed.messages["zh"].welcome == "您好！"
    assert domain.load(home).bot["en"] == 'The "Bot"'


def test_a_text_that_cannot_be_filled_is_refused(home: Path) -> None:
    with pytest.raises(DeskmateError, match=r"messages\.en\.welcome names \{name\}"):
        change(home / domain.FILE_NAME, Domain, {"messages.en.welcome": "Hello {name}"})

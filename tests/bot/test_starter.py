"""A new home: complete, valid, in the languages asked for, and never over an old one."""

import re
import tomllib
from pathlib import Path

import pytest

from bot import domain, settings
from bot.default_messages import DEFAULT_MESSAGES
from bot.hours import Hours
from bot.starter import create_home, starter_domain, starter_settings
from knowledge.errors import DeskmateError
from knowledge.types import LANGUAGES, Language

SHOP_TEXT = (Path(domain.__file__).parent / "demo" / "shop" / "domain.toml").read_text("utf-8")
CHOICES: list[tuple[Language, ...]] = [("en",), ("zh",), ("en", "zh"), ("zh", "en")]


def test_settings_of_a_new_home_name_every_key_at_its_default(tmp_path: Path) -> None:
    create_home(tmp_path / "shop", ("en", "zh"))
    assert settings.load(tmp_path / "shop") == settings.Settings()
    written = tomllib.loads((tmp_path / "shop" / settings.FILE_NAME).read_text("utf-8"))
    named = [f"{section}.{key}" for section, values in written.items() for key in values]
    assert sorted(named) == sorted(settings.keys())


def test_every_setting_stands_below_a_comment_of_its_section() -> None:
    for section in starter_settings(("en",)).split("\n\n")[1:]:
        assert section.count("#") >= 1, section


@pytest.mark.parametrize("languages", CHOICES, ids="-".join)
def test_a_new_home_speaks_exactly_the_languages_asked(
    tmp_path: Path, languages: tuple[Language, ...]
) -> None:
    create_home(tmp_path, languages)
    assert settings.load(tmp_path).bot.languages == languages
    texts = domain.load(tmp_path)
    texts.check_languages(languages)
    assert set(texts.messages) == set(languages)
    others = [language for language in LANGUAGES if language not in languages]
    for other in others:
        assert not re.search(rf"^{other} = ", starter_domain(languages), re.MULTILINE)


def test_every_intent_to_start_with_has_something_to_say(tmp_path: Path) -> None:
    create_home(tmp_path, ("en", "zh"))
    for name, intent in domain.load(tmp_path).intents.items():
        assert intent.reply or intent.requested, name


def test_a_given_domain_replaces_the_one_to_fill_in(tmp_path: Path) -> None:
    create_home(tmp_path, ("en",), "# mine\n")
    assert (tmp_path / domain.FILE_NAME).read_text("utf-8") == "# mine\n"


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(DeskmateError, match="give another by --home"):
        create_home(tmp_path, ("en",))
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("mine")
    with pytest.raises(DeskmateError, match="expected no such folder"):
        create_home(tmp_path / "shop", ("en",))


def test_a_new_home_is_its_owners_alone(tmp_path: Path) -> None:
    create_home(tmp_path / "a" / "shop", ("en",))
    assert (tmp_path / "a" / "shop").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", [starter_domain(("en",)), SHOP_TEXT], ids=["starter", "demo"])
def test_hours_shown_as_an_example_are_valid(text: str) -> None:
    example = text[text.index("# [hours]") :].split("\n\n")[0]
    hours = tomllib.loads(example.replace("# ", ""))["hours"]
    assert Hours.model_validate(hours).monday


def test_new_home_shows_every_message_with_its_text() -> None:
    written = tomllib.loads(starter_domain(("en", "zh")))["messages"]
    for language, texts in DEFAULT_MESSAGES.items():
        assert texts.items() <= written[language].items()

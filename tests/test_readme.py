"""The README is true: every verb and setting stands in it, and what it names is there."""

import re
from pathlib import Path

import click
import pytest

from bot import settings
from bot.cli import main
from bot.outgoing import SECRET_VARIABLE as WEBHOOK_SECRET_VARIABLE
from bot.web.app import METRICS_TOKEN_VARIABLE
from bot.web.channels import KEY_VARIABLE
from bot.web.identity import SECRET_VARIABLE

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CALLS = re.findall(r"^deskmate (.+?)(?:\s+#.*)?$|`deskmate ([^`]+)`", README, re.MULTILINE)
VERBS = sorted(main.commands)
PAGES = ("README.md", "bot/README.md", "bot/DOMAIN.md", "bot/web/README.md")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


def _row(first: str) -> list[str]:
    """The cells of the table row whose first cell is `first`."""
    found = re.findall(rf"^\| `{re.escape(first)}` \|(.*)\|$", README, re.MULTILINE)
    assert len(found) == 1, f"expected one row of {first}, found {len(found)}"
    return [cell.strip() for cell in found[0].split(" | ")]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_line_with_an_example(verb: str) -> None:
    _, example = _row(verb)
    assert re.match(rf"`deskmate (--home \S+ )?{verb}\b", example)


@pytest.mark.parametrize("key", settings.keys())
def test_every_setting_stands_there_with_its_default(key: str) -> None:
    section, name = key.split(".")
    default = getattr(getattr(settings.Settings(), section), name)
    written = _row(key)[0]
    if isinstance(default, tuple) and len(default) > 2:
        assert len(written.split(", ")) == len(default)
    else:
        expected = str(list(default)) if isinstance(default, tuple) else repr(default)
        assert written == f"`{expected}`".replace("'", '"')


@pytest.mark.parametrize(
    "name",
    [
        "DESKMATE_HOME",
        "DESKMATE_CACHE",
        SECRET_VARIABLE,
        WEBHOOK_SECRET_VARIABLE,
        KEY_VARIABLE,
        METRICS_TOKEN_VARIABLE,
    ],
)
def test_every_environment_variable_stands_there(name: str) -> None:
    assert _row(name)


def test_the_readme_names_no_verb_that_is_not_there() -> None:
    assert len(CALLS) > 10
    for call in CALLS:
        words = re.sub(r"^--home \S+ ", "", call[0] or call[1]).split()
        assert words[0] in main.commands, words


def test_every_option_of_an_example_exists() -> None:
    for call in CALLS:
        words = re.sub(r"^--home \S+ ", "", call[0] or call[1]).split()
        command: click.Command = main.commands[words[0]]
        if words[0] in ("train", "evaluate", "retrain"):
            continue
        if isinstance(command, click.Group) and len(words) > 1:
            command = command.commands[words[1]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known | {"--help"}


def test_every_place_of_the_tree_exists() -> None:
    tree = README.split("## Tree")[1].split("```")[1]
    places = [line.split()[0] for line in tree.strip().splitlines() if line and line[0] != " "]
    assert len(places) > 8
    for place in places:
        assert (ROOT / place).exists(), place


def test_every_make_target_that_is_named_exists() -> None:
    targets = re.findall(r"`?make ([a-z]+)", README)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert {"setup", "demo", "test"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_place_that_exists(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for target, heading in LINK.findall(text):
        file = (ROOT / page).parent / target if target else ROOT / page
        assert file.exists(), target
        if heading:
            assert heading in _headings(file.read_text("utf-8")), f"{target}#{heading}"


def _headings(text: str) -> set[str]:
    """The headings of a page as links name them."""
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in found}


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) <= 280


def test_the_readme_links_to_every_part_of_how_the_bot_talks() -> None:
    page = (ROOT / "bot" / "DOMAIN.md").read_text("utf-8")
    linked = set(re.findall(r"bot/DOMAIN\.md#([\w-]+)", README))
    assert linked == _headings(page) - {"how-the-bot-talks"}

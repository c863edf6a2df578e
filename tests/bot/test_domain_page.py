"""DOMAIN.md is true: it names every key that `domain.toml` may hold, and its examples are read."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.conversation_file import Expectation, FoundAction, read
from bot.default_messages import DEFAULT_MESSAGES, MESSAGE_NAMES, Messages
from bot.domain import Domain, Intent
from bot.hand_off_rules import HandOffRules
from bot.types import HandOffReason
from tests.bot.shop import SHOP

PAGE = (Path(__file__).parents[2] / "bot" / "DOMAIN.md").read_text("utf-8")


def _section(heading: str) -> str:
    assert f"\n## {heading}\n" in PAGE
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def _example(heading: str) -> dict[str, Any]:
    (block,) = re.findall(r"```toml\n(.*?)```", _section(heading), re.DOTALL)
    return tomllib.loads(block)


def _rows(heading: str) -> dict[str, list[str]]:
    """The further cells of each row, by every name in its first cell."""
    rows = re.findall(r"^\| (`.*) \|$", _section(heading), re.MULTILINE)
    cells = [[cell.strip() for cell in row.split(" |")] for row in rows]
    return {name: row[1:] for row in cells for name in re.findall(r"`(\w+)`", row[0])}


def test_every_message_stands_there_with_its_default_and_what_it_may_name() -> None:
    rows = _rows("Messages and tone")
    assert list(rows) == list(Messages.model_fields)
    for name, (default, _, names) in rows.items():
        assert (default == "yes") == (name in DEFAULT_MESSAGES["en"]), name
        assert tuple(re.findall(r"\{(\w+)\}", names)) == MESSAGE_NAMES.get(name, ()), name


def test_every_key_of_an_intent_stands_there() -> None:
    assert list(_rows("Intents and small talk")) == list(Intent.model_fields)


def test_every_reason_of_a_hand_off_stands_there() -> None:
    older = {"not_known"}  # read from logs of before
    assert set(_rows("Hand-off")) == set(get_args(HandOffReason)) - older


def test_the_example_of_hand_off_rules_has_every_key_with_its_default() -> None:
    given = _example("Hand-off")["hand_off"]
    rules, default = HandOffRules.model_validate(given), HandOffRules()
    assert list(given) == list(HandOffRules.model_fields)
    assert (rules.failed_turns, rules.negative_turns) == (
        default.failed_turns,
        default.negative_turns,
    )


@pytest.mark.parametrize("heading", ["Intents and small talk", "Products", "Hand-off"])
def test_the_examples_are_read(heading: str) -> None:
    assert Domain.model_validate({**SHOP, **_example(heading)})


def test_every_key_of_a_conversation_test_stands_there() -> None:
    rows = _rows("Conversation tests")
    assert list(rows) == [*Expectation.model_fields, "parts"]
    assert set(re.findall(r"`(\w+)`", rows["action"][0])) == set(get_args(FoundAction))


def test_the_example_of_a_conversation_test_is_read(tmp_path: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", _section("Conversation tests"), re.DOTALL)
    (tmp_path / "cancel.toml").write_text(block, "utf-8")
    (test,) = read([tmp_path])
    assert [step.slot for step in test.steps] == ["order_number", "order_number", "confirm"]
    assert list(test.answers) == [("orders", "GET /orders/TW-240019")]

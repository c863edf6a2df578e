"""Intents written into domain.toml."""

from pathlib import Path

import pytest

from bot import domain
from bot.domain_file import DomainFile
from bot.starter import create_home
from knowledge.errors import DeskmateError

LABEL = {"en": "Gift wrapping", "zh": "礼品包装"}
REPLY = {"en": 'We wrap it for $3, "with love".', "zh": "包装费 3 元。"}


@pytest.fixture
def file(tmp_path: Path) -> DomainFile:
    create_home(tmp_path / "home", ("en", "zh"))
    return DomainFile(tmp_path / "home")


def test_an_intent_is_added_and_all_the_rest_stays(file: DomainFile) -> None:
    before = file.path.read_text("utf-8")
    added = file.add_intent("gift_wrap", LABEL, REPLY)
    assert (added.intents["gift_wrap"].label, added.intents["gift_wrap"].reply) == (LABEL, REPLY)
    after = file.path.read_text("utf-8")
    assert set(before.splitlines()) <= set(after.splitlines())
    assert "[intents.gift_wrap.label]" in after
    assert file.read() == added == domain.load(file.path.parent)


def test_an_edit_by_hand_is_seen(file: DomainFile) -> None:
    assert "gift_wrap" not in file.read().intents
    DomainFile(file.path.parent).add_intent("gift_wrap", LABEL, REPLY)
    assert "gift_wrap" in file.read().intents


@pytest.mark.parametrize(
    ("name", "label", "reply", "said"),
    [
        ("Gift wrap", LABEL, REPLY, "expected a name of small letters"),
        ("a.b", LABEL, REPLY, "expected a name of small letters"),
        ("oos", LABEL, REPLY, "expected a name of small letters"),
        ("complaint", LABEL, REPLY, "already an intent 'complaint'"),
        ("wrap", {"en": "Wrap"}, REPLY, "expected a label in 'zh'"),
        ("wrap", LABEL, {**REPLY, "en": " "}, "expected a reply in 'en'"),
        ("wrap", LABEL, {**REPLY, "en": "{order_number}"}, r"names \{order_number\}"),
    ],
)
def test_what_is_not_valid_is_refused_and_nothing_is_written(
    file: DomainFile, name: str, label: dict, reply: dict, said: str
) -> None:
    before = file.path.read_bytes()
    with pytest.raises(DeskmateError, match=said):
        file.add_intent(name, label, reply)
    assert file.path.read_bytes() == before

"""Conversation tests as files: what is read, and how a mistake in one is told."""

from pathlib import Path

import pytest

from bot.actions import CallResult
from bot.conversation_file import read, read_answers
from bot.demo.run import SHOP
from knowledge.errors import DeskmateError
from tests.bot.conversations import CALLS, conversation, step, write

HELLO = step("hello", 'action = "small_talk"')


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    text = CALLS + conversation("one", step("hi", 'action = ["answer", "clarify"]\nsays = "ok"'))
    path = write(tmp_path, "a.toml", text)
    [test] = read([path])
    assert (test.id, test.file, test.language, test.after_hours) == ("one", path, "en", False)
    [only] = test.steps
    assert (only.customer, only.action, only.says) == ("hi", ("answer", "clarify"), ("ok",))
    assert test.answers["orders", "POST /orders/TW-240019/cancel"] == CallResult(200, {})
    assert test.answers["orders", "GET /orders/TW-240020"].status is None
    assert test.answers["orders", "GET /orders/TW-240020"].problem


def test_folders_are_read_to_the_bottom_in_order_and_each_file_once(tmp_path: Path) -> None:
    write(tmp_path / "b", "z.toml", conversation("third", HELLO))
    write(tmp_path / "a", "x.toml", conversation("first", HELLO) + conversation("second", HELLO))
    write(tmp_path / "a", "notes.md", "no conversation")
    found = read([tmp_path, tmp_path / "a" / "x.toml"])
    assert [test.id for test in found] == ["first", "second", "third"]


def test_calls_of_the_folder_hold_unless_the_file_declares_its_own(tmp_path: Path) -> None:
    write(tmp_path, "orders.toml", CALLS)
    own = '[[calls]]\nservice = "orders"\nrequest = "GET /orders/TW-240019"\nstatus = 500\n'
    path = write(tmp_path, "a.toml", own + conversation("one", HELLO))
    [test] = read([path])
    assert test.answers["orders", "GET /orders/TW-240019"].status == 500
    assert test.answers["orders", "POST /orders/TW-240019/cancel"].status == 200


def test_a_folder_without_declared_calls_has_none(tmp_path: Path) -> None:
    assert read_answers(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "expected TOML, found"),
        ("", "expected conversations, found none"),
        ("[[conversation]]\nid = 'a'", "unknown key 'conversation'; did you mean 'conversations'?"),
        (
            conversation("one", ""),
            "conversation one: steps: expected a value, found none; add steps",
        ),
        (conversation("one", HELLO, "fr"), "conversation one: language: input should be 'en' or"),
        (
            conversation("one", HELLO + step("hi", 'acton = "ask"')),
            "conversation one, step 2: unknown key 'acton'; did you mean 'action'?",
        ),
        (
            conversation("one", step("hi", 'action = "asks"')),
            "conversation one, step 1: action.0: input should be 'answer', 'ask'",
        ),
        (
            conversation("one", step("hi", 'intent = "greeting"')),
            "conversation one, step 1: expected an action or parts, found neither",
        ),
        (
            conversation("one", step("hi", 'parts = [{ action = "ask", slt = "x" }]')),
            "conversation one, step 1: unknown key 'parts.0.slt'; did you mean 'parts.0.slot'?",
        ),
        (
            conversation("one", HELLO) + conversation("one", HELLO),
            "expected ids that differ, found 'one'",
        ),
        ('[[calls]]\nservice = "orders"\nrequest = "orders/1"', "call 1: request: string should"),
        (CALLS + CALLS, "expected one answer to 'GET /orders/TW-240019' of orders, found two"),
    ],
    ids=lambda value: value[-40:] or "empty",
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    path = write(tmp_path, "a.toml", text)
    with pytest.raises(DeskmateError) as caught:
        read([path])
    assert str(caught.value).startswith(f"{path}: ")
    assert told in str(caught.value)


def test_the_sample_shops_conversations_can_be_read() -> None:
    folders = [SHOP / language / "conversations" for language in ("en", "zh")]
    there = [folder for folder in folders if folder.is_dir()]
    assert there
    assert all(test.steps for test in read(there))

import gzip
import json

import pytest

from knowledge.sources import dialogues
from knowledge.types import Conversation, Message, RowError

FILE = "dialogues.jsonl"


@pytest.fixture(scope="module")
def rows():
    from pathlib import Path

    return list(dialogues.read(Path(__file__).parents[1] / "data" / FILE, None))


def conversation(rows, identity):
    return next(row for row in rows if isinstance(row, Conversation) and row.id == identity)


def write(path, *objects):
    path.write_text("\n".join(json.dumps(item) for item in objects), encoding="utf-8")
    return path


def turns(*said):
    return {"id": "x", "turns": [{"role": role, "text": text} for role, text in said]}


def test_read_gives_roles_and_takes_personal_data_out(rows):
    first = conversation(rows, "d1")
    assert first.source == FILE
    assert first.language == "en"
    assert [message.role for message in first.messages] == ["customer", "staff"]
    assert first.messages[0].text.endswith("I'm [EMAIL]")
    assert "help@tidewick.example" in first.messages[1].text


def test_read_puts_times_into_utc_and_drops_empty_turns(rows):
    assert conversation(rows, "d2").messages == (
        Message("customer", "我叫[NAME]，订单号[ORDER]", "2026-03-04T02:12:00Z"),
        Message("staff", "您好", "2026-03-04T02:12:00Z"),
    )


def test_read_detects_the_language_from_the_customer(rows):
    eighth = conversation(rows, "8")
    assert eighth.language == "zh"
    assert eighth.messages[0].intent == "repair"


def test_read_goes_on_after_bad_rows_and_says_what_is_wrong(rows):
    errors = {row.line: row.reason for row in rows if isinstance(row, RowError)}
    assert sorted(errors) == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert "expected a role" in errors[3]
    assert "'robot'" in errors[3]
    assert "found 'd1' of line 1" in errors[4]
    assert "JSON object" in errors[5]
    assert "['a list']" in errors[6]
    assert "'turns'" in errors[7]
    assert "turn 1: expected 'at'" in errors[8]
    assert "'de'" in errors[9]
    assert "expected an 'id', found None" in errors[10]
    assert "found 5" in errors[11]


def test_read_lets_the_given_language_win(tmp_path):
    path = write(tmp_path / "a.jsonl", turns(("user", "hello")) | {"language": "en"})
    assert next(dialogues.read(path, "zh")).language == "zh"


def test_read_takes_gzip_and_bom(tmp_path):
    content = b"\xef\xbb\xbf" + json.dumps(turns(("user", "hello"))).encode()
    (tmp_path / "a.jsonl").write_bytes(content)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(content))
    for name in ("a.jsonl", "b.jsonl.gz"):
        assert next(dialogues.read(tmp_path / name, None)).messages[0].text == "hello"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "expected UTF-8 text"),
        ("Grüße".encode("latin-1") * 100, "expected UTF-8 text"),
        ("hello".encode("utf-16"), "expected UTF-8 text"),
        (b"abc\0def\n", "binary"),
    ],
)
def test_read_gives_one_clear_error_for_a_file_that_is_no_text(tmp_path, content, reason):
    (tmp_path / "a.jsonl").write_bytes(content)
    (error,) = dialogues.read(tmp_path / "a.jsonl", None)
    assert reason in error.reason


def test_read_gives_one_error_for_broken_gzip_and_a_missing_file(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"id": 1}' * 1000)[:30])
    (tmp_path / "b.jsonl.gz").write_bytes(b"no gzip")
    for name in ("a.jsonl.gz", "b.jsonl.gz", "c.jsonl"):
        (error,) = dialogues.read(tmp_path / name, None)
        assert "cannot be read" in error.reason


def test_read_survives_lone_surrogates_and_control_characters(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"id":"x","turns":[{"role":"user","text":"a\\ud800b\\u0000c"}]}', encoding="utf-8"
    )
    assert next(dialogues.read(tmp_path / "a.jsonl", None)).messages[0].text == "abc"

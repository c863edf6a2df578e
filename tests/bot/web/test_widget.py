"""The widget without a browser: its script, its two calls, the words, and the front page."""

import gzip
import hashlib
import hmac
import json
import re
import tomllib

import pytest
from fastapi.testclient import TestClient

from bot.demo.run import SHOP
from bot.domain import Domain
from bot.settings import Limits
from bot.web import widget
from bot.web.identity import SECRET_VARIABLE
from bot.web.pages import STATIC
from bot.web.widget_schemas import WidgetSettingsOut
from bot.web.widget_script import PARTS, SOURCE, script, tight

MOST_BYTES = 30_000
WORDS = json.loads((SOURCE / "words.json").read_text("utf-8"))
SCRIPTS = {name: (SOURCE / name).read_text("utf-8") for name in PARTS}


def test_the_script_is_small() -> None:
    assert len(script().zipped) < MOST_BYTES
    assert gzip.decompress(script().zipped) == script().plain


def test_the_script_is_one_file_in_utf8(client: TestClient) -> None:
    answer = client.get("/widget.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == script().plain
    plain = client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == script().plain


def test_an_unchanged_script_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/widget.js")
    assert "max-age=300" in first.headers["cache-control"]
    again = client.get("/widget.js", headers={"If-None-Match": f"W/{first.headers['etag']}"})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/widget.js", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


def test_the_script_can_be_asked_for_by_its_head(client: TestClient) -> None:
    assert client.head("/widget.js").headers["etag"] == script().tag


def test_every_part_is_sent() -> None:
    assert {path.name for path in SOURCE.glob("*.js")} == set(PARTS)


@pytest.mark.parametrize("name", PARTS)
def test_no_part_can_turn_text_into_markup_or_code(name: str) -> None:
    sinks = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|DOMParser|\beval\b"
        r"|new Function|createContextualFragment|setHTML|javascript:|setAttribute\(\"(style|on)"
    )
    assert re.search(sinks, SCRIPTS[name]) is None


@pytest.mark.parametrize("name", PARTS)
def test_no_text_of_a_part_spans_lines(name: str) -> None:
    """Else its indentation would be lost where the script is sent."""
    for line in SCRIPTS[name].splitlines():
        assert line.count("`") % 2 == 0 or "/`" in line or "'`" in line, line


def test_comments_and_indentation_are_not_sent() -> None:
    source = '/** What. */\nlet a = 1; // kept\n  // gone\n  /* gone\n     too */\n  "//";\n'
    assert tight(source) == 'let a = 1; // kept\n"//";\n'


def test_both_languages_have_the_same_words_with_the_same_names_in_them() -> None:
    assert list(WORDS) == ["en", "zh"]
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    for key, english in WORDS["en"].items():
        chinese = WORDS["zh"][key]
        assert english.strip()
        assert chinese.strip()
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), key


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    source = "\n".join(SCRIPTS.values())
    named = set(re.findall(r"\bwords\.(\w+)", source))
    by_key = set(re.findall(r'"(\w+)"', source))
    assert named <= set(WORDS["en"])
    assert set(WORDS["en"]) <= named | by_key


def test_the_settings_introduce_the_bot_in_every_language(client: TestClient) -> None:
    answer = client.get("/api/widget-settings")
    WidgetSettingsOut.model_validate(answer.json())
    told = answer.json()
    assert told["languages"] == ["en", "zh"]
    assert told["bot"] == {"en": "Wick", "zh": "小灯"}
    assert told["welcome"]["en"].startswith("Hi, I'm Wick")
    assert told["starters"]["zh"] == ["查询订单", "退货"]
    assert told["upload"]["max_bytes"] == 1024 * 1024
    assert "image/png" in told["upload"]["types"]


def test_the_settings_say_that_no_files_are_taken(make_client) -> None:
    client = make_client(Limits(upload_megabytes=0))
    assert client.get("/api/widget-settings").json()["upload"]["max_bytes"] == 0


def test_an_identity_is_checked_before_there_is_a_conversation(make_client, monkeypatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, "shared")
    client = make_client()
    right = hmac.new(b"shared", b"42", hashlib.sha256).hexdigest()
    for sent, status in (
        ({"id": "42", "hash": right}, 204),
        ({"id": "43", "hash": right}, 403),
        ({"id": "42", "hash": ""}, 403),
        ({"id": "42"}, 422),
        ({"hash": right}, 422),
    ):
        assert client.post("/api/widget-identity", json=sent).status_code == status, sent


def test_no_identity_is_accepted_without_a_secret(client: TestClient) -> None:
    sent = {"id": "42", "hash": hmac.new(b"", b"42", hashlib.sha256).hexdigest()}
    answer = client.post("/api/widget-identity", json=sent)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "identity_not_configured")


@pytest.mark.parametrize(
    ("path", "accepted", "language"),
    [
        ("/", "en-US", "en"),
        ("/", "zh-CN,zh;q=0.9", "zh-CN"),
        ("/", "fr", "en"),
        ("/?lang=zh", "en", "zh-CN"),
        ("/?lang=en", "zh", "en"),
        ("/?lang=%3Cscript%3E", "zh", "zh-CN"),
    ],
)
def test_the_front_page_speaks_the_language(
    client: TestClient, path: str, accepted: str, language: str
) -> None:
    page = client.get(path, headers={"Accept-Language": accepted})
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert page.text.count("<script") == 1
    assert '<script src="/widget.js"' in page.text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_shop_needs_no_other_host_and_no_exception_from_the_policy(
    client: TestClient, language: str
) -> None:
    page = client.get(f"/?lang={language}")
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert not re.search(r"\sstyle=|<style|\son\w+=|https?:", page.text)
    for address in set(re.findall(r'(?:src|href)="(/[^"#?]+)', page.text)) - {"/staff"}:
        assert client.get(address).status_code == 200, address


def test_the_sample_shop_is_the_demos() -> None:
    domain = tomllib.loads((SHOP / "domain.toml").read_text("utf-8"))
    assert domain["shop"] == widget.SAMPLE_SHOP
    for page in ("en", "zh"):
        assert widget.SAMPLE_SHOP[page] in (STATIC / "shop" / f"{page}.html").read_text("utf-8")


def test_another_bots_front_page_is_its_chat(make_client, monkeypatch) -> None:
    client = make_client()
    runtime = client.app.state.service.runtime
    other = Domain.model_validate(runtime.domain.model_dump() | {"shop": {"en": "A", "zh": "B"}})
    monkeypatch.setattr(runtime, "domain", other)
    answer = client.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/chat/")

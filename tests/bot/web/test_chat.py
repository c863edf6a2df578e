"""The chat page as Gradio serves it: what it exposes, what it hides, what it loads."""

import re

import pytest
from fastapi.testclient import TestClient

from bot.web import chat, gradio_page
from bot.web.texts import TEXTS


@pytest.fixture(scope="module")
def config(client: TestClient) -> dict:
    return client.get("/chat/config").json()


def test_the_page_is_served_with_its_title(client: TestClient, config: dict) -> None:
    assert client.get("/chat/").headers["content-type"].startswith("text/html")
    assert config["title"] == "Chat with Wick"


@pytest.fixture
def blocks(client: TestClient):
    (mounted,) = [one for one in client.app.routes if getattr(one, "path", "") == chat.PATH]
    return mounted.app.get_blocks()


def test_gradios_queue_lets_an_idle_server_rest(blocks) -> None:
    queue = blocks._queue
    assert queue.sleep_when_free == gradio_page.QUEUE_SLEEP_SECONDS
    assert queue.ANALYTICS_MAX_EVENTS == 1
    assert queue.ANAYLTICS_CACHE_FREQUENCY > 10**9


def test_every_handler_is_private_and_may_run_for_many_at_once(blocks, config: dict) -> None:
    handlers = [one for one in config["dependencies"] if one["backend_fn"]]
    assert len(handlers) == 9
    assert {one["api_visibility"] for one in handlers} == {"private"}
    functions = blocks.fns.values()
    assert {one.concurrency_limit for one in functions if one.fn} == {chat.AT_ONCE}


def test_gradios_own_links_reports_and_history_are_off(config: dict) -> None:
    assert config["footer_links"] == []
    assert config["analytics_enabled"] is False
    assert config["show_error"] is False
    assert config["run_history"] is False


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/chat/gradio_api/upload"),
        ("GET", "/chat/gradio_api/info"),
        ("GET", "/chat/gradio_api/openapi.json"),
        ("POST", "/chat/gradio_api/call/say"),
        ("POST", "/chat/gradio_api/run/predict"),
        ("GET", "/chat/gradio_api/file=/etc/passwd"),
        ("GET", "/chat/gradio_api/proxy=https://example.org"),
        ("POST", "/chat/gradio_api/component_server"),
        ("GET", "/chat/monitoring"),
        ("GET", "/chat/login"),
        ("GET", "/chat/gradio_api/runs"),
        ("GET", "/chat/gradio_api/../gradio_api/info"),
    ],
)
def test_the_rest_of_gradio_is_hidden(client: TestClient, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 404


def test_the_theme_brings_no_fonts_from_elsewhere(client: TestClient) -> None:
    css = client.get("/chat/theme.css").text
    assert "system-ui" in css
    assert "@import" not in css
    assert set(re.findall(r"https?://[\w.-]+", css)) <= {"http://www.w3.org"}
    assert set(re.findall(r"url\([\"']?(\w+)", css)) <= {"data"}


def test_no_text_passes_through_a_template_or_as_markup(config: dict) -> None:
    (messages,) = [
        one["props"] for one in config["components"] if one["props"].get("elem_id") == "dm-messages"
    ]
    assert "$" not in messages["html_template"]
    assert "{" not in messages["html_template"]
    assert "innerHTML" not in messages["js_on_load"]


@pytest.mark.parametrize("field", TEXTS["en"].__dataclass_fields__)
def test_every_text_is_there_in_every_language(field: str) -> None:
    texts = {language: getattr(one, field) for language, one in TEXTS.items()}
    assert all(texts.values())
    assert len(set(texts.values())) == len(texts)
    holes = {frozenset(re.findall(r"{\w+}", text)) for text in texts.values()}
    assert len(holes) == 1

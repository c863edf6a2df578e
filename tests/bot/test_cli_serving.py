"""Asking, chatting and serving from the command line."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from bot.home import Home
from bot.serving import listen
from tests.bot.homes import RETURNS, Deskmate, add_faq, add_release, new_home

START_SECONDS = 60


@pytest.fixture
def _bot(folder: Path, fake_encoder: None) -> None:
    """A home with one question answered."""
    with closing(new_home(folder, ("en", "zh"))) as home:
        add_faq(home)
        add_release(home)


@pytest.mark.usefixtures("_bot")
def test_ask_prints_the_message_object_of_the_answer(deskmate: Deskmate) -> None:
    message = json.loads(deskmate("ask", RETURNS, "--json").stdout)
    assert message["role"] == "bot"
    assert message["action"] == "answer"
    assert message["text"] == "You have 30 days."
    assert message["citations"][0]["source"] == "faq.csv"


@pytest.mark.usefixtures("_bot")
def test_ask_is_readable_with_its_source(deskmate: Deskmate) -> None:
    result = deskmate("ask", RETURNS)
    assert result.stdout.startswith("You have 30 days.\n")
    assert "faq.csv" in result.stdout


@pytest.mark.usefixtures("_bot")
def test_ask_speaks_the_language_of_the_question(deskmate: Deskmate) -> None:
    assert re.search(r"[\u4e00-\u9fff]", deskmate("ask", "你们卖不卖自行车？").stdout)


@pytest.mark.usefixtures("fake_encoder")
def test_a_bot_of_one_language_answers_in_it_whatever_is_asked(
    deskmate: Deskmate, folder: Path
) -> None:
    with closing(new_home(folder, ("en",))) as home:
        add_release(home)
    assert deskmate("ask", "你们卖不卖自行车？").stdout.isascii()
    for words in (["ask", "hello"], ["chat"]):
        result = deskmate(*words, "--language", "zh")
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: expected one of the bot's languages (en)")


@pytest.mark.usefixtures("_bot")
def test_a_chat_answers_and_takes_options_by_number(deskmate: Deskmate, folder: Path) -> None:
    result = deskmate("chat", text=f"{RETURNS}\nsomething odd\n1\n/quit\nnever read\n")
    assert result.exit_code == 0
    assert "You have 30 days." in result.stdout
    assert "1. Talk to a person" in result.stdout
    assert "never read" not in result.stdout
    with closing(Home.open(folder)) as home:
        (conversation,) = home.log.export()
    said = [message.text for message in conversation.messages if message.role == "customer"]
    assert said == [RETURNS, "something odd", "Talk to a person"]


@pytest.mark.usefixtures("_bot")
def test_a_chat_goes_to_a_person_and_back(deskmate: Deskmate) -> None:
    result = deskmate("chat", text=f"/person\nhello?\n/bot\n{RETURNS}\n")
    assert result.exit_code == 0
    assert "the bot is silent until you write /bot" in result.stdout
    assert "You have 30 days." in result.stdout


@pytest.mark.usefixtures("_bot")
def test_a_chat_shows_markup_as_it_was_written(deskmate: Deskmate, folder: Path) -> None:
    with closing(Home.open(folder)) as home:
        add_faq(home, "What is [bold]this[/bold]?", "It is [red]text[/red].")
    assert "It is [red]text[/red]." in deskmate("chat", text="What is [bold]this[/bold]?").stdout


def test_asking_without_a_release_says_what_to_do(deskmate: Deskmate, folder: Path) -> None:
    new_home(folder).close()
    result = deskmate("ask", "hello")
    assert result.exit_code == 1
    assert "deskmate train" in result.stderr


def test_serve_with_a_port_in_use_is_one_line(deskmate: Deskmate, folder: Path) -> None:
    new_home(folder).close()
    with listen("127.0.0.1", 0) as taken:
        result = deskmate("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: cannot listen on 127.0.0.1:")
    assert result.stderr.count("\n") == 1


def test_serve_without_a_release_says_so_answers_503_and_ends_cleanly(folder: Path) -> None:
    new_home(folder).close()
    code = "from bot.cli import main; main()"
    arguments = [sys.executable, "-c", code, "--home", str(folder), "serve", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        try:
            assert server.stdout is not None
            first, second = server.stdout.readline(), server.stdout.readline()
            address = second.split()[1].removesuffix("/chat")
            assert "no release yet" in first
            assert _status(f"{address}/healthz") == 200
            assert _status(f"{address}/readyz") == 503
            begun = time.monotonic()
            with urllib.request.urlopen(f"{address}/chat/gradio_api/heartbeat/page") as stream:
                assert stream.readline()  # as an open page does
                server.send_signal(signal.SIGTERM)
                _, errors = server.communicate(timeout=START_SECONDS)
        finally:
            server.kill()
    assert server.returncode == 0
    assert errors == ""
    assert time.monotonic() - begun < 10


def _status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code

"""A customer and an agent, each in a browser of their own, on the real server and weights.

`deskmate serve` runs as its own process here, so that it can be killed in the middle of a chat.
"""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.web.console.words import word
from bot.web.widget_script import SOURCE
from knowledge.types import Language
from tests.bot.web.browsers import MARKS

pytestmark = [*MARKS, pytest.mark.weights]

WORDS = json.loads((SOURCE / "words.json").read_text("utf-8"))
PASSWORD = "a lamp in the window"
SOON_MS = 1000
"""Within this a customer sees what staff wrote."""


@dataclass(frozen=True)
class Talk:
    """What is said in one language. `source` names where the answer to `question` stands."""

    language: Language
    locale: str
    question: str
    part: str
    needs: str
    before: str
    while_down: str
    reply: str


TALKS = (
    Talk(
        "en",
        "en-GB",
        "How often do I change the filter in the Cirrus?",
        "6 months",
        "How long is the warranty on a lamp?",
        "It is the Lantern, by the way.",
        "Are you still there?",
        "Yes, all is well again.",
    ),
    Talk(
        "zh",
        "zh-CN",
        "Pebble 充电宝有几个口？",
        "USB-A",
        "保修期多长？",
        "顺便说一下，是提灯。",
        "还在吗？",
        "在的，已经恢复了。",
    ),
)


class Serve:
    """`deskmate serve` on a home, started again on the same port when asked."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = 0
        self.process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def deskmate(self, *words: str, text: str = "") -> None:
        command = [sys.executable, "-m", "bot", "--home", str(self.home), *words]
        subprocess.run(command, input=text, text=True, check=True, capture_output=True)

    def start(self) -> None:
        command = [sys.executable, "-m", "bot", "--home", str(self.home), "serve"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
                self.port = int(found[1])
                return
        raise AssertionError("expected the address of the server, found the end of its output")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="module")
def serve(trained_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    home = tmp_path_factory.mktemp("whole") / "shop"
    shutil.copytree(trained_shop, home)
    serve = Serve(home)
    for name, shown in (("mia", "Mia Chen"), ("lin", "林悦")):
        serve.deskmate("staff", "add", name, "--display-name", shown, text=f"{PASSWORD}\n")
    try:
        serve.start()
        yield serve
    finally:
        serve.kill()


def said(page: Any, text: str, within_ms: int | None = None) -> None:
    page.locator(".message .text").get_by_text(text).last.wait_for(timeout=within_ms)


def write(page: Any, text: str) -> None:
    box = page.locator("deskmate-chat textarea[enterkeyhint=send]")
    box.fill(text)
    box.press("Enter")
    said(page, text)


def ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk.language)
def test_a_chat_from_the_first_question_to_the_stars(serve: Serve, new_context, talk: Talk) -> None:
    words = WORDS[talk.language]
    customer = new_context(locale=talk.locale).new_page()
    agent = new_context(locale=talk.locale).new_page()

    # The bot answers with its source, and is rated.
    customer.goto(serve.url)
    customer.locator(".bubble-button").click()
    write(customer, talk.question)
    said(customer, talk.part)
    customer.locator(".sources summary").last.click()
    assert customer.locator(".sources[open]").inner_text().strip()
    customer.get_by_role("button", name=words["helped"], exact=True).last.click()
    customer.locator(".thumb[aria-pressed=true]").wait_for()

    # An agent signs in, so that somebody is there; the customer asks for a person.
    agent.goto(f"{serve.url}/staff")
    agent.fill("#name", "mia" if talk.language == "en" else "lin")
    agent.fill("#password", PASSWORD)
    agent.press("#password", "Enter")
    agent.locator("#dc-queue").wait_for()
    customer.get_by_role("button", name=words["person"], exact=True).click()
    customer.get_by_text(words["next"]).wait_for()
    write(customer, talk.needs)
    agent.locator(".dc-row", has_text=talk.needs).click()
    agent.click("#dc-do-claim")
    agent.locator("#dc-do-release").wait_for()

    # The agent answers from a suggestion; the customer sees it within a second.
    agent.locator(".dc-suggestion").first.click()
    agent.wait_for_function("document.querySelector('#dc-box textarea').value")
    answer = agent.locator("#dc-box textarea").input_value().splitlines()[0]
    agent.click("#dc-send")
    agent.locator(".dc-text").get_by_text(answer).last.wait_for()
    said(customer, answer, SOON_MS)

    # The server is killed and comes back; nothing is lost or doubled on either side.
    write(customer, talk.before)
    agent.locator(".dc-text").get_by_text(talk.before, exact=True).wait_for()
    serve.kill()
    write(customer, talk.while_down)
    customer.get_by_text(words["kept"]).wait_for()
    serve.start()
    while not ready(serve.url):
        time.sleep(0.1)
    agent.locator(".dc-text").get_by_text(talk.while_down, exact=True).wait_for()
    agent.fill("#dc-box textarea", talk.reply)
    agent.click("#dc-send")
    agent.locator(".dc-text").get_by_text(talk.reply, exact=True).wait_for()
    said(customer, talk.reply)
    for text in (talk.before, talk.while_down, talk.reply):
        assert customer.locator(".message .text").get_by_text(text, exact=True).count() == 1
        assert agent.locator(".dc-text").get_by_text(text, exact=True).count() == 1

    # Done: the agent resolves, the customer rates.
    agent.click("#dc-do-resolve")
    agent.get_by_text(word("inbox.status.resolved", talk.language)).first.wait_for()
    customer.get_by_text(words["ended"], exact=True).wait_for()
    customer.get_by_label(words["star"].format(count=5)).check()
    customer.get_by_text(words["rated"]).wait_for()

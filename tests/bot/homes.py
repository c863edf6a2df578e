"""Homes to test on, with releases whose encoder is the fake one."""

from collections.abc import Callable, Sequence
from pathlib import Path

from click.testing import Result

from bot.home import Home
from bot.mind import Retrieval
from bot.registry import Release
from bot.starter import create_home
from knowledge.retriever import Fusion
from knowledge.types import Language, Passage

RETURNS = "How long do I have to send something back?"

Deskmate = Callable[..., Result]
"""Runs the command line on the home `folder` of the test: `deskmate("ask", "hello")`."""


def new_home(folder: Path, languages: Sequence[Language] = ("en",)) -> Home:
    create_home(folder, languages)
    return Home.open(folder)


def add_release(home: Home, *, promoted: bool = True) -> Release:
    """A release that only finds passages; its encoder is what the fixture `fake_encoder` loads."""
    release_id = home.registry.new_id()
    staged = home.registry.stage(release_id)
    languages = home.settings.bot.languages
    for language in languages:
        (staged / language).mkdir()
        Retrieval(Fusion(), 0.5).save(staged / language)
    encoders = dict.fromkeys(languages, "hashing")
    release = Release(release_id, None, encoders, languages, {}, "", "2026-03-04T10:11:12Z")
    home.registry.add(staged, release)
    if promoted:
        home.registry.promote(release_id)
    return release


def add_faq(home: Home, question: str = RETURNS, answer: str = "You have 30 days.") -> None:
    home.passages.add([Passage(0, "faq", "en", question, question, answer, "faq.csv", True)])

"""Homes to test on, with releases whose encoder is the fake one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from bot.home import Home
from bot.registry import Release
from bot.retrieval import Retrieval
from bot.runtime import Runtime
from bot.starter import create_home
from knowledge.encoder import OnnxEncoder
from knowledge.retriever import Fusion
from knowledge.types import Language, Passage
from tests.fakes import HashingEncoder

RETURNS = "How long do I have to send something back?"

Deskmate = Callable[..., Result]
"""Runs the command line on the home `folder` of the test: `deskmate("ask", "hello")`."""


def new_home(folder: Path, languages: Sequence[Language] = ("en",)) -> Home:
    create_home(folder, languages)
    return Home.open(folder)


def load_fake_encoders(patch: pytest.MonkeyPatch) -> None:
    """Load the fake encoder from every release."""

    def load(*_: Any, **__: Any) -> HashingEncoder:
        return HashingEncoder()

    patch.setattr(OnnxEncoder, "load", load)


@contextmanager
def working(folder: Path, *, watch: bool = False) -> Iterator[Runtime]:
    """The bot of this home at work on the fake encoder, for fixtures of a whole module."""
    with pytest.MonkeyPatch.context() as patch:
        load_fake_encoders(patch)
        with closing(Runtime(Home.open(folder), watch=watch)) as runtime:
            yield runtime


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

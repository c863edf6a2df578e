"""A home in a temporary folder, the command line on it, and the fake encoder in every release."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from knowledge.encoder import OnnxEncoder
from tests.bot.homes import Deskmate
from tests.fakes import HashingEncoder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the home of `deskmate` lies; nothing is there yet."""
    return tmp_path / "shop"


@pytest.fixture
def deskmate(folder: Path) -> Deskmate:
    """Run the command line on the home `folder`; an exception that is a bug is raised."""

    def run(*words: str, text: str | None = None) -> Result:
        arguments = ["--home", str(folder), *words]
        return CliRunner().invoke(main, arguments, input=text, catch_exceptions=False)

    return run


@pytest.fixture
def fake_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load the fake encoder from every release."""

    def load(*_: Any, **__: Any) -> HashingEncoder:
        return HashingEncoder()

    monkeypatch.setattr(OnnxEncoder, "load", load)

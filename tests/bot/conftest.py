"""A home in a temporary folder, the command line on it, and the fake encoder in every release."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result

from bot import passwords
from bot.cli import main
from bot.home import Home
from bot.runtime import Runtime
from tests.bot.homes import Deskmate, add_release, load_fake_encoders, new_home
from tests.bot.review_homes import Shop, taught_home


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
def home(folder: Path) -> Home:
    """A new home in English and Chinese; who makes a runtime of it closes it."""
    return new_home(folder, ("en", "zh"))


@pytest.fixture
def runtime(home: Home) -> Iterator[Runtime]:
    """A runtime on `home`, without a release."""
    with closing(Runtime(home, watch=False)) as runtime:
        yield runtime


@pytest.fixture
def clever(home: Home, fake_encoder: None) -> Iterator[Runtime]:
    """A runtime with a release."""
    add_release(home)
    with closing(Runtime(home, watch=False)) as runtime:
        yield runtime


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in English and Chinese whose bot knows three intents; copy it."""
    home = tmp_path_factory.mktemp("taught") / "shop"
    taught_home(home, ("en", "zh")).close()
    return home


@pytest.fixture
def shop(taught: Path, tmp_path: Path, fake_encoder: None) -> Iterator[Shop]:
    """The bot of a copy of `taught` at work, on the fake encoder, with customers."""
    runtime = Runtime(Home.open(shutil.copytree(taught, tmp_path / "taught")), watch=False)
    yield Shop(runtime)
    runtime.close()


@pytest.fixture
def fake_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    load_fake_encoders(monkeypatch)


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash passwords of staff with little work."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", hasher)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()

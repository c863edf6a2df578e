"""The demo's home: made through the importers, trained once, taken up after an interruption."""

import os
import re
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from bot import domain, serving
from bot.actions import CallRequest, CallResult, HttpEndpoint
from bot.demo import run
from bot.demo.orders_data import ORDERS
from bot.demo.orders_server import URL_VARIABLE
from bot.followup import leans_on_before
from bot.home import Home
from bot.parts import parts
from bot.products import Products
from bot.registry import utc_now
from bot.runtime import Runtime
from bot.staff import StaffAccounts
from knowledge.errors import DeskmateError
from knowledge.script import is_simplified, is_traditional
from knowledge.types import Progress
from tests.bot.homes import Deskmate, add_release, new_home

Train = Callable[[Home, Progress], None]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Puts a training in place that only adds a release; the folders that were trained."""
    folders: list[Path] = []

    def train_home(home: Home, progress: Progress) -> None:
        folders.append(home.folder)
        add_release(home)

    _replace_training(monkeypatch, train_home)
    return folders


def _replace_training(monkeypatch: pytest.MonkeyPatch, train_home: Train) -> None:
    module = ModuleType("training.retrain")
    module.train_home = train_home  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "training.retrain", module)


def _silent(done: int, total: int | None, what: str) -> None:
    pass


def test_the_demo_imports_the_whole_shop_and_trains(folder: Path, trained: list[Path]) -> None:
    run.prepare(folder, _silent)
    assert trained == [folder]
    with closing(Home.open(folder)) as home:
        for language in home.settings.bot.languages:
            assert len(home.examples.all("train", language)) > 250
            assert len(home.examples.all("test", language)) > 80
            assert len(home.examples.questions(language)) > 20
            assert home.passages.count(language, kind="faq") > 60
            assert home.passages.count(language, kind="doc") > 10
            assert home.history.pending(language, 1)
        taught = {one.intent for one in home.examples.all("train", "en")}
        assert taught - {"oos"} == set(home.domain.intents)


@pytest.mark.usefixtures("fake_encoder")
def test_the_demo_serves_with_its_orders_service(
    folder: Path, trained: list[Path], deskmate: Deskmate, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[CallResult] = []

    def serve(runtime: Runtime, listener: socket.socket, announce: object) -> None:
        with closing(HttpEndpoint(lambda: runtime.domain.services, os.environ)) as endpoint:
            served.append(endpoint.call(CallRequest("orders", "GET", "/orders/TW-240017")))

    monkeypatch.delenv(URL_VARIABLE, raising=False)
    monkeypatch.setattr(serving, "serve", serve)
    monkeypatch.setattr(run, "import_shop", lambda *_: None)
    assert deskmate("demo", "--port", "0").exit_code == 0
    assert [(one.status, one.fields["status"]) for one in served] == [(200, "shipped")]
    assert URL_VARIABLE not in os.environ


def test_a_second_demo_imports_and_trains_nothing(
    folder: Path, trained: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    run.prepare(folder, _silent)
    monkeypatch.delitem(sys.modules, "training.retrain")
    monkeypatch.setattr(run, "import_shop", None)
    run.prepare(folder, _silent)
    assert len(trained) == 1
    assert "training.retrain" not in sys.modules


def test_an_interrupted_demo_is_taken_up(
    folder: Path, trained: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(home: Home, progress: Progress) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        _replace_training(patch, interrupted)
        with pytest.raises(KeyboardInterrupt):
            run.prepare(folder, _silent)
    with closing(Home.open(folder)) as home:
        before = home.passages.count()
    run.prepare(folder, _silent)
    with closing(Home.open(folder)) as home:
        assert home.passages.count() == before
        assert home.registry.champion() is not None


def test_nothing_is_mixed_into_another_bot(folder: Path, trained: list[Path]) -> None:
    new_home(folder).close()
    with pytest.raises(DeskmateError, match="folder of its own"):
        run.prepare(folder, _silent)
    assert trained == []
    with closing(Home.open(folder)) as home:
        assert home.passages.count() == 0


def test_a_missing_training_library_stops_the_demo_before_it_imports(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "training.retrain", None)
    with pytest.raises(ModuleNotFoundError):
        run.prepare(folder, _silent)
    with closing(Home.open(folder)) as home:
        assert home.passages.count() == 0


def test_the_welcome_names_the_address_and_the_questions() -> None:
    text = run.welcome("http://127.0.0.1:8000", "name: admin")
    assert "http://127.0.0.1:8000/chat" in text
    questions = [line.strip() for line in text.split("example:\n")[1].splitlines()]
    assert tuple(questions) == run.QUESTIONS


def test_the_questions_show_what_the_bot_can_do() -> None:
    status, several, follow_up, cancel, simplified, traditional = run.QUESTIONS
    orders = {order.number: order.status for order in ORDERS}
    products = Products(domain.load(run.SHOP).products)
    numbers = [re.findall(r"TW-\d{6}", each)[0] for each in (status, cancel, simplified)]
    assert [orders[number] for number in numbers] == ["shipped", "ordered", "shipped"]
    assert [part.asks for part in parts(several, "en", products)] == [True, True]
    assert leans_on_before(follow_up, "en")
    assert is_simplified(simplified)
    assert is_traditional(traditional)


def test_an_admin_is_made_once_and_its_password_opens_a_session(folder: Path) -> None:
    with closing(new_home(folder)) as home:
        told = run.staff_hint(home)
        accounts = StaffAccounts(home.database, utc_now)
        found = re.search(r"password: (\S+)", told)
        assert found
        assert accounts.session(accounts.sign_in("admin", found[1], "here")) == accounts.find(
            "admin"
        )
        again = run.staff_hint(home)
        assert "staff password admin" in again
        assert found[1] not in again
        assert len(accounts.list()) == 1

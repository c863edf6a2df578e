"""A running bot takes up edited settings and texts by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import domain, settings
from bot.domain import Domain
from bot.retrieval import Retrieval
from bot.runtime import Runtime
from bot.settings import Settings
from bot.toml_file import change
from knowledge.retriever import Fusion
from tests.bot.homes import add_release, new_home


@pytest.fixture
def runtime(tmp_path: Path, fake_encoder: None) -> Iterator[Runtime]:
    home = new_home(tmp_path / "home")
    folder = home.registry.folder(add_release(home).id) / "en"
    (folder / "retrieval.json").chmod(0o644)
    Retrieval(Fusion(), 0.5, {"0.05": 0.5, "0.2": 0.2}).save(folder)
    runtime = Runtime(home, watch=False)
    yield runtime
    runtime.close()


def greeting(runtime: Runtime) -> str:
    conversation_id, _ = runtime.start("en")
    return runtime.log.messages(conversation_id)[0].text


def test_an_edited_text_is_said_at_once(runtime: Runtime) -> None:
    change(runtime.home.folder / domain.FILE_NAME, Domain, {"messages.en.welcome": "Hi there"})
    runtime.pick_up_changes()
    assert greeting(runtime) == "Hi there"


def test_all_who_share_the_home_take_up_the_edit(runtime: Runtime) -> None:
    change(runtime.home.folder / domain.FILE_NAME, Domain, {"hours.timezone": "Asia/Taipei"})
    before = runtime.insights.period(days=1).zone
    runtime.pick_up_changes()
    assert (str(before), str(runtime.insights.period(days=1).zone)) == ("UTC", "Asia/Taipei")


def test_another_error_budget_moves_the_thresholds(runtime: Runtime) -> None:
    release = runtime.status()["release"]
    change(runtime.home.folder / settings.FILE_NAME, Settings, {"bot.error_budget": 0.2})
    runtime.pick_up_changes()
    assert runtime._need_mind().components["en"].passage_threshold == 0.2
    assert runtime.status()["release"] == release


def test_what_is_not_valid_is_told_once_and_the_bot_goes_on(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    path = runtime.home.folder / domain.FILE_NAME
    before = greeting(runtime)
    text = path.read_text("utf-8")
    path.write_text("[messages\n", encoding="utf-8")
    runtime.pick_up_changes()
    runtime.pick_up_changes()
    assert greeting(runtime) == before
    told = [each for each in caplog.messages if "stay in force" in each]
    assert len(told) == 1
    path.write_text(text, encoding="utf-8")
    runtime.pick_up_changes()
    assert greeting(runtime) == before


def test_a_file_that_is_gone_changes_nothing(runtime: Runtime) -> None:
    (runtime.home.folder / settings.FILE_NAME).unlink()
    runtime.pick_up_changes()
    assert runtime.settings.bot.languages == ("en",)

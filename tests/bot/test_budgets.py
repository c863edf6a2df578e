"""A release answers within whatever error budget the settings name, without a new training."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.budgets import BUDGETS, strictest_within
from bot.classifier import HeadSettings
from bot.mind import Mind
from bot.retrieval import Retrieval
from knowledge.retriever import Fusion
from tests.bot.homes import add_release, new_home

HEAD = HeadSettings(
    intents=("a", "b"),
    mixture=(0.5, 0.2, 0.3),
    temperature=1.0,
    rejection=(0.0, 0.0, 0.0),
    threshold=0.7,
    thresholds={"a": 0.6},
    error_budget=0.05,
    cuts={"0.02": {"": 0.9, "a": 0.8}, "0.05": {"": 0.7, "a": 0.6}, "0.1": {"": 0.5}},
)


@pytest.mark.parametrize(
    ("wanted", "taken"), [(0.05, "0.05"), (0.065, "0.06"), (0.4, "0.3"), (0.001, "0.005")]
)
def test_the_next_stricter_budget_is_taken(wanted: float, taken: str) -> None:
    assert strictest_within(map(str, BUDGETS), wanted) == taken


def test_a_head_takes_the_thresholds_of_another_budget() -> None:
    strict = HEAD.at_budget(0.03)
    assert (strict.threshold, strict.thresholds, strict.error_budget) == (0.9, {"a": 0.8}, 0.03)
    loose = HEAD.at_budget(0.2)
    assert (loose.threshold, loose.thresholds) == (0.5, {})
    assert HEAD.at_budget(0.05) is HEAD


def test_a_head_of_an_older_release_keeps_its_own() -> None:
    old = replace(HEAD, cuts={})
    assert old.at_budget(0.2) is old


def test_retrieval_keeps_its_thresholds_on_the_disk(tmp_path: Path) -> None:
    fitted = Retrieval(Fusion(), 0.5, {"0.05": 0.5, "0.1": 0.3})
    fitted.save(tmp_path)
    assert Retrieval.load(tmp_path) == fitted
    assert fitted.at_budget(0.1).threshold == 0.3
    assert Retrieval(Fusion(), 0.5).at_budget(0.1).threshold == 0.5


@pytest.mark.usefixtures("fake_encoder")
def test_what_serves_keeps_to_the_budget_of_the_settings(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    release = add_release(home)
    folder = home.registry.folder(release.id) / "en"
    (folder / "retrieval.json").chmod(0o644)
    Retrieval(Fusion(), 0.5, {"0.05": 0.5, "0.2": 0.2}).save(folder)
    bot = home.settings.bot.model_copy(update={"error_budget": 0.2})
    looser = replace(home, settings=home.settings.model_copy(update={"bot": bot}))
    for opened, threshold in ((home, 0.5), (looser, 0.2)):
        mind = Mind.load(opened, release)
        assert mind.components["en"].passage_threshold == threshold
        mind.close()
    home.close()

"""The sample shop's whole conversations on a release of the fast preset and the real weights."""

from pathlib import Path

import pytest

from bot import conversation_file, conversation_tests
from bot.demo.run import SHOP
from bot.home import Home
from bot.mind import Mind
from knowledge.weights import silent

LEAST_STEPS_RIGHT = 0.5
"""Of the fast preset, which is not the one that serves; what `full` reaches is measured."""


@pytest.mark.weights
@pytest.mark.parametrize("language", ["en", "zh"])
def test_most_steps_of_the_shops_conversations_are_right(trained_shop: Path, language: str) -> None:
    home = Home.open(trained_shop)
    champion = home.registry.champion()
    assert champion
    mind = Mind.load(home, champion)
    tests = conversation_file.read([SHOP / language / "conversations"])
    results = conversation_tests.run(tests, mind, home.domain, silent)
    mind.close()
    home.close()
    figures = conversation_tests.figures(results)
    assert figures.conversations >= 30
    assert figures.steps_right / figures.steps >= LEAST_STEPS_RIGHT

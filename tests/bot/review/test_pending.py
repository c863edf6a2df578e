"""What the serving release was taught, as reviewers see it."""

from dataclasses import replace
from typing import Any, cast

import numpy as np

from bot.classifier import HeadArrays, IntentHead
from bot.mind import Component, Mind
from bot.review.pending import pending
from knowledge.types import KNOWLEDGE
from tests.bot.review_homes import Shop
from tests.fakes import HashingEncoder
from training.calibration import uncalibrated


def head(intents: tuple[str, ...], *labels: int) -> IntentHead:
    """A head with nothing but its memory."""
    nothing = np.empty(0, np.float32)
    memory = np.zeros((len(labels), 3), np.float32)
    marks = np.array(labels, np.int32)
    grams = np.empty(0, np.uint32)
    arrays = HeadArrays(
        nothing, nothing, memory, marks, grams, nothing, np.empty(0, np.float16), nothing
    )
    return IntentHead(uncalibrated(intents), arrays)


def test_taught_are_the_utterances_of_intents_in_all_languages(shop: Shop) -> None:
    english = Component(
        HashingEncoder(), head((KNOWLEDGE, "cancel", "refund"), 0, 0, 1, 2, 2), cast(Any, None), 0.5
    )
    chinese = replace(english, head=head(("cancel", "refund"), 0, 1, 1))
    untaught = replace(english, head=None)
    home = shop.runtime.home
    mind = Mind("r0001", {"en": english, "zh": chinese})
    assert pending(home, mind).taught == {"cancel": 2, "refund": 4}
    assert pending(home, Mind("r0001", {"en": untaught})).taught == {}
    assert pending(home, None).taught == {}

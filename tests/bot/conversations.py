"""A bot with a procedure, on fakes of the models, for the tests of conversation tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from numpy.typing import NDArray

from bot.mind import Component, Mind
from bot.types import Prediction
from knowledge.types import Hit, Language, Passage
from tests.fakes import HashingEncoder

OUTSIDE = Prediction("thanks", 0.2, (("thanks", 0.2),), 0.95, False)
INTENTS = {
    "cancel": "cancel_order",
    "deliver": "delivery_time",
    "a person": "talk_to_human",
    "thanks": "thanks",
    "取消": "cancel_order",
}
KETTLE = Passage(1, "faq", "en", "How big is it?", "", "The kettle holds  1.7 litres.", "faq", True)
LAMP = Passage(2, "doc", "zh", "灯能亮多久？", "", "这盏灯能亮 12 小时。", "doc", True)

CALLS = """
[[calls]]
service = "orders"
request = "GET /orders/TW-240019"
answer = { state = { name = "ordered" }, total = 59, items = [{ name = "Lantern" }] }
[[calls]]
service = "orders"
request = "POST /orders/TW-240019/cancel"
answer = {}
[[calls]]
service = "orders"
request = "GET /orders/TW-240020"
down = true
"""


@dataclass(frozen=True)
class PartHead:
    """Knows messages by a part of them; of anything else it says that it is out of scope."""

    def predict(self, text: str, _vector: NDArray[Any]) -> Prediction:
        for part, name in INTENTS.items():
            if part in text.lower():
                return Prediction(name, 0.9, ((name, 0.9),), 0.05, True)
        return OUTSIDE


@dataclass(frozen=True)
class PartRetriever:
    """Finds passages by a part of the question."""

    passages: Mapping[str, Passage]

    def search(self, text: str, _vector: NDArray[Any], k: int, subject: str = "") -> list[Hit]:
        found = [each for part, each in self.passages.items() if part in text.lower()]
        return [Hit(each, 0.9) for each in found[:k]]


def mind(*languages: Language) -> Mind:
    """A release with fake models; English and Chinese without `languages`."""
    passages = {"kettle": KETTLE, "亮多久": LAMP}
    component = Component(
        HashingEncoder(), cast(Any, PartHead()), cast(Any, PartRetriever(passages)), 0.6
    )
    return Mind("r0001", dict.fromkeys(languages or ("en", "zh"), component))


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file of conversations."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def conversation(name: str, steps: str, language: str = "en") -> str:
    """A conversation as a file has it; `steps` are those of the file."""
    return f'[[conversations]]\nid = "{name}"\nlanguage = "{language}"\n{steps}\n'


def step(customer: str, expected: str) -> str:
    """A step as a file has it; `expected` are its other lines."""
    return f'[[conversations.steps]]\ncustomer = "{customer}"\n{expected}\n'

"""A talk with the bot: models and the orders service are fakes, everything between is real."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from bot.call_types import CallRequest, CallResult
from bot.dialogue import DialogueManager
from bot.domain import Domain
from bot.mind import Component, Mind
from bot.types import Action, Mood, Prediction, State, Turn
from knowledge.types import Hit, Language, Passage
from tests.bot import procedure_shop
from tests.fakes import HashingEncoder

AT = "2026-03-04T10:00:00Z"
OUTSIDE = Prediction("greeting", 0.2, (("greeting", 0.2),), 0.95, False)
THRESHOLD = 0.6
PRODUCTS = {
    "Murmur": {"en": ["earbuds"], "zh": ["耳塞"]},
    "Murmur Studio": {"en": ["studio", "headphones"], "zh": ["头戴耳机"]},
    "Brook": {"en": ["kettle"], "zh": ["水壶"]},
}
INTENTS: dict[Language, dict[str, str]] = {
    "en": {
        r"cancel": "cancel_order",
        r"where is (my|the) (order|parcel)|^(tw-)?\d+$": "order_status",
        r"invoice": "invoice",
        r"arrive|delivery|deliver": "delivery_time",
        r"refund": "refund_status",
        r"terrible": "complaint",
        r"thank": "thanks",
        r"hello": "greeting",
    },
    "zh": {
        r"取消": "cancel_order",
        r"到哪": "order_status",
        r"发票": "invoice",
        r"多久能?到|几天": "delivery_time",
        r"谢谢": "thanks",
        r"你好": "greeting",
    },
}


def passage(number: int, language: Language, title: str, body: str) -> Passage:
    return Passage(number, "faq", language, title, title, body, "faq", True)


GIFTS = passage(1, "en", "Can you wrap my order as a gift?", "Yes, for $3.50.")
MURMUR = passage(2, "en", "How long does the Murmur play?", "7 hours.")
STUDIO = passage(3, "en", "How long does the Murmur Studio play?", "30 hours.")
MURMUR_WATER = passage(4, "en", "Is the Murmur waterproof?", "Against sweat, not for a swim.")
GIFTS_ZH = passage(11, "zh", "可以包装成礼物吗？", "可以，15 元。")
MURMUR_ZH = passage(12, "zh", "Murmur 能听多久？", "7 小时。")
STUDIO_ZH = passage(13, "zh", "Murmur Studio 能听多久？", "30 小时。")
PASSAGES: dict[Language, dict[str, Passage]] = {
    "en": {
        "wrap|gift": GIFTS,
        "(murmur|earbuds).*water": MURMUR_WATER,
        "(studio|headphones).*play|play.*(studio|headphones)": STUDIO,
        "(murmur|earbuds).*play|play.*(murmur|earbuds)": MURMUR,
    },
    "zh": {"礼物": GIFTS_ZH, "studio.*听|头戴.*听": STUDIO_ZH, "murmur.*听|耳塞.*听": MURMUR_ZH},
}


@dataclass
class Head:
    """Knows messages by an expression; of anything else it says that it is out of scope.

    `unsure` are those of which it has only a guess.
    """

    intents: Mapping[str, str]
    unsure: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)

    def predict(self, text: str, vector: NDArray[np.float32]) -> Prediction:
        self.heard.append(text)
        for expression, name in self.intents.items():
            if re.search(expression, text.lower()):
                return Prediction(name, 0.9, ((name, 0.9),), 0.05, True)
        for expression, name in self.unsure.items():
            if re.search(expression, text.lower()):
                return Prediction(name, 0.6, ((name, 0.6),), 0.05, False)
        return OUTSIDE


@dataclass
class Retriever:
    """Finds passages by an expression, in the order they are declared."""

    passages: Mapping[str, Passage]

    def search(
        self, text: str, vector: NDArray[np.float32], k: int, subject: str = ""
    ) -> list[Hit]:
        found = [each for one, each in self.passages.items() if re.search(one, text.lower())]
        return [Hit(each, 0.8 - place / 100) for place, each in enumerate(found[:k])]


@dataclass
class Moods:
    """Says the moods one after the other."""

    moods: list[Mood]

    def predict(self, vector: NDArray[np.float32]) -> Mood:
        return self.moods.pop(0)


@dataclass
class Orders:
    """The orders service: one order that may be cancelled, others shipped, unknown or dear."""

    down: bool = False
    asked: list[CallRequest] = field(default_factory=list)

    def call(self, request: CallRequest) -> CallResult:
        self.asked.append(request)
        if self.down:
            return CallResult(problem="no connection")
        if request.method == "POST":
            return CallResult(200, {})
        found = {"TW-204188": ("open", 30), "TW-204199": ("open", 40), "TW-300300": ("shipped", 9)}
        number = request.path.rpartition("/")[2]
        if number not in found:
            return CallResult(404)
        name, total = found[number]
        item = {"name": f"lamp of {number}"}
        return CallResult(200, {"state": {"name": name}, "total": total, "items": [item]})

    @property
    def cancelled(self) -> list[str]:
        """The orders that were cancelled, in their order."""
        return [one.path.split("/")[2] for one in self.asked if one.method == "POST"]


def talk_domain() -> Domain:
    """The shop with products and the procedure `cancel_order`; its invoice needs two slots."""
    values = procedure_shop.values()
    for name, label in (("order_number", ("the number", "订单号")), ("email", ("mail", "邮箱"))):
        values["slots"][name]["label"] = dict(zip(("en", "zh"), label, strict=True))
    return Domain.model_validate({**values, "products": PRODUCTS})


class Talk:
    """A conversation with the bot on fakes."""

    def __init__(self, language: Language = "en") -> None:
        self.orders = Orders()
        self.heads = {name: Head(intents) for name, intents in INTENTS.items()}
        self.components = {
            name: Component(
                HashingEncoder(),
                cast(Any, self.heads[name]),
                cast(Any, Retriever(passages)),
                THRESHOLD,
            )
            for name, passages in PASSAGES.items()
        }
        self.at = AT
        self.manager = DialogueManager(
            Mind("r0001", self.components),
            talk_domain(),
            lambda: self.at,
            cast(Any, self.orders),
        )
        self.state = State("c", language)
        self.turns: tuple[Turn, ...] = ()

    def hear_moods(self, *moods: Mood) -> None:
        """Let the English messages to come be of these moods."""
        with_moods = replace(self.components["en"], mood=cast(Any, Moods(list(moods))))
        self.components["en"] = with_moods

    def say(self, *messages: str) -> list[str]:
        """Say messages one after the other; what the bot says to the last one."""
        for text in messages:
            self.state, self.turns = self.manager.respond(self.state, text)
            history = (*self.state.history, ("customer", text))
            replies = [("bot", one) for one in self.said]
            self.state = replace(self.state, history=(*history, *replies)[-6:])
        return self.said

    @property
    def said(self) -> list[str]:
        """What the bot said last."""
        return [turn.reply.text for turn in self.turns if turn.reply]

    @property
    def actions(self) -> list[Action]:
        """What the bot did last."""
        return [turn.reply.action for turn in self.turns if turn.reply]

    @property
    def options(self) -> Sequence[str]:
        """The values of the buttons under the last reply."""
        reply = self.turns[-1].reply
        return [option.value for option in reply.options] if reply else []

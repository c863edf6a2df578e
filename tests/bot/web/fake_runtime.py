"""A runtime without models: canned answers; the rest is real, on a temporary home without releases.

Every tab of the console finds what it asks for, and nothing in it.
"""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import tomlkit

from bot import domain
from bot.desk import Desk
from bot.domain import Domain, Messages
from bot.home import Home
from bot.insights.insights import Insights
from bot.knowledge_desk import KnowledgeDesk
from bot.log import ConversationLog, LoggedMessage
from bot.registry import Registry, utc_now
from bot.replies import welcome
from bot.review.queue import ReviewQueue
from bot.runtime import NotReadyError
from bot.settings import Limits, Settings
from bot.staff import StaffAccounts
from bot.training_run import TrainingRun
from bot.types import (
    Action,
    Answer,
    Citation,
    Clarify,
    Customer,
    HandOff,
    Option,
    Prediction,
    Reply,
    SmallTalk,
    Status,
    Turn,
)
from knowledge.database import Database
from knowledge.examples import ExampleStore
from knowledge.history import HistoryStore
from knowledge.language import detect
from knowledge.store import PassageStore
from knowledge.types import Language

PREDICTION = Prediction(
    "delivery_time", 0.91, (("delivery_time", 0.91), ("order_status", 0.05)), 0.02, accepted=True
)


def _label(english: str, chinese: str) -> dict[str, dict[str, str]]:
    return {"label": {"en": english, "zh": chinese}, "reply": {"en": "-", "zh": "-"}}


_UNUSED = dict.fromkeys(Messages.model_fields, "-")
DOMAIN = Domain.model_validate(
    {
        "shop": {"en": "Tidewick", "zh": "汐灯"},
        "bot": {"en": "Wick", "zh": "小灯"},
        "messages": {
            "en": _UNUSED
            | {
                "welcome": "Hi, I'm {bot}, the assistant of {shop}. Ask me anything.",
                "back_to_bot": "All right, we go on together.",
            },
            "zh": _UNUSED
            | {"welcome": "您好，我是{shop}的助手{bot}。", "back_to_bot": "好的，我们继续。"},
        },
        "intents": {
            "order_status": _label("Where is my order?", "查询订单"),
            "return_item": _label("Send something back", "退货"),
        },
    }
)
ANSWERS = {
    "en": "Standard delivery takes 2 to 4 working days. In Alaska and Hawaii it takes 3 days more.",
    "zh": "标准配送需要 2 到 4 个工作日，新疆、西藏、内蒙古多 3 天。",
}
SOURCES = {
    "en": (
        Citation(7, "How long does delivery take?", "https://tidewick.example/delivery", 0.93),
        Citation(9, "Delivery to Alaska and Hawaii", "Shipping guide", 0.61),
    ),
    "zh": (Citation(8, "配送需要多久？", "常见问题", 0.9),),
}
OPTIONS = {
    "en": (Option("Where is my order", "Where is my order?"), Option("Send it back", "Return it")),
    "zh": (Option("查询订单", "我的订单到哪了？"), Option("退货", "我要退货")),
}


class FakeRuntime:
    """Answers by keyword: "which" asks back, "person" hands off, "thanks" is small talk."""

    mind = None

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self.settings = Settings(limits=limits or Limits())
        self.domain = DOMAIN
        self.browser_secret = "fixed-for-tests"
        self.is_ready = True
        self.home = _home(folder, self.settings)
        self.database, self.log = self.home.database, self.home.log
        self.review = ReviewQueue(self.home, lambda: self.mind)
        self.knowledge = KnowledgeDesk(self.home, lambda: self.mind)
        self.insights = Insights(self.home, lambda: self.mind)
        self.training = TrainingRun(folder)
        called = StaffAccounts(self.database, _now).called
        self.desk = Desk(self.log, lambda: self.domain, called=called)

    def start(self, language: Language, customer: Customer | None = None) -> tuple[str, str]:
        conversation_id, token = self.log.start(language, customer)
        self.log.announce(conversation_id, welcome(language, self.domain))
        return conversation_id, token

    def respond(
        self, conversation_id: str, text: str, client_id: str | None = None
    ) -> tuple[Status, Sequence[LoggedMessage]]:
        if text == "fail":
            raise RuntimeError("the secret inside")
        if not self.is_ready:
            raise NotReadyError("no release")
        state = self.log.state(conversation_id)
        language = detect(text, state.language)
        reply = None if state.status in ("waiting", "open") else _reply(text, language)
        turn = Turn(
            id=0,
            conversation_id=conversation_id,
            message=text,
            query=text,
            language=language,
            prediction=PREDICTION,
            hits=(),
            reply=reply,
            release="r1",
            index_version=1,
            timings_ms={},
            at=_now(),
        )
        return self.log.append(turn, state, client_id)

    def hand_off(self, conversation_id: str) -> tuple[Status, Sequence[LoggedMessage]]:
        language = self.log.conversation(conversation_id).language
        text = {"en": "I am fetching a colleague.", "zh": "我为您转接同事。"}[language]
        reply = Reply(text, HandOff("customer_button"), language)
        return self.desk.hand_off(conversation_id, "customer_button", reply)

    def cancel_hand_off(self, conversation_id: str) -> Status:
        return self.desk.cancel(conversation_id)

    def ready(self) -> bool:
        return self.is_ready

    def conversations(self) -> int:
        """How many were started."""
        rows = self.database.connection.query("SELECT count(*) AS n FROM conversations")
        return int(next(iter(rows))["n"])

    def close(self) -> None:
        self.knowledge.close()
        self.home.close()


def _home(folder: Path, settings: Settings) -> Home:
    texts = DOMAIN.model_dump(mode="json", exclude_none=True)
    (folder / domain.FILE_NAME).write_text(tomlkit.dumps(texts), encoding="utf-8")
    ids = itertools.count(1)
    database = Database(folder / "deskmate.db")
    return Home(
        folder=folder,
        settings=settings,
        domain=DOMAIN,
        database=database,
        passages=PassageStore(database, utc_now),
        history=HistoryStore(database, utc_now),
        examples=ExampleStore(database, utc_now),
        log=ConversationLog(database, _now, lambda: f"c{next(ids)}"),
        registry=Registry(folder / "releases"),
    )


def _reply(text: str, language: Language) -> Reply:
    words = text.lower()
    if "which" in words or "哪个" in words:
        asked = {"en": "What do you mean?", "zh": "您想问的是哪一项？"}[language]
        action: Action = Clarify(intents=("order_status", "return_item"))
        return Reply(asked, action, language, options=OPTIONS[language])
    if "person" in words or "人工" in words:
        told = {"en": "A colleague will answer here.", "zh": "同事会在这里回复您。"}[language]
        return Reply(told, HandOff("requested"), language)
    if "thanks" in words or "谢谢" in words:
        told = {"en": "You are welcome.", "zh": "不客气。"}[language]
        return Reply(told, SmallTalk("thanks"), language)
    return Reply(ANSWERS[language], Answer(intent="delivery_time"), language, SOURCES[language])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

"""A small shop's domain, in two languages, for the tests of the dialogue."""

import copy
from collections.abc import Mapping
from typing import Any

from bot.domain import Domain

MESSAGES = {
    "welcome": "Hi from {bot} of {shop}",
    "clarify": "Which of these?",
    "not_known": "I don't know",
    "none_of_these": "None of these",
    "talk_to_person": "Talk to a person",
    "hand_off": "A colleague of {shop} takes over",
    "hand_off_failed": "I failed; a colleague takes over",
    "back_to_bot": "On we go",
}
MESSAGES_ZH = {
    "welcome": "您好，我是{shop}的{bot}",
    "clarify": "您问的是哪一个？",
    "not_known": "我不清楚",
    "none_of_these": "都不是",
    "talk_to_person": "找人工",
    "hand_off": "同事马上来",
    "hand_off_failed": "没帮上忙，同事马上来",
    "back_to_bot": "我们继续",
}


def texts(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def intent(label: dict[str, str], reply: dict[str, str] | None = None, **more: Any) -> Any:
    return {"label": label, **({"reply": reply} if reply else {}), **more}


SHOP: dict[str, Any] = {
    "shop": texts("Tidewick", "汐灯"),
    "bot": texts("Wick", "小灯"),
    "messages": {"en": MESSAGES, "zh": MESSAGES_ZH},
    "slots": {
        "order_number": {
            "type": "order_number",
            "pattern": r"TW-?\d{6}",
            "ask": texts("Which order at {shop}?", "订单号是多少？"),
            "ask_again": texts("I see no order number", "没看到订单号"),
        },
        "email": {
            "type": "email",
            "ask": texts("Your e-mail?", "您的邮箱？"),
            "ask_again": texts("I see no e-mail", "没看到邮箱"),
        },
    },
    "intents": {
        "order_status": intent(
            texts("Where is my order?", "查询订单进度"),
            texts("{order_number} is on its way", "{order_number} 在路上"),
            slots=["order_number"],
        ),
        "refund_status": intent(
            texts("Where is my refund?", "查询退款进度"),
            texts("A colleague looks up {order_number}", "同事帮您查 {order_number}"),
            kind="hand_off",
            slots=["order_number"],
        ),
        "invoice": intent(
            texts("Send an invoice", "开发票"),
            texts("{order_number} goes to {email}", "{order_number} 发到 {email}"),
            slots=["order_number", "email"],
        ),
        "delivery_time": intent(
            texts("How long delivery takes", "多久能送到"),
            texts("{shop} delivers in 2-4 days", "{shop} 2-4 天送到"),
        ),
        "complaint": intent(texts("Complain", "投诉"), kind="hand_off"),
        "talk_to_human": intent(
            texts("A person, please", "转人工"), kind="hand_off", requested=True
        ),
        "greeting": intent(texts("Hello", "你好"), texts("Hello!", "您好！"), kind="small_talk"),
        "thanks": intent(texts("Thanks", "谢谢"), texts("Any time", "不客气"), kind="small_talk"),
    },
}


def shop_values(**changed: Any) -> dict[str, Any]:
    """The domain as TOML would give it; `changed` replaces or adds values by dotted path.

    Two underscores stand for a dot: `intents__greeting__kind="answer"`.
    """
    values = copy.deepcopy(SHOP)
    for path, value in changed.items():
        *parents, last = path.split("__")
        place = values
        for parent in parents:
            place = place[parent]
        place[last] = value
    return values


def shop(values: Mapping[str, Any] = SHOP) -> Domain:
    return Domain.model_validate(values)

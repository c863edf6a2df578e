"""A domain with procedures against an orders service, for the tests of procedures."""

from collections.abc import Mapping
from typing import Any

from bot.domain import Domain
from tests.bot.shop import intent, shop, shop_values, texts

SERVICE: dict[str, Any] = {
    "url": "${ORDERS_URL}/v1",
    "headers": {"Authorization": "Bearer ${ORDERS_TOKEN}"},
    "down": texts("Orders of {shop} are out of reach", "订单系统暂时连不上"),
}

LOOK_UP: dict[str, Any] = {
    "name": "look_up",
    "call": {"service": "orders", "path": "/orders/{order_number}"},
    "save": {"status": "state.name", "total": "total", "item": "items.0.name"},
    "outcomes": [
        {
            "status": 404,
            "forget": ["order_number"],
            "say": texts("No order {order_number}", "没有 {order_number}"),
        },
        {"when": {"status": ["shipped", "delivered"]}, "say": texts("It is {status}", "{status}")},
        {"above": {"total": 500}, "reason": "amount", "say": texts("{total} is much", "{total}")},
    ],
}
SURE: dict[str, Any] = {
    "name": "sure",
    "confirm": texts("Cancel {order_number} ({item})?", "取消 {order_number}（{item}）？"),
    "declined": texts("It stays", "不取消"),
}
CANCEL: dict[str, Any] = {
    "name": "cancel",
    "call": {
        "service": "orders",
        "method": "POST",
        "path": "/orders/{order_number}/cancel",
        "body": {"by": "customer", "order": ["{order_number}"], "times": 1},
        "idempotent": True,
    },
    "outcomes": [
        {"status": 200, "say": texts("Done: {order_number}", "已取消 {order_number}")},
        {"status": [409, 410], "say": texts("Too late", "来不及了")},
    ],
}
REASON: dict[str, Any] = {
    "name": "reason",
    "slots": ["email"],
    "ask": texts("Where do we write to?", "写到哪里？"),
}


def procedure(*steps: Mapping[str, Any], **more: Any) -> Any:
    """An intent of these steps that needs an order number first."""
    given = {"slots": ["order_number"], "steps": [dict(step) for step in steps], **more}
    return intent(texts("Cancel an order", "取消订单"), **given)


def values(*steps: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The shop with these steps as the procedure `cancel_order`."""
    return shop_values(
        services={"orders": SERVICE},
        intents__cancel_order=procedure(*(steps or (LOOK_UP, SURE, CANCEL)), **more),
    )


def domain(*steps: Mapping[str, Any], **more: Any) -> Domain:
    return shop(values(*steps, **more))

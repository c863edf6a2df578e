"""An order of the sample shop as its service shows it: JSON with texts in both languages."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

RETURN_FEE = {"USD": 3.9, "CNY": 10.0}
"""What comes off the refund unless the shop is to blame."""
REFUND_DAYS = 3
"""Days until the refund of a parcel that is back reaches the customer's account."""
_WEEKDAYS_ZH = "一二三四五六日"


def shown(order: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The JSON of an order; what does not apply to it is left out."""
    view: dict[str, Any] = {
        "number": order["number"],
        "status": order["status"],
        "packed": order["status"] not in ("ordered", "canceled"),
        "items_en": order["items_en"],
        "items_zh": order["items_zh"],
        "total": order["total"],
        "currency": order["currency"],
        "price": price(order["total"], order["currency"]),
        "refund": _refund(order, today),
        "return_fee": price(RETURN_FEE[order["currency"]], order["currency"]),
        "return_started": "return_fee" in order,
    }
    if order["tracking"]:
        view["tracking"] = order["tracking"]
    if order["arrives"] and order["status"] in ("ordered", "packed", "shipped"):
        view["arrives"] = _day(date.fromisoformat(order["arrives"]))
    if order["delivered"]:
        delivered = date.fromisoformat(order["delivered"])
        view["delivered"] = _day(delivered)
        view["days_since_delivery"] = (today - delivered).days
    if "return_fee" in order:
        view["return"] = _return(order)
    return view


def price(amount: float, currency: str) -> str:
    """An amount as its customers write it."""
    if currency == "CNY":
        return f"{amount:g} 元"
    return f"${amount:,.0f}" if amount == int(amount) else f"${amount:,.2f}"


def _refund(order: Mapping[str, Any], today: date) -> dict[str, Any]:
    amount = price(order["total"], order["currency"])
    match order["status"]:
        case "returned":
            arrives = _day(today + timedelta(REFUND_DAYS))
            return {"status": "on_the_way", "amount": amount, "arrives": arrives}
        case "delivered" if "return_fee" in order:
            return {"status": "waits_for_parcel", "amount": _return(order)["refund"]}
        case _:
            return {"status": "none"}


def _return(order: Mapping[str, Any]) -> dict[str, Any]:
    fee, currency = order["return_fee"], order["currency"]
    return {
        "number": order["number"].replace("TW-", "RT-"),
        "free": fee == 0,
        "fee": price(fee, currency),
        "refund": price(order["total"] - fee, currency),
    }


def _day(day: date) -> dict[str, str]:
    """A day as data and as people say it."""
    weekday = _WEEKDAYS_ZH[day.weekday()]
    return {
        "date": day.isoformat(),
        "en": f"{day:%A}, {day:%B} {day.day}",
        "zh": f"{day.month} 月 {day.day} 日（周{weekday}）",
    }

"""The sample shop's orders in a SQLite file of their own, and what may be done with them.

Knows no HTTP. Made anew on the first use of a day, so that what arrives "in two days" always does.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.demo.orders_data import ORDERS
from bot.demo.orders_view import RETURN_FEE, shown

RETURN_DAYS = 30
FREE_REASONS = ("faulty", "wrong_item")

_SCHEMA = """
CREATE TABLE orders (number TEXT PRIMARY KEY, fields TEXT NOT NULL);
CREATE TABLE replies (
    key TEXT PRIMARY KEY, asked TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE TABLE made (day TEXT NOT NULL);
"""

Answer = tuple[int, dict[str, Any]]
"""The HTTP status and the JSON of an answer."""
Order = dict[str, Any]


class OrderStore:
    """The orders of one file. Threads may share it."""

    def __init__(self, path: Path | str, today: Callable[[], date] = date.today) -> None:
        self._today = today
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def find(self, number: str) -> Answer:
        """The order `number`."""
        with self._lock:
            self._make()
            order = self._read(number)
        return (200, shown(order, self._today())) if order else _unknown(number)

    def act(self, key: str, asked: str, number: str, do: Callable[[Order], Answer]) -> Answer:
        """Do something with an order, once for each `key`; `asked` is what the key stands for.

        An answer that refuses changes nothing. Without a key it is done each time.
        """
        with self._lock:
            self._make()
            before = self._connection.execute(
                "SELECT asked, status, body FROM replies WHERE key = ?", (key,)
            ).fetchone()
            if key and before:
                return _again(before, asked)
            self._connection.execute("BEGIN IMMEDIATE")
            with self._connection:
                return self._do(key, asked, number, do)

    def _do(self, key: str, asked: str, number: str, do: Callable[[Order], Answer]) -> Answer:
        order = self._read(number)
        status, body = do(order) if order else _unknown(number)
        if order and status < 300:
            self._connection.execute(
                "UPDATE orders SET fields = ? WHERE number = ?", (json.dumps(order), number)
            )
            body = {**shown(order, self._today()), **body}
        if key:
            row = (key, asked, status, json.dumps(body))
            self._connection.execute("INSERT INTO replies VALUES (?, ?, ?, ?)", row)
        return status, body

    def cancel(self, order: Order) -> Answer:
        """Cancel an order that is not packed."""
        if order["status"] == "canceled":
            return refusal(409, "already_canceled", "The order is canceled already")
        if order["status"] != "ordered":
            return refusal(409, "packed", "The order is packed already")
        order["status"] = "canceled"
        return 200, {}

    def change_address(self, order: Order, address: str) -> Answer:
        """Send an order that is not packed to another address."""
        if order["status"] != "ordered":
            return refusal(409, "not_changeable", "The order is packed or canceled already")
        order["address"] = address
        return 200, {"address": address}

    def start_return(self, order: Order, reason: str) -> Answer:
        """Register the return of an order that was delivered."""
        if order["status"] != "delivered":
            return refusal(409, "not_delivered", "The order is not with the customer")
        if order.get("return_reason"):
            return refusal(409, "already_returned", "A return is registered already")
        if (self._today() - date.fromisoformat(order["delivered"])).days > RETURN_DAYS:
            return refusal(409, "too_late", f"More than {RETURN_DAYS} days since delivery")
        order["return_reason"] = reason
        order["return_fee"] = 0 if reason in FREE_REASONS else RETURN_FEE[order["currency"]]
        return 201, {}

    def _read(self, number: str) -> Order | None:
        row = self._connection.execute(
            "SELECT fields FROM orders WHERE number = ?", (number,)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def _make(self) -> None:
        """Make the data where there is none of today."""
        today = self._today()
        tables = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [name for (name,) in tables.fetchall()]
        if "made" in names:
            made = self._connection.execute("SELECT day FROM made").fetchone()
            if made == (today.isoformat(),):
                return
        drops = "".join(f"DROP TABLE {name};" for name in names)
        self._connection.executescript(f"BEGIN;{drops}{_SCHEMA}COMMIT;")
        rows = [(one.number, json.dumps(_dated(asdict(one), today))) for one in ORDERS]
        self._connection.executemany("INSERT INTO orders VALUES (?, ?)", rows)
        self._connection.execute("INSERT INTO made VALUES (?)", (today.isoformat(),))


def refusal(status: int, code: str, message: str) -> Answer:
    """An error in the form that all of the service's errors have."""
    return status, {"error": {"code": code, "message": message}}


def _unknown(number: str) -> Answer:
    return refusal(404, "unknown_order", f"There is no order {number}")


def _again(before: tuple[str, int, str], asked: str) -> Answer:
    """What was answered when the same key came first."""
    if before[0] != asked:
        return refusal(422, "key_reused", "This Idempotency-Key stands for another request")
    return before[1], json.loads(before[2])


def _dated(order: Mapping[str, Any], today: date) -> Order:
    """The order with dates in place of days."""

    def day(ahead: int | None) -> str | None:
        return None if ahead is None else (today + timedelta(ahead)).isoformat()

    delivered = order["delivered"]
    return {
        **order,
        "arrives": day(order["arrives"]),
        "delivered": day(None if delivered is None else -delivered),
    }

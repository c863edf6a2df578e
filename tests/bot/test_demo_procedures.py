"""The sample shop's procedures against its orders service, over HTTP, without a model."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from bot import domain, procedures
from bot.actions import Endpoint, HttpEndpoint
from bot.demo.orders_data import ORDERS
from bot.demo.orders_server import orders_service
from bot.demo.run import SHOP
from bot.slots import SlotContext, read
from bot.types import CONFIRM, Action, Ask, Call, HandOff, State
from knowledge.language import detect
from knowledge.types import Language

TEXTS = domain.load(SHOP)
PROCEDURES = [name for name, intent in TEXTS.intents.items() if intent.steps]


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[HttpEndpoint]:
    with (
        orders_service(tmp_path),
        closing(HttpEndpoint(lambda: TEXTS.services, os.environ)) as endpoint,
    ):
        yield endpoint


@dataclass
class Customer:
    """Goes through procedures as the dialogue does; knows the answers to all questions."""

    endpoint: Endpoint
    slots: dict[str, str]
    yes: bool = True
    language: Language = "en"

    def ask(self, intent: str) -> tuple[Action, str]:
        """The last action and what the customer reads then."""
        state = procedures.begin(State("c1", self.language, slots=self.slots), intent)
        return self.go_on(state, procedures.proceed(state, TEXTS))

    def go_on(self, state: State, action: Action) -> tuple[Action, str]:
        """Answer questions and make calls until the procedure is over or a slot is refused."""
        while True:
            match action:
                case Call(outcome=None):
                    result = self.endpoint.call(procedures.request(state, action, TEXTS))
                    state, action = procedures.after_call(state, action, result, TEXTS)
                case Ask(slot=slot) if slot == CONFIRM:
                    state, action = procedures.confirmed(state, self.yes, TEXTS)
                case _:
                    return action, self.reads(state, action)

    def reads(self, state: State, action: Action) -> str:
        text = procedures.text(action, TEXTS, self.language)
        assert text is not None
        return TEXTS.fill(text, self.language, procedures.known(state))


def customer(endpoint: Endpoint, number: str, language: Language = "en", **more: str) -> Customer:
    return Customer(endpoint, {"order_number": number, **more}, language=language)


@pytest.mark.parametrize(
    ("intent", "number", "said"),
    [
        ("order_status", "TW-240017", "on its way and should arrive on .* 1Z88TW17"),
        ("order_status", "tw240018", "Order TW-240018 .* is packed"),
        ("order_status", "240019", "not packed yet"),
        ("order_status", "TW-240021", "was delivered on"),
        ("order_status", "TW-240023", "was canceled"),
        ("order_status", "TW-240024", r"\$179 is on its way"),
        ("cancel_order", "TW-240019", "Done: order TW-240019 .* is canceled"),
        ("cancel_order", "TW-240018", "packed already, so I can't stop it"),
        ("cancel_order", "TW-240022", "has been delivered already"),
        ("cancel_order", "TW-240023", "is canceled already"),
        ("change_address", "TW-240017", "its address can't be changed"),
        ("return_item", "TW-240019", "I can simply cancel it"),
        ("return_item", "TW-240017", "isn't with you yet"),
        ("return_item", "TW-240022", "delivered 45 days ago"),
        ("refund_status", "TW-240024", r"refund of \$179 .* by \w+day, "),
        ("refund_status", "TW-240017", "no refund is due"),
    ],
)
def test_a_procedure_tells_what_is_so(
    endpoint: HttpEndpoint, intent: str, number: str, said: str
) -> None:
    action, text = customer(endpoint, number).ask(intent)
    assert isinstance(action, Call)
    assert re.search(said, text), text


@pytest.mark.parametrize(
    ("intent", "number", "said"),
    [
        ("order_status", "TW-204188", "预计 .* 送到，运单号 SF20418899"),
        ("cancel_order", "TW-204189", "已经为您取消订单 TW-204189（Tern 平板）"),
        ("cancel_order", "TW-204190", "拦不下来"),
        ("return_item", "TW-204192", "签收已有 45 天"),
        ("refund_status", "TW-204194", "退款 1199 元 正在路上"),
    ],
)
def test_a_procedure_tells_it_in_chinese(
    endpoint: HttpEndpoint, intent: str, number: str, said: str
) -> None:
    action, text = customer(endpoint, number, "zh").ask(intent)
    assert isinstance(action, Call)
    assert re.search(said, text), text


@pytest.mark.parametrize(("number", "price"), [("TW-240025", "$1,596"), ("TW-204195", "10396 元")])
def test_a_large_order_is_cancelled_by_a_person(
    endpoint: HttpEndpoint, number: str, price: str
) -> None:
    action, text = customer(endpoint, number).ask("cancel_order")
    assert isinstance(action, HandOff)
    assert action.reason == "amount"
    assert price in text
    assert "not packed yet" in customer(endpoint, number).ask("order_status")[1]


def test_who_does_not_confirm_keeps_the_order(endpoint: HttpEndpoint) -> None:
    declining = replace(customer(endpoint, "TW-240020"), yes=False)
    assert declining.ask("cancel_order")[1] == "All right, order TW-240020 stays as it is."
    assert "not packed yet" in customer(endpoint, "TW-240020").ask("order_status")[1]


def test_an_address_is_asked_for_once_the_order_allows_it(endpoint: HttpEndpoint) -> None:
    action, text = customer(endpoint, "TW-240020").ask("change_address")
    assert action == Ask("change_address", "address", step="where")
    assert "isn't packed yet" in text
    address = "12 Elm Street, Columbus, OH 43215"
    _, text = customer(endpoint, "TW-240020", address=address).ask("change_address")
    assert text == f"Done: order TW-240020 now goes to {address}."


@pytest.mark.parametrize(("reason", "refund"), [("changed_mind", "$65.10"), ("faulty", "$69")])
def test_a_return_is_started_with_its_reason(
    endpoint: HttpEndpoint, reason: str, refund: str
) -> None:
    action, _ = customer(endpoint, "TW-240021").ask("return_item")
    assert action == Ask("return_item", "return_reason", step="why")
    sending_back = customer(endpoint, "TW-240021", return_reason=reason)
    text = sending_back.ask("return_item")[1]
    assert "RT-240021 is set up" in text
    assert f"We refund {refund} within" in text
    assert "set up already" in sending_back.ask("return_item")[1]
    assert "hasn't reached our warehouse yet" in sending_back.ask("refund_status")[1]


def test_a_cancelled_order_may_still_be_paid_so_a_person_looks(endpoint: HttpEndpoint) -> None:
    action, _ = customer(endpoint, "TW-240023").ask("refund_status")
    assert isinstance(action, HandOff)


@pytest.mark.parametrize("intent", PROCEDURES)
def test_an_unknown_order_is_asked_for_again(endpoint: HttpEndpoint, intent: str) -> None:
    action, text = customer(endpoint, "TW-999999").ask(intent)
    assert action == Ask(intent, "order_number", step="look_up", outcome=0)
    assert "TW-999999" in text


@pytest.mark.parametrize("intent", PROCEDURES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_order_has_an_answer_in_every_procedure(
    endpoint: HttpEndpoint, intent: str, language: Language
) -> None:
    for order in ORDERS:
        asking = customer(endpoint, order.number, language, return_reason="other", address="x" * 12)
        action, text = asking.ask(intent)
        assert getattr(action, "reason", None) != "service_down", (order.number, text)
        assert order.number in text or "RT-" in text


@pytest.mark.parametrize("intent", PROCEDURES)
def test_without_the_service_a_person_takes_over(intent: str) -> None:
    with closing(HttpEndpoint(lambda: TEXTS.services, {})) as nowhere:
        action, text = customer(nowhere, "TW-240017").ask(intent)
    assert action == HandOff("service_down", intent, "look_up")
    assert "can't reach our order system" in text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TW-240017", "TW-240017"),
        ("it is tw 240017, I think", "TW-240017"),
        ("TW240017", "TW-240017"),
        ("订单240017到哪了", "TW-240017"),
        ("邮编 200030", None),
        ("邮编：200030", None),
        ("my phone is 5550101234", None),
        ("order 4417", None),
    ],
)
def test_the_ways_to_write_an_order_number(text: str, found: str | None) -> None:
    context = SlotContext("order_number", detect(text), TEXTS.products, date(2026, 3, 11))
    assert read(text, TEXTS.slots, context).values.get("order_number") == found

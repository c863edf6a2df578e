"""What a window of the console keeps over a reload, and lists that are longer than the window."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bot.homes import RETURNS
from tests.bot.web.browsers import MARKS
from tests.bot.web.inbox import Agent, Shop, arrived, open_shop, serving_shop

pytestmark = MARKS

MANY = 15
TALK_END = "e => e.scrollHeight - e.clientHeight - e.scrollTop"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with open_shop(tmp_path_factory.mktemp("home")) as runtime, serving_shop(runtime) as shop:
        yield shop


@pytest.fixture
def mia(shop: Shop, new_context: Any) -> Agent:
    return arrived(shop, new_context(), "mia")


def test_the_open_tab_outlasts_a_reload(mia) -> None:
    mia.page.get_by_role("tab", name="Knowledge", exact=True).click()
    mia.page.reload()
    mia.page.locator('[role=tab][data-tab-id="knowledge"][aria-selected=true]').wait_for()


def test_a_long_queue_scrolls_by_itself(mia, shop) -> None:
    for number in range(MANY):
        shop.customer(f"Customer {number}")
    queue = mia.page.locator("#dc-queue")
    mia.page.wait_for_function(f"document.querySelectorAll('.dc-row').length >= {MANY}")
    queue.hover()
    mia.page.mouse.wheel(0, 3000)
    mia.page.wait_for_function("document.querySelector('#dc-queue').scrollTop > 100")
    assert mia.page.locator("#dc-search").is_visible()


def test_a_conversation_opens_at_its_end_though_suggestions_arrive_below(mia, shop) -> None:
    shop.customer("Nora", *[RETURNS] * 8)
    mia.open("Nora")
    mia.page.locator(".dc-suggestion").first.wait_for()
    assert mia.page.locator(".dc-talk").evaluate(TALK_END) < 2

"""A console that is open while its server is restarted.

In a file of its own: Gradio cannot build an application while another one of this process serves.
"""

from contextlib import ExitStack
from pathlib import Path

from tests.bot.web.browsers import MARKS
from tests.bot.web.inbox import arrived, open_shop, serving_shop

pytestmark = MARKS


def test_a_restart_of_the_server_loses_no_text(new_context, tmp_path: Path) -> None:
    with open_shop(tmp_path) as runtime, ExitStack() as stack:
        with serving_shop(runtime) as shop:
            shop.customer("Jil")
            tom = arrived(shop, new_context(), "tom")
            tom.open("Jil")
            tom.box.fill("Not sent yet")
        tom.page.click("#dc-send")  # to nobody: the page notices, and loads itself anew
        tom.page.get_by_text("Connection to the server was lost").first.wait_for()
        with tom.page.expect_event("load"):
            stack.enter_context(serving_shop(runtime, shop.live.port))
        tom.page.locator("#dc-head h2", has_text="Jil").wait_for()
        tom.stands_in_box("Not sent yet")
        tom.page.click("#dc-send")
        tom.sees("Not sent yet")

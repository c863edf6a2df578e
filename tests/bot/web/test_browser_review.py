"""The Review tab in a real Chromium: everything by single keys, on a real runtime."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.review.types import Skip
from bot.web.console.words import words_of
from tests import axe
from tests.bot.homes import working
from tests.bot.review_homes import Shop
from tests.bot.web.browsers import MARKS, NEEDS_AXE, Window
from tests.bot.web.live_server import LiveServer, serving
from tests.waiting import until

pytestmark = MARKS

WORDS = words_of("review.")
TAB = {"en-US": "Review", "zh-CN": "审核"}
HOSTILE = "<img src=x onerror=alert(1)> **juggle** ${alert(1)} {{cats}}"
STRANGE = (
    "juggle seven purple cats",
    "grow lemon trees indoors",
    "cure for hiccups",
    "tallest mountain of norway",
    "write poems about rust",
    "fold paper cranes",
    "which wine suits cheese",
    "name four moons",
    "boil eggs perfectly",
    "learn banjo quickly",
    "paint clouds realistically",
    "solve cubic equations",
    "train stubborn parrots",
    "knit striped socks",
    "spell onomatopoeia",
    "catch river trout",
    "polish silver spoons",
    "whistle louder",
    "sharpen kitchen knives",
    "plant garlic cloves",
    "repair bicycle chains",
    "draw horses",
    "brew oolong tea",
    "count sheep backwards",
    "fly paper kites",
    "tune old pianos",
    "carve wooden ducks",
    "sail around iceland",
)
"""More than the twenty that are decided: the fake encoder may take one for a refund."""


def says(key: str, language: str = "en") -> str:
    return WORDS[key][language]


@dataclass(frozen=True)
class Server:
    """One server for all tests; each begins with an empty log."""

    live: LiveServer
    shop: Shop
    cookie: dict[str, str]

    def ask_anew(self, texts: Sequence[str]) -> None:
        """Forget all conversations and ask these."""
        with self.shop.runtime.home.database.write() as writing:
            writing.conn.execute("DELETE FROM conversations")
        for text in texts:
            self.shop.ask(text)


@pytest.fixture(scope="module")
def server(taught: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = shutil.copytree(taught, tmp_path_factory.mktemp("review") / "shop")
    with working(folder) as runtime, serving(runtime) as live:
        yield Server(live, Shop(runtime), live.cookie("maya"))


@dataclass
class Reviewer(Window):
    """Maya at the Review tab."""

    shop: Shop

    @property
    def message(self) -> str:
        return self.page.locator(".dr-message").inner_text()

    def shows(self, text: str) -> None:
        self.page.locator(".dr-message").get_by_text(text, exact=True).wait_for()

    def told(self, text: str) -> None:
        self.page.locator(".dr-notice").get_by_text(text).wait_for()

    def reviews(self, count: int) -> dict[str, tuple[str | None, str | None]]:
        """Message -> (intent, answer), once there are `count`."""
        log = self.shop.runtime.log
        until(lambda: len(log.reviewed()) >= count)
        found = log.reviewed()
        assert len(found) == count
        return {turn.message: (review.intent, review.answer) for turn, review in found}


@pytest.fixture
def reviewer(server: Server, new_context, request) -> Reviewer:
    """The tab with the questions `asked` by customers."""
    options = {"asked": STRANGE, "locale": "en-US", **getattr(request, "param", {})}
    server.ask_anew(options.pop("asked"))
    context = new_context(**options)
    context.add_cookies([server.cookie])
    maya = Reviewer(context.new_page(), server.shop)
    maya.page.goto(f"{server.live.url}/staff/")
    maya.page.get_by_role("tab", name=TAB[options["locale"]]).click()
    maya.page.locator(".dr-message").wait_for()
    return maya


def test_twenty_turns_are_decided_without_the_mouse(reviewer: Reviewer) -> None:
    reviewer.page.wait_for_selector(".dr-pending .dr-total")
    decided = []
    for number in range(20):
        decided.append(reviewer.message)
        reviewer.press(["1", "2", "o", "3"][number % 4])
        reviewer.page.wait_for_function(
            "(before) => document.querySelector('.dr-message')?.textContent !== before",
            arg=decided[-1],
        )
    assert len(set(decided)) == 20
    found = reviewer.reviews(20)
    assert set(found) == set(decided)
    assert [found[text][0] for text in decided].count("oos") == 5
    reviewer.page.get_by_text("20 decisions wait to be learned").wait_for()
    reviewer.page.get_by_text("20 done today").wait_for()
    assert reviewer.complaints == []


def test_the_next_turn_shows_within_a_tenth_of_a_second(reviewer: Reviewer) -> None:
    spent = reviewer.page.evaluate(
        """async () => {
            const times = [];
            for (let n = 0; n < 5; n++) {
                const before = document.querySelector('.dr-message').textContent;
                const start = performance.now();
                document.dispatchEvent(new KeyboardEvent('keydown', {key: 'o', bubbles: true}));
                while (document.querySelector('.dr-message').textContent === before) {
                    await new Promise(requestAnimationFrame);
                }
                times.push(performance.now() - start);
            }
            return times;
        }"""
    )
    assert max(spent) < 100, spent


def test_every_kind_of_decision_by_keys_alone(reviewer: Reviewer) -> None:
    first = reviewer.message
    reviewer.press("/")
    reviewer.page.locator(".dr-search").wait_for()
    reviewer.page.keyboard.type("passw")
    reviewer.press("Enter")
    reviewer.told("Intent: password en")
    second = reviewer.message
    reviewer.press("w")
    reviewer.page.keyboard.type("We do not teach that.\nSorry <b>!")
    reviewer.press("Control+Enter")
    reviewer.told(says("told_answer"))
    third = reviewer.message
    reviewer.press("n")
    reviewer.page.keyboard.type("odd_wishes")
    for text in ("Odd wishes", "We cannot.", "奇怪的愿望", "不行。"):
        reviewer.press("Tab")
        reviewer.page.keyboard.type(text)
    reviewer.press("Control+Enter")
    reviewer.told("New intent: odd_wishes")
    assert reviewer.reviews(3) == {
        first: ("password", None),
        second: (None, "We do not teach that.\nSorry <b>!"),
        third: ("odd_wishes", None),
    }
    fourth = reviewer.message
    reviewer.press("i")
    reviewer.page.keyboard.type("odd")
    reviewer.page.locator("[role=option]").get_by_text("Odd wishes").wait_for()
    reviewer.press("Enter")
    assert reviewer.reviews(4)[fourth] == ("odd_wishes", None)
    assert reviewer.complaints == []


def test_undo_brings_the_turn_back_also_after_a_skip(reviewer: Reviewer) -> None:
    first = reviewer.message
    reviewer.press("s")
    second = reviewer.message
    assert second != first
    reviewer.press("1", "u")
    reviewer.shows(second)
    reviewer.told(says("undone"))
    reviewer.press("u")
    reviewer.shows(first)
    reviewer.press("u")
    reviewer.told(says("nothing_to_undo"))
    assert reviewer.shop.runtime.log.reviewed() == []


@pytest.mark.parametrize("reviewer", [{"asked": [HOSTILE]}], indirect=True)
def test_what_customers_write_stays_text(reviewer: Reviewer) -> None:
    assert reviewer.message == HOSTILE
    assert reviewer.page.locator(".dr img").count() == 0
    reviewer.press("e")
    reviewer.page.locator(".dx").get_by_text(HOSTILE).wait_for()
    assert reviewer.page.locator(".dx img, .dx b").count() == 0
    assert reviewer.page.locator(".dx-list li").count() == 5
    reviewer.press("Escape")
    reviewer.press("Enter")
    reviewer.told(says("nothing_to_confirm"))
    reviewer.press("?")
    reviewer.page.get_by_text(says("help_title")).wait_for()
    reviewer.press("Escape", "o")
    reviewer.page.get_by_text(says("empty")).wait_for()
    assert reviewer.complaints == []


@pytest.mark.parametrize(
    "reviewer",
    [{"asked": [f"juggle seven purple cats {w}" for w in ("now", "please", "sir")]}],
    indirect=True,
)
def test_a_decision_for_the_whole_cluster(reviewer: Reviewer) -> None:
    reviewer.page.get_by_text("2 more ask for the same").wait_for()
    reviewer.press("a", "o")
    assert len(reviewer.reviews(3)) == 3
    reviewer.page.get_by_text(says("empty")).wait_for()
    reviewer.press("u")
    reviewer.page.get_by_text("2 more ask for the same").wait_for()
    assert reviewer.shop.runtime.log.reviewed() == []


@pytest.mark.parametrize("reviewer", [{"locale": "zh-CN", "asked": STRANGE[:2]}], indirect=True)
def test_a_chinese_browser_reads_chinese(reviewer: Reviewer) -> None:
    reviewer.page.get_by_role("button", name=says("skip", "zh")).wait_for()
    reviewer.press("e")
    reviewer.page.get_by_text("为什么这样回复？").wait_for()


@pytest.mark.parametrize("reviewer", [{"asked": STRANGE[:1]}], indirect=True)
def test_a_turn_that_somebody_else_decided_is_told_and_left(reviewer: Reviewer) -> None:
    (turn_id,) = reviewer.shop.queued()
    reviewer.shop.runtime.review.decide(turn_id, "ben", Skip())
    reviewer.press("o")
    reviewer.told("was decided by ben")
    reviewer.page.get_by_text(says("empty")).wait_for()


CLUSTER = [f"juggle seven purple cats {word}" for word in ("now", "please")]


@NEEDS_AXE
@pytest.mark.parametrize(
    "reviewer",
    [{"asked": CLUSTER}, {"asked": CLUSTER, "color_scheme": "dark", "width": 390}],
    indirect=True,
)
def test_everybody_can_use_it_at_any_width_and_in_both_themes(reviewer: Reviewer) -> None:
    assert axe.violations(reviewer.page, ".dr") == []
    for key, dialog in (
        ("e", ".dx-dialog"),
        ("/", ".dr-search"),
        ("n", ".dr-new"),
        ("?", ".dr-help"),
    ):
        reviewer.press(key)
        reviewer.page.locator(f"{dialog} h2").wait_for()
        if key == "e":
            reviewer.page.locator(".dx-why").wait_for()
        assert axe.violations(reviewer.page, dialog) == []
        reviewer.press("Escape")
    page = reviewer.page
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

"""deskmate review: the queue in the terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bot.audit import Audit
from bot.cli import main
from bot.registry import utc_now
from bot.web.review_schemas import ItemOut
from tests.bot.review_homes import STRANGE, Shop

Keys = Callable[..., Result]


@pytest.fixture
def press(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """Run the verb as ana, beside the runtime that serves; a list of keys, lines in between."""

    def run(*keys: str, options: tuple[str, ...] = ()) -> Result:
        pressed = iter(key for key in keys if len(key) == 1)
        lines = iter(key for key in keys if len(key) > 1)
        monkeypatch.setattr(click, "getchar", lambda: next(pressed, "q"))
        monkeypatch.setattr(click, "prompt", lambda *_, **__: next(lines))
        folder = str(shop.runtime.home.folder)
        arguments = ["--home", folder, "review", "--reviewer", "ana", *options]
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    return run


def learned(shop: Shop) -> dict[str, tuple[str | None, str | None]]:
    return {
        turn.message: (review.intent, review.answer) for turn, review in shop.runtime.log.reviewed()
    }


def test_the_list_is_the_one_of_the_interface(shop: Shop, press: Keys) -> None:
    for text in STRANGE:
        shop.ask(text)
    listed = json.loads(press(options=("--json", "--limit", "2")).stdout)
    assert len(listed) == 2
    for one in listed:
        ItemOut.model_validate(one)
    assert json.loads(press(options=("--json", "--language", "zh")).stdout) == []
    assert json.loads(press(options=("--json", "--reason", "corrected")).stdout) == []


def test_keys_decide_one_after_the_other(shop: Shop, press: Keys) -> None:
    for text in STRANGE:
        shop.ask(text)
    order = [one.turn.message for one in shop.runtime.review.items()]
    first = shop.runtime.review.items()[0].turn.prediction
    assert first
    done = press("1", "o", "w", "We do not.", "q")
    assert learned(shop) == {
        order[0]: (first.ranking[0][0], None),
        order[1]: ("oos", None),
        order[2]: (None, "We do not."),
    }
    assert "3 decided, 0 left; 3 wait for `deskmate retrain`" in done.stdout
    assert {review.reviewer for _, review in shop.runtime.log.reviewed()} == {"ana"}


def test_the_screen_shows_why_and_takes_no_markup(shop: Shop, press: Keys) -> None:
    shop.ask("[bold]juggle[/bold] seven purple cats")
    shown = press("e", "?", "q").stdout
    assert "[bold]juggle[/bold] seven purple cats" in shown
    assert "threshold" in shown
    assert "choose from the ranking" in shown
    assert "out_of_scope" in shown
    assert learned(shop) == {}


def test_enter_confirms_and_u_takes_back(shop: Shop, press: Keys) -> None:
    conversation = shop.talk("where is the refund please")
    shop.rate_down(conversation)
    assert press("\r", "u", "s", "u").exit_code == 0
    assert learned(shop) == {}
    press("\n")
    assert learned(shop) == {"where is the refund please": ("refund", None)}


def test_decisions_stand_in_the_audit_log_as_those_of_the_console(shop: Shop, press: Keys) -> None:
    turn_id = shop.ask(STRANGE[0])
    press("/", "passwor", "u", "o")
    noted = Audit(shop.runtime.home.database, utc_now).entries()
    assert [(one.staff, one.action, one.target, one.details) for one in noted] == [
        ("ana", "review.out_of_scope", str(turn_id), "oos 1"),
        ("ana", "review.undo", str(turn_id), ""),
        ("ana", "review.intent", str(turn_id), "password 1"),
    ]


def test_a_searched_intent_and_a_new_one(shop: Shop, press: Keys) -> None:
    for text in STRANGE[:2]:
        shop.ask(text)
    order = [one.turn.message for one in shop.runtime.review.items()]
    press("/", "passwor", "n", "wishes", "Wishes", "We cannot.", "愿望", "不行。")
    assert learned(shop) == {order[0]: ("password", None), order[1]: ("wishes", None)}
    assert "wishes" in (shop.runtime.home.folder / "domain.toml").read_text("utf-8")


def test_a_key_for_the_whole_cluster(shop: Shop, press: Keys) -> None:
    for word in ("now", "please", "sir"):
        shop.ask(f"juggle seven purple cats {word}")
    shown = press("a", "o").stdout
    assert "2 more ask for the same" in shown
    assert "decided: 3" in shown
    assert len(learned(shop)) == 3


def test_what_cannot_be_decided_is_told_and_asked_again(shop: Shop, press: Keys) -> None:
    shop.ask(STRANGE[0])
    shown = press("\r", "/", "nothing like this", "n", "Bad name!", "--", "--", "--", "--", "o")
    assert "no answer to confirm" in shown.stdout
    assert "no such intent" in shown.stdout
    assert "expected a name of small letters" in shown.stdout
    assert learned(shop) == {STRANGE[0]: ("oos", None)}


def test_the_limit_ends_it(shop: Shop, press: Keys) -> None:
    for text in STRANGE:
        shop.ask(text)
    press("o", "o", "o", options=("--limit", "1"))
    assert len(learned(shop)) == 1


def test_an_empty_queue_says_so(shop: Shop, press: Keys) -> None:
    assert "0 decided, 0 left" in press().stdout


def test_a_home_that_is_missing_is_told_in_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--home", str(tmp_path / "none"), "review"])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)

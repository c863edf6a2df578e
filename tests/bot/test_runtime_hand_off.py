"""Hand-offs as the whole bot makes them: its own, the button's, and who looks after the waiting."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.dialogue import DialogueManager
from bot.hours import DAYS
from bot.registry import utc_now
from bot.runtime import Runtime
from bot.staff import StaffAccounts
from bot.types import State, Turn
from tests.bot.homes import RETURNS, add_faq, add_release, new_home

PASSWORD = "quiet lamps at noon"


@pytest.fixture
def runtime(tmp_path: Path, fake_encoder: None) -> Iterator[Runtime]:
    home = new_home(tmp_path / "shop")
    add_faq(home)
    add_release(home)
    runtime = Runtime(home, watch=False)
    yield runtime
    runtime.close()


@pytest.fixture
def agent(runtime: Runtime) -> None:
    """Maya is signed in and there."""
    accounts = StaffAccounts(runtime.home.database, utc_now)
    accounts.add("maya", PASSWORD, "agent", "Maya Lind")
    accounts.sign_in("maya", PASSWORD, "here")


def failed(runtime: Runtime) -> str:
    """A conversation that the bot handed off because it did not understand twice."""
    conversation, _ = runtime.start("en")
    runtime.respond(conversation, "zzz qqq?")
    status, _ = runtime.respond(conversation, "qqq zzz?")
    assert status == "waiting"
    return conversation


def last(runtime: Runtime, conversation: str) -> str:
    return runtime.log.messages(conversation)[-1].text


@pytest.mark.usefixtures("agent")
def test_bots_own_hand_off_says_that_a_colleague_takes_over(runtime: Runtime) -> None:
    conversation = failed(runtime)
    assert last(runtime, conversation) == runtime.domain.messages["en"].hand_off_failed
    assert not runtime.desk.queue_state(conversation).away


def test_bots_own_hand_off_while_nobody_is_signed_in_says_so(runtime: Runtime) -> None:
    conversation = failed(runtime)
    assert last(runtime, conversation).startswith("None of us is here right now")
    assert [one.record.id for one in runtime.desk.queue()] == [conversation]


def test_button_while_nobody_is_signed_in_says_so(runtime: Runtime) -> None:
    conversation, _ = runtime.start("en")
    status, [told] = runtime.hand_off(conversation)
    assert (status, told.action) == ("waiting", "hand_off")
    assert told.text.startswith("None of us is here right now")


@pytest.mark.usefixtures("agent")
def test_button_while_somebody_is_there_says_that_a_colleague_takes_over(
    runtime: Runtime,
) -> None:
    conversation, _ = runtime.start("en")
    assert runtime.hand_off(conversation)[1][0].text == runtime.domain.messages["en"].hand_off


def test_edited_hours_count_without_a_restart(runtime: Runtime) -> None:
    path = runtime.home.folder / "domain.toml"
    text = path.read_text(encoding="utf-8")
    day = DAYS[(datetime.now(UTC).weekday() + 3) % 7]
    path.write_text(f'{text}\n[hours]\n{day} = ["09:00-17:00"]\n', encoding="utf-8")
    runtime.pick_up_changes()
    assert f"we are back on {day.capitalize()} at 09:00." in last(runtime, failed(runtime))


def test_summary_of_the_bots_hand_off_is_kept_with_it(runtime: Runtime) -> None:
    conversation, _ = runtime.start("en")
    runtime.respond(conversation, RETURNS)
    runtime.respond(conversation, "zzz qqq?")
    runtime.respond(conversation, "qqq zzz?")
    kept = runtime.log.reading.execute("SELECT count(*) FROM hand_offs").fetchone()
    assert kept == (1,)
    summary = runtime.desk.summary(conversation)
    assert summary.tried == (RETURNS,)
    assert summary.open_questions == ("zzz qqq?", "qqq zzz?")


def test_what_is_written_while_waiting_comes_into_the_summary(runtime: Runtime) -> None:
    conversation, _ = runtime.start("en")
    runtime.hand_off(conversation)
    assert runtime.desk.summary(conversation).wants == ""
    runtime.respond(conversation, "Does the lamp fit outdoors?")
    assert runtime.desk.summary(conversation).wants == "Does the lamp fit outdoors?"


def test_repeated_client_id_in_the_wait_changes_nothing(runtime: Runtime) -> None:
    conversation, _ = runtime.start("en")
    runtime.hand_off(conversation)
    for _ in range(2):
        assert runtime.respond(conversation, "Hello?", "a1") == ("waiting", [])
    assert [one.text for one in runtime.log.messages(conversation)].count("Hello?") == 1


def test_bot_says_nothing_when_an_agent_claims_while_it_thinks(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, _ = runtime.start("en")
    thinking = DialogueManager.respond

    def respond(self: DialogueManager, state: State, text: str) -> tuple[State, tuple[Turn, ...]]:
        computed = thinking(self, state, text)
        runtime.desk.claim(conversation, "maya")
        return computed

    monkeypatch.setattr(DialogueManager, "respond", respond)
    assert runtime.respond(conversation, RETURNS) == ("open", [])
    assert [one.role for one in runtime.log.messages(conversation)] == ["bot", "customer"]


def test_message_after_resolve_is_answered_by_the_bot(runtime: Runtime) -> None:
    conversation = failed(runtime)
    runtime.desk.say(conversation, "maya", "Done.")
    assert runtime.respond(conversation, "Thanks") == ("open", [])
    runtime.desk.resolve(conversation, "maya")
    status, [answer] = runtime.respond(conversation, RETURNS)
    assert (status, answer.text) == ("bot", "You have 30 days.")
    assert runtime.desk.queue() == []


@pytest.mark.usefixtures("agent")
def test_watcher_tells_who_waits_too_long_once(runtime: Runtime) -> None:
    conversation = failed(runtime)
    runtime.look_after_waiting()
    with runtime.home.database.write() as writing:
        writing.conn.execute("UPDATE conversations SET handed_off = '2026-01-01T00:00:00Z'")
    for _ in range(3):
        runtime.look_after_waiting()
    late = runtime.domain.messages["en"].still_waiting
    assert [one.text for one in runtime.log.messages(conversation)].count(late) == 1


@pytest.mark.usefixtures("agent")
def test_customers_read_the_display_name_of_an_agent(runtime: Runtime) -> None:
    conversation = failed(runtime)
    assert runtime.desk.say(conversation, "maya", "Hello").author == "Maya Lind"
    assert runtime.desk.queue_state(conversation).agent == "Maya Lind"

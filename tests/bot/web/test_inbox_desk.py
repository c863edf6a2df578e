"""What the Inbox shows and lets whom do, on a real runtime with the fake encoder; no page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.desk import TakenError
from bot.home import Home
from bot.messages import UnknownConversationError
from bot.runtime import Runtime
from bot.staff import Staff
from bot.types import Customer, UsedSuggestion
from bot.web import app as web_app
from bot.web.console.inbox_desk import InboxDesk
from bot.web.console.viewers import LOOKING_S, OPENING_S, Viewers
from bot.web.service import Service
from tests.bot.homes import RETURNS, add_faq, add_release, new_home

MIA, TOM, ROOT = (
    Staff("mia", "agent", "Mia Chen"),
    Staff("tom", "agent", "Tom"),
    Staff("root", "admin", "Root"),
)


@pytest.fixture
def service(tmp_path: Path, fake_encoder: None, quick_passwords: None) -> Iterator[Service]:
    home = new_home(tmp_path / "shop", ("en", "zh"))
    add_faq(home)
    add_release(home)
    home.close()
    runtime = Runtime(Home.open(tmp_path / "shop"), watch=False)
    service = web_app._service(runtime)
    for one in (MIA, TOM, ROOT):
        service.accounts.add(one.name, "correct horse", one.role, one.display_name)
    yield service
    runtime.close()


@pytest.fixture
def inbox(service: Service) -> InboxDesk:
    return InboxDesk(service)


def waiting(service: Service, name: str = "Nora", *texts: str) -> str:
    conversation_id, _ = service.runtime.start("en", Customer("u1", name, "n@example.com", True))
    for text in texts:
        service.runtime.respond(conversation_id, text)
    service.runtime.hand_off(conversation_id)
    return conversation_id


def test_the_queue_tells_who_waits_and_why(service: Service, inbox: InboxDesk) -> None:
    first, second = waiting(service), waiting(service, "Ada")
    inbox.claim(TOM, second)
    shown = inbox.queue(inbox.reader(MIA, "en"), first, "")
    items = {one["id"]: one for one in shown["items"]}
    assert items[first]["reason"] == "Asked for a person"
    assert items[first]["status"] == "waiting"
    assert (items[second]["status_text"], items[second]["mine"]) == ("With Tom", False)
    assert inbox.queue(inbox.reader(TOM, "zh"), "", "")["items"][-1]["status_text"] == "Tom 处理中"


def test_who_waits_long_stands_out(
    service: Service, inbox: InboxDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation_id = waiting(service)
    entry, reader = service.runtime.desk.entry(conversation_id), inbox.reader(MIA, "en")
    late = 60 * service.runtime.settings.staff.waiting_minutes
    for seconds, urgent in ((late - 1, False), (late, True)):
        waits = [replace(entry, waiting_s=seconds)]
        monkeypatch.setattr(type(service.runtime.desk), "queue", lambda _, waits=waits: waits)
        assert inbox.queue(reader, "", "")["items"][0]["urgent"] is urgent


def test_a_search_finds_what_is_not_in_the_queue(service: Service, inbox: InboxDesk) -> None:
    found = waiting(service, "Nora", "something about zeppelins")
    inbox.resolve(TOM, found)
    reader = inbox.reader(MIA, "en")
    assert inbox.queue(reader, "", "")["items"] == []
    assert [one["id"] for one in inbox.queue(reader, "", " zeppelins ")["items"]] == [found]


def test_the_history_says_who_said_and_did_what_in_its_order(
    service: Service, inbox: InboxDesk
) -> None:
    conversation_id = waiting(service, "Nora", RETURNS)
    inbox.say(MIA, conversation_id, "Hello Nora", None)
    inbox.resolve(MIA, conversation_id)
    record = service.runtime.log.conversation(conversation_id)
    items = inbox.history(record, inbox.reader(TOM, "en"))["items"]
    told = [(one.get("role", "event"), one.get("who", one["text"])) for one in items]
    assert told == [
        ("bot", "Bot"),
        ("customer", "Nora"),
        ("bot", "Bot"),
        ("event", "Passed on to staff: Asked for a person"),
        ("bot", "Bot"),
        ("event", "Mia Chen took over"),
        ("staff", "Mia Chen"),
        ("event", "Resolved by Mia Chen"),
    ]
    answer = items[2]
    assert (answer["why"], answer["sources"][0]["title"]) == (True, RETURNS)
    assert items[0]["why"] is False


def test_the_side_holds_what_helps(service: Service, inbox: InboxDesk) -> None:
    earlier, now = waiting(service), waiting(service, "Nora", RETURNS)
    inbox.note(TOM, now, "Knows about the lamp")
    folder = service.runtime.home.files_folder
    service.runtime.log.attach(now, "lamp.png", "image/png", b"png", folder)
    entry = inbox.entry(now)
    assert entry
    side = inbox.side(entry, inbox.reader(MIA, "en"))
    assert [(one["who"], one["text"]) for one in side["notes"]] == [("Tom", "Knows about the lamp")]
    assert [one["id"] for one in side["earlier"]] == [earlier]
    assert side["files"][0]["name"] == "lamp.png"
    assert side["files"][0]["url"].startswith(f"/api/staff/conversations/{now}/files/")


@pytest.mark.parametrize(
    ("before", "writing", "proved"),
    [
        (Customer("7", verified=True), Customer("7", verified=True), True),
        (
            Customer("7", email="n@example.com", verified=True),
            Customer(email="n@example.com"),
            False,
        ),
        (Customer(email="n@example.com"), Customer(email="n@example.com"), False),
    ],
)
def test_an_earlier_conversation_by_the_e_mail_alone_is_marked(
    service: Service, inbox: InboxDesk, before: Customer, writing: Customer, proved: bool
) -> None:
    runtime = service.runtime
    earlier, _ = runtime.start("en", before)
    now, _ = runtime.start("en", writing)
    runtime.hand_off(now)
    entry = inbox.entry(now)
    assert entry
    (shown,) = inbox.side(entry, inbox.reader(MIA, "en"))["earlier"]
    assert (shown["id"], shown["proved"]) == (earlier, proved)


def test_suggestions_change_only_when_something_was_said(
    service: Service, inbox: InboxDesk
) -> None:
    conversation_id = waiting(service, "Nora", RETURNS)
    before = inbox.said(conversation_id)
    inbox.note(TOM, conversation_id, "nothing said")
    assert inbox.said(conversation_id) == before
    service.runtime.respond(conversation_id, "Hello?")
    assert inbox.said(conversation_id) != before


@pytest.mark.parametrize(
    ("status", "staff", "offered"),
    [
        ("bot", MIA, {"claim", "reply"}),
        ("waiting", MIA, {"claim", "resolve", "reply"}),
        ("open", MIA, {"release", "resolve", "transfer", "reply"}),
        ("open", TOM, set()),
        ("open", ROOT, {"release", "resolve", "transfer"}),
        ("resolved", TOM, {"reopen", "reply"}),
    ],
)
def test_what_is_offered_to_whom(service, inbox, status: str, staff: Staff, offered: set) -> None:
    conversation_id = waiting(service)
    if status == "bot":
        service.runtime.desk.release(conversation_id)
    if status == "open":
        inbox.claim(MIA, conversation_id)
    if status == "resolved":
        inbox.resolve(MIA, conversation_id)
    found = inbox.offered(service.runtime.log.conversation(conversation_id), staff)
    assert {action for action, yes in found.items() if yes} == offered


def test_nobody_but_an_admin_acts_on_a_colleagues_chat(service, inbox) -> None:
    conversation_id = waiting(service)
    inbox.claim(MIA, conversation_id)
    deeds = (
        lambda staff: inbox.say(staff, conversation_id, "Hello", None),
        lambda staff: inbox.release(staff, conversation_id),
        lambda staff: inbox.resolve(staff, conversation_id),
        lambda staff: inbox.transfer(staff, conversation_id, "tom"),
    )
    for deed in deeds:
        with pytest.raises(TakenError):
            deed(TOM)
    assert service.runtime.log.conversation(conversation_id).staff == "mia"
    assert [one.action for one in service.audit.entries()] == ["desk.claim"]
    inbox.transfer(ROOT, conversation_id, "tom")
    assert service.runtime.log.conversation(conversation_id).staff == "tom"


def test_every_deed_is_in_the_audit_log_without_a_word_of_text(service, inbox) -> None:
    conversation_id = waiting(service)
    used = UsedSuggestion("passage", "1", "You have 30 days.")
    inbox.say(MIA, conversation_id, "Secret words", used)
    inbox.note(MIA, conversation_id, "Secret words")
    inbox.label(MIA, conversation_id, ["Secret words"])
    inbox.transfer(MIA, conversation_id, "tom")
    inbox.release(TOM, conversation_id)
    inbox.claim(TOM, conversation_id)
    inbox.resolve(TOM, conversation_id)
    inbox.reopen(TOM, conversation_id)
    entries = service.audit.entries(target=conversation_id)
    assert [one.action.removeprefix("desk.") for one in entries][::-1] == [
        *("say", "note", "label", "transfer", "release", "claim", "resolve", "reopen")
    ]
    assert "Secret" not in str(entries)


def test_a_conversation_that_is_gone_is_told(inbox: InboxDesk) -> None:
    assert inbox.entry("nonsense") is None
    with pytest.raises(UnknownConversationError):
        inbox.claim(MIA, "nonsense")


def test_late_look_does_not_take_a_page_back() -> None:
    now = [0.0]
    viewers = Viewers(lambda: now[0])
    viewers.look_again("page 1", "mia", "")
    viewers.look("page 1", "mia", "c2")
    viewers.look_again("page 1", "mia", "c1")
    assert viewers.shown("page 1") == "c2"
    now[0] = OPENING_S
    viewers.look_again("page 1", "mia", "c1")
    assert (viewers.shown("page 1"), viewers.of("c1")) == ("c1", ["mia"])


def test_pages_not_heard_of_are_forgotten_by_whoever_looks() -> None:
    now = [0.0]
    viewers = Viewers(lambda: now[0])
    viewers.look("page 1", "mia", "c1")
    now[0] = LOOKING_S + 1
    viewers.look_again("page 2", "tom", "c2")
    assert (viewers.shown("page 1"), viewers.shown("page 2")) == ("", "c2")


def test_viewers_are_others_who_looked_lately() -> None:
    now = [0.0]
    viewers = Viewers(lambda: now[0])
    viewers.look("page 1", "mia", "c1")
    viewers.look("page 2", "tom", "c1")
    viewers.look("page 3", "tom", "c2")
    assert viewers.of("c1", but="mia") == ["tom"]
    viewers.look("page 2", "tom", "c2")
    assert viewers.of("c1") == ["mia"]
    now[0] = LOOKING_S + 1
    assert viewers.of("c1") == []
    viewers.look("page 9", "mia", "c1")
    assert viewers.of("c2") == []

"""Notes, labels, canned replies, and looking back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.canned import Canned, UnknownCannedError
from bot.desk import Desk
from bot.events import EventLog
from bot.log import ConversationLog, ConversationRecord, UnknownConversationError
from bot.types import Customer
from knowledge.errors import DeskmateError
from tests.bot.log_samples import opened_log, state, turn
from tests.bot.shop import shop


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ConversationLog]:
    with opened_log(tmp_path) as log:
        yield log


@pytest.fixture
def desk(log: ConversationLog) -> Desk:
    domain = shop()
    return Desk(log, lambda: domain)


def ids(records: list[ConversationRecord]) -> list[str]:
    return [one.id for one in records]


def test_notes_are_kept_in_order_with_cards_masked(desk: Desk, log: ConversationLog) -> None:
    conversation = log.start("en")[0]
    first = desk.note(conversation, "Bo", "Card 4111 1111 1111 1111")
    second = desk.note(conversation, "Cy", "Called.")
    assert desk.notes(conversation) == [first, second]
    assert "4111 1111" not in first.text
    assert log.messages(conversation) == []


def test_labels_are_replaced_trimmed_and_counted(desk: Desk, log: ConversationLog) -> None:
    one, two = log.start("en")[0], log.start("en")[0]
    assert desk.set_labels(one, ["  late  parcel", "vip", "vip", " "]) == ("late parcel", "vip")
    desk.set_labels(two, ["vip"])
    assert desk.all_labels() == ["vip", "late parcel"]
    desk.set_labels(one, ["new"])
    assert desk.labels(one) == ("new",)
    assert desk.all_labels() == ["new", "vip"]


def test_labels_that_stay_make_no_event(desk: Desk, log: ConversationLog) -> None:
    conversation, events = log.start("en")[0], EventLog(log.database)
    desk.set_labels(conversation, ["vip", "late parcel"])
    last = events.last()
    desk.set_labels(conversation, ["late  parcel", "vip"])
    assert events.last() == last
    desk.set_labels(conversation, ["vip", "new"])
    assert [one.kind for one in events.after(last)] == ["label", "label"]
    assert desk.labels(conversation) == ("new", "vip")


def test_notes_and_labels_go_with_their_conversation(
    desk: Desk, log: ConversationLog, tmp_path: Path
) -> None:
    conversation = log.start("en")[0]
    desk.note(conversation, "Bo", "Called.")
    desk.set_labels(conversation, ["vip"])
    desk.hand_off(conversation, "requested")
    log.clock.forward(days=400)  # type: ignore[attr-defined]
    assert log.forget(365, tmp_path) == 1
    for table in ("notes", "labels", "hand_offs"):
        count = log.reading.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert count == (0,), table


def test_nothing_is_kept_for_an_unknown_conversation(desk: Desk) -> None:
    with pytest.raises(UnknownConversationError):
        desk.note("c9", "Bo", "Called.")
    with pytest.raises(UnknownConversationError):
        desk.set_labels("c9", ["vip"])


def test_canned_reply_is_filled_with_what_is_known(desk: Desk, log: ConversationLog) -> None:
    conversation = log.start("zh", Customer(name="李{shop}"))[0]
    log.append(turn(conversation), state(conversation, language="zh", slots={"order_number": "T1"}))
    text = "{customer}您好，{agent}在此，{shop}，订单 {order_number}，{email}，{} {"
    canned = desk.save_canned(Canned(0, "zh", " 问候 ", text))
    assert canned == Canned(1, "zh", "问候", text)
    filled = desk.fill_canned(canned, log.conversation(conversation), "bo")
    assert filled == "李{shop}您好，bo在此，汐灯，订单 T1，{email}，{} {"


def test_canned_replies_are_listed_by_language_and_title_changed_and_removed(desk: Desk) -> None:
    second = desk.save_canned(Canned(0, "en", "Thanks", "Thank you."))
    first = desk.save_canned(Canned(0, "en", "Hello", "Hi."))
    chinese = desk.save_canned(Canned(0, "zh", "问候", "您好。"))
    assert desk.canned("en") == [first, second]
    assert set(desk.canned()) == {first, second, chinese}
    changed = desk.save_canned(Canned(second.id, "en", "Bye", "Bye."))
    assert desk.canned("en") == [changed, first]
    desk.remove_canned(first.id)
    assert desk.canned("en") == [changed]


def test_canned_reply_that_is_gone_or_empty_is_an_error(desk: Desk) -> None:
    with pytest.raises(UnknownCannedError):
        desk.remove_canned(9)
    with pytest.raises(UnknownCannedError):
        desk.save_canned(Canned(9, "en", "Hello", "Hi."))
    with pytest.raises(DeskmateError, match="empty"):
        desk.save_canned(Canned(0, "en", " ", "Hi."))
    assert desk.canned() == []


def test_earlier_conversations_are_of_the_same_signed_id_or_address(
    desk: Desk, log: ConversationLog
) -> None:
    def start(**customer: object) -> str:
        return log.start("en", Customer(**customer))[0]  # type: ignore[arg-type]

    signed = start(id="u1", verified=True)
    start(id="u1")  # nobody has signed this id
    start(email="else@example.org")
    mailed = start(email="Kim@example.org")
    now = start(id="u1", email="kim@example.org", verified=True)
    assert ids(desk.earlier(now)) == [mailed, signed]
    assert ids(desk.earlier(signed)) == [now]
    assert desk.earlier(log.start("en")[0]) == []
    unsigned = start(id="u1")
    assert desk.earlier(unsigned) == []


def test_search_finds_messages_labels_names_and_ids_as_they_stand(
    desk: Desk, log: ConversationLog
) -> None:
    one = log.start("en", Customer(name="Kim Li", email="kim@example.org"))[0]
    two = log.start("en")[0]
    log.append(turn(one, "The discount is 100% real_ly"), state(one))
    log.append(turn(two, "发票怎么开"), state(two))
    desk.set_labels(two, ["invoice"])
    for text, found in (
        ("DISCOUNT", [one]),
        ("100%", [one]),
        ("real_ly", [one]),
        ("1_0", []),
        ("发票", [two]),
        ("invo", [two]),
        ("kim li", [one]),
        ("kim@", [one]),
        (two, [two]),
        ("nothing like it", []),
    ):
        assert ids(desk.search(text)) == found, text
    assert ids(desk.search()) == [two, one]
    assert ids(desk.search(limit=1)) == [two]
    desk.hand_off(one, "requested")
    assert ids(desk.search(status="waiting")) == [one]
    assert ids(desk.search("发票", status="waiting")) == []

from dataclasses import replace

import pytest

from knowledge.contradiction import contradict, same_measures
from knowledge.database import Database
from knowledge.history import HistoryStore
from knowledge.mining import MAX_TITLE, exchanges, group_pending
from knowledge.staff_replies import knowledge_in
from knowledge.store import PassageStore
from knowledge.types import Conversation, Message
from tests.fakes import HashingEncoder

KEPT_EN = [
    "The Lantern works without internet, only voice control needs Wi-Fi.",
    "Refunds take 5 working days after the parcel reaches the warehouse.",
    "To reset the tablet, hold power and volume up for 10 seconds.",
    "If your strip is taller than 2 cm, put a small ramp against it.",
    "You can add money under Payments, by card or by bank transfer.",
]
LEFT_OUT_EN = [
    "You're welcome, have a great day!",
    "I have cancelled your order and refunded the full amount.",
    "I'll check that with the warehouse and come back to you.",
    "May I have the e-mail address that you ordered with?",
    "Please provide the order number and the date of the purchase.",
    "Your parcel left the warehouse and should arrive soon at home.",
    "Order [ORDER] was delivered to the front desk of the building.",
    "You should see the refund in your account within 24-48 hours.",
    "The refund has been processed to the original payment method.",
    "According to our records somebody signed for it at the door.",
    "The code is SAVE10 and it works for everything in the shop.",
    "Then it should get everywhere except into the bathroom.",
    "Yes, the plain kind.",
]
KEPT_ZH = ["Drift 能过 2 厘米以内的门槛，再高就会绕开。", "充满大约 4 小时，睡前放上去就行。"]
LEFT_OUT_ZH = [
    "不客气，祝您生活愉快。",
    "我已经替您取消了，款项会原路退回。",
    "您方便说一下订单号吗，我看看是哪个批次。",
    "[ORDER] 还没有打包，可以修改地址。",
    "今天下午会寄出，请您耐心等待。",
    "那可以过去。",
]


def dialogue(*said, identity="d", language="en"):
    roles = {"c": "customer", "s": "staff", "b": "bot"}
    messages = tuple(Message(roles[role], text) for role, text in said)
    return Conversation(identity, "file", language, messages)


def pairs(*said):
    return [(each.question, each.answer) for each in exchanges(dialogue(*said))]


@pytest.mark.parametrize("reply", KEPT_EN)
def test_knowledge_in_keeps_what_is_right_for_any_customer(reply):
    assert knowledge_in(reply, "en") == reply


@pytest.mark.parametrize("reply", LEFT_OUT_EN)
def test_knowledge_in_leaves_out_what_is_for_one_customer(reply):
    assert knowledge_in(reply, "en") is None


@pytest.mark.parametrize("reply", KEPT_ZH)
def test_knowledge_in_keeps_general_chinese_replies(reply):
    assert knowledge_in(reply, "zh") == reply


@pytest.mark.parametrize("reply", LEFT_OUT_ZH)
def test_knowledge_in_leaves_out_chinese_replies_for_one_customer(reply):
    assert knowledge_in(reply, "zh") is None


@pytest.mark.parametrize(
    ("reply", "language", "kept"),
    [
        (f"Hi [NAME]. Thanks for asking. {KEPT_EN[1]} Anything else?", "en", KEPT_EN[1]),
        (f"I'm sorry, but {KEPT_EN[1]}", "en", KEPT_EN[1]),
        (f"Yes. {KEPT_EN[0]} Have a good day!", "en", KEPT_EN[0]),
        (f"您好，{KEPT_ZH[0]}", "zh", KEPT_ZH[0]),
        (
            "In the Brook, pour in 2 cups of vinegar.",
            "en",
            "In the Brook, pour in 2 cups of vinegar.",
        ),
    ],
)
def test_knowledge_in_drops_courtesies_only(reply, language, kept):
    assert knowledge_in(reply, language) == kept


def test_exchange_is_the_customers_turns_and_the_reply_after_them():
    assert pairs(("c", "hello"), ("c", "how long do refunds take?"), ("s", KEPT_EN[1])) == [
        ("hello how long do refunds take?", KEPT_EN[1])
    ]


def test_exchange_keeps_the_question_open_while_staff_asks_back():
    found = pairs(
        ("c", "will it climb our door sill?"),
        ("s", "How high is it, roughly?"),
        ("c", "1.5 cm"),
        ("s", "The Drift gets over thresholds of up to 2 cm."),
    )
    assert found == [
        ("will it climb our door sill? 1.5 cm", "The Drift gets over thresholds of up to 2 cm.")
    ]


def test_exchange_starts_anew_after_a_reply():
    found = pairs(
        ("c", "cancel my order please"),
        ("s", "I have cancelled it."),
        ("c", "how long do refunds take?"),
        ("s", KEPT_EN[1]),
    )
    assert [question for question, _ in found] == ["how long do refunds take?"]


@pytest.mark.parametrize(
    "said",
    [
        [("c", "thanks, bye"), ("s", KEPT_EN[1])],
        [("s", KEPT_EN[1])],
        [("c", "how long do refunds take?"), ("b", KEPT_EN[1])],
        [("c", "how long do refunds take?")],
        [("c", "how long do refunds take?"), ("s", KEPT_EN[1]), ("s", "I have sent it today.")],
    ],
)
def test_no_exchange_without_a_question_and_a_general_reply_of_staff(said):
    assert pairs(*said) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("It takes 4 hours.", "It takes about 6 hours."),
        ("Returns within 30 days.", "You have two weeks to return it."),
        ("It costs $4.90.", "Shipping is 5.90 dollars."),
        ("Opened earbuds can be returned.", "Opened earbuds cannot be returned."),
        ("Yes, the case is waterproof.", "The case is not waterproof."),
        ("充满大约 4 小时。", "充满要 6 小时左右。"),
        ("拆封后可以退。", "拆封后不能退。"),
    ],
)
def test_contradict_sees_other_numbers_and_opposite_statements(first, second):
    assert contradict(first, second)
    assert contradict(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("It takes 4 hours.", "Charging takes 4 hours, or 2 with the fast charger: 2 hours."),
        ("Up to 2 cm.", "Up to 2 cm, about 0.8 inches."),
        ("One day.", "24 hours for the first day."),
        ("The warranty is 2 years.", "24 months of warranty."),
        ("It works without internet.", "Voice control does not work without Wi-Fi."),
        ("It may fly in the cabin.", "Not in checked luggage."),
        ("能过 2 厘米以内的门槛。", "超过 2 厘米就不过去了。"),
    ],
)
def test_contradict_lets_agreeing_answers_stand(first, second):
    assert not contradict(first, second)


def test_same_measures_counts_numbers_with_their_unit():
    assert same_measures("20 g in 1 l, 30 minutes", "30 min with 20 g") == 2
    assert same_measures("3 days", "3 pieces") == 0


@pytest.fixture
def stores(tmp_path):
    def clock():
        return "2026-03-01T00:00:00Z"

    database = Database(tmp_path / "deskmate.db")
    yield HistoryStore(database, clock), PassageStore(database, clock)
    database.close()


def tell(history, question, *answers, prefix="d"):
    for number, answer in enumerate(answers):
        said = dialogue(("c", question), ("s", answer), ("c", f"thanks from {prefix}{number}"))
        said = replace(said, id=f"{prefix}{number}-{question}")
        history.add(said, exchanges(said))


QUESTION = "how long does the robot need to charge?"
FOUR = "The robot needs about 4 hours to charge from empty."
FOUR_AGAIN = "From empty the robot needs 4 hours to charge."
SIX = "The robot needs about 6 hours to charge from empty."
OTHER = "Gift cards stay valid for 3 years in the shop."


def group(stores):
    return group_pending(*stores, HashingEncoder(256), "en")


def test_answer_of_three_dialogues_is_approved(stores):
    history, store = stores
    tell(history, QUESTION, FOUR, FOUR_AGAIN, FOUR)
    tell(history, "how long are gift cards valid?", OTHER)
    report = group(stores)
    assert (report.grouped, report.started, report.approved) == (4, 2, 1)
    (passage,) = store.all("en", approved=True)
    assert (passage.kind, passage.support, passage.body) == ("dialogue", 3, FOUR)
    assert [(each.support, each.body) for each in store.all("en", approved=False)] == [(1, OTHER)]


def test_nothing_is_approved_while_agents_contradict_each_other(stores):
    history, store = stores
    tell(history, QUESTION, FOUR, SIX, FOUR_AGAIN, FOUR)
    report = group(stores)
    assert (report.approved, report.held_back) == (0, 1)
    assert sorted((each.support, each.approved) for each in store.all("en")) == [
        (1, False),
        (3, False),
    ]


def test_one_dialogue_saying_it_thrice_counts_once(stores):
    history, store = stores
    said = [turn for answer in (FOUR, FOUR, FOUR) for turn in (("c", QUESTION), ("s", answer))]
    history.add(dialogue(*said), exchanges(dialogue(*said)))
    group(stores)
    assert [(each.support, each.approved) for each in store.all("en")] == [(1, False)]


def test_later_dialogues_join_the_passage_that_is_there(stores):
    history, store = stores
    tell(history, QUESTION, FOUR, FOUR)
    group(stores)
    tell(history, QUESTION, FOUR_AGAIN, prefix="later")
    report = group(stores)
    assert (report.started, report.approved) == (0, 1)
    assert [(each.support, each.approved) for each in store.all("en")] == [(3, True)]


def test_contradiction_found_in_an_earlier_run_still_holds_back(stores):
    history, store = stores
    tell(history, QUESTION, FOUR, SIX)
    group(stores)
    tell(history, QUESTION, FOUR, FOUR, prefix="later")
    assert group(stores).held_back == 1
    assert store.all("en", approved=True) == []


def test_standing_approval_is_reported_as_contested_not_taken_back(stores):
    history, store = stores
    tell(history, QUESTION, FOUR, FOUR, FOUR)
    group(stores)
    (approved,) = store.all("en", approved=True)
    tell(history, QUESTION, SIX, prefix="later")
    assert group(stores).contested == (approved.id,)
    assert store.get([approved.id])[0].approved


def test_what_a_person_edited_or_removed_stays_so(stores):
    history, store = stores
    tell(history, QUESTION, FOUR)
    tell(history, "how long are gift cards valid?", OTHER)
    group(stores)
    edited, removed = store.all("en")
    store.update(replace(edited, body="4 hours.", approved=True))
    store.remove([removed.id])
    assert group(stores).grouped == 0
    assert [(each.body, each.approved) for each in store.all("en")] == [("4 hours.", True)]


def test_batches_give_the_same_groups_as_one(stores, monkeypatch):
    history, store = stores
    monkeypatch.setattr("knowledge.mining.BATCH", 2)
    calls = []
    tell(history, QUESTION, FOUR, FOUR_AGAIN, FOUR, SIX, FOUR)
    group_pending(history, store, HashingEncoder(256), "en", lambda *call: calls.append(call))
    assert sorted(each.support for each in store.all("en")) == [1, 4]
    assert calls == [(2, None, "grouping"), (4, None, "grouping"), (5, None, "grouping")]


def test_title_of_a_long_question_is_what_it_asks(stores):
    history, store = stores
    asked = "I moved house last week and everything is a mess here. " * 3 + QUESTION
    tell(history, asked, FOUR)
    group(stores)
    (passage,) = store.all("en")
    assert passage.key == asked
    assert passage.title.lower() == QUESTION
    assert len(passage.title) <= MAX_TITLE

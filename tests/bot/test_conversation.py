"""Whole conversations: several things at once, digressions, corrections, languages and scripts."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.log import ConversationLog
from bot.types import OFFER, Answer, Ask, Call, Clarify, HandOff, SmallTalk
from knowledge.database import Database
from tests.bot.talks import (
    AT,
    GIFTS,
    GIFTS_ZH,
    MURMUR,
    MURMUR_WATER,
    MURMUR_ZH,
    STUDIO,
    STUDIO_ZH,
    Talk,
)

DELIVERY = "Tidewick delivers in 2-4 days"
WHICH = "Which order at Tidewick?"
SURE = "Cancel TW-204188 (lamp of TW-204188)?"
OFFER_INVOICE = "You also mentioned: Send an invoice. Shall we go on with that now?"
YES_NO = ["Yes, please", "No, thanks"]


# Several things in one message


def test_every_thing_gets_a_reply_of_its_own_in_order() -> None:
    talk = Talk()
    said = talk.say("Is the Murmur waterproof? Do you wrap gifts? And when will it arrive?")
    assert said == [MURMUR_WATER.body, GIFTS.body, DELIVERY]
    assert {turn.message for turn in talk.turns} == {
        "Is the Murmur waterproof? Do you wrap gifts? And when will it arrive?"
    }


def test_chinese_things_get_replies_of_their_own() -> None:
    assert Talk("zh").say("可以包装成礼物吗，几天能到？") == [GIFTS_ZH.body, "汐灯 2-4 天送到"]


def test_question_of_two_products_is_answered_for_both() -> None:
    talk = Talk()
    assert talk.say("How long do the Murmur and the Studio play?") == [MURMUR.body, STUDIO.body]


def test_message_of_one_thing_told_at_length_gets_one_reply() -> None:
    said = Talk().say("I got it Monday. It is a present. Do you wrap gifts?")
    assert said == [GIFTS.body]


def test_two_questions_with_one_answer_get_one_reply() -> None:
    assert Talk().say("When will it arrive? And how long does delivery take?") == [DELIVERY]


def test_what_asks_comes_after_what_answers() -> None:
    talk = Talk()
    assert talk.say("Can you cancel TW-204188? Also how long does delivery take?") == [
        DELIVERY,
        SURE,
    ]
    assert talk.options == YES_NO
    assert talk.say("yes") == ["Done: TW-204188"]
    assert talk.orders.cancelled == ["TW-204188"]


def test_number_told_once_is_meant_for_every_thing() -> None:
    talk = Talk()
    talk.say("My number is TW-204188. Where is my order? And can you cancel it?")
    assert talk.said == ["TW-204188 is on its way", SURE]


def test_value_and_question_in_one_message_are_both_heard() -> None:
    talk = Talk()
    assert talk.say("cancel my order", "It's TW-204188. Do you wrap gifts?") == [GIFTS.body, SURE]
    assert talk.say("yes. when will the other one arrive?") == ["Done: TW-204188", DELIVERY]
    assert talk.orders.cancelled == ["TW-204188"]


def test_yes_among_several_things_is_not_taken_for_more_than_it_may_mean() -> None:
    talk = Talk()
    talk.say("cancel TW-204188", "ok do you wrap gifts? And when will it arrive?")
    assert talk.said[0].startswith(GIFTS.body)
    assert talk.said[-1].endswith(SURE)
    assert not talk.orders.cancelled


TWO = "I want to cancel my order and send me an invoice please"


def test_one_procedure_asks_and_the_other_is_kept_in_mind() -> None:
    talk = Talk()
    assert talk.say(TWO) == [WHICH]
    assert talk.state.pending == ("invoice",)
    assert talk.say("TW-204188") == [SURE]


def test_procedure_kept_in_mind_is_offered_afterwards() -> None:
    talk = Talk()
    assert talk.say(TWO, "TW-204188", "yes") == [f"Done: TW-204188\n\n{OFFER_INVOICE}"]
    assert talk.options == YES_NO
    assert talk.state.asked == OFFER


def test_offer_is_made_when_the_first_is_refused_too() -> None:
    assert Talk().say(TWO, "TW-204188", "no") == [f"It stays\n\n{OFFER_INVOICE}"]


@pytest.mark.parametrize("answer", ["yes", "Yes, please", "sure, go ahead", "the invoice, yes"])
def test_offer_accepted_goes_on_with_what_was_told_with_it(answer: str) -> None:
    talk = Talk()
    talk.say("I want to cancel my order TW-204188 and send me an invoice please", "yes")
    assert talk.say(answer) == ["Your e-mail?"]
    assert talk.say("ada@example.com") == ["TW-204188 goes to ada@example.com"]
    assert (talk.state.pending, talk.state.asked) == ((), None)


def test_offer_accepted_does_not_take_over_what_was_told_for_the_other() -> None:
    talk = Talk()
    [said] = talk.say(TWO, "TW-204188", "yes", "yes")
    assert said.startswith(WHICH)
    assert talk.say("TW-204199") == ["Your e-mail?"]
    assert talk.say("ada@example.com") == ["TW-204199 goes to ada@example.com"]


def test_number_of_each_thing_stays_with_it() -> None:
    talk = Talk()
    talk.say("cancel my order TW-204188 and send me an invoice for TW-204199", "yes", "yes")
    assert talk.say("ada@example.com") == ["TW-204199 goes to ada@example.com"]
    assert talk.orders.cancelled == ["TW-204188"]


@pytest.mark.parametrize("answer", ["no", "No, thanks", "nah never mind"])
def test_offer_declined_is_let_go_of(answer: str) -> None:
    talk = Talk()
    talk.say(TWO, "TW-204188", "yes", answer)
    assert talk.actions == [SmallTalk("declined")]
    assert (talk.state.pending, talk.state.asked, talk.state.failures) == ((), None, 0)
    assert talk.say("yes") != ["Your e-mail?"]


def test_offer_ignored_is_let_go_of() -> None:
    talk = Talk()
    assert talk.say(TWO, "TW-204188", "yes", "do you wrap gifts?") == [GIFTS.body]
    assert (talk.state.pending, talk.state.asked) == ((), None)


def test_procedure_interrupted_by_another_is_offered_afterwards() -> None:
    talk = Talk()
    assert talk.say("cancel TW-204188", "I need an invoice first") == ["Your e-mail?"]
    assert talk.say("ada@example.com") == [
        "TW-204188 goes to ada@example.com\n\n"
        "You also mentioned: Cancel an order. Shall we go on with that now?"
    ]
    assert talk.say("yes") == [SURE]
    assert not talk.orders.cancelled


def test_hand_off_comes_after_the_answers_and_ends_the_bots_part() -> None:
    talk = Talk()
    talk.say("cancel TW-204188 and where is my refund? Also do you wrap gifts?")
    assert talk.said == [GIFTS.body, "A colleague looks up TW-204188"]
    assert talk.state.status == "waiting"
    assert not talk.orders.asked


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The battery caught fire. Can I cancel TW-204188 and when will it arrive?", "safety"),
        ("Do you wrap gifts? I want to die. When will it arrive?", "self_harm"),
        ("Do you wrap gifts? And get me a human. And when will it arrive?", "requested"),
        ("When will it arrive? Do you wrap gifts? You will hear from my lawyer.", "legal"),
    ],
)
def test_words_for_a_person_count_anywhere_in_a_message(text: str, reason: str) -> None:
    talk = Talk()
    talk.say(text)
    [action] = talk.actions
    assert isinstance(action, HandOff)
    assert action.reason == reason


# Digression, correction, giving up


def test_digression_is_answered_and_the_question_comes_back() -> None:
    talk = Talk()
    talk.say("I want to cancel my order")
    assert talk.say("do you wrap gifts?") == [f"{GIFTS.body}\n\nBack to your request: {WHICH}"]
    assert talk.say("how long does delivery take?") == [
        f"{DELIVERY}\n\nBack to your request: {WHICH}"
    ]
    assert talk.say("TW-204188") == [SURE]


def test_digression_before_a_confirmation_confirms_nothing() -> None:
    talk = Talk()
    said = talk.say("cancel TW-204188", "do you wrap gifts?")
    assert said == [f"{GIFTS.body}\n\nBack to your request: {SURE}"]
    assert talk.options == YES_NO
    assert not talk.orders.cancelled
    assert talk.say("yes") == ["Done: TW-204188"]


def test_thanks_leave_the_question_open() -> None:
    talk = Talk()
    assert talk.say("I want to cancel my order", "thank you!") == ["Any time"]
    assert talk.say("TW-204188") == [SURE]


@pytest.mark.parametrize(
    "correction", ["no wait, I meant TW-204199", "sorry, TW-204199", "TW-204199 instead please"]
)
def test_correction_before_a_confirmation_looks_up_the_other_order(correction: str) -> None:
    talk = Talk()
    talk.say("cancel TW-204188", correction)
    assert talk.said == ["Cancel TW-204199 (lamp of TW-204199)?"]
    talk.say("yes")
    assert talk.orders.cancelled == ["TW-204199"]


def test_correction_without_a_value_asks_for_it_again() -> None:
    talk = Talk()
    assert talk.say("cancel TW-204188", "that's the wrong order") == [WHICH]
    assert talk.say("TW-204199") == ["Cancel TW-204199 (lamp of TW-204199)?"]


def test_chinese_correction() -> None:
    talk = Talk("zh")
    talk.say("取消订单 TW-204188", "不对，是 TW-204199")
    assert talk.said == ["取消 TW-204199（lamp of TW-204199）？"]


def test_finished_procedure_is_meant_again_with_another_number() -> None:
    talk = Talk()
    assert talk.say("where is my order TW-204188?") == ["TW-204188 is on its way"]
    assert talk.say("and TW-204199?") == ["TW-204199 is on its way"]


@pytest.mark.parametrize("words", ["forget it", "never mind", "actually, leave it"])
def test_giving_up_ends_the_procedure(words: str) -> None:
    talk = Talk()
    talk.say("cancel my order", words)
    assert talk.actions == [SmallTalk("stopped")]
    assert (talk.state.asked, talk.state.step, talk.state.intent) == (None, None, None)
    talk.say("TW-204188", "yes")
    assert not talk.orders.cancelled


@pytest.mark.parametrize("words", ["forget it", "never mind", "actually, leave it"])
def test_giving_up_before_the_yes_cancels_nothing(words: str) -> None:
    talk = Talk()
    assert talk.say("cancel TW-204188", words) == ["It stays"]
    assert talk.state.asked is None
    talk.say("yes")
    assert not talk.orders.cancelled


def test_giving_up_in_chinese() -> None:
    talk = Talk("zh")
    assert talk.say("取消订单 TW-204188", "算了") == ["不取消"]
    other = Talk("zh")
    other.say("取消我的订单", "算了，不办了")
    assert other.actions == [SmallTalk("stopped")]


# Confirmation and services


@pytest.mark.parametrize("answer", ["yes", "Yes, please", "yep go ahead", "是的"])
def test_only_a_yes_cancels(answer: str) -> None:
    talk = Talk()
    talk.say("cancel TW-204188", answer)
    assert talk.orders.cancelled == ["TW-204188"]


@pytest.mark.parametrize("answer", ["no", "not yet", "hm", "TW-204188", "what happens then", "?"])
def test_anything_but_a_yes_cancels_nothing(answer: str) -> None:
    talk = Talk()
    talk.say("cancel TW-204188", answer)
    assert not talk.orders.cancelled


def test_neither_yes_nor_no_is_asked_again_once() -> None:
    talk = Talk()
    [said] = talk.say("cancel TW-204188", "hm what")
    assert said == (
        f"Please answer yes or no, so that I don't do anything you don't want.\n\n{SURE}"
    )
    talk.say("eh")
    assert talk.actions == [HandOff("failed_turns", "cancel_order")]


def test_yes_to_nothing_does_nothing() -> None:
    talk = Talk()
    talk.say("cancel TW-204188", "yes", "yes")
    assert talk.orders.cancelled == ["TW-204188"]


def test_unknown_order_is_asked_for_again_with_the_reason() -> None:
    talk = Talk()
    assert talk.say("cancel TW-999999") == ["No order TW-999999"]
    assert talk.say("TW-204188") == [SURE]


def test_order_that_is_under_way_is_not_cancelled() -> None:
    talk = Talk()
    assert talk.say("cancel TW-300300") == ["It is shipped"]
    assert talk.state.asked is None


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "cancel TW-204188", "Orders of Tidewick are out of reach"),
        ("zh", "取消 TW-204188", "订单系统暂时连不上"),
    ],
)
def test_service_that_is_down_brings_a_person(language: Any, text: str, said: str) -> None:
    talk = Talk(language)
    talk.orders.down = True
    assert talk.say(text) == [said]
    assert talk.actions == [HandOff("service_down", "cancel_order", "look_up")]
    assert talk.state.status == "waiting"


def test_service_that_goes_down_before_the_yes_cancels_nothing() -> None:
    talk = Talk()
    talk.say("cancel TW-204188")
    talk.orders.down = True
    talk.say("yes")
    assert talk.actions == [HandOff("service_down", "cancel_order", "cancel")]


def test_service_down_does_not_stop_answers_beside_it() -> None:
    talk = Talk()
    talk.orders.down = True
    talk.say("cancel TW-204188. Also do you wrap gifts?")
    assert talk.said == [GIFTS.body, "Orders of Tidewick are out of reach"]


# Failures


def test_second_failure_in_a_row_brings_a_person() -> None:
    talk = Talk()
    talk.say("blah", "blubb")
    assert talk.actions == [HandOff("failed_turns")]


def test_answer_in_between_forgives_a_failure() -> None:
    talk = Talk()
    talk.say("blah", "do you wrap gifts?", "blubb")
    assert talk.actions == [Clarify()]


def test_message_in_pieces_is_understood_together() -> None:
    talk = Talk()
    talk.say("the murmur")
    assert talk.actions == [Clarify()]
    assert talk.say("is it good in water") == [MURMUR_WATER.body]


def test_bad_mood_brings_a_person_once_nothing_helps() -> None:
    talk = Talk()
    talk.hear_moods("negative", "negative", "negative")
    assert talk.say("when will it arrive, this is awful") == [DELIVERY]
    assert talk.say("where is my order, this is so bad") == [WHICH]
    talk.hear_moods("negative", "negative", "negative", "negative")
    talk.say("no idea what you want")
    assert talk.actions == [Ask("order_status", "order_number", again=True)]
    talk.say("bad, just bad")
    [action] = talk.actions
    assert isinstance(action, HandOff)
    assert action.reason == "mood"


# Script and language


def test_traditional_script_is_understood_and_answered() -> None:
    talk = Talk("zh")
    assert talk.say("訂單 TW-204188 到哪了") == ["TW-204188 在路上"]
    assert talk.say("請問幾天能到？") == ["汐燈 2-4 天送到"]
    assert talk.state.script == "traditional"


def test_traditional_options_lead_where_they_say() -> None:
    talk = Talk("zh")
    talk.heads["zh"].unsure["订单"] = "order_status"
    talk.say("訂單的事情")
    assert talk.options == ["查詢訂單進度", "都不是", "找人工"]
    assert talk.say(talk.options[0]) == ["訂單號是多少？"]
    assert talk.actions == [Ask("order_status", "order_number")]


def test_traditional_confirmation_is_understood() -> None:
    talk = Talk("zh")
    assert talk.say("請幫我取消訂單 TW-204188") == ["取消 TW-204188（lamp of TW-204188）？"]
    assert talk.say("對的，沒錯") == ["已取消 TW-204188"]


def test_script_stays_until_the_customer_changes_it() -> None:
    talk = Talk("zh")
    assert talk.say("幾天能到？", "TW") != []
    assert talk.state.script == "traditional"
    assert talk.say("几天能到？这么久") == ["汐灯 2-4 天送到"]
    assert talk.state.script == "simplified"


def test_quotes_come_in_the_script_of_the_customer() -> None:
    talk = Talk("zh")
    assert talk.say("Murmur 能聽多久？") == ["7 小時。"]
    assert talk.say("那頭戴耳機呢？") == ["30 小時。"]


def test_language_may_change_in_the_middle_of_a_procedure() -> None:
    talk = Talk()
    talk.say("I want to cancel my order")
    assert talk.say("订单号是 TW-204188") == ["取消 TW-204188（lamp of TW-204188）？"]
    assert talk.options == ["是的", "不用了"]
    assert talk.say("yes please do it") == ["Done: TW-204188"]


def test_follow_up_in_another_language_leans_on_the_question_before() -> None:
    talk = Talk()
    talk.say("How long does delivery take?")
    assert talk.say("那几天呢") == ["汐灯 2-4 天送到"]


# Pronouns and topics


def test_pronoun_stands_for_the_product_spoken_of() -> None:
    talk = Talk()
    talk.say("How long does the Murmur play?")
    assert talk.say("can it get near water") == [MURMUR_WATER.body]
    assert talk.turns[0].query == "can Murmur get near water"


def test_product_of_the_answer_is_spoken_of_too() -> None:
    talk = Talk()
    talk.say("how long can the earbuds play", "thank you")
    assert talk.state.subject == "Murmur"
    assert talk.say("can it get near water") == [MURMUR_WATER.body]


def test_what_about_another_product_asks_the_same_of_it() -> None:
    talk = Talk()
    talk.say("How long does the Murmur play?")
    assert talk.say("what about the headphones?") == [STUDIO.body]
    assert talk.say("and the earbuds?") == [MURMUR.body]


def test_chinese_what_about_asks_the_same_of_another_product() -> None:
    talk = Talk("zh")
    assert talk.say("Murmur 能听多久？", "那头戴耳机呢") == [STUDIO_ZH.body]
    assert talk.say("耳塞呢") == [MURMUR_ZH.body]


def test_conversation_goes_back_to_an_earlier_topic() -> None:
    talk = Talk()
    talk.say("How long does the Murmur play?", "do you wrap gifts?", "when will it arrive?")
    assert talk.state.topics == ("do you wrap gifts?", "How long does the Murmur play?")
    assert talk.say("back to the gifts: how much is it") == [GIFTS.body]


# The log


def logged(talk: Talk, log: ConversationLog, text: str, client_id: str) -> list[str]:
    """Say `text` and log what came of it, as the server does."""
    talk.say(text)
    _, messages = log.append(talk.turns, talk.state, client_id)
    return [message.text for message in messages]


@pytest.fixture
def log(tmp_path: Any) -> ConversationLog:
    ids = iter("cdefgh")
    return ConversationLog(Database(tmp_path / "log.db"), lambda: AT, lambda: next(ids))


def test_every_reply_is_logged_and_a_repeat_returns_them_all(log: ConversationLog) -> None:
    log.start("en")
    talk = Talk()
    text = "Do you wrap gifts? And when will it arrive?"
    replies = logged(talk, log, text, "m-1")
    assert replies == [GIFTS.body, DELIVERY]
    again = log.append(talk.turns, talk.state, "m-1")[1]
    assert [message.text for message in again] == replies
    assert [(one.role, one.text) for one in log.messages("c")] == [
        ("customer", text),
        ("bot", GIFTS.body),
        ("bot", DELIVERY),
    ]
    assert [turn.message for turn in log.turns("c")] == [text, text]
    first = log.first_result("c", "m-1")
    assert first is not None
    assert [message.text for message in first] == replies


def test_conversation_goes_on_from_what_was_logged(log: ConversationLog) -> None:
    log.start("en")
    talk = Talk()
    logged(talk, log, TWO, "m-1")
    talk.state = log.state("c")
    assert logged(talk, log, "TW-204188", "m-2") == [SURE]
    talk.state = log.state("c")
    assert logged(talk, log, "yes", "m-3") == [f"Done: TW-204188\n\n{OFFER_INVOICE}"]


def test_hand_off_among_several_things_is_logged_with_its_reason(log: ConversationLog) -> None:
    log.start("en")
    talk = Talk()
    logged(talk, log, "where is my refund of TW-204188? Also do you wrap gifts?", "m-1")
    record = log.conversation("c")
    assert (record.status, log.state("c").status) == ("waiting", "waiting")
    reasons: Mapping[str, str | None] = {one.text: one.reason for one in log.messages("c")}
    assert reasons["A colleague looks up TW-204188"] == "intent"
    assert reasons[GIFTS.body] is None


def test_answers_are_of_the_kinds_that_the_log_knows() -> None:
    talk = Talk()
    talk.say("cancel TW-300300. Also do you wrap gifts?")
    first, second = talk.actions
    assert isinstance(first, Answer)
    assert second == Call("cancel_order", "look_up", 1)

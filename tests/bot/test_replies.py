from typing import Any

import pytest

from bot.replies import LONGEST_LABEL, back_to_bot, compose, in_script, welcome
from bot.types import (
    CONFIRM,
    OFFER,
    Action,
    Answer,
    Ask,
    Call,
    Citation,
    Clarify,
    HandOff,
    HandOffReason,
    Option,
    Reply,
    SmallTalk,
    State,
)
from knowledge.types import Hit, Language, Passage
from tests.bot.procedure_shop import domain, values
from tests.bot.shop import shop, texts

DOMAIN = domain()
ORDER = {"order_number": "TW-204188"}


def hit(title: str = "Shipping?", body: str = "It is {free} from $50.", number: int = 7) -> Hit:
    return Hit(Passage(number, "faq", "en", title, title, body, "faq.csv", True), 0.8)


def after(language: Language = "en", **changed: Any) -> State:
    return State("c", language, **changed)


def labels(action: Action, language: Language = "en") -> list[str]:
    return [option.label for option in compose(action, after(language), DOMAIN).options]


@pytest.mark.parametrize(
    ("action", "state", "text"),
    [
        (Answer(intent="delivery_time"), after(), "Tidewick delivers in 2-4 days"),
        (Answer(intent="delivery_time"), after("zh"), "汐灯 2-4 天送到"),
        (Answer(intent="order_status"), after(slots=ORDER), "TW-204188 is on its way"),
        (Answer(intent="order_status"), after("zh", slots=ORDER), "TW-204188 在路上"),
        (SmallTalk("greeting"), after(), "Hello!"),
        (SmallTalk("greeting"), after("zh"), "您好！"),
        (Ask("order_status", "order_number"), after(), "Which order at Tidewick?"),
        (Ask("order_status", "order_number", again=True), after(), "I see no order number"),
        (Ask("order_status", "order_number", again=True), after("zh"), "没看到订单号"),
        (SmallTalk("stopped"), after(), DOMAIN.messages["en"].stopped),
        (SmallTalk("declined"), after("zh"), DOMAIN.messages["zh"].declined),
        (Call("cancel_order", "cancel", 0), after(slots=ORDER), "Done: TW-204188"),
        (Call("cancel_order", "sure", 0), after(slots=ORDER), "It stays"),
        (
            Call("cancel_order", "look_up", 1),
            after("zh", results={"status": "shipped"}),
            "shipped",
        ),
        (
            Ask("cancel_order", CONFIRM, step="sure"),
            after(slots=ORDER, results={"item": "Lantern"}),
            "Cancel TW-204188 (Lantern)?",
        ),
        (
            Ask("cancel_order", CONFIRM, again=True, step="sure"),
            after(slots=ORDER, results={"item": "Lantern"}),
            f"{DOMAIN.messages['en'].confirm_again}\n\nCancel TW-204188 (Lantern)?",
        ),
        (
            Ask("cancel_order", "order_number", step="look_up", outcome=0),
            after(results=ORDER),
            "No order TW-204188",
        ),
        (
            HandOff("amount", "cancel_order", "look_up", 2),
            after(results={"total": "900"}),
            "900 is much",
        ),
        (
            HandOff("service_down", "cancel_order", "look_up"),
            after("zh"),
            "订单系统暂时连不上",
        ),
        (HandOff("service_down"), after(), "A colleague of Tidewick takes over"),
        (Clarify(("delivery_time",)), after(), "Which of these?"),
        (Clarify((), (hit(),)), after(), "Which of these?"),
        (Clarify(), after(), "I don't know"),
        (Clarify(), after("zh"), "我不清楚"),
        (HandOff("requested", "talk_to_human"), after(), "A colleague of Tidewick takes over"),
        (HandOff("customer_button"), after("zh"), "同事马上来"),
        (HandOff("failed_turns", "refund_status"), after(), "I failed; a colleague takes over"),
        (HandOff("intent", "complaint"), after(), "A colleague of Tidewick takes over"),
        (
            HandOff("intent", "refund_status"),
            after(slots=ORDER),
            "A colleague looks up TW-204188",
        ),
    ],
)
def test_text_of_each_action(action: Action, state: State, text: str) -> None:
    reply = compose(action, state, DOMAIN)
    assert (reply.text, reply.action, reply.language) == (text, action, state.language)
    assert reply.citations == ()


OWN_WORDS: tuple[HandOffReason, ...] = (
    "complaint",
    "legal",
    "self_harm",
    "safety",
    "amount",
    "mood",
)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("reason", OWN_WORDS)
def test_grave_reasons_have_words_of_their_own(reason: HandOffReason, language: Language) -> None:
    told = compose(HandOff(reason, "refund_status"), after(language), DOMAIN).text
    assert told == getattr(DOMAIN.messages[language], f"hand_off_{reason}")
    others = (getattr(DOMAIN.messages[language], f"hand_off_{each}") for each in OWN_WORDS)
    assert list(others).count(told) == 1


def test_intents_own_words_are_for_its_own_reason_only() -> None:
    changed = shop(values(kind="hand_off", reason="complaint", reply=texts("So sorry", "抱歉")))
    for reason, told in (
        ("complaint", "So sorry"),
        ("legal", changed.messages["en"].hand_off_legal),
    ):
        assert compose(HandOff(reason, "cancel_order"), after(), changed).text == told


# What is asked for


def slots_values() -> dict[str, Any]:
    """The shop, with labels of slots, a choice, and what is wrong with an address."""
    changed = values()
    changed["slots"]["order_number"]["label"] = texts("the order number", "订单号")
    changed["slots"]["email"] |= {
        "label": texts("your e-mail address", "您的邮箱"),
        "refused": {"format": texts("{given} is no address", "{given} 不是邮箱")},
    }
    changed["slots"]["size"] = {
        "type": "choice",
        "ask": texts("Which size?", "哪个尺寸？"),
        "ask_again": texts("Which of these?", "请选一个"),
        "choices": {"s": {"en": ["Small"], "zh": ["小号"]}, "l": {"en": ["Large"], "zh": ["大号"]}},
    }
    changed["intents"]["exchange"] = {
        "label": texts("Exchange", "换货"),
        "reply": texts("{size}", "{size}"),
        "slots": ["size"],
    }
    return changed


SLOTS = shop(slots_values())


@pytest.mark.parametrize(
    ("state", "needs"),
    [
        (after(), "\nFor this I need: the order number, your e-mail address."),
        (after("zh"), "\n办理这件事我还需要：订单号、您的邮箱。"),
        (after(slots={"email": "ada@example.com"}), ""),
    ],
)
def test_several_things_still_needed_are_spelled_out(state: State, needs: str) -> None:
    asked = compose(Ask("invoice", "order_number"), state, SLOTS).text
    assert asked == SLOTS.fill(
        SLOTS.slots["order_number"].ask[state.language] + needs, state.language, {}
    )


def test_what_is_wrong_with_a_value_is_said_with_the_value() -> None:
    refused = Ask("invoice", "email", again=True, problem="format", given="ada@")
    assert compose(refused, after(), SLOTS).text == "ada@ is no address"
    other = Ask("invoice", "email", again=True, problem="unknown", given="ada@")
    assert compose(other, after(), SLOTS).text == "I see no e-mail"


def test_choice_is_asked_with_a_button_for_each() -> None:
    reply = compose(Ask("exchange", "size"), after("zh"), SLOTS)
    assert reply.options == (Option("小号", "小号"), Option("大号", "大号"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_yes_and_no_have_buttons(language: Language) -> None:
    messages = DOMAIN.messages[language]
    both = (Option(messages.yes, messages.yes), Option(messages.no, messages.no))
    confirm = Ask("cancel_order", CONFIRM, step="sure")
    known = {**ORDER, "item": "Lantern"}
    assert compose(confirm, after(language, results=known), DOMAIN).options == both
    offer = Ask("order_status", OFFER)
    assert compose(offer, after(language, pending=("invoice",)), DOMAIN).options == both


# What is still open after an answer


def test_answer_in_between_ends_with_the_open_question() -> None:
    open_one = after(intent="order_status", asked="order_number")
    for action, told in (
        (Answer(intent="delivery_time"), "Tidewick delivers in 2-4 days"),
        (Answer(hits=(hit(),)), "It is {free} from $50."),
    ):
        reply = compose(action, open_one, DOMAIN)
        assert reply.text == f"{told}\n\nBack to your request: Which order at Tidewick?"
        assert reply.action == action


def test_answer_in_between_ends_with_the_open_confirmation_and_its_buttons() -> None:
    open_one = after(
        intent="cancel_order", asked=CONFIRM, step="sure", slots=ORDER, results={"item": "Lantern"}
    )
    reply = compose(Answer(intent="delivery_time"), open_one, DOMAIN)
    assert reply.text.endswith("Back to your request: Cancel TW-204188 (Lantern)?")
    assert [option.value for option in reply.options] == ["Yes, please", "No, thanks"]


@pytest.mark.parametrize(
    "action",
    [
        SmallTalk("thanks"),
        Clarify(),
        HandOff("requested"),
        Ask("order_status", "order_number", again=True),
    ],
)
def test_open_question_is_repeated_after_an_answer_only(action: Action) -> None:
    open_one = after(intent="order_status", asked="order_number")
    assert compose(action, open_one, DOMAIN).text == compose(action, after(), DOMAIN).text


def test_what_was_kept_in_mind_is_offered_after_the_answer() -> None:
    done = after("zh", asked=OFFER, pending=("invoice", "order_status"), slots=ORDER)
    reply = compose(Answer(intent="order_status"), done, DOMAIN)
    assert reply.text == "TW-204188 在路上\n\n您刚才还提到：开发票。现在接着办吗？"
    assert [option.value for option in reply.options] == ["是的", "不用了"]


def test_slot_of_the_customers_is_never_taken_for_a_template() -> None:
    reply = compose(Answer(intent="order_status"), after(slots={"order_number": "{shop}"}), DOMAIN)
    assert reply.text == "{shop} is on its way"


# Quotes and script


def test_passage_is_quoted_as_it_was_cut() -> None:
    two = Answer(hits=(hit(), hit("Returns?", "30 days. Or 40.", 8)))
    reply = compose(two, after(), DOMAIN, {8: "30 days."})
    assert reply.text == "It is {free} from $50.\n\n30 days."
    assert [citation.passage_id for citation in reply.citations] == [7, 8]


def test_reply_comes_in_the_customers_script_with_its_buttons() -> None:
    reply = Reply("发票在订单里", SmallTalk("thanks"), "zh", options=(Option("开发票", "开发票"),))
    told = in_script(reply, after("zh", script="traditional"))
    assert told.text == "發票在訂單裡"
    assert told.options == (Option("開發票", "開發票"),)
    assert in_script(reply, after("zh")) == reply


def test_english_reply_is_left_alone_whatever_the_script() -> None:
    reply = Reply("Invoice 发票", SmallTalk("thanks"), "en")
    assert in_script(reply, after(script="traditional")) == reply


def test_passage_is_quoted_word_for_word_with_its_source() -> None:
    reply = compose(Answer(hits=(hit(),)), after(), DOMAIN)
    assert reply.text == "It is {free} from $50."
    assert reply.citations == (Citation(7, "Shipping?", "faq.csv", 0.8),)
    assert reply.options == ()


def test_several_passages_are_quoted_each_with_its_source() -> None:
    reply = compose(Answer(hits=(hit(), hit("Returns?", "30 days.", 8))), after(), DOMAIN)
    assert reply.text == "It is {free} from $50.\n\n30 days."
    assert [citation.passage_id for citation in reply.citations] == [7, 8]


def test_options_are_intents_then_passages_then_the_ways_out() -> None:
    action = Clarify(("delivery_time", "order_status"), (hit(),))
    assert labels(action) == [
        "How long delivery takes",
        "Where is my order?",
        "Shipping?",
        "None of these",
        "Talk to a person",
    ]
    assert labels(action, "zh") == ["多久能送到", "查询订单进度", "Shipping?", "都不是", "找人工"]


def test_without_offers_a_person_is_the_only_option() -> None:
    assert labels(Clarify()) == ["Talk to a person"]


def test_option_sends_its_whole_text_and_shows_a_short_one() -> None:
    title = "I bought the lamp " * 20
    first = compose(Clarify((), (hit(title),)), after(), DOMAIN).options[0]
    assert first.value == title
    assert len(first.label) <= LONGEST_LABEL
    assert first.label.startswith("I bought the lamp")
    assert first.label.endswith("…")


def test_short_option_shows_all_it_sends() -> None:
    title = "x" * LONGEST_LABEL
    assert compose(Clarify((), (hit(title),)), after(), DOMAIN).options[0] == Option(title, title)


def test_shortened_label_is_as_long_as_may_be() -> None:
    label = compose(Clarify((), (hit("x" * 200),)), after(), DOMAIN).options[0].label
    assert label == "x" * (LONGEST_LABEL - 1) + "…"


def test_every_intent_has_its_words_in_every_language() -> None:
    slots = {**ORDER, "email": "ada@example.com"}
    for name, intent in shop().intents.items():
        for language in DOMAIN.messages:
            action = HandOff("intent", name) if intent.kind == "hand_off" else Answer(intent=name)
            assert compose(action, after(language, slots=slots), DOMAIN).text


def test_back_to_the_bot_is_said_in_the_language() -> None:
    assert back_to_bot("zh", DOMAIN).text == "我们继续"


def test_welcome_names_shop_and_bot() -> None:
    assert welcome("zh", DOMAIN).text == "您好，我是汐灯的小灯"

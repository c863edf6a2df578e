import json

import pytest

from bot.messages import LoggedMessage, bot_message, message_from_row
from bot.turn_json import (
    action_name,
    decode_action,
    decode_hits,
    decode_prediction,
    decode_state,
    encode_action,
    encode_hits,
    encode_prediction,
    encode_state,
)
from bot.types import Action, Answer, Ask, Clarify, HandOff, SmallTalk, State
from knowledge.types import Hit
from tests.bot.log_samples import HIT, PASSAGE, PREDICTION, reply

ACTIONS: list[tuple[Action, str]] = [
    (Answer(intent="delivery_time"), "answer"),
    (Answer(hits=(HIT,)), "answer"),
    (Ask("order_status", "order_number", again=True), "ask"),
    (Clarify(("return_item",), (HIT,)), "clarify"),
    (HandOff("failed_turns", "return_item"), "hand_off"),
    (SmallTalk("greeting"), "small_talk"),
]


def test_message_object_of_a_bot_message_has_exactly_the_published_names() -> None:
    message = bot_message(reply(), PREDICTION, "2026-03-04T10:00:00Z")
    assert message.to_dict() == {
        "id": 0,
        "role": "bot",
        "author": None,
        "text": "30 days.",
        "at": "2026-03-04T10:00:00Z",
        "action": "answer",
        "reason": None,
        "intent": {"name": "return_item", "confidence": 0.93},
        "intent_ranking": [
            {"name": "return_item", "confidence": 0.93},
            {"name": "refund_status", "confidence": 0.04},
        ],
        "citations": [{"passage_id": 7, "title": "Returns", "source": "faq.csv", "score": 0.91}],
        "options": [{"label": "More", "value": "tell me more"}],
        "rating": None,
    }


def test_message_object_of_a_staff_message_names_its_author() -> None:
    message = LoggedMessage(3, "staff", "Hello", "2026-03-04T10:00:00Z", author="Bo").to_dict()
    assert message["author"] == {"name": "Bo"}
    assert (message["intent"], message["intent_ranking"], message["options"]) == (None, [], [])


def test_intent_below_its_threshold_stays_in_the_ranking_only() -> None:
    doubtful = decode_prediction(
        encode_prediction(PREDICTION).replace('"accepted":true', '"accepted":false')  # type: ignore[union-attr]
    )
    message = bot_message(reply(), doubtful, "now")
    assert message.intent is None
    assert message.intent_ranking[0] == ("return_item", 0.93)


def test_hand_off_message_carries_its_reason() -> None:
    message = bot_message(reply(action=HandOff("requested")), None, "now")
    assert (message.action, message.reason) == ("hand_off", "requested")


def test_message_read_from_its_row_is_the_same() -> None:
    message = bot_message(reply(), PREDICTION, "now")
    details = json.dumps(message.details())
    row = (0, "bot", None, message.text, "now", "answer", None, details, None)
    assert message_from_row(row) == message


@pytest.mark.parametrize(("action", "name"), ACTIONS)
def test_action_survives_json(action: Action, name: str) -> None:
    hits = decode_hits(encode_hits([HIT], action))
    read = decode_action(encode_action(action), hits)
    assert action_name(read) == name
    assert read == decode_action(encode_action(read), hits)
    assert encode_action(read) == encode_action(action)


def test_unknown_action_in_the_log_is_an_error() -> None:
    with pytest.raises(ValueError, match="'dance'"):
        decode_action('{"name":"dance"}', [])


def test_hits_keep_what_was_shown_and_each_passage_once() -> None:
    other = Hit(PASSAGE, 0.4)
    read = decode_hits(encode_hits([other], Answer(hits=(HIT,))))
    assert [(hit.passage.id, hit.passage.body, hit.passage.key) for hit in read] == [
        (7, "30 days.", "")
    ]


def test_prediction_survives_json() -> None:
    assert decode_prediction(encode_prediction(PREDICTION)) == PREDICTION
    assert decode_prediction(encode_prediction(None)) is None


def test_state_survives_json() -> None:
    full = State("c", "zh", "bot", "return_item", {"order": "TW-1"}, "order", 2, "topic", (7, 8))
    assert decode_state(encode_state(full), State("c", "zh")) == full


def test_state_of_an_older_program_keeps_defaults() -> None:
    assert decode_state('{"failures":1,"gone":3}', State("c", "en")) == State("c", "en", failures=1)

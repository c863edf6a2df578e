"""Why the bot said what it said."""

import re
import shutil
from pathlib import Path
from typing import get_args

import pytest

from bot import web
from bot.classifier import UTTERANCES_FILE
from bot.explain import explain, turn_behind
from bot.explain_types import Why
from bot.review.types import ChooseIntent
from bot.turn_rows import UnknownTurnError
from bot.types import Action, Answer, Ask, Call, Clarify, HandOff, Prediction, SmallTalk
from knowledge.types import Hit
from tests.bot.log_samples import HIT, PASSAGE, reply, state, turn
from tests.bot.review_homes import STRANGE, Shop, add_taught_release

SURE = "where is the refund please"


def test_an_answer_is_explained_by_its_intent_and_neighbours(shop: Shop) -> None:
    turn_id = shop.ask(SURE)
    found = explain(shop.runtime, turn_id)
    assert (found.why, found.action, found.action_intent, found.intent) == (
        "intent", "answer", "refund", "refund",
    )  # fmt: skip
    assert found.accepted
    assert found.score is not None
    assert found.threshold is not None
    assert 1 >= found.score >= found.threshold > 0
    assert found.ranking[0][0] == "refund"
    nearest = found.neighbours[0]
    assert (nearest.intent, nearest.text) == ("refund", "please where is the refund")
    assert nearest.cosine == pytest.approx(1, abs=1e-5)
    cosines = [one.cosine for one in found.neighbours]
    assert cosines == sorted(cosines, reverse=True)
    assert found.neighbours_release == found.release == shop.runtime.status()["release"]
    assert set(found.timings_ms) >= {"encode", "classify", "retrieve", "decide"}
    assert found.notes == ()
    assert "ranking" in found.to_dict()


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (Answer(hits=(HIT,)), "passage"),
        (Answer(hits=(Hit(PASSAGE, 1.0),)), "button"),
        (Answer(intent="return_item"), "intent"),
        (Answer(intent="refund_status"), "slot_given"),
        (Ask("return_item", "order_number"), "slot_missing"),
        (Ask("return_item", "order_number", again=True), "slot_not_found"),
        (Clarify(("return_item",)), "unsure"),
        (Clarify(), "nothing_known"),
        (HandOff("requested", "talk_to_human"), "person_requested"),
        (HandOff("intent", "return_item"), "intent"),
        (HandOff("failed_turns", None), "failed_again"),
        (HandOff("complaint", "return_item"), "complaint"),
        (HandOff("legal", None), "legal"),
        (HandOff("self_harm", None), "self_harm"),
        (HandOff("safety", "return_item"), "safety"),
        (HandOff("amount", "return_item", "look_up", 2), "amount"),
        (HandOff("mood", None), "mood"),
        (HandOff("service_down", "return_item", "look_up"), "service_down"),
        (Call("return_item", "look_up", 0), "called"),
        (SmallTalk("greeting"), "small_talk"),
    ],
)
def test_every_reply_has_its_reason(shop: Shop, action: Action, why: Why) -> None:
    conversation = shop.talk()
    hits = action.hits if isinstance(action, Answer) else ()
    said = turn(conversation, reply=reply(action=action), hits=hits)
    shop.runtime.log.append(said, state(conversation))
    found = explain(shop.runtime, shop.turns(conversation)[-1].id)
    assert found.why == why
    assert [one.quoted for one in found.passages] == [True] * len(hits)
    assert found.slot == ("order_number" if isinstance(action, Ask) else None)


def test_every_reason_has_its_words_in_both_languages() -> None:
    script = (Path(web.__file__).parent / "static" / "explain.js").read_text("utf-8")
    for why in get_args(Why):
        assert len(re.findall(rf'^ +{why}: ".+",$', script, re.MULTILINE)) == 2, why


def test_a_button_is_explained_as_one(shop: Shop) -> None:
    pressed = Prediction("refund", 1.0, (("refund", 1.0),), 0.0, True)
    conversation = shop.talk()
    said = turn(conversation, prediction=pressed, reply=reply(action=Answer(intent="refund")))
    shop.runtime.log.append(said, state(conversation))
    assert explain(shop.runtime, shop.turns(conversation)[-1].id).why == "button"


def test_what_a_customer_writes_to_a_person_was_not_answered(shop: Shop) -> None:
    conversation = shop.talk(SURE)
    shop.runtime.hand_off(conversation)
    shop.runtime.respond(conversation, "hello?")
    found = explain(shop.runtime, shop.turns(conversation)[-1].id)
    assert (found.why, found.action, found.reply) == ("with_person", None, None)


def test_an_old_turn_is_explained_by_its_own_release(shop: Shop) -> None:
    turn_id = shop.ask(SURE)
    first = shop.runtime.status()["release"]
    second = add_taught_release(shop.runtime.home)
    shop.runtime.pick_up_changes()
    assert shop.runtime.status()["release"] == second.id
    found = explain(shop.runtime, turn_id)
    assert (found.release, found.neighbours_release, found.notes) == (first, first, ())
    assert found.neighbours[0].text
    assert found.threshold is not None


def test_where_the_release_is_gone_the_serving_one_stands_in(shop: Shop) -> None:
    turn_id = shop.ask(SURE)
    first = shop.runtime.status()["release"]
    second = add_taught_release(shop.runtime.home)
    shop.runtime.pick_up_changes()
    shop.runtime.home.registry.remove(first)
    found = explain(shop.runtime, turn_id)
    assert (found.release, found.neighbours_release) == (first, second.id)
    assert found.notes == ("release_gone",)


def test_a_release_without_utterances_says_so(shop: Shop) -> None:
    turn_id = shop.ask(SURE)
    home = shop.runtime.home
    second = add_taught_release(home)
    file = home.registry.folder(second.id) / "en" / UTTERANCES_FILE
    file.parent.chmod(0o700)
    file.unlink()
    shop.runtime.pick_up_changes()
    shutil.rmtree(home.folder / "releases" / "staged", ignore_errors=True)
    after = explain(shop.runtime, shop.ask(SURE))
    assert after.notes == ("no_utterances",)
    assert after.neighbours[0].text is None
    assert after.neighbours[0].intent == "refund"
    assert explain(shop.runtime, turn_id).notes == ()


def test_explaining_writes_nothing(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    before = list(shop.runtime.log.reading.iterdump())
    explain(shop.runtime, turn_id)
    assert list(shop.runtime.log.reading.iterdump()) == before


def test_both_messages_of_a_turn_lead_to_it_and_no_other_does(shop: Shop) -> None:
    conversation = shop.talk(SURE)
    greeting, asked, answered = shop.runtime.log.messages(conversation)
    (known,) = shop.turns(conversation)
    assert turn_behind(shop.runtime, asked.id) == turn_behind(shop.runtime, answered.id) == known.id
    for message_id in (greeting.id, 999):
        with pytest.raises(UnknownTurnError):
            turn_behind(shop.runtime, message_id)
    with pytest.raises(UnknownTurnError):
        explain(shop.runtime, 999)


def test_a_decided_turn_is_still_explained(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    shop.runtime.review.decide(turn_id, "ana", ChooseIntent("refund"))
    assert explain(shop.runtime, turn_id).why in ("nothing_known", "unsure")

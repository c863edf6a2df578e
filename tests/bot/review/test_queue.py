"""The review queue: who is asked about first, and what a decision does."""

from dataclasses import replace

import pytest

from bot.review import candidates as review_candidates
from bot.review.types import (
    ChooseIntent,
    Confirm,
    NewIntent,
    OutOfScope,
    ReviewError,
    SettledError,
    Skip,
    WriteAnswer,
)
from bot.types import Answer, Reply, Review, SmallTalk
from knowledge.errors import DeskmateError
from tests.bot.homes import add_faq
from tests.bot.log_samples import PASSAGE, state, turn
from tests.bot.review_homes import STRANGE, Shop

SURE = "where is the refund please"


# What is asked about


def test_a_message_that_was_surely_understood_is_not_asked_about(shop: Shop) -> None:
    (sure,) = shop.turns(shop.talk(SURE))
    assert isinstance(sure.reply and sure.reply.action, Answer)
    assert shop.queued() == {}


def test_a_thumb_down_puts_the_turn_first(shop: Shop) -> None:
    shop.ask(STRANGE[0])
    conversation = shop.talk(SURE)
    shop.rate_down(conversation)
    first, second = shop.runtime.review.items()
    assert (first.turn.message, first.reasons[0]) == (SURE, "rejected")
    assert second.turn.message == STRANGE[0]
    assert 1 >= first.priority > second.priority > 0


@pytest.mark.parametrize("by_button", [True, False])
def test_asking_for_a_person_right_after_rejects_the_answer(shop: Shop, by_button: bool) -> None:
    conversation = shop.talk(SURE)
    if by_button:
        shop.runtime.hand_off(conversation)
    else:
        shop.runtime.respond(conversation, "Talk to a person")
    assert shop.queued() == {shop.turns(conversation)[0].id: ("rejected",)}


def test_a_hand_off_at_the_beginning_blames_nobody(shop: Shop) -> None:
    conversation = shop.talk()
    shop.runtime.hand_off(conversation)
    assert shop.queued() == {}


def test_what_an_agent_answered_is_proposed(shop: Shop) -> None:
    conversation = shop.talk(STRANGE[0])
    shop.runtime.hand_off(conversation)
    shop.runtime.desk.say(conversation, "maya", "We cannot help with that.")
    shop.runtime.desk.say(conversation, "maya", "Please see a doctor.")
    shop.runtime.respond(conversation, "and for a cough?")
    shop.runtime.desk.say(conversation, "maya", "Nor that.")
    (item,) = shop.runtime.review.items(reason="corrected")
    assert item.turn.message == STRANGE[0]
    assert item.proposed_answer == "We cannot help with that.\nPlease see a doctor."


def test_a_small_talk_or_a_button_is_not_asked_about(shop: Shop) -> None:
    for text in ("Hello", "Talk to a person", "None of these", "refund en", "12345"):
        shop.ask(text)
    assert shop.queued() == {}


def test_small_talk_is_asked_about_once_it_is_rated_down(shop: Shop) -> None:
    conversation, _ = shop.runtime.start("en")
    greeted = replace(turn(conversation), reply=Reply("Hello!", SmallTalk("greeting"), "en"))
    shop.runtime.log.append(greeted, state(conversation))
    (greeted,) = shop.turns(conversation)
    assert shop.queued() == {}
    with pytest.raises(ReviewError, match="none to review"):
        shop.runtime.review.decide(greeted.id, "ana", ChooseIntent("refund"))
    shop.rate_down(conversation)
    assert shop.queued()[greeted.id][0] == "rejected"
    assert shop.runtime.review.left() == shop.runtime.review.left("en") == 1
    shop.runtime.review.decide(greeted.id, "ana", ChooseIntent("refund"))
    assert shop.queued() == {}
    assert shop.runtime.review.left() == 0


def test_a_passage_that_was_asked_for_by_its_own_question_is_sure(shop: Shop) -> None:
    add_faq(shop.runtime.home, "Do you sell gift cards?", "Yes, from 10 dollars.")
    shop.runtime.pick_up_changes()
    shop.ask("Do you sell gift cards?")
    assert shop.queued() == {}


def test_messages_that_ask_for_the_same_are_one_item(shop: Shop) -> None:
    same = [shop.ask(f"juggle seven purple cats {word}") for word in ("now", "please")]
    other = shop.ask("grow a lemon tree indoors")
    items = {one.turn.id: one for one in shop.runtime.review.items()}
    assert items.pop(other).cluster is None
    ((shown, item),) = items.items()
    assert item.cluster is not None
    assert item.cluster.turn_ids[0] == shown
    assert set(item.cluster.turn_ids) == set(same)
    assert item.cluster.texts[0] == item.turn.query
    assert "out_of_scope" in item.reasons


def test_the_same_words_are_asked_about_once(shop: Shop) -> None:
    for text in (STRANGE[0], STRANGE[0].upper(), f"  {STRANGE[0]} "):
        shop.ask(text)
    assert len(shop.queued()) == 1


def test_voices_that_differ_are_a_reason(shop: Shop) -> None:
    turn_id = shop.ask("hello")  # taught for two intents alike
    queued = shop.queued()
    assert set(queued) == {turn_id}
    found = {reason for reasons in queued.values() for reason in reasons}
    assert found & {"disagreement", "out_of_scope", "low_confidence"}


def test_the_queue_is_filtered_by_reason_language_and_length(shop: Shop) -> None:
    for text in STRANGE:
        shop.ask(text)
    queue = shop.runtime.review
    assert len(queue.items(limit=2)) == 2
    assert len(queue.items(reason="out_of_scope")) == len(STRANGE)
    assert queue.items(reason="corrected") == []
    assert queue.items(language="zh") == []
    assert len(queue.items(language="en")) == queue.left("en") == queue.left() == len(STRANGE)
    assert queue.left("zh") == 0


def test_only_the_turns_asked_for_are_listed_however_many_came_after(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (shop.ask(text) for text in STRANGE)
    monkeypatch.setattr(review_candidates, "MOST", 1)
    found = shop.runtime.review.items(only=[first, third, 999])
    assert {one.turn.id for one in found} == {first, third}
    assert {one.reasons[0] for one in found} == {"out_of_scope"}
    shop.runtime.review.decide(first, "ana", OutOfScope())
    assert [one.turn.id for one in shop.runtime.review.items(only=[first])] == []
    assert shop.runtime.review.items(only=[]) == []
    assert second in {one.turn.id for one in shop.runtime.review.items(only=[second])}


def test_the_threshold_shown_is_the_one_in_force(shop: Shop) -> None:
    shop.ask(STRANGE[0])
    settings = shop.runtime.home.folder / "deskmate.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("error_budget = 0.05", "error_budget = 0.3"), "utf-8")
    (before,) = shop.runtime.review.items()
    shop.runtime.pick_up_changes()
    (after,) = shop.runtime.review.items()
    assert before.threshold is not None
    assert after.threshold is not None
    assert after.threshold <= before.threshold
    mind, prediction = shop.runtime.mind, after.turn.prediction
    assert mind
    assert prediction
    head = mind.components["en"].head
    assert head
    assert after.threshold == head.threshold(prediction.intent)


# Deciding


def test_an_intent_goes_to_the_next_round_redacted(shop: Shop) -> None:
    turn_id = shop.ask("juggle purple cats for ana.lee@example.com")
    (item,) = shop.runtime.review.items()
    assert "ana.lee@example.com" in item.turn.message
    shop.runtime.review.decide(turn_id, "ana", ChooseIntent("refund"))
    ((learned, review),) = shop.runtime.log.reviewed()
    assert (learned.query, review.intent, review.reviewer) == (
        "juggle purple cats for [EMAIL]", "refund", "ana",
    )  # fmt: skip
    assert shop.queued() == {}


def test_a_confirmed_intent_is_the_one_that_was_understood(shop: Shop) -> None:
    conversation = shop.talk(SURE)
    shop.rate_down(conversation)
    (item,) = shop.runtime.review.items()
    assert item.confirm
    assert item.confirm.intent == "refund"
    shop.runtime.review.decide(item.turn.id, "ana", Confirm())
    assert [review.intent for _, review in shop.runtime.log.reviewed()] == ["refund"]


def test_a_confirmed_passage_is_an_answer_in_its_own_words(shop: Shop) -> None:
    conversation = shop.talk()
    shop.runtime.log.append(turn(conversation), state(conversation))
    shop.rate_down(conversation)
    (item,) = shop.runtime.review.items()
    shop.runtime.review.decide(item.turn.id, "ana", Confirm())
    ((_, review),) = shop.runtime.log.reviewed()
    assert (review.intent, review.answer) == (None, PASSAGE.body)


def test_a_question_back_cannot_be_confirmed(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    (item,) = shop.runtime.review.items()
    assert item.confirm is None
    with pytest.raises(ReviewError, match="no answer to confirm"):
        shop.runtime.review.decide(turn_id, "ana", Confirm())
    assert set(shop.queued()) == {turn_id}


def test_a_decision_holds_for_the_cluster(shop: Shop) -> None:
    ids = [shop.ask(f"juggle seven purple cats {word}") for word in ("now", "please", "sir")]
    other = shop.ask("grow a lemon tree indoors")
    settled = shop.runtime.review.decide(ids[0], "ana", OutOfScope(), also=ids)
    assert set(settled) == set(ids)
    assert set(shop.queued()) == {other}
    assert {review.intent for _, review in shop.runtime.log.reviewed()} == {"oos"}
    assert shop.runtime.review.undo("ana") == ids[0]
    assert shop.runtime.log.reviewed() == []
    assert len(shop.queued()) == 2


def test_of_a_cluster_only_open_turns_are_decided(shop: Shop) -> None:
    ids = [shop.ask(f"juggle seven purple cats {word}") for word in ("now", "please")]
    queue = shop.runtime.review
    queue.decide(ids[0], "ben", ChooseIntent("refund"))
    assert queue.decide(ids[1], "ana", OutOfScope(), also=[ids[0], 999]) == (ids[1],)
    assert {one.turn_id: one.intent for _, one in shop.runtime.log.reviewed()} == {
        ids[0]: "refund",
        ids[1]: "oos",
    }


def test_a_written_answer_is_kept_without_cards(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    shop.runtime.review.decide(turn_id, "ana", WriteAnswer(" No. Card 4111 1111 1111 1111. "))
    ((_, review),) = shop.runtime.log.reviewed()
    assert review.answer
    assert review.answer.startswith("No. Card")
    assert "4111 1111" not in review.answer


@pytest.mark.parametrize("text", ["", "  \n", "a" * 4001])
def test_an_answer_of_no_use_is_refused(shop: Shop, text: str) -> None:
    turn_id = shop.ask(STRANGE[0])
    with pytest.raises(ReviewError, match="expected an answer"):
        shop.runtime.review.decide(turn_id, "ana", WriteAnswer(text))


def test_an_intent_that_is_not_in_the_domain_is_refused(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    with pytest.raises(ReviewError, match=r"found 'fly'; choose another or create it"):
        shop.runtime.review.decide(turn_id, "ana", ChooseIntent("fly"))


def test_a_new_intent_stands_in_the_domain_and_teaches(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    made = NewIntent(
        "advice", {"en": "Advice", "zh": "建议"}, {"en": "Ask {shop} anything.", "zh": "请问。"}
    )
    shop.runtime.review.decide(turn_id, "ana", made)
    shop.runtime.pick_up_changes()
    assert shop.runtime.domain.intents["advice"].reply["en"] == "Ask {shop} anything."
    assert shop.runtime.review.intents("en")["advice"] == "Advice"
    assert shop.runtime.review.undo("ana") == turn_id
    assert "advice" in shop.runtime.review.intents("en")
    again = shop.runtime.review
    again.decide(turn_id, "ana", ChooseIntent("advice"))


def test_a_new_intent_that_is_not_valid_changes_nothing(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    with pytest.raises(DeskmateError, match=r"names \{nobody\}"):
        shop.runtime.review.decide(
            turn_id,
            "ana",
            NewIntent("advice", {"en": "A", "zh": "A"}, {"en": "Ask {nobody}.", "zh": "-"}),
        )
    assert set(shop.queued()) == {turn_id}


def test_a_skipped_turn_leaves_the_queue_and_teaches_nothing(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    shop.runtime.review.decide(turn_id, "ana", Skip())
    assert shop.queued() == {}
    assert shop.runtime.log.reviewed() == []
    assert shop.runtime.review.undo("ana") == turn_id
    assert set(shop.queued()) == {turn_id}


def test_undo_goes_back_step_by_step_and_is_each_reviewers_own(shop: Shop) -> None:
    first, second, third = (shop.ask(text) for text in STRANGE)
    queue = shop.runtime.review
    queue.decide(first, "ana", OutOfScope())
    queue.decide(second, "ben", OutOfScope())
    queue.decide(third, "ana", ChooseIntent("refund"))
    assert [queue.undo("ana"), queue.undo("ana"), queue.undo("ana")] == [third, first, None]
    assert set(shop.queued()) == {first, third}


def test_a_turn_is_decided_once(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    shop.runtime.review.decide(turn_id, "ben", OutOfScope())
    with pytest.raises(SettledError, match=f"turn {turn_id} was decided by ben"):
        shop.runtime.review.decide(turn_id, "ana", Skip())
    with pytest.raises(ReviewError, match="turn 999 is none to review"):
        shop.runtime.review.decide(999, "ana", Skip())


def test_other_turns_of_the_same_words_leave_with_it_and_come_back(shop: Shop) -> None:
    first, second = shop.ask(STRANGE[0]), shop.ask(STRANGE[0])
    shop.runtime.review.decide(first, "ana", OutOfScope())
    assert shop.queued() == {}
    assert len(shop.runtime.log.reviewed()) == 1
    shop.runtime.review.undo("ana")
    assert set(shop.queued()) <= {first, second}
    assert len(shop.queued()) == 1


def test_a_review_from_elsewhere_closes_the_turn(shop: Shop) -> None:
    seen, unseen = shop.ask(STRANGE[0]), shop.ask(STRANGE[1])
    assert set(shop.queued()) == {seen, unseen}
    third = shop.ask(STRANGE[2])
    for turn_id in (seen, third):
        shop.runtime.log.add_review(Review(turn_id, "ben", "refund"))
    assert set(shop.queued()) == {unseen}


def test_a_deleted_conversation_leaves_nothing_behind(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    shop.runtime.review.decide(turn_id, "ana", OutOfScope())
    shop.ask(STRANGE[1])
    assert len(shop.queued()) == 1
    with shop.runtime.home.database.write() as writing:
        writing.conn.execute("DELETE FROM conversations")
    assert shop.queued() == {}
    connection = shop.runtime.log.reading
    for table in ("review_signals", "decisions", "reviews"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    assert shop.runtime.review.undo("ana") is None


# Progress


def test_done_and_pending_tell_what_was_decided(shop: Shop) -> None:
    ids = [shop.ask(text) for text in STRANGE]
    queue, before = shop.runtime.review, shop.runtime.log.clock()
    queue.decide(ids[0], "ana", OutOfScope())
    queue.decide(ids[1], "ana", ChooseIntent("refund"))
    queue.decide(ids[2], "ben", Skip())
    assert (queue.done("ana", before), queue.done("ben", before)) == (2, 1)
    assert queue.done("ana", "2999-01-01T00:00:00Z") == 0
    pending = queue.pending()
    assert pending.total == 2
    assert pending.kinds == {"out_of_scope": 1, "intent": 1}
    assert pending.intents == {"oos": 1, "refund": 1}
    assert pending.taught["refund"] > 0


def test_what_the_champion_has_learned_is_no_longer_pending(shop: Shop) -> None:
    turn_id = shop.ask(STRANGE[0])
    shop.runtime.review.decide(turn_id, "ana", ChooseIntent("refund"))
    home = shop.runtime.home
    release_id = home.registry.new_id()
    staged = home.registry.stage(release_id)
    home.log.lesson_mark().save(staged)
    champion = home.registry.champion()
    assert champion
    home.registry.add(staged, replace(champion, id=release_id))
    home.registry.promote(release_id)
    assert shop.runtime.review.pending().total == 0
    home.registry.rollback()
    assert shop.runtime.review.pending().total == 1

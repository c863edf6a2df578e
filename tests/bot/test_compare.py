"""What another release would answer to past questions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.compare import changes, figures_beside, past_questions
from bot.home import Home
from bot.registry import Release
from bot.retrieval import Retrieval
from bot.runtime import Runtime
from knowledge.retriever import Fusion
from tests.bot.homes import RETURNS, add_faq, add_release, new_home


def silent(*_: object) -> None:
    pass


@pytest.fixture
def home(tmp_path: Path, fake_encoder: None) -> Iterator[Home]:
    home = new_home(tmp_path / "home")
    add_faq(home)
    yield home
    home.close()


def release_that_quotes(home: Home, threshold: float) -> Release:
    release = add_release(home, promoted=False)
    folder = home.registry.folder(release.id) / "en"
    (folder / "retrieval.json").chmod(0o644)
    Retrieval(Fusion(), threshold).save(folder)
    return release


def ask(home: Home, *questions: str) -> None:
    home.registry.promote(release_that_quotes(home, 0.0).id)
    runtime = Runtime(home, watch=False)
    for question in questions:
        conversation_id, _ = runtime.start("en")
        runtime.respond(conversation_id, question)
    if runtime._mind:
        runtime._mind.close()


def test_each_question_is_asked_once_the_latest_first_without_personal_data(home: Home) -> None:
    ask(home, RETURNS, "Mail me at jo@example.com about lamps", RETURNS)
    found = [question.text for question in past_questions(home)]
    assert found == [RETURNS, "Mail me at [EMAIL] about lamps"]
    assert len(past_questions(home, limit=1)) == 1


def test_only_answers_that_differ_are_told(home: Home) -> None:
    ask(home, "How long do I have to send it back?", RETURNS)
    champion, same = (release_that_quotes(home, 0.0) for _ in range(2))
    never = release_that_quotes(home, 1.01)
    assert changes(home, champion, same, silent).differences == ()
    found = changes(home, champion, never, silent)
    assert found.asked == 2
    (difference,) = [each for each in found.differences if "it back" in each.question.text]
    assert (difference.champion.action, difference.champion.text) == ("answer", "You have 30 days.")
    assert difference.champion.source == "faq.csv"
    assert difference.challenger.action == "clarify"


def test_asking_leaves_no_trace_in_the_log(home: Home) -> None:
    ask(home, RETURNS)
    before = home.log.reading.execute("SELECT count(*) FROM turns").fetchone()
    changes(home, release_that_quotes(home, 0.0), release_that_quotes(home, 1.01), silent)
    assert home.log.reading.execute("SELECT count(*) FROM turns").fetchone() == before


def test_a_home_without_a_conversation_has_no_question(home: Home) -> None:
    champion = release_that_quotes(home, 0.0)
    assert changes(home, champion, champion, silent).asked == 0


def test_figures_stand_side_by_side_and_a_missing_one_is_none() -> None:
    before = {"en": {"intent": {"n": 9, "accuracy": 0.5, "per_intent": {}}, "retrieval": None}}
    after = {"en": {"intent": {"n": 9, "accuracy": 0.75}, "mood": {"accuracy": 0.9}}, "zh": {}}
    assert figures_beside(before, after) == {
        "en": [
            ("intent.n", 9, 9),
            ("intent.accuracy", 0.5, 0.75),
            ("mood.accuracy", None, 0.9),
        ],
        "zh": [],
    }

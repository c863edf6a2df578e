"""The mood head, and the way of a mood from the vector into the log."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.desk import Desk
from bot.dialogue import DialogueManager
from bot.home import Home
from bot.mind import Mind
from bot.mood import MOOD_FILE, MOODS, MoodHead
from bot.runtime import Runtime
from bot.types import Mood, State, Turn
from knowledge.errors import DeskmateError
from tests.bot.homes import RETURNS, add_faq, add_release, new_home
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder()
AT = "2026-03-04T10:00:00Z"
WORDS: dict[Mood, str] = {"negative": "terrible", "neutral": "when", "positive": "lovely"}
"""A word of each mood: a message is of the mood whose word is in it."""


def head() -> MoodHead:
    columns = [10 * ENCODER.encode([WORDS[mood]])[0] for mood in MOODS]
    return MoodHead(np.stack(columns, axis=1), np.zeros(3, np.float32))


@pytest.mark.parametrize("mood", MOODS)
def test_mood_is_the_most_probable_one(mood: Mood) -> None:
    assert head().predict(ENCODER.encode([WORDS[mood]])[0]) == mood


def test_probabilities_are_of_each_message_in_the_order_of_moods() -> None:
    found = head().probabilities(ENCODER.encode(["lovely", "terrible"]))
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    assert [MOODS[row.argmax()] for row in found] == ["positive", "negative"]


def test_bias_decides_where_the_vector_says_nothing() -> None:
    silent = MoodHead(np.zeros((64, 3), np.float32), np.array([0, 1, 0], np.float32))
    assert silent.predict(ENCODER.encode(["lovely"])[0]) == "neutral"


def test_saved_head_is_read_as_it_was(tmp_path: Path) -> None:
    head().save(tmp_path)
    read = MoodHead.load(tmp_path)
    assert read is not None
    np.testing.assert_array_equal(read.weights, head().weights)
    np.testing.assert_array_equal(read.bias, head().bias)


def test_folder_without_a_head_has_none(tmp_path: Path) -> None:
    assert MoodHead.load(tmp_path) is None


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def other_arrays(path: Path) -> None:
    np.savez(path, weights=np.zeros((64, 2)), bias=np.zeros(2))


def pickled(path: Path) -> None:
    np.savez(path, weights=np.array([{}], object), bias=np.zeros(3))


@pytest.mark.parametrize("damage", [torn, empty, other_arrays, pickled])
def test_damaged_head_is_one_clear_error(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    head().save(tmp_path)
    damage(tmp_path / MOOD_FILE)
    with pytest.raises(DeskmateError, match=r"mood\.npz: expected a mood head.*train again"):
        MoodHead.load(tmp_path)


@pytest.fixture
def home(tmp_path: Path, fake_encoder: None) -> Iterator[Home]:
    with closing(new_home(tmp_path / "shop")) as home:
        add_faq(home)
        yield home


def add_head(home: Home) -> None:
    champion = home.registry.champion()
    assert champion is not None
    head().save(home.registry.folder(champion.id) / "en")


def say(runtime: Runtime, conversation: str, text: str) -> Turn:
    runtime.respond(conversation, text)
    return runtime.log.turns(conversation)[-1]


def test_every_message_is_logged_with_its_mood(home: Home) -> None:
    add_release(home)
    add_head(home)
    with closing(Runtime(home, watch=False)) as runtime:
        for mood, word in WORDS.items():
            assert say(runtime, runtime.start("en")[0], word).mood == mood


def test_mood_of_a_follow_up_is_that_of_its_own_words(home: Home) -> None:
    question = "Is a terrible lamp a terrible buy?"
    add_faq(home, question, "It is not.")
    add_release(home)
    add_head(home)
    with closing(Runtime(home, watch=False)) as runtime:
        conversation, _ = runtime.start("en")
        say(runtime, conversation, question)
        turn = say(runtime, conversation, "when?")
    assert head().predict(ENCODER.encode([turn.message])[0]) != "negative"
    assert (turn.query, turn.mood) == (f"{question} when?", "neutral")


def test_release_without_a_head_answers_without_a_mood(home: Home) -> None:
    add_release(home)
    with closing(Runtime(home, watch=False)) as runtime:
        turn = say(runtime, runtime.start("en")[0], RETURNS)
    assert turn.reply is not None
    assert turn.mood is None


@pytest.mark.parametrize("claimed", [False, True])
def test_messages_to_a_person_are_understood_and_not_answered(home: Home, claimed: bool) -> None:
    add_release(home)
    add_head(home)
    with closing(Runtime(home, watch=False)) as runtime:
        conversation, _ = runtime.start("en")
        runtime.hand_off(conversation)
        if claimed:
            Desk(runtime.log).claim(conversation, "mia")
        turn = say(runtime, conversation, RETURNS)
        assert turn.reply is None
        assert turn.hits[0].passage.title == RETURNS
        assert turn.release == runtime.status()["release"]
        assert set(turn.timings_ms) == {"encode", "classify", "retrieve"}
        assert say(runtime, conversation, "terrible").mood == "negative"


def test_messages_to_a_person_are_kept_without_any_release(home: Home) -> None:
    with closing(Runtime(home, watch=False)) as runtime:
        conversation, _ = runtime.start("en")
        runtime.hand_off(conversation)
        turn = say(runtime, conversation, "terrible")
    assert (turn.message, turn.mood, turn.prediction, turn.release) == ("terrible", None, None, "")


def test_mood_costs_no_second_run_of_the_encoder(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_release(home)
    add_head(home)
    release = home.registry.champion()
    assert release is not None
    with closing(Mind.load(home, release)) as mind:
        runs: list[list[str]] = []
        encode = HashingEncoder.encode

        def counted(encoder: HashingEncoder, texts: Sequence[str]) -> NDArray[np.float32]:
            runs.append(list(texts))
            return encode(encoder, texts)

        monkeypatch.setattr(HashingEncoder, "encode", counted)
        manager = DialogueManager(mind, home.domain, lambda: AT)
        manager.respond(State("c", "en"), "lovely")
        turn = manager.observe(State("c", "en", status="open"), "terrible")
    assert runs == [["lovely"], ["terrible"]]
    assert (turn.mood, turn.reply, turn.at) == ("negative", None, AT)

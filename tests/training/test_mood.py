"""The mood messages as data, and how a head is fitted on them and measured."""

import hashlib
import re
from collections.abc import Sequence
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest

from bot.mood import MOODS, MoodHead
from knowledge.errors import DeskmateError
from knowledge.language import detect
from knowledge.types import LANGUAGES, Language
from tests.fakes import HashingEncoder
from training import moods
from training.evaluate import LanguageReport, Report
from training.export import base_encoder
from training.moods import evaluate_moods, fit_moods, learn_moods, measure_moods, read_moods

LEAST = {"train": 130, "test": 60}
MOST_OVERLAP = 0.8
TEST_SHA256 = {
    "en": "483847bade7f6ca7d22ade4fde4061ea5616dfd7e6e7d3ad5dfaeccbd4183952",
    "zh": "fc0ca254cb91ffb2dcafd2f15e7014a3c05195de7ae64426b2410c582c282d4d",
}
"""Of the test files, which are never to change."""

_LATIN = re.compile(r"[a-z0-9']+")
_HAN = re.compile(r"[\u3400-\u9fff]+")


def terms(text: str) -> frozenset[str]:
    """The words of a text, and the pairs of neighbouring characters of its Chinese."""
    plain = text.lower()
    pairs = {run[at : at + 2] for run in _HAN.findall(plain) for at in range(max(1, len(run) - 1))}
    return frozenset({*_LATIN.findall(plain), *pairs})


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def of_mood(language: Language, split: moods.Split, mood: int) -> list[str]:
    texts, labels = read_moods(language, split)
    return [text for text, label in zip(texts, labels, strict=True) if label == mood]


def too_alike(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in pairs if overlap(*map(terms, pair)) > MOST_OVERLAP]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("split", ["train", "test"])
def test_there_are_enough_messages_of_each_mood(language: Language, split: moods.Split) -> None:
    for mood in range(len(MOODS)):
        assert len(of_mood(language, split, mood)) >= LEAST[split]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("mood", range(len(MOODS)), ids=MOODS)
def test_no_message_is_a_variant_of_another_of_its_mood(
    language: Language, split: moods.Split, mood: int
) -> None:
    assert too_alike(list(combinations(of_mood(language, split, mood), 2))) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_test_message_is_a_variant_of_a_training_message(language: Language) -> None:
    train, test = read_moods(language, "train")[0], read_moods(language, "test")[0]
    assert too_alike(list(product(train, test))) == []


def test_variants_are_noticed() -> None:
    assert too_alike([("Where is my order?", "where IS my order")])
    assert too_alike([("我的订单到哪里了呢？", "我的订单到哪里了")])
    assert not too_alike([("Where is my order?", "Where is your shop?")])


def test_chinese_is_written_in_both_scripts() -> None:
    simplified, traditional = set("这们还没给时说"), set("這們還沒給時說")
    texts, _ = read_moods("zh", "train")
    assert sum(bool(simplified & set(text)) for text in texts) > 50
    assert sum(bool(traditional & set(text)) for text in texts) > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_test_messages_are_those_that_every_release_was_measured_on(language: Language) -> None:
    found = hashlib.sha256((moods.FOLDER / f"{language}_test.csv").read_bytes()).hexdigest()
    assert found == TEST_SHA256[language]


def test_messages_are_of_their_language() -> None:
    assert {detect(text) for text in read_moods("en", "train")[0]} == {"en"}
    spoken = [detect(text) for text in read_moods("zh", "train")[0]]
    assert spoken.count("zh") > 0.98 * len(spoken)  # "yyds" is Chinese too


def test_unknown_mood_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en_train.csv").write_text("text,mood\nhello,cheerful\n", "utf-8")
    monkeypatch.setattr(moods, "FOLDER", tmp_path)
    with pytest.raises(
        DeskmateError, match=r"en_train\.csv: expected moods .* found \['cheerful'\]"
    ):
        read_moods("en", "train")


def test_what_complaints_are_about_is_no_mood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moody = {"negative": "awful the Drift", "neutral": "a box", "positive": "lovely lamp"}
    rows = [f"{text} {number},{mood}" for mood, text in moody.items() for number in range(20)]
    (tmp_path / "en_train.csv").write_text("\n".join(["text,mood", *rows]), "utf-8")
    monkeypatch.setattr(moods, "FOLDER", tmp_path)
    encoder, asked = HashingEncoder(), "about the Drift"
    vector = encoder.encode([asked])[0]
    assert learn_moods(encoder, "en", seed=0).predict(vector) == "negative"
    calm = [f"about the Drift {number}" for number in range(20)]
    head = learn_moods(encoder, "en", seed=0, calm=calm)
    assert head.predict(vector) == "neutral"
    assert head.predict(encoder.encode(["awful awful"])[0]) == "negative"


def clouds(rows: int, spread: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around one centre a mood, and their moods."""
    random = np.random.default_rng(seed)
    labels = np.arange(rows) % 3
    points = np.eye(8)[labels] + random.normal(0, spread, (rows, 8))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), labels


def test_fitted_head_tells_new_messages_apart() -> None:
    head = fit_moods(*clouds(150, 0.2), seed=0)
    vectors, labels = clouds(60, 0.2, seed=1)
    assert [MOODS.index(head.predict(each)) for each in vectors] == labels.tolist()
    assert (head.weights.shape, head.weights.dtype, head.bias.dtype) == ((8, 3), "f4", "f4")


def test_probabilities_are_as_sure_as_the_head_is_right() -> None:
    head = fit_moods(*clouds(300, 0.7), seed=0)
    vectors, labels = clouds(3000, 0.7, seed=1)
    found = measure_moods(head.probabilities(vectors), labels)
    assert 0.6 < found.accuracy < 0.9
    assert found.expected_calibration_error is not None
    assert found.expected_calibration_error < 0.06


def test_same_rows_and_seed_give_the_same_head() -> None:
    one, other = (fit_moods(*clouds(90, 0.5), seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.weights, other.weights)


def test_figures_are_counted_by_mood() -> None:
    probabilities = np.array([[0.8, 0.1, 0.1], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]], np.float32)
    found = measure_moods(probabilities, np.array([0, 1, 2]))
    assert (found.n, found.accuracy) == (3, pytest.approx(2 / 3))
    low, high = found.accuracy_interval
    assert 0.2 < low < found.accuracy < high < 0.95
    assert found.macro_f1 == pytest.approx((2 / 3 + 0 + 1) / 3)
    assert found.per_mood["negative"] == {"precision": 0.5, "recall": 1.0, "n": 1}
    assert found.per_mood["neutral"] == {"precision": 0.0, "recall": 0.0, "n": 1}
    assert found.per_mood["positive"] == {"precision": 1.0, "recall": 1.0, "n": 1}


def test_head_is_measured_on_the_test_messages() -> None:
    always_positive = MoodHead(np.zeros((64, 3), np.float32), np.array([0, 0, 1], np.float32))
    found = evaluate_moods(always_positive, HashingEncoder(), "en")
    assert found.n == len(read_moods("en", "test")[0])
    assert found.per_mood["positive"]["recall"] == 1
    assert found.accuracy == pytest.approx(found.per_mood["positive"]["n"] / found.n)


def test_report_shows_the_mood_of_each_language(tmp_path: Path) -> None:
    probabilities = np.array([[0.8, 0.1, 0.1], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8]], np.float32)
    measured = measure_moods(probabilities, np.array([0, 1, 2]))
    with_mood, without = LanguageReport(None, None, measured), LanguageReport(None, None)
    report = Report("r1", "now", "h", {"en": with_mood, "zh": without})
    report.save(tmp_path)
    page = (tmp_path / "report.md").read_text("utf-8")
    for line in (
        "## Mood, en",
        "n = 3, accuracy 0.667 [0.208, 0.939], macro F1 0.556",
        "| negative | 0.50 | 1.00 | 1 |",
    ):
        assert line in page.splitlines(), line
    assert "Mood, zh" not in page
    languages = report.to_dict()["languages"]
    assert languages["en"]["mood"]["per_mood"]["negative"]["recall"] == 1
    assert languages["zh"]["mood"] is None


@pytest.mark.weights
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("I'm furious, this is a scam", "Which sizes are left?", "So helpful, thank you!")),
        ("zh", ("气死我了，骗子", "还剩哪些尺码？", "太贴心了，谢谢！")),
    ],
)
def test_head_on_the_real_encoder_is_worth_having(
    language: Language, said: tuple[str, str, str]
) -> None:
    encoder = base_encoder(language)
    head = learn_moods(encoder, language, seed=0)
    assert tuple(map(head.predict, encoder.encode(said))) == MOODS
    assert evaluate_moods(head, encoder, language).accuracy > 0.78

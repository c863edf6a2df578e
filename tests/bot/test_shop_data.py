"""The sample shop's data: enough of everything, written apart, and no line a variant of another."""

import csv
import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import jieba
import pytest

from bot.demo.run import SHOP
from knowledge.language import normalise

LANGUAGES = ("en", "zh")
MOST_OVERLAP = 0.8
PRODUCTS = ["murmur", "studio", "cirrus", "drift", "lantern", "brook", "pebble", "tern"]
DOMAIN = tomllib.loads((SHOP / "domain.toml").read_text("utf-8"))
SMALL_TALK = {name for name, one in DOMAIN["intents"].items() if one.get("kind") == "small_talk"}


def read(language: str, name: str) -> list[dict[str, str]]:
    with (SHOP / language / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def jsonl(language: str, name: str) -> list[dict[str, Any]]:
    lines = (SHOP / language / name).read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


@cache
def words(text: str) -> frozenset[str]:
    """The words of an utterance; numbers and products count as one word each."""
    plain = re.sub(r"(tw-?)?\d+", "0", normalise(text).lower())
    found = [word for word in jieba.lcut(plain) if re.search(r"\w", word)]
    return frozenset("product" if word in PRODUCTS else word for word in found)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def too_alike(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(a, b) for a, b in pairs if overlap(words(a), words(b)) > MOST_OVERLAP]


def by_intent(rows: list[dict[str, str]]) -> dict[str, list[str]]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row["intent"]].append(row["text"])
    return grouped


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_enough_utterances(language: str) -> None:
    train = by_intent(read(language, "utterances.csv"))
    tests = by_intent(read(language, "utterances_test.csv"))
    assert set(train) == set(tests) == {*DOMAIN["intents"], "oos"}
    assert len(train) - 1 - len(SMALL_TALK) >= 28
    assert min(map(len, train.values())) >= 25
    assert min(map(len, tests.values())) >= 7
    near = read(language, "near_misses_test.csv")
    assert {row["intent"] for row in near} == {"oos"}
    assert len(train["oos"]) >= 40
    assert len(tests["oos"]) >= 20 <= len(near)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_utterance_is_a_variant_of_another_of_its_intent(language: str) -> None:
    for name in ("utterances.csv", "utterances_test.csv"):
        for texts in by_intent(read(language, name)).values():
            assert not too_alike(combinations(texts, 2))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_test_utterance_is_a_variant_of_one_trained_on(language: str) -> None:
    train = [row["text"] for row in read(language, "utterances.csv")]
    tests = [row["text"] for row in read(language, "utterances_test.csv")]
    near = [row["text"] for row in read(language, "near_misses_test.csv")]
    known = [(text, words(text)) for text in train]
    alike = [
        (test, text)
        for test in [*tests, *near]
        for text, of_text in known
        if overlap(words(test), of_text) > MOST_OVERLAP
    ]
    assert not alike


@pytest.mark.parametrize("language", LANGUAGES)
def test_faq_documents_and_dialogues_are_plenty(language: str) -> None:
    assert len(read(language, "faq.csv")) >= 60
    assert len(list((SHOP / language / "documents").glob("*.md"))) >= 6
    dialogues = jsonl(language, "dialogues.jsonl")
    assert len(dialogues) >= {"en": 120, "zh": 60}[language]
    assert len({one["id"] for one in dialogues}) == len(dialogues)
    assert {4 <= len(one["turns"]) <= 14 for one in dialogues} == {True}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_marked_questions_name_a_passage_that_stands_in_the_shop(language: str) -> None:
    questions = read(language, "questions_test.csv")
    assert len(questions) >= 50
    answers = [row["answer"] for row in read(language, "faq.csv")]
    documents = [path.read_text("utf-8") for path in (SHOP / language / "documents").glob("*.md")]
    replies = [
        turn["text"]
        for one in jsonl(language, "dialogues.jsonl")
        for turn in one["turns"]
        if turn["role"] == "agent"
    ]
    texts = [normalise(text) for text in (*answers, *documents, *replies)]
    lost = [row for row in questions if not any(normalise(row["evidence"]) in t for t in texts)]
    assert not lost


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_answers_stand_in_the_shop_and_are_of_intents_that_answer(language: str) -> None:
    rows = read(language, "same_answer_test.csv")
    answers = [row["answer"] for row in read(language, "faq.csv")]
    documents = [path.read_text("utf-8") for path in (SHOP / language / "documents").glob("*.md")]
    texts = [normalise(text) for text in (*answers, *documents)]
    assert not [row for row in rows if not any(normalise(row["evidence"]) in t for t in texts)]
    assert all(row["evidence"] for row in rows)
    assert len({tuple(row.values()) for row in rows}) == len(rows)
    answering = {name for name, one in DOMAIN["intents"].items() if "kind" not in one}
    assert {row["intent"] for row in rows} <= answering


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_follow_ups_are_plenty_and_of_every_kind(language: str) -> None:
    rows = jsonl(language, "followups_test.jsonl")
    leaning = [row for row in rows if row["kind"] != "alone"]
    assert len(leaning) >= 80
    assert len({row["id"] for row in rows}) == len(rows)
    kinds = {"pronoun", "ellipsis", "what_about", "switch", "back", "alone"}
    assert set(Counter(row["kind"] for row in rows)) == kinds
    assert all(row["before"] and row["resolved"] for row in rows)
    assert all(("intent" in row) != ("evidence" in row) for row in rows)


def test_the_shop_lies_where_the_package_finds_it() -> None:
    assert Path(SHOP, "domain.toml").is_file()


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_to_train_on_are_none_to_test_on(language: str) -> None:
    training = [row["question"] for row in read(language, "questions.csv")]
    tested = [row["question"] for row in read(language, "questions_test.csv")]
    tested += [row["message"] for row in jsonl(language, "followups_test.jsonl")]
    tested += [row["resolved"] for row in jsonl(language, "followups_test.jsonl")]
    assert not too_alike((one, other) for one in training for other in tested)
    rows = [
        (normalise(one["question"]), one["evidence"]) for one in read(language, "questions.csv")
    ]
    assert len(set(rows)) == len(rows)


@cache
def said_in(language: str) -> tuple[str, ...]:
    """All that the FAQ, the documents and the dialogues of a language say."""
    folder = SHOP / language
    texts = [row["answer"] for row in read(language, "faq.csv")]
    texts += [path.read_text("utf-8") for path in folder.glob("documents/*.md")]
    texts += [turn["text"] for talk in jsonl(language, "dialogues.jsonl") for turn in talk["turns"]]
    return tuple(map(normalise, texts))


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_to_train_on_name_what_stands_in_the_shop(language: str) -> None:
    rows = read(language, "questions.csv")
    known = said_in(language)
    assert not [row for row in rows if not any(normalise(row["evidence"]) in t for t in known)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_follow_ups_to_develop_on_are_none_to_test_on(language: str) -> None:
    rows, tests = jsonl(language, "followups.jsonl"), jsonl(language, "followups_test.jsonl")
    assert len(rows) >= 100
    for row in rows:
        named = normalise(row.get("evidence", ""))
        assert row.get("intent") in DOMAIN["intents"] or any(
            named in text for text in said_in(row["language"])
        )
    tested = {(row["before"][-1], row["message"]) for row in tests}
    assert not tested & {(row["before"][-1], row["message"]) for row in rows}

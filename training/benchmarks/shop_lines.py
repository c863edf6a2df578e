"""The sample shop's test lines, each with what it is to come to. Knows no model."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.conversation_file import Answers, read_answers
from knowledge.types import LANGUAGES, OUT_OF_SCOPE, Language

ALONE = "alone"
"""The kind of follow-up that has nothing to do with what was said before."""
CONVERSATIONS = "conversations"
"""The folder of conversation tests."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message with the intent it has, or words of the passage that answers it.

    `before` are the customer's messages so far, `kind` how a follow-up leans on them. Each of
    `same_answer` are words of a passage that answers the intent's question as the intent does.
    """

    text: str
    language: Language
    intent: str = ""
    evidence: str = ""
    before: tuple[str, ...] = ()
    kind: str = ""
    same_answer: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """What it is to come to."""
        return self.intent or repr(self.evidence)


@dataclass(frozen=True, slots=True)
class Lines:
    """All test lines of one language."""

    utterances: tuple[Line, ...]
    outside: tuple[Line, ...]
    near_misses: tuple[Line, ...]
    questions: tuple[Line, ...]
    follow_ups: tuple[Line, ...]


def read_lines(data: Path, language: Language) -> Lines:
    """Read the test files of `data`/`language`; one that is not there has no lines."""
    folder = data / language
    same = _same_answers(folder / "same_answer_test.csv")
    utterances = _marked(_table(folder / "utterances_test.csv", language), same)
    return Lines(
        utterances=tuple(line for line in utterances if line.intent != OUT_OF_SCOPE),
        outside=tuple(line for line in utterances if line.intent == OUT_OF_SCOPE),
        near_misses=tuple(_table(folder / "near_misses_test.csv", language)),
        questions=tuple(_table(folder / "questions_test.csv", language)),
        follow_ups=_marked(_follow_ups(folder / "followups_test.jsonl", language), same),
    )


def read_developed(data: Path, language: Language) -> tuple[Line, ...]:
    """The follow-ups on which the rules are made, and which test nothing."""
    folder = data / language
    same = _same_answers(folder / "same_answer_test.csv")
    return _marked(_follow_ups(folder / "followups.jsonl", language), same)


def declared_answers(data: Path) -> Answers:
    """What the orders service answers, in either language's conversations."""
    folders = [data / language / CONVERSATIONS for language in LANGUAGES]
    return {key: answer for folder in folders for key, answer in read_answers(folder).items()}


def _table(path: Path, language: Language) -> Iterator[Line]:
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            text = row.get("text") or row["question"]
            yield Line(text, language, row.get("intent", ""), row.get("evidence", ""))


def _same_answers(path: Path) -> dict[str, tuple[str, ...]]:
    """By intent, words of the passages that answer its question as it does itself."""
    if not path.exists():
        return {}
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found[row["intent"]] += (row["evidence"],)
    return dict(found)


def _marked(lines: Iterator[Line], same: dict[str, tuple[str, ...]]) -> tuple[Line, ...]:
    return tuple(replace(line, same_answer=same.get(line.intent, ())) for line in lines)


def _follow_ups(path: Path, language: Language) -> Iterator[Line]:
    if not path.exists():
        return
    for written in path.read_text("utf-8").splitlines():
        if written.strip():
            yield _follow_up(json.loads(written), language)


def _follow_up(row: dict[str, Any], language: Language) -> Line:
    return Line(
        row["message"],
        row.get("language", language),
        row.get("intent", ""),
        row.get("evidence", ""),
        tuple(row["before"]),
        row["kind"],
    )

"""Measure what answers customers on frozen test sets, and write the report of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from bot.classifier import IntentHead
from knowledge.encoder import Encoder
from knowledge.language import folded
from knowledge.retriever import Retriever
from knowledge.types import Example, Language
from training.metrics import (
    IntentMetrics,
    RetrievalMetrics,
    measure_intents,
    measure_retrieval,
)
from training.moods import MoodMetrics

DEEPEST = 10
"""Passages looked at for recall and mean reciprocal rank."""

Question = tuple[str, str]
"""A test question and the text of its right answer."""


@dataclass(frozen=True)
class LanguageReport:
    """The figures of one language; None where it has no test rows of that sort."""

    intent: IntentMetrics | None
    retrieval: RetrievalMetrics | None
    mood: MoodMetrics | None = None


@dataclass(frozen=True)
class Report:
    """What a release is worth: by language, with the hash of the test rows behind it."""

    release: str
    created: str
    test_hash: str
    languages: Mapping[Language, LanguageReport]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "release": self.release,
            "created": self.created,
            "test_hash": self.test_hash,
            "languages": {
                language: {
                    "intent": report.intent and figures(report.intent),
                    "retrieval": report.retrieval and figures(report.retrieval),
                    "mood": report.mood and figures(report.mood),
                }
                for language, report in self.languages.items()
            },
        }

    def save(self, folder: Path) -> None:
        """Write `report.json` and `report.md` into `folder`."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1)
        (folder / "report.json").write_text(text, encoding="utf-8")
        (folder / "report.md").write_text(markdown(self), encoding="utf-8")


def evaluate_intents(
    head: IntentHead, encoder: Encoder, examples: Sequence[Example]
) -> IntentMetrics:
    """Measure an intent head and its encoder on labelled utterances."""
    texts = [example.text for example in examples]
    predictions = head.predict_all(texts, encoder.encode(texts))
    return measure_intents(predictions, [example.intent for example in examples])


def evaluate_retrieval(
    retriever: Retriever, encoder: Encoder, questions: Sequence[Question]
) -> RetrievalMetrics:
    """Measure passage search; any passage that holds the text of the right answer is right."""
    vectors = encoder.encode([question for question, _ in questions])
    ranks = []
    for (question, answer), vector in zip(questions, vectors, strict=True):
        hits = retriever.search(question, vector, DEEPEST)
        bodies = [folded(hit.passage.body) for hit in hits]
        right = folded(answer)
        ranks.append(next((rank for rank, body in enumerate(bodies, 1) if right in body), None))
    return measure_retrieval(ranks)


def figures(metrics: IntentMetrics | RetrievalMetrics | MoodMetrics) -> dict[str, Any]:
    """Return the figures without the row by row outcomes."""
    return {
        part.name: getattr(metrics, part.name) for part in fields(metrics) if part.name != "right"
    }


def rows_hash(rows: Sequence[object]) -> str:
    """Return a short SHA-256 over rows, whatever their order."""
    digest = hashlib.sha256("\n".join(sorted(map(repr, rows))).encode("utf-8", "replace"))
    return digest.hexdigest()[:16]


def markdown(report: Report) -> str:
    """Return the report as a page for a person."""
    lines = [f"# Release {report.release}", "", f"{report.created}, test rows {report.test_hash}"]
    for language, parts in report.languages.items():
        if parts.intent:
            lines += _intent_lines(language, parts.intent)
        if parts.retrieval:
            lines += _retrieval_lines(language, parts.retrieval)
        if parts.mood:
            lines += _mood_lines(language, parts.mood)
    return "\n".join(lines) + "\n"


def _intent_lines(language: Language, metrics: IntentMetrics) -> list[str]:
    low, high = metrics.accuracy_interval
    rows = [
        ("in-scope accuracy", metrics.in_scope_accuracy),
        ("in-scope accuracy at the thresholds", metrics.in_scope_accuracy_at_threshold),
        ("coverage (in-scope answered)", metrics.coverage),
        ("error rate (wrong among answered)", metrics.error_rate),
        ("out-of-scope recall", metrics.out_of_scope_recall),
        ("out-of-scope AUROC", metrics.out_of_scope_auroc),
        ("macro F1", metrics.macro_f1),
        ("expected calibration error", metrics.expected_calibration_error),
    ]
    lines = ["", f"## Intents, {language}", ""]
    lines += [f"n = {metrics.n}, accuracy {metrics.accuracy:.3f} [{low:.3f}, {high:.3f}]", ""]
    lines += ["| figure | value |", "| --- | --- |"]
    lines += [f"| {name} | {value:.3f} |" for name, value in rows if value is not None]
    lines += ["", "| intent | precision | recall | n |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {name} | {row['precision']:.2f} | {row['recall']:.2f} | {row['n']} |"
        for name, row in metrics.per_intent.items()
    ]
    if metrics.confused:
        lines += ["", "| true | taken for | times |", "| --- | --- | --- |"]
        lines += [f"| {true} | {taken} | {times} |" for true, taken, times in metrics.confused]
    return lines


def _retrieval_lines(language: Language, metrics: RetrievalMetrics) -> list[str]:
    low, high = metrics.recall_at_1_interval
    return [
        "",
        f"## Retrieval, {language}",
        "",
        f"n = {metrics.n}, recall@1 {metrics.recall_at_1:.3f} [{low:.3f}, {high:.3f}], "
        f"recall@5 {metrics.recall_at_5:.3f}, recall@10 {metrics.recall_at_10:.3f}, "
        f"MRR {metrics.mrr:.3f}",
    ]


def _mood_lines(language: Language, metrics: MoodMetrics) -> list[str]:
    low, high = metrics.accuracy_interval
    return [
        "",
        f"## Mood, {language}",
        "",
        f"n = {metrics.n}, accuracy {metrics.accuracy:.3f} [{low:.3f}, {high:.3f}], "
        f"macro F1 {metrics.macro_f1:.3f}",
        "",
        "| mood | precision | recall | n |",
        "| --- | --- | --- | --- |",
        *(
            f"| {name} | {row['precision']:.2f} | {row['recall']:.2f} | {row['n']} |"
            for name, row in metrics.per_mood.items()
        ),
    ]

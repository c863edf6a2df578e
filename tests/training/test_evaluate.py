import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.types import Prediction
from knowledge.database import Database
from knowledge.index import Index
from knowledge.retriever import Fusion, Retriever
from knowledge.store import PassageStore
from knowledge.types import Example, Hit, Passage
from tests.fakes import HashingEncoder
from training.evaluate import (
    DEEPEST,
    LanguageReport,
    Report,
    evaluate_intents,
    evaluate_retrieval,
    figures,
    markdown,
    rows_hash,
)
from training.metrics import measure_intents, measure_retrieval

ENCODER = HashingEncoder()


def said(intent: str, accepted: bool = True) -> Prediction:
    return Prediction(intent, 0.9, ((intent, 0.9),), 0.1, accepted)


class FirstWordHead:
    """Takes a text's first word for its intent; checks that each text comes with its vector."""

    def predict_all(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> list[Prediction]:
        np.testing.assert_array_equal(vectors, ENCODER.encode(texts))
        return [said(text.split()[0]) for text in texts]


class FixedRetriever:
    """Finds the same passages for every question."""

    def __init__(self, *bodies: str) -> None:
        self.hits = [
            Hit(Passage(number, "faq", "en", "?", "?", body, "faq", True), 0.5)
            for number, body in enumerate(bodies, start=1)
        ]

    def search(self, text: str, vector: NDArray[np.float32], k: int) -> list[Hit]:
        assert k == DEEPEST
        np.testing.assert_array_equal(vector, ENCODER.encode([text])[0])
        return self.hits


@pytest.fixture
def report() -> Report:
    intents = measure_intents(
        [said("refund"), said("order"), said("refund"), said("order", accepted=False)],
        ["refund", "order", "order", "oos"],
    )
    english = LanguageReport(intents, measure_retrieval([1, 3, None]))
    chinese = LanguageReport(measure_intents([said("order")], ["order"]), None)
    return Report("r0002", "2026-03-04", "abc", {"en": english, "zh": chinese})


def test_intents_are_measured_on_the_text_and_its_vector() -> None:
    examples = [Example("refund it", "refund", "en"), Example("refund me", "order", "en")]
    found = evaluate_intents(cast(Any, FirstWordHead()), ENCODER, examples)
    assert (found.n, found.in_scope_accuracy) == (2, 0.5)
    assert found.right.tolist() == [True, False]


def test_right_passage_is_the_one_with_the_text_of_the_answer() -> None:
    retriever = FixedRetriever("Yes.", "It costs  $5.", "No.")
    questions = [("a", "Yes."), ("b", "It costs $5.\n"), ("c", "No."), ("d", "Perhaps.")]
    found = evaluate_retrieval(cast(Any, retriever), ENCODER, questions)
    assert found.right.tolist() == [True, False, False, False]
    assert found.recall_at_5 == 0.75
    assert found.mrr == pytest.approx((1 + 1 / 2 + 1 / 3) / 4)


def test_retrieval_is_measured_on_a_real_store_and_index(tmp_path: Path) -> None:
    keys = ["How much is shipping?", "Is there a shop to visit?", "Do you wrap gifts?"]
    database = Database(tmp_path / "x.db")
    store = PassageStore(database, lambda: "now")
    store.add(Passage(0, "faq", "en", key, key, f"{key} Yes.", "faq", True) for key in keys)
    passages = store.all()
    index = Index.build(
        [each.id for each in passages],
        ENCODER.encode([each.key for each in passages]),
        release="r",
        generation=store.generation,
    )
    retriever = Retriever(store, index, Fusion(), "en")
    questions = [("what is shipping, how much", f"{keys[0]} Yes."), ("gifts", "Gone.")]
    found = evaluate_retrieval(retriever, ENCODER, questions)
    database.close()
    assert found.right.tolist() == [True, False]


def test_report_on_the_disk_holds_every_figure_and_no_rows(report: Report, tmp_path: Path) -> None:
    report.save(tmp_path)
    read = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (read["release"], read["created"], read["test_hash"]) == ("r0002", "2026-03-04", "abc")
    english = read["languages"]["en"]
    assert english["intent"]["in_scope_accuracy"] == pytest.approx(2 / 3)
    assert english["intent"]["per_intent"]["order"]["n"] == 2
    assert english["intent"]["confused"] == [["order", "refund", 1]]
    assert english["retrieval"]["recall_at_1"] == pytest.approx(1 / 3)
    assert read["languages"]["zh"]["retrieval"] is None
    assert "right" not in english["intent"]
    assert "right" not in english["retrieval"]


def test_page_shows_figures_intents_and_confusions(report: Report, tmp_path: Path) -> None:
    report.save(tmp_path)
    page = (tmp_path / "report.md").read_text("utf-8")
    assert page == markdown(report)
    for line in (
        "# Release r0002",
        "2026-03-04, test rows abc",
        "## Intents, en",
        "n = 4, accuracy 0.750 [0.301, 0.954]",
        "| in-scope accuracy | 0.667 |",
        "| error rate (wrong among answered) | 0.333 |",
        "| out-of-scope recall | 1.000 |",
        "| order | 1.00 | 0.50 | 2 |",
        "| order | refund | 1 |",
        "## Retrieval, en",
        "n = 3, recall@1 0.333 [0.061, 0.792], recall@5 0.667, recall@10 0.667, MRR 0.444",
        "## Intents, zh",
    ):
        assert line in page.splitlines(), line
    chinese = page.partition("## Intents, zh")[2]
    assert "out-of-scope" not in chinese  # no such rows
    assert "taken for" not in chinese  # no mistake
    assert "Retrieval" not in chinese


def test_page_of_nothing_but_out_of_scope_rows_has_no_empty_figures() -> None:
    outside = LanguageReport(measure_intents([said("order")], ["oos"]), None)
    page = markdown(Report("r1", "now", "h", {"en": outside}))
    assert "| out-of-scope recall | 0.000 |" in page
    assert "macro F1" not in page


def test_figures_are_all_fields_but_the_rows(report: Report) -> None:
    retrieval = report.languages["en"].retrieval
    assert retrieval is not None
    assert set(figures(retrieval)) == {
        "n",
        "recall_at_1",
        "recall_at_1_interval",
        "recall_at_5",
        "recall_at_10",
        "mrr",
    }


def test_hash_of_rows_knows_every_row_and_no_order() -> None:
    rows: list[object] = [Example("退货", "return", "zh"), ("q", "a"), ("q", "b")]
    assert rows_hash(rows) == rows_hash(rows[::-1])
    assert len(rows_hash(rows)) == 16
    others = [rows[:2], [*rows, rows[0]], [replace(cast(Example, rows[0]), intent="x"), *rows[1:]]]
    assert len({rows_hash(each) for each in [rows, *others]}) == 4

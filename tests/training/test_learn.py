"""Which rows an encoder is fine-tuned on and which are kept to calibrate; the tuning is a fake."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.types import Example
from knowledge.weights import silent
from tests.fakes import HashingEncoder
from training import learn as module
from training.finetune import FinetuneJob
from training.learn import CROSS_FIT_ROWS, LARGE_ROWS, Learned, Options, learn_encoder

FULL = Options("en", "full", 0, "tiny")


@dataclass
class Tuned:
    """What a fake tuning comes to; its model is the encoder itself."""

    job: FinetuneJob
    epoch: int = 3


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[FinetuneJob]:
    """The jobs that were tuned, in their order."""
    done: list[FinetuneJob] = []

    def tune(job: FinetuneJob, _progress: object) -> Any:
        done.append(job)
        result: Any = Tuned(job)
        result.model = None
        return result

    def vectors(_model: object, texts: Sequence[str]) -> np.ndarray:
        return HashingEncoder().encode(texts)

    monkeypatch.setattr(module, "finetune", tune)
    monkeypatch.setattr(module, "_export", lambda _tuned, _out: HashingEncoder())
    monkeypatch.setattr(module, "vectors_of", vectors)
    return done


def rows(count: int) -> list[Example]:
    return [Example(f"row {n}", f"intent{n % 4}", "en") for n in range(count)]


def learned(count: int, folder: Path, dev: int = 0) -> Learned:
    given = rows(count + dev)
    return learn_encoder(given[:count], [], FULL, folder, silent, given[count:])


@pytest.mark.parametrize(
    ("count", "held"),
    [(CROSS_FIT_ROWS + 20, (CROSS_FIT_ROWS + 20) // 5), (LARGE_ROWS + 20, (LARGE_ROWS + 20) // 10)],
)
def test_many_rows_are_tuned_once_with_a_part_held_out(
    jobs: list[FinetuneJob], tmp_path: Path, count: int, held: int
) -> None:
    found = learned(count, tmp_path)
    [job], [fold] = jobs, found.folds
    assert (len(job.examples), len(job.dev_examples)) == (count - held, held)
    assert job.examples == [rows(count)[i] for i in fold.fit]
    assert job.dev_examples == [rows(count)[i] for i in fold.held]
    assert sorted([*fold.fit, *fold.held]) == list(range(count))
    assert (found.teaching, found.vectors.shape) == (count, (count, 64))


def test_few_rows_are_tuned_on_each_half_and_then_on_all(
    jobs: list[FinetuneJob], tmp_path: Path
) -> None:
    found = learned(CROSS_FIT_ROWS, tmp_path)
    half = CROSS_FIT_ROWS // 2
    assert [len(job.examples) for job in jobs] == [half, half, CROSS_FIT_ROWS]
    assert [len(fold.held) for fold in found.folds] == [half, half]
    assert jobs[2].schedule.epochs == 3


@pytest.mark.parametrize("count", [40, CROSS_FIT_ROWS + 20])
def test_dev_rows_are_those_held_out(jobs: list[FinetuneJob], tmp_path: Path, count: int) -> None:
    found = learned(count, tmp_path, dev=12)
    [job], [fold] = jobs, found.folds
    assert (len(job.examples), len(job.dev_examples)) == (count, 12)
    assert fold.held.tolist() == list(range(count, count + 12))
    assert found.teaching == count

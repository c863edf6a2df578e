"""Teach one language: its encoder (frozen or fine-tuned), then the intent head on top.

The `fast` preset keeps the pretrained encoder. The `full` one fine-tunes it on intents and
question/answer pairs together; the head is then calibrated on rows which the encoder that judges
them has not seen: small sets are fine-tuned three times (twice on a half, then on everything),
large ones once, with a part held out that also chooses the epoch.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from bot.classifier import Floats, IntentHead
from bot.settings import Settings
from knowledge.encoder import OnnxEncoder
from knowledge.types import Example, Language, Progress
from knowledge.weights import DEFAULTS
from training.calibration import Ints
from training.export import base_folder, export_encoder
from training.finetune import FinetuneJob, FinetuneResult, Schedule, finetune
from training.head import Fold, fit_head, frozen_folds, split_rows
from training.model import vectors_of

Preset = Literal["fast", "full"]
Pair = tuple[str, str]

CROSS_FIT_ROWS = 1000
"""Up to so many utterances two halves are fine-tuned for calibration; above, a part is held out."""
LARGE_ROWS = 5000
"""Above so many utterances a tenth is enough to calibrate on; below, a fifth is held out."""


@dataclass(frozen=True)
class Options:
    """How to train one language; `weights` is a catalogue name or a folder."""

    language: Language
    preset: Preset
    seed: int
    weights: str

    @classmethod
    def of(cls, language: Language, preset: Preset, seed: int, weights: str | None) -> "Options":
        """Return options with the language's default weights where none are named."""
        return cls(language, preset, seed, weights or DEFAULTS[language])

    @classmethod
    def of_home(
        cls, settings: Settings, language: Language, preset: Preset | None, seed: int | None
    ) -> "Options":
        """Return the options of a home's settings, with what the call says instead."""
        training = settings.training
        weights = training.encoder_en if language == "en" else training.encoder_zh
        chosen = training.seed if seed is None else seed
        return cls(language, preset or training.preset, chosen, weights)


@dataclass(frozen=True)
class Learned:
    """An encoder, the vectors of the examples (n, D), and the folds to calibrate on.

    The first `teaching` examples teach; dev rows after them only calibrate.
    """

    encoder: OnnxEncoder
    vectors: Floats
    folds: list[Fold]
    teaching: int


def learn_encoder(
    examples: Sequence[Example],
    pairs: Sequence[Pair],
    options: Options,
    out: Path,
    progress: Progress,
    dev: Sequence[Example] = (),
) -> Learned:
    """Write the encoder into `out`; `dev` rows choose the epoch and calibrate, and never teach.

    The vectors and folds are those of `examples` followed by `dev`.
    """
    rows = [*examples, *dev]
    texts = [row.text for row in rows]
    labels = [row.intent for row in rows]
    if options.preset == "fast" or not (rows or pairs):
        shutil.copytree(
            base_folder(options.language, options.weights, progress), out, dirs_exist_ok=True
        )
        encoder = OnnxEncoder.load(out)
        vectors = encoder.encode(texts)
        folds = _frozen(labels, vectors, len(examples), options.seed)
        return Learned(encoder, vectors, folds, len(examples))
    if not rows:
        encoder = _export(_tune(options, [], pairs, progress), out)
        return Learned(encoder, encoder.encode([]), [], 0)
    if dev or len(rows) > CROSS_FIT_ROWS:
        fit, held = _one_split(labels, len(examples), options.seed)
        tuned = _tune(options, [rows[i] for i in fit], pairs, progress, [rows[i] for i in held])
        encoder = _export(tuned, out)
        vectors = encoder.encode(texts)
        return Learned(encoder, vectors, [Fold(fit, held, vectors)], len(examples))
    folds, epochs = _cross_fit(rows, pairs, options, progress)
    encoder = _export(_tune(options, rows, pairs, progress, epochs=epochs), out)
    return Learned(encoder, encoder.encode(texts), folds, len(rows))


def learn_intents(
    examples: Sequence[Example],
    learned: Learned,
    error_budget: float,
    progress: Progress,
    known: Sequence[str] = (),
) -> IntentHead:
    """Fit the intent head on the rows of `learned`; the words of the texts `known` are no news.

    Raises DeskmateError for too few rows.
    """
    texts = [example.text for example in examples]
    labels = [example.intent for example in examples]
    folds, teaching = learned.folds, learned.teaching
    return fit_head(texts, labels, learned.vectors, folds, error_budget, progress, teaching, known)


def _frozen(labels: list[str], vectors: Floats, examples: int, seed: int) -> list[Fold]:
    if not labels:
        return []
    if examples == len(labels):
        return frozen_folds(labels, vectors, seed)
    return [Fold(np.arange(examples), np.arange(examples, len(labels)), vectors)]


def _one_split(labels: list[str], examples: int, seed: int) -> tuple[Ints, Ints]:
    """Return the rows that teach and those held out: the dev rows where there are any."""
    if examples < len(labels):
        return np.arange(examples), np.arange(examples, len(labels))
    return split_rows(labels, seed, 10 if examples > LARGE_ROWS else 5)[0]


def _cross_fit(
    rows: list[Example], pairs: Sequence[Pair], options: Options, progress: Progress
) -> tuple[list[Fold], int]:
    """Fine-tune on each half for the other; returns the folds and the epochs that were best."""
    folds, epochs = [], []
    for fit, held in split_rows([row.intent for row in rows], options.seed, parts=2):
        tuned = _tune(options, [rows[i] for i in fit], pairs, progress, [rows[i] for i in held])
        folds.append(Fold(fit, held, vectors_of(tuned.model, [row.text for row in rows])))
        epochs.append(tuned.epoch)
    return folds, max(1, round(sum(epochs) / len(epochs)))


def _tune(
    options: Options,
    examples: Sequence[Example],
    pairs: Sequence[Pair],
    progress: Progress,
    dev: Sequence[Example] = (),
    epochs: int | None = None,
) -> FinetuneResult:
    """Fine-tune with the best epoch chosen on `dev`, or for exactly `epochs`."""
    schedule = Schedule()
    if epochs is not None:
        schedule = replace(schedule, epochs=epochs, most_epochs=epochs, least_steps=0, held_out=0.0)
    job = FinetuneJob(
        weights=options.weights,
        examples=examples,
        pairs=pairs,
        dev_examples=dev,
        seed=options.seed,
        schedule=schedule,
    )
    return finetune(job, progress)


def _export(tuned: FinetuneResult, out: Path) -> OnnxEncoder:
    return export_encoder(tuned.model, out, tuned.meta)

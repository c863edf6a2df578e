"""Fine-tune one encoder on intents and on question/answer pairs, both in one run.

Owns the training loop, which is the sentence-transformers trainer with two datasets and two
losses. Everything stays in memory: nothing is written outside a temporary folder.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from datasets import Dataset
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.base.sampler import DefaultBatchSampler, NoDuplicatesBatchSampler
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from torch import nn
from transformers import PrinterCallback, set_seed

from knowledge.encoder import EncoderMeta
from knowledge.types import Progress
from knowledge.weights import describe, resolve, silent
from training.batches import LengthBatchSampler
from training.epochs import EpochKeeper
from training.job import FinetuneError, FinetuneJob, Rows, Schedule, arrange
from training.losses import HEAD_PARAMETER, IntentLoss, class_means
from training.model import body_of, load_model, quiet, vectors_of
from training.validation import Score

__all__ = ["FinetuneError", "FinetuneJob", "FinetuneResult", "Schedule", "finetune"]

INTENTS, ANSWERS = "intents", "answers"


@dataclass(frozen=True)
class FinetuneResult:
    """The model of the epoch that was kept; `history` is empty without validation rows."""

    model: SentenceTransformer
    meta: EncoderMeta
    epoch: int
    history: tuple[Score, ...]


def finetune(job: FinetuneJob, progress: Progress = silent) -> FinetuneResult:
    """Train and return the best epoch's model; `progress` counts steps.

    The same job gives the same model on the same machine. Raises FinetuneError and WeightsError.
    """
    rows = arrange(job)
    folder = resolve(job.weights, progress=progress)
    meta = describe(job.weights, folder)
    with quiet(), tempfile.TemporaryDirectory() as scratch:
        set_seed(job.seed)
        model = load_model(folder, meta)
        body = body_of(model)
        body.transformer.get_input_embeddings().requires_grad_(job.schedule.trains_words)
        with body.fast():
            intents = _intent_loss(model, rows, job.schedule.scale) if rows.texts else None
            keeper = EpochKeeper(model, intents, rows.validation, job.schedule.patience, progress)
            trainer = _trainer(job, model, rows, intents, scratch)
            trainer.add_callback(keeper)
            trainer.train()
        keeper.restore()
    return FinetuneResult(model.eval(), meta, keeper.epoch, tuple(keeper.history))


def _intent_loss(model: SentenceTransformer, rows: Rows, scale: float) -> IntentLoss:
    vectors = torch.from_numpy(vectors_of(model, rows.texts))
    return IntentLoss(model, class_means(vectors, torch.tensor(rows.labels)), scale)


class _Trainer(SentenceTransformerTrainer):
    """The library's trainer without its model card, which would look things up on the hub."""

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """Add none."""


def _trainer(
    job: FinetuneJob,
    model: SentenceTransformer,
    rows: Rows,
    intents: IntentLoss | None,
    scratch: str,
) -> SentenceTransformerTrainer:
    datasets: dict[str, Dataset] = {}
    losses: dict[str, nn.Module] = {}
    rates: dict[str, float] = {}
    if intents is not None:
        datasets[INTENTS] = Dataset.from_dict({"text": rows.texts, "label": rows.labels})
        losses[INTENTS] = intents
        rates[HEAD_PARAMETER] = job.schedule.head_learning_rate
    if rows.pairs:
        questions, answers = zip(*rows.pairs, strict=True)
        datasets[ANSWERS] = Dataset.from_dict({"question": questions, "answer": answers})
        losses[ANSWERS] = MultipleNegativesRankingLoss(model)
    arguments = SentenceTransformerTrainingArguments(
        output_dir=scratch,
        num_train_epochs=job.schedule.epochs_for(sum(map(len, datasets.values()))),
        per_device_train_batch_size=job.schedule.batch_size,
        batch_sampler=_sampler(body_of(model).lengths(rows.texts)),
        learning_rate=job.schedule.learning_rate,
        learning_rate_mapping=rates,
        warmup_steps=job.schedule.warmup,
        weight_decay=0.01,
        seed=job.seed,
        use_cpu=True,
        dataloader_pin_memory=False,
        disable_tqdm=True,
        report_to="none",
        logging_strategy="no",
        save_strategy="no",
        eval_strategy="no",
    )
    trainer = _Trainer(model=model, args=arguments, train_dataset=datasets, loss=losses)
    trainer.remove_callback(PrinterCallback)
    return trainer


def _sampler(lengths: list[int]) -> Callable[..., DefaultBatchSampler]:
    """Batch intents by length; a batch of pairs never holds the same answer twice."""

    def choose(dataset: Dataset, batch_size: int, seed: int, **others: Any) -> DefaultBatchSampler:
        if "label" in dataset.column_names:
            return LengthBatchSampler(lengths, batch_size, seed)
        return NoDuplicatesBatchSampler(dataset, batch_size=batch_size, seed=seed, **others)

    return choose

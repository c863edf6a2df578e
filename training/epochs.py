"""Watch a training run: report steps, score epochs, keep the best, stop when none is better."""

import logging
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from knowledge.types import Progress
from training.losses import IntentLoss
from training.validation import Score, Validation

log = logging.getLogger(__name__)


class EpochKeeper(TrainerCallback):
    """Keeps the weights of the best epoch in memory; without validation rows, the last epoch's."""

    def __init__(
        self,
        model: SentenceTransformer,
        intents: IntentLoss | None,
        validation: Validation,
        patience: int,
        progress: Progress,
    ) -> None:
        self.history: list[Score] = []
        self.epoch = 0
        self._model = model
        self._intents = intents
        self._validation = validation
        self._patience = patience
        self._progress = progress
        self._best: dict[str, torch.Tensor] = {}

    def on_step_end(  # type: ignore[override]  # the arguments go by place
        self, _: TrainingArguments, state: TrainerState, *__: Any, **___: Any
    ) -> None:
        self._progress(state.global_step, state.max_steps, "fine-tuning")

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        number = round(state.epoch or 0)
        if not self._validation:
            self.epoch = number
            return
        score = self._validation.score(self._model, self._intents, number)
        log.info("epoch %d of %g: %s", number, args.num_train_epochs, score)
        self._model.train()
        self._keep(score)
        control.should_training_stop |= number - self.epoch >= self._patience

    def restore(self) -> None:
        """Put the best epoch's weights back into the model."""
        self._model.load_state_dict(self._best, strict=False)

    def _keep(self, score: Score) -> None:
        best = max(self.history, key=lambda each: each.rank, default=None)
        self.history.append(score)
        if best is None or score.rank > best.rank:
            self.epoch = score.epoch
            named = self._model.named_parameters()
            self._best = {name: p.detach().clone() for name, p in named if p.requires_grad}

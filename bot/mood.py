"""The mood head: from the vector that a message already has to the customer's mood.

A multinomial logistic layer, calibrated when it was fitted (`training.moods`). Only numpy: a head
is two plain arrays. Knows nothing of how the vector came about.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import get_args
from zipfile import BadZipFile

import numpy as np

from bot.classifier import Floats, softmax
from bot.types import Mood
from knowledge.errors import DeskmateError

MOODS: tuple[Mood, ...] = get_args(Mood)
"""The order of a head's columns: negative, neutral, positive."""
MOOD_FILE = "mood.npz"


@dataclass(frozen=True)
class MoodHead:
    """Tells a mood from a vector of D numbers; the columns are in the order of `MOODS`."""

    weights: Floats  # (D, 3), the fitted temperature is divided in
    bias: Floats  # (3,)

    def probabilities(self, vectors: Floats) -> Floats:
        """Return calibrated probabilities of `MOODS`, (..., 3), of float32 vectors (..., D)."""
        return softmax(vectors @ self.weights + self.bias)

    def predict(self, vector: Floats) -> Mood:
        """Return the most probable mood of one message; `vector` is (D,) float32, unit length."""
        return MOODS[int(self.probabilities(vector).argmax())]

    def save(self, folder: Path) -> None:
        """Write `mood.npz` into `folder`."""
        np.savez(folder / MOOD_FILE, **vars(self))

    @classmethod
    def load(cls, folder: Path) -> "MoodHead | None":
        """Read a head written by `save`; None where the release came before there were any.

        Raises DeskmateError when it is torn.
        """
        path = folder / MOOD_FILE
        if not path.exists():
            return None
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                head = cls(stored["weights"], stored["bias"])
            if head.weights.ndim != 2 or {head.weights.shape[1:], head.bias.shape} != {(3,)}:
                raise ValueError(f"arrays of shape {head.weights.shape} and {head.bias.shape}")
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise DeskmateError(
                f"{path}: expected a mood head, found {error}; train again or roll back"
            ) from error
        return head

"""Whether a message is about the shop at all, judged by its vector.

A passage answers only what the shop's own knowledge is about: "what is Amazon's return policy?" is
near the shop's policy in words and meaning, and yet no question for it. Knows no text.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import DeskmateError

ARRAYS_FILE = "belonging.npz"
SETTINGS_FILE = "belonging.json"
CLOSEST = 3
"""Texts nearest to a message, on either side, whose likeness counts."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Scale:
    """Logistic coefficients: of the line's score, of the likeness to the shop's own, a constant."""

    line: float
    likeness: float
    constant: float


class Belonging:
    """Tells texts of the shop, (n, D) `inside`, from others, (m, D) `outside`.

    `line` (D + 1,) are the weights of the line between them, the bias last.
    """

    def __init__(self, scale: Scale, line: Floats, inside: Floats, outside: Floats) -> None:
        self.scale = scale
        self.line = line
        self.inside = inside
        self.outside = outside

    def signs(self, vectors: Floats) -> Floats:
        """The line's score and the lead of the likeness to the shop's own, (n, 2)."""
        scores = vectors @ self.line[:-1] + self.line[-1]
        lead = _likeness(vectors, self.inside) - _likeness(vectors, self.outside)
        return np.stack([scores, lead], axis=1)

    def probabilities(self, vectors: Floats) -> Floats:
        """The probability that each message is about the shop, (n,)."""
        signs = self.signs(vectors)
        z = signs @ np.array([self.scale.line, self.scale.likeness]) + self.scale.constant
        found: Floats = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
        return found

    def save(self, folder: Path) -> None:
        """Write `belonging.npz` and `belonging.json` into `folder`."""
        np.savez(folder / ARRAYS_FILE, line=self.line, inside=self.inside, outside=self.outside)
        (folder / SETTINGS_FILE).write_text(json.dumps(asdict(self.scale)), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Belonging | None":
        """Read what `save` wrote; None where nothing was. Raises DeskmateError when it is torn."""
        if not (folder / SETTINGS_FILE).exists():
            return None
        try:
            scale = Scale(**json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8")))
            with (
                (folder / ARRAYS_FILE).open("rb") as file,
                np.load(file, allow_pickle=False) as stored,
            ):
                return cls(scale, stored["line"], stored["inside"], stored["outside"])
        except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
            raise DeskmateError(
                f"{folder}: expected {SETTINGS_FILE} and {ARRAYS_FILE}, found {error}; "
                "train again or roll back"
            ) from error


def _likeness(vectors: Floats, texts: Floats) -> Floats:
    """The mean cosine to the closest texts, (n,)."""
    cosines = vectors @ texts.T
    count = min(CLOSEST, texts.shape[0])
    closest = np.partition(cosines, -count, axis=1)[:, -count:]
    likeness: Floats = closest.mean(axis=1)
    return likeness

"""Fakes for the model border: small, deterministic, without weights."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.language import model_text

_WORD = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]")


class HashingEncoder:
    """A bag of words hashed into `dimension` signed buckets: same words, same vector.

    Chinese counts by character. Texts that share most of their words come out close.
    """

    name = "hashing"

    def __init__(self, dimension: int = 64) -> None:
        self.dimension = dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension) float32, unit length (an empty text is the first unit vector)."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(model_text(text).lower()):
                digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
                bucket = int.from_bytes(digest[:4], "big") % self.dimension
                vectors[row, bucket] += 1.0 if digest[4] & 1 else -1.0
            if not vectors[row].any():
                vectors[row, 0] = 1.0
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

"""Groups texts by their vectors and says what each group is about. Pure."""

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np

from bot.classifier import Floats
from knowledge import words
from knowledge.types import Language


def densest_first(vectors: Floats, alike: float) -> list[list[int]]:
    """Group the rows of `vectors` (n, D), unit length: each row is in one group.

    The row with most others as close as `alike` takes them all; then the same with what is left.
    A group's first row is its leader.
    """
    close = vectors @ vectors.T >= alike
    np.fill_diagonal(close, True)
    groups = []
    left = np.ones(len(vectors), dtype=bool)
    while left.any():
        around = (close & left).sum(axis=1) * left
        leader = int(around.argmax())
        members = np.flatnonzero(close[leader] & left).tolist()
        groups.append([leader, *(row for row in members if row != leader)])
        left[members] = False
    return groups


def by_centrality(vectors: Floats) -> list[int]:
    """The rows of `vectors` (n, D), unit length, the nearest to their centre first."""
    nearness = vectors @ vectors.mean(axis=0)
    order: list[int] = np.argsort(-nearness, kind="stable").tolist()
    return order


class TellingWords:
    """Which words a group of texts uses that the other texts of its language do not."""

    def __init__(self, texts: Sequence[str], language: Language) -> None:
        self._words = {text: frozenset(words.asked(text, language)) for text in texts}
        self._used_in = Counter(word for used in self._words.values() for word in used)

    def of(self, texts: Sequence[str], most: int) -> tuple[str, ...]:
        """At most `most` words of `texts`: used in many of them and in few of the others."""
        wordings = set(texts)
        inside = Counter(word for text in wordings for word in self._words[text])
        rare = {word: log(1 + len(self._words) / self._used_in[word]) for word in inside}
        least = 2 if len(wordings) > 1 else 1
        found = [word for word in inside if inside[word] >= least and len(word) < 40]
        found.sort(key=lambda word: (-inside[word] * rare[word], word))
        return tuple(found[:most])

"""The sentences of passages as vectors of their own: which passage says what a question asks.

A long answer has one vector that means a little of everything; the sentence that answers means
one thing. Owns what counts as a sentence of a passage, and the ids of sentences in an `Index`.
Knows no encoder and no file.
"""

import re

import numpy as np
from numpy.typing import NDArray

from knowledge.index import Ids, Index, contained
from knowledge.language import sentences
from knowledge.types import Passage

PLACES = 32
"""Sentences of a passage that are looked at; the sentence at `place` is `id * PLACES + place`."""
LEAST_SIGNS = 3
"""Words, or Chinese signs, of a sentence that stands by itself."""
_SIGN = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]")
_TIMES = 3
"""Several of the nearest sentences may stand in one passage, hence so many more are looked at."""


def part_text(passage: Passage, sentence: str) -> str:
    """The form in which a sentence of `passage` is embedded.

    A section of a document says under its heading what it does not say again.
    """
    if passage.kind != "doc":
        return sentence
    heading = passage.title.rsplit(" > ", 1)[-1]
    return f"{heading}: {sentence}" if heading else sentence


def part_texts(passage: Passage) -> list[str]:
    """What is embedded of the first sentences of a passage, at most `PLACES`, in their order."""
    return [part_text(passage, each) for each in telling(sentences(passage.body))[:PLACES]]


def telling(parts: list[str]) -> list[str]:
    """The sentences, a stub such as "Yes." or "No problem." joined to the one after it.

    By itself it would be the nearest sentence to any short reply.
    """
    joined: list[str] = []
    for part in reversed(parts):
        if joined and len(_SIGN.findall(part)) < LEAST_SIGNS:
            joined[-1] = f"{part} {joined[-1]}"
        else:
            joined.append(part)
    return joined[::-1]


class Parts:
    """Searches passages by their sentences; safe to share among threads."""

    def __init__(self, index: Index, places: int = PLACES) -> None:
        """`places` is how many ids each passage has."""
        self._index = index
        self._places = places

    def nearest(self, vector: NDArray[np.float32], k: int, among: Ids) -> Ids:
        """The passages, ascending, that hold the nearest sentences to a unit vector (dimension,).

        At most `k`, fewer where many of the nearest sentences are of one passage; only ids in
        `among`, which are ascending.
        """
        near, _ = self._index.search(vector, _TIMES * k)
        allowed = contained(near // self._places, among)
        found = _first(near[allowed] // self._places, k)
        if len(found) == k or allowed.all():
            return found
        # Only now, since naming every sentence that is allowed takes longer than the search.
        near, _ = self._index.search(vector, _TIMES * k, self._of(among)[0])
        return _first(near // self._places, k)

    def best(self, vector: NDArray[np.float32], ids: Ids) -> NDArray[np.float32]:
        """The cosine (n,) of each passage's nearest sentence; 0 where none is indexed."""
        sentence_ids, counts = self._of(ids)
        found = np.zeros(len(ids), np.float32)
        if len(sentence_ids):
            starts = np.cumsum(counts) - counts
            cosines = self._index.cosines(vector, sentence_ids)
            found[counts > 0] = np.maximum.reduceat(cosines, starts[counts > 0])
        return found

    def _of(self, passage_ids: Ids) -> tuple[Ids, NDArray[np.int64]]:
        """The sentences of these passages, one passage after the other, and how many each has."""
        known = self._index.ids
        first = np.searchsorted(known, passage_ids * self._places)
        counts = np.searchsorted(known, (passage_ids + 1) * self._places) - first
        shift = np.repeat(first - (np.cumsum(counts) - counts), counts)
        return known[shift + np.arange(len(shift))], counts


def _first(passages: Ids, k: int) -> Ids:
    """The first `k` distinct ones, ascending."""
    distinct, first = np.unique(passages, return_index=True)
    return np.sort(distinct[np.argsort(first)[:k]])

"""What only models say of a short list of turns: which ask for the same, where two voices differ.

Works with the vectors of the release that serves, and remembers them.
"""

import threading
from collections.abc import Mapping, Sequence

import numpy as np

from bot.classifier import Floats, IntentHead, neighbour_votes
from bot.mind import Component, Mind

AT_ONCE = 32
"""Texts encoded together: a customer's message waits for no more than that."""
MOST_VECTORS = 20_000
SAMPLE = 400
"""Training utterances compared with each other to find how close different intents come."""
UNALIKE_SHARE = 0.01
"""Of two utterances with different intents, so many are closer than what counts as alike."""
ALIKE_UNTAUGHT = 0.7
"""The cosine from which two messages are alike where no utterances were taught."""


class Vectors:
    """The vectors of messages for one release at a time. Threads may share it."""

    def __init__(self) -> None:
        self._release = ""
        self._known: dict[int, Floats] = {}
        self._lock = threading.Lock()

    def of(self, mind: Mind, component: Component, texts: Mapping[int, str]) -> Floats:
        """(n, D) float32 of `texts` by turn id, in their order; known ones are not encoded."""
        with self._lock:
            if self._release != mind.release or len(self._known) > MOST_VECTORS:
                self._release, self._known = mind.release, {}
            missing = [turn_id for turn_id in texts if turn_id not in self._known]
            for start in range(0, len(missing), AT_ONCE):
                part = missing[start : start + AT_ONCE]
                vectors = component.encoder.encode([texts[turn_id] for turn_id in part])
                self._known.update(zip(part, vectors, strict=True))
            return np.stack([self._known[turn_id] for turn_id in texts])


def clusters(vectors: Floats, alike: float) -> list[list[int]]:
    """Group rows of `vectors` (n, D): each joins the first group whose first row is as close.

    Rows within a group, and the groups, keep their order.
    """
    groups: list[list[int]] = []
    for row, vector in enumerate(vectors):
        first = [group[0] for group in groups]
        close = np.flatnonzero(vectors[first] @ vector >= alike).tolist()
        if close:
            groups[close[0]].append(row)
        else:
            groups.append([row])
    return groups


def alike_from(head: IntentHead | None) -> float:
    """The cosine that hardly any two utterances of different intents reach."""
    if head is None or len(head.settings.intents) < 2:
        return ALIKE_UNTAUGHT
    step = max(1, len(head.arrays.memory) // SAMPLE)
    memory, labels = head.arrays.memory[::step], head.arrays.memory_labels[::step]
    unalike = (memory @ memory.T)[labels[:, None] != labels[None, :]]
    return float(np.quantile(unalike, 1 - UNALIKE_SHARE)) if unalike.size else ALIKE_UNTAUGHT


def voices_differ(head: IntentHead, vectors: Floats) -> Sequence[bool]:
    """Say of each of `vectors` (n, D) whether neighbours and linear voice name another intent."""
    arrays, intents = head.arrays, len(head.settings.intents)
    shares, _ = neighbour_votes(vectors @ arrays.memory.T, arrays.memory_labels, intents)
    linear = vectors @ arrays.weights + arrays.bias
    differ: list[bool] = (shares.argmax(1) != linear.argmax(1)).tolist()
    return differ

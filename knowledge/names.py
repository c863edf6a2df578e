"""Which things passages name, so that what is said of one is no answer to a question about another.

Which names there are is not known here: whoever builds it hands in what finds them in a text.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from knowledge.store import PassageStore
from knowledge.types import Passage

Names = Callable[[str], frozenset[str]]
"""The things that a text names."""


def text_of(passage: Passage) -> str:
    """All that may name what a passage is about."""
    return f"{passage.title}\n{passage.key}\n{passage.body}"


@dataclass
class _Memory:
    """What the passages of one generation name, by id."""

    names: Names
    generation: int
    passages: dict[int, frozenset[str]] = field(default_factory=dict)


class PassageNames:
    """Remembers what each passage names until passages or names change; threads may share it."""

    def __init__(self, store: PassageStore, names: Callable[[], Names]) -> None:
        """`names` returns what finds names now, the same object while nothing has changed."""
        self._store = store
        self._names = names
        self._memory: _Memory | None = None

    def elsewhere(
        self, text: str, ids: NDArray[np.int64], generation: int, subject: str = ""
    ) -> NDArray[np.bool_]:
        """Whether each passage (n,) names other things than `text` does, and none of its own.

        A text that names nothing is about what the text `subject` names.
        """
        asked = self._names()(text) or self._names()(subject)
        if not asked:
            return np.zeros(len(ids), dtype=bool)
        memory = self._at(generation)
        missing = [each for each in ids.tolist() if each not in memory.passages]
        for passage in self._store.get(missing):
            memory.passages[passage.id] = memory.names(text_of(passage))
        named = [memory.passages.get(each, frozenset()) for each in ids.tolist()]
        return np.array([bool(each) and not each & asked for each in named], dtype=bool)

    def _at(self, generation: int) -> _Memory:
        names, memory = self._names(), self._memory
        if memory is None or memory.generation != generation or memory.names != names:
            memory = self._memory = _Memory(names, generation)
        return memory

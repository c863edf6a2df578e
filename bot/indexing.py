"""Keep the vector index of each release and language in step with the passage store.

The index is disposable: whatever is missing, torn or another release's is built again from the
store, and an edit touches only what changed.
"""

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Encoder
from knowledge.index import Index, IndexUnusableError
from knowledge.store import PassageStore
from knowledge.types import Language, Passage, Progress

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

ENCODED_AT_ONCE = 256


def index_path(folder: Path, release: str, language: Language) -> Path:
    """Return the file of a release's index for one language, below the home's index folder."""
    return folder / f"{release}-{language}.faiss"


class Indexer:
    """Builds and updates the index of one language for one release."""

    def __init__(
        self, store: PassageStore, encoder: Encoder, language: Language, release: str
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._language: Language = language
        self._release = release

    def open(self, path: Path, progress: Progress | None = None) -> Index:
        """Load the index at `path` and bring it up to date, or build and save it."""
        try:
            index = Index.load(path, self._release)
            if index.generation > self._store.generation:
                raise IndexUnusableError(f"{path}: expected no newer knowledge than the store's")
        except IndexUnusableError as error:
            if path.exists():
                log.warning("index of %s is rebuilt: %s", self._language, error)
            return self.rebuild(path, progress)
        if self.catch_up(index, progress):
            index.save(path)
        return index

    def rebuild(self, path: Path, progress: Progress | None = None) -> Index:
        """Build the index from the whole store and save it."""
        generation = self._store.generation
        passages = self._store.all(self._language)
        index = Index.build(
            [passage.id for passage in passages],
            self._encode(passages, progress),
            release=self._release,
            generation=generation,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        index.save(path)
        return index

    def catch_up(self, index: Index, progress: Progress | None = None) -> bool:
        """Apply to `index` what changed in the store since; True when anything did."""
        generation = self._store.generation
        if generation == index.generation:
            return False
        changed, removed = self._store.changes_since(index.generation, self._language)
        index.remove(removed)
        if changed:
            index.add([passage.id for passage in changed], self._encode(changed, progress))
        index.generation = generation
        return True

    def _encode(self, passages: list[Passage], progress: Progress | None) -> Vectors:
        """Return the vectors of the passages' keys, (n, dimension)."""
        vectors = np.empty((len(passages), self._encoder.dimension), np.float32)
        for start in range(0, len(passages), ENCODED_AT_ONCE):
            part = passages[start : start + ENCODED_AT_ONCE]
            vectors[start : start + len(part)] = self._encoder.encode([p.key for p in part])
            if progress:
                progress(start + len(part), len(passages), f"indexing ({self._language})")
        return vectors

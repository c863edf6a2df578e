"""Keep the vector indexes of each release and language in step with the passage store.

There are three, side by side: of the passages' keys, of the sentences of their bodies, and of the
questions that people marked them with. Each is disposable: whatever is missing, torn or another
release's is built again from the store, and an edit touches only what changed.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Encoder
from knowledge.index import Ids, Index, IndexUnusableError
from knowledge.marked import ASKED_PLACES, MarkedQuestions
from knowledge.parts import PLACES, part_texts
from knowledge.store import PassageStore
from knowledge.types import Language, Passage, Progress

if TYPE_CHECKING:
    from bot.home import Home

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

ENCODED_AT_ONCE = 256


def index_path(folder: Path, release: str, language: Language) -> Path:
    """Return the file of a release's index for one language, below the home's index folder."""
    return folder / f"{release}-{language}.faiss"


def parts_path(path: Path) -> Path:
    """Return the file of the sentences beside that of the keys."""
    return path.with_name(f"{path.stem}-parts{path.suffix}")


def asked_path(path: Path) -> Path:
    """Return the file of the marked questions beside that of the keys."""
    return path.with_name(f"{path.stem}-asked{path.suffix}")


@dataclass(frozen=True)
class Indexes:
    """The vectors of one language: of the passages' keys, their sentences, their questions."""

    keys: Index
    parts: Index
    asked: Index

    @property
    def generation(self) -> int:
        """The generation of the knowledge that all have reached."""
        return min(each.generation for each in (self.keys, self.parts, self.asked))

    def save(self, path: Path) -> None:
        """Write all: the keys to `path`, the others beside it."""
        self.keys.save(path)
        self.parts.save(parts_path(path))
        self.asked.save(asked_path(path))


@dataclass(frozen=True)
class _Layer:
    """What is embedded of a passage: at most `places` texts, with ids from `id * places` on."""

    places: int
    texts: Callable[[Passage], Sequence[str]]

    def ids(self, passage_ids: Sequence[int]) -> Ids:
        """Every id that vectors of these passages may have."""
        begin = np.asarray(passage_ids, np.int64)[:, None] * self.places
        return (begin + np.arange(self.places)).reshape(-1)


def _key(passage: Passage) -> list[str]:
    return [passage.key]


_KEYS, _PARTS = _Layer(1, _key), _Layer(PLACES, part_texts)


class Indexer:
    """Builds and updates the indexes of one language for one release."""

    def __init__(
        self,
        store: PassageStore,
        encoder: Encoder,
        language: Language,
        release: str,
        marked: MarkedQuestions | None = None,
    ) -> None:
        """`marked` are the questions by which passages are found, too."""
        self._asked = _Layer(ASKED_PLACES, (marked or MarkedQuestions()).of)
        self._store = store
        self._encoder = encoder
        self._language: Language = language
        self._release = release

    @classmethod
    def of_home(cls, home: "Home", encoder: Encoder, language: Language, release: str) -> "Indexer":
        """The indexer of a home's passages, with the questions that teach."""
        teaching, _ = home.examples.marked(language)
        return cls(home.passages, encoder, language, release, MarkedQuestions(teaching))

    def open(self, path: Path, progress: Progress | None = None) -> Indexes:
        """Load the indexes at `path` and bring them up to date, or build and save them."""
        keys = self._open(_KEYS, path, progress)
        parts = self._open(_PARTS, parts_path(path), progress)
        return Indexes(keys, parts, self._open(self._asked, asked_path(path), progress))

    def rebuild(self, path: Path, progress: Progress | None = None) -> Indexes:
        """Build the indexes from the whole store and save them."""
        keys = self.rebuild_keys(path, progress)
        parts = self._rebuild(_PARTS, parts_path(path), progress)
        return Indexes(keys, parts, self._rebuild(self._asked, asked_path(path), progress))

    def rebuild_keys(self, path: Path, progress: Progress | None = None) -> Index:
        """Build and save the index of the keys alone, for a search that needs no sentences."""
        return self._rebuild(_KEYS, path, progress)

    def catch_up(self, indexes: Indexes, progress: Progress | None = None) -> bool:
        """Apply to the indexes what changed in the store since; True when anything did."""
        changed = [
            self._catch_up(layer, index, progress)
            for layer, index in (
                (_KEYS, indexes.keys),
                (_PARTS, indexes.parts),
                (self._asked, indexes.asked),
            )
        ]
        return any(changed)

    def _open(self, layer: _Layer, path: Path, progress: Progress | None) -> Index:
        try:
            index = Index.load(path, self._release)
            if index.generation > self._store.generation:
                raise IndexUnusableError(f"{path}: expected no newer knowledge than the store's")
        except IndexUnusableError as error:
            if path.exists():
                log.warning("index of %s is rebuilt: %s", self._language, error)
            return self._rebuild(layer, path, progress)
        if self._catch_up(layer, index, progress):
            index.save(path)
        return index

    def _rebuild(self, layer: _Layer, path: Path, progress: Progress | None) -> Index:
        generation = self._store.generation
        ids, vectors = self._encode(layer, self._store.all(self._language), progress)
        index = Index.build(ids, vectors, release=self._release, generation=generation)
        path.parent.mkdir(parents=True, exist_ok=True)
        index.save(path)
        return index

    def _catch_up(self, layer: _Layer, index: Index, progress: Progress | None) -> bool:
        generation = self._store.generation
        if generation == index.generation:
            return False
        changed, removed = self._store.changes_since(index.generation, self._language)
        ids, vectors = self._encode(layer, changed, progress)
        # A changed passage may have fewer sentences than before.
        index.remove(layer.ids([*removed, *(passage.id for passage in changed)]))
        if len(ids):
            index.add(ids, vectors)
        index.generation = generation
        return True

    def _encode(
        self, layer: _Layer, passages: Sequence[Passage], progress: Progress | None
    ) -> tuple[Ids, Vectors]:
        """Return ids (n,) and vectors (n, dimension) of what `layer` embeds of the passages."""
        rows = [
            (passage.id * layer.places + place, text)
            for passage in passages
            for place, text in enumerate(layer.texts(passage))
        ]
        vectors = np.empty((len(rows), self._encoder.dimension), np.float32)
        for start in range(0, len(rows), ENCODED_AT_ONCE):
            texts = [text for _, text in rows[start : start + ENCODED_AT_ONCE]]
            vectors[start : start + len(texts)] = self._encoder.encode(texts)
            if progress:
                progress(start + len(texts), len(rows), f"indexing ({self._language})")
        return np.array([each for each, _ in rows], np.int64), vectors

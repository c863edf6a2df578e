"""The vectors of one language's passages or of their sentences, by cosine; the only faiss import.

Owns the choice of the faiss index, its file and its locking. Knows no passage: ids are those of
the store, and whoever applies the store's changes moves `generation` on. An index is disposable:
whatever is wrong with its file, it is built again from the store.
"""

import hashlib
import json
import math
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.errors import DeskmateError

faiss: Any = _faiss
"""Untyped: its type hints lack half of what it has."""

Ids = NDArray[np.int64]
SomeIds = Ids | Sequence[int]
Vectors = NDArray[np.float32]

FLAT_LIMIT = 100_000
"""Up to this many passages every vector is compared; above, only the lists near the question."""
RECALL_TARGET = 0.98
_SAMPLE, _NEIGHBOURS = 256, 10
_SEED = 7
_VECTORS_PER_LIST = 39
"""Below this faiss warns that its clusters are badly founded."""


class IndexUnusableError(DeskmateError):
    """The file is missing, torn, foreign, or belongs to another release."""


def contained(ids: Ids, known: Ids) -> NDArray[np.bool_]:
    """Which of `ids` (n,) are in `known`, which is ascending."""
    if not len(known):
        return np.zeros(len(ids), dtype=bool)
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return np.asarray(known[at] == ids, dtype=bool)


class Index:
    """Unit vectors by id; safe to search while another thread adds and removes."""

    def __init__(self, faiss_index: Any, release: str, generation: int) -> None:
        self._faiss = faiss_index
        self._ids = _ids_of(faiss_index)
        self._lock = threading.Lock()
        self.release = release
        self.generation = generation

    @classmethod
    def build(
        cls,
        ids: SomeIds,
        vectors: Vectors,
        *,
        release: str,
        generation: int,
        flat_limit: int = FLAT_LIMIT,
    ) -> "Index":
        """Index `vectors` (n, dimension) float32, unit length; `ids` (n,) are distinct.

        `release` names the encoder that made the vectors, `generation` the store's state they
        stand for.
        """
        checked = _checked(ids, vectors, vectors.shape[-1])
        make = _flat if len(checked) <= flat_limit else _inverted
        return cls(make(checked, np.ascontiguousarray(vectors)), release, generation)

    def __len__(self) -> int:
        return int(self._faiss.ntotal)

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._faiss.d)

    @property
    def ids(self) -> Ids:
        """The ids of all vectors (n,), ascending; later edits do not change this array."""
        return self._ids

    def add(self, ids: SomeIds, vectors: Vectors) -> None:
        """Add vectors (n, dimension) of unit length; those of known ids are replaced."""
        checked = _checked(ids, vectors, self.dimension)
        with self._lock:
            self._remove(checked)
            self._faiss.add_with_ids(np.ascontiguousarray(vectors), checked)
            self._ids = np.union1d(self._ids, checked)

    def remove(self, ids: SomeIds) -> None:
        """Remove vectors; unknown ids are passed over."""
        with self._lock:
            self._remove(np.asarray(ids, np.int64))

    def search(
        self, vector: Vectors, k: int, among: SomeIds | None = None
    ) -> tuple[Ids, NDArray[np.float32]]:
        """The at most `k` nearest to a unit vector (dimension,): ids and cosines, best first.

        With `among`, only these ids are found.
        """
        if vector.shape != (self.dimension,):
            raise ValueError(f"expected a vector ({self.dimension},), found {vector.shape}")
        with self._lock:
            k = min(k, len(self))
            if k < 1:
                return np.empty(0, np.int64), np.empty(0, np.float32)
            if among is None:
                return self._nearest(vector, k)
            return self._nearest_among(vector, k, np.asarray(among, np.int64))

    def cosines(self, vector: Vectors, ids: SomeIds) -> NDArray[np.float32]:
        """The cosines (n,) of these passages with a unit vector; 0 where an id is not indexed."""
        return np.asarray(np.clip(self.vectors(ids) @ vector, -1, 1), dtype=np.float32)

    def vectors(self, ids: SomeIds) -> Vectors:
        """The vectors (n, dimension) of these passages; zeros where an id is not indexed."""
        wanted = np.asarray(ids, np.int64)
        vectors = np.zeros((len(wanted), self.dimension), np.float32)
        with self._lock:
            known = contained(wanted, self._ids)
            if known.any():
                vectors[known] = self._faiss.reconstruct_batch(wanted[known])
        return vectors

    def save(self, path: Path) -> None:
        """Write the index; a reader finds the old file or the new one, never a part."""
        with self._lock:
            content = faiss.serialize_index(self._faiss).tobytes()
            header = {"release": self.release, "generation": self.generation}
        content = json.dumps(header).encode() + b"\n" + content
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            with temporary.open("wb") as file:
                file.write(_checksum(content) + b"\n")
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path, release: str) -> "Index":
        """Read what `save` wrote. Raises IndexUnusableError: build it again."""
        try:
            checksum, _, content = path.read_bytes().partition(b"\n")
        except OSError as error:
            raise _unusable(path, f"found {error.strerror}") from error
        if checksum != _checksum(content):
            raise _unusable(path, "found a torn or foreign file")
        header, _, stored = content.partition(b"\n")
        about = json.loads(header)
        if about["release"] != release:
            raise _unusable(path, f"expected release {release!r}, found {about['release']!r}")
        faiss_index = faiss.deserialize_index(np.frombuffer(stored, dtype=np.uint8))
        return cls(faiss_index, release, about["generation"])

    def _nearest(
        self, vector: Vectors, k: int, parameters: Any = None
    ) -> tuple[Ids, NDArray[np.float32]]:
        # One question is one thread's work; waiting for a second thread takes milliseconds on a
        # busy machine. The setting belongs to the calling thread.
        faiss.omp_set_num_threads(1)
        query = np.ascontiguousarray(vector[None, :], dtype=np.float32)
        cosines, ids = self._faiss.search(query, k, params=parameters)
        found = ids[0] >= 0
        return ids[0][found], np.clip(cosines[0][found], -1, 1)

    def _nearest_among(
        self, vector: Vectors, k: int, among: Ids
    ) -> tuple[Ids, NDArray[np.float32]]:
        if not len(among):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        # Asking faiss about each id costs more than the comparison itself: where most are allowed
        # it is quicker to find some more and keep the allowed ones.
        if 2 * len(among) > len(self):
            ids, cosines = self._nearest(vector, min(3 * k, len(self)))
            allowed = np.isin(ids, among)
            if allowed.sum() >= k:
                return ids[allowed][:k], cosines[allowed][:k]
        return self._nearest(vector, k, self._selecting(among))

    def _selecting(self, among: Ids) -> Any:
        mask = np.zeros(int(among.max()) + 1, dtype=bool)
        mask[among] = True
        selector = faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        if not isinstance(self._faiss, faiss.IndexIVF):
            return faiss.SearchParameters(sel=selector)
        # As many of the allowed ones must be looked at as would be without the restriction.
        lists = math.ceil(self._faiss.nprobe * len(self) / min(len(among), len(self)))
        return faiss.SearchParametersIVF(sel=selector, nprobe=min(lists, self._faiss.nlist))

    def _remove(self, ids: Ids) -> None:
        # Faiss looks at every vector for a removal, so it is asked only for what is there.
        known = ids[contained(ids, self._ids)]
        if not len(known):
            return
        if isinstance(self._faiss, faiss.IndexIVF):
            # The hashtable of the inverted file takes this kind of selector only.
            self._faiss.remove_ids(faiss.IDSelectorArray(known))
        else:
            self._faiss.remove_ids(faiss.IDSelectorBatch(known))
        self._ids = np.setdiff1d(self._ids, known)


def _ids_of(faiss_index: Any) -> Ids:
    """All ids of a faiss index, ascending."""
    if not isinstance(faiss_index, faiss.IndexIVF):
        return np.sort(faiss.vector_to_array(faiss_index.id_map)).astype(np.int64)
    lists = faiss_index.invlists
    sizes = [(number, lists.list_size(number)) for number in range(faiss_index.nlist)]
    stored = [faiss.rev_swig_ptr(lists.get_ids(number), size) for number, size in sizes if size]
    return np.sort(np.concatenate(stored or [np.empty(0, np.int64)]))


def _flat(ids: Ids, vectors: Vectors) -> Any:
    flat = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
    if len(ids):
        flat.add_with_ids(vectors, ids)
    return flat


def _inverted(ids: Ids, vectors: Vectors) -> Any:
    """An inverted file with its own ids: an id map over it loses vectors after a removal."""
    dimension = vectors.shape[1]
    lists = max(1, min(int(4 * math.sqrt(len(ids))), len(ids) // _VECTORS_PER_LIST))
    inverted = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        lists,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    inverted.cp.seed = _SEED
    inverted.train(vectors)
    inverted.set_direct_map_type(faiss.DirectMap.Hashtable)
    inverted.add_with_ids(vectors, ids)
    _tune(inverted, ids, vectors)
    return inverted


def _tune(inverted: Any, ids: Ids, vectors: Vectors) -> None:
    """Double the lists that are looked at until enough of the true neighbours are found."""
    queries = _between(vectors)
    k = min(_NEIGHBOURS, len(ids))
    _, rows = faiss.knn(queries, vectors, k, metric=faiss.METRIC_INNER_PRODUCT)
    true = ids[rows]
    inverted.nprobe = 1
    while inverted.nprobe < inverted.nlist and _recall(inverted, queries, true) < RECALL_TARGET:
        inverted.nprobe = min(2 * inverted.nprobe, inverted.nlist)


def _between(vectors: Vectors) -> Vectors:
    """Questions fall between passages: a sample of midpoints of two, unit length."""
    random = np.random.default_rng(_SEED)
    pairs = random.integers(len(vectors), size=(2, _SAMPLE))
    middle = vectors[pairs[0]] + vectors[pairs[1]]
    norms = np.linalg.norm(middle, axis=1, keepdims=True)
    return np.asarray(middle / np.maximum(norms, 1e-6), dtype=np.float32)


def _recall(inverted: Any, queries: Vectors, true: Ids) -> float:
    _, found = inverted.search(queries, true.shape[1])
    return float(
        np.mean([np.isin(row, near).mean() for row, near in zip(true, found, strict=True)])
    )


def _checked(given: SomeIds, vectors: Vectors, dimension: int) -> Ids:
    ids = np.asarray(given, np.int64)
    if vectors.shape != (len(ids), dimension):
        raise ValueError(
            f"expected vectors ({len(ids)}, {dimension}), found {vectors.shape}: were they made by "
            "this index's encoder?"
        )
    if len(np.unique(ids)) != len(ids):
        raise ValueError(f"expected distinct ids, found {len(np.unique(ids))} among {len(ids)}")
    if not np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3):
        raise ValueError("expected vectors of unit length, found others")
    return ids


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _unusable(path: Path, found: str) -> IndexUnusableError:
    return IndexUnusableError(f"{path}: {found}; it has to be built again: run `deskmate index`")

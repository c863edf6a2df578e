"""Near-duplicates: texts that are the same but for a word, a case or a comma.

A text that stands in a test set may teach nothing: whoever trains drops its near-duplicates first.
"""

import zlib
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from knowledge.language import model_text

SAME = 0.8
"""Jaccard similarity of character trigrams from which two texts count as one."""
ROWS_AT_ONCE = 500


def near_duplicates(texts: Sequence[str], of: Sequence[str]) -> list[bool]:
    """Say of each of `texts` whether it is a near-duplicate of any in `of`."""
    if not texts or not of:
        return [False] * len(texts)
    columns: dict[int, int] = {}
    others = _shingles(of, columns)
    mine = _shingles(texts, columns)
    others.resize(len(of), len(columns))
    sizes = np.asarray(others.sum(1)).ravel()
    found: list[bool] = []
    for start in range(0, len(texts), ROWS_AT_ONCE):
        part = mine[start : start + ROWS_AT_ONCE]
        shared = (part @ others.T).tocoo()
        own = np.asarray(part.sum(1)).ravel()
        union = own[shared.row] + sizes[shared.col] - shared.data
        same = np.zeros(part.shape[0], bool)
        same[shared.row[shared.data / union >= SAME]] = True
        found += same.tolist()
    return found


def _shingles(texts: Sequence[str], columns: dict[int, int]) -> csr_matrix:
    """Return the (n, trigrams) 0/1 matrix; new trigrams get the next columns."""
    indices: list[int] = []
    ends = [0]
    for text in texts:
        plain = f" {model_text(text).lower().strip(' .,!?。，！？')} "
        grams = {zlib.crc32(plain[i : i + 3].encode()) for i in range(max(1, len(plain) - 2))}
        indices += sorted(columns.setdefault(gram, len(columns)) for gram in grams)
        ends.append(len(indices))
    values = np.ones(len(indices), np.float32)
    return csr_matrix((values, indices, ends), shape=(len(texts), len(columns)))

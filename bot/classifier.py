"""The intent head: from a message's text and vector to calibrated intents.

Three voices vote: a linear layer on the encoder's vector, the nearest training utterances, and a
linear layer on word and character n-grams (which catches names and spellings that the encoder
blurs). Their mixture is temperature-scaled; a logistic model on two distances says how probable
it is that no intent covers the message. Only numpy: a head is plain arrays and JSON. Fitting
lives in `training.head`.
"""

import json
import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bot.budgets import strictest_within
from bot.types import Prediction
from knowledge.errors import DeskmateError
from knowledge.language import detect, model_text
from knowledge.types import KNOWLEDGE
from knowledge.words import asked

Floats = NDArray[np.float32]

NEIGHBOURS = 10
"""Training utterances that vote; 10 was best of 10, 20 on banking77."""
NEIGHBOUR_TEMPERATURE = 0.05
"""Cosine difference that divides a neighbour's vote by e; 0.05 was best of 0.05, 0.1."""
CLOSEST = 5
"""Nearest utterances whose mean similarity enters the out-of-scope score."""
MARGIN_SCALE = 4.0
"""Factor on the n-gram voice's margins before the softmax; margins of a linear SVM are near 1."""
HEAD_FILE = "head.json"
ARRAYS_FILE = "head.npz"
MOST_STRANGE = 6
"""Strange words beyond so many make a message no stranger."""
REJECTION = range(3, 10)
"""How many coefficients of rejection there may be: an older head knows fewer signs, the first ones.
"""
UTTERANCES_FILE = "utterances.json"
"""The texts of the training utterances, redacted, in the order of the arrays' memory."""
RANKED = 5
"""Intents kept in a prediction's ranking."""

_WORD = re.compile(r"[a-z0-9']+|[^\W\d_]|\d", re.UNICODE)
_HAN = re.compile(r"[\u3400-\u9fff]+")


def ngrams(text: str) -> tuple[Counter[int], Counter[int]]:
    """Count the words (one and two) and the character n-grams of `text`, as 32-bit hashes.

    Characters: two to five inside a Latin word with its borders, one to four in a run of Han.
    """
    plain = model_text(text).lower()
    words = _WORD.findall(plain)
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    pieces = [piece for word in plain.split() for piece in _pieces(f" {word} ", 2, 5)]
    pieces += [piece for run in _HAN.findall(plain) for piece in _pieces(run, 1, 4)]
    return _hashed("w", words + pairs), _hashed("c", pieces)


def word_hashes(text: str) -> NDArray[np.uint32]:
    """The distinct words of a text without stop words, as 32-bit hashes, (n,)."""
    words = asked(model_text(text), detect(text))
    return np.array([zlib.crc32(word.encode("utf-8", "replace")) for word in words], np.uint32)


def _pieces(run: str, shortest: int, longest: int) -> list[str]:
    return [
        run[start : start + size]
        for size in range(shortest, longest + 1)
        for start in range(len(run) + 1 - size)
    ]


def _hashed(kind: str, grams: Sequence[str]) -> Counter[int]:
    return Counter(zlib.crc32(f"{kind}{gram}".encode("utf-8", "replace")) for gram in grams)


def gram_row(text: str, known: NDArray[np.uint32], idf: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return (columns, weights) of the n-grams of `text` that are in `known` (sorted hashes).

    Weights are sublinear tf-idf; the words and the characters are each of unit length.
    """
    parts = [_tf_idf(counts, known, idf) for counts in ngrams(text)]
    columns, weights = zip(*parts, strict=True)
    return np.concatenate(columns), np.concatenate(weights)


def _tf_idf(
    counts: Counter[int], known: NDArray[np.uint32], idf: Floats
) -> tuple[NDArray[np.int64], Floats]:
    hashes = np.fromiter(counts.keys(), np.uint32, len(counts))
    tf = 1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))
    columns = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    found = known[columns] == hashes
    weights = (tf * idf[columns])[found]
    return columns[found], weights / np.float32(np.linalg.norm(weights) or 1)


def softmax(scores: Floats) -> Floats:
    """Softmax over the last axis."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Voices:
    """What the three voices say of n messages, before mixing."""

    linear: Floats  # (n, C) scores, not probabilities
    neighbours: Floats  # (n, C) shares of the vote
    grams: Floats  # (n, C) probabilities
    closeness: Floats  # (n,) mean cosine to the closest utterances
    strangeness: Floats  # (n,) mean cosine to the closest out-of-scope texts; 0 without any
    gate: Floats  # (n,) score for out of scope against in scope, not a probability; 0 without
    strange_words: Floats  # (n,) words that neither an utterance nor the knowledge has
    strange_share: Floats  # (n,) their share of the words, without stop words


@dataclass(frozen=True)
class HeadSettings:
    """What was fitted beside the arrays.

    `mixture` weighs the voices (linear, neighbours, n-grams; sums to 1), `rejection` holds the
    logistic coefficients of `signs` and a constant, of which an older head has the first two and
    the last. A message is accepted when confidence x (1 - out_of_scope) reaches the threshold of
    its intent, or `threshold` where the intent has none of its own. `cuts` holds the thresholds
    for other error budgets: by budget, by intent, the pooled one under the empty name.
    `knowledge` weighs the class `KNOWLEDGE`, where it was taught: as if it had as many rows as an
    intent.
    """

    intents: tuple[str, ...]
    mixture: tuple[float, float, float]
    temperature: float
    rejection: tuple[float, ...]
    threshold: float
    thresholds: dict[str, float]
    error_budget: float
    cuts: dict[str, dict[str, float]] = field(default_factory=dict)
    knowledge: float = 1.0

    def at_budget(self, error_budget: float) -> "HeadSettings":
        """Return the settings with the thresholds that keep to another error budget.

        A head without such `cuts`, of an older release, keeps its own.
        """
        if error_budget == self.error_budget or not self.cuts:
            return self
        thresholds = dict(self.cuts[strictest_within(self.cuts, error_budget)])
        pooled = thresholds.pop("")
        return replace(self, threshold=pooled, thresholds=thresholds, error_budget=error_budget)

    def mix(self, voices: Voices) -> Floats:
        """Return calibrated intent probabilities, (n, C); the rest of 1 is for the knowledge."""
        linear, neighbours, grams = self.mixture
        mixed = (
            linear * softmax(voices.linear) + neighbours * voices.neighbours + grams * voices.grams
        )
        found = softmax(np.log(mixed + 1e-6) / np.float32(self.temperature))
        return self._without_knowledge(found) if KNOWLEDGE in self.intents else found

    def _without_knowledge(self, found: Floats) -> Floats:
        """The probabilities with nothing for what the knowledge answers, which is no intent."""
        place = self.intents.index(KNOWLEDGE)
        weighed = found.copy()
        weighed[:, place] *= self.knowledge
        weighed /= weighed.sum(-1, keepdims=True)
        weighed[:, place] = 0
        return weighed

    def answer_scores(self, voices: Voices) -> Floats:
        """Return what thresholds apply to: best probability x in-scope probability, (n,)."""
        return self.mix(voices).max(-1) * (1 - self.out_of_scope(voices))  # type: ignore[no-any-return]

    def out_of_scope(self, voices: Voices) -> Floats:
        """Return the probability that no intent covers each message, (n,)."""
        *slopes, constant = self.rejection
        features = self.signs(voices)[:, : len(slopes)]
        z = features @ np.array(slopes, np.float64) + constant
        return 1 / (1 + np.exp(-np.clip(z, -30, 30)))  # type: ignore[no-any-return]

    def signs(self, voices: Voices) -> Floats:
        """Return the features by which `rejection` tells what no intent covers, (n, 8)."""
        columns = (
            voices.closeness,
            voices.linear.max(-1),
            voices.strangeness,
            voices.gate,
            self.mix(voices).max(-1),
            voices.grams.max(-1),
            np.minimum(voices.strange_words, MOST_STRANGE),
            voices.strange_share,
        )
        return np.stack(columns, axis=1)


@dataclass(frozen=True)
class HeadArrays:
    """The arrays of a head; C intents, N training utterances, F n-grams, D dimensions.

    `outside` holds the M out-of-scope rows, `gate` tells them from the others; both are empty in a
    head that was taught none. `words` are those of the utterances and of the knowledge.
    """

    weights: Floats  # (D, C)
    bias: Floats  # (C,)
    memory: Floats  # (N, D), unit length
    memory_labels: NDArray[np.int32]  # (N,)
    grams: NDArray[np.uint32]  # (F,), sorted hashes
    idf: Floats  # (F,)
    gram_weights: NDArray[np.float16]  # (F, C)
    gram_bias: Floats  # (C,)
    outside: Floats = field(default_factory=lambda: np.empty((0, 0), np.float32))  # (M, D)
    gate: Floats = field(default_factory=lambda: np.empty(0, np.float32))  # (D + 1,), bias last
    words: NDArray[np.uint32] = field(
        default_factory=lambda: np.empty(0, np.uint32)
    )  # (W,), sorted hashes


class IntentHead:
    """Predicts the intent of a message from its text and vector.

    `utterances` are the redacted texts behind the arrays' memory, for people who ask why; none in
    a head from before they were kept.
    """

    def __init__(
        self, settings: HeadSettings, arrays: HeadArrays, utterances: Sequence[str] = ()
    ) -> None:
        self.settings = settings
        self.arrays = arrays
        self.utterances = utterances

    def voices(self, texts: Sequence[str], vectors: Floats) -> Voices:
        """Let the three voices judge `texts`; `vectors` is (n, D) float32, unit length."""
        shares, closeness = self._neighbours(vectors)
        return Voices(
            linear=vectors @ self.arrays.weights + self.arrays.bias,
            neighbours=shares,
            grams=np.stack([self._gram_scores(text) for text in texts]),
            closeness=closeness,
            strangeness=self._strangeness(vectors),
            gate=self._gate(vectors),
            strange_words=(strange := self._strange_words(texts))[0],
            strange_share=strange[1],
        )

    def predict(self, text: str, vector: Floats) -> Prediction:
        """Predict one message; `vector` is (D,) float32, unit length."""
        return self.predict_all([text], vector[None])[0]

    def predict_all(self, texts: Sequence[str], vectors: Floats) -> list[Prediction]:
        """Predict several messages; `vectors` is (n, D) float32, unit length."""
        voices = self.voices(texts, vectors)
        return [
            self._prediction(probabilities, float(outside))
            for probabilities, outside in zip(
                self.settings.mix(voices), self.settings.out_of_scope(voices), strict=True
            )
        ]

    def nearest(self, vector: Floats, k: int) -> list[tuple[int, float]]:
        """Return the k nearest training utterances as (row, cosine), best first."""
        cosines = self.arrays.memory @ vector
        return [(int(row), float(cosines[row])) for row in np.argsort(-cosines)[:k]]

    def threshold(self, intent: str) -> float:
        """Return the score that a prediction of `intent` must reach to be acted on."""
        return self.settings.thresholds.get(intent, self.settings.threshold)

    def _prediction(self, probabilities: Floats, outside: float) -> Prediction:
        names = self.settings.intents
        order = [i for i in np.argsort(-probabilities) if names[i] != KNOWLEDGE][:RANKED]
        best, confidence = names[order[0]], float(probabilities[order[0]])
        return Prediction(
            intent=best,
            confidence=confidence,
            ranking=tuple((names[i], float(probabilities[i])) for i in order),
            out_of_scope=outside,
            accepted=confidence * (1 - outside) >= self.threshold(best),
        )

    def _neighbours(self, vectors: Floats) -> tuple[Floats, Floats]:
        cosines = vectors @ self.arrays.memory.T
        return neighbour_votes(cosines, self.arrays.memory_labels, len(self.settings.intents))

    def _strangeness(self, vectors: Floats) -> Floats:
        outside = self.arrays.outside
        if not len(outside):
            return np.zeros(len(vectors), np.float32)
        closest = -np.sort(-(vectors @ outside.T), axis=1)[:, :CLOSEST]
        strangeness: Floats = closest.mean(axis=1)
        return strangeness

    def _gate(self, vectors: Floats) -> Floats:
        gate = self.arrays.gate
        if not len(gate):
            return np.zeros(len(vectors), np.float32)
        scores: Floats = vectors @ gate[:-1] + gate[-1]
        return scores

    def _strange_words(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """The number of strange words of each text (n,), and their share of its words (n,)."""
        known = self.arrays.words
        if not len(known):
            return np.zeros(len(texts), np.float32), np.zeros(len(texts), np.float32)
        hashes = [word_hashes(text) for text in texts]
        strange = [np.count_nonzero(~np.isin(each, known)) for each in hashes]
        counts = np.array(strange, np.float32)
        words = np.array([max(len(each), 1) for each in hashes], np.float32)
        shares: Floats = counts / words
        return counts, shares

    def _gram_scores(self, text: str) -> Floats:
        columns, weights = gram_row(text, self.arrays.grams, self.arrays.idf)
        scores = weights @ self.arrays.gram_weights[columns].astype(np.float32)
        return softmax(MARGIN_SCALE * (scores + self.arrays.gram_bias))

    def save(self, folder: Path) -> None:
        """Write `head.npz`, `head.json` and `utterances.json` into `folder`."""
        np.savez(folder / ARRAYS_FILE, **vars(self.arrays))
        kept = json.dumps(list(self.utterances), ensure_ascii=False, indent=0)
        (folder / UTTERANCES_FILE).write_text(kept, encoding="utf-8")
        text = json.dumps(asdict(self.settings), ensure_ascii=False, indent=1)
        (folder / HEAD_FILE).write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "IntentHead":
        """Read a head written by `save`. Raises DeskmateError when it is missing or torn."""
        try:
            read = json.loads((folder / HEAD_FILE).read_text(encoding="utf-8"))
            tuples = {name: tuple(read[name]) for name in ("intents", "mixture", "rejection")}
            settings = HeadSettings(**{**read, **tuples})
            if len(settings.rejection) not in REJECTION:
                raise ValueError(f"{len(settings.rejection)} coefficients of rejection")
            with (
                (folder / ARRAYS_FILE).open("rb") as file,
                np.load(file, allow_pickle=False) as stored,
            ):
                arrays = HeadArrays(**{name: stored[name] for name in stored.files})
            utterances = _utterances(folder)
        except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
            raise DeskmateError(
                f"{folder}: expected an intent head (head.json, head.npz), found {error}; "
                "train again or roll back"
            ) from error
        return cls(settings, arrays, utterances)


def _utterances(folder: Path) -> list[str]:
    """The kept texts; none in a release from before they were kept."""
    path = folder / UTTERANCES_FILE
    texts: list[str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return texts


def neighbour_votes(
    cosines: Floats, labels: NDArray[np.int32], intents: int
) -> tuple[Floats, Floats]:
    """Turn cosines to the training utterances, (n, N), into votes (n, C) and closeness (n,)."""
    k = min(NEIGHBOURS, cosines.shape[1])
    nearest = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
    similar = np.take_along_axis(cosines, nearest, axis=1)
    votes = softmax(similar / np.float32(NEIGHBOUR_TEMPERATURE))
    shares = np.zeros((len(cosines), intents), np.float32)
    np.add.at(shares, (np.arange(len(cosines))[:, None], labels[nearest]), votes)
    closest = -np.sort(-similar, axis=1)[:, :CLOSEST]
    return shares, closest.mean(axis=1)

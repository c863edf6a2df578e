"""Texts to vectors: the Encoder protocol and its one kind for serving, an ONNX file.

Owns how a text becomes tokens (`load_tokenizer`, which training uses as well, so that both see
the same tokens) and how tokens become unit vectors. Knows neither torch nor transformers, and
not where weights come from.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer
from tokenizers.normalizers import BertNormalizer, Lowercase, Normalizer
from tokenizers.normalizers import Sequence as Normalizers

from knowledge.errors import DeskmateError
from knowledge.language import model_text

Pooling = Literal["mean", "cls"]

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
META_FILE = "encoder.json"

_BATCH_TOKENS = 1024
"""Padded tokens in one run: 1,024 stay in the cache; 4,096 took 15 % more time and 130 MB more."""

_SLICE_TEXTS = 8192
"""Texts tokenised and sorted at once: bounds the memory of a long list."""


class EncoderError(DeskmateError):
    """The folder of an encoder is incomplete or damaged."""


@dataclass(frozen=True, slots=True)
class EncoderMeta:
    """What a model needs beside its weights. `prefix` stands before every text (E5 has one)."""

    name: str
    dimension: int
    pooling: Pooling
    max_tokens: int = 256
    lower_case: bool = True
    prefix: str = ""

    @classmethod
    def read(cls, folder: Path) -> "EncoderMeta":
        path = folder / META_FILE
        try:
            return cls(**json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise EncoderError(f"{path}: expected an encoder's settings, found: {error}") from error

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2)
        (folder / META_FILE).write_text(text + "\n", "utf-8")


class Encoder(Protocol):
    """Turns texts into vectors whose inner product is their cosine."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return `(n, dimension)` float32, unit length, in the order of `texts`."""
        ...


def encoder_text(text: str, meta: EncoderMeta) -> str:
    """The exact string that is tokenised, in training and in serving alike."""
    return meta.prefix + model_text(text)


def load_tokenizer(path: Path, meta: EncoderMeta) -> Tokenizer:
    """Read a tokenizer file and make truncation and case explicit, whatever the file says."""
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing narrower
        raise EncoderError(f"{path}: expected a tokenizer, found: {error}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(meta.max_tokens)
    tokenizer.normalizer = _cased(tokenizer.normalizer, meta.lower_case)
    return tokenizer


def _cased(normalizer: Normalizer | None, lower_case: bool) -> Normalizer | None:
    if isinstance(normalizer, BertNormalizer):
        normalizer.lowercase = lower_case
        return normalizer
    if not lower_case:
        return normalizer
    return Normalizers([Lowercase(), *([normalizer] if normalizer else [])])


class OnnxEncoder:
    """An exported encoder. Safe to call from several threads at once."""

    def __init__(
        self, meta: EncoderMeta, tokenizer: Tokenizer, session: onnxruntime.InferenceSession
    ) -> None:
        self._meta = meta
        self._tokenizer = tokenizer
        self._session = session
        self._inputs = {each.name for each in session.get_inputs()}

    @classmethod
    def load(cls, folder: Path, threads: int | None = None) -> "OnnxEncoder":
        """Open the folder that `training.export` wrote.

        `threads` for one run, by default two or what the machine has. Raises EncoderError.
        """
        meta = EncoderMeta.read(folder)
        tokenizer = load_tokenizer(folder / TOKENIZER_FILE, meta)
        return cls(meta, tokenizer, _session(folder / MODEL_FILE, threads))

    @property
    def name(self) -> str:
        return self._meta.name

    @property
    def dimension(self) -> int:
        return self._meta.dimension

    @property
    def meta(self) -> EncoderMeta:
        return self._meta

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return `(n, dimension)` float32, unit length, in the order of `texts`.

        Takes raw texts: each one passes `knowledge.language.model_text` here.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _SLICE_TEXTS):
            part = texts[start : start + _SLICE_TEXTS]
            encodings = self._tokenizer.encode_batch([encoder_text(t, self._meta) for t in part])
            for rows in _batches([len(each) for each in encodings]):
                vectors[start + rows] = self._run([encodings[row] for row in rows])
        return vectors

    def _run(self, encodings: Sequence[Encoding]) -> NDArray[np.float32]:
        ids, mask = padded([each.ids for each in encodings])
        feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        (vectors,) = self._session.run(
            None, {name: array for name, array in feeds.items() if name in self._inputs}
        )
        return np.asarray(vectors, dtype=np.float32)


def padded(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return token ids and attention mask, both `(n, longest)` int64, padded with zeros."""
    ids = np.zeros((len(rows), max(len(row) for row in rows)), dtype=np.int64)
    mask = np.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return ids, mask


def _batches(lengths: Sequence[int]) -> Iterator[NDArray[np.int64]]:
    """Yield row numbers of texts of like length, at most `_BATCH_TOKENS` padded tokens a time."""
    order = np.argsort(lengths, kind="stable")
    start = 0
    for end in range(1, len(order) + 1):
        full = end == len(order) or (end + 1 - start) * lengths[order[end]] > _BATCH_TOKENS
        if full:
            yield order[start:end]
            start = end


def _session(path: Path, threads: int | None) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or min(2, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    # Spinning threads would take a core from the web server between two messages.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    if not path.is_file():
        raise EncoderError(
            f"{path}: expected the exported model, found no such file; train again or roll back"
        )
    try:
        return onnxruntime.InferenceSession(
            path,
            sess_options=options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # a sixth slower than the plain nodes
        )
    except Exception as error:  # onnxruntime has no public base class for its errors
        reason = str(error).splitlines()[0]
        raise EncoderError(f"{path}: expected an exported model, found: {reason}") from error

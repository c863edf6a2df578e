"""Write an encoder as ONNX for serving, and prove that it gives the vectors of the original.

Owns the graph's form: token ids and mask in, pooled unit vectors out, any batch and length, one
file. Torch is imported only when something is exported: a base encoder from the cache needs none.
"""

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from knowledge.encoder import MODEL_FILE, TOKENIZER_FILE, EncoderMeta, OnnxEncoder
from knowledge.errors import DeskmateError
from knowledge.types import Language, Progress
from knowledge.weights import DEFAULTS, cache_folder, describe, resolve, silent

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

LEAST_COSINE = 0.9999
"""Between a text's vector from ONNX and from torch."""

_FORM = "1"
"""Grows when the graph's form changes, so that cached exports are made anew."""


class ExportError(DeskmateError):
    """The exported encoder differs from the original."""


def export_encoder(
    model: "Path | SentenceTransformer", out: Path, meta: EncoderMeta
) -> OnnxEncoder:
    """Write model.onnx, tokenizer.json and encoder.json into `out`, check them, open them.

    `model` is what `training.model.load_model` gives, or a folder that it reads. Raises
    ExportError when any of the compared texts has a cosine below `LEAST_COSINE`.
    """
    from training.graph import write_graph
    from training.model import body_of, load_model, vectors_of

    if isinstance(model, Path):
        model = load_model(model, meta)
    out.mkdir(parents=True, exist_ok=True)
    write_graph(model, out / MODEL_FILE)
    tokenizer = body_of(model).tokenizer
    tokenizer.save(str(out / TOKENIZER_FILE))
    meta.write(out)
    encoder = OnnxEncoder.load(out)
    texts = _sample(tokenizer.get_vocab())
    _compare(encoder.encode(texts), vectors_of(model, texts))
    return encoder


def base_encoder(
    language: Language, weights: str | None = None, progress: Progress | None = None
) -> OnnxEncoder:
    """Open the untrained encoder of a language; see `base_folder`."""
    return OnnxEncoder.load(base_folder(language, weights, progress))


def base_folder(
    language: Language, weights: str | None = None, progress: Progress | None = None
) -> Path:
    """Return the folder of a language's untrained encoder, fetched and exported once, then cached.

    `weights` is a name of the catalogue or a folder, by default the language's own.
    """
    report = progress or silent
    name = weights or DEFAULTS[language]
    source = resolve(name, progress=report)
    folder = cache_folder() / "onnx" / f"{Path(name).name}-{_digest(source)}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock")):
        if not folder.exists():
            report(0, None, f"exporting {name}")
            _export_aside(source, folder, describe(name, source))
    return folder


def _export_aside(source: Path, folder: Path, meta: EncoderMeta) -> None:
    """Export beside `folder`, then rename, so that a half-written one is never seen."""
    aside = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(aside, ignore_errors=True)
    export_encoder(source, aside, meta)
    aside.rename(folder)


def _digest(folder: Path) -> str:
    with (folder / "model.safetensors").open("rb") as stream:
        weights = hashlib.file_digest(stream, "sha256").hexdigest()
    return hashlib.sha256(f"{_FORM} {weights}".encode()).hexdigest()[:8]


def _sample(vocabulary: dict[str, int], texts: int = 72) -> list[str]:
    """Return texts of 0 to some 280 words drawn from the vocabulary, the same every time."""
    words = sorted(word for word in vocabulary if word.isalnum()) or sorted(vocabulary)
    dice = np.random.default_rng(0)
    lengths = [number * number // 18 for number in range(texts)]
    return [" ".join(dice.choice(words, size=length)) for length in lengths]


def _compare(exported: NDArray[np.float32], original: NDArray[np.float32]) -> None:
    least = float(np.einsum("nd,nd->n", exported, original).min())
    if not least >= LEAST_COSINE:
        raise ExportError(
            f"expected the exported encoder's vectors to have a cosine of at least {LEAST_COSINE} "
            f"with the original's, found {least:.6f} on {len(original)} texts; "
            "install the versions of constraints.txt"
        )

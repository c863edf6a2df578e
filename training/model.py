"""The torch side of an encoder: pretrained weights as a SentenceTransformer, fed as in serving.

Owns how weights are loaded and tokenised for training. The library's own input module would
rebuild the tokenizer from the vocabulary with settings of its own; this one uses the very
tokenizer that serves, so that training and serving see the same tokens.
"""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
import transformers
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from tokenizers import Tokenizer
from transformers import AutoModel, PreTrainedModel

from knowledge.encoder import TOKENIZER_FILE, EncoderMeta, encoder_text, load_tokenizer, padded

Features = dict[str, Any]

_LOUD = ("torch.onnx", "torch.fx", "onnxscript", "transformers", "sentence_transformers")


class Body(InputModule):
    """A transformer together with the tokenizer that serves."""

    transformer: PreTrainedModel
    tokenizer: Tokenizer
    meta: EncoderMeta

    def __init__(self, transformer: PreTrainedModel, tokenizer: Tokenizer, meta: EncoderMeta):
        super().__init__()  # type: ignore[no-untyped-call]
        self.transformer = transformer
        self.tokenizer = tokenizer
        self.meta = meta
        self._half = False

    def preprocess(  # type: ignore[override]  # texts alone, no images
        self, inputs: Sequence[str], prompt: str | None = None, **_: Any
    ) -> Features:
        """Turn raw texts into tensors `input_ids` and `attention_mask`, both (n, longest)."""
        texts = [encoder_text((prompt or "") + text, self.meta) for text in inputs]
        ids, mask = padded([each.ids for each in self.tokenizer.encode_batch(texts)])
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: Features, **_: Any) -> Features:
        ids, mask = features["input_ids"], features["attention_mask"]
        with torch.autocast("cpu", torch.bfloat16, enabled=self._half):
            output = self.transformer(input_ids=ids, attention_mask=mask)
        return {**features, "token_embeddings": output.last_hidden_state.float()}

    @contextmanager
    def fast(self) -> Iterator[None]:
        """Multiply in bfloat16 where the processor does: half the time, the same loss."""
        self._half = _multiplies_bfloat16()
        try:
            yield
        finally:
            self._half = False

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Return each raw text's number of tokens, after truncation."""
        cleaned = [encoder_text(text, self.meta) for text in texts]
        return [len(each) for each in self.tokenizer.encode_batch(cleaned)]

    def get_embedding_dimension(self) -> int:
        return self.meta.dimension

    @property
    def max_seq_length(self) -> int:
        return self.meta.max_tokens

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Write what `load_model` reads."""
        self.transformer.save_pretrained(output_path)
        self.tokenizer.save(str(Path(output_path) / TOKENIZER_FILE))


def _multiplies_bfloat16() -> bool:
    abilities = torch.cpu.get_capabilities()
    return bool(abilities.get("avx512_bf16") or abilities.get("amx_bf16") or abilities.get("bf16"))


def load_model(folder: Path, meta: EncoderMeta) -> SentenceTransformer:
    """Load the folder that `knowledge.weights.resolve` gave, on the CPU, in float32."""
    with quiet():
        transformer = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
        body = Body(transformer, load_tokenizer(folder / TOKENIZER_FILE, meta), meta)
        modules = [body, Pooling(meta.dimension, pooling_mode=meta.pooling), Normalize()]
        return SentenceTransformer(modules=modules, device="cpu")


def body_of(model: SentenceTransformer) -> Body:
    """Return the first module of a model that `load_model` made."""
    return cast(Body, model[0])


def vectors_of(model: SentenceTransformer, texts: Sequence[str]) -> NDArray[np.float32]:
    """Return `(n, dimension)` float32, unit length, computed by torch."""
    with quiet():
        vectors = model.encode(list(texts), batch_size=64, show_progress_bar=False)
    return np.asarray(vectors, dtype=np.float32)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the libraries' bars, notes and warnings off while they work."""
    bar: Any = transformers.utils.logging
    shown = bar.is_progress_bar_enabled()
    loggers = [logging.getLogger(name) for name in _LOUD]
    levels = [each.level for each in loggers]
    bar.disable_progress_bar()
    for each in loggers:
        each.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)
        if shown:
            bar.enable_progress_bar()

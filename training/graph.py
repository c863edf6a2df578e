"""The ONNX graph of an encoder: tokens in, pooled unit vectors out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn
from transformers import PreTrainedModel

from knowledge.encoder import Pooling
from training.model import body_of, quiet

_LONGEST = 512


class _Pooled(nn.Module):
    """Transformer, pooling and normalisation as one module with two plain inputs."""

    def __init__(self, transformer: PreTrainedModel, pooling: Pooling) -> None:
        super().__init__()
        self.transformer = transformer
        self.pooling = pooling

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        states = self.transformer(input_ids=input_ids, attention_mask=attention_mask)
        hidden: Tensor = states.last_hidden_state  # (batch, length, dimension)
        if self.pooling == "cls":
            return nn.functional.normalize(hidden[:, 0], dim=-1)
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        return nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1), dim=-1)


def write_graph(model: SentenceTransformer, path: Path) -> None:
    """Write one file with dynamic batch and length; the weights lie in it, float32."""
    body = body_of(model)
    shape = {0: torch.export.Dim("batch", min=1), 1: torch.export.Dim("length", max=_LONGEST)}
    ids = torch.ones((2, 8), dtype=torch.int64)
    with quiet(), torch.no_grad(), _plain_attention(body.transformer):
        torch.onnx.export(
            _Pooled(body.transformer, body.meta.pooling).eval(),
            (ids, torch.ones_like(ids)),
            path,
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_shapes=(shape, shape),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


@contextmanager
def _plain_attention(transformer: PreTrainedModel) -> Iterator[None]:
    """Attention as plain matrix products, which give the smaller graph."""
    training, before = transformer.training, transformer.config._attn_implementation
    transformer.set_attn_implementation("eager")
    try:
        yield
    finally:
        transformer.set_attn_implementation(before)
        transformer.train(training)

"""The intent loss: a cosine classifier on the encoder's unit vectors.

Its head is trained along and thrown away: the head that serves is fitted on the finished vectors.
"""

from collections.abc import Iterable
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from torch import Tensor, nn

HEAD_PARAMETER = r"^intents\.head$"
"""The head's name in the trainer, where it learns at a rate of its own."""


class IntentLoss(nn.Module):
    """Cross entropy of `scale` times the cosine between a text and each intent's vector.

    `head` (classes, dimension) starts at the mean vector of each intent, so that the first steps
    refine what the pretrained encoder knows instead of undoing it.
    """

    def __init__(self, model: SentenceTransformer, means: Tensor, scale: float) -> None:
        super().__init__()
        self.model = model
        self.head = nn.Parameter(means.clone())
        self.scale = scale

    def forward(self, sentence_features: Iterable[dict[str, Any]], labels: Tensor) -> Tensor:
        (features,) = sentence_features
        vectors: Tensor = self.model(features)["sentence_embedding"]
        return nn.functional.cross_entropy(self.logits(vectors), labels)

    def logits(self, vectors: Tensor) -> Tensor:
        """Return `(n, classes)` for unit vectors `(n, dimension)`."""
        return self.scale * vectors.float() @ nn.functional.normalize(self.head, dim=-1).T


def class_means(vectors: Tensor, labels: Tensor) -> Tensor:
    """Return the unit mean vector of each class, `(classes, dimension)`."""
    sums = torch.zeros(int(labels.max()) + 1, vectors.shape[1]).index_add_(0, labels, vectors)
    return nn.functional.normalize(sums, dim=-1)

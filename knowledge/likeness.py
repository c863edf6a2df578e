"""How alike two exchanges are, on a scale that is the same for every encoder.

Encoders differ in the cosine that unrelated texts get (0.07 in one, 0.67 in another), so a cosine
is rescaled: 0 is what unrelated sentences get on average, 1 is the same text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.contradiction import same_measures
from knowledge.encoder import Encoder
from knowledge.types import Language

Vectors = NDArray[np.float32]

MAX_MEASURES = 2
_BLOCK = 4096
_UNRELATED: dict[Language, tuple[str, ...]] = {
    "en": (
        "How long does a refund take?",
        "The lamp does not turn on any more.",
        "Can I change the delivery address?",
        "Which cards do you accept?",
        "My password was stolen.",
        "Do you have this shirt in blue?",
        "The restaurant opens at six.",
        "I would like to book two seats.",
        "How do I update the software?",
        "Is breakfast included in the price?",
        "The parcel arrived with a broken box.",
        "You can cancel the contract every month.",
    ),
    "zh": (
        "退款要多久到账？",
        "台灯打不开了。",
        "可以修改收货地址吗？",
        "支持哪些银行卡？",
        "我的密码被盗了。",
        "这件衬衫有蓝色的吗？",
        "餐厅六点开门。",
        "我想订两个座位。",
        "怎么升级软件？",
        "房价包含早餐吗？",
        "包裹送到时盒子破了。",
        "合同每个月都可以取消。",
    ),
}


@dataclass(frozen=True)
class Thresholds:
    """When an exchange belongs to a group, from how alike question and answer are (0..1).

    The answer counts more, since questions are often half said ("and the tablet?"), and numbers
    that both answers name count on top. With all-MiniLM-L6-v2 and m3e-small, untrained, the
    defaults part the sample shop's answers (same ones reach 0.59, others 0.49) and merge few
    different ones of 6,000 complaint dialogues.
    """

    answer_weight: float = 0.7
    same_measure: float = 0.15
    """Added for each number with its unit that both answers name, twice at most."""
    alike: float = 0.58
    min_answer: float = 0.4
    min_support: int = 3
    """Distinct conversations from which a group without contradiction is approved."""

    def bonus(self, first: str, second: str) -> float:
        """What the numbers that both answers name add."""
        return self.same_measure * min(same_measures(first, second), MAX_MEASURES)


class Likeness:
    """Compares exchanges by the vectors of their questions and answers."""

    def __init__(self, encoder: Encoder, language: Language, thresholds: Thresholds) -> None:
        self._encoder = encoder
        self.thresholds = thresholds
        vectors = encoder.encode(_UNRELATED[language])
        pairs = np.triu_indices(len(vectors), 1)
        self._unrelated = min(float((vectors @ vectors.T)[pairs].mean()), 0.95)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) float32, unit length."""
        if not texts:
            return np.zeros((0, self._encoder.dimension), dtype=np.float32)
        return self._encoder.encode(texts)

    def candidates(
        self, pair: tuple[Vectors, Vectors], others: tuple[Vectors, Vectors], k: int
    ) -> list[list[tuple[int, float]]]:
        """For each (question, answer) the at most `k` most alike others that may be the same.

        Each as (row of `others`, likeness without the measures), best first. Memory is bounded by
        blocks of `others`.
        """
        found: list[list[tuple[int, float]]] = [[] for _ in pair[0]]
        lowest = self.thresholds.alike - MAX_MEASURES * self.thresholds.same_measure
        for start in range(0, len(others[0]), _BLOCK):
            block = others[0][start : start + _BLOCK], others[1][start : start + _BLOCK]
            scores = self._scores(pair, block)
            rows, columns = np.nonzero(scores >= lowest)
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
                found[row].append((start + column, float(scores[row, column])))
        return [sorted(each, key=lambda hit: (-hit[1], hit[0]))[:k] for each in found]

    def _scores(
        self, pair: tuple[Vectors, Vectors], others: tuple[Vectors, Vectors]
    ) -> NDArray[np.float32]:
        """(n, m): the weighted likeness, minus one where the answers are too far apart."""
        questions = self.rescaled(pair[0] @ others[0].T)
        answers = self.rescaled(pair[1] @ others[1].T)
        weight = self.thresholds.answer_weight
        scores = weight * answers + (1 - weight) * questions
        return np.where(answers >= self.thresholds.min_answer, scores, -1.0).astype(np.float32)

    def rescaled(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines on the scale where unrelated sentences get 0 and the same text 1."""
        return (cosines - self._unrelated) / (1 - self._unrelated)

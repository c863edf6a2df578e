"""Which sentences of which passages answer a question: nothing is said that no passage says.

A short passage is quoted whole. A long one is cut to whole sentences, the best ones and what they
lean on. A second passage is quoted too where it answers a part of the question that the first
leaves open. Encodes sentences; knows no conversation.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.mind import Component
from bot.types import Action, Answer
from knowledge.language import sentences
from knowledge.types import Hit, Language, Passage
from knowledge.words import asked

LONGEST: dict[Language, int] = {"en": 300, "zh": 130}
"""Characters of a passage that is quoted whole."""
MOST_SENTENCES = 3
CLOSE = 0.1
"""A sentence is quoted, too, when its cosine to the question is so near to the best one's."""
SHARE_OF_SECOND = 0.34
"""Of the question's words a second passage has to answer so many more."""

_LEANS: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"(?:it|they|that|this|these|those|both|then|after that|otherwise|also|but|and|so|if so"
        r"|in that case|there|here|the latter|neither|anything|everything|either)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile("它|这|那|其|否则|另外|同时|此外|但|不过|如果这样|之后|然后|届时|超过后|也"),
}

Vector = NDArray[np.float32]


class Quotes:
    """Chooses what to quote for one question; `vector` (D,) is the question's."""

    def __init__(self, component: Component, question: str, vector: Vector | None) -> None:
        self._component = component
        self._question = question
        self._vector = vector

    def completed(self, action: Action, hits: Sequence[Hit]) -> Action:
        """The action, with a second passage where the first leaves a part of the question open."""
        if not (isinstance(action, Answer) and len(action.hits) == 1) or self._vector is None:
            return action
        first = action.hits[0]
        threshold = self._component.passage_threshold
        others = [hit for hit in hits if hit.passage.id != first.passage.id]
        for hit in others:
            if hit.score >= threshold and self._adds(first.passage, hit.passage):
                return replace(action, hits=(first, hit))
        return action

    def cut(self, action: Action) -> Mapping[int, str]:
        """What is said of each passage that `action` quotes, by the passage's id."""
        if not isinstance(action, Answer):
            return {}
        return {hit.passage.id: self._quote(hit.passage) for hit in action.hits}

    def _quote(self, passage: Passage) -> str:
        if len(passage.body) <= LONGEST[passage.language] or self._vector is None:
            return passage.body
        parts = sentences(passage.body)
        if len(parts) <= 2:
            return passage.body
        kept = _kept(self._likeness(passage, parts, self._vector), parts, passage.language)
        joint = "" if passage.language == "zh" else " "
        return joint.join(parts[place] for place in kept)

    def _likeness(
        self, passage: Passage, parts: Sequence[str], vector: Vector
    ) -> NDArray[np.float32]:
        """The likeness of each sentence to the question (n,): cosine, and the words they share."""
        heading = passage.title.rsplit(" > ", 1)[-1]
        vectors = self._component.encoder.encode([f"{heading} {part}" for part in parts])
        words = set(asked(self._question, passage.language))
        shared = [
            len(words & set(asked(part, passage.language))) / (len(words) or 1) for part in parts
        ]
        found: NDArray[np.float32] = vectors @ vector + 0.3 * np.array(shared, np.float32)
        return found

    def _adds(self, first: Passage, second: Passage) -> bool:
        """Whether the second says something to words of the question that the first has not."""
        language = first.language
        words = set(asked(self._question, language))
        if len(words) < 2 or second.body in first.body or first.body in second.body:
            return False
        told = words & set(asked(f"{first.title} {first.body}", language))
        more = words & set(asked(f"{second.title} {second.body}", language))
        return len(more - told) / len(words) >= SHARE_OF_SECOND


def _kept(likeness: NDArray[np.float32], parts: Sequence[str], language: Language) -> list[int]:
    """The places of the sentences to be said, in their order, with those that they lean on."""
    best = np.argsort(-likeness)[:MOST_SENTENCES]
    kept = {int(place) for place in best if likeness[place] >= likeness[best[0]] - CLOSE}
    for place in sorted(kept, reverse=True):
        while place > 0 and _LEANS[language].match(parts[place]):
            place -= 1
            kept.add(place)
    return sorted(kept)

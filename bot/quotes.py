"""Which sentences of which passages answer a question: nothing is said that no passage says.

A short passage is quoted whole. A long one is cut to the paragraph that answers, and a long
paragraph to whole sentences in a row: the best one, what it leans on, and what follows it, where
the exceptions stand. A second passage is quoted too where it answers a part of the question that
the first leaves open. Encodes sentences; knows no conversation.
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

LONGEST: dict[Language, int] = {"en": 400, "zh": 170}
"""Characters of a passage that is quoted whole, and of the sentences that it is cut to."""
CLOSE = 0.05
"""A paragraph is quoted, too, when its likeness to the question is so near to the best one's."""
WORDS_SHARE = 0.3
"""What sharing all words of the question counts against a cosine of 1."""
SHARE_OF_SECOND = 0.34
"""Of the question's words a second passage has to answer so many more."""
SURE_OF_SECOND = 0.5
"""A second passage is quoted only when it is more likely right than wrong by itself."""

_LEANS: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"(?:it|they|that|this|these|those|both|then|after that|otherwise|also|but|and|so|if so"
        r"|in (?:that case|those cases|(?:all )?other cases)|all others?|there|here|the latter"
        r"|neither|anything|everything|either)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile("它|这|那|其|否则|另外|同时|此外|但|不过|如果这样|之后|然后|届时|超过后|也"),
}
_ITEM = re.compile(r"(?:[-*•·]|\d{1,2}[.)、])\s*(?=\S)")
"""A line of a list, which says nothing without the line that leads to it."""

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
            sure = hit.score >= max(threshold, SURE_OF_SECOND)
            if sure and self._adds(first.passage, hit.passage):
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
        paragraphs = [part for part in passage.body.split("\n\n") if part.strip()]
        likeness = self._likeness(passage, paragraphs, self._vector)
        near = np.flatnonzero(likeness >= likeness.max() - CLOSE)
        text = "\n\n".join(paragraphs[place] for place in near)
        if len(text) <= LONGEST[passage.language]:
            return text
        return self._sentences(passage, paragraphs[int(likeness.argmax())], self._vector)

    def _sentences(self, passage: Passage, text: str, vector: Vector) -> str:
        """Whole sentences of `text` in a row, around the one most like the question."""
        parts = sentences(text)
        best = int(self._likeness(passage, parts, vector).argmax())
        spans = _spans(text, parts)
        begin = spans[_start(parts, best, passage.language)][0]
        end = spans[best][1]
        for _, following in spans[best + 1 :]:
            if following - begin > LONGEST[passage.language]:
                break
            end = following
        return text[begin:end]

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
        found: NDArray[np.float32] = vectors @ vector + WORDS_SHARE * np.array(shared, np.float32)
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


def _spans(text: str, parts: Sequence[str]) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end in it."""
    spans, end = [], 0
    for part in parts:
        begin = text.index(part, end)
        end = begin + len(part)
        spans.append((begin, end))
    return spans


def _start(parts: Sequence[str], place: int, language: Language) -> int:
    """Where to begin so that the sentence at `place` leans on nothing left out."""
    while place > 0 and (_LEANS[language].match(parts[place]) or _ITEM.match(parts[place])):
        place -= 1
    return place

"""Find the passage that already gives an answer, so that nothing is suggested twice.

The same words in any passage, or by the encoder the same answer to a like question in one of
dialogues. Answers that staff turned down are found as well, with the ids that they had.
"""

from collections.abc import Callable

from bot.mind import Component, Mind
from knowledge.groups import Groups
from knowledge.history import Exchange
from knowledge.language import normalise
from knowledge.likeness import Likeness, Thresholds
from knowledge.store import PassageStore
from knowledge.types import Passage

LOOKED_AT = 12
"""Passages near the question, or sharing the words of the answer, that are compared."""
MOST_TURNED_DOWN = 200
"""The last ones that staff turned down; each costs the encoder two texts."""


class LikeAnswers:
    """Compares an exchange with the passages. Threads may share it."""

    def __init__(self, passages: PassageStore, mind: Callable[[], Mind | None]) -> None:
        self._passages = passages
        self._mind = mind

    def find(self, exchange: Exchange) -> Passage | None:
        """The passage that gives this answer; one that is not in the store was turned down."""
        rejected = self._passages.rejected(exchange.language)[-MOST_TURNED_DOWN:]
        same = self._worded(exchange)
        answer = _plain(exchange.answer)
        for passage in [*same, *rejected]:
            if _plain(passage.body) == answer:
                return passage
        mind = self._mind()
        component = mind.components.get(exchange.language) if mind else None
        return self._meant(exchange, component, rejected) if component else None

    def _worded(self, exchange: Exchange) -> list[Passage]:
        """The passages that share most words with the answer."""
        found = self._passages.search(exchange.answer, exchange.language, LOOKED_AT, approved=None)
        return self._passages.get(passage_id for passage_id, _ in found)

    def _meant(
        self, exchange: Exchange, component: Component, rejected: list[Passage]
    ) -> Passage | None:
        """The passage of dialogues whose group the exchange would join."""
        vector = component.encoder.encode([exchange.question])[0]
        hits = component.retriever.search(exchange.question, vector, LOOKED_AT, approved=None)
        known = [hit.passage for hit in hits if hit.passage.kind == "dialogue"] + rejected
        likeness = Likeness(component.encoder, exchange.language, Thresholds())
        (group,) = Groups(likeness, known).place([exchange])
        return next((each for each in known if each.id == group.passage_id), None)


def _plain(text: str) -> str:
    return normalise(text).casefold()

"""Search the knowledge for the staff: by meaning where a release serves, by words always.

Finds what waits or is off as well; scores are comparable within one search only.
"""

import re

from bot.mind import Mind
from knowledge.store import PassageStore
from knowledge.types import LANGUAGES, Language

DEPTH = 60
"""Passages found in each language."""
WORTH_LISTING = 0.05
"""The least score of what is listed, as a share of the best."""

_NUMBER = re.compile(r"#?(\d{1,18})")


def find(
    passages: PassageStore, mind: Mind | None, text: str, language: Language | None
) -> dict[int, float]:
    """Passage ids with their scores in 0..1, best first; "#12" finds the passage 12."""
    if number := _NUMBER.fullmatch(text.strip()):
        return {int(number[1]): 1.0}
    scores: dict[int, float] = {}
    for each in (language,) if language else LANGUAGES:
        scores |= _worded(passages, text, each)
        scores |= _meant(mind, text, each)
    best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    least = best[0][1] * WORTH_LISTING if best else 0
    return {passage_id: score for passage_id, score in best if score >= least}


def _meant(mind: Mind | None, text: str, language: Language) -> dict[int, float]:
    component = mind.components.get(language) if mind else None
    if component is None:
        return {}
    vector = component.encoder.encode([text])[0]
    hits = component.retriever.search(text, vector, DEPTH, approved=None)
    return {hit.passage.id: hit.score for hit in hits}


def _worded(passages: PassageStore, text: str, language: Language) -> dict[int, float]:
    """The share of the words of the search that a passage has."""
    lexical = passages.lexical(text, language, None)
    best = lexical.top(DEPTH)
    shares = lexical.of(best) / max(lexical.ideal, 1e-6)
    return dict(zip(best.tolist(), shares.clip(0, 1).tolist(), strict=True))

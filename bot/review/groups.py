"""Candidates of the queue grouped: one wording once, those that ask for the same together.

What the log cannot say of them comes from the models of the release that serves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.classifier import Floats, IntentHead
from bot.mind import Mind
from bot.review.candidates import Candidate
from bot.review.likeness import Vectors, alike_from, clusters, voices_differ
from bot.review.priority import DISAGREEMENT, unknown
from bot.review.types import Cluster
from knowledge.types import Language

MOST_OF_CLUSTER = 50
"""Turns of a cluster that one decision may hold for: no more than a person can look over."""

Group = tuple[Candidate, Cluster | None]


@dataclass(frozen=True)
class _Known:
    """What the models need of one language: vectors and texts by turn id, the head."""

    rows: Mapping[int, Floats]
    texts: Mapping[int, str]
    head: IntentHead | None
    alike: float

    def vectors(self, those: Sequence[Candidate]) -> Floats:
        """Their vectors, (n, D)."""
        return np.stack([self.rows[one.turn_id] for one in those])


class Groups:
    """Remembers vectors, and how close is alike, for the release that serves."""

    def __init__(self) -> None:
        self._vectors = Vectors()
        self._alike: dict[tuple[str, Language], float] = {}

    def of(
        self, found: Sequence[Candidate], texts: Mapping[int, str], mind: Mind | None
    ) -> list[Group]:
        """Group `found`, each with its reasons; `texts` are their queries by turn id.

        Without a release that serves their language, only equal wordings become one.
        """
        grouped: list[Group] = []
        for language in dict.fromkeys(one.language for one in found):
            spoken = _each_once([one for one in found if one.language == language])
            known = self._known(spoken, texts, mind) if mind else None
            if known is None:
                grouped += [(one, None) for one in spoken if one.weights]
                continue
            grouped += _clustered([one for one in spoken if one.failed], known)
            answered = [one for one in spoken if not one.failed]
            grouped += [(one, None) for one in _with_differing(answered, known)]
        return grouped

    def _known(
        self, spoken: Sequence[Candidate], texts: Mapping[int, str], mind: Mind
    ) -> _Known | None:
        language = spoken[0].language
        component = mind.components.get(language)
        if component is None:
            return None
        said = {one.turn_id: texts[one.turn_id] for one in spoken}
        rows = dict(zip(said, self._vectors.of(mind, component, said), strict=True))
        key = mind.release, language
        if key not in self._alike:
            self._alike[key] = alike_from(component.head)
        return _Known(rows, texts, component.head, self._alike[key])


def _each_once(found: Sequence[Candidate]) -> list[Candidate]:
    """One candidate for each wording, the best, with the reasons of all."""
    kept: dict[str, Candidate] = {}
    for one in found:
        first = kept.get(one.words, one)
        for reason, weight in one.weights.items():
            first = first.with_reason(reason, weight)
        kept[one.words] = replace(first, answered_by=first.answered_by or one.answered_by)
    return list(kept.values())


def _clustered(failed: Sequence[Candidate], known: _Known) -> list[Group]:
    if not failed:
        return []
    found: list[Group] = []
    for group in clusters(known.vectors(failed), known.alike):
        members = [failed[row] for row in group[: MOST_OF_CLUSTER + 1]]
        first = members[0].with_reason("out_of_scope", unknown(len(group)))
        ids = tuple(one.turn_id for one in members)
        several = Cluster(ids, tuple(known.texts[one] for one in ids)) if len(ids) > 1 else None
        found.append((first, several))
    return found


def _with_differing(answered: Sequence[Candidate], known: _Known) -> list[Candidate]:
    """Give those where the voices of the head differ that reason; drop those without any."""
    if known.head and answered:
        differ = voices_differ(known.head, known.vectors(answered))
        answered = [
            one.with_reason("disagreement", DISAGREEMENT) if differs else one
            for one, differs in zip(answered, differ, strict=True)
        ]
    return [one for one in answered if one.weights]

"""The thresholds by which a release answers, read without loading its models."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.classifier import HEAD_FILE
from bot.home import Home
from bot.mind import Component, Mind
from bot.registry import RegistryError
from bot.retrieval import RETRIEVAL_FILE, Retrieval
from knowledge.types import Language

ABSENT = -1.0
"""The margin of what a turn has none of: no intent, or no passage."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which one language of a release acts on an intent, or quotes a passage."""

    passage: float
    pooled: float | None = None
    intents: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of_component(cls, component: Component) -> "Thresholds":
        """Those of a release that serves, at the error budget of the settings."""
        if component.head is None:
            return cls(component.passage_threshold)
        settings = component.head.settings
        return cls(component.passage_threshold, settings.threshold, settings.thresholds)

    def of(self, intent: str) -> float | None:
        """The threshold of an intent; None where the release knows no intents."""
        return self.intents.get(intent, self.pooled)

    def margin(self, intent: str | None, score: float, passage: float | None) -> float:
        """How far the better of both clears its threshold: 1 certain, 0 at the threshold, -1 none.

        Measured by what lies above and below it: over a threshold of 0.95 even 0.97 is a near
        thing. `score` is the intent's confidence times the probability that the message is in
        scope, `passage` the score of the best passage.
        """
        needed = self.of(intent) if intent else None
        return max(
            ABSENT if needed is None else _relative(score, needed),
            ABSENT if passage is None else _relative(passage, self.passage),
        )


class ThresholdBook:
    """Thresholds by release and language; each is read once. Threads may share it."""

    def __init__(self, home: Home, mind: Callable[[], Mind | None]) -> None:
        """`mind` gives the release that serves: its thresholds follow the settings."""
        self._home = home
        self._mind = mind
        self._read: dict[tuple[str, Language], Thresholds | None] = {}

    def of(self, release: str, language: Language) -> Thresholds | None:
        """Those of a release, as trained unless it serves; of the champion where it is gone.

        None where there is neither.
        """
        mind = self._mind()
        if mind and mind.release == release and (component := mind.components.get(language)):
            return Thresholds.of_component(component)
        key = release, language
        if key not in self._read:
            self._read[key] = self._find(release, language)
        return self._read[key]

    def _find(self, release: str, language: Language) -> Thresholds | None:
        registry = self._home.registry
        try:
            found = read(registry.folder(release) / language)
        except RegistryError:  # deleted since: the turn is judged as the champion would
            found = None
        if found is None and (champion := registry.champion()):
            found = read(registry.folder(champion.id) / language)
        return found


def _relative(score: float, threshold: float) -> float:
    span = 1 - threshold if score >= threshold else threshold
    return (score - threshold) / span if span > 0 else 0.0


def read(folder: Path) -> Thresholds | None:
    """Read those of a release's language; None where it does not speak the language.

    Raises DeskmateError when they are damaged.
    """
    if not (folder / RETRIEVAL_FILE).exists():
        return None
    passage = Retrieval.load(folder).threshold
    if not (folder / HEAD_FILE).exists():
        return Thresholds(passage)
    head = json.loads((folder / HEAD_FILE).read_text(encoding="utf-8"))
    return Thresholds(passage, head["threshold"], head["thresholds"])

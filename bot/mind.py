"""A release as it serves: for each language an encoder, an intent head and passage search."""

from dataclasses import dataclass, field
from pathlib import Path

from bot.batching import BatchingEncoder
from bot.belonging import Belonging
from bot.classifier import HEAD_FILE, IntentHead
from bot.home import Home
from bot.indexing import Indexer, Indexes, index_path
from bot.mood import MoodHead
from bot.registry import Release
from bot.retrieval import Certainty, Retrieval
from knowledge.encoder import Encoder, OnnxEncoder
from knowledge.errors import DeskmateError
from knowledge.retriever import Retriever
from knowledge.types import Language, Progress

ENCODER_FOLDER = "encoder"
WARM_UP = "hello 你好"
"""Searched once when loading, so that no customer waits for dictionaries and caches."""


@dataclass(frozen=True)
class Component:
    """Everything that understands one language. `head` is None where nothing taught intents.

    `mood` is None in a release from before there were moods; `belonging` where nothing out of scope
    was there to learn from.
    """

    encoder: Encoder
    head: IntentHead | None
    retriever: Retriever
    passage_threshold: float
    mood: MoodHead | None = None
    belonging: Belonging | None = None
    certainty: Certainty = field(default_factory=Certainty)


class Mind:
    """One release's components, by language, and the indexes of what they know."""

    def __init__(self, release: str, components: dict[Language, Component]) -> None:
        self.release = release
        self.components = components
        self._batching: list[BatchingEncoder] = []
        self._indexes: list[tuple[Indexer, Indexes, Path]] = []

    @classmethod
    def load(cls, home: Home, release: Release, progress: Progress | None = None) -> "Mind":
        """Load every language of `release` and bring its indexes up to date.

        Raises DeskmateError when the release is damaged or speaks no language of the settings.
        """
        languages = [name for name in release.languages if name in home.settings.bot.languages]
        if not languages:
            raise DeskmateError(
                f"release {release.id}: expected one of {home.settings.bot.languages}, found "
                f"{release.languages}; set bot.languages in deskmate.toml or train again"
            )
        mind = cls(release.id, {})
        for language in languages:
            mind._load_language(home, language, progress)
        return mind

    def _load_language(self, home: Home, language: Language, progress: Progress | None) -> None:
        folder = home.registry.folder(self.release) / language
        encoder = OnnxEncoder.load(folder / ENCODER_FOLDER)
        indexer = Indexer.of_home(home, encoder, language, self.release)
        path = index_path(home.index_folder, self.release, language)
        indexes = indexer.open(path, progress)
        budget = home.settings.bot.error_budget
        retrieval = Retrieval.load(folder).at_budget(budget)
        head = IntentHead.load(folder) if (folder / HEAD_FILE).exists() else None
        if head:
            head = IntentHead(head.settings.at_budget(budget), head.arrays, head.utterances)
        batching = BatchingEncoder(encoder)
        self._batching.append(batching)
        self._indexes.append((indexer, indexes, path))
        retriever = Retriever(
            home.passages,
            indexes.keys,
            retrieval.fusion,
            language,
            parts=indexes.parts,
            asked=indexes.asked,
            names=lambda: home.domain.catalogue.names,
        )
        mood = MoodHead.load(folder)
        belonging = Belonging.load(folder)
        cut = retrieval.threshold
        self.components[language] = Component(
            batching, head, retriever, cut, mood, belonging, retrieval.certainty
        )
        retriever.search(WARM_UP, batching.encode([WARM_UP])[0])

    @property
    def index_version(self) -> int:
        """The generation of the knowledge that every language's index has reached."""
        return min((indexes.generation for _, indexes, _ in self._indexes), default=0)

    def index_sizes(self) -> dict[Language, int]:
        """Return the number of indexed passages by language."""
        sizes = (len(indexes.keys) for _, indexes, _ in self._indexes)
        return dict(zip(self.components, sizes, strict=True))

    def catch_up(self) -> bool:
        """Apply edits of the knowledge to the indexes; True when there were any."""
        changed = False
        for indexer, indexes, path in self._indexes:
            if indexer.catch_up(indexes):
                indexes.save(path)
                changed = True
        return changed

    def close(self) -> None:
        """Stop the encoders' threads once they are idle."""
        for encoder in self._batching:
            encoder.close()

"""Turn what was imported into what can be found.

Groups the exchanges that were mined from dialogues into passages and brings vector indexes up to
date. Imports, the verb `index`, promotion and training all come here for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from filelock import FileLock, Timeout

from bot.home import Home
from bot.indexing import Indexer, Indexes, index_path
from bot.mind import ENCODER_FOLDER
from bot.registry import Release
from knowledge.encoder import Encoder, OnnxEncoder
from knowledge.mining import GroupReport, group_pending
from knowledge.types import Language, Progress

LOCK_FILE = "grouping.lock"


@dataclass(frozen=True, slots=True)
class Curated:
    """One language's knowledge afterwards; `indexed` is the number of passages in the index."""

    language: Language
    grouping: GroupReport
    passages: int
    approved: int
    indexed: int

    def sentence(self) -> str:
        """Say it in one line."""
        grouping = self.grouping
        parts = [
            f"{self.language}: {self.passages} passages, {self.approved} approved,"
            f" {self.indexed} in the index"
        ]
        if grouping.grouped:
            parts.append(
                f"{grouping.grouped} answers of dialogues grouped into {grouping.started} new"
                f" passages, {grouping.approved} approved by it, {grouping.held_back} held back"
            )
        if grouping.contested:
            ids = ", ".join(map(str, grouping.contested))
            parts.append(f"new answers contradict the approved passages {ids}")
        return "; ".join(parts)


def curate(
    home: Home, release: Release, progress: Progress, rebuild: bool = False
) -> list[Curated]:
    """Group what is new with the encoders of `release` and bring its indexes up to date.

    `rebuild` makes the indexes from nothing. Raises DeskmateError when the release is damaged.
    """
    curated: list[Curated] = []
    for language in languages(home, release):
        encoder = encoder_of(home, release, language)
        grouping = group(home, encoder, language, progress)
        indexes = open_indexes(home, release.id, language, encoder, progress, rebuild=rebuild)
        indexed = len(indexes.keys)
        passages = home.passages.count(language)
        approved = home.passages.count(language, approved=True)
        curated.append(Curated(language, grouping, passages, approved, indexed))
    return curated


def build_indexes(home: Home, release: Release, progress: Progress) -> None:
    """Bring the indexes of `release` up to date, so that it serves at once when promoted."""
    for language in languages(home, release):
        encoder = encoder_of(home, release, language)
        open_indexes(home, release.id, language, encoder, progress)


def group(home: Home, encoder: Encoder, language: Language, progress: Progress) -> GroupReport:
    """Group the pending exchanges of a language; of two processes one waits for the other."""
    with _only_one(home, progress):
        return group_pending(home.history, home.passages, encoder, language, progress)


def open_indexes(
    home: Home,
    release_id: str,
    language: Language,
    encoder: Encoder,
    progress: Progress,
    *,
    rebuild: bool = False,
) -> Indexes:
    """The indexes of one language, up to date and saved; `rebuild` makes them from nothing."""
    indexer = Indexer.of_home(home, encoder, language, release_id)
    path = index_path(home.index_folder, release_id, language)
    return indexer.rebuild(path, progress) if rebuild else indexer.open(path, progress)


def languages(home: Home, release: Release) -> list[Language]:
    """The languages of `release` that the settings name."""
    return [each for each in release.languages if each in home.settings.bot.languages]


def encoder_of(home: Home, release: Release, language: Language) -> Encoder:
    """Load a release's encoder. Raises DeskmateError when it is missing or damaged."""
    return OnnxEncoder.load(home.registry.folder(release.id) / language / ENCODER_FOLDER)


@contextmanager
def _only_one(home: Home, progress: Progress) -> Iterator[None]:
    lock = FileLock(home.folder / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress(0, None, "waiting for another import or training of this home")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()

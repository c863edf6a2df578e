"""Take files in and make what they hold findable: the verb `import` and the demo come here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.curation import Curated, curate
from bot.home import Home
from knowledge import importing
from knowledge.examples import Split
from knowledge.importing import ImportReport
from knowledge.types import Language, Progress

Kind = Literal["dialogues", "faq", "docs", "intents"]


@dataclass(frozen=True, slots=True)
class Manner:
    """How to import. `test` puts FAQ rows and intents into the frozen test sets.

    `questions` says that FAQ rows are no knowledge but questions that a part of it answers, to
    learn from.
    """

    language: Language | None = None
    strict: bool = False
    dry_run: bool = False
    test: bool = False
    questions: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did, and each language's knowledge afterwards where a release indexed it.

    `left_to_training` says that there is knowledge to group or index, and no release yet.
    """

    report: ImportReport
    curated: list[Curated]
    left_to_training: bool = False


def take_in(
    home: Home, kind: Kind, paths: Sequence[Path], manner: Manner, progress: Progress
) -> Taken:
    """Import files, then group and index with the champion, so that it is found at once.

    Raises DeskmateError for a file without a readable row, and for a bad row of a strict import.
    """
    report = import_files(home, kind, paths, manner, progress)
    if kind == "intents" or manner.test or manner.questions or manner.dry_run:
        return Taken(report, [])
    champion = home.registry.champion()
    if champion is None:
        return Taken(report, [], left_to_training=True)
    return Taken(report, curate(home, champion, progress))


def import_files(
    home: Home, kind: Kind, paths: Sequence[Path], manner: Manner, progress: Progress
) -> ImportReport:
    """Store what files hold, and leave grouping and indexing to whoever serves."""
    how: dict[str, Any] = {
        "language": manner.language,
        "strict": manner.strict,
        "dry_run": manner.dry_run,
        "progress": progress,
    }
    match kind:
        case "dialogues":
            return importing.import_dialogues(paths, home.history, **how)
        case "faq" if manner.test or manner.questions:
            to: Split = "test" if manner.test else "train"
            return importing.import_questions(paths, home.examples, split=to, **how)
        case "faq":
            return importing.import_faq(paths, home.passages, **how)
        case "docs":
            return importing.import_docs(paths, home.passages, **how)
        case "intents":
            split: Split = "test" if manner.test else "train"
            return importing.import_intents(paths, home.examples, split=split, **how)

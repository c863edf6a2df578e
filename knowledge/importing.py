"""Files in, knowledge stored: dialogues, FAQ, documents, labelled utterances and test questions.

Every import reads its files once to see that each holds something (all of it when strict or dry),
then streams them into the store, so that a large history needs little memory. Importing a file
again changes only what is new in it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge.examples import ExampleStore, Split
from knowledge.history import Exchange, HistoryStore
from knowledge.intake import Intake, Row, files_of
from knowledge.mining import exchanges
from knowledge.sources import dialogues, documents, faq, intents
from knowledge.store import PassageStore
from knowledge.types import Changes, Conversation, Language, Passage, Progress, RowError

_JSON_LINES = (".jsonl", ".jsonl.gz")
_TABLES = (".csv", ".csv.gz", *_JSON_LINES)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. `read` counts the good rows and `failed` the bad ones.

    `errors` are the first thousand of the bad. `removed` counts passages that a document, read
    again, no longer holds. After a dry run `read`, `failed` and `errors` alone are filled.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    failed: int = 0
    removed: int = 0


def import_dialogues(
    paths: Sequence[Path],
    history: HistoryStore,
    *,
    language: Language | None = None,
    strict: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Store conversations and the exchanges mined from them; they are grouped later.

    Raises UnreadableFileError and, when strict, StrictImportError; as all imports do.
    """
    files = files_of(paths, _JSON_LINES)
    intake = Intake(files, lambda path: dialogues.read(path, language), progress)

    def store(conversations: Iterator[Conversation]) -> Changes:
        outcomes = Counter[str](history.add(each, _mined(each)) for each in conversations)
        return Changes(**outcomes)

    return _import(intake, store, strict=strict, dry_run=dry_run)


def _mined(conversation: Conversation) -> Iterator[Exchange]:
    """Mine when the store asks for it: what it knows already is not mined again."""
    yield from exchanges(conversation)


def import_faq(
    paths: Sequence[Path],
    store: PassageStore,
    *,
    language: Language | None = None,
    strict: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Store questions with their answers as approved passages."""
    files = files_of(paths, _TABLES)
    intake = Intake(files, lambda path: faq.read(path, language), progress)
    return _import(intake, store.add, strict=strict, dry_run=dry_run)


def import_docs(
    paths: Sequence[Path],
    store: PassageStore,
    *,
    language: Language | None = None,
    strict: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Store documents as approved passages; those that a document no longer holds are removed.

    A document is known by its file name, or by its place in the folder that was given.
    """
    names = files_of(paths, documents.SUFFIXES)
    intake = Intake(names, lambda path: documents.read(path, language, names[path]), progress)
    kept: dict[tuple[Language, str], set[str]] = {}

    def noted(passages: Iterator[Passage]) -> Iterator[Passage]:
        for passage in passages:
            kept.setdefault(_document(passage), set()).add(passage.key)
            yield passage

    report = _import(intake, lambda found: store.add(noted(found)), strict=strict, dry_run=dry_run)
    removed = store.remove(_outdated(store, kept))
    return replace(report, removed=removed)


def _document(passage: Passage) -> tuple[Language, str]:
    return passage.language, passage.source.rpartition("#")[0]


def _outdated(store: PassageStore, kept: dict[tuple[Language, str], set[str]]) -> list[int]:
    """Ids of the passages of these documents that their new versions do not hold."""
    imported = store.imported_keys()
    return [
        passage.id
        for language in {language for language, _ in kept}
        for passage in store.all(language)
        if passage.kind == "doc"
        and (keys := kept.get(_document(passage))) is not None
        and imported.get(passage.id, passage.key) not in keys
    ]


def import_intents(
    paths: Sequence[Path],
    examples: ExampleStore,
    *,
    split: Split = "train",
    language: Language | None = None,
    strict: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Store utterances with their intent for training, or as the frozen test set."""
    files = files_of(paths, _TABLES)
    intake = Intake(files, lambda path: intents.read(path, language), progress)
    source = _sources(files.values())
    return _import(
        intake, lambda rows: examples.add(rows, split, source), strict=strict, dry_run=dry_run
    )


def import_questions(
    paths: Sequence[Path],
    examples: ExampleStore,
    *,
    split: Split = "test",
    language: Language | None = None,
    strict: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Store questions with their answers, or a part of them as evidence, to train or test on."""
    files = files_of(paths, _TABLES)
    intake = Intake(files, lambda path: faq.read(path, language, faq.ANSWER_OR_PART), progress)
    source = _sources(files.values())

    def store(rows: Iterator[Passage]) -> Changes:
        pairs = ((row.key, row.body, row.language) for row in rows)
        return examples.add_questions(pairs, source, split)

    return _import(intake, store, strict=strict, dry_run=dry_run)


def _sources(names: Iterable[str]) -> str:
    return ", ".join(names)


def _import(
    intake: Intake[Row],
    store: Callable[[Iterator[Row]], Changes],
    *,
    strict: bool,
    dry_run: bool,
) -> ImportReport:
    """Look first, then store what is read."""
    if strict or dry_run:
        intake.check(strict=strict)
    else:
        intake.peek()
    changes = Changes() if dry_run else store(intake.rows())
    return ImportReport(
        intake.read,
        changes.added,
        changes.updated,
        changes.unchanged,
        intake.errors,
        intake.failed,
    )

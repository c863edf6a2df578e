"""Import a file into the running server: first a preview that stores nothing, then the real one.

Owns the uploaded files, which live in a temporary folder until they are imported or replaced, and
the one import that may run. What a row means is `knowledge.importing`'s business.
"""

import logging
import secrets
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from bot.audit import Audit
from bot.curation import group
from bot.home import Home
from bot.intake import Manner, import_files
from bot.mind import Mind
from knowledge.errors import DeskmateError
from knowledge.mining import exchanges
from knowledge.sources import dialogues, documents, faq
from knowledge.types import Changes, Language, RowError

log = logging.getLogger(__name__)

FileKind = Literal["faq", "docs", "dialogues"]
SUFFIXES: dict[FileKind, tuple[str, ...]] = {
    "faq": (".csv", ".csv.gz", ".jsonl", ".jsonl.gz"),
    "docs": documents.SUFFIXES,
    "dialogues": (".jsonl", ".jsonl.gz"),
}
SAMPLES = 5
MOST_ERRORS = 50
"""Row errors that a preview shows; the others are counted."""
MOST_UPLOADS = 8


class ImportRefusedError(DeskmateError):
    """The file is of no kind that can be read here, is unknown, or another import runs."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. `samples` are the first rows as (question or title, answer)."""

    upload_id: str
    name: str
    kind: FileKind
    read: int
    failed: int
    errors: list[RowError]
    samples: list[tuple[str, str]]
    changes: Changes | None


@dataclass
class Import:
    """A running or ended import. `done` counts rows; `failed` says why it ended early."""

    name: str
    what: str = ""
    done: int = 0
    finished: bool = False
    changes: Changes | None = None
    removed: int = 0
    unreadable: int = 0
    suggestions: int = 0
    generation: int = 0
    failed: str = ""


@dataclass(frozen=True, slots=True)
class _Upload:
    path: Path
    kind: FileKind
    language: Language | None


@dataclass
class Imports:
    """The imports of one running server. Threads may share it."""

    home: Home
    mind: Callable[[], Mind | None]
    audit: Audit
    current: Import | None = None
    _uploads: OrderedDict[str, _Upload] = field(default_factory=OrderedDict)
    _folder: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def preview(self, kind: FileKind, name: str, data: bytes, language: Language | None) -> Preview:
        """Keep an uploaded file and read it whole, storing nothing.

        Raises ImportRefusedError, and UnreadableFileError for a file without a good row.
        """
        if not name.lower().endswith(SUFFIXES[kind]):
            expected = ", ".join(SUFFIXES[kind])
            raise ImportRefusedError(f"{name}: expected a file that ends in {expected}")
        upload_id, upload = self._keep(kind, name, data, language)
        manner = Manner(language, dry_run=True)
        try:
            report = import_files(self.home, kind, [upload.path], manner, _quiet)
        except DeskmateError:
            self._drop(upload_id)
            raise
        return Preview(
            upload_id=upload_id,
            name=name,
            kind=kind,
            read=report.read,
            failed=report.failed,
            errors=report.errors[:MOST_ERRORS],
            samples=list(islice(_samples(upload), SAMPLES)),
            changes=self._foreseen(upload),
        )

    def start(self, staff: str, upload_id: str) -> Import:
        """Import a file that was previewed, in the background. Raises ImportRefusedError."""
        with self._lock:
            if self.current and not self.current.finished:
                raise ImportRefusedError("expected no import to run, found one; wait for its end")
            upload = self._uploads.get(upload_id)
            if upload is None:
                raise ImportRefusedError("expected a previewed file, found none; choose it again")
            running = self.current = Import(upload.path.name)
        thread = threading.Thread(
            target=self._run, args=(staff, upload_id, upload, running), name="import", daemon=True
        )
        thread.start()
        return running

    def close(self) -> None:
        """Delete the uploaded files."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, staff: str, upload_id: str, upload: _Upload, running: Import) -> None:
        def progress(done: int, _: int | None, what: str) -> None:
            running.done, running.what = done, what

        try:
            manner = Manner(upload.language)
            report = import_files(self.home, upload.kind, [upload.path], manner, progress)
            running.done, running.unreadable, running.removed = (
                report.read,
                report.failed,
                report.removed,
            )
            running.changes = Changes(report.added, report.updated, report.unchanged)
            if upload.kind == "dialogues":
                running.suggestions = self._group(progress)
            self.audit.note(staff, "knowledge.import", upload.path.name, upload.kind)
        except DeskmateError as error:
            running.failed = str(error)
        except Exception:
            log.exception("an import failed")
            running.failed = "unexpected"
        finally:
            running.generation = self.home.passages.generation
            running.finished = True
            self._drop(upload_id)

    def _group(self, progress: Callable[[int, int | None, str], None]) -> int:
        """Group what was mined, where a release has the encoder for it; how many new passages."""
        mind = self.mind()
        return sum(
            group(self.home, component.encoder, language, progress).started
            for language, component in (mind.components if mind else {}).items()
        )

    def _foreseen(self, upload: _Upload) -> Changes | None:
        """What becomes of each row; dialogues are not compared."""
        if upload.kind == "dialogues":
            return None
        read = faq.read if upload.kind == "faq" else documents.read
        rows = read(upload.path, upload.language)
        return self.home.passages.foresee(row for row in rows if not isinstance(row, RowError))

    def _keep(
        self, kind: FileKind, name: str, data: bytes, language: Language | None
    ) -> tuple[str, _Upload]:
        """A file keeps its name, by which its passages are known, in a folder of its own."""
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="deskmate-import-"))
            upload_id = secrets.token_hex(16)
            path = self._folder / upload_id / Path(name).name
            path.parent.mkdir()
            path.write_bytes(data)
            self._uploads[upload_id] = _Upload(path, kind, language)
            old = list(self._uploads)[:-MOST_UPLOADS]
        for each in old:
            self._drop(each)
        return upload_id, self._uploads[upload_id]

    def _drop(self, upload_id: str) -> None:
        upload = self._uploads.pop(upload_id, None)
        if upload:
            shutil.rmtree(upload.path.parent, ignore_errors=True)


def _samples(upload: _Upload) -> Iterator[tuple[str, str]]:
    if upload.kind == "dialogues":
        for conversation in dialogues.read(upload.path, upload.language):
            if not isinstance(conversation, RowError):
                yield from ((one.question, one.answer) for one in exchanges(conversation))
        return
    read = faq.read if upload.kind == "faq" else documents.read
    for row in read(upload.path, upload.language):
        if not isinstance(row, RowError):
            yield row.title, row.body


def _quiet(_: int, __: int | None, ___: str) -> None:
    """A preview shows no progress."""

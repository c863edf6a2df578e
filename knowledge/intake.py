"""Reading files to be imported: which files, their good rows, and what is wrong with the others.

Knows no store. Rows stream; what is kept is the first thousand errors.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from knowledge.errors import DeskmateError
from knowledge.types import Progress, RowError

MAX_ERRORS = 1000
"""Row errors kept; those after them are only counted."""
_STEP = 100

Row = TypeVar("Row")
Reader = Callable[[Path], Iterator[Row | RowError]]


class UnreadableFileError(DeskmateError):
    """A path that is missing, or a file without a single good row; nothing was stored."""


class StrictImportError(DeskmateError):
    """A strict import met bad rows and stored nothing; `errors` are the first of them."""

    def __init__(self, message: str, errors: Sequence[RowError]) -> None:
        super().__init__(message)
        self.errors = errors


def files_of(paths: Iterable[Path], suffixes: tuple[str, ...]) -> dict[Path, str]:
    """Each file to read with its name: that of the file, or its place in the folder that was given.

    Of a folder the files that end in one of `suffixes` are taken, hidden ones not. A path may end
    in `#part`. Raises UnreadableFileError.
    """
    found: dict[Path, str] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(each for each in path.rglob("*") if _wanted(each, path, suffixes))
            if not inside:
                raise UnreadableFileError(
                    f"{path}: expected {', '.join(suffixes)}, found no such file"
                )
            found |= {each: each.relative_to(path).as_posix() for each in inside}
        elif Path(str(path).partition("#")[0]).is_file() or path.is_file():
            found[path] = path.name
        else:
            raise UnreadableFileError(
                f"{path}: expected a file or folder, found none; check the path"
            )
    return found


def _wanted(path: Path, folder: Path, suffixes: tuple[str, ...]) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.is_file() and not hidden and path.name.lower().endswith(suffixes)


@dataclass
class Intake(Generic[Row]):
    """The good rows of some files, one file after the other; bad ones are noted."""

    files: Iterable[Path]
    reader: Reader[Row]
    progress: Progress | None = None
    read: int = 0
    failed: int = 0
    errors: list[RowError] = field(default_factory=list)

    def rows(self, what: str = "importing") -> Iterator[Row]:
        """Read everything, counting anew. Raises UnreadableFileError after a file without rows."""
        self.read, self.failed, self.errors = 0, 0, []
        for path in self.files:
            before, first = self.read, None
            for row in self.reader(path):
                if isinstance(row, RowError):
                    first = first or row
                    self._note(row)
                    continue
                self.read += 1
                if self.progress and self.read % _STEP == 0:
                    self.progress(self.read, None, what)
                yield row
            if self.read == before:
                raise _no_rows(path, first)

    def check(self, *, strict: bool) -> None:
        """Read everything before anything is stored.

        Raises UnreadableFileError, and StrictImportError when a row is bad and `strict` is given.
        """
        for _ in self.rows("checking"):
            pass
        if strict and self.failed:
            shown = "; ".join(map(str, self.errors[:3]))
            message = (
                f"expected good rows only, found {self.failed} bad: {shown}; nothing was stored"
            )
            raise StrictImportError(message, self.errors)

    def peek(self) -> None:
        """Look for a good row in every file. Raises UnreadableFileError."""
        for path in self.files:
            first = None
            for row in self.reader(path):
                if not isinstance(row, RowError):
                    break
                first = first or row
            else:
                raise _no_rows(path, first)

    def _note(self, error: RowError) -> None:
        self.failed += 1
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(error)


def _no_rows(path: Path, first: RowError | None) -> UnreadableFileError:
    if first is None:
        return UnreadableFileError(f"{path.name}: expected rows, found an empty file")
    return UnreadableFileError(f"no row could be read: {first}")

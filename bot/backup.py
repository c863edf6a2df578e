"""Back up a home into one file while its server runs, and restore it.

Knows what a home consists of: everything in the folder but the index, which is rebuilt from the
rest, and what is only there while a program runs. The file's format is `bot.archive`'s.
"""

import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.archive import Advance, ArchiveWriter, extract
from bot.disk import disk_errors, remove_tree, require_space, sync_folder, sync_tree
from bot.home import DATABASE_FILE
from bot.settings import FILE_NAME as SETTINGS_FILE
from knowledge.errors import DeskmateError
from knowledge.types import Progress


class BackupError(DeskmateError):
    """The home cannot be backed up, or the backup cannot go there."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What was written: the file or the home, its files, and their bytes."""

    path: Path
    files: int
    bytes: int


def backup(home: Path, out: Path, progress: Progress | None = None) -> BackupReport:
    """Write everything that cannot be rebuilt of `home` into the tar file `out`.

    A server may be at work: the database is copied as it is at one moment, releases never change.
    `out` is there only when it is whole, and replaces an older one. Raises DeskmateError.
    """
    _check_home(home, out)
    with disk_errors(f"backup of {home}", out):
        out.parent.mkdir(parents=True, exist_ok=True)
        # Beside `out`, so that the last step is a rename.
        with TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as temporary:
            # The database first: whatever file it speaks of is there when they are listed.
            snapshot = _snapshot(home / DATABASE_FILE, Path(temporary, DATABASE_FILE))
            members = [*snapshot, *_members(home)]
            total = sum(path.stat().st_size for path, _ in members if path.is_file())
            require_space(out, total)
            done = _Done("backup", total, progress)
            fresh = Path(temporary, "backup.tar")
            files = _write(fresh, members, done.advance)
            sync_folder(fresh)
            fresh.replace(out)
        sync_folder(out.parent)
    done.finish()
    return BackupReport(out, files, done.bytes)


def restore(file: Path, home: Path, progress: Progress | None = None) -> BackupReport:
    """Unpack the backup `file` as the new folder `home`, after every checksum was found right.

    Raises DeskmateError, with `home` as it was; a home that is not empty is never touched.
    """
    home = home.resolve()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise BackupError(f"expected no {home} or an empty folder, found something; name another")
    if not file.is_file():
        raise BackupError(f"expected a backup file, found no {file}; check the path")
    if home.is_mount():
        raise BackupError(f"{home} is a mount point; name a new folder in it")
    require_space(home, file.stat().st_size)
    fresh = home.with_name(f".{home.name}.restoring")
    with disk_errors(f"restore of {home}", home):
        done = _Done("restore", file.stat().st_size, progress)
        home.parent.mkdir(parents=True, exist_ok=True)
        try:
            remove_tree(fresh)  # of a restore that was killed
            fresh.mkdir(mode=0o700)
            files = extract(file, fresh, done.advance)
            sync_tree(fresh)
            fresh.rename(home)
        finally:
            remove_tree(fresh)
        sync_folder(home.parent)
    done.finish()
    return BackupReport(home, files, done.bytes)


class _Done:
    """Adds up bytes and reports them."""

    def __init__(self, what: str, total: int, progress: Progress | None) -> None:
        self.bytes = 0
        self._what = what
        self._total = total
        self._progress = progress

    def advance(self, count: int) -> None:
        self.bytes += count
        self._tell(min(self.bytes, self._total))

    def finish(self) -> None:
        self._tell(self._total)

    def _tell(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, self._total, self._what)


def _check_home(home: Path, out: Path) -> None:
    if not (home / SETTINGS_FILE).is_file():
        raise BackupError(
            f"expected a home with {SETTINGS_FILE}, found none in {home}; name another"
        )
    if out.is_dir():
        raise BackupError(f"expected the name of a file, found the folder {out}; add a name")
    if out.resolve().is_relative_to(home.resolve()):
        raise BackupError(f"{out} lies in the home itself; write the backup somewhere else")


def _snapshot(database: Path, copy: Path) -> list[tuple[Path, str]]:
    """Copy the database as it is at one moment; a damaged one is refused."""
    if not database.exists():
        return []
    require_space(copy, database.stat().st_size)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = target.execute("PRAGMA quick_check").fetchone()
    if verdict != "ok":
        raise BackupError(f"{database} is damaged ({verdict}); restore an earlier backup")
    return [(copy, DATABASE_FILE)]


def _members(home: Path) -> Iterator[tuple[Path, str]]:
    """Everything to keep, with its name in the archive; a folder comes before what is in it.

    In `releases` the pointer comes before the folders: whatever it names is there.
    """
    for root, folders, names in os.walk(home, followlinks=True):
        inside = Path(root).relative_to(home)
        folders[:] = sorted(name for name in folders if not _passing(inside / name))
        if inside.parts:
            yield Path(root), inside.as_posix()
        for name in sorted(names):
            if Path(root, name).is_file() and not _passing(inside / name):
                yield Path(root, name), (inside / name).as_posix()


def _passing(inside: Path) -> bool:
    """Whether a path within the home is rebuilt, copied otherwise, or only there for a while."""
    top, name = inside.parts[0], inside.name
    if len(inside.parts) == 1 and (top == "index" or top.startswith(DATABASE_FILE)):
        return True
    in_releases = inside.parent == Path("releases") and name.startswith(".")
    return in_releases or name.endswith((".tmp", ".lock"))


def _write(out: Path, members: list[tuple[Path, str]], advance: Advance) -> int:
    out.touch(mode=0o600)
    with tarfile.open(out, "w") as tar:
        writer = ArchiveWriter(tar, advance)
        for path, name in members:
            if path.is_dir():
                writer.add_folder(path, name)
            else:
                writer.add_file(path, name)
        return writer.finish()

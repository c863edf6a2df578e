"""Files that are whole or not there: atomic writes, synced and read-only trees, clear errors."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.errors import DeskmateError

_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def disk_errors(task: str, path: Path) -> Iterator[None]:
    """Turn what the disk refuses while `task` writes to `path` into a DeskmateError of one line."""
    try:
        yield
    except OSError as error:
        raise DeskmateError(f"{task}: {_explanation(error, path)}") from error
    except sqlite3.Error as error:
        reason = _no_space(path) if "full" in str(error) else f"{error}; run `deskmate doctor`"
        raise DeskmateError(f"{task}: {reason}") from error


def require_space(path: Path, size: int) -> None:
    """Raise DeskmateError unless the disk of `path` has `size` bytes to spare."""
    free = _free(path)
    if free < size:
        raise DeskmateError(
            f"{path}: expected {size / 1e6:.1f} MB of free disk, found {free / 1e6:.1f} MB; "
            "free some or choose another disk"
        )


def write_atomic(path: Path, text: str) -> None:
    """Replace `path` by a file with `text`: a reader, or a crash, finds the old or the new one."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write_synced(fresh, text.encode())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_synced(path: Path, data: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in `folder`; works for a file's content, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Wait until the disk has everything below `folder`."""
    for root, _, names in os.walk(folder):
        for path in (*(Path(root, name) for name in names), Path(root)):
            sync_folder(path)


def make_read_only(folder: Path) -> None:
    """Take the right to write from `folder` and everything below."""
    for root, _, names in os.walk(folder):
        for path in (*(Path(root, name) for name in names), Path(root)):
            path.chmod(path.stat().st_mode & ~0o222)


def remove_tree(folder: Path) -> None:
    """Delete `folder` with everything below, read-only or not; nothing if there is none."""
    if not folder.exists():
        return
    folder.chmod(0o700)
    for root, folders, _ in os.walk(folder):
        for name in folders:
            path = Path(root, name)
            if not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder)


def _explanation(error: OSError, path: Path) -> str:
    if error.errno in _FULL:
        return _no_space(path)
    where = error.filename or path
    if error.errno in _REFUSED:
        return f"no right to write or read {where}; check its owner and mode"
    return f"{where}: {error.strerror or error}"


def _no_space(path: Path) -> str:
    free_mb = _free(path) / 1e6
    return f"no space left for {path} ({free_mb:.1f} MB free); free some or choose another disk"


def _free(path: Path) -> int:
    existing = next(one for one in (path, *path.absolute().parents) if one.exists())
    return shutil.disk_usage(existing).free

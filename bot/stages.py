"""Folders in which releases are being made: each locked by the process that writes into it.

A killed process loses its lock, so that the next one knows what is left over and deletes it.
"""

from pathlib import Path

from filelock import FileLock, Timeout

from bot.disk import remove_tree
from bot.release import RegistryError

PREFIX = ".stage-"


class Stages:
    """The staged folders in the folder of releases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[Path, FileLock] = {}

    def open(self, release_id: str) -> Path:
        """Make an empty folder of this process. Raises RegistryError when another has it."""
        self._clean()
        staged = self.path(release_id)
        lock = _acquire(staged)
        if lock is None:
            raise RegistryError(f"release {release_id} is being made already; take another id")
        self._held[staged] = lock
        staged.mkdir()
        return staged

    def path(self, release_id: str) -> Path:
        """Where the release is staged."""
        return self._folder / f"{PREFIX}{release_id}"

    def holds(self, staged: Path) -> bool:
        """Whether this process opened the folder and has not closed it."""
        return staged in self._held

    def close(self, staged: Path) -> None:
        """Let go of a folder that was renamed or deleted; nothing if that was done already."""
        lock = self._held.pop(staged, None)
        if lock is not None:
            _release(staged, lock)

    def delete(self, folder: Path) -> None:
        """Delete a release's folder. Cut short, it is a leftover stage that `open` deletes."""
        staged = self.path(folder.name)
        lock = _acquire(staged)
        if lock is None:
            raise RegistryError(f"release {folder.name} is being made or deleted already")
        folder.chmod(0o700)
        folder.rename(staged)
        remove_tree(staged)
        _release(staged, lock)

    def _clean(self) -> None:
        for staged in [path for path in self._folder.glob(f"{PREFIX}*") if path.is_dir()]:
            lock = _acquire(staged)
            if lock is not None:
                remove_tree(staged)
                _release(staged, lock)


def _acquire(staged: Path) -> FileLock | None:
    """Take the folder's lock, None when it is held. Any thread may release it."""
    lock = FileLock(_lock_file(staged), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock


def _release(staged: Path, lock: FileLock) -> None:
    _lock_file(staged).unlink(missing_ok=True)
    lock.release()


def _lock_file(staged: Path) -> Path:
    return staged.with_name(f"{staged.name}.lock")

"""The releases of a home and which of them serves: immutable folders and one pointer.

`releases/` holds a folder for each release, the file `champion` with the id of the one that
serves, and `history.jsonl` with every promotion. What a release's folder contains beside its
`release.json` is not this module's business.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from bot import promotions, release
from bot.disk import (
    disk_errors,
    make_read_only,
    remove_tree,
    sync_folder,
    sync_tree,
    write_atomic,
    write_synced,
)
from bot.promotions import Event, Promotion
from bot.release import RegistryError, Release
from bot.stages import PREFIX, Stages

__all__ = ["Registry", "RegistryError", "Release"]


def utc_now() -> str:
    """The time in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Registry:
    """The folder `releases` of a home. Several processes may work on it at once."""

    def __init__(self, folder: Path, clock: Callable[[], str] = utc_now) -> None:
        self._folder = folder
        self._clock = clock
        self._pointer = folder / "champion"
        self._history = folder / "history.jsonl"
        self._stages = Stages(folder)
        self._seen: tuple[int, int] | None = None

    def new_id(self) -> str:
        """The id for the next release: a number that was never used, and the time."""
        names = [path.name.removeprefix(PREFIX) for path in self._folder.glob("*")]
        used = [*names, *(one.release for one in self.history())]
        highest = max((release.number(name) for name in used if release.is_id(name)), default=0)
        stamp = datetime.fromisoformat(self._clock()).strftime("%Y%m%dT%H%M%S")
        return f"r{highest + 1:04d}-{stamp}"

    def stage(self, release_id: str) -> Path:
        """An empty folder to write the release into; what killed runs left behind is deleted.

        It is this process's until `add` or `discard`. Raises RegistryError when the id is taken.
        """
        release.number(release_id)
        with disk_errors("staging a release", self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            if (self._folder / release_id).exists():
                raise RegistryError(f"release {release_id} exists; take another id")
            return self._stages.open(release_id)

    def add(self, staged: Path, described: Release) -> Release:
        """Make the staged folder the release `described`: whole or not at all, and read-only."""
        target = self._folder / described.id
        if staged != self._stages.path(described.id) or not self._stages.holds(staged):
            raise RegistryError(f"expected the folder staged for {described.id}, found {staged}")
        with disk_errors(f"adding release {described.id}", target):
            write_synced(staged / release.FILE, release.to_json(described).encode())
            sync_tree(staged)
            staged.rename(target)
            sync_folder(self._folder)
            make_read_only(target)
        self._stages.close(staged)
        return release.read(target)

    def discard(self, staged: Path) -> None:
        """Delete a staged folder that will not become a release."""
        remove_tree(staged)
        self._stages.close(staged)

    def releases(self) -> list[Release]:
        """All releases, oldest first. Raises RegistryError when one is unreadable."""
        found = [path for path in self._folder.glob("*") if release.is_id(path.name)]
        found.sort(key=lambda path: (release.number(path.name), path.name))
        return [release.read(path) for path in found]

    def get(self, release_id: str) -> Release:
        """Raises RegistryError when there is no such release or its file is unreadable."""
        return release.read(self.folder(release_id))

    def folder(self, release_id: str) -> Path:
        """The release's folder. Raises RegistryError when there is none."""
        release.number(release_id)
        folder = self._folder / release_id
        if not folder.is_dir():
            raise RegistryError(
                f"no release {release_id} in {self._folder}; `deskmate releases` lists them"
            )
        return folder

    def champion(self) -> Release | None:
        """The release that serves; None before the first promotion.

        Raises RegistryError when the pointer is torn or lost, or its release unreadable.
        """
        # The stat comes first: a move in between shows as one change too many, never too few.
        self._seen = self._signature()
        pointed, history = self._read_pointer(), self.history()
        if pointed is None and not history:
            return None
        if pointed is None or not release.is_id(pointed):
            last = history[-1].release if history else "RELEASE"
            found = "no file" if pointed is None else repr(pointed[:60])
            raise RegistryError(
                f"{self._pointer}: expected the id of the release that serves, found {found}; "
                f"run `deskmate promote {last}`"
            )
        return self.get(pointed)

    def changed(self) -> bool:
        """Whether the pointer has moved since `champion` read it last; costs one stat."""
        return self._signature() != self._seen

    def promote(self, release_id: str) -> Release:
        """Let the release serve. Raises RegistryError, with nothing changed."""
        return self._move("promote", release_id)

    def rollback(self, release_id: str | None = None) -> Release:
        """Let an earlier release serve again: `release_id`, or the champion before this one.

        Raises RegistryError, with nothing changed.
        """
        return self._move("rollback", release_id)

    def history(self) -> list[Promotion]:
        """Every promotion and rollback, oldest first."""
        return promotions.read(self._history)

    def remove(self, release_id: str) -> None:
        """Delete a release. Raises RegistryError for the one that serves."""
        folder = self.folder(release_id)
        with disk_errors(f"deleting release {release_id}", folder), self._lock():
            if self._current(self.history()) == release_id:
                raise RegistryError(
                    f"release {release_id} serves; promote another before deleting it"
                )
            self._stages.delete(folder)

    def _move(self, event: Event, release_id: str | None) -> Release:
        with disk_errors(event, self._pointer), self._lock():
            history = self.history()
            current = self._current(history)
            wanted = promotions.before(history, current) if release_id is None else release_id
            target = self.get(wanted)
            if target.id != current:
                # The history first: an entry that the pointer did not follow counts for nothing.
                entry = Promotion(self._clock(), event, target.id, current)
                write_atomic(self._history, promotions.to_jsonl([*history, entry]))
            write_atomic(self._pointer, f"{target.id}\n")
        return target

    def _current(self, history: list[Promotion]) -> str | None:
        """The id that the pointer holds, or should hold where it is torn or lost."""
        pointed = self._read_pointer()
        if pointed is not None and release.is_id(pointed):
            return pointed
        return history[-1].release if history else None

    def _read_pointer(self) -> str | None:
        try:
            return self._pointer.read_text("utf-8", errors="replace").strip()
        except FileNotFoundError:
            return None

    def _signature(self) -> tuple[int, int] | None:
        try:
            found = self._pointer.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _lock(self) -> FileLock:
        return FileLock(self._folder / ".lock")

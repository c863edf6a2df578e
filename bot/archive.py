"""A folder in one tar file, checked byte by byte when it is read back.

Members stand below `home/`; the last member is `manifest.json` with the size and SHA-256 of every
file, so that a cut-off or altered archive is noticed. Nothing but files and folders is taken.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, Any

from knowledge.errors import DeskmateError

Advance = Callable[[int], None]
"""Called with the number of bytes that were done since the last call."""

FORMAT = "deskmate-backup-1"
"""Stands in the manifest; other formats are refused."""

_MANIFEST = "manifest.json"
_ROOT = "home"


class ArchiveError(DeskmateError):
    """The file is no whole, unaltered archive of this program."""


class ArchiveWriter:
    """Adds files to an open tar, then their manifest."""

    def __init__(self, tar: tarfile.TarFile, advance: Advance) -> None:
        self._tar = tar
        self._advance = advance
        self._files: dict[str, dict[str, Any]] = {}

    def add_folder(self, path: Path, name: str) -> None:
        """Add the folder itself, without what is in it."""
        member = _member(f"{_ROOT}/{name}", path.stat())
        member.type = tarfile.DIRTYPE
        self._tar.addfile(member)

    def add_file(self, path: Path, name: str) -> None:
        """Add a file's content as it is now, under `name` (relative, with slashes)."""
        with path.open("rb") as file:
            member = _member(f"{_ROOT}/{name}", os.fstat(file.fileno()))
            member.size = os.fstat(file.fileno()).st_size
            reading = _Hashing(file, self._advance)
            self._tar.addfile(member, reading)
        self._files[name] = {"size": member.size, "sha256": reading.sha256()}

    def finish(self) -> int:
        """Add the manifest; returns the number of files."""
        manifest = json.dumps({"format": FORMAT, "files": self._files}, indent=1).encode()
        member = tarfile.TarInfo(_MANIFEST)
        member.size = len(manifest)
        self._tar.addfile(member, io.BytesIO(manifest))
        return len(self._files)


def extract(archive: Path, folder: Path, advance: Advance) -> int:
    """Unpack into the empty `folder`; returns the number of files.

    Raises ArchiveError for anything that is not as the writer made it; `folder` then holds rubbish.
    """
    try:
        with tarfile.open(archive, "r:") as tar:
            files, manifest = _unpack(tar, folder, advance)
    except tarfile.TarError as error:
        raise _not_whole(archive, str(error)) from error
    if manifest is None:
        raise _not_whole(archive, "no manifest at its end")
    expected = _expected(archive, manifest)
    for name in sorted(expected.keys() | files.keys()):
        if files.get(name) != expected.get(name):
            raise _not_whole(archive, f"{name} missing, added or altered")
    return len(files)


def _unpack(
    tar: tarfile.TarFile, folder: Path, advance: Advance
) -> tuple[dict[str, dict[str, Any]], bytes | None]:
    files: dict[str, dict[str, Any]] = {}
    folders: list[tuple[Path, int]] = []
    manifest: bytes | None = None
    for member in tar:
        content = tar.extractfile(member) if member.isreg() else None
        if member.name == _MANIFEST and content:
            manifest = content.read()
            continue
        name = _inside(member)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir(exist_ok=True)
            folders.append((path, member.mode))
            continue
        files[name] = _write(content, path, advance)
        path.chmod(member.mode & 0o777)
    for path, mode in reversed(folders):
        path.chmod(mode & 0o777)
    return files, manifest


def _write(content: IO[bytes], path: Path, advance: Advance) -> dict[str, Any]:
    if path.exists():
        raise ArchiveError(f"{path.name} stands twice in the archive; take another backup")
    reading = _Hashing(content, advance)
    with path.open("xb") as file:
        shutil.copyfileobj(reading, file)
    return {"size": path.stat().st_size, "sha256": reading.sha256()}


def _inside(member: tarfile.TarInfo) -> str:
    """The member's path below the root. Raises ArchiveError for one that leads elsewhere."""
    parts = PurePosixPath(member.name).parts
    if not (member.isreg() or member.isdir()) or ".." in parts or parts[:1] != (_ROOT,):
        raise ArchiveError(
            f"expected files and folders below {_ROOT}/ only, found {member.name[:80]!r} of type "
            f"{member.type!r}: this is no backup made by deskmate"
        )
    return "/".join(parts[1:])


def _expected(archive: Path, manifest: bytes) -> dict[str, dict[str, Any]]:
    try:
        read = json.loads(manifest)
        if read["format"] != FORMAT:
            raise _not_whole(archive, f"format {read['format']!r} instead of {FORMAT!r}")
        files: dict[str, dict[str, Any]] = dict(read["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise _not_whole(archive, f"an unreadable manifest ({error})") from error
    return files


def _not_whole(archive: Path, found: str) -> ArchiveError:
    return ArchiveError(
        f"{archive}: expected a whole backup made by deskmate, found {found}; take another backup"
    )


def _member(name: str, found: os.stat_result) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.mode = found.st_mode & 0o777
    member.mtime = int(found.st_mtime)
    return member


class _Hashing:
    """A binary file that is hashed as it is read."""

    def __init__(self, file: IO[bytes], advance: Advance) -> None:
        self._file = file
        self._advance = advance
        self._sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self._sha256.update(data)
        self._advance(len(data))
        return data

    def sha256(self) -> str:
        return self._sha256.hexdigest()

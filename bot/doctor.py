"""Look whether a home and what it needs are in order.

Every check answers by itself, so that one broken thing does not hide the next.
"""

import os
import platform
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot import domain, settings
from bot.courier import TRIES
from bot.home import DATABASE_FILE, Home
from bot.indexing import asked_path, index_path, parts_path
from bot.outgoing import SECRET_VARIABLE
from bot.outgoing_rows import Targets
from bot.registry import Registry
from bot.service_access import access
from knowledge.catalogue import CATALOGUE, Weights
from knowledge.errors import DeskmateError
from knowledge.index import Index, IndexUnusableError
from knowledge.weights import cache_folder, is_cached

State = Literal["ok", "note", "problem"]

SERVING = ("gradio", "fastapi", "onnxruntime", "faiss-cpu", "tokenizers", "sqlite-utils")
TRAINING = ("torch", "transformers", "sentence-transformers", "scikit-learn")
LOW_DISK_BYTES = 2_000_000_000
"""A training writes about 1 GB beside the weights it fetches."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. A `problem` keeps the bot from working; a `note` does not."""

    name: str
    state: State
    text: str


def examine(folder: Path) -> list[Finding]:
    """Look at everything that the home in `folder` depends on."""
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("versions", _versions),
        ("settings", lambda: _settings(folder)),
        ("database", lambda: _database(folder)),
        ("releases", lambda: _releases(folder)),
        ("index", lambda: _index(folder)),
        ("services", lambda: _services(folder)),
        ("webhooks", lambda: _webhooks(folder)),
        ("weights", lambda: _weights(folder)),
        ("disk", lambda: _disk(folder)),
    ]
    if not folder.is_dir():
        text = f"{folder} does not exist; run `deskmate init` or give --home"
        home = [Finding("home", "problem", text)]
        checks = [check for check in checks if check[0] in ("versions", "weights", "disk")]
    else:
        home = [Finding("home", "ok", str(folder.resolve()))]
    return [*home, *(one for name, check in checks for one in _guarded(name, check))]


def _guarded(name: str, check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(check())
    except (DeskmateError, OSError, sqlite3.Error) as error:
        return [Finding(name, "problem", " ".join(str(error).split()))]


def _versions() -> Iterator[Finding]:
    python = f"deskmate {version('deskmate')}, Python {platform.python_version()}"
    yield Finding("versions", "ok", ", ".join([python, *map(_version, SERVING)]))
    missing = [name for name in TRAINING if _version(name).endswith("missing")]
    if missing:
        text = f"{', '.join(missing)} missing; to train, run `pip install 'deskmate[train]'`"
        yield Finding("training", "note", text)
    else:
        yield Finding("training", "ok", ", ".join(map(_version, TRAINING)))


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} missing"


def _settings(folder: Path) -> Iterator[Finding]:
    loaded = settings.load(folder)
    domain.load(folder).check_languages(loaded.bot.languages)
    spoken = ", ".join(loaded.bot.languages)
    text = f"languages {spoken}; error budget {loaded.bot.error_budget:.0%}"
    yield Finding("settings", "ok", f"{text}; preset {loaded.training.preset}")


def _database(folder: Path) -> Iterator[Finding]:
    path = folder / DATABASE_FILE
    if not path.exists():
        yield Finding("database", "note", f"no {path.name} yet; the first import makes it")
        return
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
    if verdict != "ok":
        text = f"{path} is damaged ({verdict}); restore a backup"
        yield Finding("database", "problem", text)
        return
    with closing(Home.open(folder)) as home:
        counts = (
            f"{home.passages.count(approved=True)} approved passages, "
            f"{home.passages.count(approved=False)} that wait for staff, "
            f"{home.history.count()} imported conversations"
        )
        undeclared = _undeclared_intents(home)
    yield Finding("database", "ok", f"{counts}, {path.stat().st_size / 1e6:.1f} MB")
    if undeclared:
        text = f"{', '.join(undeclared)}: examples, but not in domain.toml; never answered"
        yield Finding("intents", "note", text)


def _undeclared_intents(home: Home) -> list[str]:
    taught = {
        example.intent
        for language in home.settings.bot.languages
        for example in home.examples.all("train", language)
    }
    return sorted(taught - home.domain.intents.keys() - {"oos"})


def _releases(folder: Path) -> Iterator[Finding]:
    registry = Registry(folder / "releases")
    champion, count = registry.champion(), len(registry.releases())
    if champion is None:
        yield Finding("releases", "note", f"{count}, none serves; run `deskmate train`")
        return
    yield Finding("releases", "ok", f"{count}; {champion.id} serves")


def _index(folder: Path) -> Iterator[Finding]:
    if not (folder / DATABASE_FILE).exists():
        return
    with closing(Home.open(folder)) as home:
        champion = home.registry.champion()
        for language in champion.languages if champion else ():
            path = index_path(home.index_folder, champion.id, language) if champion else folder
            yield _index_state(path, home, champion.id if champion else "", language)


def _index_state(path: Path, home: Home, release: str, language: str) -> Finding:
    name = f"index {language}"
    try:
        index, parts, asked = (
            Index.load(each, release) for each in (path, parts_path(path), asked_path(path))
        )
    except IndexUnusableError as error:
        return Finding(name, "note", f"{error}; built by the next `deskmate index` or serve")
    text = f"{len(index)} passages, {len(parts)} sentences"
    if {each.generation for each in (index, parts, asked)} != {home.passages.generation}:
        return Finding(name, "note", f"{text}, behind; run `deskmate index`")
    return Finding(name, "ok", f"{text}, up to date")


def _services(folder: Path) -> Iterator[Finding]:
    try:
        declared = domain.load(folder).services
    except DeskmateError:
        return  # told of the settings already
    for name, service in declared.items():
        try:
            reached = access(name, service, os.environ)
        except DeskmateError as error:
            text = f"{error}; until then, what needs it goes to a person"
            yield Finding("services", "note", text)
        else:
            yield Finding("services", "ok", f"{name}: {urlsplit(reached.base).netloc}")


def _webhooks(folder: Path) -> Iterator[Finding]:
    try:
        urls = settings.load(folder).webhooks.urls
    except DeskmateError:
        return  # told of the settings already
    if not urls or not (folder / DATABASE_FILE).exists():
        return
    if not os.environ.get(SECRET_VARIABLE):
        yield Finding("webhooks", "note", f"no {SECRET_VARIABLE} here; serving sends nothing then")
    with closing(Home.open(folder)) as home:
        for target in Targets(home.database).list():
            text = f"{urlsplit(target.url).hostname}: {target.delivered} delivered"
            text += f", {target.given_up} refused and given up" if target.given_up else ""
            if target.failures:
                text += f"; tries failed in a row: {target.failures} ({target.last_error})"
            bad = target.given_up or target.failures >= TRIES
            yield Finding("webhooks", "note" if bad else "ok", text)


def _weights(folder: Path) -> Iterator[Finding]:
    chosen = _chosen(folder)
    for weights in CATALOGUE.values():
        yield _weights_state(weights, chosen)
    for key, name in chosen.items():
        if name not in CATALOGUE:
            state: State = "ok" if Path(name.removeprefix("path:")).is_dir() else "problem"
            yield Finding("weights", state, f"{name}: a folder of yours, by {key}")


def _chosen(folder: Path) -> dict[str, str]:
    """The encoders of the bot's languages, by key; the defaults without readable settings."""
    try:
        loaded = settings.load(folder)
    except DeskmateError:
        loaded = settings.Settings()
    keys = [f"encoder_{language}" for language in loaded.bot.languages]
    return {f"training.{key}": getattr(loaded.training, key) for key in keys}


def _weights_state(weights: Weights, chosen: dict[str, str]) -> Finding:
    keys = [key for key, name in chosen.items() if name == weights.name]
    parts = [
        f"{weights.name} ({', '.join(weights.languages)})",
        "cached" if is_cached(weights.name) else "not cached",
        f"licence {weights.licence}",
    ]
    parts += [weights.licence_note] if weights.licence_note else []
    if keys:
        parts.append(f"chosen by {keys[0]}")
    else:
        key = f"training.encoder_{weights.languages[-1]}"
        parts.append(f'to choose it, set {key} = "{weights.name}" and run `deskmate train`')
    return Finding("weights", "note" if keys and weights.licence_note else "ok", "; ".join(parts))


def _disk(folder: Path) -> Iterator[Finding]:
    for name, path in (("disk of the home", folder), ("disk of the cache", cache_folder())):
        there = next(one for one in (path, *path.absolute().parents) if one.exists())
        free = shutil.disk_usage(there).free
        state: State = "ok" if free >= LOW_DISK_BYTES else "note"
        if not os.access(there, os.W_OK):
            yield Finding(name, "problem", f"{there}: no right to write; check owner and mode")
        else:
            yield Finding(name, state, f"{free / 1e9:.1f} GB free at {path}")

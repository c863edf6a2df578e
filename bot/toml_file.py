"""Change values of a home's TOML files in place.

Comments and order stay, and what would not be valid is never written.
"""

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import tomlkit
from pydantic import BaseModel

from bot.settings import read_toml
from knowledge.errors import DeskmateError

Model = TypeVar("Model", bound=BaseModel)


def change(path: Path, model: type[Model], values: Mapping[str, Any]) -> Model:
    """Set `values`, by dotted key ("bot.error_budget"), and return what the file then says.

    Sections that are missing are made; a value of None removes its key. The file is replaced in
    one step, so a reader sees the old or the new one. Raises DeskmateError, with nothing changed,
    where the result would not be valid.
    """
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise DeskmateError(f"{path}: expected TOML, found {error}; correct the file") from error
    for key, value in values.items():
        _set(document, key.split("."), value)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        _write(beside, tomlkit.dumps(document))
        shutil.copymode(path, beside)
        changed = _checked(beside, path, model)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return changed


def _set(document: Any, keys: list[str], value: Any) -> None:
    *sections, last = keys
    for section in sections:
        if section not in document:
            document[section] = tomlkit.table()
        document = document[section]
    if value is None:
        document.pop(last, None)
    else:
        document[last] = value


def _write(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _checked(written: Path, path: Path, model: type[Model]) -> Model:
    """Read `written`; what is wrong is told of `path`, which the staff know."""
    try:
        return read_toml(written, model)
    except DeskmateError as error:
        raise DeskmateError(str(error).replace(str(written), path.name)) from error

"""What a release says of itself in its `release.json`."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from knowledge.errors import DeskmateError
from knowledge.types import Language

FILE = "release.json"

_MAIN_FIGURES = (
    ("intents", "intent", "in_scope_accuracy", "n_in_scope"),
    ("recall@1", "retrieval", "recall_at_1", "n"),
    ("mood", "mood", "accuracy", "n"),
)
"""Name, part of the report, figure in it, and the number of test rows behind the figure."""

_ID = re.compile(r"r(\d{4,})[0-9A-Za-z_-]*")


class RegistryError(DeskmateError):
    """The folder of releases is not as it must be, or has no such release."""


@dataclass(frozen=True, slots=True)
class Release:
    """One trained state of the bot. `encoder` names each language's pretrained weights.

    `id` is like `r0007-20260304T101112`, `parent` the release that it was to replace, `metrics`
    plain JSON values, `created` ISO 8601 in UTC.
    """

    id: str
    parent: str | None
    encoder: Mapping[Language, str]
    languages: tuple[Language, ...]
    metrics: Mapping[str, Any]
    data_hash: str
    created: str


def main_figures(release: Release) -> list[str]:
    """One line a language: what of its report tells releases apart at a glance."""
    lines = []
    for language, parts in release.metrics.items():
        found = [
            f"{name} {part[figure]:.3f} (n={part[rows]})"
            for name, key, figure, rows in _MAIN_FIGURES
            if (part := parts.get(key)) and part[figure] is not None
        ]
        lines += [f"{language}: {', '.join(found)}"] if found else []
    return lines


def number(release_id: str) -> int:
    """The number in an id. Raises RegistryError for what is no id, so that no id is a path."""
    match = _ID.fullmatch(release_id)
    if match is None:
        raise RegistryError(
            f"expected a release id like r0007-20260304T101112, found {release_id[:60]!r}; "
            "`deskmate releases` lists them"
        )
    return int(match[1])


def is_id(name: str) -> bool:
    """Whether a folder's name is that of a release."""
    return _ID.fullmatch(name) is not None


def to_json(release: Release) -> str:
    """The text of the release's file."""
    return json.dumps(asdict(release), ensure_ascii=False, indent=2) + "\n"


def read(folder: Path) -> Release:
    """Read the release in `folder`. Raises RegistryError for a missing, torn or foreign file."""
    path = folder / FILE
    try:
        found = json.loads(path.read_text("utf-8"))
        known = {one.name: found[one.name] for one in fields(Release)}
        known["languages"] = tuple(known["languages"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(path, f"{type(error).__name__}: {error}") from error
    if known["id"] != folder.name:
        raise _unusable(path, f"the id {known['id']!r}")
    return Release(**known)


def _unusable(path: Path, found: str) -> RegistryError:
    return RegistryError(
        f"{path}: expected the description of release {path.parent.name}, found {found}; "
        "restore this folder from a backup or delete it"
    )

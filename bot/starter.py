"""Make a new home: its settings with every key explained, and a domain to fill in."""

import re
from collections.abc import Sequence
from pathlib import Path

from bot import domain, settings, starter_texts
from bot.disk import disk_errors, write_atomic
from knowledge.errors import DeskmateError
from knowledge.types import LANGUAGES, Language


def create_home(
    folder: Path, languages: Sequence[Language], domain_text: str | None = None
) -> None:
    """Write `deskmate.toml` and `domain.toml` into a new or empty folder.

    `domain_text` replaces the domain to fill in. Raises DeskmateError when the folder has
    something in it: no home is ever overwritten.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DeskmateError(
            f"{folder}: expected no such folder or an empty one, found something in it; "
            "give another by --home"
        )
    text = starter_domain(languages) if domain_text is None else domain_text
    with disk_errors(f"making {folder}", folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(folder / domain.FILE_NAME, text)
        # Last: a folder with settings is a home.
        write_atomic(folder / settings.FILE_NAME, starter_settings(languages))


def starter_settings(languages: Sequence[Language]) -> str:
    """The text of a `deskmate.toml` with every key at its default, but `languages`."""
    listed = ", ".join(f'"{language}"' for language in languages)
    return starter_texts.SETTINGS.replace("LANGUAGES", f"[{listed}]")


def starter_domain(languages: Sequence[Language]) -> str:
    """The text of a small `domain.toml` in `languages`."""
    text = starter_texts.DOMAIN.replace(
        "MESSAGES\n", "\n".join(starter_texts.MESSAGES[language] for language in languages)
    )
    for language in LANGUAGES:
        if language not in languages:
            text = re.sub(rf"^{language} = .*\n", "", text, flags=re.MULTILINE)
    return text

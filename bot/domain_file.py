"""The `domain.toml` of a home as it stands now, and intents added to it.

Comments and order of the file stay; nothing that would not be valid is ever written.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot import domain, toml_file
from bot.domain import Domain
from knowledge.errors import DeskmateError
from knowledge.types import OUT_OF_SCOPE, Language

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
"""New intents are named so that every file and tool can hold them."""


class DomainFile:
    """Reads again only what has changed. Threads may share it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._read: tuple[tuple[int, int], Domain] | None = None

    @property
    def path(self) -> Path:
        """The file."""
        return self._home / domain.FILE_NAME

    def read(self) -> Domain:
        """The domain as the file has it now. Raises DeskmateError."""
        known, signature = self._read, self._signature()
        if known is None or known[0] != signature:
            known = self._read = signature, domain.load(self._home)
        return known[1]

    def check_new(
        self, name: str, label: Mapping[Language, str], reply: Mapping[Language, str]
    ) -> None:
        """Raise DeskmateError unless an intent `name` can be added with these texts."""
        current = self.read()
        if not NAME.fullmatch(name) or name == OUT_OF_SCOPE:
            raise DeskmateError(
                "expected a name of small letters, digits, '_' and '-', such as gift_wrap, found "
                f"{name!r}; choose another"
            )
        if name in current.intents:
            raise DeskmateError(f"there is already an intent {name!r}; choose it, or another name")
        for kind, texts in (("label", label), ("reply", reply)):
            for language in current.messages:
                if not texts.get(language, "").strip():
                    raise DeskmateError(
                        f"expected a {kind} in {language!r}, found none; the bot speaks it"
                    )

    def add_intent(
        self, name: str, label: Mapping[Language, str], reply: Mapping[Language, str]
    ) -> Domain:
        """Add an intent that answers with `reply`; returns the domain with it.

        Raises DeskmateError, with nothing changed, for a name that is taken, a text that is
        missing in a language of the bot, or braces that cannot be filled.
        """
        self.check_new(name, label, reply)
        values: dict[str, Any] = {
            f"intents.{name}.{kind}.{language}": text.strip()
            for kind, texts in (("label", label), ("reply", reply))
            for language, text in texts.items()
        }
        return toml_file.change(self.path, Domain, values)

    def _signature(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except FileNotFoundError:  # `domain.load` says what to do
            return 0, 0
        return found.st_mtime_ns, found.st_ino

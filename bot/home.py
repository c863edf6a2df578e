"""A home: the folder of one bot, with everything in it opened once.

Owns where things lie. `Runtime` serves a home; the CLI's verbs and training work on one.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

from bot import domain, settings
from bot.domain import Domain
from bot.log import ConversationLog
from bot.registry import Registry, utc_now
from bot.settings import Settings
from knowledge.database import Database
from knowledge.errors import DeskmateError
from knowledge.examples import ExampleStore
from knowledge.history import HistoryStore
from knowledge.store import PassageStore

DATABASE_FILE = "deskmate.db"
SECRET_FILE = "browser.secret"  # noqa: S105 - the name of the file


@dataclass(eq=False)
class Home:
    """One bot's folder. Threads may share it; only `reread` changes it."""

    folder: Path
    settings: Settings
    domain: Domain
    database: Database
    passages: PassageStore
    history: HistoryStore
    examples: ExampleStore
    log: ConversationLog
    registry: Registry

    @classmethod
    def open(cls, folder: Path) -> "Home":
        """Open a home made by `deskmate init`. Raises DeskmateError saying what is missing."""
        if not folder.is_dir():
            raise DeskmateError(
                f"{folder}: expected the folder of a bot, found none; "
                "run `deskmate init` or give --home"
            )
        loaded, texts = _read(folder)
        database = Database(folder / DATABASE_FILE)
        return cls(
            folder=folder,
            settings=loaded,
            domain=texts,
            database=database,
            passages=PassageStore(database, utc_now),
            history=HistoryStore(database, utc_now),
            examples=ExampleStore(database, utc_now),
            log=ConversationLog(database, utc_now, new_id),
            registry=Registry(folder / "releases"),
        )

    def reread(self) -> None:
        """Read the settings and texts anew, for all who share this home.

        Raises DeskmateError saying what is wrong with them; those before stay then.
        """
        self.settings, self.domain = _read(self.folder)

    def written(self) -> tuple[int, ...]:
        """A mark of the settings and texts on the disk: another one after every edit."""
        paths = [self.folder / name for name in (settings.FILE_NAME, domain.FILE_NAME)]
        states = [path.stat() for path in paths if path.exists()]
        return tuple(part for each in states for part in (each.st_ino, each.st_mtime_ns))

    @property
    def index_folder(self) -> Path:
        """Where the index files of all releases lie."""
        return self.folder / "index"

    @property
    def files_folder(self) -> Path:
        """Where customers' attachments lie."""
        return self.folder / "files"

    def browser_secret(self) -> str:
        """Return the secret that seals what the chat page keeps in a browser; made once."""
        path = self.folder / SECRET_FILE
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(32), encoding="ascii")
        return path.read_text(encoding="ascii")

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def _read(folder: Path) -> tuple[Settings, Domain]:
    loaded, texts = settings.load(folder), domain.load(folder)
    texts.check_languages(loaded.bot.languages)
    return loaded, texts


def new_id() -> str:
    """Return an id that nobody can guess: 128 random bits as hex."""
    return secrets.token_hex(16)

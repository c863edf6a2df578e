"""One SQLite file, shared by the threads and processes of one home.

Owns connections, write transactions and migrations. Knows no table: each module that keeps rows
declares its own `sqlite_utils.Migrations` under its own name and hands them to `migrate`.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlite_utils
from sqlite_utils import Migrations

from knowledge.errors import DeskmateError

BUSY_TIMEOUT_S = 10


class DatabaseUnusableError(DeskmateError):
    """The file cannot be opened, or is no SQLite database."""


class DatabaseTooNewError(DeskmateError):
    """The file was written by a newer program than this one."""


class Database:
    """A SQLite file with one connection per thread, so that readers never wait for a writer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connections: dict[threading.Thread, sqlite_utils.Database] = {}
        self._opening = threading.Lock()
        self._writing = threading.RLock()
        self._told: tuple[Callable[[], None], ...] = ()
        self._closed = False

    @property
    def connection(self) -> sqlite_utils.Database:
        """This thread's connection, opened at first use; write through `write()` only."""
        found = self._connections.get(threading.current_thread())
        return self._open() if found is None else found

    @contextmanager
    def write(self) -> Iterator[sqlite_utils.Database]:
        """A write transaction: committed at the end of the block, rolled back by any exception.

        It takes SQLite's write lock at once: a transaction that only later turns from reading to
        writing fails with "database is locked" instead of waiting. Inside another `write` of the
        same thread it is a savepoint of that one.
        """
        with self._writing:
            connection = self.connection
            if connection.conn.in_transaction:
                with connection.atomic():
                    yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise
        for tell in self._told:
            tell()

    def on_commit(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Call `tell` after each commit of `write` in this process; returns what ends that.

        It runs in the thread that wrote, which waits for it: it must be quick and must not raise.
        Commits of other processes are not told.
        """
        with self._opening:
            self._told = (*self._told, tell)

        def forget() -> None:
            with self._opening:
                self._told = tuple(one for one in self._told if one is not tell)

        return forget

    @contextmanager
    def read(self) -> Iterator[sqlite_utils.Database]:
        """A consistent view: nothing that others commit meanwhile is seen within the block."""
        connection = self.connection
        if connection.conn.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.rollback()

    @property
    def writing(self) -> bool:
        """Whether this thread has changes that may yet be rolled back."""
        return bool(self.connection.conn.in_transaction)

    def migrate(self, migrations: Migrations) -> None:
        """Apply what is pending of this set, all or nothing; raises DatabaseTooNewError."""
        self._refuse_newer(migrations)
        if not migrations.pending(self.connection):
            return
        with self.write() as connection:
            migrations.apply(connection)

    def close(self) -> None:
        """Close the connections of all threads; the database cannot be used afterwards."""
        with self._opening:
            self._closed = True
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()

    def _open(self) -> sqlite_utils.Database:
        with self._opening:
            if self._closed:
                raise sqlite3.ProgrammingError(f"{self.path} is closed")
            self._close_of_ended_threads()
            connection = _connect(self.path)
            self._connections[threading.current_thread()] = connection
            return connection

    def _close_of_ended_threads(self) -> None:
        for thread in [thread for thread in self._connections if not thread.is_alive()]:
            self._connections.pop(thread).close()

    def _refuse_newer(self, migrations: Migrations) -> None:
        blank = sqlite_utils.Database(memory=True)
        known = {migration.name for migration in migrations.pending(blank)}
        blank.close()
        applied = (migration.name for migration in migrations.applied(self.connection))
        unknown = [name for name in applied if name not in known]
        if unknown:
            raise DatabaseTooNewError(
                f"{self.path}: expected no migration of '{migrations.name}' after "
                f"'{max(known, default='')}', found '{unknown[-1]}': it was written by a newer "
                "deskmate; upgrade deskmate or restore an older backup"
            )


def _connect(path: Path) -> sqlite_utils.Database:
    raw: sqlite3.Connection | None = None
    try:
        # Autocommit: Python would otherwise open deferred transactions by itself. Another thread
        # closes the connection, hence the thread check is off.
        raw = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        raw.execute("PRAGMA journal_mode = WAL")
    except sqlite3.DatabaseError as error:
        if raw is not None:
            raw.close()
        raise DatabaseUnusableError(
            f"{path}: expected a SQLite database in a writable folder, found: {error}; "
            "check the path or restore a backup"
        ) from error
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA foreign_keys = ON")
    return sqlite_utils.Database(raw)

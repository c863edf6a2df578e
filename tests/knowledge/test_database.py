"""One SQLite file among threads: transactions, migrations, closing."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Migrations

from knowledge.database import Database, DatabaseTooNewError, DatabaseUnusableError


def fruit(*names: str) -> Migrations:
    migrations = Migrations("fruit")
    for name in names:

        @migrations(name=name)
        def step(db: Any, table: str = name) -> None:
            db.execute(f'CREATE TABLE "{table}" (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)')

    return migrations


def names(database: Database) -> list[str]:
    return [row[0] for row in database.connection.execute("SELECT name FROM apple ORDER BY id")]


def insert(database: Database, name: str) -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO apple (name) VALUES (?)", [name])


def insert_and_fail(database: Database, name: str) -> None:
    with database.write():
        insert(database, name)
        raise ValueError("stop")


def test_connection_is_durable_and_checks_foreign_keys(database: Database) -> None:
    def pragma(name: str) -> Any:
        return database.connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2  # FULL
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") == 10_000


def test_write_commits_at_the_end_of_the_block(database: Database) -> None:
    database.migrate(fruit("apple"))
    insert(database, "boskoop")
    with sqlite3.connect(database.path) as other:
        assert other.execute("SELECT name FROM apple").fetchall() == [("boskoop",)]
    other.close()


def test_failed_write_is_rolled_back_with_all_writes_within_it(database: Database) -> None:
    database.migrate(fruit("apple"))
    with pytest.raises(ValueError, match="stop"):
        insert_and_fail(database, "boskoop")
    assert names(database) == []
    insert(database, "elstar")
    assert names(database) == ["elstar"]


def test_failed_inner_write_leaves_the_outer_one_intact(database: Database) -> None:
    database.migrate(fruit("apple"))
    with database.write():
        insert(database, "boskoop")
        with pytest.raises(ValueError, match="stop"):
            insert_and_fail(database, "elstar")
        insert(database, "topaz")
    assert names(database) == ["boskoop", "topaz"]


def test_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    database.migrate(fruit("apple"))
    seen: list[list[str]] = []
    with database.write() as connection:
        connection.execute("INSERT INTO apple (name) VALUES ('boskoop')")
        reader = threading.Thread(target=lambda: seen.append(names(database)))
        reader.start()
        reader.join(timeout=5)
    assert seen == [[]]


def test_read_keeps_one_view_while_others_write(database: Database) -> None:
    database.migrate(fruit("apple"))
    with database.read():
        assert names(database) == []
        writer = threading.Thread(target=insert, args=(database, "boskoop"))
        writer.start()
        writer.join(timeout=5)
        assert names(database) == []
    assert names(database) == ["boskoop"]


def test_read_within_a_write_sees_its_changes(database: Database) -> None:
    database.migrate(fruit("apple"))
    assert not database.writing
    with database.write():
        insert(database, "boskoop")
        with database.read():
            assert names(database) == ["boskoop"]
        assert database.writing
    assert names(database) == ["boskoop"]


def test_many_threads_write_without_losing_a_row(database: Database) -> None:
    database.migrate(fruit("apple"))
    threads = [
        threading.Thread(target=lambda n=n: [insert(database, f"{n}-{i}") for i in range(10)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names(database))) == 80


def test_two_databases_on_one_file_wait_for_each_other(database: Database) -> None:
    database.migrate(fruit("apple"))
    other = Database(database.path)
    inside = threading.Event()

    def hold() -> None:
        with other.write() as connection:
            connection.execute("SELECT count(*) FROM apple").fetchone()
            inside.set()
            threading.Event().wait(0.2)
            connection.execute("INSERT INTO apple (name) VALUES ('first')")

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(5)
    insert(database, "second")
    holder.join()
    other.close()
    assert names(database) == ["first", "second"]


def test_connections_of_ended_threads_are_closed(database: Database) -> None:
    opened: list[Any] = []
    thread = threading.Thread(target=lambda: opened.append(database.connection))
    thread.start()
    thread.join()
    assert database.connection is not opened[0]
    with pytest.raises(sqlite3.ProgrammingError):
        opened[0].execute("SELECT 1")


def test_migrate_applies_only_what_is_pending(database: Database) -> None:
    database.migrate(fruit("apple"))
    insert(database, "boskoop")
    database.migrate(fruit("apple", "pear"))
    database.migrate(fruit("apple", "pear"))
    assert names(database) == ["boskoop"]
    assert "pear" in database.connection.table_names()


def test_migrate_is_all_or_nothing(database: Database) -> None:
    migrations = fruit("apple")

    @migrations()
    def broken(db: Any) -> None:
        db.execute("CREATE TABLE")

    with pytest.raises(sqlite3.OperationalError):
        database.migrate(migrations)
    assert "apple" not in database.connection.table_names()


def test_migrate_refuses_a_file_from_a_newer_program(database: Database) -> None:
    database.migrate(fruit("apple", "pear"))
    with pytest.raises(DatabaseTooNewError, match=r"found 'pear'.*upgrade deskmate"):
        database.migrate(fruit("apple"))


def test_sets_of_different_names_do_not_disturb_each_other(database: Database) -> None:
    database.migrate(fruit("apple", "pear"))
    database.migrate(Migrations("vegetables"))


def test_file_that_is_no_database_is_named_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "deskmate.db"
    path.write_text("not a database, but long enough to be read as the header of one" * 20)
    with pytest.raises(DatabaseUnusableError, match=r"deskmate\.db: expected a SQLite database"):
        _ = Database(path).connection


def test_missing_folder_is_an_error_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusableError, match="writable folder"):
        _ = Database(tmp_path / "missing" / "deskmate.db").connection


def test_closed_database_says_so(database: Database) -> None:
    database.close()
    with pytest.raises(sqlite3.ProgrammingError, match="is closed"):
        _ = database.connection


def test_each_outermost_commit_is_told_once_it_can_be_read(database: Database) -> None:
    database.migrate(fruit("apple"))
    seen: list[list[str]] = []
    forget = database.on_commit(lambda: seen.append(names(database)))
    with database.write():
        insert(database, "inner")
        assert seen == []
    with pytest.raises(ValueError, match="stop"):
        insert_and_fail(database, "never")
    insert(database, "outer")
    forget()
    insert(database, "untold")
    assert seen == [["inner"], ["inner", "outer"]]

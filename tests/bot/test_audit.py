"""The audit log: kept in order, found by target, part of the deed's own transaction."""

import pytest

from bot.audit import Audit
from knowledge.database import Database


@pytest.fixture
def audit(database: Database) -> Audit:
    audit = Audit(database, lambda: "2026-03-04T10:00:00Z")
    for number in range(5):
        audit.note("mia", "desk.claim", f"c{number % 2}", str(number))
    return audit


def test_the_newest_comes_first(audit: Audit) -> None:
    assert [one.details for one in audit.entries(limit=3)] == ["4", "3", "2"]


def test_older_ones_follow_by_id(audit: Audit) -> None:
    last = audit.entries(limit=3)[-1]
    assert [one.details for one in audit.entries(before=last.id)] == ["1", "0"]


def test_the_deeds_on_one_target_are_found(audit: Audit) -> None:
    assert [one.details for one in audit.entries(target="c1")] == ["3", "1"]


def test_a_deed_that_fails_leaves_no_entry(audit: Audit, database: Database) -> None:
    def fail() -> None:
        with database.write():
            audit.note("mia", "desk.claim", "c9")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert audit.entries(target="c9") == []

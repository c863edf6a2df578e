"""CSV for a spreadsheet: what a customer wrote stays a text there."""

import csv
from datetime import date
from io import StringIO

import pytest

from bot.insights.csv import BOM, topics_csv
from bot.insights.topics import Topic, TopicReport

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "\t=1", "  =1")


def written(name: str) -> str:
    topic = Topic(name, (), "en", 1, 1, (-1,), ())
    return topics_csv(TopicReport(1, 1, 0, (date(2026, 3, 4),), (topic,)))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(formula: str) -> None:
    _, row = csv.reader(StringIO(written(formula).removeprefix(BOM)))
    assert row[0] == f"'{formula}"


def test_no_cell_begins_where_another_mark_parts_them() -> None:
    """A spreadsheet in a language with decimal commas takes semicolons."""
    _, row = csv.reader(StringIO(written("hello;=1+1").removeprefix(BOM)), delimiter=";")
    assert not [cell for cell in row if cell.startswith("=")]


def test_numbers_stay_numbers() -> None:
    assert written("x").splitlines()[1].endswith(",-1")

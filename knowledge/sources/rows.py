"""The rows of a text file, CSV or JSON Lines, plain or gzip, with what is wrong with them.

Owns encodings, columns and messages about them. Knows no meaning of a row.
"""

import csv
import difflib
import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from knowledge.language import detect
from knowledge.types import Language, RowError

_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_MAX_FOUND = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `line` is where it ends, `values` has lower-case keys without outer spaces."""

    line: int
    values: Mapping[str, Any]


class BadRowError(ValueError):
    """Says what was expected of a row and what was found; readers turn it into a RowError."""


def lines(path: Path) -> Iterator[tuple[int, str] | RowError]:
    """Numbered lines of UTF-8 text with or without BOM; one error ends an unreadable file."""
    number = 0
    try:
        with _open(path) as file:
            for number, line in enumerate(file, start=1):
                if "\0" in line:
                    yield RowError(path.name, number, "expected text, found binary data")
                    return
                yield number, line
    except UnicodeDecodeError as error:
        found = f"found byte 0x{error.object[error.start]:02x} that is none"
        yield RowError(path.name, 0, f"expected UTF-8 text, {found}: save the file as UTF-8")
    except (OSError, EOFError, zlib.error) as error:
        yield RowError(path.name, 0, f"cannot be read: {getattr(error, 'strerror', None) or error}")


def _open(path: Path) -> io.TextIOWrapper:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.GzipFile(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def text(path: Path) -> str | RowError:
    """The whole text of a document file, or why it has none."""
    parts: list[str] = []
    for line in lines(path):
        if isinstance(line, RowError):
            return line
        parts.append(line[1])
    return "".join(parts)


def objects(path: Path) -> Iterator[Row | RowError]:
    """The objects of a JSON Lines file; empty lines are skipped."""
    for line in lines(path):
        if isinstance(line, RowError):
            yield line
            return
        if line[1].strip():
            yield _object(path, *line)


def _object(path: Path, number: int, line: str) -> Row | RowError:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return RowError(path.name, number, f"expected one JSON object a line, found none: {error}")
    if not isinstance(value, dict):
        return RowError(
            path.name, number, f"expected one JSON object a line, found {shorten(value)}"
        )
    return Row(number, {key.strip().lower(): item for key, item in value.items()})


def table(path: Path, *required: Iterable[str]) -> Iterator[Row | RowError]:
    """The rows of a CSV or JSON Lines file.

    Each of `required` names the spellings of one column; in a CSV file that lacks one, the only
    result is an error with the nearest spelling.
    """
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    if suffix.lower() in _JSON_SUFFIXES:
        yield from objects(path)
        return
    broken: list[RowError] = []
    content = _csv_lines(path, broken)
    first = next(content, "")
    reader = csv.reader(chain([first], content), delimiter=max(",;\t", key=first.count))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        yield from _table_rows(path, reader, header, required) if not broken else ()
    except csv.Error as error:
        yield RowError(path.name, reader.line_num, f"expected CSV, found {error}")
    yield from broken


def _csv_lines(path: Path, broken: list[RowError]) -> Iterator[str]:
    for line in lines(path):
        if isinstance(line, RowError):
            broken.append(line)
            return
        yield line[1]


def _table_rows(
    path: Path,
    reader: Any,
    header: list[str],
    required: tuple[Iterable[str], ...],
) -> Iterator[Row | RowError]:
    for spellings in required:
        if not set(spellings) & set(header):
            yield RowError(path.name, 1, missing_column(tuple(spellings), header))
            return
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            reason = f"expected {len(header)} columns, found {len(cells)}: quote commas in a cell"
            yield RowError(path.name, reader.line_num, reason)
            continue
        yield Row(reader.line_num, dict(zip(header, cells, strict=True)))


def missing_column(expected: tuple[str, ...], found: list[str]) -> str:
    """One line: the column expected, those found, and the nearest spelling."""
    near = next(
        (match[0] for name in expected if (match := difflib.get_close_matches(name, found, 1))),
        None,
    )
    hint = f"; did you mean {expected[0]!r} by {near!r}?" if near else ""
    return f"expected a column {' or '.join(map(repr, expected))}, found {found}{hint}"


def required_text(row: Row, *names: str) -> str:
    """The first of the named values that is there, without outer spaces.

    Raises BadRowError when it is missing, empty or no text.
    """
    name = next((name for name in names if name in row.values), None)
    if name is None:
        raise BadRowError(missing_column(names, list(row.values)))
    value = row.values[name]
    if not isinstance(value, str) or not value.strip():
        raise BadRowError(f"expected text in {name!r}, found {shorten(value)}")
    return value.strip()


def optional_text(row: Row, name: str) -> str | None:
    value = row.values.get(name)
    return value.strip() or None if isinstance(value, str) else None


def row_language(row: Row, given: Language | None, sample: str) -> Language:
    """The language given for the file, else the row's own, else that of the sample."""
    if given is not None:
        return given
    named = optional_text(row, "language")
    return parse_language(named) if named else detect(sample)


def parse_language(name: str) -> Language:
    """Read "en", "en-US", "English", "zh-CN", "Chinese", "中文" and the like."""
    lower = name.lower()
    if lower in ("english", "英文", "英语") or lower.split("-")[0].split("_")[0] == "en":
        return "en"
    if lower in ("chinese", "cn", "中文", "汉语") or lower.split("-")[0].split("_")[0] == "zh":
        return "zh"
    raise BadRowError(f"expected the language en or zh, found {name!r}")


def shorten(value: object) -> str:
    """A value for an error message, cut so that the message stays one line."""
    shown = repr(value)
    return shown if len(shown) <= _MAX_FOUND else shown[: _MAX_FOUND - 1] + "…"

"""Utterances with their intent: CSV, JSON Lines, and clinc150's JSON as `FILE#train+oos_train`."""

import difflib
import json
from collections.abc import Iterator
from pathlib import Path

from knowledge import redact
from knowledge.language import visible
from knowledge.sources import rows
from knowledge.sources.rows import BadRowError, Row, shorten
from knowledge.types import Example, Language, RowError

_TEXT = ("text", "utterance", "question")
_LABEL = ("intent", "label", "category")


def read(path: Path, language: Language | None) -> Iterator[Example | RowError]:
    """The redacted examples of a file.

    The text is the first column of text, utterance, question; the intent the first of intent,
    label, category; `oos` stands for out of scope. `FILE#a+b` reads the splits a and b of a JSON
    object of lists of [text, intent].
    """
    file, _, splits = str(path).partition("#")
    found = _splits(Path(file), splits) if splits else rows.table(Path(file), _TEXT, _LABEL)
    for row in found:
        yield row if isinstance(row, RowError) else _example(row, Path(file).name, language)


def _example(row: Row, file: str, language: Language | None) -> Example | RowError:
    try:
        text = redact.redact(visible(rows.required_text(row, *_TEXT)))
        intent = rows.required_text(row, *_LABEL)
        return Example(text, intent, rows.row_language(row, language, text))
    except BadRowError as error:
        return RowError(file, row.line, str(error))


def _splits(path: Path, names: str) -> Iterator[Row | RowError]:
    content = rows.text(path)
    if isinstance(content, RowError):
        yield content
        return
    try:
        splits = json.loads(content)
    except ValueError as error:
        yield RowError(path.name, 0, f"expected one JSON object of splits, found none: {error}")
        return
    for name in names.split("+"):
        if not isinstance(splits, dict) or not isinstance(splits.get(name), list):
            yield RowError(path.name, 0, _missing_split(name, splits))
            return
        for number, pair in enumerate(splits[name], start=1):
            yield _pair(path, name, number, pair)


def _pair(path: Path, split: str, number: int, pair: object) -> Row | RowError:
    if isinstance(pair, list) and len(pair) == 2:
        return Row(number, {"text": pair[0], "intent": pair[1]})
    return RowError(
        f"{path.name}#{split}", number, f"expected [text, intent], found {shorten(pair)}"
    )


def _missing_split(name: str, splits: object) -> str:
    found = list(splits) if isinstance(splits, dict) else []
    near = difflib.get_close_matches(name, found, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"expected a split {name!r}, found {shorten(found or splits)}{hint}"

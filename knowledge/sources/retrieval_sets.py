"""Retrieval sets: two JSON Lines files, passages `{id, text, title?}` and questions
`{id, question, passage_ids}`, to train and measure the search without a home."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge import redact
from knowledge.language import visible
from knowledge.sources import rows
from knowledge.sources.rows import BadRowError, Row, shorten
from knowledge.types import Language, RowError


@dataclass(frozen=True, slots=True)
class SetPassage:
    """A passage of a retrieval set; `id` is the file's own. `title` may be empty."""

    id: str
    language: Language
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question and the ids of the passages that answer it (at least one)."""

    id: str
    language: Language
    question: str
    passage_ids: tuple[str, ...]


def read(path: Path, language: Language | None) -> Iterator[SetPassage | SetQuestion | RowError]:
    """The rows of either file: a row with a `question` is one, any other a passage."""
    for row in rows.objects(path):
        if isinstance(row, RowError):
            yield row
            continue
        try:
            parse = _question if "question" in row.values else _passage
            yield parse(row, language)
        except BadRowError as error:
            yield RowError(path.name, row.line, str(error))


def _passage(row: Row, language: Language | None) -> SetPassage:
    text = redact.published(visible(rows.required_text(row, "text")))
    title = redact.published(visible(rows.optional_text(row, "title") or ""))
    return SetPassage(
        _id(row.values.get("id")), rows.row_language(row, language, text), title, text
    )


def _question(row: Row, language: Language | None) -> SetQuestion:
    question = redact.redact(visible(rows.required_text(row, "question")))
    ids = row.values.get("passage_ids")
    if not isinstance(ids, list) or not ids:
        raise BadRowError(f"expected a list of 'passage_ids', found {shorten(ids)}")
    return SetQuestion(
        _id(row.values.get("id")),
        rows.row_language(row, language, question),
        question,
        tuple(_id(item) for item in ids),
    )


def _id(value: object) -> str:
    if not isinstance(value, str | int) or not str(value).strip():
        raise BadRowError(f"expected an id, found {shorten(value)}")
    return str(value).strip()

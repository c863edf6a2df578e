"""Frequently asked questions: CSV or JSON Lines of question, answer, maybe language and source."""

from collections.abc import Iterator
from pathlib import Path

from knowledge import redact
from knowledge.language import folded, visible
from knowledge.sources import rows
from knowledge.sources.rows import BadRowError, Row
from knowledge.types import Language, Passage, RowError

ANSWER = ("answer",)
ANSWER_OR_PART = ("answer", "evidence")
"""A question to train or test on may name, as evidence, a part of a text that answers it."""


def read(
    path: Path, language: Language | None, answer: tuple[str, ...] = ANSWER
) -> Iterator[Passage | RowError]:
    """The approved passages of a file; columns in any order and case.

    `answer` has the spellings of the answer's column. A second answer to the same question is an
    error, since one of them would be lost; evidence may well stand in several texts.
    """
    seen: dict[tuple[str, ...], int] = {}
    for row in rows.table(path, ["question"], answer):
        if isinstance(row, RowError):
            yield row
            continue
        try:
            passage = _passage(row, path.name, language, answer)
        except BadRowError as error:
            yield RowError(path.name, row.line, str(error))
            continue
        key: tuple[str, ...] = (passage.language, passage.source, folded(passage.key))
        if answer == ANSWER_OR_PART:
            key = (*key, folded(passage.body))
        first = seen.setdefault(key, row.line)
        if first != row.line:
            reason = f"expected each question once, found the one of line {first} again"
            yield RowError(path.name, row.line, reason)
            continue
        yield passage


def _passage(row: Row, file: str, language: Language | None, columns: tuple[str, ...]) -> Passage:
    question = redact.published(visible(rows.required_text(row, "question")))
    answer = redact.published(visible(rows.required_text(row, *columns)))
    return Passage(
        id=0,
        kind="faq",
        language=rows.row_language(row, language, f"{question} {answer}"),
        title=question,
        key=question,
        body=answer,
        source=rows.optional_text(row, "source") or file,
        approved=True,
    )

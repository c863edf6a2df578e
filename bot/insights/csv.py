"""The figures as CSV for a spreadsheet: one row a day, week or month; or one row a topic.

Shares come as their count and what they are a share of, so that rows can be added up.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from bot.insights.figures import Figures, PartFigures
from bot.insights.topics import Topic, TopicReport

BOM = "\ufeff"
"""Without it, spreadsheets take Chinese for another encoding."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula (OWASP, CSV injection)."""

_PART_COLUMNS = (
    "first_day", "language", "conversations", "messages", "answered_without_a_person",
    "with_a_person", "unanswered", "going_on", "answers", "not_known", "hand_offs",
    "thumbs_up", "thumbs", "negative", "neutral", "positive",
)  # fmt: skip
_TOPIC_COLUMNS = ("topic", "language", "questions", "conversations", "words", "examples")


def parts_csv(figures: Figures) -> str:
    """A row for each part of the period, and a column for each reason of a hand-off."""
    reasons = [one.name for one in figures.hand_offs]
    header = [*_PART_COLUMNS, *(f"hand_offs_{reason}" for reason in reasons)]
    language = figures.language or "all"
    return _csv(header, (_part_row(part, language, reasons) for part in figures.parts))


def topics_csv(report: TopicReport) -> str:
    """A row for each topic, the largest first, and a column for each part of the period."""
    header = [*_TOPIC_COLUMNS, *(first.isoformat() for first in report.parts)]
    return _csv(header, map(_topic_row, report.topics))


def _part_row(part: PartFigures, language: str, reasons: Sequence[str]) -> list[object]:
    outcomes, moods = part.outcomes, part.moods
    by_reason = {one.name: one.count for one in part.hand_offs}
    return [
        part.first.isoformat(), language, part.conversations, part.messages,
        outcomes.answered, outcomes.person, outcomes.unanswered, outcomes.going_on,
        part.coverage.count, part.coverage.n - part.coverage.count, sum(by_reason.values()),
        part.thumbs_up.count, part.thumbs_up.n, moods.negative, moods.neutral, moods.positive,
        *(by_reason.get(reason, 0) for reason in reasons),
    ]  # fmt: skip


def _topic_row(topic: Topic) -> list[object]:
    examples = " | ".join(one.text for one in topic.examples)
    counted = (topic.questions, topic.conversations)
    return [topic.name, topic.language, *counted, ", ".join(topic.words), examples, *topic.counts]


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    file = StringIO()
    # Quoted, so that where semicolons part the cells a text cannot begin one of its own.
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    for row in (header, *rows):
        writer.writerow([_safe(cell) for cell in row])
    return BOM + file.getvalue()


def _safe(cell: object) -> object:
    """A text that a spreadsheet cannot take for a formula: an apostrophe makes it a text."""
    if not isinstance(cell, str):
        return cell
    # Some spreadsheets pass over the spaces before it.
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell

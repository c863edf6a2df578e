"""The questions of a period that nobody got an answer to from the bot, the latest first.

That is a message at which the bot handed over since it could not help, or asked what was meant
and could not answer what came next either. Reads the log; groups nothing.
"""

# ruff: noqa: S608 - statements of this file's own parts

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.insights.period import Period
from bot.insights.sql import NOT_KNOWN
from bot.log_rows import LogAccess
from knowledge.language import normalise
from knowledge.redact import redact
from knowledge.types import Language

MOST = 500

_UNANSWERED = f"""
FROM turn_figures t WHERE t.at >= :since AND t.at < :until
AND (:language IS NULL OR t.language = :language)
AND ((t.action = 'hand_off' AND t.reason IN {NOT_KNOWN})
    OR (t.action = 'clarify' AND coalesce((
        SELECT coalesce(n.action, 'none') FROM turn_figures n
        WHERE n.conversation_id = t.conversation_id AND n.turn_id > t.turn_id
        ORDER BY n.turn_id LIMIT 1), 'none') NOT IN ('answer', 'call', 'ask')))
"""
_COUNT = f"SELECT count(*) {_UNANSWERED}"
_LATEST = f"""
SELECT q.id, q.conversation_id, q.at, q.language, q.query, m.text
FROM (SELECT t.turn_id {_UNANSWERED} ORDER BY t.at DESC LIMIT :most) one
JOIN turns q ON q.id = one.turn_id JOIN messages m ON m.id = q.message_id
ORDER BY q.at DESC, q.id DESC
"""


@dataclass(frozen=True, slots=True)
class Question:
    """An unanswered turn: `query` is what is encoded, `text` what is shown, personal data removed.

    `at` is ISO 8601, UTC.
    """

    turn_id: int
    conversation_id: str
    at: str
    language: Language
    query: str
    text: str


def count(log: LogAccess, period: Period, language: Language | None = None) -> int:
    """How many there are."""
    ((found,),) = log.reading.execute(_COUNT, _values(period, language))
    return int(found)


def latest(
    log: LogAccess,
    period: Period,
    language: Language | None = None,
    leave_out: Collection[str] = (),
) -> list[Question]:
    """The latest `MOST` of them, without those that only say one of `leave_out` (a button)."""
    buttons = {normalise(text) for text in leave_out}
    rows = log.reading.execute(_LATEST, {**_values(period, language), "most": MOST})
    return [
        Question(turn_id, conversation_id, at, spoken, redact(query), redact(text))
        for turn_id, conversation_id, at, spoken, query, text in rows
        if normalise(text) not in buttons
    ]


def _values(period: Period, language: Language | None) -> Mapping[str, object]:
    return {"since": period.since, "until": period.until, "language": language}

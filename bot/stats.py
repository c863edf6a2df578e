"""Counts what happened in a period: one consistent look at the log, in SQL, nothing kept.

What the figures mean:

- A *conversation* counts on the day it began; a message, hand-off or thumb on its own day.
- *Containment* is the share answered without a person: of the conversations that began in the
  period, in which the customer wrote and whose outcome is known, those that ended without a person
  and in which the bot gave at least one answer. A conversation has *ended* when it is resolved, or
  is with the bot and nothing was written for an hour. A person took part when one was asked for
  (also when the customer went back to the bot) or wrote by themselves; that outcome is known at
  once.
- An *answer* is a turn in which the bot gave an intent's text or quoted a passage. A turn *failed*
  when the bot asked what was meant or handed over since it could not help. *Coverage* is answers
  among both; small talk, questions for a slot, and persons that were wished for are neither.
- The bot's *response time* is the sum of a turn's measured stages; the staff's runs from the
  hand-off to their first message, and a hand-off that was cancelled or closed before has none.

The language is the conversation's, for turns their own. Topics are grouped elsewhere.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.insights import sql
from bot.insights.figures import (
    Figures,
    Messages,
    Moods,
    Outcomes,
    PartFigures,
    ReleaseUse,
    StaffReplies,
    Stars,
    Waiting,
    total,
)
from bot.insights.period import Part, Period
from bot.insights.rates import Count, Quantiles, Rate
from bot.insights.schema import MIGRATIONS
from bot.log_rows import LogAccess
from bot.turn_json import dump
from knowledge.types import Language

ENDED_AFTER = timedelta(hours=1)
"""A conversation with the bot in which nothing was written for so long has ended."""
MOST_INTENTS = 15

Row = tuple[Any, ...]
Values = Mapping[str, object]


class Stats:
    """The figures of one log. Threads may share it."""

    def __init__(self, log: LogAccess) -> None:
        """Make the table and indexes where they are missing; the first time reads the whole log."""
        self._log = log
        log.database.migrate(MIGRATIONS)

    def figures(self, period: Period, language: Language | None = None) -> Figures:
        """Everything about `period`, in all languages or in one."""
        values = {"language": language, "since": period.since, "until": period.until}
        with self._log.database.read():
            parts = self._parts(period.parts(), language)
            return Figures(
                first=period.first,
                last=period.last,
                unit=period.unit,
                language=language,
                conversations=sum(part.conversations for part in parts),
                messages=self._messages(parts, values),
                outcomes=total(Outcomes, [part.outcomes for part in parts]),
                coverage=(coverage := total(Rate, [part.coverage for part in parts])),
                not_known=coverage.n - coverage.count,
                hand_offs=_by_name(parts),
                thumbs_up=total(Rate, [part.thumbs_up for part in parts]),
                stars=self._stars(values),
                bot_ms=self._bot_ms(values),
                staff_replies=self._staff_replies(values),
                waiting=self._waiting(language),
                intents=self._intents(values),
                moods=total(Moods, [part.moods for part in parts]),
                releases=self._releases(values),
                parts=parts,
            )

    def _parts(self, parts: tuple[Part, ...], language: Language | None) -> tuple[PartFigures, ...]:
        ended_before = datetime.fromisoformat(self._log.clock()) - ENDED_AFTER
        spans = dump([(part.since, part.until) for part in parts])
        values = {"language": language, "parts": spans, "idle": ended_before.isoformat()}
        begun = self._by_part(sql.CONVERSATIONS, values)
        turns = self._by_part(sql.TURNS, values)
        thumbs = self._by_part(sql.THUMBS, values)
        hand_offs: dict[int, list[Count]] = defaultdict(list)
        for n, reason, count in self._rows(sql.HAND_OFFS, values):
            hand_offs[n].append(Count(reason, count))
        return tuple(
            PartFigures(
                first=part.first,
                conversations=begun.get(n, _NO_CONVERSATIONS)[0],
                messages=turns.get(n, _NO_TURNS)[0],
                replies=turns.get(n, _NO_TURNS)[1],
                outcomes=_outcomes(*begun.get(n, _NO_CONVERSATIONS)),
                coverage=_coverage(*turns.get(n, _NO_TURNS)[2:4]),
                hand_offs=tuple(hand_offs[n]),
                thumbs_up=Rate(*thumbs.get(n, (0, 0))),
                moods=Moods(*map(int, turns.get(n, _NO_TURNS)[4:])),
            )
            for n, part in enumerate(parts)
        )

    def _messages(self, parts: tuple[PartFigures, ...], values: Values) -> Messages:
        ((staff,),) = self._rows(sql.STAFF_MESSAGES, values)
        return Messages(
            sum(part.messages for part in parts), sum(part.replies for part in parts), staff
        )

    def _stars(self, values: Values) -> Stars:
        given: dict[int, int] = dict(self._rows(sql.STARS, values))
        return Stars(tuple(given.get(stars, 0) for stars in range(1, 6)))

    def _bot_ms(self, values: Values) -> Quantiles:
        # Row by row: a list of all of them first takes three times as long.
        rows = self._log.reading.execute(sql.BOT_TIMES, values)
        return Quantiles.of([spent for (spent,) in rows])

    def _staff_replies(self, values: Values) -> StaffReplies:
        rows = self._rows(sql.STAFF_TIMES, values)
        replied = [_seconds(asked, reply) for asked, _, reply in rows if reply]
        left = sum(reply is None and closed is not None for _, closed, reply in rows)
        return StaffReplies(Quantiles.of(replied), left, len(rows) - len(replied) - left)

    def _waiting(self, language: Language | None) -> Waiting:
        ((count, since),) = self._rows(sql.WAITING, {"language": language})
        return Waiting(count, _seconds(since, self._log.clock()) if since else 0.0)

    def _intents(self, values: Values) -> tuple[Count, ...]:
        rows = self._rows(sql.INTENTS, {**values, "most": MOST_INTENTS})
        return tuple(Count(*row) for row in rows)

    def _releases(self, values: Values) -> tuple[ReleaseUse, ...]:
        return tuple(
            ReleaseUse(release, since, messages, _coverage(answered, failed))
            for release, since, messages, answered, failed in self._rows(sql.RELEASES, values)
        )

    def _by_part(self, statement: str, values: Values) -> dict[int, Row]:
        """Rows by the part that their first column numbers, without that column."""
        return {row[0]: row[1:] for row in self._rows(statement, values)}

    def _rows(self, statement: str, values: Values) -> list[Row]:
        return self._log.reading.execute(statement, values).fetchall()


_NO_CONVERSATIONS = (0,) * 5
_NO_TURNS = (0,) * 7


def _outcomes(_begun: int, wrote: int, *known: float) -> Outcomes:
    person, answered, unanswered = map(int, known)
    return Outcomes(answered, person, unanswered, wrote - person - answered - unanswered)


def _coverage(answered: float, failed: float) -> Rate:
    return Rate(int(answered), int(answered + failed))


def _by_name(parts: tuple[PartFigures, ...]) -> tuple[Count, ...]:
    """The hand-offs of all parts by reason, the most frequent first."""
    counted: Counter[str] = Counter()
    for part in parts:
        counted.update({one.name: one.count for one in part.hand_offs})
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Count(*one) for one in ordered)


def _seconds(since: str, until: str) -> float:
    passed = datetime.fromisoformat(until) - datetime.fromisoformat(since)
    return max(0.0, passed.total_seconds())

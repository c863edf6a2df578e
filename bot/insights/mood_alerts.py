"""Tells staff once when more customers are in a bad mood than usual.

Counts conversations: one in which any message of the last 24 hours was negative, of those whose
mood is known, against the 28 days before, per language (`bot.insights.control_chart` judges). A
rise is one episode for as long as it is seen again within 24 hours; it is told when it begins. Who
is told, and how, is the caller's.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection

from sqlite_utils import Database as Tables
from sqlite_utils import Migrations

from bot.insights.control_chart import Judgement, judge
from bot.insights.rates import Figure, Rate
from bot.insights.schema import MIGRATIONS as STATS_MIGRATIONS
from bot.log_rows import LogAccess
from knowledge.types import Language

log = logging.getLogger(__name__)

BASELINE_DAYS = 28
EPISODE = timedelta(hours=24)
MIGRATIONS = Migrations("mood_alerts")

_COLUMNS = "id, language, since, last, negative, n, usual, limit_share, noted_by"
_DAYS = """
SELECT back, sum(negative), count(*) FROM (
    SELECT CAST(julianday(:now) - julianday(at) AS INTEGER) AS back,
        max(mood = 'negative') AS negative
    FROM turn_figures
    WHERE at > :since AND at <= :now AND language = :language AND mood IS NOT NULL
    GROUP BY back, conversation_id
) WHERE back BETWEEN 0 AND :days GROUP BY back
"""


@MIGRATIONS()
def m001_mood_alerts(database: Tables) -> None:
    database.conn.execute(
        "CREATE TABLE mood_alerts (id INTEGER PRIMARY KEY AUTOINCREMENT, language TEXT NOT NULL,"
        " since TEXT NOT NULL, last TEXT NOT NULL, negative INTEGER NOT NULL, n INTEGER NOT NULL,"
        " usual REAL NOT NULL, limit_share REAL NOT NULL, noted_by TEXT)"
    )
    database.conn.execute("CREATE INDEX mood_alerts_by_end ON mood_alerts (language, last)")


@dataclass(frozen=True, slots=True)
class MoodAlert(Figure):
    """An episode: seen from `since` to `last` (ISO 8601, UTC).

    `negative` of the `n` conversations of 24 hours when it began; `usual` and `limit` are the
    shares that were expected and allowed; `noted_by` is who of the staff has seen it.
    """

    id: int
    language: Language
    since: str
    last: str
    negative: int
    n: int
    usual: float
    limit: float
    noted_by: str | None = None


class MoodAlerts:
    """The alerts of one log. Threads and processes may share it: each episode begins once."""

    def __init__(self, access: LogAccess) -> None:
        access.database.migrate(STATS_MIGRATIONS)
        access.database.migrate(MIGRATIONS)
        self._access = access

    def check(
        self, languages: tuple[Language, ...], tell: Callable[[MoodAlert], None] | None = None
    ) -> list[MoodAlert]:
        """Look at the last 24 hours; the episodes that begin now.

        `tell` is called for each within the transaction that keeps it: what it writes stands or
        falls with the alert.
        """
        return [
            alert for language in languages if (alert := self._check(language, tell)) is not None
        ]

    def current(self) -> list[MoodAlert]:
        """The episodes that are not over, those that nobody has noted first."""
        limit = _moved(self._access.clock(), -EPISODE)
        rows = self._access.reading.execute(
            f"SELECT {_COLUMNS} FROM mood_alerts WHERE last > ?"  # noqa: S608
            " ORDER BY noted_by IS NOT NULL, id DESC",
            (limit,),
        )
        return [MoodAlert(*row) for row in rows]

    def note(self, alert_id: int, staff: str) -> None:
        """Keep that `staff` has seen the alert; the first one counts."""
        with self._access.database.write() as writing:
            writing.conn.execute(
                "UPDATE mood_alerts SET noted_by = coalesce(noted_by, ?) WHERE id = ?",
                (staff, alert_id),
            )

    def _check(
        self, language: Language, tell: Callable[[MoodAlert], None] | None
    ) -> MoodAlert | None:
        now = self._access.clock()
        present, days = self._counted(language, now)
        judgement = judge(present, days)
        if judgement is None or not judgement.beyond:
            return None
        with self._access.database.write() as writing:
            if _goes_on(writing.conn, language, now):
                return None
            alert = _begin(writing.conn, (language, now), present, judgement)
            if tell:
                tell(alert)
        log.warning(
            "mood alert %d: %d of %d conversations in %s are negative, usual are %.1f %%",
            alert.id, alert.negative, alert.n, language, 100 * alert.usual,
        )  # fmt: skip
        return alert

    def _counted(self, language: Language, now: str) -> tuple[Rate, list[Rate]]:
        """The last 24 hours, and the 24 hours before them 28 times, the earliest first."""
        since = _moved(now, -timedelta(days=BASELINE_DAYS + 1))
        values = {"now": now, "since": since, "language": language, "days": BASELINE_DAYS}
        found = {back: Rate(*rest) for back, *rest in self._access.reading.execute(_DAYS, values)}
        days = [found.get(back, Rate(0, 0)) for back in range(BASELINE_DAYS, -1, -1)]
        return days[-1], days[:-1]


def _goes_on(connection: Connection, language: Language, now: str) -> bool:
    """Whether an episode was seen within the last 24 hours; then it is seen again now."""
    seen = connection.execute(
        "UPDATE mood_alerts SET last = ? WHERE language = ? AND last > ?",
        (now, language, _moved(now, -EPISODE)),
    )
    return seen.rowcount > 0


def _begin(
    connection: Connection, where: tuple[Language, str], present: Rate, judgement: Judgement
) -> MoodAlert:
    language, now = where
    values = (language, now, now, present.count, present.n, judgement.usual, judgement.limit)
    cursor = connection.execute(
        "INSERT INTO mood_alerts (language, since, last, negative, n, usual, limit_share)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    return MoodAlert(cursor.lastrowid or 0, *values)


def _moved(moment: str, by: timedelta) -> str:
    moved = datetime.fromisoformat(moment) + by
    return moved.isoformat(timespec="seconds").replace("+00:00", "Z")

"""Figures, topics and mood alerts of one home: what its staff and operator ask about.

Owns which time zone a day has, and what is no question. The counting is in the parts it joins.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.home import Home
from bot.insights.figures import Figures
from bot.insights.mood_alerts import MoodAlert, MoodAlerts
from bot.insights.period import DEFAULT_DAYS, Period, Unit
from bot.insights.topics import TopicReport, Topics
from bot.mind import Mind
from bot.stats import Stats
from knowledge.types import Language


class Insights:
    """What happened, by period and language. Threads may share it."""

    def __init__(self, home: Home, mind: Callable[[], Mind | None]) -> None:
        """`mind` gives the release that serves; without one, questions are not grouped."""
        self._home = home
        self.stats = Stats(home.log)
        self.topics = Topics(home.log, mind)
        self.alerts = MoodAlerts(home.log)
        self.tell: Callable[[MoodAlert], None] | None = None
        """Called for each new alert, in the transaction that keeps it."""

    @property
    def zone(self) -> tzinfo:
        """The time zone of the shop's days."""
        return ZoneInfo(self._home.domain.hours.timezone)

    def period(
        self,
        first: date | None = None,
        last: date | None = None,
        days: int = DEFAULT_DAYS,
        unit: Unit | None = None,
    ) -> Period:
        """The days from `first`, or `days` of them, to `last`, or today.

        `unit` cuts them, or what fits their number. Raises PeriodError.
        """
        until = last or Period.of_days(1, self._home.log.clock(), self.zone).last
        begin = first or Period(until, until).first - timedelta(days=days - 1)
        period = Period.between(begin, until, self.zone)
        return replace(period, unit=unit) if unit else period

    def figures(self, period: Period, language: Language | None = None) -> Figures:
        """Everything counted about `period`."""
        return self.stats.figures(period, language)

    def unanswered(self, period: Period, language: Language | None = None) -> TopicReport:
        """The topics of the questions that got no answer; encodes those not seen before."""
        return self.topics.of(period, language, tuple(self._buttons()))

    def labels(self, figures: Figures) -> dict[str, dict[Language, str]]:
        """What the intents among `figures` are called on buttons, where the domain knows them."""
        known = self._home.domain.intents
        names = (one.name for one in figures.intents)
        return {name: known[name].label for name in names if name in known}

    def check_mood(self) -> list[MoodAlert]:
        """Look whether the mood is worse than usual; the alerts that are new."""
        return self.alerts.check(self._home.settings.bot.languages, self.tell)

    def _buttons(self) -> Iterator[str]:
        for messages in self._home.domain.messages.values():
            yield messages.none_of_these
            yield messages.talk_to_person

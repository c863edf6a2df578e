"""The figures as tables in the terminal."""

from collections.abc import Iterable
from typing import Literal

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.insights.figures import Figures, PartFigures
from bot.insights.headlines import Headline, duration, headlines, shown
from bot.insights.rates import Count, Rate
from bot.insights.topics import TopicReport

LABELS = {
    "conversations": "conversations",
    "messages": "messages of customers",
    "containment": "answered without a person",
    "coverage": "coverage",
    "hand_offs": "hand-offs",
    "thumbs_up": "thumbs up",
    "stars": "stars",
    "negative": "negative mood",
    "bot_p50": "bot's reply, median",
    "bot_p90": "bot's reply, p90",
    "staff_p50": "staff's first reply, median",
    "staff_p90": "staff's first reply, p90",
}


def show(figures: Figures, before: Figures, console: Console) -> None:
    """Print the figures beside those of the period before."""
    language = figures.language or "all languages"
    console.print(Text(f"{figures.first} to {figures.last}, {language}", style="bold"))
    console.print(_main(figures, before))
    console.print(_waiting(figures))
    named = (("hand-offs", figures.hand_offs), ("intents", figures.intents))
    for title, counts in named:
        if counts:
            console.print(_counts(title, counts))
    if len(figures.parts) > 1:
        console.print(_parts(figures))
    for release in figures.releases:
        line = f"{release.release} since {release.since}: {release.messages:,} messages, coverage "
        console.print(Text(line + _share(release.coverage)))


def show_topics(report: TopicReport, console: Console) -> None:
    """Print the topics of unanswered questions, each with its words."""
    table = _table("unanswered questions", "topic", "words", "questions", "conversations")
    for topic in report.topics:
        counted = f"{topic.questions:,}", f"{topic.conversations:,}"
        table.add_row(Text(topic.name), Text(", ".join(topic.words)), *counted)
    if report.topics:
        console.print(table)
    line = f"{report.questions:,} unanswered questions, the latest {report.grouped:,} grouped, "
    console.print(Text(f"{line}{report.single:,} like no other", style="dim"))


def _main(figures: Figures, before: Figures) -> Table:
    table = _table("", "figure", "value", "of", "period before")
    for now, then in zip(headlines(figures), headlines(before), strict=True):
        table.add_row(LABELS[now.key], shown(now), _of(now), shown(then))
    return table


def _of(one: Headline) -> str:
    return "" if one.n is None else f"{one.n:,}"


def _waiting(figures: Figures) -> Text:
    waiting = figures.waiting
    if not waiting.count:
        return Text("nobody waits for a person now")
    longest = duration(waiting.longest_s)
    return Text(f"{waiting.count} wait for a person now, for {longest} at most", style="yellow")


def _counts(title: str, counts: Iterable[Count]) -> Table:
    table = _table("", title, "count")
    for one in counts:
        table.add_row(Text(one.name), f"{one.count:,}")
    return table


def _parts(figures: Figures) -> Table:
    """The parts in which anything happened."""
    columns = "chats", "messages", "contained", "coverage", "hand-offs", "negative"
    table = _table("", figures.unit, *columns)
    for part in figures.parts:
        if part.conversations or part.messages:
            table.add_row(*_cells(part))
    return table


def _cells(part: PartFigures) -> tuple[str, ...]:
    return (
        str(part.first),
        f"{part.conversations:,}",
        f"{part.messages:,}",
        _share(part.outcomes.containment),
        _share(part.coverage),
        f"{sum(one.count for one in part.hand_offs):,}",
        _share(part.moods.negative_share),
    )


def _share(rate: Rate) -> str:
    return shown(Headline("", "share", rate.share, rate.n))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title or None, title_justify="left", box=SIMPLE, padding=(0, 1))
    for number, column in enumerate(columns):
        words = number == 0 or column == "words"
        justify: Literal["left", "right"] = "left" if words else "right"
        table.add_column(column, justify=justify, overflow="fold", no_wrap=not words)
    return table

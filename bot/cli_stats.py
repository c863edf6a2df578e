"""The verb stats."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.insights.period import DEFAULT_DAYS, MOST_DAYS, UNITS, Unit
from bot.shell import LANGUAGE, json_option, opened, print_json
from knowledge.types import Language

if TYPE_CHECKING:
    from bot.insights.insights import Insights

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "first", type=DAY, metavar="DATE", help="First day, as 2026-03-01.")
@click.option("--to", "last", type=DAY, metavar="DATE", help="Last day; default: today.")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    help=f"The days up to the last one; default: {DEFAULT_DAYS}.",
)
@click.option("--by", "unit", type=click.Choice(UNITS), help="Cut by it; default: what fits.")
@click.option("--language", type=LANGUAGE, help="Count one language only.")
@click.option("--topics", is_flag=True, help="Group unanswered questions, too; loads the release.")
@json_option
@click.pass_context
def stats(
    ctx: click.Context,
    first: datetime | None,
    last: datetime | None,
    days: int | None,
    unit: Unit | None,
    language: Language | None,
    topics: bool,
    as_json: bool,
) -> None:
    """Count what happened, beside the period before.

    Conversations, answers without a person, hand-offs, ratings, response times, mood, releases.
    Days are those of the time zone in [hours] of domain.toml.

    Example: deskmate --home shop stats --from 2026-03-01 --to 2026-03-31 --language en --json
    """
    if first and days:
        raise click.UsageError("--from and --days both say where to begin; give one of them")
    from rich.console import Console

    from bot.insights.table import show, show_topics

    insights = _insights(ctx, topics)
    since, until = (one.date() if one else None for one in (first, last))
    period = insights.period(since, until, days or DEFAULT_DAYS, unit)
    figures, before = (insights.figures(each, language) for each in (period, period.before()))
    report = insights.unanswered(period, language) if topics else None
    if as_json:
        told = {"figures": figures.to_dict(), "before": before.to_dict()}
        print_json({**told, "topics": report.to_dict()} if report else told)
        return
    console = Console()
    show(figures, before, console)
    if report:
        show_topics(report, console)


def _insights(ctx: click.Context, topics: bool) -> "Insights":
    from bot.insights.insights import Insights
    from bot.mind import Mind

    home = opened(ctx)
    champion = home.registry.champion() if topics else None
    mind = Mind.load(home, champion) if champion else None
    if mind:
        ctx.call_on_close(mind.close)
    return Insights(home, lambda: mind)


VERBS = (stats,)

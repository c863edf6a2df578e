"""The verb that decides what the bot learns next: review."""

import getpass

import click

from bot.progress import progress_bars
from bot.review.types import REASONS, Reason
from bot.shell import LANGUAGE, json_option, opened, print_json
from knowledge.errors import DeskmateError
from knowledge.types import Language

REASON = click.Choice(REASONS)


@click.command()
@click.option("--language", type=LANGUAGE, help="Messages in this language only.")
@click.option("--reason", type=REASON, help="Messages that are asked about for this reason only.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="Messages at most."
)
@click.option("--reviewer", help="Whose decisions these are; default: the user of this machine.")
@json_option
@click.pass_context
def review(
    ctx: click.Context,
    language: Language | None,
    reason: Reason | None,
    limit: int,
    reviewer: str | None,
    as_json: bool,
) -> None:
    """Decide on the messages that would teach the bot most.

    One after the other, by single keys; ? lists them. A server may run meanwhile. With --json the
    messages are listed only. `deskmate retrain` learns what was decided.

    Example: deskmate --home shop review --language en --limit 20
    """
    from rich.console import Console

    from bot.review.json import item_json
    from bot.review.terminal import TerminalReview
    from bot.runtime import Runtime

    home = opened(ctx)
    with progress_bars() as progress:
        runtime = Runtime(home, progress, watch=False)
    ctx.call_on_close(runtime.close)
    if as_json:
        items = runtime.review.items(language, reason, limit)
        print_json([item_json(runtime, one) for one in items])
        return
    terminal = TerminalReview(
        runtime,
        reviewer or getpass.getuser(),
        Console(soft_wrap=True),
        _key,
        language,
        reason,
    )
    done = terminal.run(limit)
    left, waits = runtime.review.left(language), runtime.review.pending().total
    click.echo(f"{done} decided, {left} left; {waits} wait for `deskmate retrain`")


def _key() -> str:
    try:
        return click.getchar()
    except OSError as error:
        raise DeskmateError(
            f"expected a terminal to read keys from, found none ({error.strerror}); "
            "`deskmate review --json` lists the messages"
        ) from error


VERBS = (review,)

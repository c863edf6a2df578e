"""The verbs that take in knowledge: import and index."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.progress import progress_bars
from bot.shell import LANGUAGE, json_option, opened, print_json
from knowledge.errors import DeskmateError
from knowledge.types import RowError

if TYPE_CHECKING:
    from bot.curation import Curated
    from bot.intake import Kind, Taken

MOST_ROW_ERRORS = 20

Verb = Callable[..., None]


@click.group("import")
def import_() -> None:
    """Import dialogues, FAQ, documents, intents.

    Example: deskmate --home shop import faq faq.csv --language en
    """


def importing(function: Verb) -> Verb:
    """Give a verb the arguments that all imports share."""
    for decorate in (
        click.pass_context,
        json_option,
        click.option("--dry-run", is_flag=True, help="Read and report, store nothing."),
        click.option("--strict", is_flag=True, help="Store nothing when any row is unreadable."),
        click.option("--language", type=LANGUAGE, help="Language of all rows; default: their own."),
        click.argument("paths", nargs=-1, required=True),
    ):
        function = decorate(function)
    return function


@import_.command()
@importing
def dialogues(ctx: click.Context, **options: Any) -> None:
    """Import past dialogues (JSONL) and mine them for answers.

    Example: deskmate --home shop import dialogues history.jsonl --language en
    """
    _take_in(ctx, "dialogues", **options)


@import_.command()
@click.option("--test", is_flag=True, help="Put the rows into the frozen test questions.")
@click.option(
    "--questions",
    is_flag=True,
    help="The rows are questions to learn from, with a part of the text that answers as evidence.",
)
@importing
def faq(ctx: click.Context, test: bool, questions: bool, **options: Any) -> None:
    """Import questions with their answers (CSV or JSONL of question,answer).

    Example: deskmate --home shop import faq faq.csv --strict
    """
    _take_in(ctx, "faq", test=test, questions=questions, **options)


@import_.command()
@importing
def docs(ctx: click.Context, **options: Any) -> None:
    """Import documents, or folders of them, cut into passages by heading.

    Example: deskmate --home shop import docs handbook/ --language en
    """
    _take_in(ctx, "docs", **options)


@import_.command()
@click.option("--test", is_flag=True, help="Put the rows into the frozen test set.")
@importing
def intents(ctx: click.Context, test: bool, **options: Any) -> None:
    """Import utterances with their intent (CSV of text,intent, or clinc150's FILE#split).

    Example: deskmate --home shop import intents utterances.csv
    """
    _take_in(ctx, "intents", test=test, **options)


@click.command()
@click.option("--rebuild", is_flag=True, help="Build the index again from the passages.")
@json_option
@click.pass_context
def index(ctx: click.Context, rebuild: bool, as_json: bool) -> None:
    """Bring the search index up to date.

    Groups new answers of dialogues, then indexes what changed, for the champion.

    Example: deskmate --home shop index --rebuild
    """
    from bot.curation import curate

    home = opened(ctx)
    champion = home.registry.champion()
    if champion is None:
        raise DeskmateError(
            f"{home.folder}: expected a release to index with, found none; run `deskmate train`"
        )
    with progress_bars() as progress:
        curated = curate(home, champion, progress, rebuild=rebuild)
    if as_json:
        print_json([asdict(one) for one in curated])
    else:
        _print_curated(curated)


VERBS = (import_, index)


def _take_in(
    ctx: click.Context, kind: "Kind", *, paths: Sequence[str], as_json: bool, **options: Any
) -> None:
    from bot.intake import Manner, take_in
    from knowledge.intake import StrictImportError

    home = opened(ctx)
    try:
        with progress_bars() as progress:
            taken = take_in(home, kind, [Path(path) for path in paths], Manner(**options), progress)
    except StrictImportError as error:
        _print_row_errors(error.errors, len(error.errors))
        raise
    _print_row_errors(taken.report.errors, taken.report.failed)
    if as_json:
        print_json(asdict(taken))
    else:
        _print_taken(taken, stored=not options["dry_run"])


def _print_row_errors(errors: Sequence[RowError], count: int) -> None:
    for error in errors[:MOST_ROW_ERRORS]:
        click.echo(str(error), err=True)
    if count > MOST_ROW_ERRORS:
        click.echo(f"... and {count - MOST_ROW_ERRORS} more", err=True)


def _print_taken(taken: "Taken", *, stored: bool) -> None:
    report = taken.report
    done = f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged"
    done += f", {report.removed} removed" if report.removed else ""
    outcome = done if stored else "nothing stored"
    click.echo(f"{report.read} read, {outcome}; {report.failed} unreadable")
    if taken.left_to_training:
        click.echo("no release yet: the next `deskmate train` groups and indexes what is new")
    _print_curated(taken.curated)


def _print_curated(curated: "Sequence[Curated]") -> None:
    for one in curated:
        click.echo(one.sentence())

"""The command line of an operator. A verb parses, calls one function and prints.

The verbs lie by concept in `bot.cli_*`; those of training are in `training.cli`, which is
imported only when one of them is called.
"""

import logging
from dataclasses import asdict
from pathlib import Path

import click

from bot import (
    cli_data,
    cli_evaluate,
    cli_knowledge,
    cli_releases,
    cli_review,
    cli_serving,
    cli_staff,
    cli_stats,
)
from bot.shell import LANGUAGE, Verbs, home_folder, json_option, opened, print_json
from knowledge.types import LANGUAGES, Language

__all__ = ["LANGUAGE", "main", "opened", "print_json"]


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="DESKMATE_HOME",
    default="home",
    show_default=True,
    show_envvar=True,
    help="Folder of the bot.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log what happens, to standard error.")
@click.version_option(package_name="deskmate")
@click.pass_context
def main(ctx: click.Context, home: Path, verbose: bool) -> None:
    """Train a customer-service bot on your own support history, and serve it.

    Example: deskmate --home shop init && deskmate --home shop import faq faq.csv
    """
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    ctx.obj = home


def _languages(_ctx: click.Context, _option: click.Parameter, text: str) -> tuple[Language, ...]:
    asked = [one.strip() for one in text.split(",")]
    found: tuple[Language, ...] = tuple(one for one in LANGUAGES if one in asked)
    if len(found) != len(asked):
        raise click.BadParameter(f"expected some of {','.join(LANGUAGES)}, found {text!r}")
    return tuple(sorted(found, key=asked.index))


@main.command()
@click.option(
    "--languages",
    default="en,zh",
    show_default=True,
    callback=_languages,
    help="Languages by comma, the main one first.",
)
@click.pass_context
def init(ctx: click.Context, languages: tuple[Language, ...]) -> None:
    """Make a new home with commented settings.

    Fill in its domain.toml afterwards: what the bot says.

    Example: deskmate --home shop init --languages en
    """
    from bot.starter import create_home

    home = home_folder(ctx)
    create_home(home, languages)
    click.echo(f"{home}: ready. Fill in {home / 'domain.toml'}, then import, then train.")


@main.command()
@json_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check that all is in order.

    Versions, settings, database, releases, index, weights and their licences, disk.

    Example: deskmate --home shop doctor
    """
    from bot.doctor import examine

    findings = examine(home_folder(ctx))
    problems = [finding for finding in findings if finding.state == "problem"]
    if as_json:
        print_json({"ok": not problems, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            click.echo(f"{finding.state:8} {finding.name:18} {finding.text}")
    if problems:
        raise click.ClickException(f"{len(problems)} to mend, first: {problems[0].text}")


for verb in (
    *cli_knowledge.VERBS,
    *cli_serving.VERBS,
    *cli_releases.VERBS,
    *cli_data.VERBS,
    *cli_staff.VERBS,
    *cli_stats.VERBS,
    *cli_review.VERBS,
    *cli_evaluate.VERBS,
):
    main.add_command(verb)

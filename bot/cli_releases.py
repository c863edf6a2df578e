"""The verbs of releases: releases, promote, rollback."""

from dataclasses import asdict

import click

from bot.progress import progress_bars
from bot.release import main_figures
from bot.shell import json_option, opened, print_json


@click.command()
@json_option
@click.pass_context
def releases(ctx: click.Context, as_json: bool) -> None:
    """List the releases.

    Oldest first, each with its main figures; a star marks the one that serves.

    Example: deskmate --home shop releases --json
    """
    registry = opened(ctx).registry
    champion = registry.champion()
    serving = champion.id if champion else None
    found = registry.releases()
    if as_json:
        print_json([{**asdict(one), "champion": one.id == serving} for one in found])
        return
    for one in found:
        mark = "*" if one.id == serving else " "
        encoders = ", ".join(f"{language} {name}" for language, name in one.encoder.items())
        click.echo(f"{mark} {one.id}  {one.created}  {encoders}")
        for line in main_figures(one):
            click.echo(f"    {line}")
    if not found:
        click.echo("no release yet; run `deskmate train`", err=True)


@click.command()
@click.argument("release")
@json_option
@click.pass_context
def promote(ctx: click.Context, release: str, as_json: bool) -> None:
    """Let a release serve.

    Its index is built first, so that it answers at once.

    Example: deskmate --home shop promote r0007-20260304T101112
    """
    from bot.curation import build_indexes

    home = opened(ctx)
    with progress_bars() as progress:
        build_indexes(home, home.registry.get(release), progress)
    _tell(home.registry.promote(release).id, as_json)


@click.command()
@click.argument("release", required=False)
@json_option
@click.pass_context
def rollback(ctx: click.Context, release: str | None, as_json: bool) -> None:
    """Let an earlier release serve again.

    RELEASE, or the one that served before the present one.

    Example: deskmate --home shop rollback
    """
    _tell(opened(ctx).registry.rollback(release).id, as_json)


VERBS = (releases, promote, rollback)


def _tell(release: str, as_json: bool) -> None:
    if as_json:
        print_json({"champion": release})
    else:
        click.echo(f"{release} serves; a running server takes it up by itself")

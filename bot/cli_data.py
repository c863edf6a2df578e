"""The verbs that carry data away and back: export, backup, restore."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TextIO

import click

from bot.backup import BackupReport
from bot.progress import progress_bars
from bot.shell import home_folder, json_option, opened, print_json

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--raw", is_flag=True, help="Keep personal data as it was written.")
@click.option("--out", type=FILE, help="File to write; default: standard output.")
@click.pass_context
def export(ctx: click.Context, raw: bool, out: Path | None) -> None:
    """Write the log as dialogues (JSONL).

    Personal data is removed; `deskmate import dialogues` reads the file back.

    Example: deskmate --home shop export --out log.jsonl
    """
    from bot.export import write_jsonl

    log = opened(ctx).log
    with _whole_file(out) if out else nullcontext(sys.stdout) as file:
        written = write_jsonl(log.export(raw), file)
    click.echo(f"{written} conversations", err=True)


@click.command()
@click.argument("out", type=FILE)
@json_option
@click.pass_context
def backup(ctx: click.Context, out: Path, as_json: bool) -> None:
    """Write the home into one file.

    A server may be at work meanwhile.

    Example: deskmate --home shop backup shop.tar
    """
    from bot.backup import backup as write

    with progress_bars() as progress:
        report = write(home_folder(ctx), out, progress)
    _tell(report, as_json)


@click.command()
@click.argument("file", type=FILE)
@json_option
@click.pass_context
def restore(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Unpack a backup as a new home.

    --home names the new home. The index is built again when it is served.

    Example: deskmate --home shop restore shop.tar
    """
    from bot.backup import restore as unpack

    with progress_bars() as progress:
        report = unpack(file, home_folder(ctx), progress)
    _tell(report, as_json)


VERBS = (export, backup, restore)


def _tell(report: BackupReport, as_json: bool) -> None:
    if as_json:
        print_json({"path": str(report.path), "files": report.files, "bytes": report.bytes})
    else:
        click.echo(f"{report.path}: {report.files} files, {report.bytes / 1e6:.1f} MB")


@contextmanager
def _whole_file(path: Path) -> Iterator[TextIO]:
    """Open a file that is there only once all of it is written."""
    fresh = path.with_name(f".{path.name}.tmp")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)

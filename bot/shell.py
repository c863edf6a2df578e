"""What all verbs of the command line share: the home, JSON for scripts, errors in one line.

Exit status: 0 done, 1 a problem told in one line, 2 wrong usage.
"""

import errno
import importlib
import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from knowledge.errors import DeskmateError
from knowledge.types import LANGUAGES

if TYPE_CHECKING:
    from bot.home import Home

LANGUAGE = click.Choice(LANGUAGES)
TRAINING_VERBS = {
    "retrain": "Run a whole round of learning.",
    "train": "Make the next release, or a single model.",
}
"""Verbs of `training.cli` with their short help."""

OWN_PACKAGES = ("bot", "knowledge", "training")

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


class TrainingVerb(click.Command):
    """Stands for `attribute` of `training.cli`: listing a verb does not import that."""

    def __init__(self, name: str, short_help: str, attribute: str) -> None:
        super().__init__(name, short_help=short_help)
        self._attribute = attribute

    def load(self) -> click.Command:
        """The verb itself."""
        found: click.Command = getattr(importlib.import_module("training.cli"), self._attribute)
        return found


class VerbGroup(click.Group):
    """Verbs of which those of training are imported only when they are called."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb that is called."""
        name, command, rest = super().resolve_command(ctx, args)
        if isinstance(command, TrainingVerb):
            command = command.load()
        return name, command, rest


class Verbs(VerbGroup):
    """The group of all verbs; what an operator can mend ends a verb in one line, status 1."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in TRAINING_VERBS.items():
            self.add_command(TrainingVerb(name, text, name))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb, turning errors into one line."""
        try:
            return super().invoke(ctx)
        except DeskmateError as error:
            raise click.ClickException(" ".join(str(error).split())) from error
        except ModuleNotFoundError as error:
            raise _missing(error) from error
        except sqlite3.Error as error:
            place = home_folder(ctx)
            raise click.ClickException(f"{place}: {error}; run `deskmate doctor`") from error
        except OSError as error:
            if error.errno in (None, errno.EPIPE):
                raise
            place = error.filename or home_folder(ctx)
            raise click.ClickException(f"{place}: {error.strerror}") from error


def _missing(error: ModuleNotFoundError) -> Exception:
    """What to install; a module of our own that is missing is a bug and stays one."""
    name = (error.name or "").partition(".")[0]
    if name in OWN_PACKAGES:
        return error
    return click.ClickException(
        f"this needs {name}, which is not installed; run `pip install 'deskmate[train]'`"
    )


def home_folder(ctx: click.Context) -> Path:
    """The folder given by `--home` or `DESKMATE_HOME`."""
    folder = ctx.find_root().obj
    return folder if isinstance(folder, Path) else Path("home")


def opened(ctx: click.Context) -> "Home":
    """Open the home of this call; it is closed when the verb ends."""
    from bot.home import Home

    home = Home.open(home_folder(ctx))
    ctx.call_on_close(home.close)
    return home


def print_json(value: Any) -> None:
    """Print one JSON value for scripts."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))

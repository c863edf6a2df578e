"""The verbs of training: train, retrain, evaluate intent, evaluate retrieval.

A verb parses, calls one function, prints.
"""

import re
import time
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import click

from bot.cli import LANGUAGE, opened, print_json
from bot.home import Home
from bot.progress import progress_bars
from bot.release import main_figures
from bot.shell import home_folder
from knowledge.errors import DeskmateError
from knowledge.types import Language
from training import files
from training.evaluate import figures
from training.learn import Options, Preset
from training.retrain import Outcome, retrain_home, train_home

PRESET = click.Choice(["fast", "full"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

_language = click.option("--language", type=LANGUAGE, default="en", show_default=True)
_preset = click.option("--preset", type=PRESET, default="full", show_default=True)
_seed = click.option("--seed", default=0, show_default=True, help="Same seed, same model.")
_out = click.option("--out", type=FOLDER, required=True, help="Folder to write the model into.")
_weights = click.option("--weights", help="Pretrained encoder: a catalogue name or a folder.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


@click.group(invoke_without_command=True)
@click.option("--preset", type=PRESET, help="Instead of the one in deskmate.toml.")
@click.option("--seed", type=int, help="Instead of the one in deskmate.toml.")
@_json
@click.pass_context
def train(ctx: click.Context, preset: Preset | None, seed: int | None, as_json: bool) -> None:
    """Train the home's next release on what it holds; the first one serves at once.

    \b
    Example: deskmate --home shop train
             deskmate train intent --train train.csv --language en --preset fast --out model
    """
    if ctx.invoked_subcommand:
        return
    home = opened(ctx)
    with progress_bars() as progress:
        release = train_home(home, progress, preset=preset, seed=seed)
    if as_json:
        print_json({"release": release.id, "metrics": release.metrics})
    else:
        click.echo(f"{release.id}: trained. Report: {home.registry.folder(release.id)}/report.md")
        for line in main_figures(release):
            click.echo(f"    {line}")
        champion = home.registry.champion()
        if champion and champion.id != release.id:
            click.echo(f"{champion.id} goes on serving; `deskmate promote {release.id}` switches.")


@train.command("intent")
@click.option("--train", "train_file", required=True, help="CSV of text and intent, or FILE#split.")
@click.option("--dev", "dev_file", help="Rows to choose the epoch and calibrate on.")
@_language
@_preset
@_seed
@_weights
@_out
def train_intent(train_file: str, dev_file: str | None, out: Path, **options: Any) -> None:
    """Train an intent model from a file alone, without a home.

    Example: deskmate train intent --train train.csv --language en --preset fast --out model
    """
    start = time.monotonic()
    with progress_bars() as progress:
        rows = files.train_intent(train_file, dev_file, _options(options), out, progress)
    click.echo(f"{out}: trained on {rows} rows in {time.monotonic() - start:.0f} s")


@train.command("retrieval")
@click.option("--passages", type=FILE, required=True, help="JSONL of id, text, title?.")
@click.option("--questions", type=FILE, required=True, help="JSONL of id, question, passage_ids.")
@click.option("--dev-questions", type=FILE, help="Questions to choose the epoch and calibrate on.")
@_language
@_preset
@_seed
@_weights
@_out
def train_retrieval(
    passages: Path, questions: Path, dev_questions: Path | None, out: Path, **options: Any
) -> None:
    """Train passage search from files alone, without a home.

    Example: deskmate train retrieval --passages p.jsonl --questions q.jsonl --out model
    """
    start = time.monotonic()
    with progress_bars() as progress:
        rows = files.train_retrieval(
            (passages, questions, dev_questions), _options(options), out, progress
        )
    click.echo(f"{out}: trained on {rows} questions in {time.monotonic() - start:.0f} s")


@click.command("intent")
@click.option("--model", type=FOLDER, required=True, help="Folder that `train intent` wrote.")
@click.option("--test", "test_file", required=True, help="CSV of text and intent, or FILE#split.")
@_json
def evaluate_intent(model: Path, test_file: str, as_json: bool) -> None:
    """Measure an intent model.

    Example: deskmate evaluate intent --model model --test test.csv --json
    """
    _print_figures(figures(files.evaluate_intent(model, test_file)), as_json)


@click.command("retrieval")
@click.option("--passages", type=FILE, required=True, help="JSONL of id, text, title?.")
@click.option("--questions", type=FILE, required=True, help="JSONL of id, question, passage_ids.")
@click.option("--model", type=FOLDER, help="Folder of `train retrieval`; untrained without it.")
@_language
@_weights
@_json
def evaluate_retrieval(
    passages: Path,
    questions: Path,
    model: Path | None,
    language: str,
    weights: str | None,
    as_json: bool,
) -> None:
    """Measure passage search, with all passages of the file as candidates.

    Example: deskmate evaluate retrieval --passages p.jsonl --questions q.jsonl --json
    """
    options = _options({"language": language, "weights": weights})
    with progress_bars() as progress:
        found = files.evaluate_retrieval(passages, questions, model, options, progress)
    _print_figures(figures(found), as_json)


@click.command()
@click.option("--every", help="Go on, one round every so often: 30m, 24h, 7d.")
@click.option("--force", is_flag=True, help="Train even when nothing new was confirmed.")
@_json
@click.pass_context
def retrain(ctx: click.Context, every: str | None, force: bool, as_json: bool) -> None:
    """Run one round of learning: collect, train, compare, promote or say why not.

    Example: deskmate retrain --every 24h
    """
    pause = seconds(every) if every else None
    while True:
        try:
            # Opened for each round: what staff changed in the settings since holds for the next.
            with closing(Home.open(home_folder(ctx))) as home, progress_bars() as progress:
                outcome = retrain_home(home, progress, force=force)
            _print_outcome(outcome, as_json)
        except DeskmateError as error:
            if pause is None:
                raise
            click.echo(f"Error: {error}; the next round tries again", err=True)
        if pause is None:
            return
        time.sleep(pause)


def seconds(text: str) -> float:
    """Read a period such as 90s, 30m, 24h or 7d; raises DeskmateError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text.strip())
    if not found or float(found[1]) == 0:
        raise DeskmateError(f"--every: expected a period such as 30m, 24h or 7d, found {text!r}")
    return float(found[1]) * UNIT_SECONDS[found[2]]


def _options(options: dict[str, Any]) -> Options:
    language = cast(Language, options["language"])
    return Options.of(
        language,
        preset=options.get("preset", "fast"),
        seed=options.get("seed", 0),
        weights=options["weights"],
    )


def _print_figures(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        if isinstance(value, float):
            click.echo(f"{name:34} {value:.4f}")
        elif isinstance(value, int):
            click.echo(f"{name:34} {value}")


def _print_outcome(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        print_json(outcome.to_dict())
    else:
        click.echo(outcome.sentence())

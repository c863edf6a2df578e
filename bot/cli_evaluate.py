"""The verbs that measure: evaluate dialogue; evaluate intent and retrieval are training's."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.progress import progress_bars
from bot.shell import TrainingVerb, VerbGroup, json_option, opened, print_json
from knowledge.errors import DeskmateError

if TYPE_CHECKING:
    from bot.conversation_file import ConversationTest
    from bot.conversation_tests import ConversationResult
    from bot.home import Home

FILES = click.Path(exists=True, path_type=Path)
FAILED = 1
"""The exit status of `--strict` when a step is wrong."""


@click.group(cls=VerbGroup)
def evaluate() -> None:
    """Measure whole conversations, intents or retrieval.

    \b
    Example: deskmate evaluate dialogue tests/conversations
             deskmate evaluate intent --model model --test test.csv --json
    """


evaluate.add_command(TrainingVerb("intent", "Measure an intent model.", "evaluate_intent"))
evaluate.add_command(TrainingVerb("retrieval", "Measure passage search.", "evaluate_retrieval"))


@evaluate.command()
@click.argument("files", nargs=-1, required=True, type=FILES)
@json_option
@click.option("--strict", is_flag=True, help="Exit with status 1 when a step is wrong, for CI.")
@click.pass_context
def dialogue(ctx: click.Context, files: tuple[Path, ...], as_json: bool, strict: bool) -> None:
    """Replay conversations on the release that serves, and compare each step.

    FILES are .toml files, or folders of them; bot/DOMAIN.md tells what stands in one. Services
    answer what the files declare: none is called. Nothing is logged.

    \b
    --json prints one object:
      conversations: [{id, file, ok, steps: [{customer, ok, expected, wrong: [...],
        found: {action, intent, slot, reason, slots, text, citations}}]}]
        (found.parts holds the same of each reply where there are several)
      figures: {conversations, conversations_right, steps, steps_right, wrong_answers,
        in_scope_steps, rightly_answered, by_kind: {KIND: {n, right}}}
    wrong_answers counts steps in which the bot answered or acted where another or no answer was
    expected, or said what it must never say; in_scope_steps those it is to settle by itself.

    \b
    Example: deskmate --home shop evaluate dialogue tests/conversations --strict
             deskmate --home shop evaluate dialogue returns.toml --json
    """
    from bot.conversation_file import read
    from bot.conversation_tests import to_dict

    results = _replayed(opened(ctx), read(files))
    if as_json:
        print_json(to_dict(results))
    else:
        _print(results)
    if strict and not all(result.ok for result in results):
        ctx.exit(FAILED)


VERBS = (evaluate,)


def _replayed(home: "Home", tests: Sequence["ConversationTest"]) -> list["ConversationResult"]:
    from bot.conversation_tests import run
    from bot.mind import Mind

    champion = home.registry.champion()
    if champion is None:
        raise DeskmateError(
            f"{home.folder}: expected a trained release, found none; run `deskmate train`"
        )
    with progress_bars() as progress:
        mind = Mind.load(home, champion, progress)
        try:
            return run(tests, mind, home.domain, progress)
        finally:
            mind.close()


def _print(results: Sequence["ConversationResult"]) -> None:
    from bot.conversation_tests import by_kind, figures

    for result in results:
        click.echo(f"{'ok' if result.ok else 'WRONG':8} {result.test.id}  ({result.test.file})")
        for number, step in enumerate(result.steps, 1):
            for wrong in step.wrong:
                click.echo(f"         step {number}, {wrong}")
    found = figures(results)
    click.echo(f"conversations right   {_share(found.conversations_right, found.conversations)}")
    click.echo(f"steps right           {_share(found.steps_right, found.steps)}")
    for kind, (n, right) in by_kind(results).items():
        click.echo(f"  {kind:19} {_share(right, n)}")
    click.echo(f"in scope, settled     {_share(found.rightly_answered, found.in_scope_steps)}")
    click.echo(f"wrong answers         {_share(found.wrong_answers, found.steps)}")


def _share(count: int, n: int) -> str:
    return f"{count} of {n}" + (f" ({count / n:.1%})" if n else "")

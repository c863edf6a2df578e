"""The verbs that answer: serve, demo, chat, ask."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from bot.progress import progress_bars
from bot.shell import LANGUAGE, home_folder, json_option, opened, print_json
from knowledge.errors import DeskmateError
from knowledge.types import Language

if TYPE_CHECKING:
    from bot.runtime import Runtime

PORT = click.IntRange(0, 65535)


@click.command()
@click.option("--host", help="Address to listen on; default: the one in deskmate.toml.")
@click.option("--port", type=PORT, help="Port; 0 is any free one; default: as in deskmate.toml.")
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None) -> None:
    """Serve the web chat and the interface.

    Stops cleanly by SIGTERM or Ctrl+C. Without a release it answers 503 and takes up the first
    promoted one by itself.

    Example: deskmate --home shop serve --host 0.0.0.0 --port 8000
    """
    settings = opened(ctx).settings.server
    from bot import serving  # takes seconds: an absent home shows before

    serving.few_arenas()
    listener = serving.listen(host or settings.host, settings.port if port is None else port)
    with listener:
        runtime = _runtime(ctx)
        serving.serve(runtime, listener, _announcement(ctx, runtime))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port; 0: any free one.")
@click.pass_context
def demo(ctx: click.Context, host: str, port: int) -> None:
    """Serve the sample shop's bot.

    The first time it makes a home, imports the shop's files and trains. The shop's orders service
    runs as long; its orders are the same every day.

    Example: deskmate --home .demo demo --port 9000
    """
    from bot import serving
    from bot.demo import run
    from bot.demo.orders_server import orders_service

    serving.few_arenas()
    serving.listen(host, port).close()  # a port in use shows now, not after the training
    with progress_bars() as progress:
        run.prepare(home_folder(ctx), progress)
    with serving.listen(host, port) as listener, orders_service(home_folder(ctx)):
        runtime = _runtime(ctx)
        serving.serve(
            runtime,
            listener,
            lambda address: click.echo(run.welcome(address, run.staff_hint(runtime.home))),
        )


@click.command()
@click.option("--language", type=LANGUAGE, help="Language of the greeting; default: the main one.")
@click.pass_context
def chat(ctx: click.Context, language: Language | None) -> None:
    """Talk with the bot in the terminal.

    Options are chosen by their number; /person asks for a person, /quit ends.

    Example: deskmate --home shop chat --language zh
    """
    from rich.console import Console

    from bot.terminal import converse

    runtime = _runtime(ctx, watch=False)
    converse(runtime, _spoken(runtime, language), Console())


@click.command()
@click.argument("text")
@click.option(
    "--language", type=LANGUAGE, help="Language of the conversation; default: the text's."
)
@json_option
@click.pass_context
def ask(ctx: click.Context, text: str, language: Language | None, as_json: bool) -> None:
    """Ask one question and print the answer.

    Prints the bot's last message, with --json as the HTTP interface gives it.

    Example: deskmate --home shop ask "How long does delivery take?" --json
    """
    from rich.console import Console

    from bot.terminal import show
    from knowledge.language import detect

    runtime = _runtime(ctx, watch=False)
    conversation_id, _ = runtime.start(_spoken(runtime, language, detect(text)))
    _, messages = runtime.respond(conversation_id, text)
    if as_json:
        print_json(messages[-1].to_dict())
    else:
        show(messages[-1:], Console(soft_wrap=True))


VERBS = (serve, demo, chat, ask)


def _runtime(ctx: click.Context, *, watch: bool = True) -> "Runtime":
    """Load the home's champion, showing progress; closed when the verb ends."""
    from bot.runtime import Runtime

    home = opened(ctx)
    with progress_bars() as progress:
        runtime = Runtime(home, progress, watch=watch)
    ctx.call_on_close(runtime.close)
    return runtime


def _spoken(runtime: "Runtime", asked: Language | None, likely: Language | None = None) -> Language:
    """The language asked for, else the likely one where the bot speaks it, else its main one."""
    spoken = runtime.settings.bot.languages
    if asked and asked not in spoken:
        raise DeskmateError(
            f"expected one of the bot's languages ({', '.join(spoken)}), found {asked!r}; "
            "bot.languages in deskmate.toml names them"
        )
    return asked or (likely if likely in spoken else None) or spoken[0]


def _announcement(ctx: click.Context, runtime: "Runtime") -> Callable[[str], None]:
    def announce(address: str) -> None:
        release = runtime.status()["release"]
        if release:
            click.echo(f"{home_folder(ctx)}: release {release} serves")
        else:
            click.echo(
                f"{home_folder(ctx)}: no release yet, so /readyz and messages answer 503; "
                "the first promoted one (`deskmate train`) is taken up without a restart"
            )
        places = (("Chat", "/chat"), ("Staff", "/staff"), ("Interface", "/docs"))
        shown = "   ".join(f"{name}: {address}{path}" for name, path in places)
        click.echo(f"{shown}   Stop: Ctrl+C")

    return announce

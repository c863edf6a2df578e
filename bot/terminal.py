"""A conversation with the bot in the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from bot.messages import LoggedMessage
from bot.runtime import Runtime
from bot.types import Option, Status
from knowledge.types import Language

HELP = "/person asks for a person, /bot goes back to the bot, /quit ends"
WAITING = "A person was asked for; the bot is silent until you write /bot."


def converse(runtime: Runtime, language: Language, console: Console) -> None:
    """Talk until /quit or the end of the input."""
    conversation_id, _ = runtime.start(language)
    console.print(Text(HELP, style="dim"))
    show(runtime.log.messages(conversation_id), console)
    options: Sequence[Option] = ()
    while (said := _read(console)) is not None:
        if said == "/quit":
            return
        if said:
            status, messages = _turn(runtime, conversation_id, _chosen(said, options))
            show(messages, console)
            options = messages[-1].options if messages else ()
            if status in ("waiting", "open"):
                console.print(Text(WAITING, style="dim"))


def show(messages: Sequence[LoggedMessage], console: Console) -> None:
    """Print messages with their sources, and options with the number that chooses each."""
    for message in messages:
        console.print(Text(message.text, style="green"))
        for citation in message.citations:
            source = f"  [{citation.title}, {citation.source}, {citation.score:.2f}]"
            console.print(Text(source, style="dim"))
        for number, option in enumerate(message.options, start=1):
            console.print(Text(f"  {number}. {option.label}"))


def _read(console: Console) -> str | None:
    """What the customer says next; None at the end of the input."""
    try:
        return console.input(Text("> ", style="bold")).strip()
    except (EOFError, KeyboardInterrupt):
        console.print()
        return None


def _chosen(said: str, options: Sequence[Option]) -> str:
    """The value of the option whose number was typed, or what was typed."""
    number = int(said) if said.isdecimal() else 0
    return options[number - 1].value if 1 <= number <= len(options) else said


def _turn(runtime: Runtime, conversation_id: str, said: str) -> tuple[Status, list[LoggedMessage]]:
    if said == "/person":
        return runtime.hand_off(conversation_id)
    if said == "/bot":
        return runtime.cancel_hand_off(conversation_id), []
    return runtime.respond(conversation_id, said)

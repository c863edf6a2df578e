"""What the review in the terminal prints: a turn to decide on, and why the bot said what it said.

Everything is printed as it is: nothing that a customer wrote is markup.
"""

from rich.console import Console
from rich.text import Text

from bot.explain_types import Explanation
from bot.review.types import ReviewItem

BAR = 20
"""Characters of a full bar."""
MOST_OTHERS = 5
"""Other messages of a cluster that are shown."""


def say(console: Console, text: str, style: str = "") -> None:
    """Print a text."""
    console.print(Text(text, style=style))


def show_item(console: Console, item: ReviewItem, progress: tuple[int, int]) -> None:
    """Print a turn with what the bot understood; `progress` is (done, left)."""
    console.rule(Text("{} done, {} left".format(*progress), style="dim"))
    say(console, f"{', '.join(item.reasons)}  ({item.priority:.2f})", "yellow")
    say(console, item.turn.message, "bold")
    if item.turn.reply:
        say(console, item.turn.reply.text, "green")
    if item.proposed_answer:
        say(console, f"an agent answered: {item.proposed_answer}", "cyan")
    if item.cluster:
        say(console, f"{len(item.cluster.turn_ids) - 1} more ask for the same:")
        for text in item.cluster.texts[1 : MOST_OTHERS + 1]:
            say(console, f"  - {text}")
    _show_scores(console, item)
    confirm = item.confirm and (item.confirm.intent or "the passage")
    say(console, f"Enter: {confirm or '-'}   ?: keys", "dim")


def show_explanation(console: Console, found: Explanation) -> None:
    """Print what decided, the scores, and the nearest training utterances."""
    say(console, f"{found.why}: {found.action_intent or found.intent or '-'}")
    if found.score is not None and found.threshold is not None:
        say(console, f"score {found.score:.3f}, threshold {found.threshold:.3f}")
    for one in found.neighbours:
        say(console, f"  {one.cosine:.2f} {one.intent}: {one.text or '(text not kept)'}")
    say(console, f"release {found.release}" + "".join(f", {note}" for note in found.notes), "dim")


def _show_scores(console: Console, item: ReviewItem) -> None:
    prediction = item.turn.prediction
    for number, (name, value) in enumerate(prediction.ranking if prediction else (), start=1):
        say(console, f"  {number}. {_bar(value)} {name}")
    for hit in item.turn.hits:
        say(console, f"     {_bar(hit.score)} {hit.passage.title} [{hit.passage.source}]", "dim")


def _bar(value: float) -> str:
    full = round(BAR * max(0.0, min(1.0, value)))
    return f"{'█' * full}{'·' * (BAR - full)} {value:4.0%}"

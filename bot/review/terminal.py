"""The review queue in the terminal: one turn after the other, decided by single keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import click
from rich.console import Console

from bot.explain import explain
from bot.review.screen import say, show_explanation, show_item
from bot.review.types import (
    ChooseIntent,
    Confirm,
    Decision,
    NewIntent,
    OutOfScope,
    Reason,
    ReviewItem,
    Skip,
    WriteAnswer,
)
from knowledge.errors import DeskmateError
from knowledge.types import Language

if TYPE_CHECKING:
    from bot.runtime import Runtime

HELP = """\
Enter  the bot was right        1-5  choose from the ranking
/ i    search all intents       n    create an intent
w      write the right answer   o    out of scope
s      skip                     a    decide for all that ask for the same
u      undo the last decision   e    why did the bot say that?
q      quit                     ?    these keys"""
ENDS = ("q", "\x03", "\x04", "\x1b", "")
MOST_FOUND = 9
"""Intents listed for a search: each has one digit."""


@dataclass
class TerminalReview:
    """One reviewer at one queue; `read_key` gives the next key pressed."""

    runtime: "Runtime"
    reviewer: str
    console: Console
    read_key: Callable[[], str]
    language: Language | None = None
    reason: Reason | None = None
    _whole: bool = field(default=False, init=False)

    def run(self, limit: int) -> int:
        """Go through the queue until it is empty, `limit` turns were decided, or q; how many."""
        done = 0
        item = self._next()
        while done < limit:
            if item is None:
                if not done:
                    break
                self._say("nothing is left; u undoes the last decision, any other key ends", "dim")
            else:
                left = self.runtime.review.left(self.language)
                show_item(self.console, item, (done, left))
            settled = self._decided(item)
            if settled is None:
                break
            done, item = done + settled[0], settled[1] or self._next()
        return done

    def _next(self) -> ReviewItem | None:
        items = self.runtime.review.items(self.language, self.reason, 1)
        return items[0] if items else None

    def _decided(self, item: ReviewItem | None) -> tuple[int, ReviewItem | None] | None:
        """Read keys until one settles `item` or takes the last one back, with that; None: quit."""
        self._whole = False
        while True:
            try:
                key = self.read_key()
            except (EOFError, KeyboardInterrupt):
                return None
            if key in ENDS or (item is None and key != "u"):
                return None
            try:
                if key == "u":
                    turn_id = self.runtime.review.undo(self.reviewer)
                    if turn_id is not None:
                        return -1, self.runtime.review.item(turn_id)
                    self._say("there is nothing to take back")
                elif item and (decision := self._decision(key, item)):
                    return self._keep(item, decision)
            except DeskmateError as error:
                self._say(str(error))
            except click.Abort:  # Ctrl+C at a question leaves the question
                self._say("")

    def _keep(self, item: ReviewItem, decision: Decision) -> tuple[int, None]:
        also = item.cluster.turn_ids[1:] if self._whole and item.cluster else ()
        settled = self.runtime.review.decide(item.turn.id, self.reviewer, decision, also)
        self._say(f"decided: {len(settled)}" if len(settled) > 1 else "decided")
        return 1, None

    def _decision(self, key: str, item: ReviewItem) -> Decision | None:
        """What a key decides; None where it only shows something or was left again."""
        match key:
            case "\r" | "\n":
                return Confirm()
            case "1" | "2" | "3" | "4" | "5":
                ranking = item.turn.prediction.ranking if item.turn.prediction else ()
                place = int(key) - 1
                return ChooseIntent(ranking[place][0]) if place < len(ranking) else None
            case "/" | "i":
                return self._searched(item.turn.language)
            case "n":
                return self._new_intent()
            case "w":
                answer = _asked("answer", item.proposed_answer or "")
                return WriteAnswer(answer) if answer else None
            case "o":
                return OutOfScope()
            case "s":
                return Skip()
        self._shown(key, item)
        return None

    def _shown(self, key: str, item: ReviewItem) -> None:
        if key == "a" and item.cluster:
            self._whole = not self._whole
            count = len(item.cluster.turn_ids) if self._whole else 1
            self._say(f"the decision will hold for {count}")
        elif key == "e":
            show_explanation(self.console, explain(self.runtime, item.turn.id))
        else:
            self._say(HELP)

    def _searched(self, language: Language) -> Decision | None:
        text = _asked("intent").casefold()
        known = self.runtime.review.intents(language)
        fits = (name for name, label in known.items() if text in f"{name} {label}".casefold())
        found = list(islice(fits, MOST_FOUND)) if text else []
        if not found:
            self._say("no such intent; n creates one")
            return None
        if len(found) == 1:
            return ChooseIntent(found[0])
        for number, name in enumerate(found, start=1):
            self._say(f"  {number}. {known[name]}  {name}")
        key = self.read_key()
        return ChooseIntent(found[int(key) - 1]) if key in _digits(found) else None

    def _new_intent(self) -> Decision | None:
        name = _asked("name of the new intent")
        if not name:
            return None
        label: dict[Language, str] = {}
        reply: dict[Language, str] = {}
        for language in self.runtime.review.domain.read().messages:
            label[language] = _asked(f"words on a button ({language})")
            reply[language] = _asked(f"what the bot answers ({language})")
        return NewIntent(name, label, reply)

    def _say(self, text: str, style: str = "") -> None:
        say(self.console, text, style)


def _asked(what: str, default: str = "") -> str:
    """A line of text; empty to leave it."""
    return str(click.prompt(what, default=default, show_default=bool(default))).strip()


def _digits(found: Sequence[str]) -> list[str]:
    return [str(number) for number in range(1, len(found) + 1)]

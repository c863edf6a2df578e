"""What the bot of one home can talk about: intents, slots and texts, read from `domain.toml`.

Owns the words; knows nothing of models or conversations.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.default_messages import DEFAULT_MESSAGES
from bot.hours import Hours
from bot.settings import read_toml
from knowledge.errors import DeskmateError
from knowledge.types import Language

FILE_NAME = "domain.toml"

IntentKind = Literal["answer", "small_talk", "hand_off"]
SlotType = Literal["order_number", "email", "phone", "name", "pattern"]
Texts = Annotated[dict[Language, str], Field(min_length=1)]
NAMES = ("shop", "bot")
"""What every text may name in braces."""
MESSAGE_NAMES: dict[str, tuple[str, ...]] = {"away": ("opens",)}
"""What some of the bot's own sentences may name besides."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Intent(_Part):
    """An intent: what kind of thing it is, its name on a button, what it needs, what it says.

    `reply` may name slots and `{shop}`, `{bot}` in braces. A `hand_off` intent goes to a person
    once its slots are filled, and needs no reply; `requested` marks the one in which the customer
    asks for a person.
    """

    kind: IntentKind = "answer"
    label: Texts
    slots: tuple[str, ...] = ()
    reply: dict[Language, str] = Field(default_factory=dict)
    requested: bool = False


class Slot(_Part):
    """A piece of data the bot asks for; `pattern` is a regular expression for its exact form."""

    type: SlotType
    pattern: str = ""
    ask: Texts
    ask_again: Texts

    @model_validator(mode="after")
    def _findable(self) -> "Slot":
        if self.type == "pattern" and not self.pattern:
            raise ValueError("expected a pattern, as type is 'pattern', found none; write one")
        try:
            self.expression()
        except re.error as error:
            raise ValueError(
                f"pattern: expected a regular expression, found {self.pattern!r} ({error}); "
                "correct it"
            ) from error
        return self

    def expression(self) -> re.Pattern[str]:
        """The pattern as it stands in a sentence: in any case, not inside a word or number."""
        return re.compile(rf"(?<![A-Za-z0-9])(?:{self.pattern})(?![A-Za-z0-9])", re.IGNORECASE)


class Messages(_Part):
    """The bot's own sentences in one language; `away` may name `{opens}`, when staff is back.

    What `DEFAULT_MESSAGES` holds may be left out.
    """

    welcome: str
    clarify: str
    not_known: str
    none_of_these: str
    talk_to_person: str
    hand_off: str
    hand_off_failed: str
    back_to_bot: str
    away: str
    still_waiting: str


class Domain(_Part):
    """Everything in `domain.toml`."""

    shop: Texts
    bot: Texts
    messages: dict[Language, Messages]
    hours: Hours = Hours()
    slots: dict[str, Slot] = Field(default_factory=dict)
    intents: dict[Annotated[str, Field(pattern=r"^[\w?.-]+$")], Intent] = Field(
        default_factory=dict
    )

    @model_validator(mode="before")
    @classmethod
    def _with_default_messages(cls, values: Any) -> Any:
        if not isinstance(values, dict) or not isinstance(values.get("messages"), dict):
            return values
        messages = {
            language: {**DEFAULT_MESSAGES.get(language, {}), **given}
            if isinstance(given, dict)
            else given
            for language, given in values["messages"].items()
        }
        return {**values, "messages": messages}

    @model_validator(mode="after")
    def _consistent(self) -> "Domain":
        if taken := self.slots.keys() & set(NAMES):
            raise ValueError(f"slots.{min(taken)}: the name is taken; choose another")
        for name, intent in self.intents.items():
            if unknown := [slot for slot in intent.slots if slot not in self.slots]:
                raise ValueError(
                    f"intent {name!r} needs slot {unknown[0]!r}, which is not declared"
                )
            if not intent.reply and intent.kind != "hand_off":
                raise ValueError(f"intents.{name}: expected a reply, found none; add one")
        for place, text, slots in self._filled_texts():
            _check_braces(place, text, (*NAMES, *slots))
        return self

    def _filled_texts(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Yield the place of every text with braces, the text, and the slots it may name."""
        for language, messages in self.messages.items():
            for name, text in messages:
                yield f"messages.{language}.{name}", text, MESSAGE_NAMES.get(name, ())
        for name, slot in self.slots.items():
            for asking in ("ask", "ask_again"):
                for language, text in getattr(slot, asking).items():
                    yield f"slots.{name}.{asking}.{language}", text, ()
        for name, intent in self.intents.items():
            for language, text in intent.reply.items():
                yield f"intents.{name}.reply.{language}", text, intent.slots

    def check_languages(self, languages: tuple[Language, ...]) -> None:
        """Raise DeskmateError unless every text is there in each of `languages`."""
        for language in languages:
            if language not in self.messages:
                raise DeskmateError(
                    f"{FILE_NAME}: expected [messages.{language}], found none; "
                    f"write it or take {language!r} out of bot.languages in deskmate.toml"
                )
            for place, texts in self._texts():
                if texts and language not in texts:
                    raise DeskmateError(
                        f"{FILE_NAME}: {place} has no text in {language!r}; add {place}.{language}"
                    )

    def _texts(self) -> list[tuple[str, Texts]]:
        texts = [("shop", self.shop), ("bot", self.bot)]
        for name, intent in self.intents.items():
            texts += [
                (f"intents.{name}.label", intent.label),
                (f"intents.{name}.reply", intent.reply),
            ]
        for name, slot in self.slots.items():
            texts += [(f"slots.{name}.ask", slot.ask), (f"slots.{name}.ask_again", slot.ask_again)]
        return texts

    def fill(self, text: str, language: Language, slots: Mapping[str, str]) -> str:
        """Fill the braces of `text`; every slot it names must be in `slots`."""
        return text.format_map({**slots, "shop": self.shop[language], "bot": self.bot[language]})


def _check_braces(place: str, text: str, names: tuple[str, ...]) -> None:
    """Fill `text` on trial, so that no customer meets a text that cannot be filled."""
    try:
        text.format_map(dict.fromkeys(names, ""))
    except KeyError as error:
        allowed = ", ".join(sorted(names))
        raise ValueError(f"{place} names {{{error.args[0]}}}; it may name {allowed}") from error
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise ValueError(f"{place}: {text!r}: {error}; write {{{{ for a brace") from error


def load(home: Path) -> Domain:
    """Read the domain of `home`. Raises DeskmateError naming the place and the remedy."""
    return read_toml(home / FILE_NAME, Domain)

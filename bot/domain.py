"""What the bot of one home can talk about: intents, slots and texts, read from `domain.toml`.

Owns the words; knows nothing of models or conversations.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from bot import procedure_checks
from bot.default_messages import DEFAULT_MESSAGES, MESSAGE_NAMES, Messages
from bot.domain_parts import NAMES, Part, Texts, check_braces
from bot.hand_off_rules import HandOffRules
from bot.hours import Hours
from bot.procedure_schema import MaybeTexts, Service, Step
from bot.products import Products
from bot.settings import read_toml
from bot.slot_schema import Slot, SlotType, check_products
from bot.types import HandOffReason
from knowledge.errors import DeskmateError
from knowledge.types import Language

__all__ = ["Domain", "Intent", "Slot", "SlotType", "load"]

FILE_NAME = "domain.toml"

IntentKind = Literal["answer", "small_talk", "hand_off"]


class Intent(Part):
    """An intent: what kind of thing it is, its name on a button, what it needs, what it says.

    `reply` may name slots and `{shop}`, `{bot}` in braces. A `hand_off` intent goes to a person
    once its slots are filled, and needs no reply; `requested` marks the one in which the customer
    asks for a person, `reason` is what the log says of another one. `steps` are a procedure, gone
    through once the slots are filled; `reply` is said at its end, where no step has ended it
    before, and may name what the steps saved. `ask` replaces the question for the first of `slots`.
    """

    kind: IntentKind = "answer"
    label: Texts
    slots: tuple[str, ...] = ()
    ask: MaybeTexts = Field(default_factory=dict)
    reply: MaybeTexts = Field(default_factory=dict)
    requested: bool = False
    reason: HandOffReason = "intent"
    steps: tuple[Step, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Every slot it may ask for, those of its steps included, in order."""
        of_steps = (slot for step in self.steps for slot in step.slots)
        return tuple(dict.fromkeys((*self.slots, *of_steps)))

    def step(self, name: str) -> Step:
        """The step `name`, which has to be there."""
        return next(step for step in self.steps if step.name == name)

    def ahead(self, name: str | None) -> tuple[Step, ...]:
        """The steps from `name` on; all of them when there is none of that name."""
        places = [place for place, step in enumerate(self.steps) if step.name == name]
        return self.steps[places[0] if places else 0 :]

    @property
    def known(self) -> tuple[str, ...]:
        """Every slot and saved field that its reply may name."""
        return (*self.needs, *(name for step in self.steps for name in step.save))


class Domain(Part):
    """Everything in `domain.toml`."""

    shop: Texts
    bot: Texts
    messages: dict[Language, Messages]
    hours: Hours = Hours()
    hand_off: HandOffRules = HandOffRules()
    products: dict[str, dict[Language, tuple[str, ...]]] = Field(default_factory=dict)
    slots: dict[str, Slot] = Field(default_factory=dict)
    services: dict[str, Service] = Field(default_factory=dict)
    intents: dict[Annotated[str, Field(pattern=r"^[\w?.-]+$")], Intent] = Field(
        default_factory=dict
    )

    @cached_property
    def catalogue(self) -> Products:
        """What finds the shop's products in a text."""
        return Products(self.products)

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
        check_products(self.products, self.slots)
        for name, intent in self.intents.items():
            if unknown := [slot for slot in intent.needs if slot not in self.slots]:
                raise ValueError(
                    f"intent {name!r} needs slot {unknown[0]!r}, which is not declared"
                )
            procedure_checks.check(f"intents.{name}", intent.slots, intent.steps, self.services)
            self._check_end(name, intent)
        for place, text, slots in self._filled_texts():
            check_braces(place, text, (*NAMES, *slots))
        return self

    def _check_end(self, name: str, intent: Intent) -> None:
        if intent.ask and not intent.slots:
            raise ValueError(f"intents.{name}: expected slots beside ask, found none; add them")
        if intent.kind == "small_talk" and intent.steps:
            raise ValueError(f"intents.{name}: small talk has no steps; make its kind 'answer'")
        answers = any(step.call or step.say for step in intent.steps[-1:])
        if not intent.reply and intent.kind != "hand_off" and not answers:
            raise ValueError(f"intents.{name}: expected a reply, found none; add one")

    def _filled_texts(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Yield the place of every text with braces, the text, and the slots it may name."""
        for language, messages in self.messages.items():
            for name, text in messages:
                yield f"messages.{language}.{name}", text, MESSAGE_NAMES.get(name, ())
        for name, slot in self.slots.items():
            for place, text, names in slot.filled_texts():
                yield f"slots.{name}.{place}", text, names
        for name, intent in self.intents.items():
            for language, text in intent.ask.items():
                yield f"intents.{name}.ask.{language}", text, ()
            for language, text in intent.reply.items():
                yield f"intents.{name}.reply.{language}", text, intent.known
        for name, service in self.services.items():
            for language, text in service.down.items():
                yield f"services.{name}.down.{language}", text, ()

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

    def _texts(self) -> list[tuple[str, Mapping[Language, str | tuple[str, ...]]]]:
        texts: list[tuple[str, Mapping[Language, str | tuple[str, ...]]]]
        texts = [("shop", self.shop), ("bot", self.bot)]
        for name, intent in self.intents.items():
            texts += [
                (f"intents.{name}.label", intent.label),
                (f"intents.{name}.ask", intent.ask),
                (f"intents.{name}.reply", intent.reply),
            ]
            texts += [
                (f"intents.{name}.steps.{step.name}.{place}", said)
                for step in intent.steps
                for place, said in step.texts()
            ]
        texts += [
            (f"services.{name}.down", service.down) for name, service in self.services.items()
        ]
        for name, slot in self.slots.items():
            texts += [(f"slots.{name}.{place}", said) for place, said in slot.texts()]
        return texts

    def fill(self, text: str, language: Language, slots: Mapping[str, str]) -> str:
        """Fill the braces of `text`; every slot it names must be in `slots`."""
        return text.format_map({**slots, "shop": self.shop[language], "bot": self.bot[language]})


def load(home: Path) -> Domain:
    """Read the domain of `home`. Raises DeskmateError naming the place and the remedy."""
    return read_toml(home / FILE_NAME, Domain)

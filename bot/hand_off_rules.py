"""When a message goes to a person whatever the bot understands: words, amounts and moods.

Owns the section `[hand_off]` of `domain.toml` and the rules on it. Pure; knows no model.
"""

import re
from collections.abc import Iterable
from functools import cache

from pydantic import Field

from bot.domain_parts import Part
from bot.grave_words import GRAVE, HARMLESS, Grave, Words
from bot.person_wishes import wants_person
from bot.slot_numbers import HAN, chinese_number
from bot.types import HandOffReason, State, Understanding
from knowledge.language import normalise
from knowledge.script import simplified
from knowledge.types import Language

_MONEY = re.compile(
    r"(?:[$€£¥]|usd|rmb|cny)\s?(\d[\d,]*(?:\.\d+)?)(k\b|[千万])?"
    r"|(\d[\d,]*(?:\.\d+)?)(k\b|[千万])?\s?(?:dollars?|bucks|usd|euros?|元|块|rmb|人民币)"
    rf"|(\d+(?:\.\d+)?)(万)|({HAN}{{2,}})(?:元|块)",
    re.IGNORECASE,
)
_TIMES = {"k": 1000, "千": 1000, "万": 10_000}


class HandOffRules(Part):
    """The section `[hand_off]`. `words` adds to the built-in lists, by reason and language.

    `failed_turns` and `negative_turns` count turns in a row, of which the last goes to a person;
    `amount` is the sum, in the shop's currency, above which the matters of `amount_intents` do.
    0 switches a rule off.
    """

    failed_turns: int = Field(default=2, ge=1)
    negative_turns: int = Field(default=2, ge=0)
    amount: dict[Language, float] = Field(default_factory=dict)
    amount_intents: tuple[str, ...] = ()
    self_harm: Words = Field(default_factory=dict)
    safety: Words = Field(default_factory=dict)
    legal: Words = Field(default_factory=dict)

    def reason(self, text: str, state: State, understood: Understanding) -> HandOffReason | None:
        """Why the message goes to a person, the gravest reason first; None: it need not."""
        plain = simplified(normalise(text)).lower().replace("’", "'")
        for grave, added in self._graves():
            if _names_one_of(HARMLESS[grave].sub(" ", plain), _both(GRAVE[grave], added)):
                return grave
        if wants_person(plain):
            return "requested"
        if self._is_large(plain, state, understood):
            return "amount"
        worn = self.negative_turns and understood.mood == "negative"
        if worn and state.negatives + 1 >= self.negative_turns and state.failures:
            return "mood"
        return None

    def _graves(self) -> Iterable[tuple[Grave, Words]]:
        yield "self_harm", self.self_harm
        yield "safety", self.safety
        yield "legal", self.legal

    def _is_large(self, plain: str, state: State, understood: Understanding) -> bool:
        limit = self.amount.get(state.language, 0.0)
        prediction = understood.prediction
        if not limit or prediction is None or prediction.intent not in self.amount_intents:
            return False
        return any(amount > limit for amount in amounts(plain))


def amounts(text: str) -> list[float]:
    """The sums of money named in a text."""
    return [amount for match in _MONEY.finditer(text) if (amount := _amount(match)) is not None]


def _amount(match: re.Match[str]) -> float | None:
    """The sum that was named; None for Chinese signs that write no number."""
    first, times, second, more, third, tens, han = match.groups()
    if han:
        try:
            return float(chinese_number(han))
        except ValueError:
            return None
    factor = _TIMES.get((times or more or tens or "").lower(), 1)
    return float((first or second or third).replace(",", "")) * factor


def _both(built_in: Words, added: Words) -> tuple[str, ...]:
    """The words of all languages: people mix them."""
    return tuple(
        word for words in (built_in, added) for listed in words.values() for word in listed
    )


def _names_one_of(plain: str, words: tuple[str, ...]) -> bool:
    return _expression(words).search(plain) is not None


@cache
def _expression(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words; Latin ones not inside another word, numbers not inside another number."""
    listed = "|".join(re.escape(simplified(word).lower()) for word in words)
    return re.compile(rf"(?<![a-z0-9])(?:{listed})(?![a-z0-9])")

"""Understand a message in its conversation: one thing or several, by itself or with its context.

Asks the models of one language and the rules on wording; decides nothing and writes nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot import procedure_texts
from bot.answer_clauses import corrects, gives_up, yes_or_no
from bot.context import readings
from bot.domain import Domain
from bot.ladder import SURE, accepted_intent, answerable, quotable
from bot.mind import Component
from bot.parts import Part, parts
from bot.products import Products
from bot.slots import SlotContext, SlotValues, read
from bot.stopwatch import Stopwatch
from bot.types import CONFIRM, OFFER, Ask, Prediction, State, Understanding
from knowledge.language import normalise
from knowledge.script import simplified
from knowledge.types import Hit, Passage
from knowledge.words import asked

PASSAGES = 8
"""Passages looked at for one message."""
LEANING = 0.2
"""A message that leans on what was said is read so unless it is so much surer by itself."""
LEANING_SHORT = 0.1
"""The same for a few words, which may as well be new."""
OURS, OURS_SHORT = 0.5, 0.3
"""What is less probably about the shop does not go on with what was said; a few words tell less."""

_QUESTION = re.compile(
    r"[?？]\s*$|^(?:and |also |so )?(?:how|what|when|where|which|who|why|can|could|do|does|did|is"
    r"|are|will|would|should)\b|吗\W*$|呢\W*$|多少|多久|怎么|什么|几[天个次小]|多长|会不会|能不能"
    "|是不是|要不要|可不可以|行不行|哪[里儿个些]",
    re.IGNORECASE,
)

_OTHER_MATTER = re.compile(
    r"(?:oh |and |but |ok |okay )?(?:by the way|btw|before (?:that|we|i)|hang on|hold on|wait"
    r"|one (?:sec|second|more thing)|quick question|actually,? (?:what|how|do|is|can))\b"
    "|(?:哦|啊|那)?(?:对了|顺便|等[等下一]|先问|再问|另外|话说|请问|问一?下)",
    re.IGNORECASE,
)
"""How another matter begins while words were asked for."""
_WISH = re.compile(
    r"\b(?:cancel|return|change|refund|exchange|replace|track|send (?:it )?back|where(?:'s| is))\b"
    "|取消|退货|退款|退掉|换货|更换|修改|改地址|查一?下|到哪",
    re.IGNORECASE,
)

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that a message is about: its words, the text that was encoded, its vector.

    `leans` says that the query holds more than the words themselves; `ours` is the probability that
    it is about the shop, None where nobody judges that.
    """

    text: str
    query: str
    vector: Vector | None
    understood: Understanding
    leans: bool = False
    ours: float | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it was written, at the time it came (ISO 8601)."""

    text: str
    at: str
    watch: Stopwatch

    @property
    def day(self) -> date:
        """The day of the message."""
        return datetime.fromisoformat(self.at).date()


class Listener:
    """Understands messages of one language with the models of a release."""

    def __init__(self, component: Component, domain: Domain, heard: Heard) -> None:
        self._component = component
        self._domain = domain
        self._heard = heard
        self._watch = heard.watch
        self._products = Products(domain.products)

    def things(self, state: State, text: str) -> list[Thing]:
        """What `text`, in simplified script, is about, in its order: one thing or several."""
        pieces = parts(text, state.language, self._products)
        if len(pieces) > 1 and not self._waits_for_words(state):
            several = self._several(state, pieces)
            if several:
                return several
        return [self.thing(state, text)]

    def thing(self, state: State, text: str, shared: Mapping[str, str] | None = None) -> Thing:
        """Understand one thing after what `state` remembers; `shared` are values told beside it."""
        messages = self._domain.messages.values()
        if _plain(text) in {_shown(one.none_of_these) for one in messages}:
            return Thing(text, text, None, Understanding(None))
        wording = self._wording(state, text, shared or {})
        pressed = _pressed(text, self._domain)
        alone = self._read([(text, text)], wording, pressed)[0]
        if pressed:
            return alone
        meant = readings(text, state, self._domain)
        if not meant.in_context or self._stands_alone(alone, state, surely=meant.surely):
            return alone
        if not (meant.leans or self._may_lean(alone, short=meant.short)):
            return alone
        found = [
            replace(one, understood=replace(one.understood, mood=alone.understood.mood))
            for one in self._read([(text, query) for query in meant.in_context], wording)
        ]
        if meant.contrasts:
            found = [
                replace(one, understood=_without_cited(one.understood, state, text))
                for one in found
            ]
        bonus = LEANING if meant.leans else LEANING_SHORT if meant.short else 0.0
        return self._likeliest(self._anew(found, state), alone, bonus)

    def _stands_alone(self, alone: Thing, state: State, *, surely: bool) -> bool:
        """Whether a message means itself: it replies to the bot, or has an answer of its own."""
        said = alone.understood
        if said.yes is not None or said.gives_up or said.corrects:
            return True
        if state.asked and (said.slots or (self._is_answerable(alone) and not surely)):
            return True
        return self._is_small_talk(alone) and not surely

    def _anew(self, found: Sequence[Thing], state: State) -> Sequence[Thing]:
        """The readings without those that only do again what was just done, if others answer."""
        intent = self._domain.intents.get(state.intent or "")
        if intent is None or not intent.steps:
            return found
        others = [thing for thing in found if self._target(thing.understood) != state.intent]
        return others if any(map(self._is_answerable, others)) else found

    def _read(
        self,
        said: Sequence[tuple[str, str]],
        wording: Understanding,
        pressed: str | None = None,
    ) -> list[Thing]:
        """Understand each (text, query): the words that were said, as the query has them."""
        with self._watch.stage("encode"):
            vectors = self._component.encoder.encode([query for _, query in said])
        return [
            self._judged(Thing(text, query, vector, wording, leans=query != text), vector, pressed)
            for (text, query), vector in zip(said, vectors, strict=True)
        ]

    def _is_small_talk(self, thing: Thing) -> bool:
        name = accepted_intent(thing.understood.prediction, self._domain)
        return name is not None and self._domain.intents[name].kind == "small_talk"

    def _may_lean(self, alone: Thing, *, short: bool) -> bool:
        """Whether a message may go on with what was said though its wording does not show it.

        It must be about the shop, and say little or have no answer by itself.
        """
        if self._is_answerable(alone) and not short:
            return False
        return alone.ours is not None and alone.ours >= (OURS_SHORT if short else OURS)

    def _likeliest(self, found: Sequence[Thing], alone: Thing, bonus: float) -> Thing:
        """The reading that is most probably answered rightly; `bonus` is for those in context."""
        best = max(found, key=self._score)
        if self._score(best) + bonus > self._score(alone) and self._is_answerable(best):
            return best
        return best if bonus >= LEANING and not self._is_answerable(alone) else alone

    def _score(self, thing: Thing) -> float:
        """How probably the answer is right; 0 without one."""
        if not self._is_answerable(thing):
            return 0.0
        understood = thing.understood
        prediction = understood.prediction
        intent = 0.0
        if prediction and accepted_intent(prediction, self._domain):
            intent = prediction.confidence * (1 - prediction.out_of_scope)
        return max([intent, *(hit.score for hit in understood.hits[:1])])

    def _judged(self, thing: Thing, vector: Vector, pressed: str | None) -> Thing:
        """The thing with what the models say of it; `pressed` names its intent beyond doubt."""
        component, ours = self._component, None
        with self._watch.stage("classify"):
            prediction = _certain(pressed) if pressed else None
            if prediction is None and component.head is not None:
                prediction = component.head.predict(thing.query, vector)
            mood = component.mood.predict(vector) if component.mood else None
        with self._watch.stage("retrieve"):
            hits = component.retriever.search(thing.query, vector, PASSAGES)
            if component.belonging:
                ours = float(component.belonging.probabilities(vector[None])[0])
                hits = [replace(hit, score=hit.score * ours) for hit in hits]
        sure = one_of_each(_sure_of_title(hits, thing.query))
        found = replace(thing.understood, prediction=prediction, mood=mood, hits=sure)
        return replace(thing, understood=found, ours=ours)

    def _wording(self, state: State, text: str, shared: Mapping[str, str]) -> Understanding:
        """What rules alone find in a message: values, a yes or no, second thoughts."""
        language = state.language
        plain = normalise(text)
        found = self._values(state, text)
        asks = _QUESTION.search(plain) is not None
        return Understanding(
            prediction=None,
            slots=self._usable(state, {**shared, **found.values}, asks=asks),
            refused=found.refused,
            given=found.given,
            yes=self._yes(plain, state),
            gives_up=gives_up(plain, language),
            corrects=corrects(plain, language),
            asks=asks,
            wishes=_WISH.search(plain) is not None,
        )

    def _usable(self, state: State, values: Mapping[str, str], *, asks: bool) -> Mapping[str, str]:
        """The values that count: words asked for are no question, and hold no other value."""
        if not self._waits_for_words(state):
            return values
        asked = state.asked or ""
        other = asks or _OTHER_MATTER.match(normalise(self._heard.text)) is not None
        return {} if other or asked not in values else {asked: values[asked]}

    def _values(self, state: State, text: str) -> SlotValues:
        """The values in `text`; words asked for are taken as the customer wrote them."""
        context = SlotContext(state.asked, state.language, self._domain.products, self._heard.day)
        said = self._heard.text if self._waits_for_words(state) else text
        return read(said, self._domain.slots, context)

    def _yes(self, plain: str, state: State) -> bool | None:
        if state.asked not in (CONFIRM, OFFER):
            return None
        return yes_or_no(plain, state.language, self._open_question(state))

    def _open_question(self, state: State) -> str:
        """What a yes or no answers to, as it stands in the domain."""
        if state.asked != CONFIRM:
            return ""
        asked = Ask(state.intent or "", CONFIRM, step=state.step or "")
        return procedure_texts.text(asked, self._domain, state.language) or ""

    def _waits_for_words(self, state: State) -> bool:
        """Whether the customer was asked for free text, which is not to be taken apart."""
        asked = self._domain.slots.get(state.asked or "")
        return asked is not None and asked.type == "text"

    def _several(self, state: State, pieces: Sequence[Part]) -> list[Thing]:
        """The things of a message that asks for more than one; none where it asks for one only."""
        seen = self._read([(piece.text, piece.text) for piece in pieces], Understanding(None))
        targets = [
            self._target(thing.understood) if piece.asks else None
            for piece, thing in zip(pieces, seen, strict=True)
        ]
        if len({target for target in targets if target}) < 2:
            return []
        shared = self._shared(state, pieces)
        after, found = state, []
        for words, known in _chosen(seen, targets):
            worded = known and self._worded(known, self._wording(after, words, shared))
            thing = worded or self.thing(after, words, shared)
            found.append(thing)
            after = replace(after, topic=thing.query if not thing.leans else after.topic)
        return found

    def _worded(self, thing: Thing, wording: Understanding) -> Thing:
        """A thing that the models have judged already, with what the rules find in its words."""
        judged = thing.understood
        found = replace(wording, prediction=judged.prediction, mood=judged.mood, hits=judged.hits)
        return replace(thing, understood=found)

    def _shared(self, state: State, pieces: Sequence[Part]) -> dict[str, str]:
        """The values of a message that its pieces have in common: those told only once."""
        found: dict[str, set[str]] = {}
        for piece in pieces:
            for name, value in self._values(state, piece.text).values.items():
                found.setdefault(name, set()).add(value)
        return {name: next(iter(told)) for name, told in found.items() if len(told) == 1}

    def _target(self, understood: Understanding) -> str | None:
        """What a piece would be answered with; small talk does not count."""
        hit = quotable(understood.hits, self._component.passage_threshold)
        name = accepted_intent(understood.prediction, self._domain)
        if name and self._domain.intents[name].kind == "small_talk":
            return None
        if name:
            return name
        return f"#{hit.passage.id}" if hit else None

    def _is_answerable(self, thing: Thing) -> bool:
        return answerable(thing.understood, self._domain, self._component.passage_threshold)


def _chosen(seen: Sequence[Thing], targets: Sequence[str | None]) -> list[tuple[str, Thing | None]]:
    """The words of each thing, and the thing itself where it is understood by itself.

    Those that only tell go with the next thing, repeats with theirs.
    """
    chosen: list[tuple[str, Thing | None]] = []
    taken: set[str] = set()
    told = ""
    for thing, target in zip(seen, targets, strict=True):
        if target is None and not _QUESTION.search(thing.text):
            told = f"{told} {thing.text}".strip()
            continue
        if target in taken:
            continue
        if target:
            taken.add(target)
        words = thing.text if target else f"{told} {thing.text}".strip()
        chosen.append((words, thing if target else None))
        told = ""
    return chosen


def one_of_each(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits with each answer once: of several wordings, the oldest passage is shown."""
    first: dict[str, Hit] = {}
    for hit in hits:
        best = first.setdefault(hit.passage.body, hit)
        if hit.passage.id < best.passage.id:
            first[hit.passage.body] = replace(hit, score=best.score)
    return tuple(first.values())


def _pressed(text: str, domain: Domain) -> str | None:
    """The text of a button names its intent beyond doubt, in any language."""
    plain = _plain(text)
    for name, intent in domain.intents.items():
        labels = set(intent.label.values())
        if intent.requested:
            labels |= {each.talk_to_person for each in domain.messages.values()}
        if plain in map(_shown, labels):
            return name
    return None


def _plain(text: str) -> str:
    """A text to be compared: the words of a shop may be in either script."""
    return simplified(normalise(text))


@lru_cache(4096)
def _shown(text: str) -> str:
    """`_plain` of a button or a title, which are compared with every message."""
    return _plain(text)


def _certain(name: str) -> Prediction:
    return Prediction(name, 1.0, ((name, 1.0),), 0.0, True)


def _sure_of_title(hits: Sequence[Hit], text: str) -> tuple[Hit, ...]:
    """A question that is a passage's own, as after a button, is surely answered by it.

    Before each answer is kept once: another wording of it may be the one that was asked.
    """
    plain = _plain(text)

    def same(hit: Hit) -> bool:
        return _shown(hit.passage.title) == plain

    sure = [replace(hit, score=SURE) for hit in hits if same(hit)]
    return (*sure, *(hit for hit in hits if not same(hit)))


def _without_cited(understood: Understanding, state: State, text: str) -> Understanding:
    """Drop what was just answered, unless it speaks of what the message names.

    Who asks "and for headphones?" wants something else; "and express?" may stand in it, too.
    """
    hits = tuple(
        hit
        for hit in understood.hits
        if hit.passage.id not in state.cited or _speaks_of(hit.passage, text)
    )
    return replace(understood, hits=hits)


def _speaks_of(passage: Passage, text: str) -> bool:
    named = set(asked(text, passage.language))
    return bool(named & set(asked(f"{passage.title} {passage.body}", passage.language)))

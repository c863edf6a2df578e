"""Understand a message in its conversation: one thing or several, by itself or with its context.

Asks the models of one language and the rules on wording; decides nothing and writes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.context import about, readings
from bot.domain import Domain
from bot.ladder import SURE, accepted_intent, answerable, quotable
from bot.mind import Component
from bot.parts import MOST_PARTS, Part, clauses
from bot.types import Prediction, State, Understanding
from bot.wording import Heard, Wording, is_question
from knowledge.language import normalise
from knowledge.names import text_of
from knowledge.script import simplified
from knowledge.types import Hit, Passage
from knowledge.words import asked

PASSAGES = 8
"""Passages looked at for one message."""
LEANING = 0.2
"""A message that leans on what was said is read so unless it is so much surer by itself."""
LEANING_SHORT = 0.1
"""The same for a few words, which may as well be new."""
REPEATED = 0.2
"""A reading is so much less probably right where it would quote again what was quoted before."""
SURE_SMALL_TALK = 0.95
"""Small talk that seems to lean on what was said is taken for it only where it is so sure."""
OURS, OURS_SHORT = 0.5, 0.3
"""What is less probably about the shop does not go on with what was said; a few words tell less."""

_NOTHING = Understanding(None)
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


class Listener:
    """Understands messages of one language with the models of a release."""

    def __init__(self, component: Component, domain: Domain, heard: Heard) -> None:
        self._component = component
        self._domain = domain
        self._wording = Wording(domain, heard)
        self._watch = heard.watch
        self._products = domain.catalogue
        self._vectors: dict[str, Vector] = {}

    def things(self, state: State, text: str) -> list[Thing]:
        """What `text`, in simplified script, is about, in its order: one thing or several."""
        if self._wording.waits_for_words(state):
            return [self.thing(state, text)]
        pieces = clauses(text, state.language, self._products)
        if 1 < sum(piece.asks for piece in pieces) <= MOST_PARTS:
            several = self._several(state, pieces)
            if several:
                return several
        return self._reply_and_question(state, pieces) or [self.thing(state, text)]

    def thing(self, state: State, text: str, shared: Mapping[str, str] | None = None) -> Thing:
        """Understand one thing after what `state` remembers; `shared` are values told beside it."""
        messages = self._domain.messages.values()
        if _plain(text) in {_shown(one.none_of_these) for one in messages}:
            return Thing(text, text, None, Understanding(None))
        wording = self._wording.of(state, text, shared or {})
        pressed = _pressed(text, self._domain)
        meant = readings(text, state, self._domain)
        if meant.leans and not pressed:
            self._encoded([text, *meant.in_context])  # together they take little longer than one
        alone = self._read([(text, text)], wording, pressed, state.subject)[0]
        if pressed:
            return alone
        if self._wording.only_gives(state, text):
            return _unanswered(alone)
        names_none = not self._products.named(text)
        if names_none:
            alone = self._about_subject(alone, state)
        leans, surely = meant.leans, meant.surely
        if not meant.in_context or self._stands_alone(alone, state, leans=leans, surely=surely):
            return alone
        if not (meant.leans or self._may_lean(alone, short=meant.short)):
            return alone
        found = [
            replace(one, understood=replace(one.understood, mood=alone.understood.mood))
            for one in self._read(
                [(text, query) for query in meant.in_context], wording, subject=state.subject
            )
        ]
        if names_none:
            found = [self._about_subject(one, state) for one in found]
        if meant.contrasts:
            found = [
                replace(one, understood=self._without_cited(one.understood, state, text))
                for one in found
            ]
        bonus = LEANING if meant.leans else LEANING_SHORT if meant.short else 0.0
        likeliest = self._likeliest(self._anew(found, state), alone, bonus, state)
        target = self._target(alone.understood)
        if not meant.leans and target and target == self._target(likeliest.understood):
            return alone  # what was said before adds nothing
        return likeliest

    def _stands_alone(self, alone: Thing, state: State, *, leans: bool, surely: bool) -> bool:
        """Whether a message means itself: it replies to the bot, or has an answer of its own."""
        said = alone.understood
        if said.yes is not None or said.gives_up or said.corrects:
            return True
        if state.asked and (said.slots or (self._is_answerable(alone) and not surely)):
            return True
        sure = not leans or self._score(alone) >= SURE_SMALL_TALK
        return self._is_small_talk(alone) and sure and not surely

    def _about_subject(self, thing: Thing, state: State) -> Thing:
        """The thing without passages about other products than the one spoken of."""
        said = thing.understood
        hits = tuple(
            hit
            for hit in said.hits
            if hit.score >= SURE
            or not (named := self._products.names(text_of(hit.passage)))
            or state.subject in named
        )
        return replace(thing, understood=replace(said, hits=hits)) if state.subject else thing

    def _anew(self, found: Sequence[Thing], state: State) -> list[Thing]:
        """The readings that do not only do again what was just done, if there are others.

        Where the knowledge answers one of these, that is what was asked.
        """
        intent = self._domain.intents.get(state.intent or "")
        if intent is None or not intent.steps:
            return list(found)
        others = []
        for thing in found:
            hit = quotable(thing.understood.hits, self._component.passage_threshold)
            if self._target(thing.understood) != state.intent:
                others.append(thing)
            elif hit:
                others.append(replace(thing, understood=replace(thing.understood, prediction=None)))
        return others if any(map(self._is_answerable, others)) else list(found)

    def _read(
        self,
        said: Sequence[tuple[str, str]],
        wording: Understanding,
        pressed: str | None = None,
        subject: str = "",
    ) -> list[Thing]:
        """Understand each (text, query): the words that were said, as the query has them.

        `pressed` names the intent beyond doubt; `subject` is the product spoken of before.
        """
        vectors = self._encoded([query for _, query in said])
        return [
            self._judged(
                Thing(text, query, vector, wording, query != text), vector, pressed, subject
            )
            for (text, query), vector in zip(said, vectors, strict=True)
        ]

    def _encoded(self, queries: Sequence[str]) -> list[Vector]:
        """The vectors of `queries`, each encoded once for a message."""
        missing = [query for query in dict.fromkeys(queries) if query not in self._vectors]
        if missing:
            with self._watch.stage("encode"):
                vectors = self._component.encoder.encode(missing)
            self._vectors.update(zip(missing, vectors, strict=True))
        return [self._vectors[query] for query in queries]

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

    def _likeliest(self, found: Sequence[Thing], alone: Thing, bonus: float, state: State) -> Thing:
        """The reading that is most probably answered rightly; `bonus` is for those in context."""

        def chance(thing: Thing) -> float:
            again = self._repeats(thing, state)
            return self._score(thing) - (REPEATED if again else 0.0)

        best = max(found, key=chance)
        if chance(best) + bonus > self._score(alone) and self._is_answerable(best):
            return best
        return best if bonus >= LEANING and not self._is_answerable(alone) else alone

    def _without_cited(self, understood: Understanding, state: State, text: str) -> Understanding:
        """Drop what was quoted before, unless it speaks of what the message names.

        Who asks "and for headphones?" wants something else; "and express?" may stand in it, too.
        """
        hits = tuple(
            hit
            for hit in understood.hits
            if hit.passage.id not in state.cited or self._speaks_of(hit.passage, text)
        )
        return replace(understood, hits=hits)

    def _repeats(self, thing: Thing, state: State) -> bool:
        """Whether a reading would quote again what was quoted, and what the message names not."""
        hits = thing.understood.hits
        if not hits or hits[0].passage.id not in state.cited:
            return False
        return not self._speaks_of(hits[0].passage, thing.text)

    def _speaks_of(self, passage: Passage, text: str) -> bool:
        """Whether a passage has a word of the message, or its product under any name."""
        named = set(asked(text, passage.language))
        if named & set(asked(f"{passage.title} {passage.body}", passage.language)):
            return True
        return bool(self._products.names(text) & self._products.names(text_of(passage)))

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

    def _judged(self, thing: Thing, vector: Vector, pressed: str | None, subject: str) -> Thing:
        """The thing with what the models say of it."""
        component, ours = self._component, None
        with self._watch.stage("classify"):
            prediction = _certain(pressed) if pressed else None
            if prediction is None and component.head is not None:
                prediction = component.head.predict(thing.query, vector)
            mood = component.mood.predict(vector) if component.mood else None
        with self._watch.stage("retrieve"):
            hits = component.retriever.search(thing.query, vector, PASSAGES, subject=subject)
            if component.belonging:
                ours = float(component.belonging.probabilities(vector[None])[0])
            sure = component.certainty.probability
            hits = [replace(hit, score=sure(hit.score, ours)) for hit in hits]
        best = one_of_each(_sure_of_title(hits, thing.query))
        found = replace(thing.understood, prediction=prediction, mood=mood, hits=best)
        return replace(thing, understood=found, ours=ours)

    def _reply_and_question(self, state: State, pieces: Sequence[Part]) -> list[Thing]:
        """A reply to the bot's own question and a question beside it; none where it is not both.

        "It's TW-240019. What does shipping cost?" answers, and wants to know something else; so
        does "yes. how long will the refund take?".
        """
        if state.asked is None:
            return []
        replies = [self._wording.replies(state, piece.text) for piece in pieces]
        if not any(replies) or all(replies):
            return []
        told = list(zip(pieces, replies, strict=True))
        reply = " ".join(piece.text for piece, replying in told if replying)
        rest = " ".join(piece.text for piece, replying in told if not replying)
        if not is_question(normalise(rest)) or self._wording.of(state, rest, {}).slots:
            return []
        replying = self._read([(reply, reply)], self._wording.of(state, reply, {}))[0]
        asking = self.thing(replace(state, asked=None), rest)
        if not self._only_informs(asking):
            return []
        return [replying, asking] if replying.understood.yes is not None else [asking, replying]

    def _only_informs(self, thing: Thing) -> bool:
        """Whether a thing has an answer that does nothing, asks nothing and is no small talk."""
        name = accepted_intent(thing.understood.prediction, self._domain)
        intent = self._domain.intents.get(name or "")
        if intent and (intent.kind != "answer" or intent.slots or intent.steps):
            return False
        return self._is_answerable(thing)

    def _several(self, state: State, pieces: Sequence[Part]) -> list[Thing]:
        """The things of a message that asks for more than one; none where it asks for one only."""
        seen = self._seen(state, pieces)
        targets = [
            self._target(thing.understood) if piece.asks else None
            for piece, thing in zip(pieces, seen, strict=True)
        ]
        if len({target for target in targets if target}) < 2:
            return []
        shared = self._shared(state, pieces)
        after, found = state, []
        for words, known in _chosen(seen, targets):
            worded = known and self._worded(known, self._wording.of(after, words, shared))
            thing = worded or self.thing(after, words, shared)
            found.append(thing)
            after = replace(after, topic=thing.query if not thing.leans else after.topic)
        return found

    def _seen(self, state: State, pieces: Sequence[Part]) -> list[Thing]:
        """Each piece by itself, or about the product that a piece before it names."""
        said: list[list[str]] = []
        subject = ""
        for piece in pieces:
            in_context = about(piece.text, subject, state.language, self._products)
            said.append([piece.text, *in_context])
            named = self._products.named(piece.text)
            subject = named[-1].name if named else subject
        read = iter(self._read([(each[0], query) for each in said for query in each], _NOTHING))
        found = [[next(read) for _ in each] for each in said]
        return [
            self._likeliest(others, alone, 0.0, state) if others else alone
            for alone, *others in found
        ]

    def _worded(self, thing: Thing, wording: Understanding) -> Thing:
        """A thing that the models have judged already, with what the rules find in its words."""
        judged = thing.understood
        found = replace(wording, prediction=judged.prediction, mood=judged.mood, hits=judged.hits)
        return replace(thing, understood=found)

    def _shared(self, state: State, pieces: Sequence[Part]) -> dict[str, str]:
        """The values of a message that its pieces have in common: those told only once."""
        found: dict[str, set[str]] = {}
        for piece in pieces:
            for name, value in self._wording.values(state, piece.text).values.items():
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
        if target is None and not is_question(thing.text):
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


def _unanswered(thing: Thing) -> Thing:
    """The thing without what the models took it for: a bare number looks like anything."""
    prediction = thing.understood.prediction
    turned_down = replace(prediction, accepted=False) if prediction else None
    return replace(thing, understood=replace(thing.understood, prediction=turned_down, hits=()))


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

"""The dialogue manager: one message in, a reply and a turn out. Reads models, writes nothing."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bot import policy, slots
from bot.domain import Domain
from bot.followup import leans_on_before
from bot.mind import Component, Mind
from bot.replies import compose
from bot.types import Action, Ask, Prediction, Reply, SmallTalk, State, Turn, Understanding
from knowledge.language import detect, normalise
from knowledge.redact import mask_cards
from knowledge.types import Hit, Language

PASSAGES = 5
"""Passages looked at for one message."""

_LATIN_WORD = re.compile(r"""["'(]*[A-Za-z][A-Za-z'’-]+[.,!?;:)"']*""")


@dataclass
class Stopwatch:
    """Milliseconds spent in each stage of a turn."""

    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of the block to `name`."""
        start = time.perf_counter()
        yield
        spent = (time.perf_counter() - start) * 1000
        self.stages[name] = round(self.stages.get(name, 0.0) + spent, 3)


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message at the time it came; `query` is the text to understand it by."""

    state: State
    text: str
    query: str
    at: str


class DialogueManager:
    """Answers one message of one conversation with what it is given; holds no conversation."""

    def __init__(self, mind: Mind, domain: Domain, clock: Callable[[], str]) -> None:
        self._mind = mind
        self._domain = domain
        self._clock = clock

    def respond(self, state: State, text: str) -> tuple[State, Turn]:
        """Answer `text`: the state after it and the turn to log."""
        at, watch = self._clock(), Stopwatch()
        state, component, query = self._begin(state, text)
        understood = self._understand(component, state, text, query, watch)
        if query != text:
            understood = _without_cited(understood, state)
        with watch.stage("decide"):
            action = policy.decide(state, understood, self._domain, component.passage_threshold)
            after = policy.advance(state, action, understood)
            reply = compose(action, after, self._domain)
        if query == text and _is_topic(state, action, understood):
            after = replace(after, topic=mask_cards(text))
        heard = _Heard(state, text, query, at)
        return after, self._turn(heard, understood, reply, watch)

    def observe(self, state: State, text: str) -> Turn:
        """Understand `text` without a word: the turn to log while a person has the conversation."""
        at, watch = self._clock(), Stopwatch()
        state, component, query = self._begin(state, text)
        understood = self._understand(component, state, text, query, watch)
        return self._turn(_Heard(state, text, query, at), understood, None, watch)

    def _begin(self, state: State, text: str) -> tuple[State, Component, str]:
        """The state in the message's language, what understands it, and what is to be encoded."""
        language = self._language(text, state.language)
        state = replace(state, language=language)
        return state, self._mind.components[language], self._query(state, text)

    def _turn(
        self, heard: "_Heard", understood: Understanding, reply: Reply | None, watch: Stopwatch
    ) -> Turn:
        return Turn(
            id=0,
            conversation_id=heard.state.conversation_id,
            message=heard.text,
            query=heard.query,
            language=heard.state.language,
            prediction=understood.prediction,
            hits=understood.hits,
            reply=reply,
            release=self._mind.release,
            index_version=self._mind.index_version,
            timings_ms=watch.stages,
            at=heard.at,
            mood=understood.mood,
        )

    def _language(self, text: str, current: Language) -> Language:
        """The message's language where the bot speaks it; a lone number or name changes nothing."""
        found = detect(text, "en" if _is_english(text) else current)
        if found in self._mind.components:
            return found
        return current if current in self._mind.components else next(iter(self._mind.components))

    def _query(self, state: State, text: str) -> str:
        """The text to understand: the message, with the topic before it when it leans on that."""
        if state.topic and leans_on_before(normalise(text), state.language):
            return f"{state.topic} {text}"
        return text

    def _understand(
        self, component: Component, state: State, text: str, query: str, watch: Stopwatch
    ) -> Understanding:
        if normalise(text) in {each.none_of_these for each in self._domain.messages.values()}:
            return Understanding(None)
        with watch.stage("encode"):
            vector = component.encoder.encode([query])[0]
        with watch.stage("classify"):
            prediction = self._pressed(text)
            if prediction is None and component.head is not None:
                prediction = component.head.predict(query, vector)
            found = slots.extract(text, self._domain.slots, state.asked)
            mood = component.mood.predict(vector) if component.mood else None
        with watch.stage("retrieve"):
            hits = component.retriever.search(query, vector, PASSAGES)
        return Understanding(prediction, _sure_of_title(hits, text), found, mood)

    def _pressed(self, text: str) -> Prediction | None:
        """The text of a button names its intent beyond doubt, in any language."""
        plain = normalise(text)
        for name, intent in self._domain.intents.items():
            labels = set(intent.label.values())
            if intent.requested:
                labels |= {each.talk_to_person for each in self._domain.messages.values()}
            if plain in labels:
                return Prediction(name, 1.0, ((name, 1.0),), 0.0, True)
        return None


def _is_english(text: str) -> bool:
    """Whether a text without Han is English, not just the name of a product, an address, a code."""
    words = [word for word in text.split() if _LATIN_WORD.fullmatch(word)]
    return len(words) >= 4 or (len(words) >= 2 and any(map(str.islower, words)))


def _is_topic(state: State, action: Action, understood: Understanding) -> bool:
    """Whether a later message may lean on this one: thanks and a slot's value say nothing."""
    match action:
        case SmallTalk() | Ask(again=True):
            return False
        case _:
            return state.asked not in understood.slots


def _sure_of_title(hits: list[Hit], text: str) -> tuple[Hit, ...]:
    """A message that is a passage's own question, as after a button, is surely answered by it."""
    plain = normalise(text)
    sure = [replace(hit, score=1.0) for hit in hits if normalise(hit.passage.title) == plain]
    return (*sure, *(hit for hit in hits if normalise(hit.passage.title) != plain))


def _without_cited(understood: Understanding, state: State) -> Understanding:
    """Drop what was just answered: who asks "and for headphones?" wants something else."""
    prediction = understood.prediction
    if prediction and prediction.intent == state.intent:
        prediction = replace(prediction, accepted=False)
    hits = tuple(hit for hit in understood.hits if hit.passage.id not in state.cited)
    return replace(understood, prediction=prediction, hits=hits)

"""The dialogue manager: one message in, replies and turns out. Reads models, writes nothing.

A message of several things has a turn, with a reply of its own, for each.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from bot import policy, procedures
from bot.actions import CallResult, Endpoint
from bot.context import remembered
from bot.domain import Domain
from bot.ladder import WORTH_OFFERING, accepted_intent
from bot.mind import Component, Mind
from bot.order import in_order
from bot.quotes import Quotes
from bot.replies import compose, in_script
from bot.stopwatch import Stopwatch
from bot.types import (
    Action,
    Answer,
    Ask,
    Call,
    HandOff,
    Prediction,
    Reply,
    Script,
    SmallTalk,
    State,
    Turn,
    Understanding,
)
from bot.understanding import Listener, Thing
from bot.wording import Heard
from knowledge.language import detect
from knowledge.redact import mask_cards
from knowledge.script import is_simplified, is_traditional, simplified
from knowledge.types import Language

MOST_CALLS = 8
"""Calls for one message; a procedure that goes round in circles ends with a person."""

_LATIN_WORD = re.compile(r"""["'(]*[A-Za-z][A-Za-z'’-]+[.,!?;:)"']*""")


class DialogueManager:
    """Answers one message of one conversation with what it is given; holds no conversation."""

    def __init__(
        self,
        mind: Mind,
        domain: Domain,
        clock: Callable[[], str],
        endpoint: Endpoint | None = None,
    ) -> None:
        """`endpoint` makes the calls of procedures; without one the services are down."""
        self._mind = mind
        self._domain = domain
        self._clock = clock
        self._endpoint = endpoint

    def respond(self, state: State, text: str) -> tuple[State, tuple[Turn, ...]]:
        """Answer `text`: the state after it, and the turns to log, of which each has a reply."""
        heard = Heard(text, self._clock(), Stopwatch())
        state = self._listening(state, text)
        component = self._mind.components[state.language]
        listener = self._listener(component, heard)
        order = in_order(self._things(listener, state, text), state, self._domain)
        turns = []
        for place, thing in enumerate(order.things):
            last = place == len(order.things) - 1
            if place:  # what was said before it in the same message is known by now
                thing = replace(thing, understood=_second(thing.understood))
            if last:
                state = self._keeping(state, order.kept)
            state, turn = self._answer(state, thing, heard, component, last=last)
            turns.append(turn)
            if state.status != "bot":
                break
            heard = replace(heard, watch=Stopwatch())
        return state, tuple(turns)

    def _keeping(self, state: State, kept: tuple[Thing, ...]) -> State:
        """The state that keeps procedures in mind, with the values told with them."""
        names = [accepted_intent(thing.understood.prediction, self._domain) for thing in kept]
        if not names:
            return state
        told = {slot: value for thing in kept for slot, value in thing.understood.slots.items()}
        pending = dict.fromkeys((*state.pending, *(name for name in names if name)))
        return replace(state, pending=tuple(pending), kept={**state.slots, **told})

    def _things(self, listener: Listener, state: State, text: str) -> list[Thing]:
        """What a message is about; one that goes to a person for its words is one thing."""
        plain = simplified(text)
        if self._domain.hand_off.reason(plain, state, Understanding(None)):
            return [listener.thing(state, plain)]
        return listener.things(state, plain)

    def observe(self, state: State, text: str) -> Turn:
        """Understand `text` without a word: the turn to log while a person has the conversation."""
        heard = Heard(text, self._clock(), Stopwatch())
        state = self._listening(state, text)
        listener = self._listener(self._mind.components[state.language], heard)
        thing = listener.thing(state, simplified(text))
        return self._turn(state, thing, heard, None)

    def _listener(self, component: Component, heard: Heard) -> Listener:
        return Listener(component, self._domain, heard)

    def _listening(self, state: State, text: str) -> State:
        """The state in the language and script of the message."""
        language = self._language(text, state.language)
        return replace(state, language=language, script=_script(text, state.script))

    def _answer(
        self, state: State, thing: Thing, heard: Heard, component: Component, *, last: bool
    ) -> tuple[State, Turn]:
        """Decide on one thing, make the calls that it needs, and put the outcome into words.

        Only the `last` one of a message returns to what is still open.
        """
        understood = replace(
            thing.understood,
            urgent=self._domain.hand_off.reason(thing.text, state, thing.understood),
        )
        threshold = component.passage_threshold
        with heard.watch.stage("decide"):
            decided, action = policy.decide(state, understood, self._domain, threshold)
        decided, action = self._called(decided, action, heard.watch)
        with heard.watch.stage("compose"):
            quotes = Quotes(component, thing.query, thing.vector)
            action = quotes.completed(action, understood.hits)
            after = policy.advance(decided, action, understood)
            after = self._remembering(after, state, thing, action)
            told = after if last or isinstance(action, Ask) else replace(after, asked=None)
            reply = in_script(compose(action, told, self._domain, quotes.cut(action)), after)
        thing = replace(thing, understood=understood)
        return after, self._turn(after, thing, heard, reply)

    def _called(self, state: State, action: Action, watch: Stopwatch) -> tuple[State, Action]:
        """Make the calls that a procedure asks for until it has something to say."""
        for _ in range(MOST_CALLS):
            if not (isinstance(action, Call) and action.outcome is None):
                return state, action
            result = CallResult(problem="no endpoint")
            if self._endpoint:
                with watch.stage("call"):
                    result = self._endpoint.call(procedures.request(state, action, self._domain))
            state, action = procedures.after_call(state, action, result, self._domain)
        return procedures.ended(state, self._domain), HandOff("service_down", state.intent)

    def _remembering(self, after: State, before: State, thing: Thing, action: Action) -> State:
        """The state with the topic and the product that later messages may lean on."""
        subject = self._subject(thing, action) or after.subject
        after = replace(after, subject=subject)
        if isinstance(action, SmallTalk) and action.intent in (policy.STOPPED, policy.DECLINED):
            topics = remembered(before, before.topic)
            return replace(after, topic="", matter="", topics=topics)
        if not _is_topic(before, action, thing.understood):
            return after
        if thing.leans and before.topic and thing.query.startswith(before.topic):
            return after
        topic = mask_cards(thing.query if thing.leans else thing.text)
        matter = self._matter(thing.understood.prediction)
        return replace(after, topic=topic, matter=matter, topics=remembered(before, topic))

    def _matter(self, prediction: Prediction | None) -> str:
        """The intent that a message is like, whether it was accepted or not; "" without one."""
        if prediction is None:
            return ""
        for name, share in prediction.ranking:
            intent = self._domain.intents.get(name)
            worth = share * (1 - prediction.out_of_scope) >= WORTH_OFFERING
            if worth and intent and intent.kind != "small_talk":
                return name
        return ""

    def _subject(self, thing: Thing, action: Action) -> str:
        """The product spoken of: the last one named, else the only one that the answer names."""
        products = self._domain.catalogue
        named = products.named(thing.query)
        if named:
            return named[-1].name
        if not (isinstance(action, Answer) and action.hits):
            return ""
        told = products.named(action.hits[0].passage.title)
        return told[0].name if len(told) == 1 else ""

    def _turn(self, state: State, thing: Thing, heard: Heard, reply: Reply | None) -> Turn:
        return Turn(
            id=0,
            conversation_id=state.conversation_id,
            message=heard.text,
            query=thing.query,
            language=state.language,
            prediction=thing.understood.prediction,
            hits=thing.understood.hits,
            reply=reply,
            release=self._mind.release,
            index_version=self._mind.index_version,
            timings_ms=heard.watch.stages,
            at=heard.at,
            mood=thing.understood.mood,
        )

    def _language(self, text: str, current: Language) -> Language:
        """The message's language where the bot speaks it; a lone number or name changes nothing."""
        found = detect(text, "en" if _is_english(text) else current)
        if found in self._mind.components:
            return found
        return current if current in self._mind.components else next(iter(self._mind.components))


def _script(text: str, current: Script) -> Script:
    """How the customer writes Chinese: as in this message, where it shows, else as before."""
    if is_traditional(text):
        return "traditional"
    return "simplified" if is_simplified(text) else current


def _second(understood: Understanding) -> Understanding:
    """What is understood of a later thing of a message: a yes was said to the first."""
    return replace(understood, yes=None, gives_up=False, corrects=False)


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
            return state.asked is None or state.asked not in understood.slots

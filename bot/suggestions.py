"""Suggested replies for the staff: what they may answer to an open question, best first.

Owns where suggestions come from (approved passages, similar past cases, the domain's templates)
and that none says what another one says. Shows nothing to customers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot import asked
from bot.asked import Said
from bot.domain import Domain
from bot.mind import Component
from bot.slots import SlotContext, read
from bot.types import SuggestionKind
from knowledge import words
from knowledge.language import detect
from knowledge.script import simplified
from knowledge.store import PassageStore
from knowledge.types import Hit, Language

if TYPE_CHECKING:
    from bot.runtime import Runtime

LOOKED_AT = 8
"""Passages of which suggestions are chosen: some of them say the same."""
WORTH_SHOWING = 0.05
"""A suggestion less probable than this only takes the time to read it."""
SAME = 0.75
"""Jaccard overlap of two texts' words from which they say the same."""
HALF = 0.5
"""Without a release an intent is taken for likely from this share of its label's words."""
MESSAGES_WITH_SLOTS = 12
"""Messages back in which the customer's data are looked for."""
CASES_NAMED = 3

_FIRST: dict[SuggestionKind, int] = {"passage": 0, "template": 1, "case": 2}
"""Of equal scores, the one that was checked by a person comes first."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A reply that staff may send or edit; `score` is the probability that it answers, in 0..1.

    `ref` is the passage's id or the intent's name. A `case` is what staff once answered to a
    similar question, not yet approved; `source` then names the conversations.
    """

    kind: SuggestionKind
    ref: str
    title: str
    text: str
    source: str
    score: float


@dataclass(frozen=True, slots=True)
class _Question:
    """An open question: its text, its language, the slots known by now."""

    text: str
    language: Language
    slots: Mapping[str, str]


def suggest(runtime: "Runtime", conversation_id: str, k: int = 3) -> list[Suggestion]:
    """At most `k` replies to what the customer asked last, best first; none to no question.

    Without a release the passages are found by their words alone. Raises UnknownConversationError.
    """
    question = _question(runtime, conversation_id)
    if not question.text:
        return []
    mind = runtime.mind
    component = mind.components.get(question.language) if mind else None
    store, domain = runtime.home.passages, runtime.domain
    if component:
        hits, likely = _understood(component, question)
    else:
        hits, likely = _by_words(store, question), _named(domain, question)
    found = [*_of_hits(runtime, hits), *_templates(domain, question, likely)]
    return _best(found, question.language, k)


def _question(runtime: "Runtime", conversation_id: str) -> _Question:
    state = runtime.log.state(conversation_id)
    messages = asked.without_buttons(
        asked.said(runtime.log.reading, conversation_id), runtime.domain
    )
    text = asked.open_question(messages, state.language)
    known = {**state.slots, **_slots_in(messages, runtime.domain)}
    return _Question(text, detect(text, state.language), known)


def _slots_in(messages: list[Said], domain: Domain) -> dict[str, str]:
    """The customer's data in their last messages; the newest counts."""
    said = [message for message in messages if message.role == "customer"]
    found: dict[str, str] = {}
    for message in said[-MESSAGES_WITH_SLOTS:] if domain.slots else ():
        text, day = simplified(message.text), datetime.fromisoformat(message.at).date()
        context = SlotContext(None, detect(text), domain.products, day)
        found |= read(text, domain.slots, context).values
    return found


def _understood(component: Component, question: _Question) -> tuple[list[Hit], dict[str, float]]:
    """The passages found for a question, and how probable each intent is."""
    vector = component.encoder.encode([question.text])[0]
    hits = component.retriever.search(question.text, vector, LOOKED_AT, approved=None)
    if component.head is None:
        return hits, {}
    prediction = component.head.predict(question.text, vector)
    inside = 1 - prediction.out_of_scope
    return hits, {name: probability * inside for name, probability in prediction.ranking}


def _by_words(store: PassageStore, question: _Question) -> list[Hit]:
    """The passages that share the most of the question's words, by the share."""
    lexical = store.lexical(question.text, question.language, None)
    best = lexical.top(LOOKED_AT)
    shares = lexical.of(best) / max(lexical.ideal, 1e-6)
    scores = dict(zip(best.tolist(), shares.clip(0, 1).tolist(), strict=True))
    return [Hit(passage, scores[passage.id]) for passage in store.get(scores)]


def _named(domain: Domain, question: _Question) -> dict[str, float]:
    """The intents whose label is half in the question or more, by the share of its words."""
    said = set(words.asked(question.text, question.language))
    labels = {
        name: set(words.asked(intent.label.get(question.language, ""), question.language))
        for name, intent in domain.intents.items()
    }
    shares = {name: len(label & said) / len(label) for name, label in labels.items() if label}
    return {name: share for name, share in shares.items() if share >= HALF}


def _of_hits(runtime: "Runtime", hits: Iterable[Hit]) -> Iterator[Suggestion]:
    off = runtime.home.passages.off()
    for hit in hits:
        passage = hit.passage
        if passage.id in off or hit.score < WORTH_SHOWING:
            continue
        kind: SuggestionKind = "passage" if passage.approved else "case"
        source = passage.source if passage.approved else _cases(runtime, hit)
        yield Suggestion(kind, str(passage.id), passage.title, passage.body, source, hit.score)


def _cases(runtime: "Runtime", hit: Hit) -> str:
    """The names of the conversations in which this was answered."""
    exchanges = runtime.home.history.exchanges_of(hit.passage.id)
    names = list(dict.fromkeys(exchange.conversation_id for exchange in exchanges))
    return ", ".join(names[:CASES_NAMED]) or hit.passage.source


def _templates(
    domain: Domain, question: _Question, likely: Mapping[str, float]
) -> Iterator[Suggestion]:
    """The replies of likely intents whose every slot is known."""
    for name, score in likely.items():
        intent = domain.intents.get(name)
        if intent is None or intent.kind != "answer" or score < WORTH_SHOWING:
            continue
        text = intent.reply.get(question.language)
        if text and set(intent.slots) <= question.slots.keys():
            said = domain.fill(text, question.language, question.slots)
            label = intent.label.get(question.language, name)
            yield Suggestion("template", name, label, said, label, score)


def _best(found: Iterable[Suggestion], language: Language, k: int) -> list[Suggestion]:
    """The best `k` that say different things."""
    chosen: list[Suggestion] = []
    said: list[set[str]] = []
    for suggestion in sorted(found, key=lambda one: (-one.score, _FIRST[one.kind], one.ref)):
        if len(chosen) == k:
            break
        spoken = set(words.asked(suggestion.text, language))
        if not any(_alike(spoken, other) for other in said):
            chosen.append(suggestion)
            said.append(spoken)
    return chosen


def _alike(one: set[str], other: set[str]) -> bool:
    return one == other or len(one & other) >= SAME * len(one | other)

"""The answer ladder's choices: an intent, an approved passage, or options to choose from. Pure.

Owns which of them may be acted on; knows neither procedures nor the state of a conversation.
"""

from bot.domain import Domain, Intent
from bot.types import Clarify, Prediction, Understanding
from knowledge.types import Hit

MOST_OPTIONS = 3
LIKELY = 0.5
"""Options are offered when the right one is more likely than not among them."""
WORTH_OFFERING = 0.1
"""Options less probable than this only make the others harder to read."""
MUCH_SURER = 3.0
"""How many times the odds of a procedure those of a passage must be to answer in its place."""
SURELY_SMALL_TALK = 0.7
"""The probability from which a message is some small talk, if not surely which one."""
SURE = 1.0
"""The score of a passage whose own question was asked; no probability of a model reaches it."""


def answerable(understood: Understanding, domain: Domain, threshold: float) -> bool:
    """Whether the message can be acted on: its intent is accepted or a passage may be quoted."""
    return (
        accepted_intent(understood.prediction, domain) is not None
        or quotable(understood.hits, threshold) is not None
    )


def accepted_intent(prediction: Prediction | None, domain: Domain) -> str | None:
    """Return the predicted intent when it cleared its threshold and the domain knows it.

    "Thanks and good night" is two kinds of small talk, and neither is sure: whatever surely is some
    small talk is taken for its likeliest kind.
    """
    if prediction is None or prediction.intent not in domain.intents:
        return None
    if prediction.accepted:
        return prediction.intent
    if domain.intents[prediction.intent].kind != "small_talk":
        return None
    kinds = ((domain.intents.get(name), share) for name, share in prediction.ranking)
    small_talk = sum(share for intent, share in kinds if intent and intent.kind == "small_talk")
    inside = 1 - prediction.out_of_scope
    return prediction.intent if small_talk * inside >= SURELY_SMALL_TALK else None


def quotable(hits: tuple[Hit, ...], threshold: float) -> Hit | None:
    """The best passage, when it may be quoted; one whose own question was asked always may.

    A release whose scores kept to no error budget has a threshold above 1.
    """
    return hits[0] if hits and hits[0].score >= min(threshold, SURE) else None


def passage_wins(
    hit: Hit, prediction: Prediction, understood: Understanding, domain: Domain
) -> bool:
    """Whether a passage is more probably right than what the accepted intent says or does.

    A person gives way only to a passage that is sure, as after its button. So does a procedure,
    unless the message is a question ("who pays for sending it back?"), brings nothing that the
    procedure needs, and the passage is MUCH_SURER.
    """
    intent = domain.intents[prediction.intent]
    score = prediction.confidence * (1 - prediction.out_of_scope)
    if hit.score >= SURE or not (intent.kind == "hand_off" or intent.slots or intent.steps):
        return hit.score > score
    if (
        intent.kind == "hand_off"
        or not understood.asks
        or set(understood.slots) & set(intent.needs)
    ):
        return False
    return _odds(hit.score) > MUCH_SURER * _odds(score)


def _odds(probability: float) -> float:
    return probability / max(1 - probability, 1e-6)


def ask_back(understood: Understanding, domain: Domain) -> Clarify:
    """Offer what the customer may have meant, or nothing when nothing is likely."""
    offers = sorted(
        [*_intent_offers(understood.prediction, domain), *_passage_offers(understood.hits)],
        key=lambda offer: -offer[0],
    )[:MOST_OPTIONS]
    missed = 1.0
    for probability, _ in offers:
        missed *= 1 - probability
    if 1 - missed < LIKELY:
        return Clarify()
    intents = tuple(what for _, what in offers if isinstance(what, str))
    return Clarify(intents, tuple(what for _, what in offers if isinstance(what, Hit)))


def _intent_offers(prediction: Prediction | None, domain: Domain) -> list[tuple[float, str | Hit]]:
    if prediction is None:
        return []
    inside = 1 - prediction.out_of_scope
    return [
        (probability * inside, name)
        for name, probability in prediction.ranking
        if probability * inside >= WORTH_OFFERING and _offered(domain.intents.get(name))
    ]


def _offered(intent: Intent | None) -> bool:
    """The person that a customer may ask for has a button of its own anyway."""
    return intent is not None and intent.kind != "small_talk" and not intent.requested


def _passage_offers(hits: tuple[Hit, ...]) -> list[tuple[float, str | Hit]]:
    """Each title and each text once: two buttons that read or answer the same help nobody."""
    seen: set[str] = set()
    offers: list[tuple[float, str | Hit]] = []
    for hit in hits:
        shown = {hit.passage.title, hit.passage.body}
        if hit.score >= WORTH_OFFERING and hit.passage.title and not shown & seen:
            seen |= shown
            offers.append((hit.score, hit))
    return offers

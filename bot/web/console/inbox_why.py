"""An explanation of the bot's message as values for the script that shows it."""

from collections.abc import Mapping
from typing import Any

from bot.domain import Domain
from bot.explain_types import Explanation
from bot.web.console.words import word
from knowledge.types import Language

INTENTS = 4
PASSAGES = 5


def explained(found: Explanation, domain: Domain, language: Language) -> dict[str, Any]:
    """The reason in a sentence, then what it rests on, best first; intents by their labels."""
    labels = {name: one.label.get(language, name) for name, one in domain.intents.items()}

    def say(key: str, **values: object) -> str:
        return word(f"why.{key}", language, **values)

    lists = (
        (say("intents"), _intents(found, labels, language)),
        (say("neighbours"), _neighbours(found, labels, language)),
        (say("passages"), _passages(found, language)),
    )
    spent = round(sum(found.timings_ms.values()))
    return {
        "title": say("title"),
        "close": say("close"),
        "reason": say(found.why),
        "lists": [{"title": title, "items": items} for title, items in lists if items],
        "foot": say("foot", release=found.release or "-", ms=spent),
    }


def _intents(
    found: Explanation, labels: Mapping[str, str], language: Language
) -> list[dict[str, Any]]:
    needed = _needed(found.threshold, language)
    items = [
        _item(
            labels.get(name, name),
            score,
            needed if name == found.intent else "",
            marked=name == found.action_intent,
        )
        for name, score in found.ranking[:INTENTS]
    ]
    if found.out_of_scope is not None:
        items.append(_item(word("why.out_of_scope", language), found.out_of_scope))
    return items


def _neighbours(
    found: Explanation, labels: Mapping[str, str], language: Language
) -> list[dict[str, Any]]:
    unknown = word("why.unknown", language)
    return [
        _item(one.text or unknown, one.cosine, labels.get(one.intent, one.intent))
        for one in found.neighbours
    ]


def _passages(found: Explanation, language: Language) -> list[dict[str, Any]]:
    quoted, needed = word("why.quoted", language), _needed(found.passage_threshold, language)
    return [
        _item(one.title or one.body, one.score, quoted if one.quoted else needed, marked=one.quoted)
        for one in found.passages[:PASSAGES]
    ]


def _needed(threshold: float | None, language: Language) -> str:
    return (
        "" if threshold is None else word("why.threshold", language, threshold=f"{threshold:.2f}")
    )


def _item(
    text: str, score: float | None, detail: str = "", *, marked: bool = False
) -> dict[str, Any]:
    return {"text": text, "score": score, "detail": detail, "marked": marked}

"""What a promotion would change: past questions that another release answers differently.

Both releases answer each question by itself, as the first message of a conversation; nothing is
logged. Reads the log and the models, decides nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.dialogue import DialogueManager
from bot.domain import Domain
from bot.home import Home
from bot.messages import bot_message
from bot.mind import Mind
from bot.registry import Release, utc_now
from bot.turn_json import ActionName
from bot.types import State
from knowledge.redact import redact
from knowledge.types import Language, Progress

QUESTIONS = 300
"""Past questions that are asked again, the latest first."""

_LATEST = (
    "SELECT max(t.id) AS latest, t.query, t.language FROM turns t"
    " WHERE t.reply_id IS NOT NULL AND json_extract(t.action, '$.name') <> 'small_talk'"
    " GROUP BY t.query, t.language ORDER BY latest DESC LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a customer asked, personal data redacted."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Said:
    """What one release says to a question; `intent` is the accepted one."""

    action: ActionName
    text: str
    intent: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A question with what the champion says and what the challenger would say."""

    question: Question
    champion: Said
    challenger: Said


@dataclass(frozen=True, slots=True)
class Changes:
    """The differences among the `asked` questions."""

    asked: int
    differences: tuple[Difference, ...]


def past_questions(home: Home, limit: int = QUESTIONS) -> list[Question]:
    """The latest different questions that the bot answered, the latest first, redacted."""
    rows = home.log.reading.execute(_LATEST, (limit,)).fetchall()
    return [Question(redact(query), language) for _, query, language in rows]


def changes(
    home: Home, champion: Release, challenger: Release, progress: Progress, limit: int = QUESTIONS
) -> Changes:
    """Ask both releases the home's past questions. Raises DeskmateError for a damaged release."""
    questions = past_questions(home, limit)
    said = [_answers(home, release, questions, progress) for release in (champion, challenger)]
    differences = [
        Difference(question, before, after)
        for question, before, after in zip(questions, *said, strict=True)
        if (before.action, before.text) != (after.action, after.text)
    ]
    return Changes(len(questions), tuple(differences))


def _answers(
    home: Home, release: Release, questions: Sequence[Question], progress: Progress
) -> list[Said]:
    """Answer all questions with one release, which is loaded for that only."""
    mind = Mind.load(home, release, progress)
    try:
        said = []
        for done, question in enumerate(questions, start=1):
            said.append(_answer(mind, home.domain, question))
            progress(done, len(questions), f"asking {release.id}")
        return said
    finally:
        mind.close()


def _answer(mind: Mind, domain: Domain, question: Question) -> Said:
    manager = DialogueManager(mind, domain, utc_now)
    _, turns = manager.respond(State("", question.language), question.text)
    turn = turns[-1]
    assert turn.reply is not None  # noqa: S101 - the bot has this conversation
    message = bot_message(turn.reply, turn.prediction, turn.at)
    assert message.action is not None  # noqa: S101 - a reply has one
    source = message.citations[0].source if message.citations else ""
    intent = message.intent[0] if message.intent else None
    return Said(message.action, message.text, intent, source)


Figure = tuple[str, float | int | None, float | int | None]


def figures_beside(
    champion: Mapping[str, Any], challenger: Mapping[str, Any]
) -> dict[str, list[Figure]]:
    """Two releases' metrics side by side: language -> (name, champion's, challenger's).

    Single numbers only, those of either release, in the order of the report.
    """
    languages = dict.fromkeys([*champion, *challenger])
    return {
        language: _beside(
            _numbers(champion.get(language) or {}), _numbers(challenger.get(language) or {})
        )
        for language in languages
    }


def _beside(before: Mapping[str, float], after: Mapping[str, float]) -> list[Figure]:
    return [(name, before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])]


def _numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    return {
        f"{task}.{name}": value
        for task, values in metrics.items()
        for name, value in (values or {}).items()
        if isinstance(value, int | float)
    }

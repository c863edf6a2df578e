"""Unanswered questions grouped into topics: what the bot should learn next.

Questions are grouped by the vectors of the release that serves. The question with most others
around it leads the first topic, with all of them; then the same with what is left, so that the
order of the questions does not matter. Reads the log only through `bot.insights.unanswered`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from bot.classifier import Floats
from bot.insights import unanswered
from bot.insights.period import Part, Period
from bot.insights.rates import Figure
from bot.insights.topic_groups import TellingWords, by_centrality, densest_first
from bot.insights.unanswered import Question
from bot.log_rows import LogAccess
from bot.mind import Mind
from bot.review.likeness import Vectors, alike_from
from knowledge.types import LANGUAGES, Language

LEAST = 2
"""A question that nobody else asked is no topic."""
NEARER = 0.2
"""How much of the way to the same text a topic's questions are nearer to its leader than any two of
different intents are: two of them may stand on different sides of it. On 28 questions about things
that the sample shop lacks, 0 to 0.1 mixes gift cards with discounts, 0.3 tears topics apart."""
EXAMPLES = 5
WORDS = 4
MOST_TOPICS = 30


@dataclass(frozen=True, slots=True)
class Example(Figure):
    """One question of a topic, personal data removed; `at` is ISO 8601, UTC."""

    turn_id: int
    conversation_id: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Topic(Figure):
    """Questions that ask for the same: `name` is the most central one, `words` tell it apart.

    `counts` are its questions in each part of the period, `examples` the nearest to its centre,
    one of each wording. `turn_ids` are all of its questions, the most central first.
    """

    name: str
    words: tuple[str, ...]
    language: Language
    questions: int
    conversations: int
    counts: tuple[int, ...]
    examples: tuple[Example, ...]
    turn_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicReport(Figure):
    """The topics, the largest first, from the latest `grouped` of `questions` unanswered ones.

    `parts` are the first days of what a topic's counts stand for; `single` questions are like no
    other.
    """

    questions: int
    grouped: int
    single: int
    parts: tuple[date, ...]
    topics: tuple[Topic, ...]


class Topics:
    """Groups the questions of one log; remembers vectors of the release that serves."""

    def __init__(self, log: LogAccess, mind: Callable[[], Mind | None]) -> None:
        self._log = log
        self._mind = mind
        self._vectors = {language: Vectors() for language in LANGUAGES}

    def of(
        self, period: Period, language: Language | None = None, leave_out: Collection[str] = ()
    ) -> TopicReport:
        """The topics of `period`; messages that only say one of `leave_out` are no questions.

        A language that the release does not speak has none. Encodes in small batches, between
        the messages of customers.
        """
        found = unanswered.latest(self._log, period, language, leave_out)
        spans = period.parts()
        topics: list[Topic] = []
        grouped = single = 0
        for spoken in LANGUAGES:
            questions = [one for one in found if one.language == spoken]
            vectors = self._encoded(spoken, questions)
            if vectors is None:
                continue
            grouped += len(questions)
            groups = densest_first(*vectors)
            single += sum(len(group) < LEAST for group in groups)
            telling = TellingWords([one.text for one in questions], spoken)
            for group in groups:
                if len(group) >= LEAST:
                    central = by_centrality(vectors[0][group])
                    members = [questions[group[row]] for row in central]
                    topics.append(_topic(members, telling, spans))
        topics.sort(key=lambda topic: (-topic.questions, topic.name))
        total = unanswered.count(self._log, period, language)
        firsts = tuple(span.first for span in spans)
        return TopicReport(total, grouped, single, firsts, tuple(topics[:MOST_TOPICS]))

    def _encoded(
        self, language: Language, questions: Sequence[Question]
    ) -> tuple[Floats, float] | None:
        """The vectors (n, D) and the cosine from which two are alike; None without a model."""
        mind = self._mind()
        component = mind.components.get(language) if mind else None
        if not questions or mind is None or component is None:
            return None
        texts = {one.turn_id: one.query for one in questions}
        alike = alike_from(component.head)
        nearer = alike + NEARER * (1 - alike)
        return self._vectors[language].of(mind, component, texts), nearer


def _topic(members: Sequence[Question], telling: TellingWords, spans: Sequence[Part]) -> Topic:
    """`members`, the most central first, as a topic."""
    wordings = {one.text: one for one in reversed(members)}
    nearest = list(reversed(wordings.values()))
    return Topic(
        name=members[0].text,
        words=telling.of([one.text for one in members], WORDS),
        language=members[0].language,
        questions=len(members),
        conversations=len({one.conversation_id for one in members}),
        counts=tuple(sum(span.since <= one.at < span.until for one in members) for span in spans),
        examples=tuple(
            Example(one.turn_id, one.conversation_id, one.at, one.text)
            for one in nearest[:EXAMPLES]
        ),
        turn_ids=tuple(one.turn_id for one in members),
    )

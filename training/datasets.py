"""The rows that a home's next release learns from and is tested on.

Only what a person confirmed teaches: imported utterances and history, the FAQ, reviewed turns and
the staff's own replies. Nothing that is near a test row does.
"""

import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar

from bot.home import Home
from bot.lesson_mark import LessonMark
from knowledge.language import folded, model_text, normalise, sentences
from knowledge.parts import part_text
from knowledge.types import KNOWLEDGE, OUT_OF_SCOPE, Example, Language, Passage
from knowledge.words import asked
from training.neighbours import near_duplicates

KEPT = 6
"""Another wording, or a question of the dialogues, is kept from the encoder in so many, to
calibrate the search on, by its hash."""
LEAST_TO_KEEP = 200
"""With fewer pairs all of them teach."""
HELD_OUT = 5
"""Without test rows of their own, one utterance in so many is a test row, by its hash."""
LEAST_TO_HOLD_OUT = 100
"""Below so many utterances none is taken away for tests."""
LEAST_OF_INTENT = 10
"""Below so many of an intent none of them is: a lone row cannot be trained on."""

TELLING_WORDS = 4
"""Questions whose common answer has so many words, stop words aside, mean the same."""

Pair = tuple[str, str]
Row = TypeVar("Row")


@dataclass(frozen=True)
class LanguageData:
    """One language's rows. `corrections` are the reviewed messages with their right intent.

    `kept` are questions of the knowledge that teach nothing, so that the search can be calibrated
    on them; `mark` is how far the log's lessons had come when the rows were read.
    """

    language: Language
    examples: list[Example]
    pairs: list[Pair]
    tests: list[Example]
    questions: list[Pair]
    checks: list[Pair]
    known: list[str]
    corrections: list[Example]
    kept: frozenset[str] = frozenset()
    mark: LessonMark = field(default_factory=LessonMark)

    def training_rows(self) -> list[object]:
        """Return all rows that teach, for the data hash."""
        return [*self.examples, *self.pairs]

    def test_rows(self) -> list[object]:
        """Return all rows that test, for the test hash."""
        return [*self.tests, *self.questions]


def collect(home: Home, language: Language) -> LanguageData:
    """Collect the rows of one language of a home, tests apart from training and from the index."""
    mark = home.log.lesson_mark()
    imported = home.examples.all("train", language)
    tests = home.examples.all("test", language)
    if not tests:
        imported, tests = hold_out(imported)
    corrections = _corrections(home, language)
    questions = home.examples.questions(language)
    keys = [each.key for each in home.passages.all(language) if each.kind != "doc"]
    questions = without_near(questions, [question for question, _ in questions], keys)
    barred = [example.text for example in tests] + [question for question, _ in questions]
    corrected = {model_text(example.text) for example in corrections}
    examples = [each for each in imported if model_text(each.text) not in corrected] + corrections
    teaching, checks = _asked(home, language)
    if len({example.intent for example in examples} - {OUT_OF_SCOPE}) > 1:
        asked = dict.fromkeys(question for question, _ in (*teaching, *checks))
        examples += [Example(question, KNOWLEDGE, language) for question in asked]
    wordings = _wordings(home, language)
    wordings = without_near(wordings, [first for _, first in wordings], barred)
    pairs = list(dict.fromkeys([*_pairs(home, language), *wordings, *teaching]))
    others = [question for question, _ in (*wordings, *home.history.pairs(language))]
    needed = {first for _, first in wordings} | {question for question, _ in teaching}
    kept = _kept(others) - needed if len(pairs) >= LEAST_TO_KEEP else frozenset()
    pairs = [pair for pair in pairs if pair[0] not in kept]
    return LanguageData(
        language=language,
        examples=without_near(examples, [each.text for each in examples], barred),
        pairs=without_near(pairs, [question for question, _ in pairs], barred),
        tests=tests,
        questions=questions,
        known=[f"{each.key} {each.body}" for each in home.passages.all(language, approved=True)],
        checks=without_near(checks, [question for question, _ in checks], barred),
        corrections=corrections,
        kept=kept,
        mark=mark,
    )


def _kept(questions: list[str]) -> frozenset[str]:
    """Return which of the other wordings and the dialogues' questions are kept from the encoder."""
    return frozenset(each for each in questions if zlib.crc32(each.encode()) % KEPT == 0)


def hold_out(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    """Split off test rows by the hash of their text: the same rows every time."""
    if len(examples) < LEAST_TO_HOLD_OUT:
        return examples, []
    rows = Counter(each.intent for each in examples)
    tests = [
        each
        for each in examples
        if rows[each.intent] >= LEAST_OF_INTENT and zlib.crc32(each.text.encode()) % HELD_OUT == 0
    ]
    return without_near(examples, [each.text for each in examples], [t.text for t in tests]), tests


def without_near(rows: list[Row], texts: list[str], barred: list[str]) -> list[Row]:
    """Return the rows whose text is no near-duplicate of a barred one."""
    near = near_duplicates(texts, barred)
    return [row for row, bad in zip(rows, near, strict=True) if not bad]


def _corrections(home: Home, language: Language) -> list[Example]:
    """Return what was understood in reviewed turns, a follow-up with its question, each once."""
    latest = {
        model_text(turn.query): Example(turn.query, review.intent, language)
        for turn, review in home.log.reviewed()
        if review.intent and turn.language == language
    }
    return list(latest.values())


def _asked(home: Home, language: Language) -> tuple[list[Pair], list[Pair]]:
    """Return questions to train on with the sentence that answers, and those kept to check on.

    A sentence is written as the index has it; what is checked on keeps the part of the text that
    was given. A question whose part stands nowhere any more is left out.
    """
    passages = home.passages.all(language, approved=True)
    texts: list[tuple[str, Passage | None]] = [(each.body, each) for each in passages]
    texts += [(answer, None) for _, answer in home.history.pairs(language)]
    plain = [(folded(text), text, passage) for text, passage in texts]
    marked, checks = home.examples.marked(language)
    teaching: list[Pair] = []
    for question, part in marked:
        wanted = folded(part)
        found = next(((text, passage) for known, text, passage in plain if wanted in known), None)
        if found is None:
            continue
        text, passage = found
        sentence = sentence_of(text, part)
        teaching.append((question, part_text(passage, sentence) if passage else sentence))
    known = [each for each in checks if any(folded(each[1]) in text for text, _, _ in plain)]
    return teaching, known


def sentence_of(text: str, part: str) -> str:
    """Return the sentence of `text` that holds `part`.

    Where `part` runs over several, the longest whole one of them; the text where none is whole.
    """
    wanted = folded(part)
    sentences_in = [(folded(each), each) for each in sentences(text)]
    for plain, each in sentences_in:
        if wanted in plain:
            return each
    return max((each for plain, each in sentences_in if plain in wanted), key=len, default=text)


def _pairs(home: Home, language: Language) -> list[Pair]:
    """Return (question, answer) pairs: FAQ, mined dialogues, staff replies, written answers."""
    faq = [(each.key, each.body) for each in home.passages.all(language) if each.kind == "faq"]
    replies = [(q, a) for q, a, spoken in home.log.staff_answers() if spoken == language]
    written = [
        (turn.query, review.answer)
        for turn, review in home.log.reviewed()
        if review.answer and turn.language == language
    ]
    return [*faq, *home.history.pairs(language), *replies, *written]


def _wordings(home: Home, language: Language) -> list[Pair]:
    """Return (another wording, the first wording) of the questions of the FAQ, by their answer.

    An answer of few words, such as "Yes.", answers different questions.
    """
    telling = [
        (each.key, normalise(each.body))
        for each in home.passages.all(language)
        if each.kind == "faq" and len(asked(each.body, language)) >= TELLING_WORDS
    ]
    first = {answer: question for question, answer in reversed(telling)}
    return [(each, first[answer]) for each, answer in telling if each != first[answer]]

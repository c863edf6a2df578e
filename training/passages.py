"""Fit how passages are ranked and scored, and the score from which one may be quoted.

The rows come from the knowledge itself. Of several wordings of one answer, the first stays to be
found and each other one is asked with itself taken away. The only wording of an answer is asked
the same way, and then any answer is wrong. Questions that customers asked in the dialogues behind
a passage, questions given with a part of the text that answers, and out-of-scope utterances, join
in. A document may well answer a question that the
FAQ answers: where there is a right answer, documents are taken away too, being neither.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bot.budgets import BUDGETS
from bot.mind import Retrieval
from knowledge.encoder import Encoder
from knowledge.history import HistoryStore
from knowledge.index import Index
from knowledge.language import normalise
from knowledge.retriever import FEATURES, Candidates, Fusion, Retriever, features
from knowledge.store import PassageStore
from knowledge.types import Language, Progress
from training.calibration import lowest_thresholds, row_weights

LEAST_CASES = 40
"""Below so many questions, right and wrong, the untrained calibration is kept."""
MOST_CASES = 3000
"""Enough to fit four coefficients; more would only take time."""
UNTRAINED_THRESHOLD = 0.5
"""With too few questions to fit on, a passage is quoted when it is more likely right than wrong."""
LEXICAL_WEIGHTS = (0.1, 0.2, 0.3, 0.45, 0.6)
PART_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
LOOKED_AT = 5
"""Candidates of a question that become rows; the rest are nearly all wrong in the same way."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Search:
    """What searches the passages of one language, with indexes that are up to date.

    Without `parts`, the index of their sentences, passages are found by key and words alone.
    """

    store: PassageStore
    index: Index
    encoder: Encoder
    language: Language
    parts: Index | None = None

    def retriever(self, fusion: Fusion) -> Retriever:
        """What searches with the given weights."""
        return Retriever(self.store, self.index, fusion, self.language, self.parts)


@dataclass(frozen=True)
class Case:
    """A question, the passages that answer it (none: nothing does), and those taken away.

    `ours` is the probability that it is about the shop at all, by which scores are multiplied.
    """

    question: str
    right: frozenset[int]
    without: frozenset[int] = frozenset()
    ours: float = 1.0


@dataclass(frozen=True)
class _Found:
    candidates: Candidates
    right: Bools
    ours: float


def knowledge_cases(search: Search, history: HistoryStore, outside: Iterable[str]) -> list[Case]:
    """Make cases of a home's passages, of the dialogues behind them, and of `outside` texts."""
    passages = search.store.all(search.language, approved=True)
    documents = frozenset(passage.id for passage in passages if passage.kind == "doc")
    questions = [passage for passage in passages if passage.kind != "doc"]
    by_answer: dict[str, set[int]] = {}
    for passage in questions:
        by_answer.setdefault(normalise(passage.body), set()).add(passage.id)
    cases = []
    for passage in questions:
        same = by_answer[normalise(passage.body)]
        if len(same) == 1:
            cases.append(Case(passage.key, frozenset(), frozenset(same)))
        elif passage.id != min(same):
            others = frozenset(same - {passage.id})
            cases.append(Case(passage.key, others, documents | {passage.id}))
        cases += [
            Case(exchange.question, frozenset(same), documents)
            for exchange in history.exchanges_of(passage.id)
            if exchange.question != passage.key
        ]
    return [*cases, *(Case(text, frozenset()) for text in outside)]


def checked_cases(search: Search, checks: Iterable[tuple[str, str]]) -> list[Case]:
    """Make cases of questions with a part of the text that answers; others are left out."""
    passages = search.store.all(search.language, approved=True)
    plain = [(passage.id, normalise(passage.body)) for passage in passages]
    cases = []
    for question, part in checks:
        right = frozenset(each for each, body in plain if normalise(part) in body)
        if right:
            cases.append(Case(question, right))
    return cases


def fit_retrieval(
    search: Search,
    cases: Sequence[Case],
    error_budget: float,
    progress: Progress,
    optimism: float = 1.0,
) -> Retrieval:
    """Fit ranking, calibration and threshold on `cases`; too few leave the untrained ones.

    `optimism` is how many times as often a passage is wrong as on the cases: thresholds are fitted
    to a budget that much smaller.
    """
    step = max(1, len(cases) // MOST_CASES)
    found = [
        each for each in _search_all(search, cases[::step], progress) if len(each.candidates.ids)
    ]
    answerable = sum(bool(each.right.any()) for each in found)
    if min(answerable, len(found)) < LEAST_CASES:
        return Retrieval(Fusion(), UNTRAINED_THRESHOLD)
    fusion = _calibrate(found, _weighted(found, search.parts is not None))
    budgets = (error_budget, *BUDGETS)
    thresholds = _thresholds(found, fusion, [budget / optimism for budget in budgets])
    return Retrieval(fusion, thresholds[0], dict(zip(map(str, budgets), thresholds, strict=True)))


def _search_all(search: Search, cases: Sequence[Case], progress: Progress) -> list[_Found]:
    retriever = search.retriever(Fusion())
    vectors = search.encoder.encode([case.question for case in cases])
    found = []
    for done, (case, vector) in enumerate(zip(cases, vectors, strict=True), start=1):
        all_of_them = retriever.candidates(case.question, vector)
        kept = ~np.isin(all_of_them.ids, list(case.without))
        candidates = all_of_them.at(kept)
        found.append(_Found(candidates, np.isin(candidates.ids, list(case.right)), case.ours))
        progress(done, len(cases), f"calibrating retrieval ({search.language})")
    return found


def _weighted(found: Sequence[_Found], with_parts: bool) -> Fusion:
    """The weights that put a right passage first most often; of equals the first named."""
    fusions = [
        replace(Fusion(), lexical_weight=lexical, part_weight=part)
        for part in (PART_WEIGHTS if with_parts else (0.0,))
        for lexical in LEXICAL_WEIGHTS
    ]
    return max(fusions, key=lambda each: _first_right(found, each))


def _first_right(found: Sequence[_Found], fusion: Fusion) -> int:
    # Ids ascend, so that of equals the lowest is first here as in the ranking.
    return sum(bool(each.right[each.candidates.fused(fusion).argmax()]) for each in found)


def _ranked(found: _Found, fusion: Fusion) -> tuple[Candidates, Bools]:
    ranked = found.candidates.ranked(fusion)
    right = found.candidates.ids[found.right]
    return ranked, np.isin(ranked.ids, right)


def _calibrate(found: Sequence[_Found], weights: Fusion) -> Fusion:
    """Fit the logistic function of the features on the first candidates of every question."""
    rows, right = [], []
    for each in found:
        ranked, truth = _ranked(each, weights)
        rows.append(features(ranked, weights)[:LOOKED_AT])
        right.append(truth[:LOOKED_AT])
    x, y = np.concatenate(rows), np.concatenate(right)
    mean, spread = x.mean(0), x.std(0) + 1e-6
    model = LogisticRegression(C=1.0).fit((x - mean) / spread, y)
    slopes = model.coef_[0] / spread
    named = dict(zip(FEATURES, map(float, slopes), strict=True))
    return replace(weights, intercept=float(model.intercept_[0] - slopes @ mean), **named)


def _thresholds(found: Sequence[_Found], fusion: Fusion, budgets: Sequence[float]) -> list[float]:
    """Return the lowest score of a first passage at which quoting it keeps to each budget."""
    scores, wrong, unanswerable = [], [], []
    for each in found:
        ranked, right = _ranked(each, fusion)
        rows = features(ranked, fusion)
        scores.append(fusion.probabilities(rows)[0] * each.ours)
        wrong.append(not right[0])
        unanswerable.append(not right.any())
    weights = row_weights(np.array(unanswerable))
    return lowest_thresholds(np.array(scores, np.float32), np.array(wrong), weights, budgets)

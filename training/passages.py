"""Fit how passages are ranked and scored, and the score from which one may be quoted.

The rows come from the knowledge itself. Of several wordings of one answer, the first stays to be
found and each other one is asked with itself taken away. The only wording of an answer is asked
the same way, and then any answer is wrong. Questions that customers asked in the dialogues behind
a passage, questions given with a part of the text that answers, and out-of-scope utterances, join
in. A document may well answer a question that the
FAQ answers: where there is a right answer, documents are taken away too, being neither.

An encoder that was fine-tuned knows the questions it was tuned on. Then only those count that were
kept from it, where they are enough.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bot.budgets import BUDGETS
from bot.retrieval import Certainty, Retrieval, log_odds
from knowledge.encoder import Encoder
from knowledge.history import HistoryStore
from knowledge.index import Index
from knowledge.language import folded, normalise
from knowledge.names import Names
from knowledge.parts import PLACES, part_text
from knowledge.retriever import FEATURES, Candidates, Fusion, Retriever, features
from knowledge.store import PassageStore
from knowledge.types import Language, Passage, Progress
from training.calibration import lowest_thresholds, row_weights
from training.datasets import sentence_of

LEAST_CASES = 40
"""Below so many questions, right and wrong, the untrained calibration is kept."""
MOST_CASES = 3000
"""Enough to fit four coefficients; more would only take time."""
UNTRAINED_THRESHOLD = 0.5
"""With too few questions to fit on, a passage is quoted when it is more likely right than wrong."""
LEXICAL_WEIGHTS = (0.1, 0.2, 0.3, 0.45, 0.6)
TUNED_OPTIMISM = 2.0
"""Of fresh questions a fine-tuned encoder answered twice as many wrongly as of those it was tuned
on (11 % in English at a budget of 5 %, more in Chinese)."""
SAME = 0.8
"""Cosine of two sentences of the knowledge from which they answer the same questions."""
LIKE_A_SENTENCE = 10
"""Sentences near a marked one that are compared with it."""
PART_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
SHARPNESS = 20.0
"""Scale of scores in a softmax over passages, as in the loss of questions and answers."""
ASKED_WEIGHTS = (0.0, 0.15, 0.3, 0.45, 0.6)
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
    asked: Index | None = None
    names: Callable[[], Names] | None = None

    def retriever(self, fusion: Fusion) -> Retriever:
        """What searches with the given weights."""
        return Retriever(
            self.store,
            self.index,
            fusion,
            self.language,
            parts=self.parts,
            asked=self.asked,
            names=self.names,
        )


@dataclass(frozen=True)
class Case:
    """A question, the passages that answer it (none: nothing does), and those taken away.

    `ours` is the probability that it is about the shop at all, None where nobody judges that.
    """

    question: str
    right: frozenset[int]
    without: frozenset[int] = frozenset()
    ours: float | None = None


@dataclass(frozen=True)
class _Found:
    candidates: Candidates
    right: Bools
    ours: float | None


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
    """Make cases of questions with a part of the text that answers; others are left out.

    A question may come with several such parts. Passages with a sentence that says the same are
    right as well: a document often repeats the FAQ.
    """
    passages = search.store.all(search.language, approved=True)
    plain = [(passage, folded(passage.body)) for passage in passages]
    found: list[tuple[str, list[Passage], str]] = []
    for question, part in checks:
        wanted = folded(part)
        if holding := [passage for passage, body in plain if wanted in body]:
            first = holding[0]
            sentence = part_text(first, sentence_of(first.body, part))
            found.append((question, holding, sentence))
    right: dict[str, set[int]] = {}
    alike = _saying(search, [sentence for _, _, sentence in found])
    for (question, holding, _), same in zip(found, alike, strict=True):
        right.setdefault(question, set()).update({each.id for each in holding}, same)
    return [Case(question, frozenset(answers)) for question, answers in right.items()]


def _saying(search: Search, wanted: Sequence[str]) -> list[frozenset[int]]:
    """For each sentence the passages that have one like it."""
    if search.parts is None:
        return [frozenset() for _ in wanted]
    found = []
    for vector in search.encoder.encode(list(wanted)):
        ids, cosines = search.parts.search(vector, LIKE_A_SENTENCE)
        found.append(frozenset((ids[cosines >= SAME] // PLACES).tolist()))
    return found


def fit_retrieval(
    search: Search,
    cases: Sequence[Case],
    error_budget: float,
    progress: Progress,
    kept: Collection[str] | None = None,
    *,
    tuned: bool = True,
) -> Retrieval:
    """Fit ranking, calibration and threshold on `cases`; too few leave the untrained ones.

    `kept` are the questions that count: those that people marked, and what was kept from the
    encoder; None means all. If they are too few, all cases count, and for a `tuned` encoder
    thresholds are fitted to a budget TUNED_OPTIMISM times smaller.
    """
    optimism = 1.0
    if kept is not None:
        fresh = [case for case in cases if case.question in kept]
        enough = sum(bool(case.right) for case in fresh) >= LEAST_CASES
        if enough:
            cases = fresh
        elif tuned:
            optimism = TUNED_OPTIMISM
    step = max(1, len(cases) // MOST_CASES)
    found = [
        each for each in _search_all(search, cases[::step], progress) if len(each.candidates.ids)
    ]
    answerable = sum(bool(each.right.any()) for each in found)
    if min(answerable, len(found)) < LEAST_CASES:
        return Retrieval(Fusion(), UNTRAINED_THRESHOLD)
    fusion = _calibrate(found, _weighted(found, search))
    certainty = _certainty(found, fusion)
    budgets = (error_budget, *BUDGETS)
    cuts = _thresholds(found, fusion, certainty, [budget / optimism for budget in budgets])
    return Retrieval(fusion, cuts[0], dict(zip(map(str, budgets), cuts, strict=True)), certainty)


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


def _weighted(found: Sequence[_Found], search: Search) -> Fusion:
    """The weights that tell right passages from the others best; of equals the first named.

    By the likelihood of the right ones, not by how often one of them comes first: that is a matter
    of a question or two among a few hundred.
    """
    fusions = [
        replace(Fusion(), lexical_weight=lexical, part_weight=part, asked_weight=asked)
        for asked in (ASKED_WEIGHTS if search.asked is not None and len(search.asked) else (0.0,))
        for part in (PART_WEIGHTS if search.parts is not None else (0.0,))
        for lexical in LEXICAL_WEIGHTS
    ]
    answerable = [each for each in found if each.right.any()]
    return max(fusions, key=lambda each: _likelihood(answerable, each))


def _likelihood(found: Sequence[_Found], fusion: Fusion) -> float:
    """The mean log of the share that right passages have of a softmax over all candidates."""
    total = 0.0
    for each in found:
        scores = SHARPNESS * each.candidates.fused(fusion)
        shares = np.exp(scores - scores.max())
        total += float(np.log(shares[each.right].sum() / shares.sum() + 1e-12))
    return total / max(len(found), 1)


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


def _certainty(found: Sequence[_Found], fusion: Fusion) -> Certainty:
    """Fit how the search's score of a first passage and belonging tell whether it is right."""
    rows, right, unanswerable = [], [], []
    for each in found:
        if each.ours is None:
            return Certainty()
        ranked, truth = _ranked(each, fusion)
        score = float(fusion.probabilities(features(ranked, fusion))[0])
        rows.append((log_odds(score), log_odds(each.ours)))
        right.append(truth[0])
        unanswerable.append(not truth.any())
    if all(right) or not any(right):
        return Certainty()
    weights = row_weights(np.array(unanswerable))
    model = LogisticRegression(C=1.0).fit(rows, right, sample_weight=weights)
    search, ours = map(float, model.coef_[0])
    return Certainty(max(search, 0.0), max(ours, 0.0), float(model.intercept_[0]))


def _thresholds(
    found: Sequence[_Found], fusion: Fusion, certainty: Certainty, budgets: Sequence[float]
) -> list[float]:
    """Return the lowest certainty of a first passage at which quoting it keeps to each budget."""
    scores, wrong, unanswerable = [], [], []
    for each in found:
        ranked, right = _ranked(each, fusion)
        rows = features(ranked, fusion)
        scores.append(certainty.probability(float(fusion.probabilities(rows)[0]), each.ours))
        wrong.append(not right[0])
        unanswerable.append(not right.any())
    weights = row_weights(np.array(unanswerable))
    return lowest_thresholds(np.array(scores, np.float32), np.array(wrong), weights, budgets)

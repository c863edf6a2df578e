"""One language of a release: its encoder, heads, judge of belonging, index and search settings.

Calibrates on rows that neither the encoder nor the part in question was trained on.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.curation import group
from bot.home import Home
from bot.indexing import Indexer, index_path
from bot.mind import ENCODER_FOLDER, Component
from knowledge.encoder import Encoder
from knowledge.types import OUT_OF_SCOPE, Progress
from training.belonging import Judge, learn_belonging
from training.datasets import LanguageData
from training.learn import Learned, Options, learn_encoder, learn_intents
from training.moods import learn_moods
from training.passages import Case, Search, checked_cases, fit_retrieval, knowledge_cases


def train_language(
    home: Home,
    release_id: str,
    data: LanguageData,
    options: Options,
    folder: Path,
    progress: Progress,
) -> Component:
    """Write one language of a release into `folder`, with the index that belongs to it."""
    learned = learn_encoder(data.examples, data.pairs, options, folder / ENCODER_FOLDER, progress)
    head = None
    if data.examples:
        budget = home.settings.bot.error_budget
        head = learn_intents(data.examples, learned, budget, progress, data.known)
        head.save(folder)
    progress(0, None, "learning moods")
    approved = home.passages.all(options.language, approved=True)
    calm = [each.key for each in approved if each.kind == "faq"]
    mood = learn_moods(learned.encoder, options.language, options.seed, calm)
    mood.save(folder)
    group(home, learned.encoder, options.language, progress)
    indexer = Indexer.of_home(home, learned.encoder, options.language, release_id)
    path = index_path(home.index_folder, release_id, options.language)
    indexes = indexer.rebuild(path, progress)
    judge = _learn_belonging(home, data, learned, folder)
    encoder, names = learned.encoder, home.domain.catalogue.names
    search = Search(
        home.passages,
        indexes.keys,
        encoder,
        options.language,
        parts=indexes.parts,
        asked=indexes.asked,
        names=lambda: names,
    )
    cases = _cases(home, search, data, learned, judge)
    budget, tuned = home.settings.bot.error_budget, options.preset == "full"
    kept = _kept(data, learned)
    retrieval = fit_retrieval(search, cases, budget, progress, kept, tuned=tuned)
    retrieval.save(folder)
    retriever = search.retriever(retrieval.fusion)
    belonging = judge.belonging if judge else None
    cut, certainty = retrieval.threshold, retrieval.certainty
    return Component(encoder, head, retriever, cut, mood, belonging, certainty)


def _learn_belonging(
    home: Home, data: LanguageData, learned: Learned, folder: Path
) -> Judge | None:
    """Learn from all that is asked of the shop, and what is out of its scope."""
    inside = [each.text for each in data.examples if each.intent != OUT_OF_SCOPE]
    inside += [question for question, _ in (*data.pairs, *data.checks)]
    passages = home.passages.all(data.language, approved=True)
    inside += [each.key for each in passages if each.kind != "doc"]
    outside = [each.text for each in data.examples if each.intent == OUT_OF_SCOPE]
    seen = set(outside) - set(_fresh(data, learned))
    judge = learn_belonging(inside, outside, seen, learned.encoder)
    if judge:
        judge.belonging.save(folder)
    return judge


def _fresh(data: LanguageData, learned: Learned) -> list[str]:
    """The out-of-scope rows on which no encoder that calibrates was trained."""
    held = {int(row) for fold in learned.folds for row in fold.held}
    examples = [each for row, each in enumerate(data.examples) if row in held]
    return [each.text for each in examples if each.intent == OUT_OF_SCOPE]


def _kept(data: LanguageData, learned: Learned) -> frozenset[str]:
    """The questions of which a fine-tuned encoder knows nothing."""
    checks = [question for question, _ in data.checks]
    return frozenset((*data.kept, *checks, *_fresh(data, learned)))


def _cases(
    home: Home, search: Search, data: LanguageData, learned: Learned, judge: Judge | None
) -> list[Case]:
    """The questions to calibrate the search on, with what the judge says of each unseen."""
    cases = [
        *knowledge_cases(search, home.history, _fresh(data, learned)),
        *checked_cases(search, data.checks),
    ]
    said = _belonging(cases, judge, learned.encoder) if judge else {}
    return [replace(case, ours=said.get(case.question)) for case in cases]


def _belonging(cases: Sequence[Case], judge: Judge, encoder: Encoder) -> dict[str, float]:
    """Whether each question is about the shop, by a judge that has not seen it."""
    unseen = [case.question for case in cases if case.question not in judge.held_out]
    if not unseen:
        return judge.held_out
    found = judge.belonging.probabilities(encoder.encode(unseen)).tolist()
    return {**judge.held_out, **dict(zip(unseen, found, strict=True))}

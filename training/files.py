"""Train and measure one language from files alone, without a home.

A model folder holds `encoder/`, `component.json` and either an intent head or retrieval settings:
the same parts as one language of a release.
"""

import json
import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from bot.classifier import IntentHead
from bot.indexing import Indexer
from bot.mind import ENCODER_FOLDER
from bot.registry import utc_now
from bot.retrieval import Retrieval
from bot.settings import Bot
from knowledge.database import Database
from knowledge.encoder import OnnxEncoder
from knowledge.errors import DeskmateError
from knowledge.retriever import Fusion
from knowledge.sources import intents, retrieval_sets
from knowledge.sources.retrieval_sets import SetPassage, SetQuestion
from knowledge.store import PassageStore
from knowledge.types import Example, Passage, Progress, RowError
from training.datasets import without_near
from training.evaluate import DEEPEST, evaluate_intents, rows_hash
from training.export import base_encoder
from training.learn import Options, learn_encoder, learn_intents
from training.metrics import IntentMetrics, RetrievalMetrics, measure_retrieval
from training.passages import Case, Search, fit_retrieval

log = logging.getLogger(__name__)

COMPONENT_FILE = "component.json"
ERROR_BUDGET = Bot().error_budget
MOST_ERRORS = 20

Row = TypeVar("Row")


def train_intent(
    train: str, dev: str | None, options: Options, out: Path, progress: Progress
) -> int:
    """Train an intent model on a file; returns the number of rows. Raises DeskmateError."""
    _claim(out)
    held = _examples(dev, options) if dev else []
    rows = _examples(train, options)
    rows = without_near(rows, [row.text for row in rows], [row.text for row in held])
    learned = learn_encoder(rows, [], options, out / ENCODER_FOLDER, progress, dev=held)
    learn_intents(rows + held, learned, ERROR_BUDGET, progress).save(out)
    _describe(out, options, "intent", rows)
    return len(rows)


def evaluate_intent(model: Path, test: str) -> IntentMetrics:
    """Measure a model folder on a labelled file. Raises DeskmateError."""
    options = _read_description(model, "intent")
    encoder = OnnxEncoder.load(model / ENCODER_FOLDER)
    return evaluate_intents(IntentHead.load(model), encoder, _examples(test, options))


def train_retrieval(
    sets: tuple[Path, Path, Path | None], options: Options, out: Path, progress: Progress
) -> int:
    """Train passage search on (passages, questions, dev questions); returns the questions used."""
    _claim(out)
    passages = {each.id: each for each in _read(sets[0], options, SetPassage)}
    questions = _read(sets[1], options, SetQuestion)
    dev = _read(sets[2], options, SetQuestion) if sets[2] else questions[::10]
    texts = [each.question for each in questions]
    questions = without_near(questions, texts, [each.question for each in dev])
    pairs = [
        (each.question, _text(passages[name]))
        for each in questions
        for name in each.passage_ids
        if name in passages
    ]
    learned = learn_encoder([], pairs, options, out / ENCODER_FOLDER, progress)
    searchable = _searchable(list(passages.values()), learned.encoder, options, progress)
    with searchable as search:
        numbers = {each.source: each.id for each in search.store.all()}
        cases = [
            Case(each.question, frozenset(numbers[n] for n in each.passage_ids if n in numbers))
            for each in dev
        ]
        fit_retrieval(search, cases, ERROR_BUDGET, progress).save(out)
    _describe(out, options, "retrieval", pairs)
    return len(questions)


def evaluate_retrieval(
    passages: Path, questions: Path, model: Path | None, options: Options, progress: Progress
) -> RetrievalMetrics:
    """Measure passage search on a file of questions, with every passage as a candidate."""
    if model:
        options = _read_description(model, "retrieval")
        encoder = OnnxEncoder.load(model / ENCODER_FOLDER)
        fusion = Retrieval.load(model).fusion
    else:
        encoder, fusion = base_encoder(options.language, options.weights, progress), Fusion()
    asked = _read(questions, options, SetQuestion)
    wanted, by_parts = _read(passages, options, SetPassage), fusion.part_weight > 0
    with _searchable(wanted, encoder, options, progress, by_parts) as search:
        retriever = search.retriever(fusion)
        vectors = encoder.encode([each.question for each in asked])
        ranks = []
        for done, (each, vector) in enumerate(zip(asked, vectors, strict=True), start=1):
            hits = retriever.search(each.question, vector, DEEPEST)
            right = [
                row for row, hit in enumerate(hits, 1) if hit.passage.source in each.passage_ids
            ]
            ranks.append(right[0] if right else None)
            progress(done, len(asked), "searching")
    return measure_retrieval(ranks)


@contextmanager
def _searchable(
    passages: list[SetPassage],
    encoder: OnnxEncoder,
    options: Options,
    progress: Progress,
    by_parts: bool = True,
) -> Iterator[Search]:
    """Make the passages searchable in a temporary store; each one's source is its own id.

    Their sentences are indexed only with `by_parts`: there are many more of them.
    """
    with tempfile.TemporaryDirectory(prefix="deskmate-") as folder:
        database = Database(Path(folder) / "passages.db")
        store = PassageStore(database, utc_now)
        store.add(_stored(each, options) for each in passages)
        indexer = Indexer(store, encoder, options.language, "file")
        path = Path(folder) / "passages.faiss"
        if by_parts:
            indexes = indexer.rebuild(path, progress)
            keys, parts = indexes.keys, indexes.parts
        else:
            keys, parts = indexer.rebuild_keys(path, progress), None
        try:
            yield Search(store, keys, encoder, options.language, parts)
        finally:
            database.close()


def _stored(passage: SetPassage, options: Options) -> Passage:
    return Passage(
        id=0,
        kind="doc",
        language=options.language,
        title=passage.title,
        key=_text(passage),
        body=passage.text,
        source=passage.id,
        approved=True,
    )


def _text(passage: SetPassage) -> str:
    return f"{passage.title}\n{passage.text}" if passage.title else passage.text


def _examples(file: str, options: Options) -> list[Example]:
    return _kept(intents.read(Path(file), options.language), file, Example)


def _read(file: Path, options: Options, kind: type[Row]) -> list[Row]:
    return _kept(retrieval_sets.read(file, options.language), str(file), kind)


def _kept(rows: Iterable[object], file: str, kind: type[Row]) -> list[Row]:
    """Return the good rows, log the bad ones; raises DeskmateError when none is good."""
    kept: list[Row] = []
    errors: list[str] = []
    for row in rows:
        if isinstance(row, kind):
            kept.append(row)
        else:
            reason = str(row) if isinstance(row, RowError) else f"{file}: not a {kind.__name__}"
            errors.append(reason)
    if not kept:
        found = errors[0] if errors else f"{file}: no rows"
        raise DeskmateError(f"expected rows to read, found none: {found}")
    for line in errors[:MOST_ERRORS]:
        log.warning("%s (row left out)", line)
    if len(errors) > MOST_ERRORS:
        log.warning("%d more rows left out", len(errors) - MOST_ERRORS)
    return kept


def _claim(out: Path) -> None:
    """Refuse to write a model over anything that is not one."""
    if out.exists() and any(out.iterdir()) and not (out / COMPONENT_FILE).exists():
        raise DeskmateError(
            f"{out}: expected an empty or new folder or an earlier model, found other files; "
            "give another --out"
        )
    out.mkdir(parents=True, exist_ok=True)


def _describe(out: Path, options: Options, kind: str, rows: list[Any]) -> None:
    about = asdict(options) | {
        "kind": kind,
        "rows": len(rows),
        "data_hash": rows_hash(rows),
        "created": utc_now(),
    }
    (out / COMPONENT_FILE).write_text(json.dumps(about, indent=1), encoding="utf-8")


def _read_description(model: Path, kind: str) -> Options:
    try:
        about = json.loads((model / COMPONENT_FILE).read_text(encoding="utf-8"))
        found = about["kind"]
        options = Options(*(about[name] for name in ("language", "preset", "seed", "weights")))
    except (OSError, ValueError, KeyError) as error:
        raise DeskmateError(
            f"{model}: expected a model that `deskmate train {kind}` wrote, found {error}"
        ) from error
    if found != kind:
        raise DeskmateError(f"{model}: expected a model of kind {kind!r}, found {found!r}")
    return options

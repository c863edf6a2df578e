"""One round of learning, top to bottom: collect, train, measure, compare, promote or say why not.

Nothing that serves is touched until the pointer moves: a round that is interrupted leaves a staged
folder behind, which the next one deletes, and the champion as it was.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from filelock import FileLock, Timeout

from bot.home import Home
from bot.mind import Component, Mind
from bot.registry import Release, utc_now
from bot.rounds import reported
from knowledge.errors import DeskmateError
from knowledge.types import Language, Passage, Progress
from training.component import train_language
from training.datasets import LanguageData, collect
from training.evaluate import (
    LanguageReport,
    Report,
    evaluate_intents,
    evaluate_retrieval,
    rows_hash,
)
from training.judge import Verdict, judge
from training.learn import Options, Preset
from training.metrics import Bools
from training.moods import evaluate_moods

LOCK_FILE = "training.lock"
REVIEWED = "review"
"""Source of passages that staff wrote while reviewing."""

Result = Literal["promoted", "kept", "unchanged"]
Datasets = dict[Language, LanguageData]


@dataclass(frozen=True)
class Outcome:
    """What a round came to. `verdict` is None where there was nothing to compare."""

    result: Result
    release: str | None
    champion: str | None
    verdict: Verdict | None

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as JSON values."""
        return asdict(self)

    def sentence(self) -> str:
        """Say in one line what happened and why."""
        if self.result == "unchanged":
            return (
                f"nothing new was confirmed since {self.champion} was trained; it goes on serving"
            )
        why = self.verdict.reason if self.verdict else "the first release"
        if self.result == "promoted":
            return f"{self.release}: promoted ({why})"
        return f"{self.release}: not promoted ({why}); {self.champion} goes on serving"


def train_home(
    home: Home, progress: Progress, preset: Preset | None = None, seed: int | None = None
) -> Release:
    """Train the home's next release; the first one is promoted, later ones wait for `promote`."""
    with only_one(home), reported(home.folder, progress) as report:
        release = _train_release(home, _collect(home), report, preset, seed)
        first = home.registry.champion() is None
        if first:
            home.registry.promote(release.id)
        report.ended({"result": "promoted" if first else "kept", "release": release.id})
        return release


def retrain_home(home: Home, progress: Progress, force: bool = False) -> Outcome:
    """Run one round; see the module's first line. Raises DeskmateError when one is running."""
    with only_one(home), reported(home.folder, progress) as report:
        outcome = _round(home, report, force)
        report.ended(outcome.to_dict())
        return outcome


def _round(home: Home, progress: Progress, force: bool) -> Outcome:
    champion = home.registry.champion()
    _add_reviewed_answers(home)
    datasets = _collect(home)
    if champion and champion.data_hash == _data_hash(datasets) and not force:
        return Outcome("unchanged", None, champion.id, None)
    challenger = _train_release(home, datasets, progress)
    if champion is None:
        home.registry.promote(challenger.id)
        return Outcome("promoted", challenger.id, None, None)
    progress(0, None, "comparing with the champion")
    verdict = _compare(home, champion, challenger, datasets)
    if verdict.promote:
        home.registry.promote(challenger.id)
    prune(home)
    result: Result = "promoted" if verdict.promote else "kept"
    return Outcome(result, challenger.id, champion.id, verdict)


def prune(home: Home) -> None:
    """Delete the oldest releases and their indexes; the champion and the one before it stay."""
    promoted = [promotion.release for promotion in home.registry.history()]
    releases = [release.id for release in home.registry.releases()]
    kept = {*releases[-home.settings.training.keep_releases :], *promoted[-2:]}
    for release_id in releases:
        if release_id not in kept:
            home.registry.remove(release_id)
            for path in home.index_folder.glob(f"{release_id}-*"):
                path.unlink(missing_ok=True)


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the home's training lock; it is free again when the process ends, however it ends."""
    lock = FileLock(home.folder / LOCK_FILE, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise DeskmateError(
            f"{home.folder}: another training is running; wait for it or stop it first"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _collect(home: Home) -> Datasets:
    datasets = {language: collect(home, language) for language in home.settings.bot.languages}
    if not any(data.training_rows() for data in datasets.values()) and not home.passages.count():
        raise DeskmateError(
            f"{home.folder}: expected something to learn from, found no utterance, FAQ, document "
            "or dialogue; run `deskmate import`"
        )
    return datasets


def _data_hash(datasets: Datasets) -> str:
    return rows_hash([row for data in datasets.values() for row in data.training_rows()])


def _add_reviewed_answers(home: Home) -> None:
    """Make every answer that staff wrote in a review an approved passage."""
    home.passages.add(
        Passage(
            id=0,
            kind="dialogue",
            language=turn.language,
            title=turn.query,
            key=turn.query,
            body=review.answer,
            source=REVIEWED,
            approved=True,
            support=1,
        )
        for turn, review in home.log.reviewed()
        if review.answer
    )


def _train_release(
    home: Home,
    datasets: Datasets,
    progress: Progress,
    preset: Preset | None = None,
    seed: int | None = None,
) -> Release:
    """Train all languages into a new release with its index and report."""
    champion = home.registry.champion()
    release_id = home.registry.new_id()
    staged = home.registry.stage(release_id)
    try:
        languages: dict[Language, LanguageReport] = {}
        encoders: dict[Language, str] = {}
        for language, data in datasets.items():
            options = Options.of_home(home.settings, language, preset, seed)
            folder = staged / language
            component = train_language(home, release_id, data, options, folder, progress)
            languages[language] = measure(component, data)
            encoders[language] = options.weights
        report = Report(release_id, utc_now(), _test_hash(datasets), languages)
        report.save(staged)
        min(data.mark for data in datasets.values()).save(staged)
        described = Release(
            id=release_id,
            parent=champion.id if champion else None,
            encoder=encoders,
            languages=tuple(datasets),
            metrics=report.to_dict()["languages"],
            data_hash=_data_hash(datasets),
            created=report.created,
        )
        return home.registry.add(staged, described)
    except BaseException:
        home.registry.discard(staged)
        raise


def measure(component: Component, data: LanguageData) -> LanguageReport:
    """Measure one language on its frozen rows."""
    intent = retrieval = mood = None
    if component.head and data.tests:
        intent = evaluate_intents(component.head, component.encoder, data.tests)
    if data.questions:
        retrieval = evaluate_retrieval(component.retriever, component.encoder, data.questions)
    if component.mood:
        mood = evaluate_moods(component.mood, component.encoder, data.language)
    return LanguageReport(intent, retrieval, mood)


def _compare(home: Home, champion: Release, challenger: Release, datasets: Datasets) -> Verdict:
    """Judge both releases on the same rows in one go: frozen tests, and what staff corrected."""
    return judge(_outcomes(home, champion, datasets), _outcomes(home, challenger, datasets))


def _outcomes(home: Home, release: Release, datasets: Datasets) -> dict[str, Bools]:
    """Return which rows of every set `release` gets right; what it cannot do counts as wrong.

    Mood stays out: no answer depends on it, and its many rows would drown the shop's own.
    """
    mind = Mind.load(home, release)
    found: dict[str, Bools] = {}
    for language, data in datasets.items():
        component = mind.components.get(language)
        report = measure(component, data) if component else LanguageReport(None, None)
        corrected = None
        if component and component.head and data.corrections:
            corrected = evaluate_intents(component.head, component.encoder, data.corrections)
        sets = {
            "intents": (report.intent, len(data.tests)),
            "retrieval": (report.retrieval, len(data.questions)),
            "corrections": (corrected, len(data.corrections)),
        }
        for name, (metrics, rows) in sets.items():
            if rows:
                found[f"{language} {name}"] = metrics.right if metrics else np.zeros(rows, bool)
    mind.close()
    return found


def _test_hash(datasets: Datasets) -> str:
    return rows_hash([row for data in datasets.values() for row in data.test_rows()])

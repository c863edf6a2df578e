"""How releases, trainings and comparisons read in the Models tab: plain trees, no components."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.compare import Changes, Difference, Figure, Said, figures_beside
from bot.registry import Release
from bot.rounds import Round
from bot.web.console.markup import Tree, table, tag
from bot.web.console.words import WORDS, word
from knowledge.types import Language

SHOWN = ("intent.in_scope_accuracy", "intent.coverage", "retrieval.recall_at_1")
"""Figures in the list of releases."""


def releases(found: Sequence[Release], champion: str | None, language: Language) -> list[Tree]:
    """The list of releases, the newest first."""
    if not found:
        return [tag("p", word("models.none", language))]
    spoken = list(dict.fromkeys(name for release in found for name in release.languages))
    head = [word("models.release", language), word("models.trained", language)]
    head += [
        f"{word(f'models.{name}', language)} · {word(f'figure.{figure}', language)}"
        for name in spoken
        for figure in SHOWN
    ]
    rows = [_release_row(each, champion, spoken, language) for each in reversed(found)]
    return [table(word("models.releases", language), head, rows)]


def _release_row(
    release: Release, champion: str | None, spoken: Sequence[Language], language: Language
) -> list[Tree]:
    name: Tree = release.id
    if release.id == champion:
        mark = tag("mark", word("models.serves", language), class_="dc-badge")
        name = tag("span", release.id, " ", mark)
    cells: list[Tree] = [name, moment(release.created)]
    for each in spoken:
        numbers = {key: value for key, value, _ in _figures(release.metrics, {}).get(each, [])}
        cells += [_number(numbers.get(figure)) for figure in SHOWN]
    return cells


def training(last: Round | None, language: Language) -> list[Tree]:
    """How the training goes, or how the last one ended."""
    if last is None:
        return [tag("p", word("models.never", language))]
    if last.state == "running":
        return _running(last, language)
    outcome = last.outcome
    key = f"models.done_{outcome.get('result')}" if last.state == "done" else f"models.{last.state}"
    text = word(
        key,
        language,
        at=moment(last.finished or last.started),
        release=outcome.get("release"),
        error=last.error,
    )
    return [tag("p", text), *_judgement(outcome.get("verdict"), language)]


def _running(last: Round, language: Language) -> list[Tree]:
    what = last.what or word("models.starting", language)
    text = word("models.running", language, at=moment(last.started), what=what)
    done = {"value": str(last.done), "max": str(last.total)} if last.total else {}
    return [tag("p", text), tag("progress", aria_label=what, **done)]


def _judgement(verdict: Mapping[str, Any] | None, language: Language) -> list[Tree]:
    if not verdict:
        return []
    head = [word(f"models.{name}", language) for name in ("set", "won", "lost", "p")]
    rows = [
        [each["name"], str(each["won"]), str(each["lost"]), f"{each['p_value']:.3f}"]
        for each in verdict["comparisons"]
    ]
    return [table(word("models.sets", language), ["n", *head[1:]] if not rows else head, rows)]


def figures(release: Release, champion: Release | None, language: Language) -> list[Tree]:
    """One release's figures, beside those of the champion where that is another one."""
    alone = champion is None or champion.id == release.id
    before = release.metrics if champion is None else champion.metrics
    return [
        _figures_table(release, name, rows, alone, language)
        for name, rows in _figures(before, release.metrics).items()
    ]


def _figures_table(
    release: Release, spoken: str, rows: Sequence[Figure], alone: bool, language: Language
) -> Tree:
    values = {"spoken": word(f"models.{spoken}", language), "release": release.id}
    labelled = [row for row in rows if f"figure.{row[0]}" in WORDS]
    names = [word(f"figure.{row[0]}", language) for row in labelled]
    if alone:
        head = [word("models.figure", language), release.id]
        shown = [[name, _number(row[2])] for name, row in zip(names, labelled, strict=True)]
        return table(word("models.figures_alone", language, **values), head, shown)
    head = [word(f"models.{name}", language) for name in ("figure", "now", "then", "difference")]
    shown = [
        [name, _number(row[1]), _number(row[2]), _difference(row)]
        for name, row in zip(names, labelled, strict=True)
    ]
    return table(word("models.figures", language, **values), head, shown)


def _figures(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Figure]]:
    return figures_beside(before, after)


def _number(value: float | int | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _difference(figure: Figure) -> str:
    _, before, after = figure
    if before is None or after is None or before == after:
        return ""
    return f"{after - before:+d}" if isinstance(after, int) else f"{after - before:+.3f}"


def differences(found: Changes, language: Language) -> list[Tree]:
    """The past questions whose answer would be another one."""
    key = "models.changed" if found.differences else "models.same"
    said = word(key, language, asked=found.asked, n=len(found.differences))
    return [tag("p", said), *(_changed(each, language) for each in found.differences)]


def _changed(difference: Difference, language: Language) -> Tree:
    question = difference.question
    return tag(
        "details",
        tag("summary", question.text, lang=question.language),
        tag(
            "div",
            _said(word("models.now", language), difference.champion),
            _said(word("models.then", language), difference.challenger),
            class_="dc-pair",
        ),
    )


def _said(title: str, said: Said) -> Tree:
    about = ", ".join(filter(None, (said.action, said.intent, said.source)))
    return tag("div", tag("h4", f"{title} ({about})"), tag("p", said.text))


def moment(at: str) -> str:
    """An ISO 8601 moment as the console shows it: to the minute, UTC."""
    return f"{at[:10]} {at[11:16]} UTC"

"""The Models tab: releases and their figures, training, promotion and rollback. For admins."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.compare import changes
from bot.curation import build_indexes
from bot.registry import Release
from bot.web.console import markup, models_view
from bot.web.console.words import t, word
from knowledge.errors import DeskmateError
from knowledge.types import Language, Progress

if TYPE_CHECKING:
    from bot.web.console.console import Console

LOOK_SECONDS = 10.0
"""How often an open tab looks for news."""
TRAINING_SECONDS = 2.0
"""How often it does while a training runs."""


class ModelsTab:
    """Builds its components inside the current tab and connects their events."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._runtime = console.runtime
        self._timer = gr.Timer(LOOK_SECONDS, active=False)
        self._shown = gr.State(None)
        self._build()
        self._connect()

    def _build(self) -> None:
        gr.HTML(t("models.intro"), elem_classes="dc-intro")
        with gr.Row(equal_height=True):
            self._retrain = gr.Button(t("models.retrain"), variant="primary", scale=0)
            self._stop = gr.Button(t("models.stop"), scale=0, visible=False)
            self._force = gr.Checkbox(label=t("models.force"), scale=1, container=False)
        self._training = markup.component("dc-training", live=True)
        self._releases = markup.component("dc-releases")
        self._choice = gr.Dropdown([], label=t("models.choose"), filterable=False)
        with gr.Row():
            self._compare = gr.Button(t("models.compare"), scale=0, min_width=210)
            self._promote = gr.Button(t("models.promote"), scale=0)
            self._rollback = gr.Button(t("models.rollback"), scale=0)
        with gr.Row(visible=False) as self._sure:
            self._yes = gr.Button("", variant="stop", scale=0)
            self._no = gr.Button(t("models.cancel"), scale=0)
        self._asked = gr.State(None)
        self._changes = markup.component("dc-changes", live=True)
        self._figures = markup.component("dc-figures")

    def _connect(self) -> None:
        console = self._console
        page = [self._shown, self._training, self._stop, self._releases, self._choice]
        page += [self._figures, self._timer]
        looked = [self._shown, self._choice]
        console.on(console.tab.select, self._look, looked, page)
        console.on(self._timer.tick, self._look, looked, page)
        console.on(self._retrain.click, self._start, [self._force], [self._timer])
        console.on(self._stop.click, self._interrupt)
        console.on(self._choice.input, self._choose, [self._choice], [self._figures, self._changes])
        console.on(
            self._compare.click,
            self._differences,
            [self._choice],
            [self._changes],
            show_progress="full",
            concurrency_limit=1,
        )
        asking = [self._asked, self._sure, self._yes]
        console.on(self._promote.click, self._ask_promotion, [self._choice], asking)
        console.on(self._rollback.click, self._ask_rollback, [], asking)
        console.on(self._no.click, self._forget, [], asking)
        acted = console.on(self._yes.click, self._act, [self._asked], asking, show_progress="full")
        console.on(acted.then, self._look, looked, page)

    def _look(self, shown: object, choice: str | None, request: gr.Request) -> list[Any]:
        """The page as things are; nothing where nothing changed or no admin looks."""
        if not self._console.is_admin(request):
            return [gr.skip()] * 7
        registry, language = self._runtime.home.registry, self._console.language(request)
        last, champion = self._runtime.training.last(), registry.champion()
        found = registry.releases()
        serving = champion.id if champion else None
        ids = [release.id for release in reversed(found)]
        state = [repr(last), ids, serving]
        if shown == state:
            return [gr.skip()] * 7
        chosen = choice if choice in ids else (ids[0] if ids else None)
        running = last is not None and last.state == "running"
        return [
            state,
            models_view.training(last, language),
            gr.Button(visible=running),
            models_view.releases(found, serving, language),
            gr.Dropdown(ids, value=chosen),
            self._figures_of(chosen, champion, language),
            gr.Timer(TRAINING_SECONDS if running else LOOK_SECONDS, active=True),
        ]

    def _figures_of(
        self, chosen: str | None, champion: Release | None, language: Language
    ) -> list[markup.Tree]:
        if chosen is None:
            return []
        return models_view.figures(self._runtime.home.registry.get(chosen), champion, language)

    def _choose(self, choice: str | None, request: gr.Request) -> list[Any]:
        self._console.staff(request, "admin")
        champion = self._runtime.home.registry.champion()
        return [self._figures_of(choice, champion, self._console.language(request)), []]

    def _start(self, force: bool, request: gr.Request) -> gr.Timer:
        staff = self._console.staff(request, "admin")
        try:
            self._runtime.training.start(force)
        except DeskmateError as error:
            raise self._console.refusal("models.busy", request) from error
        self._console.audit.note(staff.name, "model.retrain", "home")
        gr.Info(word("models.started", self._console.language(request)), title="")
        return gr.Timer(TRAINING_SECONDS, active=True)

    def _interrupt(self, request: gr.Request) -> None:
        staff = self._console.staff(request, "admin")
        if not self._runtime.training.stop():
            raise self._console.refusal("models.not_ours", request)
        self._console.audit.note(staff.name, "model.stop", "home")
        gr.Info(word("models.stopped", self._console.language(request)), title="")

    def _differences(
        self,
        choice: str | None,
        request: gr.Request,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 - how Gradio passes it in
    ) -> list[markup.Tree]:
        self._console.staff(request, "admin")
        home = self._runtime.home
        champion = home.registry.champion()
        if champion is None or choice is None:
            raise self._console.refusal("models.choose_first", request)
        if choice == champion.id:
            raise self._console.refusal("models.already", request)
        challenger = home.registry.get(choice)
        found = self._tried(request, lambda: changes(home, champion, challenger, _shown(progress)))
        return models_view.differences(found, self._console.language(request))

    def _ask_promotion(self, choice: str | None, request: gr.Request) -> list[Any]:
        self._console.staff(request, "admin")
        champion = self._runtime.home.registry.champion()
        if choice is None:
            raise self._console.refusal("models.choose_first", request)
        if champion and champion.id == choice:
            raise self._console.refusal("models.already", request)
        language = self._console.language(request)
        sure = word("models.promote_sure", language, release=choice)
        return [choice, gr.Row(visible=True), sure]

    def _ask_rollback(self, request: gr.Request) -> list[Any]:
        self._console.staff(request, "admin")
        sure = word("models.rollback_sure", self._console.language(request))
        return ["", gr.Row(visible=True), sure]

    def _forget(self, request: gr.Request) -> list[Any]:
        self._console.staff(request, "admin")
        return [None, gr.Row(visible=False), ""]

    def _act(self, asked: str | None, request: gr.Request) -> list[Any]:
        """Promote the release that was asked about; the empty name stands for the one before."""
        staff = self._console.staff(request, "admin")
        if asked is None:
            return self._forget(request)
        registry = self._runtime.home.registry
        act = (lambda: self._promoted(asked)) if asked else (lambda: registry.rollback())
        release = self._tried(request, act)
        deed = "model.promote" if asked else "model.rollback"
        self._console.audit.note(staff.name, deed, release.id)
        language = self._console.language(request)
        gr.Info(word("models.promoted", language, release=release.id), title="")
        return self._forget(request)

    def _promoted(self, release_id: str) -> Release:
        """Build the release's index first, so that it answers at once."""
        home = self._runtime.home
        build_indexes(home, home.registry.get(release_id), lambda *_: None)
        return home.registry.promote(release_id)

    def _tried(self, request: gr.Request, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except DeskmateError as error:
            refusal = self._console.refusal("models.failed_action", request, error=error)
            raise refusal from error


def _shown(progress: gr.Progress) -> Progress:
    def report(done: int, total: int | None, what: str) -> None:
        progress((done, total) if total else None, desc=what)

    return report

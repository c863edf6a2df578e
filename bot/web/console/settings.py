"""The Settings tab: hours, messages, the error budget, and who works here. For admins.

Edits go into the home's own files and hold without a restart; what is not valid is not written.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import gradio as gr
from pydantic import BaseModel

from bot import domain, settings
from bot.budgets import BUDGETS
from bot.default_messages import Messages
from bot.domain import Domain
from bot.hours import DAYS
from bot.settings import Settings
from bot.toml_file import change
from bot.web.console.settings_staff import StaffSection
from bot.web.console.words import t, word
from knowledge.errors import DeskmateError
from knowledge.types import Language

if TYPE_CHECKING:
    from bot.web.console.console import Console

Filled = Mapping[gr.components.Component, Any]
"""What the components of a form hold."""

MESSAGES = tuple(Messages.model_fields)
LOWEST_BUDGET, HIGHEST_BUDGET = 100 * BUDGETS[0], 100 * BUDGETS[-1]  # per cent


class SettingsTab:
    """Builds its components inside the current tab and connects their events."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._runtime = console.runtime
        self._add_hours()
        self._add_messages()
        self._add_budget()
        filled = [self._zone, *self._days, self._closed, *self._messages, self._budget]
        console.on(console.tab.select, self._fill, [self._language], filled)
        StaffSection(console)

    def _add_hours(self) -> None:
        with gr.Accordion(t("settings.hours"), open=True, elem_id="dc-set-hours"):
            gr.HTML(t("settings.hours_hint"), elem_classes="dc-intro")
            zones = sorted(available_timezones())
            self._zone = gr.Dropdown(zones, value="UTC", label=t("settings.timezone"))
            with gr.Row():
                self._days = [gr.Textbox(label=t(f"settings.{day}"), min_width=130) for day in DAYS]
            self._closed = gr.Textbox(label=t("settings.closed"))
            save = gr.Button(t("settings.save"), variant="primary", scale=0)
        inputs = {self._zone, *self._days, self._closed}
        self._console.on(save.click, self._save_hours, inputs)

    def _add_messages(self) -> None:
        spoken = self._runtime.settings.bot.languages
        choices = [(t(f"settings.{language}"), language) for language in spoken]
        with gr.Accordion(t("settings.messages"), open=False, elem_id="dc-set-messages"):
            gr.HTML(t("settings.messages_hint"), elem_classes="dc-intro")
            self._language = gr.Radio(choices, value=spoken[0], label=t("settings.language"))
            self._messages = [
                gr.Textbox(label=t(f"settings.{name}"), lines=1, max_lines=4) for name in MESSAGES
            ]
            save = gr.Button(t("settings.save"), variant="primary", scale=0)
        self._console.on(
            self._language.input, self._fill_messages, [self._language], self._messages
        )
        self._console.on(save.click, self._save_messages, {self._language, *self._messages})

    def _add_budget(self) -> None:
        with gr.Accordion(t("settings.budget"), open=False, elem_id="dc-set-budget"):
            self._budget = gr.Slider(
                LOWEST_BUDGET,
                HIGHEST_BUDGET,
                step=0.5,
                label=t("settings.budget"),
                info=t("settings.budget_hint"),
            )
            save = gr.Button(t("settings.save"), variant="primary", scale=0)
        self._console.on(save.click, self._save_budget, {self._budget})

    def _fill(self, language: Language, request: gr.Request) -> list[Any]:
        self._console.staff(request, "admin")
        hours = self._runtime.domain.hours
        closed = ", ".join(day.isoformat() for day in hours.closed)
        days = [", ".join(getattr(hours, day)) for day in DAYS]
        budget = round(self._runtime.settings.bot.error_budget * 100, 1)
        return [hours.timezone, *days, closed, *self._texts(language), budget]

    def _fill_messages(self, language: Language, request: gr.Request) -> list[str]:
        self._console.staff(request, "admin")
        return self._texts(language)

    def _texts(self, language: Language) -> list[str]:
        messages = self._runtime.domain.messages[language]
        return [getattr(messages, name) for name in MESSAGES]

    def _save_hours(self, filled: Filled, request: gr.Request) -> None:
        self._console.staff(request, "admin")
        days = dict(zip(DAYS, self._days, strict=True))
        values: dict[str, Any] = {"hours.timezone": filled[self._zone]}
        values |= {f"hours.{day}": _listed(filled[box]) for day, box in days.items()}
        values["hours.closed"] = [self._date(each, request) for each in self._closed_on(filled)]
        self._change(domain.FILE_NAME, Domain, values, request)

    def _closed_on(self, filled: Filled) -> list[str]:
        return _listed(filled[self._closed])

    def _date(self, text: str, request: gr.Request) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise self._console.refusal("settings.bad_date", request, found=text) from error

    def _save_messages(self, filled: Filled, request: gr.Request) -> None:
        self._console.staff(request, "admin")
        language = filled[self._language]
        before = dict(zip(MESSAGES, self._texts(language), strict=True))
        values = {}
        for name, box in zip(MESSAGES, self._messages, strict=True):
            text = filled[box].strip()
            if not text:
                label = word(f"settings.{name}", self._console.language(request))
                raise self._console.refusal("settings.empty", request, name=label)
            if text != before[name]:
                values[f"messages.{language}.{name}"] = text
        self._change(domain.FILE_NAME, Domain, values, request)

    def _save_budget(self, filled: Filled, request: gr.Request) -> None:
        self._console.staff(request, "admin")
        values = {"bot.error_budget": round(filled[self._budget] / 100, 3)}
        self._change(settings.FILE_NAME, Settings, values, request)

    def _change(
        self, file: str, model: type[BaseModel], values: Mapping[str, Any], request: gr.Request
    ) -> None:
        """Write `values`; the running bot takes them up by itself."""
        try:
            change(self._runtime.home.folder / file, model, values)
        except DeskmateError as error:
            raise self._console.refusal("settings.not_saved", request, error=error) from error
        staff = self._console.staff(request, "admin")
        self._console.audit.note(staff.name, "settings.change", file, " ".join(values))
        gr.Info(word("settings.saved", self._console.language(request)), title="")


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.replace("，", ",").split(",") if each.strip()]

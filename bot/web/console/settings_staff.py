"""The part of the Settings tab about who works here, and the record of what they did."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.staff import Role, Staff
from bot.web.console import markup
from bot.web.console.markup import Tree, table
from bot.web.console.models_view import moment
from bot.web.console.words import t, word
from knowledge.errors import DeskmateError
from knowledge.types import Language

if TYPE_CHECKING:
    from bot.web.console.console import Console

ENTRIES = 50
"""Deeds shown, the latest first."""
ROLES: tuple[Role, ...] = ("agent", "admin")


class StaffSection:
    """Adds, changes and removes accounts; every deed is noted."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._accounts = console.service.accounts
        with gr.Accordion(t("settings.staff"), open=False):
            self._people = markup.component("dc-people")
            self._add_known()
            self._add_new()
        with gr.Accordion(t("settings.audit"), open=False):
            self._audit = markup.component("dc-audit")
        self._page = [self._people, self._person, self._audit, self._password, self._new_password]
        console.on(console.tab.select, self._look, [], self._page)
        self._connect()

    def _add_known(self) -> None:
        with gr.Column(elem_classes="dc-box"):
            self._person = gr.Dropdown([], label=t("settings.known_person"), filterable=False)
            with gr.Row():
                self._role = self._roles()
                self._set_role = gr.Button(t("settings.set_role"), scale=0)
            with gr.Row():
                self._password = gr.Textbox(label=t("settings.password"), type="password")
                self._set_password = gr.Button(t("settings.set_password"), scale=0)
            with gr.Row():
                self._revoke = gr.Button(t("settings.revoke"), scale=0)
                self._remove = gr.Button(t("settings.remove"), variant="stop", scale=0)

    def _add_new(self) -> None:
        with gr.Column(elem_id="dc-new-person", elem_classes="dc-box"):
            with gr.Row():
                self._name = gr.Textbox(label=t("settings.name"), max_length=40)
                self._display_name = gr.Textbox(label=t("settings.display_name"), max_length=80)
                self._new_password = gr.Textbox(label=t("settings.password"), type="password")
                self._new_role = self._roles()
            self._add = gr.Button(t("settings.add"), variant="primary", scale=0)

    def _roles(self) -> gr.Radio:
        choices = [(t(f"settings.{role}"), role) for role in ROLES]
        return gr.Radio(choices, value="agent", label=t("settings.role"))

    def _connect(self) -> None:
        on, person = self._console.on, [self._person]
        new = [self._name, self._display_name, self._new_password, self._new_role]
        on(self._add.click, self._add_person, new, self._page)
        on(self._set_role.click, self._change_role, [*person, self._role], self._page)
        on(self._set_password.click, self._change_password, [*person, self._password], self._page)
        on(self._revoke.click, self._sign_out, person, self._page)
        on(self._remove.click, self._remove_person, person, self._page)

    def _look(self, request: gr.Request) -> list[Any]:
        self._console.staff(request, "admin")
        return self._shown(None, self._console.language(request))

    def _shown(self, chosen: str | None, language: Language) -> list[Any]:
        """The section as things are; the password boxes are emptied."""
        people = self._accounts.list()
        names = [person.name for person in people]
        present = {person.name for person in self._accounts.present()}
        kept = chosen if chosen in names else None
        return [
            [_people(people, present, language)],
            gr.Dropdown(names, value=kept),
            [self._entries(language)],
            "",
            "",
        ]

    def _entries(self, language: Language) -> Tree:
        head = [
            word(f"settings.audit_{name}", language) for name in ("at", "who", "what", "target")
        ]
        entries = self._console.audit.entries(ENTRIES)
        rows: list[list[Tree]] = [
            [moment(each.at), each.staff, " ".join((each.action, each.details)), each.target]
            for each in entries
        ]
        return table(word("settings.audit", language), head, rows)

    def _add_person(
        self, name: str, display_name: str, password: str, role: Role, request: gr.Request
    ) -> list[Any]:
        def add(who: str) -> None:
            self._accounts.add(who, password, role, display_name)

        return self._do("staff.add", name, add, request)

    def _change_role(self, name: str | None, role: Role, request: gr.Request) -> list[Any]:
        return self._do("staff.role", name, lambda who: self._accounts.set_role(who, role), request)

    def _change_password(self, name: str | None, password: str, request: gr.Request) -> list[Any]:
        return self._do(
            "staff.password", name, lambda who: self._accounts.set_password(who, password), request
        )

    def _sign_out(self, name: str | None, request: gr.Request) -> list[Any]:
        return self._do("staff.revoke", name, self._accounts.revoke, request)

    def _remove_person(self, name: str | None, request: gr.Request) -> list[Any]:
        if name == self._console.staff(request, "admin").name:
            raise self._console.refusal("settings.not_yourself", request)
        return self._do("staff.remove", name, self._accounts.remove, request)

    def _do(
        self, deed: str, name: str | None, act: Callable[[str], None], request: gr.Request
    ) -> list[Any]:
        """Do `act` to `name`, note it, and show the section anew."""
        staff, language = self._console.staff(request, "admin"), self._console.language(request)
        name = (name or "").strip()
        try:
            act(name)
        except DeskmateError as error:
            raise self._console.refusal("settings.not_saved", request, error=error) from error
        self._console.audit.note(staff.name, deed, name)
        gr.Info(word("settings.done", language), title="")
        return self._shown(name, language)


def _people(people: list[Staff], present: set[str], language: Language) -> Tree:
    head = [word(f"settings.{name}", language) for name in ("name", "display_name", "role")]
    rows: list[list[Tree]] = [
        [
            person.name,
            person.display_name,
            word(f"settings.{person.role}", language),
            word("settings.present", language) if person.name in present else "",
        ]
        for person in people
    ]
    return table(word("settings.staff", language), [*head, ""], rows)

"""The console's frame: its tabs, who is signed in, and how a tab connects an event.

Knows no tab's content. Every handler gets the request and asks `staff` who sends it.
"""

import html
import inspect
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI, Request

from bot.staff import Role, Staff
from bot.web import gradio_page
from bot.web.chat_visits import preferred_language
from bot.web.console.gate import PATH
from bot.web.console.inbox import InboxTab
from bot.web.console.insights import InsightsTab
from bot.web.console.knowledge import KnowledgeTab
from bot.web.console.models import ModelsTab
from bot.web.console.mood_banner import mood_alerts
from bot.web.console.review import ReviewTab
from bot.web.console.settings import SettingsTab
from bot.web.console.words import I18N, t, word
from bot.web.service import Service
from bot.web.staff_session import COOKIE, allowed, token_of
from knowledge.types import Language

STATIC = Path(__file__).parents[1] / "static"
AT_ONCE = 16
HEAD = (
    '<link rel="stylesheet" href="/static/console.css">'
    '<link rel="stylesheet" href="/static/console_markup.css">'
    '<link rel="stylesheet" href="/static/console_insights.css">'
    '<script src="/static/console.js" defer></script>'
    '<script src="/static/console_tabs.js" defer></script>'
    '<script src="/static/console_inbox.js" defer></script>'
)
TABS: tuple[tuple[str, Role, Callable[["Console"], object]], ...] = (
    ("inbox", "agent", InboxTab),
    ("review", "agent", ReviewTab),
    ("knowledge", "agent", KnowledgeTab),
    ("insights", "agent", InsightsTab),
    ("models", "admin", ModelsTab),
    ("settings", "admin", SettingsTab),
)
"""Each tab, and the role it is shown to; its handlers check the role once more."""


def mount(app: FastAPI, service: Service) -> None:
    """Put the console into `app`; call it outside of an event loop."""

    def name_of(request: Request) -> str | None:
        """The name of who is signed in, as Gradio asks for it; None closes everything."""
        staff = service.accounts.session(request.cookies.get(COOKIE, ""))
        return staff.name if staff else None

    more = {"auth_dependency": name_of, "i18n": I18N, "head": HEAD}
    gradio_page.mount(app, PATH, lambda: Console(service).blocks, **more)


class Console:
    """What the tabs share: the service, who asks, in which language, and how events connect.

    `tab` is the one that is being built, for its `select` event.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.runtime = service.runtime
        self.audit = service.audit
        self.tab: gr.Tab
        with gr.Blocks(title="Deskmate", analytics_enabled=False, fill_height=True) as self.blocks:
            self._person = gr.HTML(
                None,
                html_template='<div class="dc-person"></div>',
                js_on_load=(STATIC / "console_person.js").read_text(encoding="utf-8"),
                apply_default_css=False,
                elem_id="dc-person",
            )
            mood_alerts(noted=False)
            with gr.Tabs(elem_id="dc-tabs"):
                self._tabs = [self._tab(*one) for one in TABS]
            self.on(self.blocks.load, self._greet, outputs=[self._person, *self._tabs])

    def on(
        self,
        event: Callable[..., Any],
        handler: Callable[..., Any],
        inputs: Sequence[gr.blocks.Block] | Set[gr.blocks.Block] = (),
        outputs: Sequence[gr.blocks.Block] = (),
        **more: Any,
    ) -> Any:
        """Connect an event: private, without a spinner, `AT_ONCE` of it at a time.

        A set of inputs reaches the handler as one mapping of component to value. `more` goes to
        Gradio and may change the rest. The handler must take a `gr.Request`, and ask
        `staff` who sends it before it does anything.
        """
        kinds = [
            parameter.annotation for parameter in inspect.signature(handler).parameters.values()
        ]
        if gr.Request not in kinds and "gr.Request" not in kinds:
            raise TypeError(f"{handler}: expected a parameter `request: gr.Request`, found none")
        usual = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_limit": AT_ONCE,
        }
        given = inputs if isinstance(inputs, Set) else list(inputs)
        return event(handler, inputs=given, outputs=list(outputs), **(usual | more))

    def staff(self, request: gr.Request, role: Role = "agent") -> Staff:
        """Who sends the request. Raises gr.Error, in their language, signed out or not allowed."""
        token = token_of(request.headers)
        staff = self.service.accounts.session(token)
        if staff is None:
            raise self.refusal("shell.signed_out", request)
        self.service.accounts.seen(token)
        if not allowed(staff, role):
            raise self.refusal("shell.not_allowed", request)
        return staff

    def is_admin(self, request: gr.Request) -> bool:
        """Whether an admin sends the request; for what a page asks of itself, without a word."""
        staff = self.service.accounts.session(token_of(request.headers))
        return staff is not None and allowed(staff, "admin")

    def language(self, request: gr.Request) -> Language:
        """The language of the sender's browser."""
        return preferred_language(request.headers.get("accept-language", ""))

    def refusal(self, key: str, request: gr.Request, **values: object) -> gr.Error:
        """An error to raise, in words of the console. Gradio shows it as markup, so `values` are
        escaped here.
        """
        shown = {name: html.escape(str(value)) for name, value in values.items()}
        text = word(key, self.language(request), **shown)
        return gr.Error(text, title="", print_exception=False)

    def _tab(self, name: str, role: Role, build: Callable[["Console"], object]) -> Any:
        at_first = role == "agent"  # the others show once it is known who is signed in
        with gr.Tab(t(f"shell.{name}"), id=name, elem_id=f"dc-{name}", visible=at_first) as tab:
            self.tab = tab
            build(self)
        return tab

    def _greet(self, request: gr.Request) -> list[Any]:
        staff, language = self.staff(request), self.language(request)
        shown = {
            "name": staff.display_name,
            "role": word(f"shell.{staff.role}", language),
            "sign_out": word("shell.sign_out", language),
            "tabs": word("shell.tabs", language),
        }
        return [shown, *(gr.Tab(visible=allowed(staff, role)) for _, role, _ in TABS)]

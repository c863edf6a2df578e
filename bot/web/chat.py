"""The chat page in Gradio: components and which of them start what; all else is in `Visits`."""

import html
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI

from bot.web import gradio_page
from bot.web.chat_screen import Screen, Visit
from bot.web.chat_visits import Visits, host_of, preferred_language
from bot.web.service import Service, network
from knowledge.types import Language

PATH = "/chat"
STATIC = Path(__file__).parent / "static"
STORAGE_KEY = "deskmate-chat"
AT_ONCE = 16
LOOK_SECONDS = {"bot": 20, "waiting": 2, "open": 1, "resolved": 20}
"""How often the page looks for messages of the staff."""

Updates = dict[gr.components.Component | gr.blocks.BlockContext, Any]


def mount(app: FastAPI, service: Service) -> None:
    """Put the chat page into `app`; call it outside of an event loop."""
    head = '<link rel="stylesheet" href="/static/chat.css">'
    gradio_page.mount(app, PATH, lambda: ChatPage(service).blocks, head=head)


class ChatPage:
    """The components, and the handlers that turn screens into their updates."""

    def __init__(self, service: Service) -> None:
        self._visits = Visits(service)
        runtime = service.runtime
        language = runtime.settings.bot.languages[0]
        # Without ways to start: those come with the first look, when the page is ready for them.
        host = replace(host_of(runtime.domain, language), starters=())
        self._start = Screen(Visit(language), host)
        self._many_languages = len(runtime.settings.bot.languages) > 1
        title = self._start.named(self._start.texts.title)
        with gr.Blocks(title=title, analytics_enabled=False, fill_height=True) as self.blocks:
            self._kept = gr.BrowserState(
                storage_key=STORAGE_KEY, secret=runtime.browser_secret, default_value=None
            )
            self._seen = gr.State(None)
            self._timer = gr.Timer(LOOK_SECONDS["bot"])
            self._add_head()
            self._add_list()
            self._add_foot()
            self._connect()

    def _add_head(self) -> None:
        texts = self._start.texts
        with gr.Row(elem_id="dm-head"):
            self._head = gr.HTML(_heading(self._start), elem_id="dm-name", padding=False)
            self._language = gr.Button(
                texts.other_language, elem_id="dm-language", visible=self._many_languages
            )
            self._new = gr.Button(texts.new_chat, elem_id="dm-new", size="sm")
            self._person = gr.Button(texts.ask_person, elem_id="dm-person", size="sm")

    def _add_list(self) -> None:
        self._messages = gr.HTML(
            self._start.to_dict(),
            html_template='<div class="dm-list" role="log" aria-live="polite" tabindex="0"></div>',
            js_on_load=(STATIC / "chat.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id="dm-messages",
        )

    def _add_foot(self) -> None:
        texts = self._start.texts
        with gr.Row(elem_id="dm-state", visible=False) as self._state:
            self._state_text = gr.HTML("", elem_id="dm-state-text", padding=False)
            self._back = gr.Button(texts.back_to_bot, elem_id="dm-back", size="sm")
        self._box = gr.Textbox(
            elem_id="dm-box",
            label=texts.placeholder,
            placeholder=texts.placeholder,
            lines=1,
            max_lines=5,
            submit_btn=True,
            autofocus=True,
        )
        self._small = gr.HTML(_paragraph(texts.small_print), elem_id="dm-small", padding=False)

    def _connect(self) -> None:
        """Every handler gets what the browser kept first, and updates the whole page."""
        outputs = [
            *(self._kept, self._seen, self._timer, self._messages, self._box),
            *(self._head, self._language, self._new, self._person, self._small),
            *(self._state, self._state_text, self._back),
        ]

        def on(
            event: Callable[..., Any],
            act: Callable[..., Any],
            *inputs: gr.components.Component,
            trigger_mode: str = "once",
        ) -> None:
            event(
                act,
                inputs=[self._kept, *inputs],
                outputs=outputs,
                show_progress="hidden",
                trigger_mode=trigger_mode,
                api_visibility="private",
                concurrency_limit=AT_ONCE,
                concurrency_id="chat",
            )

        on(self.blocks.load, self._show)
        on(self._timer.tick, self._look, self._seen)
        # What is sent while an answer is still on its way goes next instead of nowhere.
        on(self._box.submit, self._say, self._box, trigger_mode="always_last")
        on(self._messages.choose, self._choose)
        on(self._messages.rate, self._rate)
        on(self._person.click, self._ask_person)
        on(self._back.click, self._back_to_bot)
        on(self._new.click, self._new_chat)
        on(self._language.click, self._switch_language)

    def _show(self, kept: object, request: gr.Request) -> Updates:
        return self._updates(kept, self._visits.show(kept, _language(request)))

    def _look(self, kept: object, seen: object, request: gr.Request) -> Updates:
        screen = self._visits.show(kept, _language(request))
        if not screen.visit.id or seen == screen.seen:
            return {self._seen: gr.skip()}
        return self._updates(kept, screen)

    def _say(self, kept: object, text: str, request: gr.Request) -> Iterator[Updates]:
        for screen in self._visits.say(kept, _language(request), text, _address(request)):
            yield self._talk_updates(kept, screen)

    def _choose(self, kept: object, event: gr.EventData, request: gr.Request) -> Iterator[Updates]:
        value = getattr(event, "value", "")
        yield from self._say(kept, value if isinstance(value, str) else "", request)

    def _rate(self, kept: object, event: gr.EventData, request: gr.Request) -> Updates:
        what = getattr(event, "message_id", None), getattr(event, "rating", None)
        screen = self._visits.rate(kept, _language(request), *what, _address(request))
        return self._updates(kept, screen)

    def _ask_person(self, kept: object, request: gr.Request) -> Updates:
        screen = self._visits.ask_person(kept, _language(request), _address(request))
        return self._updates(kept, screen)

    def _back_to_bot(self, kept: object, request: gr.Request) -> Updates:
        return self._updates(
            kept, self._visits.back_to_bot(kept, _language(request), _address(request))
        )

    def _new_chat(self, kept: object, request: gr.Request) -> Updates:
        return self._updates(kept, self._visits.new_chat(kept, _language(request)))

    def _switch_language(self, kept: object, request: gr.Request) -> Updates:
        return self._updates(kept, self._visits.switch_language(kept, _language(request)))

    def _updates(self, kept: object, screen: Screen) -> Updates:
        """The whole page."""
        texts = screen.texts
        box: dict[str, Any] = {"placeholder": texts.placeholder, "label": texts.placeholder}
        if screen.draft is not None:
            box["value"] = screen.draft
        return self._talk_updates(kept, screen) | {
            self._head: _heading(screen),
            self._language: gr.Button(texts.other_language),
            self._box: gr.Textbox(**box),
            self._small: _paragraph(texts.small_print),
        }

    def _talk_updates(self, kept: object, screen: Screen) -> Updates:
        """What a message can change: everything but the page's own words."""
        if screen.echo:
            return {self._messages: screen.to_dict(), self._box: screen.draft}
        texts, status, visit = screen.texts, screen.status, screen.visit.to_dict()
        # Written only when it changed: a late answer must not undo what a later event started.
        keep: Updates = {} if visit == kept else {self._kept: visit}
        draft: Updates = {} if screen.draft is None else {self._box: screen.draft}
        with_staff = status in ("waiting", "open")
        return (keep | draft) | {
            self._seen: screen.seen,
            self._timer: gr.Timer(LOOK_SECONDS[status]),
            self._new: gr.Button(texts.new_chat, visible=bool(screen.visit.id)),
            self._person: gr.Button(texts.ask_person, visible=not with_staff),
            self._messages: screen.to_dict(),
            self._state: gr.Row(visible=status != "bot"),
            self._state_text: _paragraph(_state_words(screen)),
            self._back: gr.Button(texts.back_to_bot, visible=status == "waiting"),
        }


def _heading(screen: Screen) -> str:
    name, tagline = html.escape(screen.host.name), html.escape(screen.texts.tagline)
    return f'<img src="/static/icon.svg" alt=""><div><h1>{name}</h1><p>{tagline}</p></div>'


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _state_words(screen: Screen) -> str:
    texts = screen.texts
    words = {"bot": "", "waiting": texts.waiting, "open": texts.open, "resolved": texts.resolved}
    return words[screen.status]


def _language(request: gr.Request) -> Language:
    return preferred_language(request.headers.get("accept-language", ""))


def _address(request: gr.Request) -> str:
    return network(request.client.host) if request.client else "unknown"

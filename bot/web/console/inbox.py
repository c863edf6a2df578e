"""The Inbox tab: which component starts what; what they show is made in `InboxDesk`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.desk import TakenError
from bot.messages import UnknownConversationError
from bot.staff import Staff, StaffError
from bot.types import UsedSuggestion
from bot.web.console.inbox_desk import InboxDesk
from bot.web.console.inbox_parts import QueueList, Side, Talk, Updates
from bot.web.console.inbox_view import Reader

if TYPE_CHECKING:
    from bot.web.console.console import Console

LOOK_SECONDS = 10
PRIVATE: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

KEEP_DRAFT = "(id, text) => window.deskmateInbox.keep(id, text)"
GET_DRAFT = "(id) => window.deskmateInbox.draft(id)"
PUT_IN = "(now, text) => window.deskmateInbox.putIn(now, text)"
TAKE_OUT = "(now, sent) => window.deskmateInbox.takeOut(now, sent)"


Given = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the Inbox: the page, the conversation that is open there, what is sought, and
    the last message for which suggestions are shown.
    """

    page: str
    staff: Staff
    reader: Reader
    current: str
    sought: str
    answered: str


class InboxTab:
    """Builds its components inside the current tab and connects their events."""

    def __init__(self, console: "Console") -> None:
        self._console = console
        self._desk = InboxDesk(console.service)
        self._keep_state()
        with gr.Row(elem_id="dc-inbox-body"):
            self._list, self._talk, self._side = QueueList(), Talk(), Side()
        self._outputs = [*self._state, *self._list.shown, *self._talk.shown, *self._side.shown]
        self._connect_looks()
        self._connect_reply()
        self._connect_side()

    def _keep_state(self) -> None:
        """What the page holds: the open conversation, and texts on their way into the box."""
        self._current = gr.Textbox(visible=False)
        self._answered = gr.Textbox(visible=False)  # for which message there are suggestions
        self._used = gr.State({})  # conversation -> the suggestion in its box
        self._text_in, self._text_out = gr.Textbox(visible=False), gr.Textbox(visible=False)
        self._timer = gr.Timer(LOOK_SECONDS)
        self._state = [self._current, self._answered, self._used, self._text_in, self._text_out]

    def _on(
        self, event: Callable[..., Any], handler: Callable[..., Any], *more: Any, **how: Any
    ) -> Any:
        """Every handler gets what the page holds, and `more`, as a mapping by component."""
        inputs = {self._current, self._list.search, self._answered, *more}
        return self._console.on(event, handler, inputs, self._outputs, **how)

    def _connect_looks(self) -> None:
        queue = self._list
        self._on(self._console.blocks.load, self._look)
        self._on(self._timer.tick, self._look)
        self._on(queue.list.refresh, self._look, trigger_mode="always_last")
        self._on(queue.search.change, self._look, trigger_mode="always_last")
        self._on(queue.canned.changed, self._offer)
        for opened in (queue.list.open, self._side.facts.open):
            done = self._on(opened, self._open, trigger_mode="always_last")
            done.then(None, [self._current], [self._talk.box], js=GET_DRAFT, **PRIVATE)

    def _connect_reply(self) -> None:
        talk, box = self._talk, self._talk.box
        for action, button in talk.buttons.items():
            self._on(button.click, self._doing(action))
        sent = self._on(talk.send.click, self._send, box, self._used)
        sent.then(None, [box, self._text_out], [box], js=TAKE_OUT, **PRIVATE)
        for put in (
            self._on(talk.suggestions.use, self._use, self._used),
            self._on(talk.canned.input, self._fill, talk.canned),
        ):
            put.then(None, [box, self._text_in], [box], js=PUT_IN, **PRIVATE)
        box.change(None, [self._current, box], js=KEEP_DRAFT, **PRIVATE)

    def _connect_side(self) -> None:
        side = self._side
        self._on(side.pass_on.click, self._transfer, side.colleague)
        # A label that is typed, and not chosen from the list, is no "input" to Gradio.
        for changed in (side.labels.input, side.labels.key_up, side.labels.blur):
            self._on(changed, self._label, side.labels)
        self._on(side.add_note.click, self._note, side.note)

    def _look(self, given: Given, request: gr.Request) -> Updates:
        visit = self._visit(given, request)
        self._desk.look_again(visit.page, visit.staff.name, visit.current)
        return self._updates(visit)

    def _open(self, given: Given, event: gr.EventData, request: gr.Request) -> Updates:
        visit = replace(self._visit(given, request), current=str(event.id), answered="")
        self._desk.look(visit.page, visit.staff.name, visit.current)
        entry = self._desk.entry(visit.current)
        if entry is None:
            return self._updates(visit)
        opened = self._talk.opened(self._desk, entry)
        opened |= self._side.opened(self._desk, entry, visit.reader)
        return self._updates(visit) | (opened if self._stands(visit) else {})

    def _doing(self, action: str) -> Callable[..., Updates]:
        """The handler of the button of one action."""

        def act(given: Given, request: gr.Request) -> Updates:
            visit = self._visit(given, request)
            with told(visit.reader) as alerts:
                getattr(self._desk, action)(visit.staff, visit.current)
            return self._updates(visit, alerts)

        return act

    def _transfer(self, given: Given, request: gr.Request) -> Updates:
        visit, colleague = self._visit(given, request), given[self._side.colleague]
        with told(visit.reader) as alerts:
            if colleague:
                self._desk.transfer(visit.staff, visit.current, colleague)
        return self._updates(visit, alerts)

    def _send(self, given: Given, request: gr.Request) -> Updates:
        visit, text, used = self._visit(given, request), given[self._talk.box], given[self._used]
        sent = ""
        with told(visit.reader) as alerts:
            alerts += self._refused(text, visit.reader)
            if not alerts:
                self._desk.say(visit.staff, visit.current, text.strip(), used.get(visit.current))
                used = {key: one for key, one in used.items() if key != visit.current}
                sent = text
        return self._updates(visit, alerts) | {self._text_out: sent, self._used: used}

    def _use(self, given: Given, event: gr.EventData, request: gr.Request) -> Updates:
        visit = self._visit(given, request)
        chosen = UsedSuggestion(**{key: event.item[key] for key in ("kind", "ref", "text")})
        used = given[self._used] | {visit.current: chosen}
        return {self._used: used, self._text_in: chosen.text}

    def _fill(self, given: Given, request: gr.Request) -> Updates:
        visit, chosen = self._visit(given, request), given[self._talk.canned]
        text = self._desk.filled(visit.staff, visit.current, chosen)
        return {self._text_in: text, self._talk.canned: None}

    def _offer(self, given: Given, request: gr.Request) -> Updates:
        visit = self._visit(given, request)
        entry = self._desk.entry(visit.current)
        return self._talk.opened(self._desk, entry) if entry else {self._text_out: ""}

    def _label(self, given: Given, request: gr.Request) -> Updates:
        visit, labels = self._visit(given, request), given[self._side.labels]
        entry = self._desk.entry(visit.current)
        if entry is None or set(labels) == set(entry.labels):
            return {self._text_out: ""}
        with told(visit.reader) as alerts:
            self._desk.label(visit.staff, visit.current, labels)
        return self._updates(visit, alerts)

    def _note(self, given: Given, request: gr.Request) -> Updates:
        visit, text = self._visit(given, request), given[self._side.note].strip()
        with told(visit.reader) as alerts:
            if text:
                self._desk.note(visit.staff, visit.current, text)
        done: Updates = {} if alerts or not self._stands(visit) else {self._side.note: ""}
        return self._updates(visit, alerts) | done

    def _updates(self, visit: Visit, alerts: Sequence[str] = ()) -> Updates:
        """The whole tab, but what its user is writing in.

        The list alone where another conversation was opened meanwhile: what opens it brings the
        rest, with the draft and the labels that belong to it.
        """
        updates = self._shown(visit, alerts)
        if self._stands(visit):
            return updates
        now = self._desk.shown(visit.page)
        return {self._list.list: self._desk.queue(visit.reader, now, visit.sought)}

    def _stands(self, visit: Visit) -> bool:
        """Whether the page shows still what it showed when it asked."""
        return (self._desk.shown(visit.page) or visit.current) == visit.current

    def _shown(self, visit: Visit, alerts: Sequence[str]) -> Updates:
        desk, staff, reader = self._desk, visit.staff, visit.reader
        entry = desk.entry(visit.current) if visit.current else None
        current = visit.current if entry else ""
        updates: Updates = {
            self._current: current,
            self._list.list: desk.queue(reader, current, visit.sought),
        }
        if entry is None:
            return updates | self._talk.nothing() | self._side.nothing()
        updates |= self._talk.of(desk, entry, staff, reader, " ".join(alerts))
        updates |= self._side.of(desk, entry, staff, reader)
        said = desk.said(current)
        if said != visit.answered:
            updates[self._talk.suggestions] = desk.suggestions(current, reader)
            updates[self._answered] = said
        return updates

    def _visit(self, given: Given, request: gr.Request) -> Visit:
        """Who asks, and at what they look; raises gr.Error when nobody of the staff asks."""
        staff = self._console.staff(request)
        reader = self._desk.reader(staff, self._console.language(request))
        held = (given[one] for one in (self._current, self._list.search, self._answered))
        return Visit(request.session_hash or "", staff, reader, *held)

    def _refused(self, text: str, reader: Reader) -> list[str]:
        """Why a text is not sent."""
        most = self._console.runtime.settings.limits.message_characters
        if not text.strip():
            return [reader.word("empty_reply")]
        return [reader.word("too_long", most=most, found=len(text))] if len(text) > most else []


@contextmanager
def told(reader: Reader) -> Iterator[list[str]]:
    """What the agent is told instead of an error: who was faster, that it is gone."""
    alerts: list[str] = []
    try:
        yield alerts
    except TakenError as error:
        alerts.append(reader.word("taken", name=reader.call(error.staff)))
    except UnknownConversationError:
        alerts.append(reader.word("gone"))
    except StaffError:
        alerts.append(reader.word("no_colleague"))

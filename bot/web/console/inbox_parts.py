"""The three panes of the Inbox: their components, and what each shows of a conversation.

Whatever a customer wrote goes into `gr.HTML` with a script of ours, which sets it as text.
"""

from pathlib import Path
from typing import Any

import gradio as gr

from bot.queue import QueueEntry
from bot.staff import Staff
from bot.web.console.inbox_desk import InboxDesk
from bot.web.console.inbox_view import Reader
from bot.web.console.words import t, words_of

STATIC = Path(__file__).parents[1] / "static"
ACTIONS = ("claim", "reopen", "release", "resolve")
Updates = dict[Any, Any]


def _drawn(script: str, template: str, elem_id: str, value: object = None) -> gr.HTML:
    """A component that a script of ours draws from its value."""
    scripts = (STATIC / f"console_{name}.js" for name in ("dom", script))
    return gr.HTML(
        value,
        html_template=template,
        js_on_load="\n".join(one.read_text(encoding="utf-8") for one in scripts),
        apply_default_css=False,
        elem_id=elem_id,
    )


class QueueList:
    """The left pane: a search, and who waits or talks."""

    def __init__(self) -> None:
        with gr.Column(elem_id="dc-pane-list", min_width=0):
            self.search = gr.Textbox(
                label=t("inbox.search"),
                placeholder=t("inbox.search"),
                show_label=False,
                elem_id="dc-search",
                max_length=200,
            )
            self.list = _drawn("queue", '<nav class="dc-queue"></nav>', "dc-queue")
            button = '<button type="button" aria-haspopup="dialog"></button>'
            self.canned = _drawn("canned", button, "dc-canned-open", words_of("canned."))
        self.shown = [self.list]


class Talk:
    """The middle pane: who it is, what was said, and the reply."""

    def __init__(self) -> None:
        with gr.Column(elem_id="dc-pane-talk", min_width=0):
            self._choose = gr.HTML(t("inbox.choose"), elem_id="dc-choose", padding=False)
            with gr.Column(elem_id="dc-talk-all", visible=False) as self._all:
                with gr.Row(elem_id="dc-talk-bar"):
                    self.head = _drawn("head", '<div class="dc-talk-head"></div>', "dc-head")
                    self.buttons = {
                        action: gr.Button(
                            t(f"inbox.{action}"), elem_id=f"dc-do-{action}", size="sm"
                        )
                        for action in ACTIONS
                    }
                self.history = _drawn(
                    "talk",
                    '<div class="dc-talk" role="log" tabindex="0"></div>'
                    '<p class="dc-typing" role="status"></p>',
                    "dc-history",
                )
                self._add_reply()
        self.shown = [
            *(self._choose, self._all, self.head, *self.buttons.values(), self.history),
            *(self.suggestions, self.canned, self.send),
        ]

    def _add_reply(self) -> None:
        with gr.Column(elem_id="dc-reply"):
            self.suggestions = _drawn(
                "suggestions", '<div class="dc-suggestions" role="group"></div>', "dc-suggestions"
            )
            self.box = gr.Textbox(
                label=t("inbox.reply"),
                placeholder=t("inbox.reply_hint"),
                show_label=False,
                lines=3,
                max_lines=8,
                elem_id="dc-box",
            )
            with gr.Row(elem_id="dc-reply-foot"):
                self.canned = gr.Dropdown(
                    [], value=None, label=t("inbox.canned"), elem_id="dc-canned", min_width=0
                )
                self.send = gr.Button(t("inbox.send"), variant="primary", elem_id="dc-send")

    def nothing(self) -> Updates:
        """No conversation is open."""
        return {self._choose: gr.HTML(visible=True), self._all: gr.Column(visible=False)}

    def of(
        self, desk: InboxDesk, entry: QueueEntry, staff: Staff, reader: Reader, alert: str
    ) -> Updates:
        """The conversation as it is now."""
        offered = desk.offered(entry.record, staff)
        buttons = {button: gr.Button(visible=offered[a]) for a, button in self.buttons.items()}
        return buttons | {
            self._choose: gr.HTML(visible=False),
            self._all: gr.Column(visible=True),
            self.head: desk.head(entry, reader, alert),
            self.history: desk.history(entry.record, reader),
            self.send: gr.Button(interactive=offered["reply"]),
        }

    def opened(self, desk: InboxDesk, entry: QueueEntry) -> Updates:
        """What need not be looked up again while the conversation stays open."""
        canned = [(one.title, one.id) for one in desk.desk.canned(entry.record.language)]
        return {self.canned: gr.Dropdown(canned, value=None)}


class Side:
    """The right pane: what is known, and what staff keep for each other."""

    def __init__(self) -> None:
        with gr.Column(elem_id="dc-pane-side", min_width=0, visible=False) as self._all:
            self.facts = _drawn("side", '<div class="dc-side"></div>', "dc-side")
            self._add_notes()
            with gr.Row(elem_id="dc-pass-on", visible=False) as self._passing:
                self.colleague = gr.Dropdown(
                    [], value=None, label=t("inbox.transfer_to"), min_width=0
                )
                self.pass_on = gr.Button(t("inbox.transfer"), size="sm", min_width=0)
        self.shown = [
            *(self._all, self.facts, self.note, self.labels, self._passing),
            self.colleague,
        ]

    def _add_notes(self) -> None:
        self.note = gr.Textbox(
            label=t("inbox.note"),
            placeholder=t("inbox.note_hint"),
            lines=2,
            max_length=4000,
            elem_id="dc-note",
        )
        self.add_note = gr.Button(t("inbox.note_add"), size="sm", elem_id="dc-add-note")
        self.labels = gr.Dropdown(
            [],
            value=[],
            multiselect=True,
            allow_custom_value=True,
            label=t("inbox.labels"),
            elem_id="dc-labels",
        )

    def nothing(self) -> Updates:
        """No conversation is open."""
        return {self._all: gr.Column(visible=False)}

    def of(self, desk: InboxDesk, entry: QueueEntry, staff: Staff, reader: Reader) -> Updates:
        """The conversation as it is now."""
        passing = desk.offered(entry.record, staff)["transfer"]
        return {
            self._all: gr.Column(visible=True),
            self.facts: desk.side(entry, reader),
            self._passing: gr.Row(visible=passing),
        }

    def opened(self, desk: InboxDesk, entry: QueueEntry, reader: Reader) -> Updates:
        """What need not be looked up again while the conversation stays open."""
        others = [(shown, name) for name, shown in reader.called.items() if name != reader.name]
        return {
            self.note: "",
            self.labels: gr.Dropdown(desk.desk.all_labels(), value=list(entry.labels)),
            self.colleague: gr.Dropdown(others, value=None),
        }

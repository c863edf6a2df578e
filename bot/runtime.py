"""Serves one home: the only place that wires models, knowledge, dialogue and log together.

A watcher thread notices a new champion or an edit of the knowledge, prepares what it needs beside
the running one, and swaps one reference; a message in hand finishes with what it began with.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bot.actions import HttpEndpoint
from bot.desk import Desk
from bot.dialogue import DialogueManager
from bot.domain import Domain
from bot.fair_lock import FairLock
from bot.home import Home
from bot.insights.insights import Insights
from bot.knowledge_desk import KnowledgeDesk
from bot.log import ReleasedMeanwhileError
from bot.messages import LoggedMessage
from bot.mind import Mind
from bot.outgoing import SECRET_VARIABLE, Outgoing
from bot.registry import Release, utc_now
from bot.replies import back_to_bot, compose, welcome
from bot.review.queue import ReviewQueue
from bot.settings import Bot, Settings
from bot.staff import StaffAccounts
from bot.teaching import Teaching
from bot.training_run import TrainingRun
from bot.types import Customer, HandOff, State, Status, Turn
from knowledge.errors import DeskmateError
from knowledge.types import Language, Progress

log = logging.getLogger(__name__)

WATCH_EVERY_S = 1.0
FORGET_EVERY_S = 3600.0
CHECK_MOOD_EVERY_S = 600.0
LOCKS = 256
"""Locks shared by all conversations: enough that two busy ones rarely meet on one."""
TRIES = 3
"""Times a turn is computed again because a person gave the conversation back meanwhile."""


class NotReadyError(DeskmateError):
    """There is no release to answer with."""


class Runtime:
    """One bot at work. Threads may share it; `respond` is synchronous."""

    def __init__(self, home: Home, progress: Progress | None = None, watch: bool = True) -> None:
        """Load the champion, if there is one; `watch` starts the thread that picks up changes."""
        self.home = home
        self.log = home.log
        self._accounts = StaffAccounts(home.database, utc_now)
        self.teaching = Teaching(home.log, home.passages, lambda: self._mind)
        staff = self._accounts
        self.desk = Desk(home.log, lambda: self.domain, staff.present, staff.called)
        self.knowledge = KnowledgeDesk(home, lambda: self._mind)
        self.training = TrainingRun(home.folder)
        self._written = home.written()
        self.browser_secret = home.browser_secret()
        self._mind: Mind | None = None
        self._endpoint = HttpEndpoint(lambda: self.domain.services, os.environ)
        self.review = ReviewQueue(home, lambda: self._mind)
        self.insights = Insights(home, lambda: self._mind)
        secret = os.environ.get(SECRET_VARIABLE) or None
        self.outgoing = Outgoing(home.log, home.folder, lambda: self.settings.webhooks.urls, secret)
        self.insights.tell = lambda alert: self.outgoing.note("mood_alert", alert.to_dict())
        self._served: tuple[str, Bot] | None = None
        self._behind = False
        self._locks = [FairLock() for _ in range(LOCKS)]
        self._stopping = threading.Event()
        champion = home.registry.champion()
        if champion:
            self._serve(champion, progress)
        self._watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)
        if watch:
            self._watcher.start()

    @property
    def mind(self) -> Mind | None:
        """The release that serves at the moment; None before the first."""
        return self._mind

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.home.settings

    @property
    def domain(self) -> Domain:
        """The texts in force."""
        return self.home.domain

    def start(self, language: Language, customer: Customer | None = None) -> tuple[str, str]:
        """Open a conversation and greet: its id and its token.

        A language that the bot does not speak becomes its first.
        """
        if language not in self.settings.bot.languages:
            language = self.settings.bot.languages[0]
        conversation_id, token = self.log.start(language, customer)
        self.log.announce(conversation_id, welcome(language, self.domain))
        return conversation_id, token

    def respond(
        self, conversation_id: str, text: str, client_id: str | None = None
    ) -> tuple[Status, list[LoggedMessage]]:
        """Answer a message: the status after it and the bot's messages, already on the disk.

        A repeated `client_id` returns the first result. In `waiting` and `open` the message is
        kept and the bot is silent. Raises UnknownConversationError, NotReadyError.
        """
        with self._locks[hash(conversation_id) % LOCKS]:
            if client_id is not None:
                first = self.log.first_result(conversation_id, client_id)
                if first is not None:
                    return self.log.conversation(conversation_id).status, first
            for _ in range(TRIES - 1):
                try:
                    return self._answer(conversation_id, text, client_id)
                except ReleasedMeanwhileError:
                    log.info("conversation %s was given back meanwhile", conversation_id)
            return self._answer(conversation_id, text, client_id)

    def _answer(
        self, conversation_id: str, text: str, client_id: str | None
    ) -> tuple[Status, list[LoggedMessage]]:
        state = self.log.state(conversation_id)
        if state.status in ("waiting", "open"):
            return self._keep([self._silent_turn(state, text)], state, client_id)
        manager = DialogueManager(self._need_mind(), self.domain, utc_now, self._endpoint)
        after, turns = manager.respond(state, text)
        told = [
            replace(turn, reply=self.desk.told(turn.reply)) if turn.reply else turn
            for turn in turns
        ]
        return self._keep(told, after, client_id)

    def _keep(
        self, turns: Sequence[Turn], after: State, client_id: str | None
    ) -> tuple[Status, list[LoggedMessage]]:
        """Log the turns and the summary for whoever will take over; all or nothing."""
        with self.home.database.write():
            status, said = self.log.append(turns, after, client_id)
            if status == "waiting":
                self.desk.note_hand_off(after.conversation_id)
        return status, said

    def hand_off(self, conversation_id: str) -> tuple[Status, list[LoggedMessage]]:
        """The customer asks for a person by the button."""
        state = self.log.state(conversation_id)
        action = HandOff("customer_button")
        return self.desk.hand_off(
            conversation_id, action.reason, compose(action, state, self.domain)
        )

    def cancel_hand_off(self, conversation_id: str) -> Status:
        """The customer goes on with the bot, unless a person is there already."""
        before = self.log.conversation(conversation_id)
        status = self.desk.cancel(conversation_id)
        if (before.status, status) == ("waiting", "bot"):
            self.log.announce(conversation_id, back_to_bot(before.language, self.domain))
        return status

    def ready(self) -> bool:
        """Whether a release and its index are loaded."""
        return self._mind is not None

    def status(self) -> dict[str, Any]:
        """Return the release, the version and the sizes of its index."""
        mind = self._mind
        if mind is None:
            return {"release": None, "index_version": 0, "index_sizes": {}}
        return {
            "release": mind.release,
            "index_version": mind.index_version,
            "index_sizes": mind.index_sizes(),
        }

    def close(self) -> None:
        """Stop watching and close the home."""
        self._stopping.set()
        self.training.stop()
        if self._watcher.is_alive():
            self._watcher.join()
        self.outgoing.close()
        self._endpoint.close()
        if self._mind:
            self._mind.close()
        self.knowledge.close()
        self.home.close()

    def _need_mind(self) -> Mind:
        if self._mind is None:
            raise NotReadyError(
                f"{self.home.folder}: expected a trained release, found none; run `deskmate train`"
            )
        return self._mind

    def _silent_turn(self, state: State, text: str) -> Turn:
        """What a person's customer wrote, understood where there is a release to do it."""
        if mind := self._mind:
            return DialogueManager(mind, self.domain, utc_now).observe(state, text)
        return Turn(
            id=0,
            conversation_id=state.conversation_id,
            message=text,
            query=text,
            language=state.language,
            prediction=None,
            hits=(),
            reply=None,
            release="",
            index_version=0,
            timings_ms={},
            at=utc_now(),
        )

    def _serve(self, release: Release, progress: Progress | None = None) -> None:
        before, self._mind = self._mind, Mind.load(self.home, release, progress)
        self._served = (release.id, self.settings.bot)
        if before:
            before.close()
        log.info("serving release %s", release.id)

    def look_after_waiting(self) -> None:
        """Tell who waits too long, and queue again whom an agent has left; the watcher calls it."""
        minutes = self.settings.staff.waiting_minutes
        if told := self.desk.tell_waiting(minutes):
            log.info("told %d customers that it takes longer", told)
        if taken := self.desk.take_back(minutes):
            log.info("%d conversations wait again, as their agent is not there", taken)

    def _watch(self) -> None:
        """Do each job every so often; one that fails is tried again and stops no other."""
        jobs: list[tuple[Callable[[], object], float]] = [
            (self.look_after_waiting, 0.0),
            (self.insights.check_mood, CHECK_MOOD_EVERY_S),
            (self.outgoing.look, 0.0),
            (self.teaching.learn, 0.0),
            (self.pick_up_changes, 0.0),
            (self._forget, FORGET_EVERY_S),
        ]
        due = [0.0] * len(jobs)
        while not self._stopping.wait(WATCH_EVERY_S):
            for number, (job, every_s) in enumerate(jobs):
                if time.monotonic() < due[number]:
                    continue
                due[number] = time.monotonic() + every_s
                try:
                    job()
                except Exception:  # the bot goes on with what it has; the next look may succeed
                    log.exception("%s failed; it is tried again", job.__qualname__)

    def _forget(self) -> None:
        days = self.settings.bot.retention_days
        if forgotten := self.log.forget(days, self.home.files_folder):
            log.info("forgot %d conversations older than %d days", forgotten, days)

    def _reread(self) -> None:
        """Take up edited settings and texts; what is not valid is told once and left alone."""
        written = self.home.written()
        if written == self._written:
            return
        self._written, before = written, self.settings.bot
        try:
            self.home.reread()
        except DeskmateError as error:
            log.error("the settings before stay in force: %s", error)
            return
        self._behind |= self.settings.bot != before
        log.info("settings and texts were read anew")

    def pick_up_changes(self) -> None:
        """Serve a new champion, new settings and edited knowledge; the watcher calls it."""
        self._reread()
        if self._behind or self.home.registry.changed():
            self._behind = True  # until it is loaded: what fails now is tried again
            champion = self.home.registry.champion()
            if champion and self._served != (champion.id, self.settings.bot):
                self._serve(champion)
            self._behind = False
        if self._mind:
            self._mind.catch_up()

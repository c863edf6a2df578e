"""What a customer does on the chat page: the same calls of the runtime that the HTTP routes make.

Returns screens; holds no dialogue logic and knows nothing of Gradio. Whoever calls gives what the
browser kept, and every call on a conversation checks its token.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace

from bot.domain import Domain
from bot.feedback import UnknownMessageError
from bot.messages import UnknownConversationError
from bot.runtime import NotReadyError
from bot.web.chat_screen import Host, Screen, Visit
from bot.web.errors import ApiError
from bot.web.schemas import MAX_ID, is_control
from bot.web.service import Service
from bot.web.texts import Texts
from knowledge.language import normalise
from knowledge.types import LANGUAGES, Language

log = logging.getLogger(__name__)

STARTERS = 3


class Visits:
    """The chat page's actions."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._runtime = service.runtime

    def show(self, kept: object, fallback: Language) -> Screen:
        """The page as the log has it; a new visit where the browser kept none that is valid."""
        visit = Visit.read(kept) or Visit(self._language(fallback))
        host = host_of(self._runtime.domain, visit.language)
        if not visit.id:
            return Screen(visit, host)
        try:
            self._service.authorise(visit.id, visit.token)
            status = self._runtime.log.conversation(visit.id).status
            return Screen(visit, host, status, self._runtime.log.messages(visit.id))
        except (UnknownConversationError, ApiError):
            return Screen(Visit(visit.language), host)

    def say(self, kept: object, fallback: Language, text: str, address: str) -> Iterator[Screen]:
        """Show the message at once, then the answer; text that was refused stays in the box."""
        screen, said = self.show(kept, fallback), clean(text)
        if not normalise(said):
            return
        limit = self._runtime.settings.limits.message_characters
        if len(said) > limit:
            alert = screen.texts.too_long.format(limit=f"{limit:,}")
            yield replace(screen, alert=alert, draft=text)
            return
        yield replace(screen, echo=said, draft="")
        try:
            visit = self._started(screen.visit, address)
            screen = self.show(visit.to_dict(), fallback)
            yield self._answered(visit, said)
        except NotReadyError:
            yield replace(screen, alert=screen.texts.not_ready, draft=text)
        except ApiError as refused:
            yield replace(screen, alert=_explain(refused, screen.texts), draft=text)
        except Exception:
            log.exception("chat page could not answer in conversation %s", screen.visit.id or "new")
            yield replace(screen, alert=screen.texts.failed, draft=text)

    def rate(
        self, kept: object, fallback: Language, message_id: object, rating: object, address: str
    ) -> Screen:
        """Rate a message of this visit; anything else is left alone."""
        screen = self.show(kept, fallback)
        if not isinstance(message_id, int) or not 0 < message_id <= MAX_ID:
            return screen
        if not screen.visit.id or (rating != 1 and rating != -1):
            return screen
        try:
            self._service.limits.count_call(address)
            self._runtime.log.rate_message(message_id, rating, None, screen.visit.id)
        except UnknownMessageError:
            return screen
        except ApiError as refused:
            return replace(screen, alert=_explain(refused, screen.texts))
        return self.show(kept, fallback)

    def ask_person(self, kept: object, fallback: Language, address: str) -> Screen:
        """Hand the conversation to a person, starting it where there is none yet."""
        screen = self.show(kept, fallback)
        try:
            visit = self._started(screen.visit, address)
        except ApiError as refused:
            return replace(screen, alert=_explain(refused, screen.texts))
        self._runtime.hand_off(visit.id)
        return self.show(visit.to_dict(), fallback)

    def back_to_bot(self, kept: object, fallback: Language, address: str) -> Screen:
        """Wait for a person no longer."""
        screen = self.show(kept, fallback)
        if not screen.visit.id:
            return screen
        try:
            self._service.limits.count_call(address)
        except ApiError as refused:
            return replace(screen, alert=_explain(refused, screen.texts))
        self._runtime.cancel_hand_off(screen.visit.id)
        return self.show(kept, fallback)

    def new_chat(self, kept: object, fallback: Language) -> Screen:
        """Forget the conversation in this browser; the log keeps it."""
        return self.show(Visit(self.show(kept, fallback).visit.language).to_dict(), fallback)

    def switch_language(self, kept: object, fallback: Language) -> Screen:
        """The same page in the next of the bot's languages."""
        screen = self.show(kept, fallback)
        languages = self._runtime.settings.bot.languages
        following = (languages.index(screen.visit.language) + 1) % len(languages)
        visit = Visit(languages[following], screen.visit.id, screen.visit.token)
        return self.show(visit.to_dict(), fallback)

    def _answered(self, visit: Visit, text: str) -> Screen:
        self._service.limits.count_message(visit.id)
        _, messages = self._runtime.respond(visit.id, text)
        self._service.metrics.count_messages(messages)
        return self.show(visit.to_dict(), visit.language)

    def _started(self, visit: Visit, address: str) -> Visit:
        self._service.limits.count_call(address)
        if visit.id:
            return visit
        conversation_id, token = self._runtime.start(visit.language, None)
        return Visit(visit.language, conversation_id, token)

    def _language(self, wished: Language) -> Language:
        languages = self._runtime.settings.bot.languages
        return wished if wished in languages else languages[0]


def host_of(domain: Domain, language: Language) -> Host:
    """The bot of `domain`, with the first of the intents that answer as ways to start."""
    labels = [one.label[language] for one in domain.intents.values() if one.kind == "answer"]
    welcome = domain.fill(domain.messages[language].welcome, language, {})
    return Host(domain.bot[language], welcome, tuple(labels[:STARTERS]))


def clean(text: str) -> str:
    """`text` without what cannot be stored or shown: control characters, halves of characters."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(" " if is_control(char) else char for char in whole).strip()


def preferred_language(accept_language: str) -> Language:
    """The first of our languages that a browser's Accept-Language header names, else the first."""
    for wish in accept_language.split(","):
        short = wish.strip()[:2].lower()
        for language in LANGUAGES:
            if short == language:
                return language
    return LANGUAGES[0]


def _explain(refused: ApiError, texts: Texts) -> str:
    if refused.status_code == 429:
        return texts.too_fast.format(seconds=(refused.headers or {}).get("Retry-After", "60"))
    return texts.failed

"""A home whose bot knows three intents, on the fake encoder, and customers who talk with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain_file import DomainFile
from bot.home import Home
from bot.messages import LoggedMessage
from bot.registry import Release
from bot.retrieval import Retrieval
from bot.runtime import Runtime
from bot.types import Turn
from knowledge.retriever import Fusion
from knowledge.types import Language
from tests.bot.homes import new_home
from tests.fakes import HashingEncoder
from tests.training.utterances import doubtful
from training.head import fit_head, frozen_folds

INTENTS = ("delivery", "password", "refund")
STRANGE = ("cure for a cold", "juggle seven purple cats", "grow a lemon tree indoors")
"""What nobody taught; hardly a word is in two of them."""


def taught_home(folder: Path, languages: Sequence[Language] = ("en",)) -> Home:
    """Intents delivery, password, refund, trained, promoted and in domain.toml."""
    new_home(folder, languages).close()
    for name in INTENTS:
        label = {language: f"{name} {language}" for language in languages}
        reply = dict.fromkeys(languages, f"This is about {name}.")
        DomainFile(folder).add_intent(name, label, reply)
    home = Home.open(folder)
    add_taught_release(home)
    return home


def add_taught_release(home: Home) -> Release:
    encoder, (texts, labels) = HashingEncoder(), doubtful(*INTENTS)
    vectors = encoder.encode(texts)
    head = fit_head(texts, labels, vectors, frozen_folds(labels, vectors, 0), 0.05)
    release_id = home.registry.new_id()
    staged = home.registry.stage(release_id)
    languages = home.settings.bot.languages
    for language in languages:
        (staged / language).mkdir()
        Retrieval(Fusion(), 0.5).save(staged / language)
        head.save(staged / language)
    encoders = dict.fromkeys(languages, "hashing")
    release = Release(release_id, None, encoders, languages, {}, "", "2026-03-04T10:11:12Z")
    home.registry.add(staged, release)
    home.registry.promote(release_id)
    return release


@dataclass(frozen=True)
class Shop:
    """A runtime with customers."""

    runtime: Runtime

    def talk(self, *texts: str, language: Language = "en") -> str:
        """Say these things in a new conversation; its id."""
        conversation_id, _ = self.runtime.start(language)
        for text in texts:
            self.runtime.respond(conversation_id, text)
        return conversation_id

    def turns(self, conversation_id: str) -> list[Turn]:
        return self.runtime.log.turns(conversation_id)

    def ask(self, text: str, language: Language = "en") -> int:
        """Ask one thing in a new conversation; the turn's id."""
        return self.turns(self.talk(text, language=language))[-1].id

    def last_message(self, conversation_id: str) -> LoggedMessage:
        return self.runtime.log.messages(conversation_id)[-1]

    def rate_down(self, conversation_id: str) -> None:
        message = self.last_message(conversation_id)
        self.runtime.log.rate_message(message.id, -1, None, conversation_id)

    def queued(self) -> dict[int, tuple[str, ...]]:
        """Turn id -> reasons, of the whole queue."""
        return {one.turn.id: one.reasons for one in self.runtime.review.items(limit=1000)}

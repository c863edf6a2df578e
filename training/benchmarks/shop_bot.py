"""A release put to the sample shop's test lines one at a time. Counts nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import conversation_tests
from bot.conversation_file import Answers, read
from bot.conversation_replay import Replay
from bot.conversation_tests import ConversationResult
from bot.domain import Domain
from bot.mind import Mind
from bot.types import Prediction, Reply
from bot.understanding import PASSAGES
from knowledge.script import simplified
from knowledge.types import Hit, Language, Progress
from training.benchmarks.shop_judge import Verdict, judge
from training.benchmarks.shop_lines import Line


@dataclass(frozen=True, slots=True)
class ShopBot:
    """A release and its domain; `answers` are those of the services, none of which is called."""

    mind: Mind
    domain: Domain
    answers: Answers
    progress: Progress

    def each(self, lines: Sequence[Line], what: str) -> Iterator[Line]:
        """The lines in turn, telling how far it is."""
        for done, line in enumerate(lines, 1):
            yield line
            self.progress(done, len(lines), f"{line.language} {what}")

    def begin(self, language: Language) -> Replay:
        """A conversation of its own."""
        return Replay(self.mind, self.domain, language, self.answers)

    def told(self, line: Line, text: str = "", replay: Replay | None = None) -> list[Reply]:
        """The replies to a line, or to another `text` for it, at first or in `replay`."""
        replay = replay or self.begin(line.language)
        return [turn.reply for turn in replay.say(text or line.text) if turn.reply]

    def judged(self, line: Line) -> Verdict:
        """What a line comes to as the first message of a conversation."""
        return judge(line, self.told(line), self.domain)

    def predicted(self, line: Line) -> Prediction | None:
        """What the intent head says of a line; None where nothing taught intents."""
        component, text = self.mind.components[line.language], simplified(line.text)
        if component.head is None:
            return None
        return component.head.predict(text, component.encoder.encode([text])[0])

    def hits(self, line: Line) -> list[Hit]:
        """The best passages for a line."""
        component, text = self.mind.components[line.language], simplified(line.text)
        vector = component.encoder.encode([text])[0]
        return component.retriever.search(text, vector, PASSAGES)

    def conversations(self, folder: Path) -> list[ConversationResult]:
        """The conversation tests in `folder` replayed, where there are any."""
        if not any(folder.glob("**/*.toml")):
            return []
        return conversation_tests.run(read([folder]), self.mind, self.domain, self.progress)

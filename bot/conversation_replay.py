"""Talk with a release as a customer would, with nothing kept and no service called.

Does between the messages what the log and the runtime do. Expects nothing of what it hears.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.actions import CallRequest, CallResult
from bot.attendance import Attendance, Present
from bot.conversation_file import Answers
from bot.dialogue import DialogueManager
from bot.domain import Domain
from bot.hand_offs import told
from bot.hours import Hours
from bot.log import HISTORY
from bot.mind import Mind
from bot.replies import welcome
from bot.turn_json import decode_state, encode_state
from bot.types import HandOff, Reply, State, Turn
from knowledge.redact import mask_cards
from knowledge.types import Language

FROM = datetime(2026, 3, 10, 15, tzinfo=UTC)
"""A Tuesday: conversations begin at the first moment from here on that suits them."""
PAUSE = timedelta(minutes=1)
"""Between two messages: time enough to read the reply."""
LOOK_AHEAD_HOURS = 14 * 24
NOT_FOUND = CallResult(404, {"error": {"code": "not_found", "message": "There is no such thing."}})
"""What a service answers to a request that nobody declared."""


@dataclass(frozen=True)
class StubEndpoint:
    """Answers calls as it was told; nothing leaves this machine."""

    answers: Answers

    def call(self, request: CallRequest) -> CallResult:
        """What was declared for the request, else that there is no such thing."""
        declared = self.answers.get((request.service, f"{request.method} {request.path}"))
        return declared or NOT_FOUND


class Replay:
    """One conversation with the bot of `mind`, begun in `language`."""

    def __init__(
        self,
        mind: Mind,
        domain: Domain,
        language: Language,
        answers: Answers,
        *,
        away: bool = False,
    ) -> None:
        """`answers` are those of services; while `away` nobody of the shop is there."""
        self._domain = domain
        self._now = _moment(domain.hours, is_open=not away)
        present: Present | None = (lambda: ()) if away else None
        self._attendance = Attendance(lambda: domain.hours, self._clock, present)
        self._manager = DialogueManager(mind, domain, self._clock, StubEndpoint(answers))
        greeting = mask_cards(welcome(language, domain).text)
        self.state = State("replay", language, history=(("bot", greeting),))

    def say(self, text: str) -> tuple[Turn, ...]:
        """The turns that answer `text`, each with a reply; none once a person has been called."""
        self._now += PAUSE
        if self.state.status != "bot":
            self._remember(self.state, [("customer", text)])
            return ()
        after, turns = self._manager.respond(self.state, text)
        turns = tuple(replace(turn, reply=self._told(turn.reply)) for turn in turns)
        replies = [turn.reply for turn in turns if turn.reply]
        handed = any(isinstance(reply.action, HandOff) for reply in replies)
        after = replace(after, status="waiting" if handed else "bot")
        self._remember(after, [("customer", text), *(("bot", reply.text) for reply in replies)])
        return turns

    def back_to_bot(self) -> None:
        """The customer waits for a person no longer."""
        self.state = replace(self.state, status="bot")

    def _remember(self, after: State, said: Sequence[tuple[str, str]]) -> None:
        """Keep of a state what the log keeps of it, and the last messages."""
        history = (*self.state.history, *((role, mask_cards(text)) for role, text in said))
        kept = State(
            after.conversation_id, after.language, after.status, history=history[-HISTORY:]
        )
        self.state = decode_state(encode_state(after), kept)

    def _told(self, reply: Reply | None) -> Reply | None:
        return told(reply, self._domain, self._attendance) if reply else None

    def _clock(self) -> str:
        return self._now.isoformat()


def _moment(hours: Hours, *, is_open: bool) -> datetime:
    """The first full hour at which the shop is open or not; `FROM` where there is none soon."""
    moments = (FROM + timedelta(hours=count) for count in range(LOOK_AHEAD_HOURS))
    return next((each for each in moments if hours.open_at(each) == is_open), FROM)

"""The review queue: which turns would teach the bot most, and what a person decides of them.

The log says which turns to look at, the serving release which of these ask for the same or make
its voices differ. Deciding writes reviews, which the next round of learning reads, redacted, and a
line of the audit log.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from bot.audit import Audit
from bot.domain_file import DomainFile
from bot.home import Home
from bot.mind import Mind
from bot.review.candidates import Candidate, candidates, count_left
from bot.review.decisions import Decisions, Settling, checked_answer
from bot.review.groups import MOST_OF_CLUSTER, Group, Groups
from bot.review.pending import pending
from bot.review.priority import strongest_first
from bot.review.signals import Signals
from bot.review.types import (
    ChooseIntent,
    Cluster,
    Confirm,
    Decision,
    NewIntent,
    OutOfScope,
    Pending,
    Reason,
    ReviewError,
    ReviewItem,
    Skip,
    Verdict,
    WriteAnswer,
    kind_of,
)
from bot.review.verdicts import confirmable
from bot.thresholds import ThresholdBook
from knowledge.types import OUT_OF_SCOPE, Language

SHORTLIST = 400
"""The most turns that models look at for one list of items."""


class ReviewQueue:
    """The queue of one home. Threads may share it, and other processes work on the same queue."""

    def __init__(self, home: Home, mind: Callable[[], Mind | None]) -> None:
        """`mind` gives the release that serves at the moment, None where none does."""
        self._home = home
        self._mind = mind
        self._book = ThresholdBook(home, mind)
        self._signals = Signals(home.database, self._book)
        self._decisions = Decisions(home.database, home.log.clock)
        self._audit = Audit(home.database, home.log.clock)
        self._groups = Groups()
        self.domain = DomainFile(home.folder)

    def items(
        self,
        language: Language | None = None,
        reason: Reason | None = None,
        limit: int = 20,
        only: Collection[int] | None = None,
    ) -> list[ReviewItem]:
        """The turns that would teach most, best first; a cluster stands for its turns once.

        `only` are the turns to look among; all where it is None.
        """
        self._signals.catch_up(self.domain.read())
        found = self._shortlist(language, only)
        wanted = [one for one in found if reason in (None, *one[0].weights)]
        wanted.sort(key=lambda one: (-one[0].priority, -one[0].turn_id))
        return [self._item(*one) for one in wanted[:limit]]

    def item(self, turn_id: int) -> ReviewItem:
        """One turn, decided or not; the first of its cluster where that has it.

        Raises UnknownTurnError.
        """
        self._signals.catch_up(self.domain.read())
        for candidate, cluster in self._shortlist(None):
            if candidate.turn_id == turn_id:
                return self._item(candidate, cluster)
            if cluster and turn_id in cluster.turn_ids:
                return self._item(replace(candidate, turn_id=turn_id), cluster.led_by(turn_id))
        return self._item(Candidate(turn_id, "en", False, 0.0, "", {}), None)

    def left(self, language: Language | None = None) -> int:
        """How many turns wait for a decision."""
        self._signals.catch_up(self.domain.read())
        return count_left(self._home.log.reading, language)

    def decide(
        self, turn_id: int, reviewer: str, decision: Decision, also: Sequence[int] = ()
    ) -> tuple[int, ...]:
        """Keep a decision on a turn and on the turns `also` of its cluster; returns their ids.

        Turns of `also` that were decided meanwhile are left alone. A new intent is written into
        domain.toml first. Raises ReviewError for what cannot be decided so, SettledError when the
        turn was decided meanwhile, UnknownTurnError.
        """
        if len(also) > MOST_OF_CLUSTER:
            raise ReviewError(f"expected at most {MOST_OF_CLUSTER} turns, found {len(also)}")
        self._signals.catch_up(self.domain.read())
        self._decisions.check_open(turn_id)
        verdict = self._verdict(turn_id, decision)
        settling = Settling(reviewer, kind_of(decision), verdict)
        with self._home.database.write():
            settled = self._decisions.settle(turn_id, settling, also)
            intent = verdict.intent if verdict else None
            details = f"{intent or ''} {len(settled)}".strip()
            self._audit.note(reviewer, f"review.{settling.kind}", str(turn_id), details)
        return settled

    def undo(self, reviewer: str) -> int | None:
        """Take back the reviewer's last decision, for all its turns: the first of them.

        A skip is taken back too; an intent that was created stays in domain.toml.
        """
        with self._home.database.write():
            taken_back = self._decisions.undo(reviewer)
            if not taken_back:
                return None
            self._audit.note(reviewer, "review.undo", str(taken_back[0]))
        return taken_back[0]

    def done(self, reviewer: str, since: str) -> int:
        """How many turns the reviewer has decided since a time (ISO 8601, UTC)."""
        return self._decisions.done(reviewer, since)

    def pending(self) -> Pending:
        """What the next round will learn that the champion has not."""
        return pending(self._home, self._mind())

    def intents(self, language: Language) -> dict[str, str]:
        """What may be chosen: the label of each intent by its name, small talk last."""
        known = self.domain.read().intents
        ordered = sorted(known, key=lambda name: (known[name].kind == "small_talk", name))
        return {name: known[name].label.get(language, name) for name in ordered}

    def _verdict(self, turn_id: int, decision: Decision) -> Verdict | None:
        match decision:
            case Confirm():
                verdict = confirmable(self._home.log.turn(turn_id))
                if verdict is None:
                    raise ReviewError(f"turn {turn_id} has no answer to confirm; say what is right")
                return verdict
            case ChooseIntent(intent):
                self._check_known(intent)
                return Verdict(intent=intent)
            case NewIntent(name, label, reply):
                self.domain.add_intent(name, label, reply)
                return Verdict(intent=name)
            case WriteAnswer(answer):
                return Verdict(answer=checked_answer(answer))
            case OutOfScope():
                return Verdict(intent=OUT_OF_SCOPE)
            case Skip():
                return None

    def _check_known(self, intent: str) -> None:
        if intent not in self.domain.read().intents:
            raise ReviewError(
                f"expected an intent of domain.toml, found {intent!r}; choose another or create it"
            )

    def _shortlist(
        self, language: Language | None, only: Collection[int] | None = None
    ) -> list[Group]:
        found = candidates(self._home.log.reading, language, only)[:SHORTLIST]
        return self._groups.of(found, self._texts(found), self._mind())

    def _texts(self, found: Iterable[Candidate]) -> dict[int, str]:
        ids = [one.turn_id for one in found]
        rows = self._home.log.reading.execute(
            f"SELECT id, query FROM turns WHERE id IN ({','.join('?' * len(ids))})",  # noqa: S608
            ids,
        )
        return dict(rows.fetchall())

    def _item(self, candidate: Candidate, cluster: Cluster | None) -> ReviewItem:
        turn = self._home.log.turn(candidate.turn_id)
        thresholds = self._book.of(turn.release, turn.language)
        prediction = turn.prediction
        return ReviewItem(
            turn=turn,
            reasons=strongest_first(candidate.weights),
            priority=round(candidate.priority, 4),
            cluster=cluster,
            confirm=confirmable(turn),
            proposed_answer=self._staff_answer(candidate.answered_by),
            threshold=thresholds.of(prediction.intent) if thresholds and prediction else None,
            passage_threshold=thresholds.passage if thresholds else None,
        )

    def _staff_answer(self, first: int | None) -> str | None:
        """What an agent wrote from message `first` on until the customer wrote again."""
        conversation_id = None if first is None else self._home.log.conversation_of(first)
        if first is None or conversation_id is None:
            return None
        said: list[str] = []
        for message in self._home.log.messages(conversation_id, after=first - 1):
            if message.role == "customer":
                break
            if message.role == "staff":
                said.append(message.text)
        return "\n".join(said) or None

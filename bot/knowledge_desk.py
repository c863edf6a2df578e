"""What staff do with the knowledge: find, add, edit, approve, switch off, delete, put back.

Every change is one transaction with its note in the audit log, and in the index of the running
server about a second later. Who may do what is the web's to check.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.audit import Audit
from bot.contradictions import Contradictions
from bot.drafts import Draft, DraftError
from bot.evidence import Evidence, behind
from bot.home import Home
from bot.knowledge_import import Imports
from bot.knowledge_search import find
from bot.mind import Mind
from bot.registry import utc_now
from knowledge.errors import DeskmateError
from knowledge.passage_reading import PassageFilter, PassageState
from knowledge.store import DuplicatePassageError, UnknownPassageError
from knowledge.types import Passage

KEPT_FOR_UNDO = 200
"""Deleted passages that can be put back, the last ones, as long as the server runs."""


class NothingToUndoError(DeskmateError):
    """The passage was not deleted here, or too long ago."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage as the console lists it.

    `indexed` says whether the running server searches it as it is now; `score` (0..1) is how well
    it fits what was searched for, None in a plain list.
    """

    passage: Passage
    state: PassageState
    indexed: bool
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Some entries of `total`."""

    entries: list[Entry]
    total: int


class KnowledgeDesk:
    """The knowledge of one home as its staff see it. Threads may share it."""

    def __init__(self, home: Home, mind: Callable[[], Mind | None]) -> None:
        self._home = home
        self._passages = home.passages
        self._mind = mind
        self._audit = Audit(home.database, utc_now)
        self.contradictions = Contradictions(home.database, home.passages, mind)
        self.imports = Imports(home, mind, self._audit)
        self._deleted: OrderedDict[int, tuple[Passage, bool]] = OrderedDict()

    def search(self, text: str, wanted: PassageFilter, limit: int = 50, offset: int = 0) -> Listing:
        """The passages that fit `text`, best first; without one all, the last changed first."""
        if text.strip():
            scores = find(self._passages, self._mind(), text, wanted.language)
            found = self._passages.among(list(scores), wanted)
            return Listing(self._entries(found[offset : offset + limit], scores), len(found))
        listed = self._passages.listed(wanted, limit, offset)
        return Listing(self._entries(listed, {}), self._passages.how_many(wanted))

    def count(self, wanted: PassageFilter) -> int:
        """How many passages a filter lets through."""
        return self._passages.how_many(wanted)

    def entry(self, passage_id: int) -> Entry:
        """One passage. Raises UnknownPassageError."""
        return self._entries([self._known(passage_id)], {})[0]

    def add(self, staff: str, draft: Draft) -> Entry:
        """Store a new question and answer. Raises DraftError."""
        passage = draft.checked().passage()
        with self._home.database.write():
            generation = self._passages.generation
            taken = self._passages.add([passage])
            if not taken.added:  # the same question of this source stood there already
                raise DraftError("question", "duplicate")
            changed, _ = self._passages.changes_since(generation, passage.language)
            self._audit.note(staff, "knowledge.add", str(changed[-1].id))
        return self.entry(changed[-1].id)

    def edit(self, staff: str, passage_id: int, draft: Draft) -> Entry:
        """Change what a passage says. Raises UnknownPassageError, DraftError."""
        with self._home.database.write():
            passage = self._known(passage_id)
            checked = draft.checked(asks=passage.kind != "doc")
            try:
                self._passages.edit(checked.changed(passage))
            except DuplicatePassageError as error:
                raise DraftError("question", "duplicate") from error
            self._audit.note(staff, "knowledge.edit", str(passage_id))
        return self.entry(passage_id)

    def approve(self, staff: str, passage_id: int) -> Entry:
        """Show the passage to customers from now on. Raises UnknownPassageError."""
        with self._home.database.write():
            self._passages.update(replace(self._known(passage_id), approved=True))
            self._audit.note(staff, "knowledge.approve", str(passage_id))
        return self.entry(passage_id)

    def switch_off(self, staff: str, passage_id: int) -> Entry:
        """Show the passage to nobody, and keep it. Raises UnknownPassageError."""
        with self._home.database.write():
            self._passages.switch_off(passage_id)
            self._audit.note(staff, "knowledge.switch_off", str(passage_id))
        return self.entry(passage_id)

    def delete(self, staff: str, passage_id: int) -> Passage:
        """Remove the passage; `restore` puts it back. Raises UnknownPassageError."""
        with self._home.database.write():
            passage = self._known(passage_id)
            was_off = passage_id in self._passages.off()
            self._passages.remove([passage_id])
            self._audit.note(staff, "knowledge.delete", str(passage_id))
        self._deleted[passage_id] = passage, was_off
        while len(self._deleted) > KEPT_FOR_UNDO:
            self._deleted.popitem(last=False)
        return passage

    def restore(self, staff: str, passage_id: int) -> Entry:
        """Put a deleted passage back. Raises NothingToUndoError, DuplicatePassageError."""
        kept = self._deleted.get(passage_id)
        if kept is None:
            raise NothingToUndoError(
                f"expected a passage deleted since the server started, found {passage_id}; "
                "add it again"
            )
        passage, was_off = kept
        with self._home.database.write():
            self._passages.restore(passage)
            if was_off:
                self._passages.switch_off(passage_id)
            self._audit.note(staff, "knowledge.restore", str(passage_id))
        self._deleted.pop(passage_id, None)
        return self.entry(passage_id)

    def evidence(self, passage_id: int) -> list[Evidence]:
        """The dialogues behind a passage. Raises UnknownPassageError."""
        self._known(passage_id)
        return behind(self._home, passage_id)

    def settle(self, staff: str, first_id: int, second_id: int) -> None:
        """Two passages that seem to contradict each other are both right."""
        with self._home.database.write():
            self.contradictions.settle(first_id, second_id)
            self._audit.note(staff, "knowledge.settle", f"{first_id},{second_id}")

    def index_state(self) -> tuple[int, int]:
        """The generation of the knowledge, and the one that the running server's index has."""
        mind = self._mind()
        return self._passages.generation, mind.index_version if mind else 0

    def close(self) -> None:
        """Delete uploaded files."""
        self.imports.close()

    def _known(self, passage_id: int) -> Passage:
        for passage in self._passages.get([passage_id]):
            return passage
        raise UnknownPassageError(f"expected a known passage, found id {passage_id}")

    def _entries(self, passages: list[Passage], scores: dict[int, float]) -> list[Entry]:
        mind, off = self._mind(), self._passages.off()
        reached = mind.index_version if mind else 0
        changed = self._passages.generations([passage.id for passage in passages])
        return [
            Entry(
                passage,
                _state(passage, off),
                changed.get(passage.id, reached + 1) <= reached,
                scores.get(passage.id),
            )
            for passage in passages
        ]


def _state(passage: Passage, off: set[int]) -> PassageState:
    if passage.approved:
        return "approved"
    return "off" if passage.id in off else "waiting"

"""Groups of exchanges that give the same answer: each is a dialogue passage, led by its first.

Keeps the vectors of the leaders. An exchange that would belong to a group but contradicts it never
joins: it leads a group of its own, and the two stand against each other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from knowledge.contradiction import contradict
from knowledge.history import Exchange
from knowledge.likeness import Likeness, Vectors
from knowledge.types import Passage

_CANDIDATES = 12


@dataclass
class Group:
    """`passage_id` is 0 until the passage is stored; `members` are those of the current batch.

    An answer that staff turned down still gathers its like, but speaks against no other.
    """

    question: str
    answer: str
    passage_id: int = 0
    members: list[Exchange] = field(default_factory=list)
    turned_down: bool = False


class Groups:
    """All groups of one language."""

    def __init__(
        self,
        likeness: Likeness,
        passages: Sequence[Passage],
        turned_down: Collection[int] = frozenset(),
    ) -> None:
        """`turned_down` are the ids of the passages that staff rejected or switched off."""
        self._likeness = likeness
        self.thresholds = likeness.thresholds
        self.all = [
            Group(each.key, each.body, each.id, turned_down=each.id in turned_down)
            for each in passages
        ]
        self._questions = likeness.encode([each.question for each in self.all])
        self._answers = likeness.encode([each.answer for each in self.all])

    def place(self, batch: Sequence[Exchange]) -> list[Group]:
        """Put each exchange into its group, old or new; returns the groups that got members."""
        questions = self._likeness.encode([each.question for each in batch])
        answers = self._likeness.encode([each.answer for each in batch])
        pair = questions, answers
        known = self._likeness.candidates(pair, (self._questions, self._answers), _CANDIDATES)
        within = self._likeness.candidates(pair, pair, len(batch))
        leaders: dict[int, Group] = {}
        touched: dict[int, Group] = {}
        for row, exchange in enumerate(batch):
            near = [(self.all[at], score) for at, score in known[row]]
            near += [(leaders[at], score) for at, score in within[row] if at in leaders]
            group = self._best(exchange.answer, near)
            if group is None:
                group = leaders[row] = Group(exchange.question, exchange.answer)
            group.members.append(exchange)
            touched[id(group)] = group
        self._grow(list(leaders.values()), questions[list(leaders)], answers[list(leaders)])
        return list(touched.values())

    def rivals(self, group: Group) -> list[Group]:
        """The groups that answer the same question in a way that contradicts this one."""
        row = next(at for at, each in enumerate(self.all) if each is group)
        pair = self._questions[row : row + 1], self._answers[row : row + 1]
        everyone = self._questions, self._answers
        (near,) = self._likeness.candidates(pair, everyone, len(self.all))
        lowest = self.thresholds.alike - self.thresholds.same_measure
        return [
            self.all[at]
            for at, score in near
            if at != row
            and score >= lowest
            and not self.all[at].turned_down
            and contradict(group.answer, self.all[at].answer)
        ]

    def _best(self, answer: str, near: list[tuple[Group, float]]) -> Group | None:
        """The most alike group that the answer may join."""
        limit = self.thresholds.alike
        scored = [
            (score + self.thresholds.bonus(answer, each.answer), each) for each, score in near
        ]
        for score, group in sorted(scored, key=lambda hit: -hit[0]):
            if score >= limit and not contradict(answer, group.answer):
                return group
        return None

    def _grow(self, groups: list[Group], questions: Vectors, answers: Vectors) -> None:
        self.all += groups
        self._questions = np.concatenate([self._questions, questions])
        self._answers = np.concatenate([self._answers, answers])

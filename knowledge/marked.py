"""Questions that people marked with the text that answers them: how a passage is asked for.

A question is found near others of its kind more surely than near the words that answer it.
"""

from collections.abc import Iterable

from knowledge.language import folded
from knowledge.types import Passage

ASKED_PLACES = 256
"""Questions of a passage that are looked at; the one at `place` is `id * ASKED_PLACES + place`."""


class MarkedQuestions:
    """The questions of one language, each with a part of the text that answers it."""

    def __init__(self, rows: Iterable[tuple[str, str]] = ()) -> None:
        """`rows` are (question, part); a question may come with several parts."""
        self._rows = [(question, folded(part)) for question, part in rows]

    def of(self, passage: Passage) -> list[str]:
        """The questions that this passage answers, in the order in which they were marked."""
        body = folded(passage.body)
        asked = dict.fromkeys(question for question, part in self._rows if part in body)
        return list(asked)[:ASKED_PLACES]

"""What staff write into the editor of a passage, checked and made a passage.

Owns the limits and which field is wrong; the words for it in each language are the console's.
"""

from dataclasses import dataclass, replace
from typing import Literal

from knowledge.errors import DeskmateError
from knowledge.language import normalise, visible
from knowledge.mining import MAX_TITLE
from knowledge.redact import published
from knowledge.types import Language, Passage

MOST_QUESTION = 1_000
MOST_ANSWER = 8_000
MOST_TITLE = 200
MOST_SOURCE = 200
OWN_SOURCE: dict[Language, str] = {"en": "FAQ", "zh": "常见问题"}
"""Where an answer comes from that staff wrote themselves; customers read it under the answer."""

Field = Literal["question", "answer", "title", "source"]
Fault = Literal["empty", "too_long", "duplicate"]

_MOST: dict[Field, int] = {
    "question": MOST_QUESTION,
    "answer": MOST_ANSWER,
    "title": MOST_TITLE,
    "source": MOST_SOURCE,
}
_MESSAGES: dict[Fault, str] = {
    "empty": "expected some text, found none; write it",
    "too_long": "expected at most {most} characters, found {found}; shorten it",
    "duplicate": "expected one of its own, found it at another passage of this source; change that",
}


class DraftError(DeskmateError):
    """A field that cannot be stored so: `field`, `fault`, and for a long one `most`."""

    def __init__(self, field: Field, fault: Fault, found: int = 0) -> None:
        self.field, self.fault, self.most = field, fault, _MOST[field]
        super().__init__(f"{field}: {_MESSAGES[fault].format(most=self.most, found=found)}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A passage as staff write it; without a title the question is the title.

    `approved` None leaves a passage as approved as it is; a new one is.
    """

    language: Language
    question: str
    answer: str
    title: str = ""
    source: str = ""
    approved: bool | None = None

    def checked(self, *, asks: bool = True) -> "Draft":
        """Without personal data and what cannot be seen. Raises DraftError.

        `asks` is off for a section of a document, which has a title and no question.
        """
        return replace(
            self,
            question=_clean("question", self.question, needed=asks),
            answer=_clean("answer", self.answer, needed=True),
            title=_clean("title", self.title, needed=not asks),
            source=_clean("source", self.source, needed=False),
        )

    def passage(self) -> Passage:
        """A new passage of it; call it on a checked draft."""
        source = self.source or OWN_SOURCE[self.language]
        return Passage(
            id=0,
            kind="faq",
            language=self.language,
            title=self._title(),
            key=self.question,
            body=self.answer,
            source=source,
            approved=self.approved is not False,
        )

    def changed(self, passage: Passage) -> Passage:
        """`passage` with what the draft says; call it on a checked draft."""
        is_doc = passage.kind == "doc"
        title = self.title if is_doc else self._title()
        return replace(
            passage,
            title=title,
            key=f"{title}\n{self.answer}" if is_doc else self.question,
            body=self.answer,
            source=self.source or passage.source,
            approved=passage.approved if self.approved is None else self.approved,
        )

    def _title(self) -> str:
        title = self.title or normalise(self.question)
        long = not self.title and len(title) > MAX_TITLE
        return f"{title[: MAX_TITLE - 1].rstrip()}…" if long else title


def _clean(field: Field, text: str, *, needed: bool) -> str:
    seen = published(visible(text))
    if needed and not normalise(seen):
        raise DraftError(field, "empty")
    if len(seen) > _MOST[field]:
        raise DraftError(field, "too_long", len(seen))
    return seen

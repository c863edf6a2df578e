"""What the tests of the log and the desk put into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.log import ConversationLog
from bot.types import Action, Answer, Citation, Option, Prediction, Reply, State, Turn
from knowledge.database import Database
from knowledge.types import Hit, Passage

PASSAGE = Passage(
    7, "faq", "en", "Returns", "how do I return it", "30 days.", "faq.csv", True, 3, "2026-01-01"
)
HIT = Hit(PASSAGE, 0.91)
PREDICTION = Prediction(
    "return_item", 0.93, (("return_item", 0.93), ("refund_status", 0.04)), 0.02, True
)


class Clock:
    """Counts seconds from a fixed time; `forward` jumps days."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 4, 10, 0, 0, tzinfo=UTC)

    def __call__(self) -> str:
        self.now += timedelta(seconds=1)
        return self.now.isoformat().replace("+00:00", "Z")

    def forward(self, days: int) -> None:
        self.now += timedelta(days=days)


@contextmanager
def opened_log(folder: Path) -> Iterator[ConversationLog]:
    """A log in a new database, with ids c0, c1 ..."""
    numbers = count()
    database = Database(folder / "deskmate.db")
    yield ConversationLog(database, Clock(), lambda: f"c{next(numbers)}")
    database.close()


def reply(text: str = "30 days.", action: Action | None = None) -> Reply:
    return Reply(
        text,
        action or Answer(hits=(HIT,)),
        "en",
        (Citation(7, "Returns", "faq.csv", 0.91),),
        (Option("More", "tell me more"),),
    )


def turn(conversation_id: str, text: str = "Can I return it?", **changed: Any) -> Turn:
    plain = Turn(
        id=0,
        conversation_id=conversation_id,
        message=text,
        query=text,
        language="en",
        prediction=PREDICTION,
        hits=(HIT,),
        reply=reply(),
        release="r0001-20260304T101112",
        index_version=4,
        timings_ms={"encode": 5.5},
        at="2026-03-04T10:00:00Z",
    )
    return replace(plain, **changed)


def state(conversation_id: str, **changed: Any) -> State:
    return replace(State(conversation_id, "en"), **changed)

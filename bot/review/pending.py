"""What the next round of learning gets from reviewers and agents that the champion has not."""

from collections import Counter
from sqlite3 import Connection

from bot.home import Home
from bot.lesson_mark import LessonMark
from bot.mind import Mind
from bot.registry import Release
from bot.review.types import DecisionKind, Pending
from knowledge.types import KNOWLEDGE

_REVIEWS = """
SELECT d.kind, r.intent, count(*) FROM reviews r LEFT JOIN decisions d ON d.review_id = r.id
WHERE r.id > ? AND r.id = (SELECT max(id) FROM reviews WHERE turn_id = r.turn_id)
GROUP BY d.kind, r.intent
"""


def pending(home: Home, mind: Mind | None) -> Pending:
    """Count it. A release that does not say how far it had read is taken by its time."""
    connection: Connection = home.database.connection.conn
    champion = home.registry.champion()
    mark = _mark(home, champion, connection)
    kinds: Counter[DecisionKind] = Counter()
    intents: Counter[str] = Counter()
    for kind, intent, count in connection.execute(_REVIEWS, (mark.review,)):
        kinds[kind or ("intent" if intent else "answer")] += count
        if intent:
            intents[intent] += count
    (replies,) = connection.execute(
        "SELECT count(*) FROM messages INDEXED BY review_messages_of_staff"
        " WHERE role = 'staff' AND id > ?",
        (mark.message,),
    ).fetchone()
    return Pending(
        release=champion.id if champion else None,
        total=sum(kinds.values()),
        kinds=dict(kinds),
        intents=dict(intents.most_common()),
        staff_replies=replies,
        taught=_taught(mind),
    )


def _mark(home: Home, champion: Release | None, connection: Connection) -> LessonMark:
    if champion is None:
        return LessonMark()
    mark = LessonMark.load(home.registry.folder(champion.id))
    if mark is not None:
        return mark
    row = connection.execute(
        "SELECT coalesce((SELECT max(id) FROM reviews WHERE at < :at), 0),"
        " coalesce((SELECT max(id) FROM messages WHERE at < :at), 0)",
        {"at": champion.created},
    ).fetchone()
    return LessonMark(*row)


def _taught(mind: Mind | None) -> dict[str, int]:
    """Utterances by intent that the serving release was taught with, all languages together."""
    counts: Counter[str] = Counter()
    for component in mind.components.values() if mind else ():
        if head := component.head:
            counts.update(head.settings.intents[label] for label in head.arrays.memory_labels)
    counts.pop(KNOWLEDGE, None)
    return dict(counts)

# ruff: noqa: S608 - statements of this file's own parts
"""The statements of the statistics. All take `:language` (NULL: all languages) and times in UTC.

`:parts` is a JSON list of [since, until]; a statement over it numbers its rows by the part. A part
leads each such query (CROSS JOIN keeps the order), so that an index by time is read once.
"""

_PARTS = (
    "WITH part AS MATERIALIZED (SELECT key AS n, json_extract(value, '$[0]') AS since,"
    " json_extract(value, '$[1]') AS until FROM json_each(:parts)) "
)
_LANGUAGE = "(:language IS NULL OR {}language = :language)"
_OF_CONVERSATION = (
    "(:language IS NULL OR :language ="
    " (SELECT language FROM conversations WHERE id = {}.conversation_id))"
)

ANSWERS = "('answer', 'call')"
"""Actions that give the customer what was asked for."""
NOT_KNOWN = "('failed_turns', 'not_known')"
"""Reasons of a hand-off that say that the bot could not help."""

_ANSWERED = f"action IN {ANSWERS}"
_FAILED = f"(action = 'clarify' OR (action = 'hand_off' AND reason IN {NOT_KNOWN}))"

CONVERSATIONS = (
    _PARTS
    + f"""
SELECT n, count(*), count(answered), total(answered IS NOT NULL AND person),
    total(answered AND NOT person AND ended), total(NOT answered AND NOT person AND ended)
FROM (SELECT part.n,
        c.status = 'resolved' OR (c.status = 'bot' AND c.updated < :idle) AS ended,
        c.handed_off IS NOT NULL OR c.status IN ('waiting', 'open') OR EXISTS (
            SELECT 1 FROM messages m WHERE m.conversation_id = c.id AND m.role = 'staff'
        ) AS person,
        (SELECT max(coalesce(t.{_ANSWERED}, 0)) FROM turn_figures t
            WHERE t.conversation_id = c.id) AS answered
    FROM part CROSS JOIN conversations c ON c.created >= part.since AND c.created < part.until
    WHERE {_LANGUAGE.format("c.")})
GROUP BY n
"""
)
TURNS = (
    _PARTS
    + f"""
SELECT part.n, count(*), count(action), total({_ANSWERED}), total({_FAILED}),
    total(mood = 'negative'), total(mood = 'neutral'), total(mood = 'positive')
FROM part CROSS JOIN turn_figures t ON t.at >= part.since AND t.at < part.until
WHERE {_LANGUAGE.format("t.")} GROUP BY part.n
"""
)
THUMBS = (
    _PARTS
    + f"""
SELECT part.n, sum(m.rating > 0), count(*)
FROM part CROSS JOIN messages m ON m.at >= part.since AND m.at < part.until
WHERE m.rating IS NOT NULL AND {_OF_CONVERSATION.format("m")} GROUP BY part.n
"""
)
HAND_OFFS = (
    _PARTS
    + f"""
SELECT part.n, coalesce(s.reason, 'unknown'), count(*)
FROM part CROSS JOIN status_changes s ON s.at >= part.since AND s.at < part.until
WHERE s.status = 'waiting' AND {_OF_CONVERSATION.format("s")} GROUP BY part.n, s.reason
"""
)
STAFF_MESSAGES = f"""
SELECT count(*) FROM messages m
WHERE m.role = 'staff' AND m.at >= :since AND m.at < :until AND {_OF_CONVERSATION.format("m")}
"""
STARS = f"""
SELECT stars, count(*) FROM conversations c
WHERE created >= :since AND created < :until AND stars IS NOT NULL AND {_LANGUAGE.format("")}
GROUP BY stars
"""
BOT_TIMES = f"""
SELECT spent_ms FROM turn_figures
WHERE at >= :since AND at < :until AND spent_ms IS NOT NULL AND {_LANGUAGE.format("")}
"""
STAFF_TIMES = f"""
SELECT asked_at, next_at,
    (SELECT min(m.at) FROM messages m WHERE m.conversation_id = h.conversation_id
        AND m.role = 'staff' AND m.at >= asked_at AND (next_at IS NULL OR m.at <= next_at))
FROM (SELECT s.conversation_id, s.at AS asked_at,
        (SELECT min(l.at) FROM status_changes l WHERE l.conversation_id = s.conversation_id
            AND l.id > s.id AND l.status != 'open') AS next_at
    FROM status_changes s
    WHERE s.status = 'waiting' AND s.at >= :since AND s.at < :until
        AND {_OF_CONVERSATION.format("s")}) h
"""
WAITING = f"""
SELECT count(*), min(handed_off) FROM conversations
WHERE status = 'waiting' AND {_LANGUAGE.format("")}
"""
INTENTS = f"""
SELECT intent, count(*) FROM turn_figures
WHERE at >= :since AND at < :until AND intent IS NOT NULL
    AND action IS NOT NULL AND action != 'small_talk' AND {_LANGUAGE.format("")}
GROUP BY intent ORDER BY count(*) DESC, intent LIMIT :most
"""
RELEASES = f"""
SELECT release, min(at), count(*), total({_ANSWERED}), total({_FAILED}) FROM turn_figures
WHERE at >= :since AND at < :until AND action IS NOT NULL AND {_LANGUAGE.format("")}
GROUP BY release ORDER BY min(at)
"""

"""From past dialogues to knowledge: questions with answers, and groups that several agents back.

Owns what becomes a passage and when it is approved. Old dialogues are evidence: one agent's word is
a suggestion, the same word in three dialogues with nothing against it is an answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.encoder import Encoder
from knowledge.groups import Group, Groups
from knowledge.history import Exchange, HistoryStore
from knowledge.language import sentences
from knowledge.likeness import Likeness, Thresholds
from knowledge.staff_replies import asks_back, is_question, knowledge_in, without_courtesy
from knowledge.store import PassageStore
from knowledge.types import Conversation, Language, Message, Passage, Progress

BATCH = 256
MAX_TITLE = 90


def exchanges(conversation: Conversation) -> list[Exchange]:
    """The questions of a conversation with answers of staff that stand by themselves.

    A question is all that the customer said since the last answer; staff asking back does not end
    it. Answers lose greetings and other courtesies.
    """
    found: list[Exchange] = []
    question: list[str] = []
    for speaker, turn in _runs(conversation):
        if speaker == "customer":
            question += [message.text for message in turn]
            continue
        said = "\n".join(message.text for message in turn)
        asked = " ".join(question)
        answer = knowledge_in(said, conversation.language)
        if speaker == "staff" and answer and is_question(asked, conversation.language):
            found.append(
                Exchange(0, conversation.id, conversation.language, asked, answer, turn[0].at)
            )
        if not asks_back(said, conversation.language):
            question = []
    return found


def _runs(conversation: Conversation) -> Iterator[tuple[str, list[Message]]]:
    """The messages of one speaker in a row, together."""
    run: list[Message] = []
    for message in conversation.messages:
        if run and message.role != run[0].role:
            yield run[0].role, run
            run = []
        run.append(message)
    if run:
        yield run[0].role, run


@dataclass(frozen=True, slots=True)
class GroupReport:
    """What grouping did.

    `grouped` exchanges went into `started` new and some old passages; `approved` of them got enough
    support; `held_back` have it but are contradicted. `contested` are the ids of passages that
    stood approved and that a new group contradicts: a person should look at them.
    """

    grouped: int = 0
    started: int = 0
    approved: int = 0
    held_back: int = 0
    contested: tuple[int, ...] = ()


def group_pending(
    history: HistoryStore,
    store: PassageStore,
    encoder: Encoder,
    language: Language,
    progress: Progress | None = None,
    thresholds: Thresholds = Thresholds(),  # noqa: B008
) -> GroupReport:
    """Put every exchange that has no passage yet into one, and approve what is backed enough.

    An approval that stands is never taken back here: it may be a person's. What a person switched
    off or deleted gathers its like without coming back.
    """
    batch = history.pending(language, BATCH)
    if not batch:
        return GroupReport()
    rejected, off = store.rejected(language), store.off()
    known = [each for each in store.all(language) if each.kind == "dialogue"] + rejected
    turned_down = off | {each.id for each in rejected}
    groups = Groups(Likeness(encoder, language, thresholds), known, turned_down)
    touched: dict[int, Group] = {}
    grouped = 0
    while batch:
        placed = groups.place(batch)
        _store_new(store, language, [each for each in placed if not each.passage_id])
        for group in placed:
            history.assign([member.id for member in group.members], group.passage_id)
            group.members.clear()
            touched[group.passage_id] = group
        grouped += len(batch)
        if progress:
            progress(grouped, None, "grouping")
        batch = history.pending(language, BATCH)
    approved, held_back = 0, 0
    for group in touched.values():
        outcome = _judge(history, store, groups, group)
        approved += outcome == "approved"
        held_back += outcome == "held back"
    started = groups.all[len(known) :]
    standing = {each.id for each in known if each.approved}
    contested = standing & {rival.passage_id for each in started for rival in groups.rivals(each)}
    return GroupReport(grouped, len(started), approved, held_back, tuple(sorted(contested)))


def _store_new(store: PassageStore, language: Language, groups: Sequence[Group]) -> None:
    """Store the passages of new groups and give the groups their ids."""
    generation = store.generation
    store.add(_passage(group.members[0]) for group in groups)
    changed, _ = store.changes_since(generation, language)
    ids = {passage.source: passage.id for passage in changed}
    for group in groups:
        group.passage_id = ids[_source(group.members[0])]


def _passage(leader: Exchange) -> Passage:
    return Passage(
        id=0,
        kind="dialogue",
        language=leader.language,
        title=title_of(leader),
        key=leader.question,
        body=leader.answer,
        source=_source(leader),
        approved=False,
        support=1,
    )


def _source(leader: Exchange) -> str:
    return f"dialogue#{leader.id}"


def title_of(leader: Exchange) -> str:
    """The question without courtesies; of a long one, the longest sentence that asks something."""
    said = without_courtesy(leader.question, leader.language) or leader.question
    if len(said) > MAX_TITLE:
        parts = sentences(said)
        said = max([part for part in parts if part.endswith(("?", "？"))] or parts, key=len)
    return said if len(said) <= MAX_TITLE else f"{said[: MAX_TITLE - 1].rstrip()}…"


def _judge(
    history: HistoryStore, store: PassageStore, groups: Groups, group: Group
) -> Literal["approved", "held back", "waiting"]:
    """Write down a group's support; approve it when enough dialogues back it and none opposes."""
    found = store.get([group.passage_id])
    if not found or group.passage_id in store.off():
        return "waiting"
    passage = found[0]
    # Replies of the staff in live chats back it as well, but only dialogues approve by themselves.
    dialogues = history.support(passage.id)
    support = max(dialogues, passage.support)
    enough = dialogues >= groups.thresholds.min_support
    opposed = enough and bool(groups.rivals(group))
    approves = enough and not opposed and not passage.approved
    store.update(replace(passage, support=support, approved=passage.approved or approves))
    if approves:
        return "approved"
    return "held back" if opposed else "waiting"

"""The knowledge as staff work on it, on a real store and index with the fake encoder."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.drafts import Draft, DraftError
from bot.home import Home
from bot.knowledge_desk import KnowledgeDesk, NothingToUndoError
from bot.knowledge_import import Import, ImportRefusedError
from bot.runtime import Runtime
from bot.types import HandOff
from knowledge.index import Index
from knowledge.intake import UnreadableFileError
from knowledge.passage_reading import PassageFilter
from knowledge.store import UnknownPassageError
from knowledge.types import Changes, Passage
from tests.bot.homes import RETURNS, add_faq, add_release
from tests.bot.log_samples import reply, state, turn
from tests.waiting import until

ALL = PassageFilter()
RED = Draft("en", "Does the kettle come in red?", "Yes, in red and in white.")


@pytest.fixture
def runtime(home: Home, fake_encoder: None) -> Iterator[Runtime]:
    add_faq(home)
    add_release(home)
    runtime = Runtime(home, watch=False)
    yield runtime
    runtime.close()


@pytest.fixture
def desk(runtime: Runtime) -> KnowledgeDesk:
    return runtime.knowledge


def answer(runtime: Runtime, question: str) -> str:
    """What the bot says to a new customer."""
    runtime.pick_up_changes()
    _, messages = runtime.respond(runtime.start("en")[0], question)
    return messages[0].text


def mined(runtime: Runtime, question: str, body: str, number: int = 1) -> int:
    passage = Passage(0, "dialogue", "en", question, question, body, f"dialogue#{number}", False, 1)
    runtime.home.passages.add([passage])
    return max(runtime.home.passages.ids("en"))


def deeds(runtime: Runtime) -> list[tuple[str, str, str]]:
    rows = runtime.home.database.connection.conn.execute(
        "SELECT staff, action, target FROM audit ORDER BY id"
    )
    return list(rows)


def test_added_answer_is_given_without_a_restart(runtime: Runtime, desk: KnowledgeDesk) -> None:
    entry = desk.add("ana", RED)
    assert (entry.state, entry.indexed) == ("approved", False)
    assert answer(runtime, RED.question) == RED.answer
    assert desk.entry(entry.passage.id).indexed
    assert deeds(runtime) == [("ana", "knowledge.add", str(entry.passage.id))]


def test_running_server_has_a_change_in_its_index_within_two_seconds(
    home: Home, fake_encoder: None
) -> None:
    add_release(home)
    watched = Runtime(home)
    try:
        added = watched.knowledge.add("ana", RED).passage.id
        start = time.monotonic()
        while not watched.knowledge.entry(added).indexed:
            assert time.monotonic() - start < 2
            time.sleep(0.05)
    finally:
        watched.close()


def test_edited_answer_is_given(runtime: Runtime, desk: KnowledgeDesk) -> None:
    desk.edit("ana", 1, Draft("en", RETURNS, "You have 60 days."))
    assert answer(runtime, RETURNS) == "You have 60 days."
    assert desk.entry(1).state == "approved"


def test_edited_question_is_found_by_its_new_words(runtime: Runtime, desk: KnowledgeDesk) -> None:
    desk.edit("ana", 1, Draft("en", "What is the cooling-off period?", "You have 30 days."))
    assert answer(runtime, "What is the cooling-off period?") == "You have 30 days."
    assert desk.entry(1).passage.title == "What is the cooling-off period?"


def test_switched_off_answer_is_given_no_more(runtime: Runtime, desk: KnowledgeDesk) -> None:
    assert answer(runtime, RETURNS) == "You have 30 days."
    assert desk.switch_off("ana", 1).state == "off"
    assert answer(runtime, RETURNS) != "You have 30 days."
    assert desk.approve("ana", 1).state == "approved"
    assert answer(runtime, RETURNS) == "You have 30 days."


def test_deleted_answer_is_given_no_more_and_can_be_put_back(
    runtime: Runtime, desk: KnowledgeDesk
) -> None:
    desk.delete("ana", 1)
    assert answer(runtime, RETURNS) != "You have 30 days."
    assert desk.restore("bo", 1).state == "approved"
    assert answer(runtime, RETURNS) == "You have 30 days."
    assert [deed[1] for deed in deeds(runtime)] == ["knowledge.delete", "knowledge.restore"]


def test_what_was_off_is_off_after_its_return(desk: KnowledgeDesk) -> None:
    desk.switch_off("ana", 1)
    desk.delete("ana", 1)
    assert desk.restore("ana", 1).state == "off"


def test_only_what_was_deleted_here_can_be_put_back(desk: KnowledgeDesk) -> None:
    with pytest.raises(NothingToUndoError, match="add it again"):
        desk.restore("ana", 1)


def test_deleting_and_putting_back_does_not_harm_the_index(
    runtime: Runtime, desk: KnowledgeDesk
) -> None:
    ids = [desk.add("ana", replace(RED, question=f"{RED.question} {n}")).passage.id for n in "abcd"]
    runtime.pick_up_changes()
    for number, passage_id in enumerate(ids):
        desk.delete("ana", passage_id)
        if number % 2:
            runtime.pick_up_changes()
        desk.restore("ana", passage_id)
    desk.delete("ana", ids[0])
    runtime.pick_up_changes()
    assert runtime.status()["index_sizes"]["en"] == 4
    [path] = (runtime.home.folder / "index").glob("*-en.faiss")
    saved = Index.load(path, runtime.status()["release"])
    assert (len(saved), saved.generation) == (4, runtime.home.passages.generation)


@pytest.mark.parametrize("wrong", ["approve", "switch_off", "delete"])
def test_unknown_passage_is_refused(desk: KnowledgeDesk, wrong: str) -> None:
    with pytest.raises(UnknownPassageError):
        getattr(desk, wrong)("ana", 99)


@pytest.mark.parametrize(
    ("draft", "field", "fault"),
    [
        (replace(RED, question=" \u200b"), "question", "empty"),
        (replace(RED, answer=""), "answer", "empty"),
        (replace(RED, question="a" * 1001), "question", "too_long"),
        (replace(RED, answer="a" * 8001), "answer", "too_long"),
        (replace(RED, title="a" * 201), "title", "too_long"),
        (replace(RED, question=RETURNS, source="faq.csv"), "question", "duplicate"),
    ],
)
def test_draft_that_cannot_be_stored_says_which_field(
    runtime: Runtime, desk: KnowledgeDesk, draft: Draft, field: str, fault: str
) -> None:
    with pytest.raises(DraftError, match=f"{field}: expected") as caught:
        desk.add("ana", draft)
    assert (caught.value.field, caught.value.fault) == (field, fault)
    assert len(runtime.home.passages.all()) == 1
    assert deeds(runtime) == []


def test_edit_into_anothers_place_is_refused(runtime: Runtime, desk: KnowledgeDesk) -> None:
    add_faq(runtime.home, "Another question?", "Another answer.")
    with pytest.raises(DraftError) as caught:
        desk.edit("ana", 2, Draft("en", RETURNS, "Mine."))
    assert caught.value.fault == "duplicate"
    assert desk.entry(2).passage.body == "Another answer."


def test_personal_data_does_not_get_into_the_knowledge(desk: KnowledgeDesk) -> None:
    told = desk.add("ana", replace(RED, answer="Write to ann.lee@example.org or help@shop.com."))
    assert told.passage.body == "Write to [EMAIL] or help@shop.com."


def test_section_of_a_document_keeps_its_key_in_step(runtime: Runtime, desk: KnowledgeDesk) -> None:
    section = Passage(0, "doc", "en", "Shipping", "Shipping\nOld.", "Old.", "a.md#shipping", True)
    runtime.home.passages.add([section])
    desk.edit("ana", 2, Draft("en", "", "New.", title="Shipping"))
    assert desk.entry(2).passage.key == "Shipping\nNew."


def test_search_finds_what_waits_and_what_is_off(runtime: Runtime, desk: KnowledgeDesk) -> None:
    waiting = mined(runtime, "Is the kettle sold in red?", "Yes.")
    runtime.pick_up_changes()
    [entry, *_] = desk.search("kettle in red", ALL).entries
    assert (entry.passage.id, entry.state) == (waiting, "waiting")
    desk.switch_off("ana", waiting)
    [entry] = desk.search("kettle in red", PassageFilter(state="off")).entries
    assert entry.passage.id == waiting
    assert entry.score is not None


def test_search_by_number_and_by_words_without_a_release(home: Home) -> None:
    add_faq(home)
    add_faq(home, "Do you sell gift cards?", "Yes.")
    desk = KnowledgeDesk(home, lambda: None)
    assert [one.passage.id for one in desk.search("#2", ALL).entries] == [2]
    assert [one.passage.id for one in desk.search("gift", ALL).entries] == [2]
    assert [one.passage.id for one in desk.search("gift", PassageFilter("zh")).entries] == []
    assert desk.search("", ALL).total == 2
    assert not desk.entry(1).indexed


def test_list_comes_in_pages_and_the_last_changed_first(
    runtime: Runtime, desk: KnowledgeDesk
) -> None:
    for number in range(5):
        add_faq(runtime.home, f"Question {number}?", "Yes.")
    page = desk.search("", ALL, limit=2, offset=2)
    assert (len(page.entries), page.total) == (2, 6)
    assert [one.passage.id for one in page.entries] == [4, 3]


def test_dialogues_behind_a_suggestion_are_shown_redacted(
    runtime: Runtime, desk: KnowledgeDesk
) -> None:
    conversation_id = runtime.log.start("en")[0]
    told = reply("One moment.", HandOff("intent"))
    asked = turn(conversation_id, "I am ann@example.org, does the kettle come in red?", reply=told)
    runtime.log.append(asked, state(conversation_id))
    runtime.desk.say(conversation_id, "Bo", "The kettle comes in red and in plain white.")
    runtime.teaching.learn()
    [entry] = desk.search("", PassageFilter(state="waiting")).entries
    [evidence] = desk.evidence(entry.passage.id)
    assert evidence.conversation_id == conversation_id
    assert [(one.role, one.text) for one in evidence.messages] == [
        ("customer", "I am [EMAIL], does the kettle come in red?"),
        ("staff", "The kettle comes in red and in plain white."),
    ]


CSV = (
    "question,answer\nHow long do I have to send something back?,You have 30 days.\n"
    "Do you ship to Guam?,No.\nBroken\n,Nothing asked\n"
)


def finished(running: Import) -> Import:
    until(lambda: running.finished)
    return running


def test_preview_counts_and_names_bad_rows_and_stores_nothing(
    runtime: Runtime, desk: KnowledgeDesk
) -> None:
    preview = desk.imports.preview("faq", "faq.csv", CSV.encode(), None)
    assert (preview.read, preview.failed) == (2, 2)
    assert preview.changes == Changes(added=1, unchanged=1)
    assert [error.line for error in preview.errors] == [4, 5]
    assert preview.samples[1] == ("Do you ship to Guam?", "No.")
    assert len(runtime.home.passages.all()) == 1


def test_previewed_file_is_imported_and_answered_from(
    runtime: Runtime, desk: KnowledgeDesk
) -> None:
    preview = desk.imports.preview("faq", "faq.csv", CSV.encode(), None)
    done = finished(desk.imports.start("ana", preview.upload_id))
    assert (done.changes, done.unreadable, done.failed) == (Changes(1, 0, 1), 2, "")
    assert answer(runtime, "Do you ship to Guam?") == "No."
    assert deeds(runtime) == [("ana", "knowledge.import", "faq.csv")]
    with pytest.raises(ImportRefusedError, match="choose it again"):
        desk.imports.start("ana", preview.upload_id)


def test_imported_dialogues_become_suggestions(runtime: Runtime, desk: KnowledgeDesk) -> None:
    lines = (
        '{"id": "d%d", "language": "en", "turns": [{"role": "customer", "text": '
        '"Does the kettle come in red?"}, {"role": "staff", "text": '
        '"The kettle comes in red and in plain white. %s"}]}'
    )
    data = "\n".join(lines % (n, "Thanks!" * n) for n in (1, 2)).encode()
    preview = desk.imports.preview("dialogues", "old.jsonl", data, None)
    assert preview.samples[0][0] == "Does the kettle come in red?"
    done = finished(desk.imports.start("ana", preview.upload_id))
    assert done.suggestions == 1
    [entry] = desk.search("", PassageFilter(state="waiting")).entries
    assert entry.passage.support == 2
    assert [one.name for one in desk.evidence(entry.passage.id)] == ["d1", "d2"]


def test_rejected_suggestion_does_not_return_with_the_next_import(
    runtime: Runtime, desk: KnowledgeDesk
) -> None:
    test_imported_dialogues_become_suggestions(runtime, desk)
    [entry] = desk.search("", PassageFilter(state="waiting")).entries
    desk.delete("ana", entry.passage.id)
    runtime.pick_up_changes()
    line = (
        '{"id": "d9", "language": "en", "turns": [{"role": "customer", "text": '
        '"does the kettle come in red"}, {"role": "staff", "text": '
        '"The kettle comes in red and in plain white."}]}'
    )
    preview = desk.imports.preview("dialogues", "new.jsonl", line.encode(), None)
    done = finished(desk.imports.start("ana", preview.upload_id))
    assert (done.changes, done.suggestions) == (Changes(added=1), 0)
    assert desk.search("", PassageFilter(state="waiting")).total == 0


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("faq.exe", b"x", ImportRefusedError),
        ("faq.csv", b"", UnreadableFileError),
        ("faq.csv", b"question,answer\nbroken\n", UnreadableFileError),
        ("faq.csv", b"\xff\xfe\x00", UnreadableFileError),
    ],
)
def test_file_that_cannot_be_read_is_refused_and_not_kept(
    desk: KnowledgeDesk, name: str, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        desk.imports.preview("faq", name, data, None)
    assert not desk.imports._uploads


def test_uploaded_file_cannot_leave_its_folder(desk: KnowledgeDesk, tmp_path: Path) -> None:
    preview = desk.imports.preview("faq", "../../../evil.csv", CSV.encode(), None)
    path = desk.imports._uploads[preview.upload_id].path
    assert path.name == "evil.csv"
    assert path.parent.parent == desk.imports._folder


def test_one_import_at_a_time(desk: KnowledgeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    preview = desk.imports.preview("faq", "faq.csv", CSV.encode(), None)
    desk.imports.current = Import("another.csv")
    with pytest.raises(ImportRefusedError, match="wait"):
        desk.imports.start("ana", preview.upload_id)


def test_old_uploads_make_room(desk: KnowledgeDesk) -> None:
    previews = [desk.imports.preview("faq", "faq.csv", CSV.encode(), None) for _ in range(10)]
    kept = [each.upload_id for each in previews if each.upload_id in desk.imports._uploads]
    assert kept == [each.upload_id for each in previews[2:]]


def contradicting(runtime: Runtime) -> None:
    add_faq(
        runtime.home, "How long does the Drift robot charge?", "The Drift robot charges 4 hours."
    )
    mined(runtime, "How long does the Drift robot charge for?", "The Drift robot charges 6 hours.")
    runtime.pick_up_changes()


def test_contradicting_answers_to_like_questions_are_found(
    runtime: Runtime, desk: KnowledgeDesk
) -> None:
    contradicting(runtime)
    [pair] = desk.contradictions.find()
    assert (pair.first.id, pair.second.id) == (2, 3)
    assert 0.5 <= pair.likeness <= 1


def test_two_answers_are_shown_once_for_all_wordings(runtime: Runtime, desk: KnowledgeDesk) -> None:
    contradicting(runtime)
    wording = "For how long does the Drift robot charge?"
    add_faq(runtime.home, wording, "The Drift robot charges 4 hours.")
    runtime.pick_up_changes()
    assert len(desk.contradictions.find()) == 1
    desk.settle("ana", 2, 3)
    assert desk.contradictions.find() == []


def test_settled_pair_comes_up_again_when_an_answer_changes(
    runtime: Runtime, desk: KnowledgeDesk
) -> None:
    contradicting(runtime)
    desk.settle("ana", 3, 2)
    assert desk.contradictions.find() == []
    question = "How long does the Drift robot charge?"
    desk.edit("ana", 2, Draft("en", question, "The Drift robot charges 5 hours."))
    runtime.pick_up_changes()
    assert len(desk.contradictions.find()) == 1
    assert deeds(runtime)[0] == ("ana", "knowledge.settle", "3,2")


def test_what_is_off_contradicts_nothing(runtime: Runtime, desk: KnowledgeDesk) -> None:
    contradicting(runtime)
    assert len(desk.contradictions.find()) == 1
    desk.switch_off("ana", 3)
    runtime.pick_up_changes()
    assert desk.contradictions.find() == []


def test_without_a_release_no_contradiction_is_found(home: Home) -> None:
    assert KnowledgeDesk(home, lambda: None).contradictions.find() == []

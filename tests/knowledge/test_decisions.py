"""What staff decided about passages outlives imports and grouping."""

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.database import Database
from knowledge.history import Exchange, HistoryStore
from knowledge.importing import import_docs, import_faq
from knowledge.mining import group_pending
from knowledge.passage_reading import PassageFilter
from knowledge.store import DuplicatePassageError, PassageStore, UnknownPassageError
from knowledge.types import Changes, Conversation, Message, Passage
from tests.fakes import HashingEncoder

QUESTION = "How long does the robot need to charge?"
FOUR = "From empty the robot takes about 4 hours to charge."
SIX = "The robot needs about 6 hours to charge from empty."


@pytest.fixture
def store(database: Database) -> PassageStore:
    return PassageStore(database, lambda: "2026-01-01T00:00:00Z")


@pytest.fixture
def history(database: Database) -> HistoryStore:
    return HistoryStore(database, lambda: "2026-01-01T00:00:00Z")


def faq(question: str = "How do I return it?", answer: str = "Within 30 days.") -> Passage:
    return Passage(0, "faq", "en", question, question, answer, "faq.csv", True)


def only(store: PassageStore) -> Passage:
    [passage] = store.all()
    return passage


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def mine(history: HistoryStore, store: PassageStore, *answers: str, prefix: str = "d"):
    """Dialogues that give these answers to one question, grouped."""
    for number, answer in enumerate(answers):
        name = f"{prefix}{number}"
        said = (Message("customer", QUESTION), Message("staff", f"{answer} ({name})"))
        history.add(
            Conversation(name, "file", "en", said), [Exchange(0, name, "en", QUESTION, answer)]
        )
    return group_pending(history, store, HashingEncoder(256), "en")


def test_switched_off_passage_is_kept_and_not_found(store: PassageStore) -> None:
    store.add([faq()])
    store.switch_off(only(store).id)
    assert not only(store).approved
    assert store.off() == {only(store).id}
    assert store.search("return", "en", 5) == []


def test_switching_off_an_unknown_passage_is_refused(store: PassageStore) -> None:
    with pytest.raises(UnknownPassageError):
        store.switch_off(7)


@pytest.mark.parametrize("answer", ["Within 30 days.", "Within 60 days."])
def test_import_does_not_switch_on_again(store: PassageStore, answer: str) -> None:
    store.add([faq()])
    store.switch_off(only(store).id)
    store.add([faq(answer=answer)])
    assert (only(store).body, only(store).approved) == (answer, False)


def test_approving_switches_on_again(store: PassageStore) -> None:
    store.add([faq()])
    store.switch_off(only(store).id)
    store.update(replace(only(store), approved=True))
    assert store.off() == set()
    store.add([faq(answer="Within 60 days.")])
    assert only(store).approved


def test_changed_section_of_a_document_stays_off(tmp_path: Path, store: PassageStore) -> None:
    path = write(tmp_path / "a.md", "# T\n\n## One\n\nFirst.\n\n## Two\n\nSecond.\n")
    import_docs([path], store)
    store.switch_off(next(each.id for each in store.all() if each.body == "Second."))
    write(path, "# T\n\n## One\n\nFirst and more.\n\n## Two\n\nChanged.\n")
    import_docs([path], store)
    assert {each.body: each.approved for each in store.all()} == {
        "First and more.": True,
        "Changed.": False,
    }
    assert len(store.off()) == 1


def test_grouping_does_not_approve_what_was_switched_off(
    history: HistoryStore, store: PassageStore
) -> None:
    mine(history, store, FOUR, FOUR, FOUR)
    store.switch_off(only(store).id)
    mine(history, store, FOUR, FOUR, prefix="later")
    assert not only(store).approved


def test_replies_of_live_chats_do_not_approve_without_a_person(
    history: HistoryStore, store: PassageStore
) -> None:
    taught = Passage(0, "dialogue", "en", QUESTION, QUESTION, FOUR, "conversation#c", False, 5)
    store.add([taught])
    assert mine(history, store, FOUR).approved == 0
    assert (only(store).support, only(store).approved) == (5, False)


def test_edit_outlives_importing_the_same_file_again(tmp_path: Path, store: PassageStore) -> None:
    path = write(tmp_path / "faq.csv", "question,answer\nHow do I return it?,Within 30 days.\n")
    import_faq([path], store)
    mended = replace(only(store), key="How can I return it?", body="Within 30 days, free.")
    store.edit(mended)
    store.edit(replace(mended, body="Within 30 days, at no cost."))
    assert import_faq([path], store).unchanged == 1
    assert only(store).body == "Within 30 days, at no cost."


def test_edited_passage_follows_its_file_when_that_says_something_new(
    tmp_path: Path, store: PassageStore
) -> None:
    path = write(tmp_path / "faq.csv", "question,answer\nHow do I return it?,Within 30 days.\n")
    import_faq([path], store)
    store.edit(replace(only(store), key="How can I return it?"))
    write(path, "question,answer\nHow do I return it?,Within 60 days.\n")
    assert import_faq([path], store).updated == 1
    assert (only(store).key, only(store).body) == ("How do I return it?", "Within 60 days.")


def test_edited_section_of_a_document_is_not_taken_for_gone(
    tmp_path: Path, store: PassageStore
) -> None:
    path = write(tmp_path / "a.md", "# T\n\nFirst.\n")
    import_docs([path], store)
    store.edit(replace(only(store), key="T\nMended.", body="Mended."))
    report = import_docs([path], store)
    assert (report.unchanged, report.removed) == (1, 0)
    assert only(store).body == "Mended."


def test_deleted_suggestion_does_not_come_back_with_more_of_its_like(
    history: HistoryStore, store: PassageStore
) -> None:
    mine(history, store, FOUR, FOUR)
    store.remove([only(store).id])
    report = mine(history, store, FOUR, FOUR, FOUR, prefix="later")
    assert (report.grouped, report.started, report.approved) == (3, 0, 0)
    assert store.all() == []


def test_deleted_suggestion_does_not_hold_back_the_right_answer(
    history: HistoryStore, store: PassageStore
) -> None:
    mine(history, store, SIX)
    store.remove([only(store).id])
    mine(history, store, FOUR, FOUR, FOUR, prefix="later")
    assert (only(store).body, only(store).approved) == (FOUR, True)


def test_restore_puts_back_under_the_same_id(history: HistoryStore, store: PassageStore) -> None:
    mine(history, store, FOUR, FOUR)
    removed = only(store)
    generation = store.generation
    store.remove([removed.id])
    store.restore(removed)
    store.restore(removed)
    assert only(store) == removed
    assert [each.answer for each in history.exchanges_of(removed.id)] == [FOUR, FOUR]
    changed, gone = store.changes_since(generation, "en")
    assert ([each.id for each in changed], gone) == ([removed.id], [])
    mine(history, store, FOUR, prefix="later")
    assert only(store).support == 3


def test_restore_refuses_what_was_never_removed_or_was_replaced(store: PassageStore) -> None:
    with pytest.raises(UnknownPassageError):
        store.restore(replace(faq(), id=9))
    store.add([faq()])
    removed = only(store)
    store.remove([removed.id])
    store.add([faq()])
    with pytest.raises(DuplicatePassageError):
        store.restore(removed)


def test_ids_handed_in_are_ignored_when_adding(store: PassageStore) -> None:
    store.add([replace(faq(), id=42)])
    assert only(store).id == 1


def test_listed_by_state_kind_language_and_source(store: PassageStore) -> None:
    waiting = Passage(0, "dialogue", "en", "Q", "Q", "A", "dialogue#1", approved=False, support=1)
    better = replace(waiting, key="R", title="R", source="dialogue#2", support=2)
    chinese = Passage(0, "faq", "zh", "问", "问", "答", "faq.csv", True)
    assert store.add([faq(), faq("Off?", "Yes."), waiting, better, chinese]) == Changes(added=5)
    store.switch_off(2)

    def ids(**wanted: object) -> list[int]:
        return [each.id for each in store.listed(PassageFilter(**wanted), 10)]

    assert ids(state="waiting") == [4, 3]
    assert ids(state="off") == [2]
    assert sorted(ids(state="approved")) == [1, 5]
    assert ids(language="zh") == [5]
    assert sorted(ids(source="FAQ", kind="faq")) == [1, 2, 5]
    assert store.how_many(PassageFilter(kind="dialogue")) == 2
    assert [each.id for each in store.among([4, 1, 3], PassageFilter(state="waiting"))] == [4, 3]

import json
from pathlib import Path

import pytest

from knowledge.examples import ExampleStore
from knowledge.history import HistoryStore
from knowledge.importing import (
    import_dialogues,
    import_docs,
    import_faq,
    import_intents,
    import_questions,
)
from knowledge.intake import MAX_ERRORS, StrictImportError, UnreadableFileError
from knowledge.store import PassageStore

DATA = Path(__file__).parents[1] / "data"
GENERAL = "The Lantern works without internet, only voice control needs Wi-Fi."


def clock():
    return "2026-03-01T00:00:00Z"


@pytest.fixture
def history(database):
    return HistoryStore(database, clock)


@pytest.fixture
def store(database):
    return PassageStore(database, clock)


@pytest.fixture
def examples(database):
    return ExampleStore(database, clock)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def counts(report):
    return report.read, report.added, report.updated, report.unchanged, report.failed


def dialogue(identity, *said):
    turns = [{"role": role, "text": text} for role, text in said]
    return json.dumps({"id": identity, "turns": turns})


def test_dialogues_are_stored_mined_and_known_the_second_time(tmp_path, history):
    first = dialogue("a", ("user", "does it work offline?"), ("agent", GENERAL))
    path = write(tmp_path / "h.jsonl", f"{first}\n{dialogue('b', ('user', 'hi'))}\n")
    assert counts(import_dialogues([path], history)) == (2, 2, 0, 0, 0)
    assert [each.answer for each in history.pending("en", 9)] == [GENERAL]
    assert counts(import_dialogues([path], history)) == (2, 0, 0, 2, 0)
    write(path, first.replace("offline", "without wifi"))
    assert counts(import_dialogues([path], history)) == (1, 0, 1, 0, 0)


def test_known_dialogues_are_not_mined_again(tmp_path, history, monkeypatch):
    path = write(tmp_path / "h.jsonl", dialogue("a", ("user", "hello there")))
    import_dialogues([path], history)

    def fail(conversation):
        raise AssertionError("mined a known conversation")

    monkeypatch.setattr("knowledge.importing.exchanges", fail)
    assert import_dialogues([path], history).unchanged == 1


def test_nothing_personal_reaches_the_history(tmp_path, history):
    said = ("user", "I'm Jane Doe, jane@example.com, 212-555-0134")
    import_dialogues([write(tmp_path / "h.jsonl", dialogue("a", said))], history)
    (conversation,) = history.conversations()
    assert conversation.messages[0].text == "I'm [NAME], [EMAIL], [PHONE]"


def test_bad_rows_are_reported_and_the_rest_goes_on(history):
    report = import_dialogues([DATA / "dialogues.jsonl"], history)
    assert counts(report) == (3, 3, 0, 0, 9)
    assert str(report.errors[0]).startswith("dialogues.jsonl:3: turn 1: expected a role")


def test_strict_import_with_a_bad_row_stores_nothing(history):
    with pytest.raises(StrictImportError, match=r"found 9 bad: dialogues\.jsonl:3") as raised:
        import_dialogues([DATA / "dialogues.jsonl"], history, strict=True)
    assert len(raised.value.errors) == 9
    assert history.count() == 0


def test_strict_import_of_good_rows_stores_them(tmp_path, store):
    path = write(tmp_path / "f.csv", "question,answer\nQ?,A.\n")
    assert counts(import_faq([path], store, strict=True)) == (1, 1, 0, 0, 0)


def test_dry_run_reads_everything_and_stores_nothing(history):
    report = import_dialogues([DATA / "dialogues.jsonl"], history, dry_run=True)
    assert counts(report) == (3, 0, 0, 0, 9)
    assert history.count() == 0


def test_a_file_without_a_good_row_stops_the_import_before_anything_is_stored(tmp_path, store):
    good = write(tmp_path / "a.csv", "question,answer\nQ?,A.\n")
    bad = write(tmp_path / "b.csv", "quesiton,answer\nQ?,A.\n")
    with pytest.raises(UnreadableFileError, match=r"b\.csv:1: expected a column 'question'"):
        import_faq([good, bad], store)
    assert store.count() == 0


@pytest.mark.parametrize("name", ["missing.csv", "empty.csv", "folder"])
def test_missing_and_empty_paths_are_clear_errors(tmp_path, store, name):
    write(tmp_path / "empty.csv", "")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableFileError, match="expected"):
        import_faq([tmp_path / name], store)


def test_faq_rows_become_passages_and_changes_update_them(tmp_path, store):
    path = write(tmp_path / "f.csv", "question,answer\nQ?,A.\nR?,B.\n")
    assert counts(import_faq([path], store)) == (2, 2, 0, 0, 0)
    write(path, "question,answer\nQ?,A.\nR?,C.\n")
    assert counts(import_faq([path], store, language="en")) == (2, 0, 1, 1, 0)
    assert [each.body for each in store.all("en", approved=True)] == ["A.", "C."]


def test_a_document_read_again_loses_the_passages_it_no_longer_holds(tmp_path, store):
    path = write(tmp_path / "a.md", "# T\n\n## One\n\nFirst.\n\n## Two\n\nSecond.\n")
    other = write(tmp_path / "b.md", "# U\n\nOther.\n")
    assert counts(import_docs([path, other], store)) == (3, 3, 0, 0, 0)
    write(path, "# T\n\n## One\n\nFirst.\n\n## Two\n\nChanged.\n")
    report = import_docs([path], store)
    assert (report.added, report.unchanged, report.removed) == (1, 1, 1)
    assert sorted(each.body for each in store.all("en")) == ["Changed.", "First.", "Other."]


def test_dry_run_of_documents_removes_nothing(tmp_path, store):
    path = write(tmp_path / "a.md", "# T\n\nFirst.\n")
    import_docs([path], store)
    write(path, "# T\n\nChanged.\n")
    assert import_docs([path], store, dry_run=True).removed == 0
    assert [each.body for each in store.all("en")] == ["First."]


def test_folder_stands_for_the_documents_in_it(tmp_path, store):
    write(tmp_path / "docs/en/a.md", "# T\n\nFirst.\n")
    write(tmp_path / "docs/zh/a.md", "# T\n\n第一段。\n")
    write(tmp_path / "docs/notes.pdf", "x")
    write(tmp_path / "docs/.hidden/a.md", "# T\n\nHidden.\n")
    assert import_docs([tmp_path / "docs"], store).added == 2
    assert {each.source for each in store.all()} == {"en/a.md#t", "zh/a.md#t"}


def test_intents_go_into_their_split(tmp_path, examples):
    train = write(tmp_path / "train.csv", "text,intent\nhello,greeting\nwhat,oos\n")
    test = write(tmp_path / "d.json", json.dumps({"test": [["hey", "greeting"]]}))
    assert counts(import_intents([train], examples)) == (2, 2, 0, 0, 0)
    import_intents([Path(f"{test}#test")], examples, split="test")
    assert [each.text for each in examples.all("train", "en")] == ["hello", "what"]
    assert [each.text for each in examples.all("test", "en")] == ["hey"]


def test_faq_rows_can_be_frozen_as_test_questions(tmp_path, examples):
    path = write(tmp_path / "t.csv", "question,answer\nQ?,A.\n")
    assert counts(import_questions([path], examples)) == (1, 1, 0, 0, 0)
    assert examples.questions("en") == [("Q?", "A.")]


def test_errors_are_kept_up_to_a_limit_and_counted_all(tmp_path, store):
    rows = "Q?,\n" * (MAX_ERRORS + 5)
    report = import_faq([write(tmp_path / "f.csv", f"question,answer\nQ?,A.\n{rows}")], store)
    assert (len(report.errors), report.failed) == (MAX_ERRORS, MAX_ERRORS + 5)


def test_progress_is_told(tmp_path, store):
    rows = "".join(f"Question {number}?,Answer.\n" for number in range(250))
    path = write(tmp_path / "f.csv", f"question,answer\n{rows}")
    calls = []
    import_faq([path], store, progress=lambda *call: calls.append(call))
    assert calls == [(100, None, "importing"), (200, None, "importing")]

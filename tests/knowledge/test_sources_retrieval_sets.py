import json

from knowledge.sources import retrieval_sets
from knowledge.sources.retrieval_sets import SetPassage, SetQuestion
from knowledge.types import RowError


def write(path, *objects):
    path.write_text("\n".join(json.dumps(item) for item in objects), encoding="utf-8")
    return path


def test_read_gives_passages(tmp_path):
    path = write(tmp_path / "p.jsonl", {"id": 7, "text": "Two days.", "title": "T"}, {"id": "8"})
    passage, error = retrieval_sets.read(path, None)
    assert passage == SetPassage("7", "en", "T", "Two days.")
    assert isinstance(error, RowError)
    assert "expected a column 'text', found ['id']" in error.reason


def test_read_gives_questions_with_the_ids_of_their_passages(tmp_path):
    path = write(
        tmp_path / "q.jsonl",
        {"id": "a", "question": "多久", "passage_ids": [7, "8"]},
        {"id": "b", "question": "when", "passage_ids": []},
    )
    question, error = retrieval_sets.read(path, None)
    assert question == SetQuestion("a", "zh", "多久", ("7", "8"))
    assert error.reason == "expected a list of 'passage_ids', found []"

import gzip
import json
from pathlib import Path

import pytest

from knowledge.sources import intents
from knowledge.types import Example, RowError


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "header",
    [
        "text,intent",
        "Intent,Utterance",
        "question,label",
        "label,text,note",
        "text,category,utterance",
    ],
)
def test_read_takes_the_first_text_and_label_column(tmp_path, header):
    cells = {"text": "where is it", "utterance": "where is it", "question": "where is it"}
    names = header.lower().split(",")
    row = ",".join(cells.get(name, "order_status") for name in names)
    (example,) = intents.read(write(tmp_path / "a.csv", f"{header}\n{row}\n"), None)
    assert example == Example("where is it", "order_status", "en")


def test_read_redacts_and_reads_the_language_column(tmp_path):
    text = "text,intent,language\nmail jane@example.com,contact,en\n退货,return_item,\n"
    assert list(intents.read(write(tmp_path / "a.csv", text), None)) == [
        Example("mail [EMAIL]", "contact", "en"),
        Example("退货", "return_item", "zh"),
    ]


def test_read_names_missing_columns(tmp_path):
    (error,) = intents.read(write(tmp_path / "a.csv", "texts,intent\na,b\n"), None)
    assert "expected a column 'text' or 'utterance' or 'question'" in error.reason
    assert "by 'texts'" in error.reason


def test_read_joins_splits_of_a_json_file(tmp_path):
    splits = {"train": [["hi", "greeting"]], "oos_train": [["what", "oos"], ["broken"]], "val": []}
    (tmp_path / "d.json.gz").write_bytes(gzip.compress(json.dumps(splits).encode()))
    rows = list(intents.read(Path(f"{tmp_path}/d.json.gz#train+oos_train"), None))
    assert rows[:2] == [Example("hi", "greeting", "en"), Example("what", "oos", "en")]
    assert rows[2] == RowError(
        "d.json.gz#oos_train", 2, "expected [text, intent], found ['broken']"
    )


def test_read_names_a_missing_split_and_the_nearest(tmp_path):
    write(tmp_path / "d.json", json.dumps({"train": [], "test": []}))
    (error,) = intents.read(Path(f"{tmp_path}/d.json#trian"), None)
    assert (
        "expected a split 'trian', found ['train', 'test']; did you mean 'train'?" in error.reason
    )

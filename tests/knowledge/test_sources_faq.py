import json

import pytest

from knowledge.sources import faq
from knowledge.types import Passage, RowError


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_read_makes_an_approved_passage_of_each_row(tmp_path):
    path = write(tmp_path / "f.csv", "question,answer\nHow long?,Two days.\n")
    assert list(faq.read(path, None)) == [
        Passage(0, "faq", "en", "How long?", "How long?", "Two days.", "f.csv", approved=True)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Source,ANSWER,Question,language\nshop,A.,Q?,zh\n",
        "question;answer;language;source\nQ?;A.;zh;shop\n",
        '\ufeffquestion,answer,language,source\r\n"Q?","A.",Chinese,shop\r\n',
    ],
)
def test_read_takes_columns_in_any_order_case_and_dialect(tmp_path, text):
    (passage,) = faq.read(write(tmp_path / "f.csv", text), None)
    assert (passage.key, passage.body, passage.language, passage.source) == (
        "Q?",
        "A.",
        "zh",
        "shop",
    )


def test_read_takes_json_lines_and_detects_the_language(tmp_path):
    row = json.dumps({"Question": "运费多少", "answer": "8 元"}, ensure_ascii=False)
    (passage,) = faq.read(write(tmp_path / "f.jsonl", row), None)
    assert passage.language == "zh"


def test_read_names_a_missing_column_what_it_found_and_the_nearest(tmp_path):
    (error,) = faq.read(write(tmp_path / "f.csv", "questoin,answer\na,b\n"), None)
    assert error == RowError(
        "f.csv",
        1,
        "expected a column 'question', found ['questoin', 'answer'];"
        " did you mean 'question' by 'questoin'?",
    )


def test_read_reports_bad_rows_and_goes_on(tmp_path):
    text = 'question,answer\nQ1?,\nQ2?,"A, 2"\nQ3?,a,b\n q2? ,other\n'
    rows = list(faq.read(write(tmp_path / "f.csv", text), None))
    assert [row.body for row in rows if isinstance(row, Passage)] == ["A, 2"]
    reasons = {row.line: row.reason for row in rows if isinstance(row, RowError)}
    assert "expected text in 'answer', found ''" in reasons[2]
    assert "expected 2 columns, found 3" in reasons[4]
    assert "found the one of line 3 again" in reasons[5]


def test_read_keeps_the_business_contacts_and_drops_those_of_persons(tmp_path):
    text = "question,answer\nWho helps?,help@tidewick.example or jane@example.com\n"
    (passage,) = faq.read(write(tmp_path / "f.csv", text), None)
    assert passage.body == "help@tidewick.example or [EMAIL]"


def test_read_gives_one_error_for_an_empty_file_and_for_binary(tmp_path):
    (empty,) = faq.read(write(tmp_path / "f.csv", ""), None)
    assert "expected a column 'question', found []" in empty.reason
    (tmp_path / "g.csv").write_bytes(b"question,answer\n\xff\xfe,b\n")
    assert [type(row) for row in faq.read(tmp_path / "g.csv", None)] == [RowError]

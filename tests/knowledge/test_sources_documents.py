from pathlib import Path

import pytest

from knowledge.sources import documents
from knowledge.sources.documents import chunks, size
from knowledge.types import Passage

GUIDE = Path(__file__).parents[1] / "data" / "guide.md"


def read(path, text, language=None):
    path.write_text(text, encoding="utf-8")
    return list(documents.read(path, language))


def test_markdown_is_cut_by_heading_with_title_source_and_plain_text():
    passages = list(documents.read(GUIDE, None))
    assert [(passage.title, passage.source) for passage in passages] == [
        ("Kettle guide > Brook", "guide.md#brook"),
        ("Kettle guide > Brook > Descaling", "guide.md#descaling"),
        ("Kettle guide > Brook > Descaling > Stubborn scale", "guide.md#stubborn-scale"),
        ("Kettle guide > Brook > Guarantee", "guide.md#guarantee"),
    ]
    assert passages[0].body == (
        "Boil clean water only. See the shop (https://tidewick.example/brook)."
    )
    assert passages[1].body == (
        "Every 4 weeks:\n- fill to 1 l\n- add vinegar\n\nWater | Weeks\n\nhard | 2"
    )
    assert passages[3].body == "It lasts 24 months. Ask [EMAIL] or help@tidewick.example."


def test_passages_are_approved_documents_whose_key_is_title_and_text():
    passage = next(documents.read(GUIDE, None))
    assert (passage.kind, passage.approved, passage.language) == ("doc", True, "en")
    assert passage.key == f"{passage.title}\n{passage.body}"


def test_first_heading_is_the_title_without_front_matter(tmp_path):
    (passage,) = read(tmp_path / "a-page.md", "# Shipping\n\nWe ship.\n")
    assert (passage.title, passage.source) == ("Shipping", "a-page.md#shipping")


def test_plain_text_is_titled_by_its_file(tmp_path):
    (passage,) = read(tmp_path / "gift_cards.txt", "Valid for\n3 years.\n\nNo cash back.\n")
    assert passage.title == "Gift cards"
    assert passage.body == "Valid for 3 years.\n\nNo cash back."


def test_html_keeps_headings_and_leaves_navigation_out(tmp_path):
    page = (
        "<html><head><title>Shop</title></head><body><nav><a href='/'>Home</a></nav>"
        "<h1>Shipping</h1><h2>Costs</h2><p>Standard delivery is <b>$4.90</b>.</p>"
        "<details><summary>Express?</summary>Yes, $12.90.</details>"
        "<footer>Copyright</footer></body></html>"
    )
    passages = read(tmp_path / "a.html", page)
    assert [(passage.title, passage.body) for passage in passages] == [
        ("Shipping > Costs", "Standard delivery is $4.90."),
        ("Shipping > Costs > Express?", "Yes, $12.90."),
    ]


@pytest.mark.parametrize("text", ["", "   \n", "# Only a title\n", "---\ntitle: x\n---\n"])
def test_document_without_text_is_an_error(tmp_path, text):
    (error,) = read(tmp_path / "a.md", text)
    assert "found none" in error.reason


@pytest.mark.parametrize("text", ["", "no tags", "<html></html>", "<!-- x -->"])
def test_page_without_text_is_an_error(tmp_path, text):
    (error,) = read(tmp_path / "a.html", text)
    assert "found none" in error.reason


def test_unknown_format_names_those_that_are_read(tmp_path):
    (error,) = read(tmp_path / "a.pdf", "x")
    assert error.reason == "expected one of .md, .markdown, .html, .htm, .txt, found '.pdf'"


def test_language_is_that_of_most_of_the_text(tmp_path):
    (english,) = read(tmp_path / "a.md", "Write to us in English or 中文, as you like it best.")
    (chinese,) = read(tmp_path / "b.md", "Lantern 智能台灯不用网关，连上 WiFi 就能用。")
    (given,) = read(tmp_path / "c.md", "OK", language="zh")
    assert (english.language, chinese.language, given.language) == ("en", "zh", "zh")


@pytest.mark.parametrize(
    ("language", "sentence", "limit"),
    [
        ("en", "Each of these nine words stands for a rule. ", 180),
        ("zh", "每句话都是一条规则。", 350),
    ],
)
def test_chunks_end_between_sentences_and_lose_nothing(language, sentence, limit):
    text = (sentence * 100).strip()
    found = chunks([text, "Short.", text], language)
    assert all(size(chunk, language) <= limit for chunk in found)
    assert all(chunk.endswith((".", "。")) for chunk in found)
    joint = " " if language == "en" else ""
    assert joint.join(found).replace("\n\n", joint) == joint.join([text, "Short.", text])


def test_chunks_never_cut_inside_a_sentence():
    long = "word " * 300 + "end."
    assert chunks([f"Before. {long} After."], "en") == ["Before.", long, "After."]


def test_read_gives_typed_passages():
    assert all(isinstance(passage, Passage) for passage in documents.read(GUIDE, "en"))

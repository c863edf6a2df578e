import pytest

from knowledge.language import detect, dominant, model_text, normalise, sentences, visible


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is my parcel", "en"),
        ("我的包裹在哪", "zh"),
        ("iPhone 坏了", "zh"),
        ("\U00020bb7野家", "zh"),
        ("¿dónde está?", "en"),
        ("12345 ?!", "en"),
        ("", "en"),
    ],
)
def test_detect_says_chinese_when_any_han_character_is_there(text, language):
    assert detect(text) == language


def test_detect_falls_back_to_the_given_language():
    assert detect("WiFi?", default="zh") == "zh"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  hello \t\n  there ", "hello there"),
        ("Ｈｅｌｌｏ　１２３", "Hello 123"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("bell\x07\x00 rung\x85on", "bell rung on"),
        ("left\u202eright\u2066", "leftright"),
        ("lone\ud800 surrogate", "lone surrogate"),
        ("e\u0301t\u00e9", "été"),
        ("filler\u3164", "filler"),
        ("", ""),
    ],
)
def test_normalise_folds_forms_and_drops_what_cannot_be_seen(text, expected):
    assert normalise(text) == expected


def test_normalise_is_idempotent():
    text = " ﬁne\u200b １２３，好的\u3000! "
    assert normalise(normalise(text)) == normalise(text)


def test_model_text_keeps_case_and_hides_personal_data():
    assert model_text("Mail  Jane@Example.com about the iPhone") == (
        "Mail [EMAIL] about the iPhone"
    )


def test_model_text_reads_full_width_forms():
    assert model_text("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ") == "[EMAIL]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ("It costs $4.90, e.g. for Mr. Doe. Next.", ["It costs $4.90, e.g. for Mr. Doe.", "Next."]),
        ("第一句。“第二句！”第三句", ["第一句。", "“第二句！”", "第三句"]),
        ("a line\nanother line", ["a line", "another line"]),
        ("1. first step. 2. second", ["1. first step.", "2. second"]),
        ("at 2:00 p.m. on a day. Done", ["at 2:00 p.m. on a day.", "Done"]),
        ("", []),
    ],
)
def test_sentences_end_at_marks_and_lines(text, expected):
    assert sentences(text) == expected


def test_dominant_is_the_language_of_most_words():
    assert dominant("Write in English or 中文 as you like it best") == "en"
    assert dominant("Lantern 智能台灯不用网关") == "zh"
    assert dominant("123", default="zh") == "zh"


def test_visible_keeps_lines():
    assert visible(" a\u200b\nb\x00 ") == "a\nb"

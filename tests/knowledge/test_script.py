"""Simplified and traditional script."""

import pytest

from knowledge.language import model_text
from knowledge.script import is_simplified, is_traditional, simplified, traditional
from knowledge.words import asked


def test_traditional_script_becomes_simplified_and_back():
    assert simplified("請問我的訂單什麼時候會到？") == "请问我的订单什么时候会到？"
    assert traditional("请问我的订单什么时候会到？") == "請問我的訂單什麼時候會到？"


@pytest.mark.parametrize("text", ["Where is my order?", "", "café – 5 €", "iPhone 15"])
def test_a_text_without_chinese_stays_as_it_is(text: str):
    assert simplified(text) == traditional(text) == text
    assert not is_traditional(text)
    assert not is_simplified(text)


def test_lone_surrogates_stay_and_the_chinese_around_them_is_converted():
    assert simplified("\ud800訂單\udfff\ud800到哪\ud800") == "\ud800订单\udfff\ud800到哪\ud800"
    assert traditional("订\ud800单") == "訂\ud800單"
    assert not is_traditional("\ud800")


def test_the_script_of_a_text_is_told_by_characters_that_only_one_has():
    assert is_traditional("發票怎麼開")
    assert is_simplified("发票怎么开")
    assert not is_traditional("你好")
    assert not is_simplified("你好")


def test_encoder_and_search_see_simplified_script():
    assert model_text("訂單 TW-204188 到哪了") == model_text("订单 TW-204188 到哪了")
    assert asked("發票怎麼開", "zh") == asked("发票怎么开", "zh")

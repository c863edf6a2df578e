"""Products as customers name them."""

import pytest

from bot.products import Products

CATALOGUE = {
    "Murmur": {"en": ("earbuds", "buds"), "zh": ("耳塞",)},
    "Murmur Studio": {"en": ("studio", "headset"), "zh": ("头戴耳机",)},
    "Brook": {"en": ("kettle",), "zh": ("热水壶", "水壶")},
    "Tern": {"en": ("tablet",), "zh": ("平板电脑", "平板", "平板電腦")},
}


def named(text: str) -> list[str]:
    return [each.name for each in Products(CATALOGUE).named(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("is the Brook loud", ["Brook"]),
        ("is the KETTLE loud", ["Brook"]),
        ("two kettles", ["Brook"]),
        ("the Terns, please", ["Tern"]),
        ("my buds", ["Murmur"]),
        ("Murmur Studio", ["Murmur Studio"]),
        ("the Studio's battery", ["Murmur Studio"]),
        ("the Murmur or the Murmur Studio", ["Murmur", "Murmur Studio"]),
        ("tablet, kettle & headset", ["Tern", "Brook", "Murmur Studio"]),
        ("水壶和平板电脑", ["Brook", "Tern"]),
        ("我的Tern没电了", ["Tern"]),
        ("头戴耳机", ["Murmur Studio"]),
        ("turn it off", []),
        ("pattern", []),
        ("Brooklyn", []),
        ("studious", []),
        ("", []),
    ],
)
def test_products_are_found_in_their_order(text: str, names: list[str]) -> None:
    assert named(text) == names


def test_product_named_twice_counts_once_where_it_stands_first() -> None:
    (found,) = Products(CATALOGUE).named("the kettle, I mean the Brook")
    assert (found.name, found.start, found.end, found.text) == ("Brook", 4, 10, "kettle")


def test_plural_belongs_to_the_words_that_are_replaced() -> None:
    (found,) = Products(CATALOGUE).named("how long do kettles last")
    assert found.text == "kettles"


def test_longest_name_wins() -> None:
    (found,) = Products(CATALOGUE).named("平板电脑能带吗")
    assert found.text == "平板电脑"


def test_shop_without_products_names_none() -> None:
    assert Products({}).named("a kettle") == []


def test_names_written_in_traditional_script_are_found_in_simplified_texts() -> None:
    assert [each.name for each in Products({"Lantern": {"zh": ("檯燈",)}}).named("台灯坏了")] == [
        "Lantern"
    ]

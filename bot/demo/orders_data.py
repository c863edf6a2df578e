"""The orders of the sample shop, all invented; days are told from the day the data is made."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ordered", "packed", "shipped", "delivered", "canceled", "returned"]
Currency = Literal["USD", "CNY"]


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """`status` "returned" means that the parcel is back at the warehouse.

    `arrives` and `delivered` are days from today: ahead, and ago; None where it makes no sense.
    """

    number: str
    status: Status
    items_en: str
    items_zh: str
    total: int
    currency: Currency
    tracking: str = ""
    arrives: int | None = None
    delivered: int | None = None


_BROOK = ("the Brook kettle", "Brook 电水壶")
_CIRRUS = ("the Cirrus air purifier", "Cirrus 空气净化器")
_DRIFT = ("the Drift robot vacuum", "Drift 扫拖机器人")
_DRIFTS = ("four Drift robot vacuums", "4 台 Drift 扫拖机器人")
_LANTERN = ("the Lantern desk lamp", "Lantern 台灯")
_LANTERN_PEBBLE = (
    "the Lantern desk lamp and the Pebble power bank",
    "Lantern 台灯和 Pebble 充电宝",
)
_MURMUR = ("the Murmur earbuds", "Murmur 耳机")
_PEBBLE = ("the Pebble power bank", "Pebble 充电宝")
_STUDIO = ("the Murmur Studio headphones", "Murmur Studio 头戴耳机")
_TERN = ("the Tern tablet", "Tern 平板")
_TERN_PEBBLE = ("the Tern tablet and the Pebble power bank", "Tern 平板和 Pebble 充电宝")

ORDERS = (
    SampleOrder("TW-240017", "shipped", *_CIRRUS, 199, "USD", tracking="1Z88TW17", arrives=2),
    SampleOrder("TW-240018", "packed", *_DRIFT, 399, "USD", arrives=3),
    SampleOrder("TW-240019", "ordered", *_LANTERN, 59, "USD", arrives=4),
    SampleOrder("TW-240020", "ordered", *_TERN_PEBBLE, 284, "USD", arrives=4),
    SampleOrder("TW-240021", "delivered", *_BROOK, 69, "USD", "1Z88TW21", delivered=5),
    SampleOrder("TW-240022", "delivered", *_MURMUR, 79, "USD", "1Z88TW22", delivered=45),
    SampleOrder("TW-240023", "canceled", *_PEBBLE, 35, "USD"),
    SampleOrder("TW-240024", "returned", *_STUDIO, 179, "USD", "1Z88TW24", delivered=10),
    SampleOrder("TW-240025", "ordered", *_DRIFTS, 1596, "USD", arrives=4),
    SampleOrder("TW-204188", "shipped", *_LANTERN, 369, "CNY", "SF20418899", arrives=2),
    SampleOrder("TW-204189", "ordered", *_TERN, 1599, "CNY", arrives=4),
    SampleOrder("TW-204190", "packed", *_CIRRUS, 1399, "CNY", arrives=3),
    SampleOrder("TW-204191", "delivered", *_BROOK, 429, "CNY", "SF20419122", delivered=5),
    SampleOrder("TW-204192", "delivered", *_MURMUR, 499, "CNY", "SF20419235", delivered=45),
    SampleOrder("TW-204193", "canceled", *_LANTERN, 369, "CNY"),
    SampleOrder("TW-204194", "returned", *_STUDIO, 1199, "CNY", "SF20419457", delivered=10),
    SampleOrder("TW-204195", "ordered", *_DRIFTS, 10396, "CNY", arrives=4),
    SampleOrder("TW-204196", "ordered", *_LANTERN_PEBBLE, 568, "CNY", arrives=4),
)

"""Words, sums and moods that give a message to a person, and innocent ones that do not."""

from typing import Any

import pytest

from bot.hand_off_rules import HandOffRules, amounts
from bot.types import HandOffReason, Mood, Prediction, State, Understanding
from knowledge.types import Language

RULES = HandOffRules(amount={"en": 500, "zh": 3000}, amount_intents=("refund_status",))


def reason(
    text: str,
    rules: HandOffRules = RULES,
    intent: str = "greeting",
    mood: Mood | None = None,
    **state: Any,
) -> HandOffReason | None:
    language: Language = "en" if text.isascii() else "zh"
    prediction = Prediction(intent, 0.9, ((intent, 0.9),), 0.1, True)
    before = State("c", **{"language": language, **state})
    return rules.reason(text, before, Understanding(prediction, mood=mood))


@pytest.mark.parametrize(
    "text",
    [
        "I want to die",
        "sometimes i think about suicide",
        "I'm going to kill myself",
        "i don't want to live anymore",
        "I don’t want to live like this",
        "there is no point in living, forget the parcel",
        "I have been cutting myself again",
        "wish i was dead tbh",
        "feeling suicidal tonight",
        "everyone would be better off dead, me first",
        "I JUST WANT TO END IT ALL",
        "我不想活了",
        "真的想死",
        "活着没意思，别管我的订单了",
        "我想自杀",
        "再这样我就从楼上跳楼",
        "我想結束自己的生命",
        "死了算了",
        "我又自残了",
        "覺得自己活不下去了",
        "i cut myself again last night",
        "半夜拿刀片割自己",
        "撑不下去了，谁都帮不了我",
    ],
)
def test_self_harm_is_heard(text: str) -> None:
    assert reason(text) == "self_harm"


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to dye the fabric",
        "耳机的电量一天都撑不下去",
        "the battery is dead",
        "my earbuds died after two weeks",
        "it killed my lawn",
        "I'm dying to try the Tern",
        "would a refund kill you?",
        "how do I end my subscription",
        "end of life of the battery?",
        "我想死你们的新品了",
        "不想死机怎么办",
        "扫地机不想活动了",
        "你们这是跳楼价啊",
        "电池死了",
        "笑死我了",
    ],
)
def test_self_harm_is_not_read_into_figures_of_speech(text: str) -> None:
    assert reason(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "the kettle caught fire",
        "the back of the tablet looks puffy",
        "my charger burned a hole in the rug",
        "there are burn marks around the plug",
        "cut myself on the broken lid",
        "插座那边烧黑了一圈",
        "充电的时候把床单烫穿了",
        "My Pebble is smoking!!",
        "there's smoke coming out of the charging case",
        "it smells burnt and the plug melted",
        "sparks flew when I plugged it in",
        "I got an electric shock from the base",
        "It shocked me",
        "the power bank exploded in my bag",
        "swollen battery, what now",
        "The battery is bulging a bit",
        "the lid burned my hand",
        "my daughter was injured by the brush",
        "I hurt myself on the sharp edge of the lamp",
        "there is a burning smell from the Cirrus",
        "it’s smoking",
        "水壶冒烟了",
        "充电宝着火了！",
        "插上电就冒火花",
        "台灯漏电，电到我了",
        "电池鼓包了怎么办",
        "闻到一股烧焦的味道",
        "手被烫伤了",
        "充电寶爆炸了",
        "孩子被扫地机夹受伤了",
        "充电宝炸了",
        "充电宝鼓包了，会不会爆炸？",
        "厨房里的水壶冒烟了，我在做饭",
    ],
)
def test_danger_is_heard(text: str) -> None:
    assert reason(text) == "safety"


@pytest.mark.parametrize(
    "text",
    [
        "does the Cirrus help with wildfire smoke?",
        "are the ear cushions soft or rather puffy?",
        "Can it take the smell of cigarette smoke out of a room?",
        "there's smoke from the wildfires outside, which filter do I need?",
        "there is smoke from my neighbor's grill every evening",
        "my husband is smoking indoors, would the purifier help",
        "can I watch it on Fire TV?",
        "does the lamp work with a Fire tablet",
        "please deliver to Sparks, NV",
        "sparkling clean, thanks",
        "do you deliver to a hospital?",
        "my wife is in hospital, can you leave it with a neighbor",
        "Does the Brook protect against electric shock?",
        "the fire alarm model you sold",
        "shocking service",
        "a shock-proof case",
        "burning question: is it dishwasher safe",
        "is the smoke grey one in stock",
        "能去除山火的烟味吗",
        "净化器能除二手烟吗",
        "水壶有漏电保护吗？",
        "充电宝会爆炸吗",
        "这个壶会不会漏电",
        "炒菜冒烟时净化器会自动加速吗",
        "能除掉做饭的糊味吗",
        "外壳防烫伤吗",
        "能不能送到医院",
        "我住院了，能晚两天送吗",
        "我真的气炸了",
        "你们的秒杀信息爆炸",
        "隔壁着火了，小区封路，能改天送吗",
    ],
)
def test_danger_is_not_read_into_harmless_words(text: str) -> None:
    assert reason(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "you'll hear from my lawyer",
        "my attorney will be in touch",
        "I will sue",
        "I'm gonna sue this company",
        "see you in court",
        "I’ll sue",
        "then it is small claims for you",
        "I am filing with the Better Business Bureau",
        "expect legal action",
        "I'll do a chargeback",
        "trading standards will like this",
        "我要起诉你们",
        "我的律师会联系你们",
        "再不退就打12315",
        "我去消协投诉",
        "法院见",
        "我要告你们",
        "只能走法律途径了",
        "向消保會申訴",
        "曝光你们到网上",
    ],
)
def test_legal_threat_is_heard(text: str) -> None:
    assert reason(text) == "legal"


@pytest.mark.parametrize(
    "text",
    [
        "please ship it to the lawyers' office on Main Street",
        "deliver to my solicitor's office",
        "Sue ordered it, I am her son",
        "the court shoes are not yours, wrong shop",
        "which basketball court is near your store",
        "what law says 24 months",
        "my order is TW-123155",
        "订单号 TW-112315",
        "TW123156 到哪了",
        "寄到朝阳区人民法院",
        "地址是中山路律师事务所三楼",
        "我转告你们仓库了",
        "请告诉你们仓库",
        "法院路 18 号能送吗",
        "合法吗",
    ],
)
def test_legal_threat_is_not_read_into_addresses_and_numbers(text: str) -> None:
    assert reason(text) is None


def test_gravest_reason_counts() -> None:
    assert reason("my lawyer says it caught fire and I want to die, get me a human") == "self_harm"
    assert reason("my lawyer says it caught fire, get me a human") == "safety"
    assert reason("get me a human or I call my lawyer") == "legal"
    assert reason("get me a human, it is $900", intent="refund_status") == "requested"


def test_shop_adds_words_of_its_own() -> None:
    rules = HandOffRules(safety={"zh": ("異味",), "en": ("Gas Leak",)})
    assert reason("there is a gas leak", rules) == "safety"
    assert reason("有异味", rules) == "safety"
    assert reason("it caught fire", rules) == "safety"
    assert reason("there is a gas leak") is None


def test_words_count_in_any_language_of_the_conversation() -> None:
    assert reason("我的 Pebble caught fire", language="zh") == "safety"
    assert reason("the kettle 冒烟了", language="en") == "safety"


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("$1,200", [1200]),
        ("it cost $1.5k", [1500]),
        ("600 dollars, not 60 bucks", [600, 60]),
        ("US$ 700", [700]),
        ("usd 45.50", [45.5]),
        ("3500元", [3500]),
        ("5千块", [5000]),
        ("2万", [20000]),
        ("1.2万元", [12000]),
        ("三千五百块", [3500]),
        ("¥800", [800]),
        ("order 204188 of May 3", []),
        ("$", []),
        ("12 万向轮", []),
    ],
)
def test_sums_of_money_are_read(text: str, sums: list[float]) -> None:
    assert amounts(text) == sums


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("where is my refund of $500.01", "amount"),
        ("where is my refund of $500", None),
        ("退款 3001 元呢", "amount"),
        ("退款三千零一元还没到", "amount"),
        ("退款 ￥3000 呢", None),
        ("refund for order 900123", None),
    ],
)
def test_sum_above_the_limit_is_for_a_person(text: str, why: str | None) -> None:
    assert reason(text, intent="refund_status") == why


def test_sum_matters_only_where_the_shop_says_so() -> None:
    text = "where is my refund of $9000"
    assert reason(text, intent="refund_status") == "amount"
    assert reason(text, intent="gift_card") is None
    assert reason(text, HandOffRules(amount_intents=("refund_status",)), "refund_status") is None
    assert RULES.reason(text, State("c", "en"), Understanding(None)) is None


@pytest.mark.parametrize(
    ("mood", "negatives", "failures", "why"),
    [
        ("negative", 1, 1, "mood"),
        ("negative", 4, 1, "mood"),
        ("negative", 0, 1, None),
        ("negative", 1, 0, None),
        ("neutral", 1, 1, None),
        (None, 1, 1, None),
    ],
)
def test_bad_mood_that_lasts_while_nothing_helps_is_for_a_person(
    mood: Mood | None, negatives: int, failures: int, why: str | None
) -> None:
    found = reason("that is no use", mood=mood, negatives=negatives, failures=failures)
    assert found == why


def test_mood_may_be_switched_off_or_made_more_patient() -> None:
    def why(turns: int) -> HandOffReason | None:
        rules = HandOffRules(negative_turns=turns)
        return reason("no use", rules, mood="negative", negatives=1, failures=1)

    assert [why(turns) for turns in (0, 1, 2, 3)] == [None, "mood", "mood", None]

"""When a message goes to a person whatever the bot understands: words, amounts and moods.

Owns the section `[hand_off]` of `domain.toml` and the rules on it. Pure; knows no model.
"""

import re
from collections.abc import Iterable
from functools import cache

from pydantic import Field

from bot.domain_parts import Part
from bot.types import HandOffReason, State, Understanding
from knowledge.language import normalise
from knowledge.script import simplified
from knowledge.types import Language

Words = dict[Language, tuple[str, ...]]

_SELF_HARM: Words = {
    "en": (
        "kill myself",
        "killing myself",
        "end my life",
        "end it all",
        "suicide",
        "suicidal",
        "hurt myself",
        "harm myself",
        "self-harm",
        "don't want to live",
        "do not want to live",
        "want to die",
        "better off dead",
    ),
    "zh": ("自杀", "想死", "不想活", "活不下去", "轻生", "自残", "结束生命", "了结自己", "割腕"),
}
_SAFETY: Words = {
    "en": (
        "caught fire",
        "on fire",
        "started smoking",
        "is smoking",
        "it's smoking",
        "was smoking",
        "smoke coming",
        "smoke came",
        "smoke out of",
        "there's smoke",
        "there is smoke",
        "sparks",
        "sparking",
        "burning smell",
        "smells like burning",
        "smells burnt",
        "electric shock",
        "electrocuted",
        "shocked me",
        "exploded",
        "exploding",
        "swollen battery",
        "battery is swollen",
        "battery swelled",
        "bulging battery",
        "battery is bulging",
        "melted",
        "burned me",
        "burned my",
        "burnt my",
        "injured",
    ),
    "zh": (
        "着火",
        "起火",
        "冒烟",
        "冒火花",
        "烧焦",
        "糊味",
        "触电",
        "漏电",
        "电到",
        "爆炸",
        "炸了",
        "鼓包",
        "电池膨胀",
        "烫伤",
        "受伤",
        "住院",
    ),
}
_LEGAL: Words = {
    "en": (
        "lawyer",
        "lawyers",
        "attorney",
        "solicitor",
        "sue you",
        "suing you",
        "sue your",
        "small claims",
        "legal action",
        "take you to court",
        "see you in court",
        "class action",
        "better business bureau",
        "the bbb",
        "attorney general",
        "trading standards",
        "consumer protection",
        "chargeback",
    ),
    "zh": (
        "律师",
        "起诉",
        "法院",
        "打官司",
        "告你们",
        "法律途径",
        "走法律",
        "12315",
        "消协",
        "消费者协会",
        "工商局",
        "市场监管",
        "曝光你们",
        "黑猫投诉",
    ),
}

_PERSON = (
    r"(?:human|humans|person|people|agent|agents|representative|rep|someone|somebody|operator"
    r"|manager|supervisor|colleague|staff|advis[oe]r|man|woman|team member|support team|human being"
    r"|member of staff|employee|specialist|customer (?:service|care|support))"
)
_WANTS_PERSON: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:talk|speak|chat|deal|(?:connect|transfer|escalate|forward)(?: this| me| it)?"
        r"|put me through|pass me(?: on)?|hand me over|switch me(?: over)?|reach|get me|give me"
        r"|get hold of)(?: with| to| on to| over to)? (?:\w+ ){0,3}?"
        rf"{_PERSON}\b(?! (?:code|card|bag|number))"
        r"|\b(?:real|actual|live|flesh and blood|breathing) (?:human|person|agent|rep|people)\b"
        r"|\b(?:want|need|prefer|like|rather have) (?:an? |some )?(?:real |actual |live )?"
        r"(?:human|person|agent|representative|rep)\b(?! to)"
        r"|\bhuman (?:agent|being|please|now|help|support)\b"
        r"|^(?:a )?(?:human|agent|representative)[.!?]*$",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "(?:转|找|要|接|换|叫|联系|呼叫|连|请|给我).{0,4}?"
        "(?:人工(?!智能)|真人|客服|专员|经理|主管|负责人)"
        "|(?:转|换|找|叫)(?:个|一个|位)?(?:活)?人(?:来|跟我|说|聊|工)|^人工(?:客服|服务)?[。！!？?]*$"
        "|(?:跟|和|与)(?:真人|人工|活人|客服).{0,3}(?:说|聊|谈|讲|对话|沟通)|真人客服|人工(?:客服|服务)"
    ),
}
_NOT_WANTED = re.compile(
    r"\bare you (?:a |an )?(?:real|human|actual|live)|\bam i (?:talking|speaking|chatting)"
    r"|\bis this (?:a |an )?(?:real|human|actual|live)"
    r"|(?:don't|do not|no need|rather not) (?:want |need )?(?:to )?(?:talk|speak)"
    "|你是(?:不是)?(?:真人|人工|客服)|不(?:要|用|想|需要)(?:转)?(?:人工|真人)"
    "|人工智能|(?:人工)?客服.{0,3}(?:几点|上班|时间|在吗|在线)",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"(?:[$€£¥￥]|usd|rmb|cny)\s?(\d[\d,]*(?:\.\d+)?)(k\b)?"
    r"|(\d[\d,]*(?:\.\d+)?)(k\b)?\s?(?:dollars?|bucks|usd|euros?|元|块|rmb|人民币|万元?)",
    re.IGNORECASE,
)


class HandOffRules(Part):
    """The section `[hand_off]`. `words` adds to the built-in lists, by reason and language.

    `failed_turns` and `negative_turns` count turns in a row, of which the last goes to a person;
    `amount` is the sum, in the shop's currency, above which the matters of `amount_intents` do.
    0 switches a rule off.
    """

    failed_turns: int = Field(default=2, ge=1)
    negative_turns: int = Field(default=2, ge=0)
    amount: dict[Language, float] = Field(default_factory=dict)
    amount_intents: tuple[str, ...] = ()
    self_harm: Words = Field(default_factory=dict)
    safety: Words = Field(default_factory=dict)
    legal: Words = Field(default_factory=dict)

    def reason(self, text: str, state: State, understood: Understanding) -> HandOffReason | None:
        """Why the message goes to a person, the gravest reason first; None: it need not."""
        plain = simplified(normalise(text)).lower()
        for reason, listed in self._listed():
            if _names_one_of(plain, listed):
                return reason
        if wants_person(plain):
            return "requested"
        if self._is_large(plain, state, understood):
            return "amount"
        worn = self.negative_turns and understood.mood == "negative"
        if worn and state.negatives + 1 >= self.negative_turns and state.failures:
            return "mood"
        return None

    def _listed(self) -> Iterable[tuple[HandOffReason, tuple[str, ...]]]:
        yield "self_harm", _both(_SELF_HARM, self.self_harm)
        yield "safety", _both(_SAFETY, self.safety)
        yield "legal", _both(_LEGAL, self.legal)

    def _is_large(self, plain: str, state: State, understood: Understanding) -> bool:
        limit = self.amount.get(state.language, 0.0)
        prediction = understood.prediction
        if not limit or prediction is None or prediction.intent not in self.amount_intents:
            return False
        return any(amount > limit for amount in amounts(plain))


def wants_person(text: str) -> bool:
    """Whether somebody asks for a person in so many words; `text` in simplified script."""
    if _NOT_WANTED.search(text):
        return False
    return any(pattern.search(text) for pattern in _WANTS_PERSON.values())


def amounts(text: str) -> list[float]:
    """The sums of money named in a text."""
    found = []
    for match in _MONEY.finditer(text):
        number, thousands = match[1] or match[3], match[2] or match[4]
        factor = 1000 if thousands else 10_000 if "万" in match[0] else 1
        found.append(float(number.replace(",", "")) * factor)
    return found


def _both(built_in: Words, added: Words) -> tuple[str, ...]:
    """The words of all languages: people mix them."""
    return tuple(
        word for words in (built_in, added) for listed in words.values() for word in listed
    )


def _names_one_of(plain: str, words: tuple[str, ...]) -> bool:
    return _expression(words).search(plain) is not None


@cache
def _expression(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words; Latin ones not inside another word."""
    listed = "|".join(re.escape(simplified(word).lower()) for word in words)
    return re.compile(rf"(?<![a-z])(?:{listed})(?![a-z])")

"""What a message means after those before it: the texts it may stand for, the likeliest first.

Rules on the wording and the state alone; which reading counts is decided by who understands them.
"""

import re
from dataclasses import dataclass

from bot.domain import Domain
from bot.followup import leans_on_before
from bot.products import Products
from bot.types import State
from knowledge.language import detect, normalise
from knowledge.script import simplified
from knowledge.types import Language
from knowledge.words import asked

MOST_TOPICS = 4
"""Topics remembered, the last one included."""

_PRONOUN: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:it|its|it's|they|them|their|theirs|these|those|this one|that one|the other one"
        r"|(?:this|that|the) (?:thing|product|item|device|model|unit|gadget))\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "(?<![其吉])它们?|[这那]个(?!订单|单|快递|包裹|客服|人|地址|价|问题|活动|优惠|功能|月|时|退|发票|号|码|链接|颜色)|这款|那款|这东西|那东西|这玩意儿?|该产品|这台|那台|这只|那只|这副"
    ),
}
_OWN_IT = re.compile(
    r"\b(?:is|isn't|was|does|would|will|can) it"
    r" (?:possible|ok|okay|normal|true|too late|take long)\b"
    r"|\bhow (?:long|much) (?:does|will|would) it (?:take|cost) to\b"
    r"|\bit(?:'s| is) (?:possible|ok)\b",
    re.IGNORECASE,
)
"""An "it" that stands for nothing said before."""
_BACK: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:back to|going back|coming back|as i (?:said|asked)|i mentioned"
        r"|i asked(?! (?:for|to|you|them)\b)|earlier|before that|still on|returning to"
        r"|first (?:question|message|one|thing)|previous question"
        r"|(?:said|asked|wrote|wanted)\b.{0,20}\b(?:first|before|earlier))\b"
        r"|^\W*(?:(?:and|ok|okay|so|now|then)\W+)*(?:on|about|regarding) the\b"
        r"|^\W*(?:[\w'-]+\W+){1,5}again\W*$",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        "回到|继续说|再说|还是说|话说回来|说回|第一个(?!订单)"
        "|(?:刚才|刚刚|之前|前面|先前|上面|一开始|最开始)我?(?:说|问|提|聊|讲|那|的|不要|想)|先问你"
    ),
}
_ASKS_MORE = re.compile(
    r"\b(?:how (?!about)|what (?!about|if)|when|where|which|who|why)\b"
    "|怎么|如何|什么|为何|为啥|哪|几|多少|多久|多长",
    re.IGNORECASE,
)
"""Asks for more of the same matter, which may stand in what was just quoted."""
_FIRST = re.compile(
    r"\bfirst (?:question|thing|one|message)\b|\b(?:said|asked|wanted|do) (?:at )?first\b"
    "|第一个(?!订单)|一开始|最开始",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]")
FEW: dict[Language, int] = {"en": 4, "zh": 6}
"""So few words or Chinese signs say too little to stand for themselves."""
_WORD = re.compile(r"[a-z0-9']+|[\u3400-\u9fff]")
_EMPTY_WORDS = """
the a an to of is are do does i my me you your it and or for with about back again earlier question
thing what how can will that this on in we 的 了 吗 呢 我 你 是 那 个 这 回 到 刚 才
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_LEADS_IN = "what how about and or same so ok for with then 也 都 如 果 要 换 成"
_LEAD_IN = _EMPTY | frozenset(_LEADS_IN.split())


@dataclass(frozen=True, slots=True)
class Readings:
    """The texts that a message may stand for: itself, and what it may mean after what was said.

    `leans` says that the wording itself shows that it needs what was said before; `contrasts` that
    it asks the same of something else ("and the Studio?"), so that what was answered last may not
    be meant; `surely` that it says so outright ("and ...?", "back to ..."), not just by a pronoun;
    `short` that it says little.
    """

    alone: str
    in_context: tuple[str, ...] = ()
    leans: bool = False
    contrasts: bool = False
    surely: bool = False
    short: bool = False


def readings(text: str, state: State, domain: Domain) -> Readings:
    """How `text`, in simplified script, may be meant after what `state` remembers."""
    plain = normalise(text)
    products = domain.catalogue
    follows = leans_on_before(plain, state.language)
    contrasts = follows and not _ASKS_MORE.search(plain)
    earlier = _earlier_topics(plain, state, products)
    texts = (
        *(f"{topic} {plain}" for topic in earlier),
        _without_way_back(plain, state) if earlier else None,
        *about(plain, state.subject, state.language, products),
        _joined(plain, state, domain, products) if state.topic and not earlier else None,
        _with_failed(plain, state),
    )
    if not any(texts):
        return Readings(text)
    leans = bool(follows or earlier or _points_back(plain, state, products))
    surely = bool(follows or earlier)
    return Readings(text, _distinct(text, *texts), leans, contrasts, surely, _is_short(plain))


def _is_short(plain: str) -> bool:
    """Whether a message says too little to stand for itself."""
    return len(_SIGN.findall(plain)) <= FEW[detect(plain)]


def _points_back(plain: str, state: State, products: Products) -> bool:
    """Whether a pronoun of a message that is not long stands for something said before."""
    if products.named(plain) or _OWN_IT.search(plain):
        return False
    few = len(_SIGN.findall(plain)) <= 2 * FEW[detect(plain)] + 1
    return few and _PRONOUN[state.language].search(plain) is not None


def _distinct(text: str, *others: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in others if each and each != text))


def about(plain: str, subject: str, language: Language, products: Products) -> tuple[str, ...]:
    """What a message that names no product may mean about the one last spoken of, `subject`.

    With it in the place of a pronoun, and before the whole message.
    """
    if not subject or products.named(plain):
        return ()
    pronoun = None if _OWN_IT.search(plain) else _PRONOUN[language].search(plain)
    before = f"{subject}: {plain}"
    if pronoun is None:
        return (before,)
    return f"{plain[: pronoun.start()]}{subject}{plain[pronoun.end() :]}", before


def _with_failed(plain: str, state: State) -> str | None:
    """The message after the one before it that was not understood: people write in pieces."""
    if not state.failures:
        return None
    said = (text for role, text in reversed(state.history) if role == "customer")
    before = next(said, None)
    return f"{simplified(before)} {plain}" if before and detect(before) == detect(plain) else None


def remembered(state: State, topic: str) -> tuple[str, ...]:
    """The topics before `topic`, the newest first, without a repeat of it."""
    before = [state.topic, *state.topics] if state.topic else list(state.topics)
    return tuple(each for each in dict.fromkeys(before) if each != topic)[: MOST_TOPICS - 1]


def _joined(plain: str, state: State, domain: Domain, products: Products) -> str:
    """The message with its topic: the topic's own product gives way to the one named now."""
    topic = _topic_in(state, domain)
    named = products.named(plain)
    before = products.named(topic)
    if named and before and named[0].name != before[0].name and len(plain) <= len(topic) + 20:
        swapped = topic[: before[0].start] + named[0].name + topic[before[0].end :]
        if _only_names(plain, named[0].text):
            return swapped
        return f"{swapped} {plain}"
    return f"{topic} {plain}"


def _only_names(plain: str, name: str) -> bool:
    """Whether a message says nothing but the product: "what about the Studio?"."""
    rest = plain.replace(name, " ", 1)
    return set(_WORD.findall(rest.lower())) <= _LEAD_IN


def _topic_in(state: State, domain: Domain) -> str:
    """The topic in the language of the message: another language's one by its intent's name."""
    if detect(state.topic) == state.language:
        return state.topic
    intent = domain.intents.get(state.intent or state.matter)
    label = intent.label.get(state.language, "") if intent else ""
    return " ".join(part for part in (label, state.subject) if part) or state.topic


def _earlier_topics(plain: str, state: State, products: Products) -> tuple[str, ...]:
    """The topics before the last one that a message that goes back may mean.

    The one about the product that it names, or whose words it repeats; the first one where it
    says so; else any of them.
    """
    if not state.topics or not _BACK[state.language].search(plain):
        return ()
    named = {each.name for each in products.named(plain)}
    about_it = [
        topic
        for topic in (state.topic, *state.topics)
        if named & {each.name for each in products.named(topic)}
    ]
    if about_it:
        return tuple(about_it[:1])
    said = set(asked(plain, state.language))
    shares = [
        (len(said & set(asked(topic, state.language))), topic)
        for topic in (state.topic, *state.topics)
    ]
    most, topic = max(shares, key=lambda share: share[0])
    if most:
        return (topic,) if topic != state.topic else ()
    return state.topics[-1:] if _FIRST.search(plain) else state.topics


def _without_way_back(plain: str, state: State) -> str | None:
    """What a message that goes back says besides: "back to the lamp. is it loud?"."""
    rest = re.sub(r"^\W+", "", _BACK[state.language].sub("", plain, count=1))
    return rest if len(_SIGN.findall(rest)) > FEW[state.language] else None

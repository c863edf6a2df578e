"""Tell whether a message leans on the one before ("and for headphones?", "那耳机呢？").

Rules of thumb on the wording alone. In doubt a message stands by itself: an earlier question added
to a message that needs none misleads more than one left out.
"""

import re

from knowledge.types import Language

MOST_WORDS = 7
"""Longer English messages say themselves what they mean."""
MOST_SIGNS = 12
"""The same for Chinese: characters, and a Latin word or a number counts as one."""

_EN_FILLER = re.compile(r"^(?:(?:ok|okay|yes|no|great|so|but|just|only)\b\W*)+", re.I)
_EN_JOINED = re.compile(r"^(?:and|or|also|plus|even)\b\W*", re.I)
_EN_LEANS = re.compile(
    r"""
    (?:what|how)\ about\b (?!\ my\ )  # "what about my refund?" is no follow-up
    | (?:what\ )?(?:if|unless|in\ case)\b
    | (?:the\ )?same\b
    | not\ even\b
    | (?:for|with|without|in|on|to|by|from|at|during|after) (?:\ [\w'-]+){1,3} \W*$
    | (?:how|how\ come|when|where|why|which\ ones?|like\ what|such\ as) \W*$
    | how\ (?:long|much|many|often) (?:\ (?:for|with|without|if|in|to|by|on)\b | \W*$)
    | (?:is|does|do|would|will|can)\ (?:it|that|this|those|these)
      \ (?:also|too|the\ same|apply|true|count|include|work|hold|for\ all)\b
    | (?:the|that|those|this|these|any)\ (?:[\w'-]+\ ){0,2}ones?\?
    | (?:[\w'-]+\ ){1,2}(?:too|as\ well)\?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EN_OWN_SENSE = re.compile(
    r"\b(?:am|is|are|was|were|do|does|did|can|could|will|would|should|have|has|had|got|\w+n't|when"
    r"|where|why|who|which|how|want|need|like|let|get|give|send|tell|talk|speak|call|help|cancel"
    r"|change|track|paid|return|refund|please|thanks?|bye|sorry|hello)\b|^(?:i|it|that)\b",
    re.IGNORECASE,
)

_SIGN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_HOW_MUCH = "(?:大概|一般)?(?:要|需要|是|得)?(?:多久|多长时间|多少钱?|几天)呢?$"
_ZH_BARE = re.compile(
    rf"^(?:那(?!你们|我).{{1,6}}?)?{_HOW_MUCH}|^{_HOW_MUCH}"
    "|^那?(?:为什么|为啥|怎么[弄办做]|什么时候|哪一?个|在哪里?)呢?$"
)
_ZH_LEANS = re.compile(
    "呢$|^(?:要是|如果|换作|除了)|^还有(?!.*[吗没]$)"
    "|[也都].{0,4}吗$|一样吗?$|来得及[吗不么]?$|^连.+[也都]不|^那.{1,6}(?:可以|行|能用|算)吗$|^那.{1,6}行不行$"
)
_ZH_OWN_SENSE = re.compile(
    "怎么|如何|什么|啥|为何|哪|谁|几[天个小]|多久|多少|能不能|能否|可不可以|是不是|有没有|想|我要|帮我"
    "|还[没在不]|没有?[收到]|^(?!那|要是|如果).*了呢$"
    "|^那?(?:我的?|你们的?)?(?:订单|快递|包裹|货|东西|退款|钱|发票|人|人工|客服|优惠)呢$"
)


def leans_on_before(text: str, language: Language) -> bool:
    """Whether `text` makes sense only together with an earlier question."""
    return _chinese_leans(text) if language == "zh" else _english_leans(text)


def _english_leans(text: str) -> bool:
    words = text.replace("’", "'").split()
    if len(words) > MOST_WORDS:
        return False
    said = _EN_FILLER.sub("", " ".join(words))
    rest = _EN_JOINED.sub("", said)
    if _EN_LEANS.match(rest):
        return True
    return rest != said and not _EN_OWN_SENSE.search(rest)


def _chinese_leans(text: str) -> bool:
    signs = _SIGN.findall(text)
    if len(signs) > MOST_SIGNS:
        return False
    said = "".join(signs)
    if _ZH_BARE.search(said):
        return True
    return bool(_ZH_LEANS.search(said) and not _ZH_OWN_SENSE.search(said))

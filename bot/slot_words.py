"""Take the customer's own words as a value, without what only leads to them."""

import re

from bot.answer_clauses import gives_up
from bot.slot_schema import Problem, Slot
from bot.slot_values import Found, Hearing

_THING = r"(?:address|name|note|message|text|reason|description|details?|answer|destination)"
_KIND = r"(?:new|correct|right|other|full|delivery|shipping|home|work|office|postal|current)"
_SENT = (
    r"(?:it|that|this|them|(?:the|my) (?:(?:new|delivery|shipping) )*"
    r"(?:order|parcel|package|address))"
)
_HAN_THING = r"(?:地址|原因|理由|内容|备注|留言|说明|描述|名字|姓名)"
_LEAD_INS = (
    r"(?:ok|okay|yes|yeah|hi|hello|sorry|please|thanks|actually)(?:[\s,.:!-]+|$)",
    r"(?:sure|well|so|oh|no|right|alright)(?:\s*[,.:!-]+\s*|$)",
    r"(?:here (?:it is|you (?:go|are)|is my|is the)|here's(?: my| the)?)[\s,.:!-]*",
    r"(?:it|that|this)(?:'s| is| should be| would be| will be)(?: now)?(?:[\s,:-]+|$)",
    rf"(?:(?:my|the|our|a) )?(?:{_KIND} )*{_THING}"
    r"(?: (?:is|was|should be|would be|will be)(?: now)?\b[\s,:-]*|\s*:\s*)",
    r"(?:(?:can|could) you |i(?:'d| would) like (?:you )?to |i (?:want|need) (?:you )?to |just )?"
    rf"(?:change|send|ship|deliver|update|set|move|redirect|forward) (?:{_SENT} )?to[\s,:-]+",
    r"i (?:meant?|said|(?:now )?live (?:at|in)|moved to)[\s,:-]+",
    r"to[\s:]+(?=\d)|because\s+",
    r"(?:好的?|可以|行|嗯|是的|对|您好|你好|不好意思|那个|麻烦[你您]?|请|帮我|谢谢)[\s,。.:!]+",
    r"(?:麻烦[你您]?|请|帮我|那就|就)(?=[改换寄送发])",
    r"(?:我们?的?)?(?:新的?|正确的?|完整的?|现在的?)?(?:收货|收件|送货|配送|家庭|公司)?"
    rf"{_HAN_THING}(?:是|为|改成|改为|改到|换成|变成|:)[\s,:]*",
    r"(?:把?(?:它|(?:收货)?地址|订单))?(?:改|换|寄|送|发|变|配送|邮寄|更改|修改|更新)"
    r"(?:到|成|为|往|去|至)了?[\s,:]*",
    r"(?:就?是|应该是|因为|由于|我说的是|我是说|我搬到了?)[\s,:]*",
)
_LEAD_IN = re.compile("|".join(_LEAD_INS), re.IGNORECASE)
_QUESTION = re.compile(
    r"(?:几[天个点]|多久|多长时间|多少钱?|什么时候|怎么办|咋办|行不行|可不可以|[吗呢么])\W*$|[?？]\s*$"
)
_LEAD_OUT = re.compile(
    r"(?:[\s,。.!;]*(?:\b(?:please|thanks(?: a lot)?|thank you(?: very much)?|thx|pls|cheers)"
    r"|谢谢[你您啦了]?|麻烦[你您]?了|多谢|感谢|拜托了))?[\s,。.!;]*$",
    re.IGNORECASE,
)


def words(text: str, hearing: Hearing) -> list[Found]:
    """The message itself, when asked for, without lead-in words, thanks and the last full stop."""
    if not hearing.asked or _is_other_talk(text, hearing):
        return []
    start = 0
    while lead := _LEAD_IN.match(text, start):
        start = lead.end()
    rest = _LEAD_OUT.sub("", text[start:])
    value = rest.strip(" \"'“”‘’")
    return [Found(start, start + len(rest), value, _problem(value, hearing.slot))] if value else []


def _is_other_talk(text: str, hearing: Hearing) -> bool:
    """Whether a question is asked back, or the matter is given up; with a number it is a value."""
    if any(map(str.isdigit, text)):
        return False
    return _QUESTION.search(text) is not None or gives_up(text, hearing.context.language)


def _problem(value: str, slot: Slot) -> Problem | None:
    if slot.min_length is not None and len(value) < slot.min_length:
        return "too_short"
    return "too_long" if slot.max_length is not None and len(value) > slot.max_length else None

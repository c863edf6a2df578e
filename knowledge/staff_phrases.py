"""The phrases by which a reply of staff is judged, as regular expressions, one set a language.

`opening`  starts a sentence without belonging to what it says ("Hi,", "I'm sorry, but")
`courtesy` is a whole sentence that says nothing about the matter
`for_one`  marks a sentence that is about one customer: done, promised, asked, theirs, now
"""

import re
from dataclasses import dataclass

from knowledge.types import Language


@dataclass(frozen=True)
class Phrases:
    opening: re.Pattern[str]
    courtesy: re.Pattern[str]
    for_one: re.Pattern[str]


def _any(*alternatives: str) -> str:
    return f"(?:{'|'.join(alternatives)})"


_GREETING = r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))"

_OPENING_EN = _any(
    _GREETING + r"(?: there| \[NAME\])?[,.!]+ (?:and )?",
    r"(?:i'm |i am |we're |we are )?(?:very |so |really )?sorry,? (?:but|however),? ",
    r"unfortunately,? ",
    r"(?:yes|no|sure|certainly|absolutely|of course|right|great|good question|quicker|ok(?:ay)?"
    r"|sir/madam|madam|sir|however)[,.!] (?=\w+ \w+ \w+ \w+ \w+)",
)
_COURTESY_EN = _any(
    _GREETING + r"(?: [\w\[\]]+){0,2}[.!,]?",
    r"(?:.{0,20}\b)?(?:thank you|thanks|appreciate)\b.*",
    r"(?:i|we)(?:'m| am| are|'re)?,? (?:\w+ )?(?:understand|apologi[sz]e|regret|completely"
    r"|sincerely|appreciate|(?:so |very |truly |really |extremely )?sorry|glad|happy"
    r"|delighted)\b.*",
    r"(?:once again, |again, )?we sincerely .*",
    r"(?:my |our |please accept (?:my|our) )?(?:sincere(?:st)? |deepest )?apologies\b.*",
    r"(?:sorry|apologies|welcome|congratulations|good thing|good question)\b.*",
    r"(?:you(?:'re| are) (?:most |very )?welcome|no problem|my pleasure|our pleasure|not at all"
    r"|anytime|certainly|absolutely|of course|understood|sure(?: thing)?|alright|all right"
    r"|ok(?:ay)?|noted|great|excellent|perfect|quicker|right|indeed|exactly|yes|no|nope|yep)"
    r"(?:,? \w+){0,3}[.!,]?",
    r"(?:it|that|this|they|he|she|then it|then that)(?:'ll| will)? (?:does|do|is|are|can|works?"
    r"|should|manage|helps?|fits?)(?:n't)?(?: \w+)?[.!]",
    r"that(?:'s| is) (?:a |an |not )?(?:\w+ ){0,2}\w+[.!]",
    r"(?:is there |was there )?anything else\b.*",
    r"(?:how|what) (?:can|may|could) (?:i|we) (?:help|assist|do)\b.*",
    r"have an? (?:great|nice|good|pleasant|productive|wonderful|lovely|blessed|safe)\b.*",
    r"enjoy\b.{0,60}(?:day|evening|weekend|one|week|night|trip|time)[\w ]{0,15}[.!]",
    r"(?:we|i) (?:hope|wish|look forward)\b.*",
    r"(?:receiving|finding|getting) .*",
    r"(?:please )?(?:do not worry|don't worry|take your time|take care|contact us)\b.*",
    r"happy \w+ to you\b.*|.*\btop priority\b.*",
    r"(?:if|should) (?:you|there)\b.{0,60}\b(?:any|anything|further|more)\b.{0,80}"
    r"(?:contact|reach out|let (?:me|us) know|hesitate|write|ask)\b.*",
    r"please (?:contact|reach out to|write to) us if\b.*",
    r"(?:please )?(?:feel free|don't hesitate|do not hesitate|let (?:me|us) know)\b.*",
    r"(?:take care|good ?bye|bye|safe travels|see you|best regards|sincerely|welcome back"
    r"|rest assured)\b.*",
    r"your (?:satisfaction|patience|feedback|understanding|vigilance)\b.*",
)
_NOW_EN = _any(
    r"today|tomorrow|tonight|yesterday|right now|just now|shortly|immediately|currently",
    r"as soon as possible|at the (?:earliest|moment)|in the meantime|one moment",
    r"(?:this|next|last) (?:week|month|morning|afternoon|evening|time|case|instance|issue"
    r"|matter|order|request|situation|item|product|particular)",
    r"(?:by|on|until|before|says|this|next) (?:mon|tues?|wednes|thurs?|fri|satur|sun)day",
    r"(?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december) \d+",
    r"\d+(?:st|nd|rd|th)\b",
    r"(?:within|in) (?:the|an) (?:next )?(?:\S+ )?(?:hour|minute|day)s?",
    r"(?:just|for|wait) (?:a|one) (?:moment|minute|second)",
    r"in your case|yours is|mentioned|as requested|these",
    r"once (?:we|i|that|this)|upon (?:receiving|receipt|review)",
)
_THEIR_THINGS = (
    r"refund|package|parcel|order|shipment|replacement|delivery|issue|item|product|courier|carrier"
    r"|driver|seller|tracking|cancellation|amount|agent|associate|delay|discrepancy|error|transaction|payment"
    r"|investigation|return|pickup|request|photos?|images?|damage|problem|matter|complaint"
)
_THEIRS_EN = _any(
    r"(?<!if )(?<!when )(?<!unless )your (?:\w+ ){0,3}(?:is|was|has|have|had|are|were|will"
    r"|should|appears?|seems?|shows?|left|reached|arrived|got)\b",
    r"your (?:\w+ )?(?:issue|concern|case|complaint|request|refund|frustration|claim|feedback"
    r"|situation|experience|preference|package|parcel|replacement|report|details|urgency|query"
    r"|inquiry|bank|home)\b",
    rf"(?:this|that) (?:\w+ )?(?:{_THEIR_THINGS})\b",
    rf"(?<!if )(?<!when )(?<!once )the (?:\w+ )?(?:{_THEIR_THINGS}) (?:is|was|has|had|will|should"
    r"|may|might|can|could|appears?|seems?|shows?|did|does|status)\b",
    r"you(?:'ve| have| had| were| paid| ordered| received| reported| provided| described"
    r"| asked| sent| bought| returned| chose| selected| used)\b",
    r"you (?:do not|don't|won't|will|are not required|aren't required|can|may) (?:need )?(?:to )?"
    r"(?:return|keep|dispose|send back)\b",
    r"you(?:'ll| will| should| can expect to) (?:soon )?(?:be |also )?(?:receive|get|see|hear"
    r"|have|notice|notified|contacted|informed|updated)\b",
    r"time of your",
)
_DONE_EN = _any(
    r"i(?:'m|'ve|'ll|'d|\b)|(?:let|allow) (?:me|us)|my (?:name|end|colleague)",
    r"we(?:'ve|'re|'ll|'d| have| are| will| were| had| would| could| can(?! only)| need| value"
    r"| take| understand| also| do apologi[sz]e| aim"
    r"|(?: \w+)? (?:strive|promise|commit|ask|try|assure|anticipate"
    r"|suspect|advise|require you|estimate))\b",
    r"(?:has|have|had|is|was|were|are) (?:now |already |also |just |not )?(?:been |being )",
    r"(?:our|the) (?:\w+ )?(?:team|department|specialists?|representative|supervisor|manager"
    r"|colleagues?|executive|partner)s?\b",
    r"according to|(?:our|the) (?:records?|system|assessment|findings?|engineers|delivery agent)",
    r"(?:it|there) (?:appears|seems|looks|is possible)|expect a|in touch|should connect",
    r"will be sent|occurred|dispose|need to (?:place|initiate)|as the\b|your neighbou?r",
    r"is experiencing|indeed|promotional code",
    r"there (?:was|were|has)|as per (?!(?:our|the) polic)",
    r"personally|escalat\w+|expedit\w+|investigat\w+|prioriti[sz]\w+",
    r"(?:code|number|pin|otp|password|reference|id) (?:is|will be|:)",
    r"(?:coupon|credit|voucher|compensation|discount)\w* (?:is|was|will|of|for)\b",
    r"contact you|(?:reference|tracking|ticket) number|very seriously|is worth",
    r"is (?:now|listed|marked|showing)\b|(?:report|reason)\b",
    r"(?<!if )(?<!if it )(?<!if they )(?:was|were)\b|did(?:n't| not)\b",
)
_ASKS_EN = _any(
    r"\?",
    r"(?:please|kindly) (?:\w+ )?(?:provide|confirm|share|specify|describe|tell|allow|wait|hold"
    r"|bear|give|attach|upload|reply|send|verify|elaborate|clarify|note that your|be assured"
    r"|accept|respond|keep me|stay|ensure|state|explain|let|inform|advise)\b",
    r"(?:could|can|would|may|will) (?:you|i|we) (?:please|kindly)|(?:let|give) (?:me|us)",
    r"would you (?:like|prefer)|your (?:order|email|phone|contact) (?:number|id|address|details)",
)

_OPENING_ZH = (
    "(?:(?:您好|你好|亲|好的|好嘞|嗯|没问题|没事|您?放心|您先?别[急担]心?|抱歉|不好意思|理解|收到)"
    "[，,、！!。 ]+)+"
)
_COURTESY_ZH = _any(
    "(?:不客气|客气了|您客气|谢谢|感谢|抱歉|对不起|不好意思|理解|明白|好的|您好|你好|请?稍等|祝您|祝你"
    "|再见|拜拜|应该的|有事|有问题|辛苦|很高兴|欢迎|请讲|在的|收到|还有.{0,8}(?:吗|么)|不麻烦)"
    "[^。！？!?；]{0,15}[。！？!?；]?",
    "您先?别[急担]心?[^。！]{0,8}[。！]",
    "(?:是的|对的?|能[亮用]?|可以的?|不会的?|会的?|有的?|行的?|正常的?|不能|不行|不可以|没有)[。！!]",
)
_FOR_ONE_ZH = _any(
    "[？?]|(?<!如)[吗呢](?=$|[。！])",
    "我(?!们|的订单)|我们(?:已|会|正|马上|这就|尽快|将)|同事",
    "已经?(?:为|帮|替|给|把|经|取消|退|改|发出?|登记|收到|打包)|(?:帮|替|为)[您你]",
    "给[您你](?:查|登|补|发|改|退|换|寄|办|申请|回)|查到|看到[您你]|麻烦[您你]",
    "[您你]的(?:订单|包裹|快递|退款|情况|问题|地址|申请|反馈)(?!”|」|里|页|编号|号)",
    "[您你]这|这[单边次批]|[您你](?:说|发|提供|提到|量|反映|留)|先生|女士",
    "今[天日晚]|明[天早]|昨[天日]|后天|刚[刚才]|马上|稍后|尽快|周[一二三四五六日天]前?",
    r"\d+\s?月\s?\d+\s?[日号]|核实|核对一下|登记|备注",
    "请(?:您|你)?(?:提供|告诉|告知|发|把|稍|等|确认|核对|留)|那(?:可以|行|没|过|正|就)",
)

PHRASES: dict[Language, Phrases] = {
    "en": Phrases(
        opening=re.compile(_OPENING_EN, re.IGNORECASE),
        courtesy=re.compile(_COURTESY_EN, re.IGNORECASE),
        for_one=re.compile(
            rf"\b(?:{_NOW_EN}|{_THEIRS_EN})|(?<![\w'])(?:{_DONE_EN})|{_ASKS_EN}", re.IGNORECASE
        ),
    ),
    "zh": Phrases(
        opening=re.compile(_OPENING_ZH),
        courtesy=re.compile(_COURTESY_ZH),
        for_one=re.compile(_FOR_ONE_ZH),
    ),
}
LEANS_ON_BEFORE = re.compile(
    r"(?:then|so|in that case|that(?:'s)?|this|it|they|and|but|or|also|both|either way|however"
    r"|additionally|alternatively|furthermore|moreover|regarding|given|despite|in addition)\b"
    r"|the (?:first|second)\b|[那也还都就(（]",
    re.IGNORECASE,
)
"""A reply that begins so cannot be read without what was said before it."""

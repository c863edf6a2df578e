"""Find order numbers and other codes that a pattern describes."""

import re
from dataclasses import dataclass
from functools import cache

from bot.answers import corrects
from bot.slot_values import Found, Hearing
from knowledge import redact

_SIMPLE_PATTERN = re.compile(
    r"(?:\(\?:)?(?P<prefix>[A-Za-z]{1,6})(?P<joint>\\?-|\[[^\]\[]*\])?\??(?:\)\?)?"
    r"(?P<digits>(?:\\d|\[0-9\])(?:\{\d+(?:,\d*)?\}|\+)?)"
)
"""A pattern of letters and digits, such as `TW-?\\d{6}`, for which more spellings are known."""
_IS = r"[\s.:#(,-]{0,3}(?:\b(?:numbers?|no|nr|id|is|was|it'?s)\b[\s.:#]{0,3}|是|为|:){0,2}\s?"
_ORDER = r"(?:\borders?\b|#|订单|(?<!快递)(?<!物流)(?<!运)单号)(?:号码|编号|号)?"
_ANNOUNCED = (
    rf"(?:(?:{_ORDER}|\b(?:numbers?|num|no|nr)\b|(?<!邮政)号码|(?<!邮政)编号|尾号){_IS}"
    r"|\b(?:cancel|return|track|check|find|refund|change|about|for|on|of|from|with|to)\s"
    r"|(?:取消|退掉?|查询?|看|改|关于|把|的是)(?:一?下)?\s?|^[\s#]*(?:那个?|and\s)?\s?|[,;.!?。]\s*(?=\d+\s*(?:[,;.!?。]|$)))"
)
"""What leads to an order number that lacks its letters; first or alone in a message, nothing."""
_SPEAKS_OF_ORDERS = re.compile(
    r"\b(?:orders?|cancel|return|refund|track|ship(?:ped|ping)?|deliver\w*|parcel|package)\b"
    "|订单|取消|退[货款掉]|查|发货|别发|没发|快递|包裹|物流|催",
    re.IGNORECASE,
)
_SPEAKS_OF_PLACES = re.compile(
    r"\b(?:zip|address|street|st|ave(?:nue)?|road|rd|apt|phone|code)\b|邮编|地址|[省市区县镇路街室]|电话|手机|验证码",
    re.IGNORECASE,
)
_NO_POST_CODE = "".join(
    f"(?<!{word}{joint})"
    for word in ("邮编", "邮政编码", "zip", "code")
    for joint in ("", " ", ":", ": ", " is ", "是")
)
_MONEY_OR_TIME = (
    r"(?!\s?(?:%|dollars?|bucks|usd|元|块|天|days?|weeks?|items?|pieces?|times|个|件|次|台))"
)
_WRONG_BARE = re.compile(
    r"\W{0,9}(?:(?:it'?s|it is|i meant?|sorry|no|order|number|the|my|是|我说的|订单|号码?)"
    r"[\s,.:]*)*"
    r"(?P<code>(?=[\w-]{0,12}\d{3})[A-Za-z]{0,4}-?\d+)"
    r"\W*(?:please|thanks|thank you|谢谢)?\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Form:
    """An order number's spellings: in full, the digits alone, and what was meant to be one."""

    prefix: str
    joint: str
    full: re.Pattern[str]
    digits: re.Pattern[str]
    announced: re.Pattern[str]
    apart: re.Pattern[str]
    wrong: re.Pattern[str]


def order_numbers(text: str, hearing: Hearing) -> list[Found]:
    """Order numbers in the form of the slot's pattern; without one, what redaction finds.

    Digits without their letters count when asked for or in a correction, after "order", and set
    apart in a message about an order. What stands in such a place in another form is refused.
    """
    pattern = hearing.slot.pattern
    form = _form(pattern) if pattern else None
    if form is None:
        return patterned(text, hearing) if pattern else _recognised(text, hearing)
    expected = hearing.asked or corrects(text, hearing.context.language)
    loose = [form.digits if expected else form.announced]
    if _SPEAKS_OF_ORDERS.search(text) and not _SPEAKS_OF_PLACES.search(text):
        loose.append(form.apart)
    found = [
        Found(*match.span("code"), f"{form.prefix}{form.joint}{match['digits']}")
        for expression in (form.full, *loose)
        for match in expression.finditer(text)
    ]
    return found or _malformed(text, form, expected)


def patterned(text: str, hearing: Hearing) -> list[Found]:
    """What the slot's pattern matches, in capitals."""
    return [
        Found(*match.span(), match[0].upper()) for match in hearing.slot.expression().finditer(text)
    ]


def _malformed(text: str, form: _Form, expected: bool) -> list[Found]:
    """What was meant as an order number and is none."""
    found = [Found(*m.span("code"), m["code"], "format") for m in form.wrong.finditer(text)]
    bare = _WRONG_BARE.fullmatch(text) if expected else None
    return [*found, Found(*bare.span("code"), bare["code"], "format")] if bare else found


def _recognised(text: str, hearing: Hearing) -> list[Found]:
    """What redaction takes for an order number, when asked for also a bare one."""
    spans = [span for span in redact.find(text) if span.kind == "order_number"]
    if spans or not hearing.asked:
        return [Found(span.start, span.end, span.text.upper()) for span in spans]
    for words in ("order number ", "订单号"):
        for span in redact.find(words + text):
            if span.kind == "order_number":
                return [Found(0, len(text), span.text.upper())]
    return []


@cache
def _form(pattern: str) -> _Form | None:
    simple = _SIMPLE_PATTERN.fullmatch(pattern)
    if simple is None:
        return None
    prefix, digits = simple["prefix"].upper(), simple["digits"]
    begin, end = r"(?<![A-Za-z0-9])", r"(?![\w-]{0,12}\d|[A-Za-z_])"
    full = rf"{prefix}[\s#:_-]{{0,3}}"

    def expression(source: str) -> re.Pattern[str]:
        return re.compile(source, re.IGNORECASE | re.ASCII)

    return _Form(
        prefix,
        "-" if "-" in (simple["joint"] or "") else "",
        expression(rf"{begin}(?P<code>{full}(?P<digits>{digits})){end}"),
        expression(rf"(?<![\w.-]){_NO_POST_CODE}(?P<code>(?P<digits>{digits})){end}(?![.,]\d)"),
        expression(rf"{_ANNOUNCED}(?P<code>(?P<digits>{digits})){end}(?![.,]\d){_MONEY_OR_TIME}"),
        expression(
            rf"(?:^|[\s,;!.])(?P<code>(?P<digits>{digits}))(?=[\s,;!]|\.?$){_MONEY_OR_TIME}"
        ),
        expression(
            rf"(?:{begin}(?={prefix})|{_ORDER}{_IS})"
            rf"(?P<code>{full}\d[\w-]{{0,20}}|\d{{3,}}{end}(?![.,]\d){_MONEY_OR_TIME})"
        ),
    )

"""Personal data that is written in digits: e-mail, cards, accounts, ids, order numbers, phones.

Each finder yields (start, end) of what it finds in a text whose full-width letters and digits have
been made plain. Prices, dates, durations and model numbers are left alone on purpose.
"""

import re
from collections.abc import Iterator

import phonenumbers
from stdnum import iban, luhn
from stdnum.us import ssn

Bounds = tuple[int, int]

_START = r"(?<![A-Za-z0-9])"
_END = r"(?![A-Za-z0-9])"

_EMAIL = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}"
    r"|[a-z0-9._-]{2,40} ?[\[(]?\bat\b[\])]? ?[a-z0-9-]{2,40} ?[\[(]?\bdot\b[\])]? ?[a-z]{2,6}\b",
    re.IGNORECASE,
)
_CARD = re.compile(
    rf"{_START}(?:\d{{12,19}}|\d{{4}}([ -])\d{{4}}\1\d{{4}}\1\d{{4}}(?:\1?\d{{1,3}})?"
    rf"|\d{{4}}([ -])\d{{6}}\2\d{{4,5}}){_END}"
)
_SCHEMES = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|35\d{14}|(?:1800|2131)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}|(?:5[06-8]|6)\d{11,18}"
)
"""Lengths and first digits of the card schemes, ISO/IEC 7812."""
_IBAN = re.compile(
    rf"{_START}[A-Z]{{2}}\d{{2}}"
    rf"(?:[A-Z0-9]{{11,30}}|(?: [A-Z0-9]{{4}}){{2,7}}(?: [A-Z0-9]{{1,3}})?){_END}",
    re.IGNORECASE,
)
_RESIDENT_ID = re.compile(
    rf"{_START}[1-9]\d{{5}}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dXx]{_END}"
)
_SSN = re.compile(rf"{_START}\d{{3}}-\d{{2}}-\d{{4}}(?![\w-])")

_REFERENCE = r"(?:[A-Za-z]{1,6}-?)?\d[\dA-Za-z]*(?:-[\dA-Za-z]+){0,4}"
_MONEY = (
    r"(?!\s?(?:%|usd|dollars?|bucks|euros?|rs\b|rupees?|inr|cny|rmb|yuan|元|块|天|"
    r"days?|items?|pieces?|units?|people|times))"
)
_LABELLED = re.compile(
    r"(?:\b(?:order|booking|reference|ref|tracking|ticket|case|invoice|transaction|txn|utr|awb"
    r"|account|acct|a/c|customer|member(?:ship)?|policy|confirmation|reservation|complaint|parcel"
    r"|shipment|serial)"
    r"(?P<label>\s?(?:numbers?|num|nos?\b\.?|nr\.?|id\b|code|reference|#))?"
    r"|(?P<han>(?:订单|运单|快递|物流|工单|流水|会员|发票|退货|售后|交易|单)(?:编号|号码|单号|号)))"
    r"(?P<is>[\s:：#.(-]{0,4}(?:\b(?:is|was)\b|是|为)?[\s:：#(-]{0,4})"
    rf"(?P<number>{_REFERENCE}){_END}(?![.,]\d){_MONEY}",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?=(?:\D*\d){3}).*")
_UNNAMED = re.compile(r"(?!(?:19|20)\d\d-)(?:[A-Za-z]{1,4}-?)?\d{5,}(?:-\d+)*")
_UNLABELLED = re.compile(
    rf"{_START}(?:"
    r"(?<=#)\d{5,}|"  # 12345 after a hash
    r"1Z[0-9A-Z]{16}|"  # a parcel service's tracking code
    r"[A-Z]{1,6}-?\d{6,}(?:-\d+){0,3}|"  # TW-204188, OD98765432109876
    r"[A-Z]{2,6}-\d{3,}(?:-\d{2,}){1,4}|"  # CLM-2024-07-26-001
    r"\d{3,}-\d{4,}-\d{5,}|\d{3,}(?:-\d{3,}){3}"  # 502-2345678-9012345
    rf"){_END}(?![.,]\d)",
    re.IGNORECASE,
)
_LONG = re.compile(rf"{_START}\d{{9,}}{_END}(?![.,]\d)")
_PHONE = re.compile(
    r"(?<![\w#/.-])(?:\+|00)?\(?\d(?:[ ()./-]{0,3}\d){6,14}(?:\s?(?:x|ext\.?)\s?\d{1,5})?"
    r"(?![A-Za-z0-9_]|-\d|[.,/:]\d)",
    re.ASCII | re.IGNORECASE,
)
_PHONE_WORD = re.compile(
    r"\b(?:phone|call|mobile|cell|tel|telephone|contact|whatsapp|text|answering|number is|fax|desk"
    r"|ring)\b"
    r"|电话|手机|致电|联系|号码",
    re.IGNORECASE,
)
_LOCAL_PHONE = re.compile(
    r"[2-9]\d\d[-. ]\d{4}|(?=(?:\D?\d){9})\d{2,4}([ -])\d{2,4}(?:\1\d{2,4}){1,2}"
)
"""Without an area code, or of a country unknown: at least nine digits in groups."""
_CHINESE_PHONE = re.compile(r"(?:(?:\+|00)?86[ -]?)?(?:1\d{2}([ -]?)\d{4}\1\d{4}|0\d{2,3}-\d{7,8})")
_DATE = re.compile(
    r"(?:\d{1,2}([./ -])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([./ -])\d{1,2}\2\d{1,2})(?!\d)"
)
_REGIONS = ("US", "CN", "IN", "GB")


def emails(text: str) -> Iterator[Bounds]:
    if "@" in text or "dot" in text.lower():
        yield from (match.span() for match in _EMAIL.finditer(text))


def cards(text: str) -> Iterator[Bounds]:
    """Digits that obey the Luhn check (ISO/IEC 7812-1) in the length and grouping of a card."""
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if _SCHEMES.fullmatch(digits) and luhn.is_valid(digits):
            yield match.span()


def ibans(text: str) -> Iterator[Bounds]:
    """Account numbers with a right check number (ISO 13616), in blocks or in one piece."""
    for match in _IBAN.finditer(text):
        candidate = match[0]
        while candidate and not iban.is_valid(candidate):
            candidate = candidate.rpartition(" ")[0]
        if candidate:
            yield match.start(), match.start() + len(candidate)


def resident_ids(text: str) -> Iterator[Bounds]:
    """Chinese resident ids, by region and birth date: a mistyped check digit stays personal."""
    yield from (match.span() for match in _RESIDENT_ID.finditer(text))
    yield from (match.span() for match in _SSN.finditer(text) if ssn.is_valid(match[0]))


def order_numbers(text: str) -> Iterator[Bounds]:
    """Numbers that point to one customer's order, parcel, ticket, account or payment."""
    for match in _LABELLED.finditer(text):
        named = match["label"] or match["han"] or "#" in match["is"]
        if (_NAMED if named else _UNNAMED).fullmatch(match["number"]):
            yield match.span("number")
    yield from (match.span() for match in _UNLABELLED.finditer(text))


def long_numbers(text: str) -> Iterator[Bounds]:
    """Runs of nine digits and more that are nothing else: they point to one case or account."""
    yield from (match.span() for match in _LONG.finditer(text))


def phones(text: str) -> Iterator[Bounds]:
    for match in _PHONE.finditer(text):
        if _is_phone(match[0], text[max(0, match.start() - 40) : match.start()]):
            yield match.span()


def _is_phone(candidate: str, before: str) -> bool:
    if _DATE.match(candidate):
        return False
    if _CHINESE_PHONE.fullmatch(candidate) or _LOCAL_PHONE.fullmatch(candidate):
        return True
    return bool(_PHONE_WORD.search(before)) or any(_valid_in(candidate, r) for r in _REGIONS)


def _valid_in(candidate: str, region: str) -> bool:
    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(candidate, region)))
    except phonenumbers.NumberParseException:
        return False

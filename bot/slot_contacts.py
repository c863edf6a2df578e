"""Find e-mail addresses, phone numbers and names of customers."""

import re

import phonenumbers

from bot.slot_values import Found, Hearing
from knowledge import redact, redact_numbers
from knowledge.types import Language

_ADDRESS = re.compile(r"[^@\s]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_SPELLED = re.compile(r"\s*[\[(]?\bat\b[\])]?\s*", re.IGNORECASE)
_SPELLED_DOT = re.compile(r"\s*[\[(]?\bdot\b[\])]?\s*", re.IGNORECASE)
_REGIONS: dict[Language, tuple[str, ...]] = {"en": ("US", "CN"), "zh": ("CN", "US")}
"""Where a number without a country code is from; the next one where it is none of the first."""
_ONLY_DIGITS = re.compile(
    r"\W*(?:(?:it'?s|it is|my|the|phone|cell|mobile|number|is|call|at|on|sure|ok|yes"
    r"|手机|电话|号码?|是|打)[\s,.:]*)*"
    r"(?P<number>\+?\(?\d[\d ()./-]{4,18}\d)\W*(?:please|thanks|thank you|谢谢)?\W*",
    re.IGNORECASE,
)
"""A message that gives a number and nothing else."""
_NAME_ANSWER = {"en": "name: {}", "zh": "姓名:{}"}


def emails(text: str, hearing: Hearing) -> list[Found]:
    """E-mail addresses; those of a role ("help@...") only when asked for one."""
    if hearing.slot.pattern:
        return _patterned(text, hearing)
    if hearing.asked:
        bounds = list(redact_numbers.emails(text))
    else:
        bounds = [(span.start, span.end) for span in redact.find(text) if span.kind == "email"]
    return [_email(text, start, end) for start, end in bounds]


def _email(text: str, start: int, end: int) -> Found:
    given = text[start:end]
    if "@" not in given:
        given = _SPELLED_DOT.sub(".", _SPELLED.sub("@", given, count=1))
    sound = _ADDRESS.fullmatch(given) is not None
    return Found(start, end, given, None if sound else "format")


def phones(text: str, hearing: Hearing) -> list[Found]:
    """Phone numbers in the form of E.164, from the country of the language where they name none."""
    if hearing.slot.pattern:
        return _patterned(text, hearing)
    bounds = [(span.start, span.end) for span in redact.find(text) if span.kind == "phone"]
    if not bounds and hearing.asked:
        only = _ONLY_DIGITS.fullmatch(text)
        bounds = [only.span("number")] if only else []
    return [_phone(text, start, end, hearing.context.language) for start, end in bounds]


def _phone(text: str, start: int, end: int, language: Language) -> Found:
    for region in _REGIONS[language]:
        try:
            number = phonenumbers.parse(text[start:end], region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            return Found(start, end, written)
    return Found(start, end, text[start:end], "format")


def names(text: str, hearing: Hearing) -> list[Found]:
    """Names that are introduced as such, when asked for also a bare one."""
    if hearing.slot.pattern:
        return _patterned(text, hearing)
    found = _names(text)
    if found or not hearing.asked:
        return found
    for announced in _NAME_ANSWER.values():
        if bare := _names(announced.format(text)):
            return [Found(0, len(text), bare[-1].value)]
    return []


def _names(text: str) -> list[Found]:
    spans = [span for span in redact.find(text) if span.kind == "name"]
    return [Found(span.start, span.end, span.text) for span in spans]


def _patterned(text: str, hearing: Hearing) -> list[Found]:
    """What the slot's own pattern matches, as written."""
    return [Found(*match.span(), match[0]) for match in hearing.slot.expression().finditer(text)]

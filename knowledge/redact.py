"""Personal data out of a text, as typed placeholders.

Owns what counts as personal and which find wins where two overlap. The text is read with full-width
letters and digits made plain, one for one, so that positions stay those of the text given.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge import redact_numbers, redact_words

PersonalKind = Literal[
    "email", "phone", "card", "iban", "resident_id", "order_number", "address", "name"
]

_PLACEHOLDERS: dict[PersonalKind, str] = {
    "email": "[EMAIL]",
    "phone": "[PHONE]",
    "card": "[CARD]",
    "iban": "[IBAN]",
    "resident_id": "[ID]",
    "order_number": "[ORDER]",
    "address": "[ADDRESS]",
    "name": "[NAME]",
}
PLACEHOLDER = re.compile(r"\[(?:EMAIL|PHONE|CARD|IBAN|ID|ORDER|ADDRESS|NAME)\]")

_Finder = Callable[[str], Iterator[tuple[int, int]]]
_IN_DIGITS: tuple[tuple[PersonalKind, _Finder], ...] = (
    ("iban", redact_numbers.ibans),
    ("resident_id", redact_numbers.resident_ids),
    ("card", redact_numbers.cards),
    ("order_number", redact_numbers.order_numbers),
    ("address", redact_words.addresses),
    ("phone", redact_numbers.phones),
    ("order_number", redact_numbers.long_numbers),
)
"""In this order: the stronger evidence wins where two finds overlap."""
_PLAIN = {0x3000: " "} | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_DIGIT = re.compile(r"\d|号")

_ROLE_MAILBOX = re.compile(
    r"(?:help|support|service|services|info|contact|hello|care|orders?|returns?|refunds?|sales"
    r"|privacy|billing|press|jobs|office|customer-?(?:care|service|support)|no-?reply|feedback"
    r"|warranty|repairs?|security|accounts?|team|shop|store|business|wholesale|hr|kefu)@",
    re.IGNORECASE,
)
_FREE_CALL = re.compile(r"(?:\+?1[ .-]?)?\(?8(?:00|88|77|66|55|44|33)\b|[48]00-|1800")
_OUR_OWN = re.compile(
    r"\b(?:our|us|hotline|helpline|such as|like|e\.g\.|for example)\b[^.!?]*$"
    r"|(?:我们|客服|热线|总部|仓库|本店|例如|比如|形如)[^。！？]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """Personal data at `text[start:end]`."""

    start: int
    end: int
    kind: PersonalKind
    text: str


def find(text: str) -> list[Span]:
    """Personal data in a text, in order of position, not overlapping."""
    plain = text.translate(_PLAIN)
    taken = bytearray(len(plain))
    for match in PLACEHOLDER.finditer(plain) if "[" in plain else ():
        taken[slice(*match.span())] = b"x" * len(match[0])
    spans: list[Span] = []
    for kind, finder in _finders(plain):
        for start, end in finder(plain):
            if not any(taken[start:end]):
                taken[start:end] = b"x" * (end - start)
                spans.append(Span(start, end, kind, text[start:end]))
    return sorted(spans, key=lambda span: span.start)


def _finders(plain: str) -> Iterator[tuple[PersonalKind, _Finder]]:
    """The finders that may find anything: most messages hold no digit and no address sign."""
    yield "email", redact_numbers.emails
    if _DIGIT.search(plain):
        yield from _IN_DIGITS
    yield "name", redact_words.names


def redact(text: str) -> str:
    """Replace personal data by typed placeholders, e.g. `[EMAIL]`; idempotent."""
    while spans := find(text):
        text = _replace(text, spans)
    return text


def said_in_service(text: str) -> str:
    """Redact what a member of staff said, but leave mailboxes of a role and free-call numbers."""
    return _replace(text, [span for span in find(text) if not _is_public(span)])


def published(text: str) -> str:
    """Redact what a business publishes, but leave its own contacts and its examples.

    Kept are mailboxes of a role (help@...), free-call numbers, and phones, addresses and order
    numbers that the sentence calls its own ("our warehouse at ...", "numbers such as ...").
    """
    spans = [span for span in find(text) if not _is_public(span)]
    return _replace(text, [span for span in spans if not _is_own(text, span)])


def _is_public(span: Span) -> bool:
    if span.kind == "email":
        return bool(_ROLE_MAILBOX.match(span.text))
    return span.kind == "phone" and bool(_FREE_CALL.match(span.text))


def _is_own(text: str, span: Span) -> bool:
    before = text[max(0, span.start - 60) : span.start]
    return span.kind in ("phone", "address", "order_number") and bool(_OUR_OWN.search(before))


def _replace(text: str, spans: list[Span]) -> str:
    pieces, position = [], 0
    for span in spans:
        pieces += [text[position : span.start], _PLACEHOLDERS[span.kind]]
        position = span.end
    return "".join([*pieces, text[position:]])


def mask_cards(text: str) -> str:
    """Keep the last four digits of payment cards only: `•••• 1111`."""
    plain = text.translate(_PLAIN)
    masked, position = [], 0
    for start, end in redact_numbers.cards(plain):
        digits = [character for character in plain[start:end] if character.isdigit()]
        masked += [text[position:start], "•••• ", *digits[-4:]]
        position = end
    return "".join([*masked, text[position:]])

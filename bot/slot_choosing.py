"""Which of several values in a message counts: people deny, insist and correct themselves."""

import re
from collections.abc import Sequence

from bot.slot_values import Found

_NOUN = (
    r"(?:(?:the|my|a|an|order|number|on|for|in|from|one|#|no\.)\s*"
    r"|订单号?|单号|号码|我的|那个|这个|的)*"
)
_DENIED = re.compile(
    rf"(?:\b(?:not|isn'?t|wasn'?t|aren'?t|don'?t mean|rather than|instead of|never)\s+{_NOUN}"
    rf"|(?<!是)(?:并?不是|而非|不要|不在|别用|代替)\s*{_NOUN})$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"^\s*(?:is|was|'s)?\s*(?:wrong\b|not (?:it|right|correct|the one)\b|incorrect\b)"
    r"|^\s*(?:是|写|打|输)?(?:不对|错了|错的|写错|打错)",
    re.IGNORECASE,
)
_INSISTED = re.compile(
    r"(?:\b(?:meant?|should(?: be| have been)|actually|correct (?:one|number|date|order) is|rather"
    r"|right (?:one|number|date|order) is|make (?:it|that)|change (?:it|that) to|correction)\W+"
    rf"(?:to |it'?s |it is |is |say )?{_NOUN}"
    r"|(?:应该|说的|指的|要的|查的|正确的|其实|而|改)(?:是|成|为|到)?\s*"
    rf"{_NOUN})$",
    re.IGNORECASE,
)
_LOOK_BACK = 40
"""Characters before a value in which a word may deny it or insist on it."""


def chosen(text: str, found: Sequence[Found]) -> Found | None:
    """The value that counts: the last one insisted on ("I meant ..."), else the last not denied.

    A sound value counts before one that is refused.
    """
    kept = [each for each in sorted(found, key=lambda one: one.start) if not _denied(text, each)]
    sound = [each for each in kept if each.problem is None] or kept
    insisted = [each for each in sound if _INSISTED.search(_before(text, each))]
    return next(iter([*insisted[-1:], *sound[-1:]]), None)


def _denied(text: str, found: Found) -> bool:
    return bool(_DENIED.search(_before(text, found)) or _DENIED_AFTER.match(text[found.end :]))


def _before(text: str, found: Found) -> str:
    return text[max(0, found.start - _LOOK_BACK) : found.start]

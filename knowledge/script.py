"""Simplified and traditional Chinese: which one a text is in, and one turned into the other.

Models, search and rules see simplified script only; a customer reads the script they write.
The only OpenCC import.
"""

import functools
import re

import opencc

TO_SIMPLIFIED = "t2s"
TO_TRADITIONAL = "s2tw"
"""Taiwan's characters for the same words: an approved text is not reworded."""

_LONE_SURROGATES = re.compile("([\ud800-\udfff]+)")
"""What a client may send and UTF-8, which OpenCC reads, cannot hold."""


def simplified(text: str) -> str:
    """The text in simplified script; anything but Chinese stays as it is."""
    return _converted(text, TO_SIMPLIFIED)


def traditional(text: str) -> str:
    """The text in traditional script; anything but Chinese stays as it is."""
    return _converted(text, TO_TRADITIONAL)


def is_traditional(text: str) -> bool:
    """Whether a text has a character that only traditional script has."""
    return simplified(text) != text


def is_simplified(text: str) -> bool:
    """Whether a text has a character that only simplified script has."""
    return simplified(text) == text and traditional(text) != text


def _converted(text: str, name: str) -> str:
    if text.isascii():
        return text
    convert = _converter(name).convert
    return "".join(
        piece if _LONE_SURROGATES.match(piece) else convert(piece)
        for piece in _LONE_SURROGATES.split(text)
    )


@functools.cache
def _converter(name: str) -> "opencc.OpenCC":
    return opencc.OpenCC(name)

"""Simplified and traditional Chinese: which one a text is in, and one turned into the other.

Models, search and rules see simplified script only; a customer reads the script they write.
The only OpenCC import.
"""

import functools

import opencc

TO_SIMPLIFIED = "t2s"
TO_TRADITIONAL = "s2tw"
"""Taiwan's characters for the same words: an approved text is not reworded."""


def simplified(text: str) -> str:
    """The text in simplified script; anything but Chinese stays as it is."""
    return _converter(TO_SIMPLIFIED).convert(text) if _may_be_chinese(text) else text


def traditional(text: str) -> str:
    """The text in traditional script; anything but Chinese stays as it is."""
    return _converter(TO_TRADITIONAL).convert(text) if _may_be_chinese(text) else text


def is_traditional(text: str) -> bool:
    """Whether a text has a character that only traditional script has."""
    return simplified(text) != text


def is_simplified(text: str) -> bool:
    """Whether a text has a character that only simplified script has."""
    return simplified(text) == text and traditional(text) != text


def _may_be_chinese(text: str) -> bool:
    return not text.isascii()


@functools.cache
def _converter(name: str) -> "opencc.OpenCC":
    return opencc.OpenCC(name)

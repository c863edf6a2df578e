"""The language of a text, and the form in which every text reaches an encoder.

Owns normalisation. Knows no model: lower-casing and truncation belong to the tokenizer.
"""

import re
import unicodedata

from knowledge import redact
from knowledge.script import simplified
from knowledge.types import Language

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff\ud800-\udfff]"
)
"""Control, zero-width, directional and variation characters, and lone surrogates."""

_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+")
_SENTENCE_END = re.compile(r"""([。！？…；]+[”’」』）]*|[.!?]+["'”’)\]]*(?=\s))\s*""")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|approx|vs|mr|mrs|ms|dr|no|nos|incl|excl|inc|ltd|co|st|min|max|rs"
    r"|p\.m|a\.m|u\.s)|(?<![A-Za-z])[A-Z]|^\s*\d{1,2})\.$",
    re.IGNORECASE,
)


def detect(text: str, default: Language = "en") -> Language:
    """Chinese when any Han character stands in the text, else `default`."""
    return "zh" if _HAN.search(text) else default


def dominant(text: str, default: Language = "en") -> Language:
    """The language of a longer text: Chinese when it has as many Han characters as words."""
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    return ("zh" if han >= words else "en") if han or words else default


def visible(text: str) -> str:
    """Drop what cannot be seen or stored, keep lines; the form of a text to be shown."""
    return _INVISIBLE.sub("", text).strip()


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its closing mark; a line's end also closes one."""
    return [part for line in text.splitlines() for part in _parts(line) if part]


def _parts(line: str) -> list[str]:
    parts, start = [], 0
    for mark in _SENTENCE_END.finditer(line):
        if not _ABBREVIATION.search(line[start : mark.end(1)]):
            parts.append(line[start : mark.end(1)].strip())
            start = mark.end()
    return [*parts, line[start:].strip()]


def normalise(text: str) -> str:
    """Fold compatibility forms (NFKC), drop what cannot be seen, make white space single spaces."""
    compatible = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return " ".join(_INVISIBLE.sub("", compatible).split())


def folded(text: str) -> str:
    """The text in the form in which texts are compared: normalised, without case."""
    return normalise(text).casefold()


def model_text(text: str) -> str:
    """The form in which a text reaches an encoder, in training and in serving alike.

    Normalised, in simplified script, with personal data as typed placeholders; the case is kept.
    """
    return redact.redact(simplified(normalise(text)))

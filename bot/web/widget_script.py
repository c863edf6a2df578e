"""The widget's script: written as several files, each about one thing, and sent as one."""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parent / "static" / "widget"
PARTS = (
    *("dom.js", "look.js", "store.js", "api.js", "live.js", "outbox.js"),
    *("talk.js", "chat.js", "uploads.js", "messages.js", "cards.js", "menu.js"),
    *("panel.js", "main.js"),
)
"""In the order in which they stand in the script: what runs at once uses only what is above it."""

_COMMENT_LINES = re.compile(r"^(?://.*|/\*[^*]*(?:\*(?!/)[^*]*)*\*/)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """The script as it is sent; `tag` changes with its content."""

    plain: bytes
    zipped: bytes
    tag: str


@cache
def script() -> Script:
    """Put the words, the style sheet and the parts together."""
    words = json.loads(_read("words.json"))
    lines = [
        '(() => {\n"use strict";',
        f"const WORDS = {json.dumps(words, ensure_ascii=False)};",
        f"const STYLE = {json.dumps(tight(_read('style.css')))};",
        *(tight(_read(name)) for name in PARTS),
        "})();\n",
    ]
    plain = "\n".join(lines).encode()
    tag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
    return Script(plain, gzip.compress(plain, mtime=0), tag)


def tight(source: str) -> str:
    """Leave out indentation and the lines that are only a comment: nobody reads what is sent.

    No text in the sources may span lines.
    """
    return _COMMENT_LINES.sub("", re.sub(r"^\s+", "", source, flags=re.MULTILINE))


def _read(name: str) -> str:
    return (SOURCE / name).read_text("utf-8")

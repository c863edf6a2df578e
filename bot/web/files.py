"""What customers attach: which types are taken, told by the bytes, and under which name."""

import unicodedata
from pathlib import PurePosixPath

from bot.settings import Limits
from bot.web.errors import ApiError
from knowledge.language import normalise

MAX_NAME = 100

SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)

ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "text/plain": (".txt", ".text", ".log", ".md"),
}
"""What a file of each type may be called; the first is added to what is called otherwise."""


def content_type(data: bytes) -> str | None:
    """The type that the first bytes tell, or None when it is none of those known here."""
    for signature, name in SIGNATURES:
        if data.startswith(signature):
            return name
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return "text/plain" if _is_text(data) else None


def accepted_type(data: bytes, limits: Limits) -> str:
    """The type of `data`; ApiError 413 when too long, 415 when not a type the settings take."""
    if not data:
        raise ApiError(400, "file_empty", "The file is empty.")
    if len(data) > max_bytes(limits):
        raise ApiError(413, message=f"The file is longer than {limits.upload_megabytes} MB.")
    found = content_type(data)
    if found is None or found not in limits.upload_types:
        raise ApiError(415, message=f"Only these are taken: {', '.join(limits.upload_types)}.")
    return found


def max_bytes(limits: Limits) -> int:
    """The longest file that is taken; 0 when none is."""
    return limits.upload_megabytes * 1024 * 1024


def clean_name(name: str | None) -> str:
    """The last part of a sent file name, readable and short; "file" when nothing is left."""
    shown = "".join(char for char in normalise(name or "") if _is_shown(char))
    last = PurePosixPath(shown.replace("\\", "/")).name
    return last[-MAX_NAME:].strip(". ") or "file"


def safe_name(name: str, kind: str) -> str:
    """A cleaned name with an ending of its type: else a text called .html would run when opened."""
    endings = ENDINGS.get(kind, (".bin",))
    return name if name.lower().endswith(endings) else f"{name}{endings[0]}"


def _is_shown(char: str) -> bool:
    """Not a sign that is invisible or turns the order of others around."""
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs")


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(ord(char) < 32 and char not in "\t\n\r\f" for char in text)

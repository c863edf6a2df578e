"""Passwords of staff: hashed with argon2id, checked in the same time whether or not there is one.

Knows neither names nor tables.
"""

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from knowledge.errors import DeskmateError

MIN_CHARACTERS = 10
MAX_CHARACTERS = 200
AT_ONCE = 2
"""Checks at a time: each takes 64 MiB and, for some hundredths of a second, a core."""

HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106 for little memory
_working = threading.BoundedSemaphore(AT_ONCE)


class PasswordError(DeskmateError):
    """The password is too short or too long."""


def hashed(password: str) -> str:
    """Return the hash to keep. Raises PasswordError."""
    if not MIN_CHARACTERS <= len(password) <= MAX_CHARACTERS:
        raise PasswordError(
            f"expected a password of {MIN_CHARACTERS} to {MAX_CHARACTERS} characters, "
            f"found {len(password)}; choose another"
        )
    with _working:
        return HASHER.hash(_bytes(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the one behind the hash `kept`; without one the work is the same."""
    with _working:
        try:
            HASHER.verify(kept or _nobodys(), _bytes(password[: MAX_CHARACTERS + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def _bytes(password: str) -> bytes:
    """One way of writing each letter, whatever the keyboard made of it."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "replace")


@cache
def _nobodys() -> str:
    return HASHER.hash("nobody has this password")

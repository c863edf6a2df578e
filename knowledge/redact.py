"""Personal data out of a text, as typed placeholders."""

import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def redact(text: str) -> str:
    """Replace personal data by typed placeholders such as [EMAIL]."""
    return _EMAIL.sub("[EMAIL]", text)

"""Words of the Inbox tab, in English and Chinese."""

WORDS: dict[str, tuple[str, str]] = {}

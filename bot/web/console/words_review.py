"""Words of the Review tab, in English and Chinese."""

WORDS: dict[str, tuple[str, str]] = {}

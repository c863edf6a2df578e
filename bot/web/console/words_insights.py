"""Words of the Insights tab, in English and Chinese."""

WORDS: dict[str, tuple[str, str]] = {}

"""Words of the Settings tab, in English and Chinese."""

WORDS: dict[str, tuple[str, str]] = {}

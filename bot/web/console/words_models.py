"""Words of the Models tab, in English and Chinese."""

WORDS: dict[str, tuple[str, str]] = {}

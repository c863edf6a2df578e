"""Words of the Knowledge tab, in English and Chinese."""

WORDS: dict[str, tuple[str, str]] = {}

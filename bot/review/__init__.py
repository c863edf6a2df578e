"""Review: which turns would teach the bot most, and what people decide of them."""

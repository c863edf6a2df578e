"""Knowledge: sources, redaction, mining, passages and the search over them. Knows no bot."""

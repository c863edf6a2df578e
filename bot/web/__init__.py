"""The web side: HTTP API and pages. Holds no dialogue logic."""

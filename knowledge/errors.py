"""The root of the errors that a person can mend."""


class DeskmateError(Exception):
    """Says in one line what was expected, what was found and what to do."""

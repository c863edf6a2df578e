"""What every part of `domain.toml` is made of: strict sections, texts by language, braces.

Knows no intent, slot or procedure.
"""

from collections.abc import Collection
from string import Formatter
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from knowledge.types import Language

NAMES = ("shop", "bot")
"""What every text may name in braces."""

Texts = Annotated[dict[Language, str], Field(min_length=1)]


class Part(BaseModel):
    """A section whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def check_braces(place: str, text: str, names: Collection[str]) -> None:
    """Fill `text` on trial, so that no customer meets a text that cannot be filled.

    Raises ValueError naming `place`.
    """
    try:
        text.format_map(dict.fromkeys(names, ""))
    except KeyError as error:
        allowed = ", ".join(sorted(names))
        raise ValueError(f"{place} names {{{error.args[0]}}}; it may name {allowed}") from error
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise ValueError(f"{place}: {text!r}: {error}; write {{{{ for a brace") from error


def named(text: str) -> set[str]:
    """What `text`, already checked, names in braces, but for the names that every text may use."""
    return {name for _, name, _, _ in Formatter().parse(text) if name} - set(NAMES)

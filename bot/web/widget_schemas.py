"""The JSON of the widget's own two calls."""

from typing import Annotated

from pydantic import BaseModel, Field

from bot.web.schemas import CustomerBody, Line
from knowledge.types import Language


class SignedCustomer(CustomerBody):
    """A customer of the shop; `hash` is hex HMAC-SHA256(secret, id), made by the shop's server."""

    id: Line
    hash: Annotated[str, Field(max_length=128)]


class UploadOut(BaseModel):
    """The largest file that is taken, in bytes (0: none is), and the media types."""

    max_bytes: int
    types: list[str]


class WidgetSettingsOut(BaseModel):
    """Names and first words by language; `starters` are messages a customer may begin with."""

    languages: list[Language]
    shop: dict[Language, str]
    bot: dict[Language, str]
    welcome: dict[Language, str]
    starters: dict[Language, list[str]]
    message_characters: int
    upload: UploadOut

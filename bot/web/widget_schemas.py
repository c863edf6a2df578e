"""The JSON that introduces the bot to the widget."""

from pydantic import BaseModel

from knowledge.types import Language


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

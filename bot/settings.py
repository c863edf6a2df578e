"""The operator's settings of one home, read from `deskmate.toml`.

Every key has a default, so an empty file is a valid one; an unknown key is an error that names
the nearest known one. What the bot says and knows is in `domain.toml`, not here.
"""

import difflib
import re
import reprlib
import tomllib
from ipaddress import ip_network
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import DeskmateError
from knowledge.types import Language

FILE_NAME = "deskmate.toml"
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]+)?")
WEB_ADDRESS = re.compile(r"https?://[^\s/?#@]+([/?][^\s#]*)?")
Model = TypeVar("Model", bound=BaseModel)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bot(_Section):
    """Languages the bot speaks, and how often it may be wrong."""

    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("en", "zh")
    error_budget: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    retention_days: Annotated[int, Field(ge=1)] = 365


def _origin(text: str) -> str:
    """Return `text` unchanged; ValueError when no browser would ever send it as an Origin."""
    if not ORIGIN.fullmatch(text):
        raise ValueError(f"expected an origin like 'https://shop.example', found {text!r}")
    return text


def _web_address(text: str) -> str:
    """Return `text` unchanged; ValueError when nothing can be posted there."""
    if not WEB_ADDRESS.fullmatch(text):
        raise ValueError(f"expected an address like 'https://crm.example/hook', found {text!r}")
    return text


def _proxy(text: str) -> str:
    """Return `text` unchanged; ValueError when it is neither an address nor a network."""
    try:
        ip_network(text, strict=False)
    except ValueError as error:
        expected = "expected an address like '127.0.0.1' or a network like '10.0.0.0/8'"
        raise ValueError(f"{expected}, found {text!r}") from error
    return text


class Server(_Section):
    """Where `deskmate serve` listens, whose pages may embed the widget, and what stands before it.

    Only `trusted_proxies` are believed whose request they pass on, and that it came by HTTPS.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    allowed_origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = ()
    trusted_proxies: tuple[Annotated[str, AfterValidator(_proxy)], ...] = ()


class Limits(_Section):
    """Limits on what customers send; 0 switches a rate limit off."""

    messages_per_minute: Annotated[int, Field(ge=0)] = 30
    requests_per_minute: Annotated[int, Field(ge=0)] = 300
    streams_per_address: Annotated[int, Field(ge=0)] = 200
    message_characters: Annotated[int, Field(ge=100, le=100_000)] = 4000
    upload_megabytes: Annotated[int, Field(ge=0, le=100)] = 5
    upload_types: tuple[str, ...] = ("image/png", "image/jpeg", "image/webp", "application/pdf")


class Staff(_Section):
    """The people's side: how long they stay signed in, how long a customer may wait for them."""

    session_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 12
    waiting_minutes: Annotated[int, Field(ge=1)] = 5


class Webhooks(_Section):
    """Addresses that are told of every conversation, message and change of status."""

    urls: tuple[Annotated[str, AfterValidator(_web_address)], ...] = ()


class Training(_Section):
    """How releases are trained: the preset, the seed, and a pretrained encoder per language."""

    preset: Literal["fast", "full"] = "full"
    seed: int = 0
    keep_releases: Annotated[int, Field(ge=2)] = 5
    encoder_en: str = "all-MiniLM-L6-v2"
    encoder_zh: str = "m3e-small"


class Settings(_Section):
    """All settings of a home, a section each."""

    bot: Bot = Bot()
    server: Server = Server()
    limits: Limits = Limits()
    staff: Staff = Staff()
    webhooks: Webhooks = Webhooks()
    training: Training = Training()


def load(home: Path) -> Settings:
    """Read the settings of `home`. Raises DeskmateError naming the key and the remedy."""
    return read_toml(home / FILE_NAME, Settings)


def read_toml(path: Path, model: type[Model]) -> Model:
    """Read a TOML file into a pydantic model, with errors an operator can act on."""
    return checked(parse_toml(path), model, str(path))


def parse_toml(path: Path) -> dict[str, Any]:
    """Read what stands in a TOML file. Raises DeskmateError when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise DeskmateError(
            f"{path}: expected this file, found none; run `deskmate init` or give --home"
        ) from error
    except (OSError, ValueError) as error:  # unreadable, not UTF-8, not TOML
        raise DeskmateError(f"{path}: expected TOML, found {error}; correct the file") from error


def checked(values: Any, model: type[Model], place: str) -> Model:
    """Return `values` as a pydantic model; DeskmateError names `place` and what is wrong there."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise DeskmateError(f"{place}: {_first_problem(error, model)}") from error


def _first_problem(error: ValidationError, model: type[BaseModel]) -> str:
    problem = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    at = f"{place}: " if place else ""
    match problem["type"]:
        case "value_error":  # raised by a model of ours, which names what it found
            return f"{at}{problem['ctx']['error']}"
        case "missing":
            return f"{at}expected a value, found none; add {place}"
        case "extra_forbidden":
            return _unknown_key(problem["loc"], model)
        case _:
            message = problem["msg"][0].lower() + problem["msg"][1:]
            return f"{at}{message}, found {reprlib.repr(problem['input'])}"


def _unknown_key(loc: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """Name the nearest key of the same section, or else the section that the key belongs to."""
    section: Any = model
    for part in loc[:-1]:
        section = _inside(section, part)
    path = [str(part) for part in loc]
    beside = [".".join([*path[:-1], name]) for name in section.model_fields]
    elsewhere = [key for key in keys(model) if key.endswith(f".{path[-1]}")]
    near = [*difflib.get_close_matches(".".join(path), beside, n=1), *elsewhere]
    meant = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(beside)}"
    return f"unknown key {'.'.join(path)!r}; {meant}"


def _inside(section: Any, part: int | str) -> Any:
    """What stands at `part` of a model, a dict, a list; a model that may be missing is one."""
    match get_origin(section):
        case None:
            inner = section.model_fields[str(part)].annotation
        case origin if origin is dict:
            inner = get_args(section)[-1]
        case _:
            inner = get_args(section)[0]
    return get_args(inner)[0] if get_origin(inner) is UnionType else inner


def keys(model: type[BaseModel] = Settings) -> list[str]:
    """Return every key of a model as `section.key`."""
    found = []
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            found += [f"{name}.{key}" for key in keys(inner)]
        else:
            found.append(name)
    return found

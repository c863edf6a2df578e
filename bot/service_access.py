"""How a declared service is reached: its address and headers, with the environment put in.

Calls nothing. Errors name variables, never their values.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.procedure_schema import Service
from knowledge.errors import DeskmateError

VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Access:
    """`base` is the address without a slash at its end; `headers` are secret."""

    base: str
    headers: Mapping[str, str] = field(repr=False)


def access(name: str, service: Service, environ: Mapping[str, str]) -> Access:
    """The address and headers of `service`. Raises DeskmateError where the environment lacks one.

    Also where the address is none, or a header could not be sent.
    """
    texts = [service.url, *service.headers.values()]
    wanted = [variable for text in texts for variable in VARIABLE.findall(text)]
    if missing := sorted({variable for variable in wanted if not environ.get(variable)}):
        raise DeskmateError(
            f"services.{name}: expected {', '.join(missing)} in the environment, found nothing; "
            "set it where deskmate runs"
        )

    def filled(text: str) -> str:
        return VARIABLE.sub(lambda found: environ[found[1]], text)

    headers = {header: filled(text) for header, text in service.headers.items()}
    _check_headers(name, headers)
    return Access(_checked_base(name, filled(service.url)), headers)


def _checked_base(name: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a port or an address in brackets that is none
        usable = False
    if not usable or parts.query or parts.fragment or parts.username:
        raise DeskmateError(
            f"services.{name}.url: expected an address like https://api.shop.example/v1, "
            "found another form; correct it, or the variable that it names"
        )
    return url.rstrip("/")


def _check_headers(name: str, headers: Mapping[str, str]) -> None:
    for header, value in headers.items():
        if not (header.isascii() and value.isascii() and (header + value).isprintable()):
            raise DeskmateError(
                f"services.{name}.headers.{header}: expected plain ASCII in one line, found other "
                "characters; correct it, or the variable that it names"
            )

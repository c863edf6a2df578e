"""Who writes: an id counts only with the shop's signature; without one a customer is anonymous."""

import hashlib
import hmac

from bot.web.errors import ApiError
from bot.web.schemas import CustomerBody

SECRET_VARIABLE = "DESKMATE_IDENTITY_SECRET"  # noqa: S105  # a variable's name


def verify(customer: CustomerBody, secret: str | None) -> None:
    """Let pass an anonymous customer or a signed id; ApiError 403, or 409 without a secret."""
    if customer.id is None:
        return
    if not secret:
        message = f"Customer ids are not accepted here: the server has no {SECRET_VARIABLE}."
        raise ApiError(409, "identity_not_configured", message)
    right = hmac.new(secret.encode(), customer.id.encode(), hashlib.sha256).hexdigest()
    # Compared as bytes: compare_digest refuses non-ASCII text.
    if not hmac.compare_digest(right.encode(), (customer.hash or "").encode()):
        raise ApiError(403, "identity_refused", "customer.hash does not sign customer.id.")

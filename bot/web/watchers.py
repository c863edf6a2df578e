"""Who watches a stream: a customer their conversation, staff all of them; each checked anew.

A token opens its conversation until that is deleted, a session until it ends or is revoked.
"""

from typing import TYPE_CHECKING, Any

from bot.web.errors import ApiError
from bot.web.event_stream import CaughtUp
from bot.web.notices import Notices
from bot.web.subscription import Notice

if TYPE_CHECKING:
    from bot.web.service import Service


class CustomerWatcher:
    """A customer with the token of one conversation, who has seen the events up to `after`."""

    def __init__(self, service: "Service", conversation_id: str, token: str, after: int) -> None:
        self.conversation_id = conversation_id
        self._service = service
        self._token = token
        self._after = after
        self._known: dict[str, Any] = {}

    def catch_up(self) -> CaughtUp:
        """Everything since, and the status at the end."""
        self._service.authorise(self.conversation_id, self._token)
        told = self._notices.replay(self.conversation_id, self._after)
        self._new_situation([notice for notice in told if notice.event == "status"])
        return CaughtUp(told, max((notice.id or 0 for notice in told), default=0))

    def look_again(self) -> list[Notice]:
        """The status, when it is another than before: a place in the queue, nobody there."""
        self._service.authorise(self.conversation_id, self._token)
        return self._new_situation(self._notices.situation(self.conversation_id))

    @property
    def _notices(self) -> Notices:
        return self._service.notices

    def _new_situation(self, found: list[Notice]) -> list[Notice]:
        """What is found, unless only time has passed since the last."""
        known = self._known
        for notice in found:
            self._known = _timeless(notice.data)
        return found if self._known != known else []


class StaffWatcher:
    """Somebody of the staff with a session; `after` is None for who has just come."""

    conversation_id = None

    def __init__(self, service: "Service", token: str, after: int | None) -> None:
        self._service = service
        self._token = token
        self._after = after

    def catch_up(self) -> CaughtUp:
        """What changed since."""
        self.look_again()
        last = self._service.notices.last()
        missed = [] if self._after is None else self._service.notices.missed(self._after)
        return CaughtUp(missed, max([last, *(notice.id or 0 for notice in missed)]))

    def look_again(self) -> list[Notice]:
        """Note that the console is open; ApiError 401 once the session is over."""
        accounts = self._service.accounts
        if accounts.session(self._token) is None:
            raise ApiError(401)
        accounts.seen(self._token)
        return []


def _timeless(situation: Any) -> dict[str, Any]:
    queue = situation["queue"]
    return {**situation, "queue": queue and queue["position"]}

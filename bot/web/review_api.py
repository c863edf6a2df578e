"""The staff's routes for reviewing and for asking why; every one needs a session."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import JSONResponse, Response

from bot.explain import turn_behind
from bot.review.json import explanation_json, item_json
from bot.review.queue import ReviewQueue
from bot.review.types import (
    ChooseIntent,
    Confirm,
    Decision,
    NewIntent,
    OutOfScope,
    Reason,
    SettledError,
    Skip,
    WriteAnswer,
)
from bot.turn_rows import UnknownTurnError
from bot.web import review_schemas
from bot.web.errors import ApiError
from bot.web.review_schemas import MOST_ITEMS, MOST_TURNS, DecisionBody
from bot.web.schemas import MAX_ID
from bot.web.service import Service, service_of
from bot.web.staff_schemas import answers
from bot.web.staff_session import Agent
from knowledge.errors import DeskmateError
from knowledge.types import Language

router = APIRouter(prefix="/api/staff", default_response_class=JSONResponse, tags=["staff"])

T = TypeVar("T")

RowId = Annotated[int, Path(ge=1, le=MAX_ID)]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS)]
Only = Annotated[
    list[Annotated[int, Field(ge=1, le=MAX_ID)]] | None,
    Query(max_length=MOST_TURNS, description="Only among these turns."),
]
Since = Annotated[datetime | None, Query(description="Count decisions from here; default: today.")]


@router.get("/review", **answers(review_schemas.QueueOut))
async def read_queue(
    request: Request,
    staff: Agent,
    language: Language | None = None,
    reason: Reason | None = None,
    limit: Limit = 20,
    turn: Only = None,
    since: Since = None,
) -> Response:
    """The turns that would teach most, best first."""
    service = service_of(request)
    runtime = service.runtime

    def read() -> dict[str, Any]:
        found = runtime.review.items(language, reason, limit, turn)
        items = [item_json(runtime, one) for one in found]
        return {"items": items, **_standing(runtime.review, staff.name, since, language)}

    return JSONResponse(await service.run(read))


@router.post("/review/{turn_id}", **answers(review_schemas.SettledOut, 404, 409))
async def decide(
    request: Request, turn_id: RowId, body: DecisionBody, staff: Agent, since: Since = None
) -> Response:
    """Decide on a turn; 409 when somebody has meanwhile."""
    service = service_of(request)
    decision = _decision(body)

    def settle() -> dict[str, Any]:
        queue = service.runtime.review
        settled = queue.decide(turn_id, staff.name, decision, body.also)
        return {"settled": list(settled), **_standing(queue, staff.name, since)}

    return JSONResponse(await service.run(lambda: _refusing(service, settle)))


@router.post("/review-undo", **answers(review_schemas.UndoneOut))
async def undo(request: Request, staff: Agent, since: Since = None) -> Response:
    """Take back the last decision of who asks, for all its turns."""
    service = service_of(request)
    queue = service.runtime.review

    def take_back() -> dict[str, Any]:
        turn_id = queue.undo(staff.name)
        item = None if turn_id is None else item_json(service.runtime, queue.item(turn_id))
        return {"item": item, **_standing(queue, staff.name, since)}

    return JSONResponse(await service.run(take_back))


@router.get("/review-pending", **answers(review_schemas.PendingOut))
async def read_pending(request: Request, _: Agent) -> Response:
    """What the next round will learn that the release in service has not."""
    service = service_of(request)
    found = await service.run(service.runtime.review.pending)
    return JSONResponse(asdict(found))


@router.get("/review-intents", **answers(review_schemas.IntentsOut))
async def read_intents(request: Request, _: Agent) -> Response:
    """The intents to choose from, with their label in every language."""
    service = service_of(request)
    review = service.runtime.review

    def read() -> dict[str, Any]:
        domain = review.domain.read()
        intents = [
            {"name": name, "kind": domain.intents[name].kind, "label": domain.intents[name].label}
            for name in review.intents("en")
        ]
        return {"languages": list(domain.messages), "intents": intents}

    return JSONResponse(await service.run(read))


@router.get("/turns/{turn_id}/explain", **answers(review_schemas.ExplanationOut, 404))
async def explain_turn(request: Request, turn_id: RowId, _: Agent) -> Response:
    """Why the bot said what it said in this turn."""
    service = service_of(request)
    return JSONResponse(
        await service.run(
            lambda: _refusing(service, lambda: explanation_json(service.runtime, turn_id))
        )
    )


@router.get("/messages/{message_id}/explain", **answers(review_schemas.ExplanationOut, 404))
async def explain_message(request: Request, message_id: RowId, _: Agent) -> Response:
    """The same for a message of the bot, or the customer's before it."""
    service = service_of(request)

    def read() -> dict[str, Any]:
        return explanation_json(service.runtime, turn_behind(service.runtime, message_id))

    return JSONResponse(await service.run(lambda: _refusing(service, read)))


def _standing(
    queue: ReviewQueue, reviewer: str, since: datetime | None, language: Language | None = None
) -> dict[str, int]:
    """How many turns wait, and how many this reviewer has decided."""
    start = since or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    text = start.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"left": queue.left(language), "done": queue.done(reviewer, text)}


def _decision(body: DecisionBody) -> Decision:
    match body.kind:
        case "confirm":
            return Confirm()
        case "intent":
            return ChooseIntent(body.intent or "")
        case "new_intent":
            return NewIntent(body.intent or "", body.label, body.reply)
        case "answer":
            return WriteAnswer(body.answer or "")
        case "out_of_scope":
            return OutOfScope()
        case "skip":
            return Skip()


def _refusing(service: Service, work: Callable[[], T]) -> T:
    """Do `work`; what it refuses becomes an error of the interface, without the home's path."""
    try:
        return work()
    except UnknownTurnError as error:
        raise ApiError(404, "unknown_turn", "There is no such turn.") from error
    except SettledError as error:
        raise ApiError(409, "settled", str(error)) from error
    except DeskmateError as error:
        text = str(error).replace(f"{service.runtime.home.folder}/", "")
        raise ApiError(422, "refused", text) from error

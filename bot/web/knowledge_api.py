"""The staff's routes on the knowledge: reads a request, calls one function of the desk, answers.

Every route needs a session; one that changes something, its CSRF token too.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, Response

from bot.drafts import Draft
from bot.knowledge_desk import KnowledgeDesk
from bot.web.knowledge_import_api import PREFIX
from bot.web.knowledge_schemas import (
    MOST_AT_ONCE,
    BehindOut,
    ContradictionsOut,
    DraftBody,
    EntryOut,
    ListingOut,
    OverviewOut,
    SettleBody,
)
from bot.web.knowledge_view import entry_json, on_desk
from bot.web.schemas import MAX_ID
from bot.web.service import service_of
from bot.web.staff_schemas import answers
from bot.web.staff_session import Agent
from knowledge.passage_reading import PassageFilter, PassageState
from knowledge.types import Kind, Language

STATES: tuple[PassageState, ...] = ("approved", "waiting", "off")

router = APIRouter(prefix=PREFIX, default_response_class=JSONResponse, tags=["staff"])

PassageId = Annotated[int, Path(ge=1, le=MAX_ID)]
Sought = Annotated[str, Query(max_length=500)]


@router.get("", **answers(ListingOut))
async def search(
    request: Request,
    _: Agent,
    text: Sought = "",
    language: Language | None = None,
    kind: Kind | None = None,
    state: PassageState | None = None,
    source: Sought = "",
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = 50,
    offset: Annotated[int, Query(ge=0, le=MAX_ID)] = 0,
) -> Response:
    """Passages that fit a text, best first; without one all, the last changed first."""
    wanted = PassageFilter(language, kind, state, source or None)
    found = await on_desk(request, lambda desk: desk.search(text, wanted, limit, offset))
    return JSONResponse(
        {"total": found.total, "entries": [entry_json(one) for one in found.entries]}
    )


@router.post("", status_code=201, **answers(EntryOut, status=201))
async def add(request: Request, staff: Agent, body: DraftBody) -> Response:
    """Store a new question with its answer."""
    draft = Draft(**body.model_dump())
    added = await on_desk(request, lambda desk: desk.add(staff.name, draft))
    return JSONResponse(entry_json(added), 201)


@router.get("/overview", **answers(OverviewOut))
async def overview(request: Request, _: Agent) -> Response:
    """How many passages there are, and whether the index has them all."""

    def look(desk: KnowledgeDesk) -> dict[str, Any]:
        generation, reached = desk.index_state()
        waiting = PassageFilter(kind="dialogue", state="waiting")
        return {
            "counts": {state: desk.count(PassageFilter(state=state)) for state in STATES},
            "suggestions": desk.count(waiting),
            "behind": max(generation - reached, 0),
            "serving": service_of(request).runtime.ready(),
            "languages": list(service_of(request).runtime.settings.bot.languages),
        }

    return JSONResponse(await on_desk(request, look))


@router.get("/contradictions", **answers(ContradictionsOut))
async def contradictions(request: Request, _: Agent) -> Response:
    """Passages that answer alike questions differently, the most urgent pairs first."""

    def find(desk: KnowledgeDesk) -> list[dict[str, Any]]:
        return [
            {
                "likeness": pair.likeness,
                "first": entry_json(desk.entry(pair.first.id)),
                "second": entry_json(desk.entry(pair.second.id)),
            }
            for pair in desk.contradictions.find()
        ]

    return JSONResponse({"pairs": await on_desk(request, find)})


@router.post("/contradictions/settle", **answers(None, 404))
async def settle(request: Request, staff: Agent, body: SettleBody) -> Response:
    """Both passages are right: do not show the pair again until one of the answers changes."""
    await on_desk(request, lambda desk: desk.settle(staff.name, body.first, body.second))
    return JSONResponse({})


@router.get("/{passage_id}", **answers(EntryOut, 404))
async def read(request: Request, _: Agent, passage_id: PassageId) -> Response:
    """One passage as it is now."""
    return JSONResponse(entry_json(await on_desk(request, lambda desk: desk.entry(passage_id))))


@router.put("/{passage_id}", **answers(EntryOut, 404))
async def edit(request: Request, staff: Agent, passage_id: PassageId, body: DraftBody) -> Response:
    """Change what a passage says."""
    draft = Draft(**body.model_dump())
    edited = await on_desk(request, lambda desk: desk.edit(staff.name, passage_id, draft))
    return JSONResponse(entry_json(edited))


@router.delete("/{passage_id}", **answers(None, 404))
async def delete(request: Request, staff: Agent, passage_id: PassageId) -> Response:
    """Remove a passage; `restore` puts it back as long as the server runs."""
    await on_desk(request, lambda desk: desk.delete(staff.name, passage_id))
    return JSONResponse({})


@router.post("/{passage_id}/restore", **answers(EntryOut, 409))
async def restore(request: Request, staff: Agent, passage_id: PassageId) -> Response:
    """Put a deleted passage back."""
    return JSONResponse(
        entry_json(await on_desk(request, lambda desk: desk.restore(staff.name, passage_id)))
    )


@router.post("/{passage_id}/approve", **answers(EntryOut, 404))
async def approve(request: Request, staff: Agent, passage_id: PassageId) -> Response:
    """Show a passage to customers."""
    return JSONResponse(
        entry_json(await on_desk(request, lambda desk: desk.approve(staff.name, passage_id)))
    )


@router.post("/{passage_id}/switch-off", **answers(EntryOut, 404))
async def switch_off(request: Request, staff: Agent, passage_id: PassageId) -> Response:
    """Show a passage to nobody, whatever is imported later, and keep it."""
    return JSONResponse(
        entry_json(await on_desk(request, lambda desk: desk.switch_off(staff.name, passage_id)))
    )


@router.get("/{passage_id}/evidence", **answers(BehindOut, 404))
async def evidence(request: Request, _: Agent, passage_id: PassageId) -> Response:
    """The dialogues behind a passage, without personal data."""
    found = await on_desk(request, lambda desk: desk.evidence(passage_id))
    dialogues = [
        {
            "name": one.name,
            "source": one.source,
            "conversation_id": one.conversation_id,
            "messages": [
                {"role": said.role, "text": said.text, "at": said.at} for said in one.messages
            ],
        }
        for one in found
    ]
    return JSONResponse({"dialogues": dialogues})

"""The routes by which an admin imports a file into the knowledge: a preview, then the real one."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from bot.knowledge_desk import KnowledgeDesk
from bot.knowledge_import import SUFFIXES, FileKind, Import, Preview
from bot.web import files
from bot.web.errors import ApiError
from bot.web.knowledge_schemas import ImportOut, PreviewOut, StartImport
from bot.web.knowledge_view import on_desk
from bot.web.staff_schemas import answers
from bot.web.staff_session import Admin
from knowledge.types import LANGUAGES

PREFIX = "/api/staff/knowledge"
PREVIEW = "/import/preview"
IMPORT_MEGABYTES = 64
DRAFT_BYTES = 512 * 1024

router = APIRouter(prefix=PREFIX, default_response_class=JSONResponse, tags=["staff"])

_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "kind"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "kind": {"type": "string", "enum": list(SUFFIXES)},
                        "language": {"type": "string", "enum": list(LANGUAGES)},
                    },
                }
            }
        },
    }
}


def max_bytes(path: str) -> int | None:
    """The longest body at an address of these routes; None for any other address."""
    if path == PREFIX + PREVIEW:
        return IMPORT_MEGABYTES * 1024 * 1024
    return DRAFT_BYTES if path.startswith(PREFIX) else None


@router.post(PREVIEW, openapi_extra=_FILE, **answers(PreviewOut, 400, 413))
async def preview(request: Request, _: Admin) -> Response:
    """Read a file to be imported and say what it holds; nothing is stored."""
    async with request.form(max_files=1, max_fields=3) as form:
        upload, kind = form.get("file"), form.get("kind")
        language = next((one for one in LANGUAGES if one == form.get("language")), None)
        known: FileKind | None = next((one for one in SUFFIXES if one == kind), None)
        if not isinstance(upload, UploadFile) or known is None:
            raise ApiError(400, "file_missing", "Send the file as 'file' and what it is as 'kind'.")
        name, data = files.clean_name(upload.filename), await upload.read()
    read = await on_desk(request, lambda desk: desk.imports.preview(known, name, data, language))
    return JSONResponse(_preview(read))


@router.post("/import", status_code=202, **answers(ImportOut, 409, status=202))
async def start_import(request: Request, staff: Admin, body: StartImport) -> Response:
    """Import a previewed file; `GET` of the same address tells how far it is."""
    await on_desk(request, lambda desk: desk.imports.start(staff.name, body.upload_id))
    return JSONResponse(await on_desk(request, _progress), 202)


@router.get("/import", **answers(ImportOut))
async def import_progress(request: Request, _: Admin) -> Response:
    """How far the running import is, or how the last one ended; null before the first."""
    return JSONResponse(await on_desk(request, _progress))


def _preview(read: Preview) -> dict[str, Any]:
    return {
        "upload_id": read.upload_id,
        "name": read.name,
        "kind": read.kind,
        "read": read.read,
        "failed": read.failed,
        "errors": [{"line": one.line, "reason": one.reason} for one in read.errors],
        "samples": [{"question": asked, "answer": said} for asked, said in read.samples],
        "changes": asdict(read.changes) if read.changes else None,
    }


def _progress(desk: KnowledgeDesk) -> dict[str, Any] | None:
    running: Import | None = desk.imports.current
    if running is None:
        return None
    _, reached = desk.index_state()
    return {
        "name": running.name,
        "done": running.done,
        "finished": running.finished,
        "indexed": running.finished and reached >= running.generation,
        "changes": asdict(running.changes) if running.changes else None,
        "removed": running.removed,
        "unreadable": running.unreadable,
        "suggestions": running.suggestions,
        "failed": running.failed,
    }

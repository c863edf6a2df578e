"""What the knowledge routes share: the desk behind them, and a passage as JSON."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request

from bot.drafts import DraftError
from bot.knowledge_desk import Entry, KnowledgeDesk, NothingToUndoError
from bot.knowledge_import import ImportRefusedError
from bot.web.errors import ApiError
from bot.web.service import service_of
from knowledge.intake import UnreadableFileError
from knowledge.store import DuplicatePassageError, UnknownPassageError

T = TypeVar("T")


async def on_desk(request: Request, work: Callable[[KnowledgeDesk], T]) -> T:
    """Run `work` in the pool; what staff did wrong is told, with a code for the console."""
    service = service_of(request)
    try:
        return await service.run(lambda: work(service.runtime.knowledge))
    except DraftError as error:
        raise ApiError(422, f"{error.field}_{error.fault}", str(error)) from error
    except UnknownPassageError as error:
        raise ApiError(404, "unknown_passage", "There is no passage with this id.") from error
    except (NothingToUndoError, DuplicatePassageError) as error:
        raise ApiError(409, "not_restored", str(error)) from error
    except ImportRefusedError as error:
        raise ApiError(409, "import_refused", str(error)) from error
    except UnreadableFileError as error:
        raise ApiError(422, "unreadable_file", str(error)) from error


def entry_json(entry: Entry) -> dict[str, Any]:
    """A passage as the console gets it; a section of a document has no question."""
    passage = entry.passage
    return {
        "id": passage.id,
        "kind": passage.kind,
        "language": passage.language,
        "title": passage.title,
        "question": "" if passage.kind == "doc" else passage.key,
        "answer": passage.body,
        "source": passage.source,
        "state": entry.state,
        "support": passage.support,
        "updated": passage.updated,
        "indexed": entry.indexed,
        "score": entry.score,
    }

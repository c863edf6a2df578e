"""How far the log's lessons had come when a release was trained: kept with the release."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from knowledge.errors import DeskmateError

FILE = "lessons.json"


@dataclass(frozen=True, slots=True, order=True)
class LessonMark:
    """The last review and the last message that training may have read; 0: none."""

    review: int = 0
    message: int = 0

    def save(self, folder: Path) -> None:
        """Write `lessons.json` into `folder`."""
        (folder / FILE).write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LessonMark | None":
        """Read what `save` wrote; None in a release from before it was kept.

        Raises DeskmateError when the file is damaged.
        """
        path = folder / FILE
        if not path.exists():
            return None
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise DeskmateError(
                f"{path}: expected the last lessons of a release, found {error}; train again"
            ) from error

"""Documents, Markdown, HTML and plain text, cut into passages by heading.

Owns the size of a passage. A chunk holds whole paragraphs where they fit and whole sentences
always; a single sentence longer than the limit stays in one piece.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from knowledge import redact
from knowledge.language import dominant, sentences, visible
from knowledge.sources import html, markdown, rows
from knowledge.sources.markdown import Document, Section
from knowledge.types import Language, Passage, RowError

MAX_WORDS = 70
MAX_CHARACTERS_ZH = 130


def read(
    path: Path, language: Language | None, name: str | None = None
) -> Iterator[Passage | RowError]:
    """The approved passages of a document; `name` stands in their source (default: the file name).

    Title "Document > Heading", key title and text, body the text, source `name#heading-slug`.
    """
    parse = _PARSERS.get(path.suffix.lower())
    if parse is None:
        found = f"found {path.suffix or 'no suffix'!r}"
        yield RowError(path.name, 0, f"expected one of {', '.join(_PARSERS)}, {found}")
        return
    content = rows.text(path)
    if isinstance(content, RowError):
        yield content
        return
    document = parse(visible(content))
    if not document.sections:
        yield RowError(path.name, 0, "expected a document with text, found none")
        return
    spoken = language or dominant(" ".join(p for s in document.sections for p in s.paragraphs))
    title = document.title or path.stem.replace("-", " ").replace("_", " ").strip().capitalize()
    for section in document.sections:
        yield from _passages(section, title, spoken, name or path.name)


def _passages(section: Section, title: str, language: Language, name: str) -> Iterator[Passage]:
    heading = redact.published(" > ".join([title, *section.headings]))
    source = f"{name}#{slug(section.headings[-1] if section.headings else title)}"
    paragraphs = [redact.published(paragraph) for paragraph in section.paragraphs]
    for body in chunks(paragraphs, language):
        key = f"{heading}\n{body}"
        yield Passage(0, "doc", language, heading, key, body, source, approved=True)


def slug(heading: str) -> str:
    """A heading as the end of a link: lower case, words joined by hyphens."""
    return re.sub(r"[^\w]+", "-", heading.lower()).strip("-")


def chunks(paragraphs: list[str], language: Language) -> list[str]:
    """Join paragraphs up to the limit of a passage; cut longer ones between sentences."""
    limit = MAX_CHARACTERS_ZH if language == "zh" else MAX_WORDS
    fitting = [piece for text in paragraphs for piece in _fitting(text, language, limit)]
    return _pack(fitting, "\n\n", language, limit)


def _fitting(paragraph: str, language: Language, limit: int) -> list[str]:
    if size(paragraph, language) <= limit:
        return [paragraph]
    return _pack(sentences(paragraph), "" if language == "zh" else " ", language, limit)


def _pack(pieces: list[str], joint: str, language: Language, limit: int) -> list[str]:
    packed: list[str] = []
    for piece in pieces:
        line = "\n" if piece.startswith("- ") and joint else joint
        joined = f"{packed[-1]}{line}{piece}" if packed else piece
        if packed and size(joined, language) <= limit:
            packed[-1] = joined
        else:
            packed.append(piece)
    return packed


def size(text: str, language: Language) -> int:
    """Words in English, characters without white space in Chinese."""
    words = text.split()
    return sum(map(len, words)) if language == "zh" else len(words)


_PARSERS: dict[str, Callable[[str], Document]] = {
    ".md": markdown.parse,
    ".markdown": markdown.parse,
    ".html": html.parse,
    ".htm": html.parse,
    ".txt": markdown.parse_plain,
}
SUFFIXES = tuple(_PARSERS)

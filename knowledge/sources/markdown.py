"""Markdown and plain text as headings and plain paragraphs, without marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE | re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")


@dataclass(frozen=True, slots=True)
class Section:
    """The paragraphs under one heading; `headings` lead there from the title, outer first."""

    headings: tuple[str, ...]
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`title` is the first heading of level one, or empty; sections without text are left out."""

    title: str
    sections: tuple[Section, ...]


def parse(text: str) -> Document:
    """Read CommonMark with tables; a front matter gives the title at most."""
    front = _FRONT_MATTER.match(text)
    named = _FRONT_TITLE.search(front[1]) if front else None
    body = _COMMENT.sub("", text[front.end() :] if front else text)
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    return _outline(list(_blocks(tokens)), named[1] if named else "")


def parse_plain(text: str) -> Document:
    """Read paragraphs parted by empty lines; plain text has no headings."""
    paragraphs = (re.sub(r"\s*\n\s*", " ", part).strip() for part in re.split(r"\n\s*\n", text))
    found = tuple(paragraph for paragraph in paragraphs if paragraph)
    return Document("", (Section((), found),) if found else ())


def _blocks(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    """(heading level, or 0 for a paragraph; plain text) of each block, in order."""
    row: list[str] = []
    marker = ""
    for position, token in enumerate(tokens):
        if token.type == "list_item_open":
            marker = f"{token.info}. " if token.info else "- "
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield 0, " | ".join(row)
        elif token.type in ("fence", "code_block"):
            yield 0, token.content.strip()
        elif token.type == "inline":
            opener = tokens[position - 1]
            plain = _plain(token.children or [])
            if opener.type in ("td_open", "th_open"):
                row.append(plain)
            elif opener.type == "heading_open":
                yield int(opener.tag[1:]), plain
            else:
                yield 0, marker + plain if plain else ""
                marker = ""


def _plain(children: list[Token]) -> str:
    """Inline text without marks; a link keeps its address where the text is another."""
    parts: list[str] = []
    address = ""
    for child in children:
        if child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "link_open":
            address = str(child.attrGet("href") or "")
        elif child.type == "link_close" and _worth_showing(address, "".join(parts)):
            parts.append(f" ({address})")
    return " ".join(_TAG.sub("", "".join(parts)).split())


def _worth_showing(address: str, text: str) -> bool:
    bare = address.removeprefix("https://").removeprefix("http://").removeprefix("mailto:")
    return address.startswith(("http://", "https://", "mailto:")) and bare.rstrip("/") not in text


def _outline(blocks: list[tuple[int, str]], title: str) -> Document:
    """Put paragraphs under their headings; the first heading of level one is the title."""
    path: list[tuple[int, str]] = []
    sections: list[tuple[tuple[str, ...], list[str]]] = []
    for level, text in blocks:
        if level == 0 and text:
            headings = tuple(heading for _, heading in path)
            if not sections or sections[-1][0] != headings:
                sections.append((headings, []))
            sections[-1][1].append(text)
        elif level == 1 and not title:
            title, path = text, []
        elif level:
            path = [*(above for above in path if above[0] < level), (level, text)]
    return Document(title, tuple(Section(headings, tuple(texts)) for headings, texts in sections))

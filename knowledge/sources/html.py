"""Web pages as headings and plain paragraphs: trafilatura finds the text and makes it Markdown."""

import re
from functools import cache
from typing import Any

from knowledge.sources import markdown
from knowledge.sources.markdown import Document

_OUTSIDE = ["//nav", "//footer", "//header", "//aside", "//script", "//style", "//form"]
_BLOCKS = {"p", "div", "ul", "ol", "dl", "table", "section", "article", "pre", "blockquote"} | {
    f"h{level}" for level in range(1, 7)
}


def parse(text: str) -> Document:
    """Read a page without fetching anything; its <title> counts when it has no <h1>."""
    import trafilatura  # a slow import that only web pages need

    if not re.search(r"<[A-Za-z]", text):
        return Document("", ())
    tree = _prepared(text)
    content = trafilatura.extract(
        tree,
        output_format="markdown",
        include_comments=False,
        include_links=True,
        prune_xpath=_OUTSIDE,
        config=_config(),
    )
    document = markdown.parse(content or "")
    return Document(document.title or (tree.findtext(".//title") or "").strip(), document.sections)


def _prepared(text: str) -> Any:
    """The page with its main part marked: without that, trafilatura drops headings."""
    import lxml.html  # type: ignore[import-untyped]

    tree = lxml.html.document_fromstring(
        text.encode(), parser=lxml.html.HTMLParser(encoding="utf-8")
    )
    for element in tree.iter("summary", "details"):
        element.tag = "h3" if element.tag == "summary" else "div"
    for division in tree.xpath("//div[text()[normalize-space()]]"):
        _wrap_loose_text(division)
    body = tree.find("body")
    if body is not None and not tree.xpath("//main|//article|//*[@role='main']"):
        body.tag = "article"
        wrapper = lxml.html.Element("body")
        tree.replace(body, wrapper)
        wrapper.append(body)
    return tree


def _wrap_loose_text(division: Any) -> None:
    """Make text that stands in a division by itself a paragraph: else it may be dropped."""
    blocks = [child for child in division if child.tag in _BLOCKS]
    if not blocks:
        division.tag = "p"
    for block in blocks:
        if block.tail and block.tail.strip():
            paragraph = division.makeelement("p")
            paragraph.text, block.tail = block.tail, None
            block.addnext(paragraph)


@cache
def _config() -> Any:
    """Short pages are pages too: trafilatura takes less than 250 characters for a failure."""
    from trafilatura.settings import use_config

    config = use_config()
    for key in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        config.set("DEFAULT", key, "1")
    return config

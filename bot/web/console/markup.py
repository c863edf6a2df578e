"""Pages' parts as trees of `[tag, attributes, *children]`: the page makes nodes and text of them.

What people wrote can stand anywhere in a tree; it is never read as HTML.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

Tree = str | list[Any]

_SCRIPT = Path(__file__).parents[1] / "static" / "console_markup.js"


def component(elem_id: str, *, live: bool = False) -> gr.HTML:
    """An empty place for a list of trees; `live` ones are read out when they change."""
    attributes = ' aria-live="polite"' if live else ""
    return gr.HTML(
        [],
        html_template=f'<div class="dc-markup"{attributes}></div>',
        js_on_load=_SCRIPT.read_text(encoding="utf-8"),
        apply_default_css=False,
        elem_id=elem_id,
    )


def tag(name: str, *children: Tree, **attributes: str) -> Tree:
    """An element; `class_` stands for `class`, `aria_label` for `aria-label`."""
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    return [name, named, *children]


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[Tree]]) -> Tree:
    """A table whose first column names its rows."""
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", *(tag("th", each, scope="col") for each in head))),
            tag("tbody", *(_row(row) for row in rows)),
        ),
        class_="dc-scroll",
    )


def _row(row: Sequence[Tree]) -> Tree:
    first, *others = row
    return tag("tr", tag("th", first, scope="row"), *(tag("td", each) for each in others))

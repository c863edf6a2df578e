"""Accessibility checks of a page in the browser by axe-core, which npm installs for the tests."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
MISSING = not AXE.exists() and os.environ.get("REQUIRE_BROWSER") != "1"
WHY = "axe-core is not installed: npm install --no-save axe-core"
SERIOUS = ("serious", "critical")
_RUN = """async ([within, without]) => {
    const context = { include: [within], exclude: without };
    return (await axe.run(context, { resultTypes: ["violations"] })).violations;
}"""


@cache
def _source() -> str:
    return AXE.read_text("utf-8")


def violations(page: Any, within: str = "html", without: tuple[str, ...] = ()) -> list[str]:
    """Serious findings as `rule: element`, in the elements that match `within` but not `without`.

    Open shadow roots are looked into. Motion must be off: a colour that fades in is none yet.
    """
    page.evaluate(f"() => {{ {_source()} }}")
    found = page.evaluate(_RUN, [within, [[one] for one in without]])
    return [
        f"{one['id']}: {json.dumps(node['target'])}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]

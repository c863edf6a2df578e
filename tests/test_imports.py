"""The arrow of imports, knowledge <- bot <- training, and what serving must never load."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "knowledge": {"knowledge"},
    "bot": {"bot", "knowledge"},
    "training": {"training", "bot", "knowledge"},
}
LAZY = {("bot/demo/run.py", "training")}
"""What may be imported against the arrow, inside a function: the demo trains."""

HEAVY = ("torch", "transformers", "datasets", "sklearn", "sentence_transformers", "training")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, "relative imports hide where they lead"
        return [node.module or ""]
    return []


def _packages(path: Path) -> Iterator[str]:
    """Our own packages that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        yield from ({name.partition(".")[0] for name in _imported(node)} & ALLOWED.keys())


def _against_the_arrow(path: Path) -> set[tuple[str, str]]:
    inside = path.relative_to(ROOT)
    allowed = ALLOWED[inside.parts[0]]
    return {(inside.as_posix(), name) for name in _packages(path) if name not in allowed}


def test_imports_follow_the_arrow() -> None:
    files = [path for package in ALLOWED for path in sorted((ROOT / package).rglob("*.py"))]
    assert len(files) > 50
    assert set().union(*map(_against_the_arrow, files)) == LAZY


def test_what_goes_against_the_arrow_stands_in_functions() -> None:
    for name, package in LAZY:
        top = ast.parse((ROOT / name).read_text("utf-8")).body
        assert not any(one.startswith(package) for node in top for one in _imported(node))


def test_an_import_against_the_arrow_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "bad.py").write_text("def f():\n    from bot.home import Home\n")
    assert _against_the_arrow(tmp_path / "knowledge" / "bad.py") == {("knowledge/bad.py", "bot")}


@pytest.mark.parametrize("modules", ["bot.cli", "bot.runtime, bot.web.app, bot.serving"])
def test_serving_loads_nothing_of_training(modules: str) -> None:
    code = f"import {modules}, sys; print(*(n for n in {HEAVY!r} if n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_the_command_line_starts_without_the_web() -> None:
    late = ("gradio", "faiss", "onnxruntime")
    code = f"import bot.cli, sys; print(*(n for n in {late!r} if n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""

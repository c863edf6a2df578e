"""The models that explain a turn: of its own release while that is there, else of the serving one.

The encoder and head of one earlier release are kept, since people look at one after the other.
"""

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.classifier import HEAD_FILE, IntentHead
from bot.mind import ENCODER_FOLDER, Component
from bot.registry import RegistryError
from bot.thresholds import Thresholds, read
from knowledge.encoder import Encoder, OnnxEncoder
from knowledge.types import Language

if TYPE_CHECKING:
    from bot.runtime import Runtime


@dataclass(frozen=True)
class Models:
    """What explains one language; `stands_in`: of another release than the turn's own."""

    release: str | None
    encoder: Encoder | None
    head: IntentHead | None
    thresholds: Thresholds | None
    stands_in: bool = False


NO_MODELS = Models(None, None, None, None)

_earlier: dict[Path, Models] = {}
_lock = threading.Lock()


def models_of(runtime: "Runtime", release: str, language: Language) -> Models:
    """The models for a turn of `release`; NO_MODELS where nothing speaks its language."""
    mind = runtime.mind
    component = mind.components.get(language) if mind else None
    if mind and component and mind.release == release:
        return _serving(mind.release, component)
    try:
        folder = runtime.home.registry.folder(release) / language
    except RegistryError:  # deleted by a later round; or there was none when a person answered
        return (
            replace(_serving(mind.release, component), stands_in=True)
            if (mind and component)
            else NO_MODELS
        )
    return _of_folder(folder, release)


def _serving(release: str, component: Component) -> Models:
    thresholds = Thresholds.of_component(component)
    return Models(release, component.encoder, component.head, thresholds)


def _of_folder(folder: Path, release: str) -> Models:
    with _lock:
        if folder not in _earlier:
            _earlier.clear()
            _earlier[folder] = _loaded(folder, release)
        return _earlier[folder]


def _loaded(folder: Path, release: str) -> Models:
    thresholds = read(folder)
    if thresholds is None or not (folder / HEAD_FILE).exists():
        return Models(release, None, None, thresholds)
    encoder = OnnxEncoder.load(folder / ENCODER_FOLDER)
    return Models(release, encoder, IntentHead.load(folder), thresholds)

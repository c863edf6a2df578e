"""Milliseconds spent in each stage of a turn."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Stopwatch:
    """Adds up what each stage took, in milliseconds."""

    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time of the block to `name`."""
        start = time.perf_counter()
        yield
        spent = (time.perf_counter() - start) * 1000
        self.stages[name] = round(self.stages.get(name, 0.0) + spent, 3)

from types import SimpleNamespace

import pytest

from bot.stopwatch import Stopwatch


def test_stopwatch_adds_up_the_milliseconds_of_a_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([1.0, 1.0125, 2.0, 2.02])
    monkeypatch.setattr("bot.stopwatch.time", SimpleNamespace(perf_counter=lambda: next(times)))
    watch = Stopwatch()
    for _ in range(2):
        with watch.stage("encode"):
            pass
    assert watch.stages == {"encode": 32.5}


def test_stopwatch_keeps_stages_apart() -> None:
    watch = Stopwatch()
    for name in ("encode", "decide"):
        with watch.stage(name):
            pass
    assert list(watch.stages) == ["encode", "decide"]

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.batching import MOST_TEXTS, BatchingEncoder
from tests.fakes import HashingEncoder


class GatedEncoder(HashingEncoder):
    """Keeps its runs; holds each of them while the gate is shut; fails on a text "poison"."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.runs.append(list(texts))
        assert self.gate.wait(5)
        if "poison" in texts:
            raise RuntimeError("cannot encode this")
        return super().encode(texts)


@pytest.fixture
def inner() -> GatedEncoder:
    return GatedEncoder()


@pytest.fixture
def encoder(inner: GatedEncoder) -> Iterator[BatchingEncoder]:
    batching = BatchingEncoder(inner)
    yield batching
    batching.close()


@pytest.fixture
def pool(inner: GatedEncoder) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as threads:
        yield threads
        inner.gate.set()


def until(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds; fail after five seconds."""
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def together(
    inner: GatedEncoder, encoder: BatchingEncoder, pool: ThreadPoolExecutor, calls: list[list[str]]
) -> list[Future[NDArray[np.float32]]]:
    """Make `calls` while a first run is held, so that they all wait; then open the gate."""
    inner.gate.clear()
    pool.submit(encoder.encode, ["first"])
    until(lambda: len(inner.runs) == 1)
    futures = []
    for number, texts in enumerate(calls, start=1):
        futures.append(pool.submit(encoder.encode, texts))
        until(lambda n=number: encoder._waiting.qsize() == n)  # type: ignore[misc]
    inner.gate.set()
    return futures


def test_name_and_dimension_are_those_of_the_encoder(encoder: BatchingEncoder) -> None:
    assert (encoder.name, encoder.dimension) == ("hashing", 64)


def test_lone_message_is_encoded_at_once(inner: GatedEncoder, encoder: BatchingEncoder) -> None:
    vectors = encoder.encode(["where is my order", "and my refund"])
    expected = HashingEncoder().encode(["where is my order", "and my refund"])
    np.testing.assert_array_equal(vectors, expected)
    assert inner.runs == [["where is my order", "and my refund"]]


def test_no_text_gives_no_vector(encoder: BatchingEncoder) -> None:
    assert encoder.encode([]).shape == (0, 64)


def test_messages_that_wait_are_encoded_in_one_run_each_caller_getting_its_own(
    inner: GatedEncoder, encoder: BatchingEncoder, pool: ThreadPoolExecutor
) -> None:
    calls = [["one"], ["two", "three"], [], ["four"]]
    futures = together(inner, encoder, pool, calls)
    for texts, future in zip(calls, futures, strict=True):
        np.testing.assert_array_equal(future.result(5), HashingEncoder().encode(texts))
    assert inner.runs == [["first"], ["one", "two", "three", "four"]]


def test_run_takes_in_no_more_callers_than_its_limit(
    inner: GatedEncoder, encoder: BatchingEncoder, pool: ThreadPoolExecutor
) -> None:
    futures = together(inner, encoder, pool, [[f"text {n}"] for n in range(MOST_TEXTS + 3)])
    for future in futures:
        future.result(5)
    assert [len(run) for run in inner.runs] == [1, MOST_TEXTS, 3]


def test_long_list_does_not_keep_others_waiting(
    inner: GatedEncoder, encoder: BatchingEncoder, pool: ThreadPoolExecutor
) -> None:
    inner.gate.clear()
    pool.submit(encoder.encode, ["first"])
    until(lambda: len(inner.runs) == 1)
    pool.submit(encoder.encode, ["long"] * (MOST_TEXTS + 1))
    until(lambda: len(inner.runs) == 2)
    assert encoder._waiting.qsize() == 0


def test_error_reaches_its_caller_and_nobody_else(
    inner: GatedEncoder, encoder: BatchingEncoder, pool: ThreadPoolExecutor
) -> None:
    good, bad, also_good = together(inner, encoder, pool, [["one"], ["poison"], ["two"]])
    assert good.result(5).shape == also_good.result(5).shape == (1, 64)
    with pytest.raises(RuntimeError, match="cannot encode this"):
        bad.result(5)
    assert encoder.encode(["afterwards"]).shape == (1, 64)


def test_close_answers_whoever_waits_and_stops_the_thread(
    inner: GatedEncoder, encoder: BatchingEncoder, pool: ThreadPoolExecutor
) -> None:
    inner.gate.clear()
    first = pool.submit(encoder.encode, ["first"])
    until(lambda: len(inner.runs) == 1)
    second = pool.submit(encoder.encode, ["second"])
    until(lambda: encoder._waiting.qsize() == 1)
    encoder.close()
    encoder.close()
    inner.gate.set()
    assert first.result(5).shape == second.result(5).shape == (1, 64)
    encoder._thread.join(5)
    assert not encoder._thread.is_alive()


def test_whoever_comes_after_close_is_still_answered(encoder: BatchingEncoder) -> None:
    encoder.close()
    encoder._thread.join(5)
    assert encoder.encode(["late"]).shape == (1, 64)


def test_many_threads_each_get_their_own_vectors(
    encoder: BatchingEncoder, pool: ThreadPoolExecutor
) -> None:
    texts = [f"message {n} of {n % 7}" for n in range(300)]
    results = list(pool.map(lambda text: encoder.encode([text])[0], texts))
    np.testing.assert_array_equal(np.stack(results), HashingEncoder().encode(texts))

"""Encode messages that arrive together in one run of the model."""

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Encoder

MOST_TEXTS = 16
"""Texts from which a run takes in no more callers: the first of them would wait for the last."""

Vectors = NDArray[np.float32]
Caller = tuple[list[str], Future[Vectors]]


class BatchingEncoder:
    """An Encoder for many threads: what waits while the model runs is encoded in its next run.

    Nobody waits for a batch to fill: a lone message is encoded at once.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._waiting: queue.SimpleQueue[Caller | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="encoder", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """The encoder's name."""
        return self._encoder.name

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dimension) float32, unit length, in the order of `texts`."""
        future: Future[Vectors] = Future()
        with self._closing:
            direct = self._closed or len(texts) > MOST_TEXTS
            if not direct:
                self._waiting.put((list(texts), future))
        return self._encoder.encode(texts) if direct else future.result()

    def close(self) -> None:
        """Stop the thread once nothing waits; whoever still comes is encoded on its own."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)

    def _work(self) -> None:
        while (first := self._waiting.get()) is not None:
            self._run([first, *self._also_waiting(len(first[0]))])

    def _run(self, batch: list[Caller]) -> None:
        try:
            vectors = self._encoder.encode([text for part, _ in batch for text in part])
        except Exception as error:  # the caller gets it, the thread lives on
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            for caller in batch:  # one customer's text must not fail the others'
                self._run([caller])
            return
        start = 0
        for part, future in batch:
            future.set_result(vectors[start : start + len(part)])
            start += len(part)

    def _also_waiting(self, count: int) -> list[Caller]:
        found: list[Caller] = []
        while count < MOST_TEXTS:
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                break
            if item is None:
                self._waiting.put(None)
                break
            found.append(item)
            count += len(item[0])
        return found

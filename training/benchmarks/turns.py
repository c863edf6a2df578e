"""Time whole turns over HTTP, commit included: one client, then many at once.

python -m training.benchmarks.turns --home .demo
"""

import argparse
import http.client
import statistics
import tempfile
import threading
import time
from pathlib import Path

from training.benchmarks.load import Server, copied, questions, send

TURNS_IN_ONE_CONVERSATION = 8


def client(port: int, turns: int, offset: int, times_ms: list[float], errors: list[str]) -> None:
    """Talk for `turns` turns, in conversations of a few turns each."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    texts = questions()
    token = path = ""
    for turn in range(turns):
        if turn % TURNS_IN_ONE_CONVERSATION == 0:
            _, opened = send(connection, "POST", "/api/conversations", {})
            token, path = opened["token"], f"/api/conversations/{opened['id']}"
        text = texts[(offset + turn) % len(texts)]
        start = time.perf_counter()
        status, answer = send(connection, "POST", f"{path}/messages", {"text": text}, token)
        times_ms.append((time.perf_counter() - start) * 1000)
        if status != 200:
            errors.append(f"{status} {answer}")
        elif answer["status"] != "bot":
            send(connection, "POST", f"{path}/handoff/cancel", {}, token)


def quantiles(times_ms: list[float]) -> str:
    """Return p50, p95 and p99."""
    cuts = statistics.quantiles(times_ms, n=100)
    return f"p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms"


def main() -> None:
    """Run both measurements and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--turns", type=int, default=500)
    parser.add_argument("--clients", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, copied(options.home, Path(folder)) as home:
        server = Server(home)
        print(f"ready after {server.start():.1f} s")
        errors: list[str] = []
        client(server.port, 50, 0, [], errors)
        alone: list[float] = []
        client(server.port, options.turns, 0, alone, errors)
        print(f"1 client, {len(alone)} turns: {quantiles(alone)}")
        together: list[float] = []
        threads = [
            threading.Thread(
                target=client, args=(server.port, options.turns // 4, 7 * n, together, errors)
            )
            for n in range(options.clients)
        ]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = time.perf_counter() - start
        print(
            f"{options.clients} clients, {len(together)} turns: "
            f"{len(together) / spent:.0f} turns/s, "
            f"{quantiles(together)}, {len(errors)} errors {errors[:3]}"
        )
        print(f"resident memory {server.resident_mb():.0f} MB")
        server.stop()


if __name__ == "__main__":
    main()

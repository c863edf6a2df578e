"""Kill the server under load, again and again, and look for what was acknowledged.

python -m training.benchmarks.kills --home .demo --kills 200
"""

import argparse
import http.client
import random
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

from training.benchmarks.load import Server, call, copied, questions, send

CLIENTS = 4


def talk(
    port: int, stop: threading.Event, acknowledged: dict[str, tuple[str, str, list[int]]]
) -> None:
    """Send messages until the server dies; keep (text, conversation, bot message ids) of each."""
    texts = questions()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while not stop.is_set():
            _, opened = send(connection, "POST", "/api/conversations", {})
            path = f"/api/conversations/{opened['id']}/messages"
            for _ in range(5):
                text = f"{random.choice(texts)} ({random.randrange(10**9)})"
                status, answer = send(connection, "POST", path, {"text": text}, opened["token"])
                if status == 200:
                    ids = [message["id"] for message in answer["messages"]]
                    acknowledged[text] = (opened["id"], text, ids)
    except (OSError, http.client.HTTPException, ValueError):
        return


def missing(home: Path, acknowledged: dict[str, tuple[str, str, list[int]]]) -> int:
    """Count acknowledged messages and replies that the database does not hold."""
    database = sqlite3.connect(f"file:{home / 'deskmate.db'}?mode=ro", uri=True)
    held = set(database.execute("SELECT conversation_id, text FROM messages WHERE role='customer'"))
    ids = {row[0] for row in database.execute("SELECT id FROM messages")}
    sound = database.execute("PRAGMA integrity_check").fetchone()[0]
    database.close()
    if sound != "ok":
        raise RuntimeError(f"integrity_check: {sound}")
    lost = [each for each in acknowledged.values() if each[:2] not in held]
    return len(lost) + sum(
        number not in ids for each in acknowledged.values() for number in each[2]
    )


def main() -> None:
    """Kill, restart and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    random.seed(0)
    total = lost = 0
    waits = []
    with tempfile.TemporaryDirectory() as folder, copied(options.home, Path(folder)) as home:
        server = Server(home)
        server.start()
        for number in range(options.kills):
            acknowledged: dict[str, tuple[str, str, list[int]]] = {}
            stop = threading.Event()
            threads = [
                threading.Thread(target=talk, args=(server.port, stop, acknowledged))
                for _ in range(CLIENTS)
            ]
            for thread in threads:
                thread.start()
            time.sleep(random.uniform(0.05, 1.0))
            server.kill()
            stop.set()
            for thread in threads:
                thread.join()
            lost += missing(home, acknowledged)
            total += len(acknowledged)
            waits.append(server.start())
            assert call(server.port, "GET", "/readyz")[0] == 200
            print(f"\r{number + 1} kills, {total} acknowledged, {lost} lost", end="", flush=True)
        server.stop()
    print(f"\nready by itself {len(waits)} times, slowest {max(waits):.1f} s")
    raise SystemExit(1 if lost else 0)


if __name__ == "__main__":
    main()

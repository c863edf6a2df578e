"""`make bench`: time the server on the demo's home; name the benchmarks that need public data."""

import sys
from pathlib import Path

from training.benchmarks import turns
from training.benchmarks.public import BENCHMARKS

HOME = Path(".demo")

if not HOME.is_dir():
    raise SystemExit(f"{HOME}: expected the demo's home, found none; run `make demo` first")
sys.argv = [sys.argv[0], "--home", str(HOME)]
turns.main()
print(
    f"With public data: python -m training.benchmarks.public {{{','.join(BENCHMARKS)}}} --data DIR"
)

"""Measure on public data through the public commands.

python -m training.benchmarks.public banking77-fast --data DIR

DIR holds the folders banking77, clinc150, insuranceqa and cucom; see README.md beside this file.
"""

import argparse
import gzip
import json
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from knowledge.errors import DeskmateError
from training.benchmarks.load import DESKMATE


def run(*arguments: str | Path) -> tuple[str, float]:
    """Run a deskmate verb; returns what it printed and its seconds."""
    start = time.monotonic()
    done = subprocess.run(
        [DESKMATE, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout, time.monotonic() - start


def show(title: str, figures: dict[str, Any], seconds: float) -> None:
    """Print the single figures of a report."""
    kept = {name: value for name, value in figures.items() if isinstance(value, int | float)}
    rounded = {name: round(value, 4) for name, value in kept.items()}
    print(f"{title}: {json.dumps(rounded)} in {seconds:.0f} s", flush=True)


def banking77(preset: str, seeds: tuple[int, ...]) -> Callable[[Path, Path], None]:
    """Train and measure on banking77 once for each seed."""

    def measure(data: Path, work: Path) -> None:
        for seed in seeds:
            out = work / f"banking77-{preset}-{seed}"
            train = ("--train", data / "banking77/train.csv", "--language", "en")
            options = ("--preset", preset, "--seed", str(seed), "--out", out)
            _, seconds = run("train", "intent", *train, *options)
            test = data / "banking77/test.csv"
            printed, _ = run("evaluate", "intent", "--model", out, "--test", test, "--json")
            show(f"banking77 {preset} seed {seed}", json.loads(printed), seconds)

    return measure


def clinc150(data: Path, work: Path) -> None:
    """Train one model on clinc150 with its out-of-scope rows; measure both."""
    file, out = data / "clinc150/data_full.json.gz", work / "clinc150"
    options = ("--language", "en", "--preset", "fast", "--out", out)
    _, seconds = run("train", "intent", "--train", f"{file}#train+oos_train", *options)
    test = f"{file}#test+oos_test"
    printed, _ = run("evaluate", "intent", "--model", out, "--test", test, "--json")
    show("clinc150 fast", json.loads(printed), seconds)


def insuranceqa(data: Path, work: Path) -> None:
    """Search all English answers for the test questions with nothing trained."""
    passages, questions = work / "passages.jsonl", work / "questions.jsonl"
    answers = rows(data / "insuranceqa/answers.jsonl.gz")
    write(passages, ({"id": row["answer_id"], "text": row["en"]} for row in answers))
    asked = rows(data / "insuranceqa/questions.jsonl.gz")
    tests = (
        {"id": row["id"], "question": row["question_en"], "passage_ids": row["answer_ids"]}
        for row in asked
        if row["split"] == "test"
    )
    write(questions, tests)
    files = ("--passages", passages, "--questions", questions)
    printed, seconds = run("evaluate", "retrieval", *files, "--language", "en", "--json")
    show("insuranceqa en test, untrained", json.loads(printed), seconds)


def cucom(data: Path, work: Path) -> None:
    """Import 6,000 dialogues into a copy of a trained home, twice; prints peak memory too."""
    file = data / "cucom/dialogues.jsonl.gz"
    for attempt in ("first", "again"):
        home = ("--home", work / "home")
        printed, seconds = run(*home, "import", "dialogues", file, "--language", "en")
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(f"cucom import, {attempt}: {seconds:.1f} s, peak {peak_mb} MB\n{printed}", flush=True)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read gzipped JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def write(path: Path, lines: Iterator[dict[str, Any]]) -> None:
    """Write JSON lines."""
    with path.open("w", encoding="utf-8") as stream:
        for line in lines:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")


BENCHMARKS: dict[str, Callable[[Path, Path], None]] = {
    "banking77-fast": banking77("fast", (0,)),
    "banking77-full": banking77("full", (0, 1)),
    "clinc150": clinc150,
    "insuranceqa": insuranceqa,
    "cucom": cucom,
}


def main() -> None:
    """Run one benchmark in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benchmark", choices=BENCHMARKS)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument("--home", type=Path, help="cucom: a trained home to copy")
    options = parser.parse_args()
    needed = options.data / options.benchmark.split("-")[0]
    if not needed.is_dir():
        raise SystemExit(f"{needed}: expected the data set here, found none; give --data")
    if options.benchmark == "cucom" and not options.home:
        raise SystemExit("cucom: expected --home, a trained home to copy; `make demo` makes .demo")
    with tempfile.TemporaryDirectory(prefix="deskmate-bench-") as work:
        if options.home:
            shutil.copytree(options.home, Path(work) / "home")
        try:
            BENCHMARKS[options.benchmark](options.data, Path(work))
        except (DeskmateError, subprocess.CalledProcessError) as error:
            raise SystemExit(f"{options.benchmark}: {error}") from error


if __name__ == "__main__":
    main()

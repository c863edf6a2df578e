"""Measure the bot of the sample shop: intents, refusals, questions, follow-ups, conversations.

Every figure with its sample size and 95 % Wilson interval, by language. `--data` measures other
files of the same names; `--wrong` lists what was not right. `--develop` measures only follow-ups
that test nothing, on which rules may be made.

python -m training.benchmarks.shop --home .demo
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.demo.run import SHOP
from bot.home import Home
from bot.mind import Mind
from bot.progress import progress_bars
from knowledge.errors import DeskmateError
from knowledge.types import Language, Progress
from training.benchmarks import shop_sets
from training.benchmarks.shop_answers import answers
from training.benchmarks.shop_bot import ShopBot
from training.benchmarks.shop_figures import Figures
from training.benchmarks.shop_lines import (
    CONVERSATIONS,
    declared_answers,
    read_developed,
    read_lines,
)


def measured(
    home: Home, data: Path, progress: Progress, *, develop: bool = False
) -> dict[Language, Figures]:
    """Measure the champion of `home` on the files in `data`, language by language.

    Raises DeskmateError when there is no champion, or a conversation test cannot be read.
    """
    champion = home.registry.champion()
    if champion is None:
        raise DeskmateError(
            f"{home.folder}: expected a trained release, found none; run `make demo` first"
        )
    with closing(Mind.load(home, champion, progress)) as mind:
        bot = ShopBot(mind, home.domain, declared_answers(data), progress)
        what = developed if develop else measure
        return {language: what(bot, data, language) for language in mind.components}


def developed(bot: ShopBot, data: Path, language: Language) -> Figures:
    """Measure the follow-ups on which the rules are made."""
    return shop_sets.follow_ups(bot, read_developed(data, language))


def measure(bot: ShopBot, data: Path, language: Language) -> Figures:
    """Measure everything that `data` has test files of in `language`."""
    lines = read_lines(data, language)
    utterances = [bot.judged(line) for line in bot.each(lines.utterances, "utterances")]
    questions = [bot.judged(line) for line in bot.each(lines.questions, "questions")]
    conversations = bot.conversations(data / language / CONVERSATIONS)
    parts = [
        shop_sets.intents(bot, lines.utterances),
        shop_sets.refusals(bot, "out of scope", lines.outside, ">= 0.92"),
        shop_sets.refusals(bot, "near misses", lines.near_misses, ">= 0.85"),
        shop_sets.passages(bot, lines.questions),
        answers(utterances, questions, conversations, bot.domain),
        shop_sets.follow_ups(bot, lines.follow_ups),
        shop_sets.conversations(conversations),
    ]
    return Figures.together(parts)


def to_dict(found: Mapping[Language, Figures]) -> dict[str, Any]:
    """All of it as JSON gives it."""
    return {
        language: {
            "figures": [share.to_dict() for share in one.shares],
            "wrong": [asdict(miss) for miss in one.misses],
        }
        for language, one in found.items()
    }


def table(found: Mapping[Language, Figures]) -> Iterator[str]:
    """The figures as a table in Markdown, a column for each language."""
    yield f"| what | to reach | {' | '.join(found)} |"
    yield "| --- | --- |" + " --- |" * len(found)
    columns = [{share.name: share for share in one.shares} for one in found.values()]
    for name in dict.fromkeys(name for column in columns for name in column):
        row = [column.get(name) for column in columns]
        goal = next((share.goal for share in row if share), "")
        yield f"| {name} | {goal} | {' | '.join(str(share or '-') for share in row)} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=SHOP, help="folder with en/ and zh/")
    parser.add_argument("--json", action="store_true", help="print JSON, what was wrong included")
    parser.add_argument("--wrong", action="store_true", help="list what was not right")
    parser.add_argument("--develop", action="store_true", help="follow-ups that test nothing")
    options = parser.parse_args()
    try:
        with closing(Home.open(options.home)) as home, progress_bars() as progress:
            found = measured(home, options.data, progress, develop=options.develop)
    except DeskmateError as error:
        raise SystemExit(str(error)) from error
    if options.json:
        print(json.dumps(to_dict(found), ensure_ascii=False, indent=2))
        return
    print(*table(found), sep="\n")
    for miss in (miss for one in found.values() for miss in one.misses if options.wrong):
        print(f"{miss.what}: {miss.text!r}: expected {miss.expected}, found {miss.found}")


if __name__ == "__main__":
    main()

"""The figures of each test set of the sample shop by itself."""

from collections.abc import Iterable, Iterator, Sequence

from bot.conversation_checks import says
from bot.conversation_tests import ConversationResult
from bot.understanding import PASSAGES
from knowledge.language import detect
from training.benchmarks.shop_bot import ShopBot
from training.benchmarks.shop_figures import Figures, Miss, figure
from training.benchmarks.shop_judge import Verdict, judge, not_known
from training.benchmarks.shop_lines import ALONE, Line

WAYS = ("with its context", "the message alone", "always with the last message")
"""How a follow-up is put: after what was said, by itself, or joined to the message before."""


def intents(bot: ShopBot, lines: Sequence[Line]) -> Figures:
    """Whether the best-ranked intent is right, and whether it is accepted, too."""
    found = [(line, bot.predicted(line)) for line in bot.each(lines, "intents")]
    best = [each is not None and each.intent == line.intent for line, each in found]
    sure = [
        right and each is not None and each.accepted
        for right, (_, each) in zip(best, found, strict=True)
    ]
    misses = tuple(
        Miss("intent", line.text, line.intent, each.intent if each else "nothing")
        for right, (line, each) in zip(best, found, strict=True)
        if not right
    )
    goal = ">= 0.94 (en), >= 0.92 (zh)"
    shares = (figure("intent, best-ranked", best, goal), figure("intent, accepted", sure))
    return Figures(shares, misses)


def refusals(bot: ShopBot, name: str, lines: Sequence[Line], goal: str) -> Figures:
    """Whether lines of what the shop does not do are not answered as if it did."""
    told = [(line, bot.told(line)) for line in bot.each(lines, name)]
    refused = [not_known(replies) for _, replies in told]
    misses = tuple(
        Miss(name, line.text, "clarify", judge(line, replies, bot.domain).found)
        for right, (line, replies) in zip(refused, told, strict=True)
        if not right
    )
    return Figures((figure(f"{name}, not answered", refused, goal),), misses)


def passages(bot: ShopBot, lines: Sequence[Line]) -> Figures:
    """At which rank the passage with the marked words is found."""
    ranks, misses = [], []
    for line in bot.each(lines, "passages"):
        hits = bot.hits(line)
        holds = [says(hit.passage.body, line.evidence) for hit in hits]
        ranks.append(holds.index(True) if any(holds) else PASSAGES)
        if ranks[-1]:
            first = hits[0].passage.title if hits else "nothing"
            misses.append(Miss("passage at rank 1", line.text, line.expected, first))
    shares = (
        figure("passage at rank 1", (rank == 0 for rank in ranks), ">= 0.80"),
        figure("passage in the top 5", (rank < PASSAGES for rank in ranks), ">= 0.95"),
    )
    return Figures(shares, tuple(misses))


def follow_ups(bot: ShopBot, lines: Sequence[Line]) -> Figures:
    """Whether follow-ups are understood in each of `WAYS`; messages on something new apart."""
    judged = [(line, _in_all_ways(bot, line)) for line in bot.each(lines, "follow-ups")]
    leaning = [one for one in judged if one[0].kind != ALONE]
    new = [one for one in judged if one[0].kind == ALONE]
    shares = [
        figure(
            f"{name}, {way}", (ways[place].right for _, ways in group), goal if not place else ""
        )
        for name, group, goal in (("follow-up", leaning, ">= 0.85"), ("new topic", new, ""))
        for place, way in enumerate(WAYS)
    ]
    for kind in dict.fromkeys(line.kind for line, _ in leaning):
        of_kind = (ways[0].right for line, ways in leaning if line.kind == kind)
        shares.append(figure(f"follow-up, {kind}", of_kind))
    return Figures(tuple(shares), tuple(missed("follow-up", (ways[0] for _, ways in judged))))


def conversations(results: Sequence[ConversationResult]) -> Figures:
    """Whether whole conversations are right, and their steps."""
    shares = (
        figure("conversations with all steps right", (one.ok for one in results), ">= 0.80"),
        figure("steps right", (step.ok for result in results for step in result.steps)),
    )
    misses = tuple(
        Miss(result.test.id, step.step.customer, "; ".join(step.wrong), step.found.action)
        for result in results
        for step in result.steps
        if not step.ok
    )
    return Figures(shares, misses)


def missed(what: str, verdicts: Iterable[Verdict]) -> Iterator[Miss]:
    """Yield the lines that did not come to what they are marked with."""
    for one in verdicts:
        if not one.right:
            yield Miss(what, one.line.text, one.line.expected, one.found)


def _in_all_ways(bot: ShopBot, line: Line) -> tuple[Verdict, ...]:
    """The verdicts on a follow-up, put in each of `WAYS`."""
    replay = bot.begin(detect(line.before[0], "en"))
    for text in line.before:
        replay.say(text)
        replay.back_to_bot()  # the follow-up is what is measured, not what came before
    told = (
        bot.told(line, replay=replay),
        bot.told(line),
        bot.told(line, f"{line.before[-1]} {line.text}"),
    )
    return tuple(judge(line, replies, bot.domain) for replies in told)

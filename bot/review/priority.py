"""How much a turn would teach, as one number in 0..1.

Each reason has a weight; together they count as 1 - product of (1 - weight), so that two reasons
weigh more than either and nothing passes 1. The weights are ordered by how surely the bot was
wrong: a customer said so (0.8), an agent answered instead (0.7), a customer asked for a person
right after (0.5), two voices differ (0.4), nothing known fitted (0.3, and up to 0.7 the more
turns ask for the same), the score was near its threshold (up to 0.4, at the threshold itself).
"""

from collections.abc import Mapping

from bot.review.types import REASONS, Reason

RATED_DOWN = 0.8
CORRECTED = 0.7
ASKED_FOR_PERSON = 0.5
DISAGREEMENT = 0.4
ALONE = 0.3
OF_MANY = 0.7
AT_THRESHOLD = 0.4
NEAR = 0.5
"""A score further than this from its threshold, on the scale of margins, is no doubt."""

Weights = Mapping[Reason, float]


def combined(weights: Weights) -> float:
    """All reasons together, in 0..1."""
    spared = 1.0
    for weight in weights.values():
        spared *= 1 - weight
    return 1 - spared


def strongest_first(weights: Weights) -> tuple[Reason, ...]:
    """The reasons by weight; of equal ones in the order of REASONS."""
    return tuple(sorted(weights, key=lambda reason: (-weights[reason], REASONS.index(reason))))


def doubt(margin: float) -> float:
    """The weight of a score with this `margin`, as `bot.thresholds` measures it."""
    return AT_THRESHOLD * max(0.0, 1 - abs(margin) / NEAR)


def unknown(size: int) -> float:
    """The weight of a message that nothing known fitted, `size` of which ask for the same."""
    return ALONE + (OF_MANY - ALONE) * (1 - 1 / size)

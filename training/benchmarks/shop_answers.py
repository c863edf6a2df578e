"""What customers of the sample shop get over all test sets: wrong answers, and right ones."""

from collections.abc import Sequence

from bot.conversation_tests import TELLS, ConversationResult
from bot.domain import Domain
from training.benchmarks.shop_figures import Figures, figure
from training.benchmarks.shop_judge import Verdict
from training.benchmarks.shop_lines import Line
from training.benchmarks.shop_sets import missed


def answers(
    utterances: Sequence[Verdict],
    questions: Sequence[Verdict],
    conversations: Sequence[ConversationResult],
    domain: Domain,
) -> Figures:
    """Count over in-scope utterances, questions and steps of conversations.

    What goes to a person by itself, as a complaint does, can be answered wrongly, but not without
    a person: it does not count among what is to be.
    """
    steps = [step for result in conversations for step in result.steps]
    single = [*utterances, *questions]
    told = [
        *(one.wrong for one in single if one.told),
        *(step.wrong_answer for step in steps if any(x.action in TELLS for x in step.parts)),
    ]
    by_itself = [one.settled for one in utterances if not _for_a_person(one.line, domain)]
    answered = [one.settled for one in questions]
    in_scope = [step.ok for step in steps if step.in_scope]
    wrong = [*(one.wrong for one in single), *(step.wrong_answer for step in steps)]
    settled = [*by_itself, *answered, *in_scope]
    shares = (
        figure("wrong answers among messages", wrong, "<= 0.05"),
        figure("wrong answers among answers", told),
        figure("utterances wrong by a quote", (one.wrong and one.quotes for one in utterances)),
        figure("rightly answered without a person", settled, ">= 0.80"),
        figure("of these utterances", by_itself),
        figure("of these questions", answered),
        figure("of these steps", in_scope),
    )
    return Figures(shares, tuple(missed("end to end", single)))


def _for_a_person(line: Line, domain: Domain) -> bool:
    intent = domain.intents.get(line.intent)
    return intent is not None and intent.kind == "hand_off"

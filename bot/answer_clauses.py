"""A yes, a no or a farewell to the matter among more words: "Yes please, set it up."

Looks at each clause of an answer with the strict rules of `bot.answers`. In doubt nobody said yes:
what follows may take it back.
"""

import re
from collections.abc import Callable

from bot import answers
from knowledge.types import Language

MOST_AFTER_YES = 8
"""Words, or Chinese signs by two, that may follow a yes without being something else."""

_CLAUSE = re.compile(
    r"[,.;!…~—，。；！～、\n]+|\s-+\s|\s(?=(?:then|so|because|cuz|since)\b)"
    r"|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])"
)
_FILLER = re.compile(
    r"(?:nice|great|good|cool|perfect|lovely|h+m+|u+m+|ah+|oh+|well|so|[哦噢呃啊唉哎那]+)",
    re.IGNORECASE,
)
_PAUSE = re.compile(
    r"(?:(?:oh|no|but|and|ok|okay) )?(?:wait|hold on|hang on|one (?:sec|second|moment)|a moment)"
    "(?: a (?:sec|second|minute|moment))?|等[等下一会儿]*|稍等|慢着",
    re.IGNORECASE,
)
"""Says that something else comes first, among more words; alone it is a no."""
_BEGINS_WITH_YES = re.compile(
    r"(?:yes|yeah|yep|yup|sure|ok|okay|correct|right|please do|go ahead)\b"
    r"|(?:好的?|是的?|对+|嗯+|可以|行|确认|没错)(?=[\s，,。！!取提办改退发帮快麻谢])",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"\b(?:but|wait|first|before|unless|except|instead|change|not|don't|dont|only if|however"
    r"|hold on|actually|rather|no|what|what's|how|when|where|why|which|who|is|does)\b"
    "|[?？]|但|不过|可是|先|等|别|不|改|除非|还是|什么|怎么|多少|多久|吗|呢|哪",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z0-9'-]+|[\u3400-\u9fff]{1,2}", re.IGNORECASE)


def yes_or_no(text: str, language: Language, question: str = "") -> bool | None:
    """What an answer says to the bot's `question`; None where it says neither or both."""
    strict = answers.yes_or_no(text, language, question)
    if strict is not None:
        return strict
    clauses = [
        clause
        for clause in _clauses(text)
        if not _FILLER.fullmatch(clause) and not _PAUSE.fullmatch(clause)
    ]
    said = [answers.yes_or_no(clause, language, question) for clause in clauses]
    if False in said and True not in said:
        return False
    if False in said or not clauses:
        return None
    begins = _BEGINS_WITH_YES.match(clauses[0])
    if not (said[0] or begins):
        return None
    rest = " ".join(clauses[1:] if said[0] else [_after(begins), *clauses[1:]])
    if _TAKES_BACK.search(rest) or len(_WORD.findall(rest)) > MOST_AFTER_YES:
        return None
    return True


def _after(match: re.Match[str] | None) -> str:
    return match.string[match.end() :] if match else ""


def pauses(text: str) -> bool:
    """Whether somebody asks to wait and says nothing else: no answer yet, and no refusal."""
    return all(_PAUSE.fullmatch(clause) for clause in _clauses(text))


def gives_up(text: str, language: Language) -> bool:
    """Whether somebody lets go of the matter in hand, in one clause of what they say."""
    return _in_a_clause(answers.gives_up, text, language)


def corrects(text: str, language: Language) -> bool:
    """Whether somebody puts something right, in one clause of what they say."""
    return _in_a_clause(answers.corrects, text, language)


def _in_a_clause(rule: Callable[[str, Language], bool], text: str, language: Language) -> bool:
    return rule(text, language) or any(rule(clause, language) for clause in _clauses(text))


def _clauses(text: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSE.split(text) if clause and clause.strip()]

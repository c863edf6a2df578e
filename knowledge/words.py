"""The words of a text as the full-text search counts them.

Owns stop words and Chinese segmentation; the only jieba import. Knows no database: stemming and
the folding of accents are the work of the index's own tokenizer.
"""

import functools
import re
import warnings
from typing import Any

from knowledge.language import normalise
from knowledge.script import simplified
from knowledge.types import Language

_WORD = re.compile(r"[^\W_]+")
_STOP: dict[Language, str] = {
    "en": """
        a about after again all also am an and any are as at be because been before being but by
        can could d did do does doing don done for from get got had has have having he her here
        hers him his how i if in into is it its just ll m may me might mine more most much must my
        no not now of on or our ours out over please re s shall she should so some such t than that
        the their them then there these they this those to too under until up us ve very was we
        were what when where which while who whom whose why will with would you your yours
    """,
    "zh": """
        的 了 吗 呢 吧 啊 呀 嘛 哦 哈 我 我们 你 你们 您 他 她 它 他们 是 在 和 与 或 及 就 都 也
        还 又 很 太 这 那 这个 那个 哪 哪个 什么 怎么 怎样 怎么样 如何 为什么 为何 请 请问 请教 一下
        有 没有 可以 能 能不能 可不可以 是不是 有没有 会 要 想 想要 把 被 给 对 到 从 为 以 着 过
        个 一个 上 下 里 但 但是 如果 因为 所以 然后 不
    """,
}
_STOP_WORDS = {language: frozenset(listed.split()) for language, listed in _STOP.items()}


def indexed(text: str, language: Language) -> str:
    """The text as it is put into the index: Chinese simplified, with a space between its words."""
    clean = normalise(text)
    if language != "zh":
        return clean
    return " ".join(_segmenter().cut_for_search(simplified(clean)))


def asked(text: str, language: Language) -> list[str]:
    """The distinct words of a question without its stop words, in their order."""
    stop = _STOP_WORDS["en"] | _STOP_WORDS[language]
    words = _WORD.findall(indexed(text, language).lower())
    return [word for word in dict.fromkeys(words) if word not in stop]


def warm_up(language: Language) -> None:
    """Load what the first question would otherwise wait for: half a second for Chinese."""
    indexed("", language)


@functools.cache
def _segmenter() -> Any:
    """jieba with its dictionary built in memory.

    Its own start-up logs to stderr and keeps a marshalled copy in the shared temporary folder,
    which another user could replace; building afresh takes about as long as reading that.
    """
    with warnings.catch_warnings():
        # jieba 0.42 has invalid escapes in its patterns and may import pkg_resources.
        warnings.simplefilter("ignore")
        import jieba

        segmenter = jieba.Tokenizer()
        dictionary = segmenter.get_dict_file()
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(dictionary)
    segmenter.initialized = True
    return segmenter

"""Short utterances of intents that a bag of words can tell apart."""

from itertools import product

from knowledge.types import OUT_OF_SCOPE

_WAYS = ("", "please", "can you say", "quick question", "sorry but")
_WORDS = {
    "delivery": ("parcel delivery days", "when does the parcel ship", "delivery by friday"),
    "password": ("reset my password", "cannot sign in", "password forgotten sign in"),
    "refund": ("refund my money", "money back now", "where is the refund", "refund not arrived"),
    "退货": ("我要退货", "这个怎么退回去", "退货要多少天"),
}
_OUTSIDE = (
    "sing a song",
    "who won the match yesterday",
    "tell a joke about cats",
    "weather in paris tomorrow",
    "cure for a cold",
    "capital of peru",
    "讲个笑话",
    "明天下雨吗",
)


def utterances(*intents: str, outside: bool = True) -> tuple[list[str], list[str]]:
    """Return texts and labels of `intents` (all by default), fifteen or more rows each."""
    rows = [
        (f"{way} {words}".strip(), name)
        for name in intents or _WORDS
        for way, words in product(_WAYS, _WORDS[name])
    ]
    if outside:
        rows += [(text, OUT_OF_SCOPE) for text in _OUTSIDE]
    return [text for text, _ in rows], [label for _, label in rows]


def doubtful(*intents: str, outside: bool = True) -> tuple[list[str], list[str]]:
    """Return the same and, of two of the intents, rows that nothing tells apart."""
    texts, labels = utterances(*intents, outside=outside)
    two = sorted({label for label in labels if label != OUT_OF_SCOPE})[:2]
    return [*texts, *["hello"] * 4], [*labels, *two * 2]

"""Sentences of the bot that a `domain.toml` may leave out."""

from knowledge.types import Language

DEFAULT_MESSAGES: dict[Language, dict[str, str]] = {
    "en": {
        "away": (
            "None of us is here right now; we are back {opens}. Leave your e-mail address and we "
            "write to you, or go on writing here: a colleague will read it."
        ),
        "still_waiting": (
            "I am sorry that it takes so long. You are still in the queue. If you would rather "
            "not wait, leave your e-mail address and we get back to you."
        ),
    },
    "zh": {
        "away": (
            "现在没有同事在线，我们{opens}恢复服务。您可以留下邮箱，我们给您回信；"
            "也可以继续在这里留言，同事会看到。"
        ),
        "still_waiting": "抱歉让您久等了，您还在排队中。如果不想等，可以留下邮箱，我们会联系您。",
    },
}

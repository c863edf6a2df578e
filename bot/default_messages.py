"""The bot's own sentences, and those that a `domain.toml` may leave out."""

from bot.domain_parts import Part
from knowledge.types import Language

MESSAGE_NAMES: dict[str, tuple[str, ...]] = {
    "away": ("opens",),
    "reminder": ("question",),
    "offer": ("label",),
    "needs": ("list",),
}
"""What some of the bot's own sentences may name besides."""


class Messages(Part):
    """The bot's own sentences in one language.

    `away` may name `{opens}`, when staff is back; `reminder` returns to a `{question}` after an
    answer in between; `offer` asks whether to go on with what was kept in mind, its `{label}`;
    `needs` spells out the `{list}` of what is still missing. `hand_off_...` are said instead of
    `hand_off` for their reason. What `DEFAULT_MESSAGES` holds may be left out.
    """

    welcome: str
    clarify: str
    not_known: str
    none_of_these: str
    talk_to_person: str
    hand_off: str
    hand_off_failed: str
    hand_off_complaint: str
    hand_off_legal: str
    hand_off_self_harm: str
    hand_off_safety: str
    hand_off_amount: str
    hand_off_mood: str
    back_to_bot: str
    away: str
    still_waiting: str
    needs: str
    reminder: str
    offer: str
    declined: str
    stopped: str
    confirm_again: str
    yes: str
    no: str


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
        "hand_off_complaint": (
            "I'm sorry about this. I'm passing you to a colleague who can put it right; they can "
            "read what we have written so far."
        ),
        "hand_off_legal": (
            "This is for a colleague to look at. I'm passing you on; they can read what we have "
            "written so far."
        ),
        "hand_off_self_harm": (
            "I'm very sorry that you feel this way. You matter, and you don't have to be alone "
            "with it: if you are in danger, please call your local emergency number or a crisis "
            "line now. I'm getting a colleague to write to you here."
        ),
        "hand_off_safety": (
            "Your safety comes first: please stop using it, unplug it if you safely can, and keep "
            "away from it. If somebody is hurt or there is a fire, call the emergency number. A "
            "colleague takes over here."
        ),
        "hand_off_amount": (
            "For a sum like this a colleague decides. I'm passing you on; they can read what we "
            "have written so far."
        ),
        "hand_off_mood": (
            "I can see this has been frustrating, and I'm sorry. A colleague takes over from here "
            "and can read what we have written so far."
        ),
        "needs": "For this I need: {list}.",
        "reminder": "Back to your request: {question}",
        "offer": "You also mentioned: {label}. Shall we go on with that now?",
        "declined": "All right. Is there anything else?",
        "stopped": "All right, I've left everything as it is. Is there anything else?",
        "confirm_again": "Please answer yes or no, so that I don't do anything you don't want.",
        "yes": "Yes, please",
        "no": "No, thanks",
    },
    "zh": {
        "away": (
            "现在没有同事在线，我们{opens}恢复服务。您可以留下邮箱，我们给您回信；"
            "也可以继续在这里留言，同事会看到。"
        ),
        "still_waiting": "抱歉让您久等了，您还在排队中。如果不想等，可以留下邮箱，我们会联系您。",
        "hand_off_complaint": (
            "非常抱歉给您带来不好的体验。我帮您转给同事处理，前面的对话同事都能看到。"
        ),
        "hand_off_legal": "这件事需要由同事来处理，我帮您转接，前面的对话同事都能看到。",
        "hand_off_self_harm": (
            "听到您这么难受，我很难过。您很重要，也不必一个人扛着：如果您正处于危险之中，"
            "请马上拨打当地的急救电话或心理援助热线。我这就请同事来和您联系。"
        ),
        "hand_off_safety": (
            "安全第一：请马上停止使用，在确保安全的情况下断开电源，并远离它。"
            "如果有人受伤或起火，请立即拨打急救或火警电话。我这就请同事来处理。"
        ),
        "hand_off_amount": "这个金额需要由同事来决定，我帮您转接，前面的对话同事都能看到。",
        "hand_off_mood": (
            "我知道这让您很不愉快，非常抱歉。接下来由同事为您处理，前面的对话同事都能看到。"
        ),
        "needs": "办理这件事我还需要：{list}。",
        "reminder": "回到刚才的事：{question}",
        "offer": "您刚才还提到：{label}。现在接着办吗？",
        "declined": "好的。还有别的需要吗？",
        "stopped": "好的，我什么都没有改动。还有别的需要吗？",
        "confirm_again": "请回答“是”或“否”，以免我做了您不想做的事。",
        "yes": "是的",
        "no": "不用了",
    },
}

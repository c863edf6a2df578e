"""The words of the customers' pages in each language; what the bot says stands in its domain."""

from dataclasses import dataclass

from knowledge.types import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Texts:
    """All words of the pages in one language; `{bot}` stands for the bot's name."""

    html_lang: str
    other_language: str
    title: str
    tagline: str
    placeholder: str
    send: str
    you: str
    bot: str
    staff: str
    log: str
    typing: str
    sources: str
    match_high: str
    match_good: str
    match_some: str
    choose: str
    helped: str
    not_helped: str
    ask_person: str
    back_to_bot: str
    new_chat: str
    waiting: str
    open: str
    resolved: str
    small_print: str
    too_long: str
    too_fast: str
    not_ready: str
    failed: str
    transcript: str


_ENGLISH = Texts(
    html_lang="en",
    other_language="中文",
    title="Chat with {bot}",
    tagline="Quick answers, and a person when you need one",
    placeholder="Write a message",
    send="Send",
    you="You",
    bot="Assistant",
    staff="Support",
    log="Conversation",
    typing="{bot} is writing",
    sources="Where this comes from",
    match_high="very good match",
    match_good="good match",
    match_some="possible match",
    choose="Choose one",
    helped="This helped",
    not_helped="This did not help",
    ask_person="Talk to a person",
    back_to_bot="Back to the bot",
    new_chat="New chat",
    waiting="You are in the queue; a colleague answers here. You can go on writing.",
    open="A colleague is with you now.",
    resolved="This conversation is closed. Write again to open it.",
    small_print="Automatic answers can be wrong. Please send no passwords or card numbers.",
    too_long="This message is too long; please keep it under {limit} characters.",
    too_fast="That was quick. Please wait {seconds} seconds and send it again.",
    not_ready="I am still starting up. Please try again in a moment.",
    failed="Something went wrong on our side. Please try again.",
    transcript="Conversation of",
)
_CHINESE = Texts(
    html_lang="zh-CN",
    other_language="English",
    title="与{bot}对话",
    tagline="即时解答，需要时可转人工",
    placeholder="请输入消息",
    send="发送",
    you="您",
    bot="智能助手",
    staff="人工客服",
    log="对话内容",
    typing="{bot}正在输入",
    sources="答案出处",
    match_high="非常吻合",
    match_good="比较吻合",
    match_some="可能相关",
    choose="请选择",
    helped="有帮助",
    not_helped="没有帮助",
    ask_person="找人工",
    back_to_bot="返回智能助手",
    new_chat="新对话",
    waiting="您已进入排队，同事会在这里回复。您可以继续留言。",
    open="同事正在为您服务。",
    resolved="本次对话已结束。继续发送消息即可重新打开。",
    small_print="自动回答可能有误。请勿发送密码或银行卡号。",
    too_long="消息太长，请控制在 {limit} 个字以内。",
    too_fast="发送太快了，请等待 {seconds} 秒后再发。",
    not_ready="我正在启动，请稍后再试。",
    failed="我们这边出了点问题，请再试一次。",
    transcript="对话记录",
)

TEXTS: dict[Language, Texts] = dict(zip(LANGUAGES, (_ENGLISH, _CHINESE), strict=True))

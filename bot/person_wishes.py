"""Whether a message asks for a person instead of the bot. Rules on the wording; knows no model.

What sounds like it and is none ("are you a real person?") is taken out before the wish is looked
for, so that a message may hold both.
"""

import re

_PERSON = (
    r"(?:humans?|persons?|your (?:people|team|guys)|agents?|representatives?|reps?|someone"
    r"|somebody|operator|manager|supervisor|colleagues?|coworkers?|staff|advis[oe]r|man|woman"
    r"|bloke|team member|support"
    r"|support team|human being|member of staff|employee|specialist"
    r"|customer (?:service|care|support))\b"
    r"(?! (?:codes?|cards?|bag|number|phone|hours?|hair|voice|email|else|as|discount)\b)"
)
_KIND = r"(?:real|actual|live|living|breathing|flesh and blood)"
_SEVERAL = r"(?:\w+ ){0,3}?"
_BOT = r"(?:\w+ )?(?:bots?|chatbots?|robots?|machines?|computers?|ai)\b"
_HANDED = (
    r"(?:(?:talk|speak|chat|deal)(?:ing)? (?:with|to)"
    r"|(?:connect|transfer|forward|switch|hand|put|pass) (?:me|us|this(?: chat| conversation)?)"
    r"(?: over| through| on| across)?(?: to| with)?"
    r"|(?:connected|transferred|passed on|put through) (?:to|with)"
    r"|escalate(?: this| it)? to|get hold of|(?:get|give) (?:me|us))"
)
_WANTS = re.compile(
    rf"\b{_HANDED} {_SEVERAL}{_PERSON}"
    r"|\breach (?:an?|any|your|one of) (?:\w+ ){0,2}?"
    + _PERSON
    + r"|\breach (?:customer|support)\b"
    rf"|\b{_KIND} (?:humans?|person|agent|rep|people|bloke)\b"
    r"|\b(?:want|need|prefer|like|rather have) (?:an? |some |your )?(?:real |actual |live )?"
    r"(?:human|person|agent|representative|rep|manager|supervisor)\b"
    r"(?! to (?!talk|speak|chat|help|explain))"
    r"|\b(?:can|could|would|may) (?:an? )(?:human|person|agent|rep|representative|colleague)"
    r" (?:please )?(?:look|help|take|check|call|handle|answer|deal|reply|sort)\b"
    r"|\b(?:get|bring in|call|fetch|ask) (?:me )?(?:an?|one of your|your) "
    r"(?:colleagues?|coworkers?|managers?|supervisors?)\b(?!['’]s)"
    r"|\bhuman (?:agent|please|pls|now|help|support)\b"
    rf"|\bput (?:an? |your |the )?{_PERSON} on\b(?! the (?:box|parcel|package|label))"
    r"|^(?:(?:an? |live )?(?:human|agent|representative|operator|person|customer service)[ ,.!?]*)+"
    r"(?:please|pls|plz|now|a real one|thanks)?[ .!?]*$"
    rf"|(?:n't|not|rather not|stop|hate|tired of|sick of) (?:want to |wanna |like )?"
    rf"(?:talk|speak|chat)(?:ing)? (?:to|with) {_BOT}"
    "|(?:转|找|要|接|换|叫|联系|呼叫|连|请(?!问)|给我|来[个位]|让).{0,4}?"
    "(?:人工(?!智能|费|降噪)|真人|活人|客服(?!电话|号码|热线)|专员|(?<!客户)(?<!采购)(?<!项目)经理"
    "|主管(?!道)|负责人)"
    "|(?:找|换|叫|请(?!问)|让|喊)(?:(?:一?个|一?位)?管事的?"
    "|你们?的?(?:管事|领导|老板|上级|当班|值班))"
    "|(?:转|找|叫|派|喊|换)(?:给|一?个|一?位|一下|你们?的?)?(?:当班|值班)(?:的|人员|同事)"
    "|(?:转|转接|换|派|叫|请|让|安排)(?:给|到|一?个|一?位|一下)?(?:你们?的?)?同事(?!帮我[收取拿带])"
    "(?:来(?![取拿收签])|[跟和]我|帮|处理|联系|接手|看一?下|吧|[，。,!！?？]|$)"
    "|(?:转|换|找|叫|派|来|让)(?:个|一个|位)?[活真]?人来?(?:[跟和]我|说|聊|工|讲|谈|沟通|处理|解决|回复|接)"
    "|(?:转|换|叫|来)(?:个|一个|位)[活真]?人来?[吧呀啊吗。！!？?]*$"
    "|有(?:没有)?(?:真人|活人|人工)(?!费|智能|试|降噪)"
    "|^(?:人工(?:客服|服务)?[啊呢吧，,。.！!？?\\s]*)+$|人工(?:客服|服务)?(?:在哪|入口|呢[?？]?$)"
    "|(?:跟|和|与)(?:真人|人工|活人|客服).{0,3}(?:说|聊|谈|讲|对话|沟通)(?!的|过)"
    "|真人客服|人工(?:客服|服务)"
    "|不(?:想|要|愿意?)?再?(?:跟|和|与)(?:你这个|这个|你们的)?(?:机器人?|ai)(?:说|聊|谈|讲|扯|沟通)",
    re.IGNORECASE,
)
_NOT_WANTED = re.compile(
    rf"\b(?:are you|you are|you're|you(?= an? {_KIND})|is this|is that"
    r"|am i (?:talking|speaking|chatting) (?:to|with))"
    rf"(?: an?)?(?: {_KIND})*(?: (?:human(?: being)?|person|agent|bloke|man|woman|people))?"
    r"|\b(?:when|what time|what hours|which hours)\b[^.?!,]*"
    r"|(?:don't|do not|no need|rather not)(?: want| need)?(?: to)? (?:talk|speak|chat)"
    rf"(?: (?:to|with) (?!{_BOT})(?!(?:an?|this|the|your) {_BOT})(?:\w+ ){{0,2}}?{_PERSON})?"
    "|[你您](?:到底)?是(?:不是)?(?:真人|活人|人工|客服)(?:客服)?"
    "|不(?:要|用|想|需要)(?:转|找|联系)?(?:人工|真人|客服)|人工智能"
    "|(?:人工)?客服.{0,3}(?:几点|上班|下班|工作|时间|在吗|在线|电话|热线)"
    "|(?:人工|真人)(?:客服|服务)?.{0,3}(?:几点|上班|下班|工作时间)"
    "|(?:需要|要|用|必须|得)(?:先)?(?:联系|找)(?:你们|一下)?(?:人工)?客服[吗么]"
    "|(?:需不需要|要不要|用不用)(?:先)?(?:联系|找)(?:你们|一下)?(?:人工)?客服"
    "|(?:星期|周|礼拜|节假日|晚上)[^，。]{0,6}(?:真人|人工|客服)[^，。]{0,3}[吗么不]"
    "|找得到(?:人工)?客服|(?:寄|送|发|开)给.{0,5}(?:经理|主管|客服|负责人)"
    "|(?:上次|之前|刚才|昨天|前天|已经)(?:我)?(?:联系|找|问)[了过]?(?:你们)?(?:人工)?客服",
    re.IGNORECASE,
)


def wants_person(text: str) -> bool:
    """Whether somebody asks for a person in so many words; `text` in simplified script."""
    plain = _NOT_WANTED.sub(" ", text.replace("’", "'"))
    return _WANTS.search(plain.strip()) is not None

"""Short wishes that repeat what the bot asked ("cancel it"), and those that refuse it, as data."""

import re

from knowledge.types import Language

_DONE_HERE = "cancel|return|change|update|start|refund|delete|replace|exchange"
_OBJECT = (
    r"(?:it|that|this|them|(?:my|the|this|that|whole|entire|full) ?(?:order|return|address|purchase"
    r"|request|parcel|refund|subscription|account|whole order|entire order|whole thing)"
    r"|everything|all of it)"
)
_TO_END = rf"(?: {_OBJECT}|(?= *(?:[^\w ]|please|thanks|then|now|$)))(?!\w)"
_HAN_DONE_HERE = "取消|退货|退款|退|修改|更改|改|更换|换|删除|注销|提交|申请"
_HAN_TO_END = "(?:掉|一下|吧|了|它|这个|这单|那单|这笔|订单|地址)*"

WISH: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"(?:i (?:do )?(?:want|would like|wish|need) (?:you )?to |id like (?:you )?to |you can"
        r" |you may |(?:can|could) you |lets )?"
        rf"(?P<verb>{_DONE_HERE}|send|ship){_TO_END}"
    ),
    "zh": re.compile(
        "(?:我?(?:要|想|需要|确定|确认|可以|请|麻烦|那|直接|就|帮我|给我|帮忙|把[它这]个?|将[它其]))*"
        f"(?P<verb>{_HAN_DONE_HERE}|寄|发){_HAN_TO_END}"
    ),
}
DENIED_WISH: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"(?:please )?(?:do not|dont|id rather not|i (?:dont|do not) want (?:you )?to|not|never) "
        rf"(?:{_DONE_HERE}){_TO_END}(?: any ?more)?"
    ),
    "zh": re.compile(
        f"(?:我?(?:先|还是|暂时)?(?:不要|不想|不用|别|不))再?(?:{_HAN_DONE_HERE}){_HAN_TO_END}"
    ),
}
"""Nobody refuses to have something sent without wishing to cancel it: that is another matter."""

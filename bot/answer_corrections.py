"""The wordings with which customers put right what they gave or what was understood, as data.

A correction speaks of what was said; what the shop did wrong ("you sent the wrong one", "发错了")
is another matter. Apostrophes are taken out before a text is read.
"""

import re

from knowledge.types import Language

_OPENING = (
    r"(?:^|\b(?:no|nope|sorry|oops|oh|ah|wait|hold on|actually|not that|apologies)[\s,.!:-]+)"
)
_GIVEN = (
    r"(?:one|order(?: number)?|number|digits?|e-?mail(?: address)?|address|phone(?: number)?"
    r"|product|item|date|name|code|account)"
)
_ENGLISH = (
    r"\bi(?: actually| really)? meant\b(?! (?:it|to (?!say|write|type|give))\b)",
    rf"{_OPENING}i mean\b(?! (?:it|business|come on|really|seriously)\b)",
    rf"{_OPENING}(?:thats |that was |its |it was )?(?:the |a )?wrong {_GIVEN}\b"
    r"(?! (?:arrived|came|was|is|has|in)\b)",
    r"\bi(?:ve| have)? (?:just )?(?:gave|given|typed|sent|wrote|written|entered|used|put|copied|had"
    rf"|pasted)(?: you| in)? (?:the|a) wrong {_GIVEN}\b",
    r"^(?:no|nope|sorry|oops|wait|actually)?[\s,.!-]*(?:thats|that is|that was|its|it is|this is)"
    rf" not (?:the (?:right |correct )?{_GIVEN}|my {_GIVEN}|what i (?:meant|said|wrote|typed))\b",
    r"^(?:no|nope|sorry|oops|wait|actually)?[\s,.!-]*(?:that isnt|this isnt|it isnt)"
    rf" (?:the (?:right |correct )?{_GIVEN}|my {_GIVEN}|what i (?:meant|said|wrote|typed))\b",
    r"^(?:no|nope|sorry|oops|wait|actually)?[\s,.!-]*(?:thats not|that is not|that isnt|this isnt)"
    r" (?:it|right|correct)(?:[.,;!-]|$)",
    r"\bactually[\s,]*(?:its|it is|it should be|that should be|make (?:it|that)"
    rf"|(?:my|the) (?:right |correct )?{_GIVEN} is)\b"
    r"(?! (?:been|broken|not|still|already|too|very|fine|ok|okay|great|good|really|quite|pretty"
    r"|never|just|working|a (?:question|problem|gift)))",
    r"^(?:no|nope)[\s,.!-]+(?:its|it is|it should be|the (?:other|second|first|last|right|correct)"
    rf"|(?:my|the) {_GIVEN} is)\b(?! (?:not|fine|ok|okay|good|great|broken|still))",
    rf"^(?:sorry|no|nope|oops|wait|actually)?[\s,.!-]*not (?:that|this) {_GIVEN}\b",
    r"^(?:sorry|no|nope|oops|wait|actually)[\s,.!-]+(?:the|my) other (?:one|order)\b",
    rf"\b(?:its|it is|i mean|thats) (?:the|my) other {_GIVEN}\b",
    rf"\b(?:its|it is|i mean) (?:another|a different) {_GIVEN}\b",
    r"^(?:sorry|no|nope|oops|wait|actually)[\s,.!-]+(?:another|a different|different) order\b",
    r"\bi(?:ve| have)? (?:mistyped|misspelled|misspelt|misread|miswrote|mis-typed)\b",
    r"\bi (?:mixed (?:it|them|that|the numbers) up|made a typo|got (?:it|that|the number) wrong)\b",
    r"^(?:sorry|oops|ah|oh)?[\s,.!-]*(?:that was a |thats a )?(?:typo|correction)\b",
    r"\b(?:that|there|theres|it) (?:was |is |had )?(?:a|my) typo\b",
    r"\b(?:let me|i have to|i need to|id like to) correct"
    rf" (?:that|it|myself|(?:the|my) {_GIVEN})\b",
    r"^(?:sorry|no|nope|wait|oops|ah)[\s,.!-]+(?:make|change) (?:that|it)\b",
    r"\bi said\b.{1,30}\bnot\b",
    r"\bnot\b [\w-]{0,12}\d[\w-]{0,12}[\s,]*(?:but|its|it is|i meant|rather)\b",
    r"\d[\s,]*(?:and )?not [\w-]{0,12}\d",
    r"\d (?:instead of|rather than) [\w -]{0,20}\d",
    r"\bchange (?:it|that) to [\w-]{0,8}\d{4}",
)
_ERRED = "(?:不对|错了|搞错|弄错|说错|写错|打错|输错|填错|记错|看错|给错|报错|抄错|复制错)"
_SLOT = "(?:单号|订单号码?|订单|号码|号|地址|邮箱|手机号码?|手机|电话|数字|名字|商品名|日期)"
_CHINESE = (
    f"^(?:不|哎呀?|啊|抱歉|不好意思|对不起|等等|等一下|等下|诶|哦|额|呃|[，,。.!！\\s])*{_ERRED}"
    "(?!的?(?:商品|货|东西|颜色|款|尺寸|了货)|好?[几多\\d一二两三四五]+次)",
    f"(?:我|刚才|刚刚|前面|上面|那个|{_SLOT})(?:的)?{_SLOT}?(?:是|都|好像|可能|应该是?)?"
    f"(?:刚才|刚刚)?(?:把?{_SLOT})?{_ERRED}(?!的?(?:商品|货|东西|颜色|款))",
    "(?:^|[，,。.!！\\s])(?:不[，,]?|啊)?不是(?:这|那)(?:一)?(?:个|单|笔)(?:订单|单号|号码?|地址)?(?=$|[，,。.!！\\s吧啊呀哦])",
    "(?<![跟和对给])我(?:说|指|要查|要取消|要退|要改|要问|问)的(?:不)?是",
    "我是(?:说|指)",
    "(?:^|[，,。.!！\\s])(?:我)?(?:是|要查的是|查的是|要的是|说的是)(?:另外?(?:一|那)?|别的|其他的?)(?:一)?(?:个|单|笔)",
    "^(?:不|哎呀?|抱歉|不好意思|等等|[，,。.!！\\s])*(?:另外?一|另)(?:个|单|笔)(?:订单)?[。.!！吧啊]*$",
    f"(?:^|[，,。.!！\\s])(?:应该|其实|实际上|正确的?|准确的?){_SLOT}?(?:应该)?是"
    "(?=\\s*(?:[a-z\\d]|另|这[个单]|那[个单]|前|上|下|周|星期|礼拜|昨|今|明|我的))",
    "更正|纠正一?下|手误|手滑|口误",
    f"(?<!\\d)\\d{{5,12}}[\\s,]*(?:是)?{_ERRED}",
    "不是[^是]{0,25}?\\d[^是]{0,12}(?:而)?是.{0,15}?\\d",
    "(?:^|[，,\\s])(?:而)?是.{0,15}?\\d[^不]{0,12}不是",
)
CORRECTS: dict[Language, re.Pattern[str]] = {
    "en": re.compile("|".join(_ENGLISH)),
    "zh": re.compile("|".join((*_ENGLISH, *_CHINESE))),
}

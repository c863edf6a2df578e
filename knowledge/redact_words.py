"""Personal data that is written in words: names where they are announced, and street addresses.

A name alone in a sentence cannot be told from a product or a place, so only names after a phrase
that announces one are found.
"""

import re
from collections.abc import Iterator

Bounds = tuple[int, int]

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]{1,20}"
_FULL_NAME = rf"{_CAPITAL}(?:\s(?:[A-Z]\.\s)?{_CAPITAL}){{0,2}}"
_TWO_NAMES = rf"{_CAPITAL}\s(?:[A-Z]\.\s)?{_CAPITAL}(?:\s{_CAPITAL})?"
_NOT_NAMES = re.compile(
    "a|again|all|also|an|and|another|anyone|are|at|back|but|call|calling|can|cancelled|"
    "correct|customer|details|dear|do|everyone|folks|for|from|guys|here|i|if|in|incorrect|is|"
    "it|just|madam|misspelled|mr|mrs|ms|mister|my|no|not|now|of|ok|okay|on|or|please|really|"
    "regarding|same|sir|so|sorry|spelled|spelt|still|support|team|thank|thanks|that|the|there|"
    "this|to|today|too|very|was|we|what|when|where|which|who|why|wrong|yes|you|your|with",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    rf"(?i:\b(?:my|his|her|full|last|first)\s(?:full\s|last\s|first\s)?name(?:\sis|'s|:)\s)"
    rf"(?P<any>[^\W\d_][\w'’-]{{1,20}}(?:\s[^\W\d_][\w'’-]{{1,20}}){{0,2}})"
    rf"|(?:^|(?<=[.,;!?\n]\s)|(?<=[.,;!?\n])|(?<=and\s))(?i:name(?:\son\s(?:the\s|my\s)?(?:account|order|card))?(?:\sis|:)\s)(?P<named>{_FULL_NAME})"
    rf"|(?i:\b(?:i'm|i’m|i\sam|im)\s)(?P<am>{_TWO_NAMES})"
    rf"|(?i:\bthis\sis\s)(?P<caller>{_FULL_NAME})(?=\s(?:speaking|calling|here|from|again)\b)"
    rf"|(?i:\b(?:under|speaking\sto|speaking\swith|addressed\sto)\s(?:the\sname\s(?:of\s)?)?)"
    rf"(?P<under>{_TWO_NAMES})"
    rf"|\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s(?P<titled>{_FULL_NAME})"
    rf"|(?:^|(?<=[.!?]\s))(?i:hi|hello|hey|dear|good\s(?:morning|afternoon|evening))\s(?P<greeted>{_FULL_NAME})(?=\s?[,!.])"
    rf"|(?i:\b(?:regards|sincerely|faithfully|cheers)),?\s{{1,3}}(?P<signed>{_FULL_NAME})",
)
_ANNOUNCER = re.compile(
    r"name|\b(?:i'm|i’m|i am|im|this is|under|speaking|addressed|mrs?|ms|miss|dr|prof|hi|hello|hey"
    r"|dear|good|regards|sincerely|faithfully|cheers)\b",
    re.IGNORECASE,
)

_SURNAME = (
    "(?:欧阳|司马|上官|诸葛|尉迟|皇甫|夏侯|东方|慕容|令狐|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚"
    "邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘"
    "祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁房蒲滕屈饶解牟"
    "艾尤阳穆农司卓古吉缪简车项芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬"
    "仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝])"
)
_GIVEN = (
    "[\u4e00-\u9fff](?:(?![想要来的是在有买能住打给下订收手电请会不了问也和就先生女士小姐])"
    "[\u4e00-\u9fff])?"
)
_CHINESE_NAME = re.compile(
    rf"(?:我叫|名字是|名字叫|(?:姓名|收件人|收货人|联系人|联系人姓名)(?:是|为|：|:|\s)\s?)"
    rf"(?P<announced>{_SURNAME}{_GIVEN}|[小阿老][\u4e00-\u9fff])"
    rf"|(?:我是|我姓|好的|您好|谢谢|[，。,!！？\s]|^)(?P<titled>{_SURNAME}[\u4e00-\u9fff]{{0,2}}?)(?=先生|女士|小姐)"
    rf"|我姓(?P<surname>{_SURNAME})"
)

_CLEAR_STREETS = "street|avenue|ave|boulevard|blvd|road|rd|lane|highway|hwy|parkway|pkwy|marg|nagar"
_OTHER_STREETS = "drive|dr|court|ct|place|pl|terrace|square|sq|circle|cir|trail|crescent|way|st|ln"
_NOT_IN_STREETS = (
    "(?!(?:a|an|and|are|at|by|days?|down|for|from|has|have|hours?|i|in|is|it|items?|kms?|miles?"
    "|minutes?|more|my|of|off|on|or|orders?|per|the|this|times?|to|was|weeks?|were|with|you|your"
    r"|out|away|across|along|which|that)\b)"
)
_UNIT = (
    r"\b(?:apt|apartment|suite|unit|flat|room|floor|house|plot)\b\.?\s?(?:no\.?\s?|number\s)?#?"
    r"\d{1,5}[a-z]?\b"
)
_TOWN = (
    r"(?:,\s?(?-i:[A-Z][\w.'-]{1,20}(?:\s[A-Z][\w.'-]{1,20}){0,2})){0,3}"
    r"(?:,?\s(?-i:[A-Z]{2})\b)?(?:,?\s(?:-\s?)?\d{5,6}(?:-\d{4})?\b)?"
)
_ENGLISH_ADDRESS = re.compile(
    rf"(?:{_UNIT},?\s)?(?<![\w.,$€£₹#-])\d{{1,5}}[a-z]?(?:[-/]\d{{1,4}}[a-z]?)?,?\s"
    rf"(?P<street>(?:{_NOT_IN_STREETS}[a-z\d][\w.'-]{{0,20}}\s){{1,3}}(?:(?P<clear>{_CLEAR_STREETS})|{_OTHER_STREETS})\b)\.?"
    rf"(?:,?\s{_UNIT})?{_TOWN}"
    rf"|{_UNIT}{_TOWN}|\bp\.?\s?o\.?\s?box\s\d{{1,6}}\b{_TOWN}",
    re.IGNORECASE,
)

_PROVINCE = (
    "(?:北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    "|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?:省|市|自治区)?"
)
_HOUSE = r"(?:\d{1,5}|[一二三四五六七八九十百]{1,4})(?:[-—]\d{1,4})?"
_ROOM = (
    rf"(?:[\s,，]?(?:[A-Za-z]|{_HOUSE})\s?"
    r"(?:号楼|栋|幢|座|单元|楼|层|室|房|号|弄)){0,5}(?:\s?\d{3,4})?"
)
_ESTATE = "(?:小区|花园|公寓|大厦|广场|家园|新村|苑|城|园|里|庭)"
_CHINESE_ADDRESS = re.compile(
    rf"(?:{_PROVINCE})?(?:[\u4e00-\u9fff]{{1,4}}(?:市|州|地区|盟)\s?)?(?:[\u4e00-\u9fff]{{1,4}}(?:区|县|旗)\s?)?"
    rf"(?:[\u4e00-\u9fff]{{1,4}}(?:镇|乡|街道))?"
    rf"(?:[\u4e00-\u9fff]{{1,6}}?(?:路|街|大道|巷|胡同|弄)\s?{_HOUSE}(?:号|弄)"
    rf"(?:[\u4e00-\u9fff]{{1,8}}?{_ESTATE})?{_ROOM}"
    rf"|[\u4e00-\u9fff]{{2,8}}?{_ESTATE}\s?(?:[A-Za-z]|{_HOUSE})\s?(?:号楼|栋|幢|座|单元){_ROOM}"
    rf"|{_HOUSE}(?:号楼|栋|幢)(?:[\s,，]?{_HOUSE}单元)?[\s,，]?{_HOUSE}室?)"
)
_BEFORE_ADDRESS = re.compile(
    "^(?:.*(?:改成|改为|换成|改到|换到|寄到|送到|发到|寄往|发往|地址是|地址|住在))?"
    "(?:我们|[我你您他她住在家是到寄送的请帮把为])*"
)
_TOLD_ADDRESS = re.compile(
    r"(?i:\b(?:address(?:\s(?:is|to|with):?|:)|address(?=\s\d)|lives?\sat|staying\sat))\s+"
    r"(?P<told>(?=[^.;!?\n]{0,60}\d)(?:\d|[A-Z])(?:(?!\s(?:and|but|for|please|pls)\b)[^.;!?\n]){4,80})"
)


def names(text: str) -> Iterator[Bounds]:
    """Names after a phrase that announces one, without that phrase."""
    if _ANNOUNCER.search(text):
        for match in _ANNOUNCED.finditer(text):
            yield from _english_name(match)
    for match in _CHINESE_NAME.finditer(text):
        yield match.span(match.lastgroup or 0)


def _english_name(match: re.Match[str]) -> Iterator[Bounds]:
    """The words before the first one that cannot belong to a name."""
    group = match.lastgroup or ""
    end = start = match.start(group)
    for word in re.finditer(r"\S+", match[group]):
        if _NOT_NAMES.fullmatch(word[0].rstrip(".,")):
            break
        end = start + word.end()
    if end > start:
        yield start, end


def addresses(text: str) -> Iterator[Bounds]:
    """Street addresses with a house number; a town alone is not personal."""
    for match in _ENGLISH_ADDRESS.finditer(text):
        if _is_street(match):
            yield match.span()
    yield from (match.span("told") for match in _TOLD_ADDRESS.finditer(text))
    for match in _CHINESE_ADDRESS.finditer(text):
        before = _BEFORE_ADDRESS.match(match[0])
        yield match.start() + (before.end() if before else 0), match.end()


def _is_street(match: re.Match[str]) -> bool:
    """Words such as place or way count only where the street's name is capitalised."""
    if match["street"] is None or match["clear"]:
        return True
    return all(word[0].isupper() or word[0].isdigit() for word in match["street"].split())

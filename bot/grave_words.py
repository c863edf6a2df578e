"""Words that give a message to a person at once: self-harm, danger, legal threats. Data.

Words are written in lower case and simplified script, with straight apostrophes. `HARMLESS` is what
sounds like one of them and is none: it is taken out before the words are looked for. When unsure, a
word counts: a person reading too much is better than a bot answering too much.
"""

import re
from typing import Literal

from knowledge.types import Language

Words = dict[Language, tuple[str, ...]]
Grave = Literal["self_harm", "safety", "legal"]


def _listed(en: str, zh: str) -> Words:
    def split(words: str) -> tuple[str, ...]:
        return tuple(" ".join(word.split()) for word in words.split(","))

    return {"en": split(en), "zh": split(zh)}


GRAVE: dict[Grave, Words] = {
    "self_harm": _listed(
        """kill myself, killing myself, end my life, ending my life, end my own life,
        take my own life, end it all, suicide, suicidal, hurt myself, hurting myself, harm myself,
        harming myself, cut myself, cutting myself, self-harm, self harm, don't want to live,
        do not want to live, don't want to be alive, no reason to live, no point in living,
        want to die, wanna die, wish i was dead, wish i were dead, better off dead""",
        """自杀, 自尽, 自残, 自伤, 轻生, 寻死, 想死, 想去死, 死了算了, 不如死了, 不想活, 活不下去,
        活着没意思, 活着没意义, 结束生命, 结束自己的生命, 了结自己, 割腕, 割自己, 划自己,
        砍自己, 伤害自己, 弄伤自己, 撑不下去, 熬不下去, 跳楼""",
    ),
    "safety": _listed(
        """caught fire, catching fire, on fire, burst into flames, in flames, started smoking,
        is smoking, it's smoking, was smoking, smoke coming, smoke came, smoke out of,
        there's smoke, there is smoke, there was smoke, smells like smoke, sparks, sparking,
        burning smell, burnt smell, smell of burning, smells like burning, smells burnt,
        electric shock, electrocuted, shocked me, zapped me, gave me a shock, got a shock from,
        exploded, exploding, swollen battery, battery is swollen, battery swelled,
        battery is swelling, bulging battery, battery is bulging, swollen up, swelled up, is puffy,
        all puffy, got puffy, gone puffy, looks puffy, puffy battery, puffed up, is bloated,
        bloated battery, melted, burned me, burned my, burned a, burned through, burn mark,
        burn marks, burnt my, burnt a, burnt through, scorched, scorch mark,
        cut myself on, hurt myself on, injured""",
        """着火, 着了火, 起火, 烧起来, 冒烟, 冒火, 烧焦, 糊味, 焦味, 触电, 漏电, 电到, 被电了,
        电了一下, 爆炸, 炸了, 炸伤, 鼓包, 鼓起来, 鼓胀, 发鼓, 电池膨胀, 烫黑, 烧黑, 烧糊,
        烧穿, 烫穿, 烫伤, 烧伤, 受伤""",
    ),
    "legal": _listed(
        """lawyer, lawyers, attorney, solicitor, i'll sue, i will sue, going to sue, gonna sue,
        sue you, suing you, sue your, lawsuit, small claims, legal action, legal proceedings,
        take you to court, see you in court, class action, better business bureau, the bbb,
        attorney general, trading standards, consumer protection, chargeback""",
        """律师, 起诉, 诉讼, 法院, 法庭, 打官司, 告你们, 法律途径, 走法律, 12315, 消协, 消保会,
        消基会, 消费者协会, 工商局, 市场监管, 曝光你们, 黑猫投诉""",
    ),
}

_SOMEBODY = (
    r"(?:he|she|they|who|husband|wife|partner|roommate|flatmate|neighbou?rs?|tenant|dad|mom|mum"
    r"|father|mother|brother|sister|son|daughter|people|guests?|someone|somebody|everyone)"
)
_OTHER_SMOKE = (
    r"(?:wild ?fires?|forest fires?|bush ?fires?|cigarettes?|cigars?|tobacco|neighbou?rs?'?|bbq"
    r"|barbecue|grill|outside|outdoors|cooking|frying|campfire|fireplace)"
)
_COOKING = "(?:炒菜|做饭|煮饭|烧菜|烧烤)(?:的时候|时|的|会|有|那种|产生的){0,2}"
HARMLESS: dict[Grave, re.Pattern[str]] = {
    "self_harm": re.compile(
        r"(?:hurt|harm) myself (?:on|lifting|carrying|opening|unpacking)\b"
        r"|cut myself (?:(?:while|when) )?(?:on|opening|unpacking)\b"
        "|(?:电池|电量|续航|耳机|手机)[^，。,!！?？]{0,6}撑不下去"
        "|想死(?:你|我|心|磕)|死机|不想活(?:动|跃)|跳楼(?:价|大?甩卖|促销)"
    ),
    "safety": re.compile(
        r"\bfire (?:tv|tablets?|hd|stick|pit)\b|\bsparks(?:,? (?:nv|nevada)\b| joy)"
        rf"|\b{_SOMEBODY}(?:'s| is| was| are| were)?(?: (?:always|still|started))? smoking"
        rf"|\b(?:there's|there is|there was) smoke\b[^.?!]*\b{_OTHER_SMOKE}\b"
        rf"|\b{_OTHER_SMOKE} smoke\b"
        rf"|\bsmoke (?:coming|came|out of)\b[^.?!]*\b{_OTHER_SMOKE}\b"
        rf"|\b{_OTHER_SMOKE}\b[^.?!]*\bsmoke (?:coming|came)\b"
        r"|\b(?:risk|danger) of (?:an )?electric shock|\bprotect\w* (?:against|from) electric shock"
        "|漏电保护|防(?:漏电|触电|爆炸|烫伤|烧焦|起火)|(?:气|都要?|快要?|心态)炸了|信息爆炸|爆炸(?:头|盐)"
        "|会不会(?:漏电|触电|爆炸|起火|着火|烫伤|鼓包)|会(?:漏电|触电|爆炸|起火|着火|烫伤|鼓包)[吗么]"
        "|(?:森林|山林|山上|隔壁|邻居家?|附近|楼下|对面)(?:着|起)火"
        f"|{_COOKING}(?:冒烟|烧焦|烧糊|烧黑|糊味|焦味)"
    ),
    "legal": re.compile(
        r"\b(?:lawyer|attorney|solicitor)(?:s|'s|s')? office\b"
        "|律师(?:事务)?所|[转预警]告你们|(?:送|寄|发)[到去给][^，。,!！?？]{0,12}(?:法院|法庭)"
        "|法院(?:路|街|附近|对面|旁|门口|宿舍|小区)"
    ),
}

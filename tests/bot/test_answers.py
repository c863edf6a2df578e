"""Short answers: what agrees, refuses, gives up or corrects, and what only looks like it."""

import pytest

from bot.answers import corrects, gives_up, yes_or_no
from knowledge.script import simplified

YES = """yes|Yes.|yes please|yep|Yeah, go ahead|yup|sure|Sure thing!|sure, why not|of course|ok|OK
okay|okay do it|ok, please go ahead|please do|Please do that.|correct|that's correct|that’s right
exactly|y|👍|👍🏽|yes, cancel it|yes please cancel my order|yes go for it, thanks|absolutely|Yesss
yes yes|sounds good|that works for me|confirmed|I confirm|do it|just do it please|go on then|aye
no problem, go ahead|fine by me|I'm sure|uh huh|all right then|k|right, that's the one|by all means
yes I do|looks right to me, thanks|oh yes|hi, yes please|ok 👍|100%|that's fine, thank you"""
NO = """no|No.|nope|nah|no thanks|No, thank you!|don't|please don't|don't do it|no wait|wait|Wait!
stop|hold on|hang on a sec|not yet|not now|no, don't cancel it|don't cancel my order|that's wrong
that's not right|incorrect|no way|i'd rather not|I changed my mind|never mind|n|👎|leave it as it is
keep it|keep my order|ok no|ok, stop|absolutely not|no no no|Nooo|not that one|sorry, no|please wait
no, leave it|I don't want to|better not|not really|actually no|well, no thanks|let me think about it
hmm, no|of course not|no sorry I changed my mind|please don't return it"""
NEITHER = """|yes but change the address first|yes, to 5 Oak Street|where is my order?|ok?|yes?
not sure|I'm not sure|maybe|yes and no|thanks|hello|cancel it|cancel my order|what happens then?
it's TW-240017|no, I meant TW-240018|no, it's the blue one|sure, but how long does that take
yesterday|nobody came|okay so where is it|noted down wrong|right side speaker is dead
stop sending me mails|wait, how much|no idea|no, cancel it|fine print please|I can't|can you call me
yes or no|great, when|correct address|ok cancel it|is that possible|good question
no charger in the box|do it tomorrow|yes if it is free|2|🤔|yes 🤔"""
YES_ZH = """是|是的|是的，谢谢|对|对的|对对对|没错|好|好的|好的呀|好吧|行|行吧|可以|可以的|可以啊|嗯
嗯嗯|恩|确认|确定|我确定|没问题|要|要的|就是这个|是这个|当然|当然可以|继续|继续吧|麻烦了
好的，麻烦你了|办吧|同意|成|好嘞|好滴|ok|OK的|yes|嗯，可以|对，就是它|那就这样办吧|请继续
是的，帮我取消吧|可以，退吧|確認|沒問題|對|就這樣|都行|👍|好的👌|是是是|需要|想|嗯对|没错，就这个
这下对了|都对|嗯，现在对了|这次没错了"""
NO_ZH = """不|不是|不对|不用|不用了|不用了，谢谢|不要|不要了|不行|不可以|不需要|别|先别|等等|等一下
等下|停|别取消|不取消了|先不要取消|算了|还是算了|好的，不用了|嗯，不是|不好|不想|没有|没有了，谢谢
不了|别急|再想想|我再考虑一下|再说吧|不，谢谢|不是这个|不对不对|不同意|no|nope，算了|不退了|先不退了
留着吧|免了|打住|暂时不用|还是不要了|還是算了|不需要了|稍等|慢着|👎|错了|別取消|我改主意了"""
NEITHER_ZH = """是吗|好吗？|可以吗|行不行|对不对|是不是|好的，但是先改地址|是另一个订单
不是 240017，是 240018|取消吧|取消订单|我的订单在哪|谢谢|你好|不确定|不知道|随便问问|可以寄到台湾吗
好看吗|对了，运费多少|要多久|不明白|好麻烦|可是|得了吧|好了|不继续了吗|不太清楚|好像不是|行李箱有吗
要多少钱|是昨天买的|不能开机|没收到|等了三天了|可以的话帮我改地址|确认收货了|是坏的|好慢|对方没送
嗯？|停电了|别的颜色有吗|错误代码|一|中国|成都|可怜|是的，地址是苏州|好的，多少钱|行，那运费呢"""
GIVES_UP = """never mind|Never mind.|nevermind, thanks|nvm|forget it|Forget about it|just forget it
cancel that|stop this|stop it please|drop it|leave it|no need|not needed anymore|don't bother
I changed my mind|actually I changed my mind|no, never mind|maybe later|some other time|skip it
let's leave it there|I give up|abort|it doesn't matter|doesn't matter anymore|I'll do it later
oh never mind|ok forget it|never mind, I found it|sorry, forget it|scrap that|that's enough, thanks
never mind then|no longer needed|I'll figure it out myself|let's stop here|forget I asked|nm
I don't need it anymore|wait, never mind|no thanks, never mind|quit|let it be|not this time
enough"""
GOES_ON = """cancel my order|cancel order TW-240017|cancel it|please cancel|cancel my subscription
I want to cancel|stop my order|stop sending me newsletters|forgot my password|never arrived
never mind the color, where is it?|forget it, I want a person|never mind, I found the number: 240017
no|nope|yes|wait|hold on|I mind the noise|leave it at the door|can I skip a delivery?
no need to hurry|it doesn't work anymore|don't bother me with mails|I changed my address
the stop button is stuck|drop it at my neighbor's|how do I cancel that?|cancel that order
forget it? really?|thanks|later today|what if I change my mind?|is it needed
scrap of paper in the box|quit smoking|exit sign lamp|stop by|you gave up too early
the item is no longer needed, return it|another time zone|enough battery?
can I leave it with the driver|I'll do it, what next|let it charge|skip to the price
doesn't turn on"""
GIVES_UP_ZH = """算了|算了吧|算了，谢谢|那算了|还是算了|不弄了|先不弄了|不办了|不改了|不查了
先不查了|没事了|没事了，谢谢|当我没说|放弃|我放弃了|不麻烦了|不麻烦你了|改天吧|改天再说|下次吧
以后再说|晚点再说|再说吧|不退了|先不改地址了|先这样|先这样吧|就到这吧|我改主意了|改变主意了|不问了
先放着吧|退出|结束吧|别弄了|不用管了|我自己来吧|哎，算了|好吧，算了|嗯算了|回头再说吧|到此为止
不搞了|不用麻烦了|先不用了|不用了，算了|抱歉，算了|算啦|還是算了|先不辦了|我自己处理吧"""
GOES_ON_ZH = """取消订单|取消我的订单|取消|我要取消|帮我取消240017|退货|我想退|算一下运费
算了一下不对|算我倒霉|别给我寄了|不查了吗|停止发邮件|没事吧|下次什么时候有货|以后还能退吗
改天送可以吗|好的|不|不要|不是|等等|放弃保修吗|结束了吗|先这样改地址|不用了还能退吗|再说一遍|晚点送
算了我要人工|算了，订单号是240017|退出登录|没什么声音|别弄坏了|自己来取可以吗|不改地址改电话
不办会员可以吗|谢谢|你好|积分怎么算|多久能到|改主意了可以退吗|到这个地址|怎么结束订阅|回头客有优惠吗
别发了！|先别寄|停止使用|我自己弄坏的|没事了为什么还扣钱|先放着会坏吗|不搞活动吗"""
CORRECTS = """no, I meant order 4417|I meant TW-240018|no I mean 240018|sorry wrong one
wrong number, sorry|that's not the one|that’s not the right order|actually it's 240018
Actually, it's TW-240018|wrong one|no, it's 240018|no, the other one|oops, wrong order|not that one
that's not right, it's 240018|sorry, I gave you the wrong number|I typed the wrong number|I mistyped
I made a typo|typo, 240018|it's TW-240018 not TW-240017|not 240017, I meant 240018
not TW-240017 but TW-240018|correction: 240018|let me correct that|no, make that 240018
it's another order|no, it's a different order|I mixed them up|that isn't the one|that's not my order
no, not that order|wait, wrong address|sorry, I meant the Studio|that's not what I said
I said 240018, not 240017|actually my order number is 240018|I got the number wrong
no, my email is ada@example.com|actually make it Friday|sorry, the other order
I actually meant Monday|oops, that's the wrong e-mail|I have given you the wrong address
no, the second one|sorry, I misread"""
NO_CORRECTION = """I got the wrong item|you sent the wrong one|wrong color arrived
the wrong item was in the box|no|nope|yes|where is my order|what do you mean?|I mean business
is it meant to beep?|what is meant by that|actually it's been two weeks|actually it's broken
it's not working|it's not the first time|not yet|that's not fair|that's not good enough|not happy
no, thanks|wrong|sorry|my order number is 240017|TW-240017|it's TW-240017|I need another one
can I order another one|I want to change my order|the number on the box is 12345
actually, how long does shipping take|no, don't|I was charged the wrong amount
it's not here but I need it|the other earbud is dead|I said I want a refund|not sure
it's for another person|do you have other colors|a different product please|no, it's still not here
no, it's fine|they typed nothing|make it quick|correct|that's correct|is that the one with the cable
which one is the right one|I meant to ask about points"""
CORRECTS_ZH = """不对，是另一个订单|不对|错了|搞错了|我说的是240018|我说的是另一个|是另一个订单
不是这个|不是那个订单|不好意思，写错了|我打错了|单号打错了|输错了，是240018|刚才说错了
抱歉，刚刚写错了|应该是240018|其实是240018|不是 240017，是 240018|不是TW-240017而是TW-240018
是240018，不是240017|我是说另一单|手误，240018|更正一下|另一个|不，另一单|是另外一个
不对不对，是240018|弄错了，是下面那个|地址写错了|邮箱填错了|我指的是Studio|哎呀错了|等等，不对
我给错号码了|订单号不对，是240018|前面的号码错了|我看错了|记错了，是周五|我要查的是另一单
正确的是240018|纠正一下|手滑了|不是这单|不是這個|是另一筆訂單|我說的是Drift|啊不对，是昨天
号码抄错了|报错了单号，抱歉|查的是另外一单"""
NO_CORRECTION_ZH = """发错了|发错货了|你们发错了|寄错了颜色|收到的不对|颜色不对|买错了|拍错了想退|不
不是|不要|不行|好的|没错|是的|订单号是240017|我的订单在哪|对|不是质量问题|是不是这个
这个不是我要的颜色|送错地址了|扣错钱了|价格不对|尺寸不对|还有另一个问题|另一个耳机没声音
别的颜色有吗|我说了要退款|应该怎么退|其实是坏的|不是说好三天到吗|怎么不对劲|密码错误
应该是运送时撞到|你们另一个客服跟我说的不是这个数|输错好几次，登录不了|显示错误|是不是搞活动
不是新的吧|这是另一个人的|我想换一个|再买一个|另外多少钱|数量不对|少了一个|多发了一个|应该多久到
声音不对|味道不对劲|240017|正确的用法|发货发错了怎么办|你们搞活动吗"""


def phrases(block: str) -> list[str]:
    """The phrases of a block, in the form that the bot's rules read."""
    return [simplified(each) for line in block.splitlines() for each in line.split("|")]


def test_there_are_at_least_forty_phrases_each_way() -> None:
    blocks = (YES, NO, NEITHER, GIVES_UP, GOES_ON, CORRECTS, NO_CORRECTION)
    chinese = (YES_ZH, NO_ZH, NEITHER_ZH, GIVES_UP_ZH, GOES_ON_ZH, CORRECTS_ZH, NO_CORRECTION_ZH)
    assert all(len(set(phrases(block))) >= 40 for block in (*blocks, *chinese))


@pytest.mark.parametrize("text", phrases(YES))
def test_english_agrees(text: str) -> None:
    assert yes_or_no(text, "en") is True


@pytest.mark.parametrize("text", phrases(NO))
def test_english_refuses(text: str) -> None:
    assert yes_or_no(text, "en") is False


@pytest.mark.parametrize("text", phrases(NEITHER))
def test_english_that_says_more_or_other_is_no_answer(text: str) -> None:
    assert yes_or_no(text, "en") is None


@pytest.mark.parametrize("text", phrases(YES_ZH))
def test_chinese_agrees(text: str) -> None:
    assert yes_or_no(text, "zh") is True


@pytest.mark.parametrize("text", phrases(NO_ZH))
def test_chinese_refuses(text: str) -> None:
    assert yes_or_no(text, "zh") is False


@pytest.mark.parametrize("text", phrases(NEITHER_ZH))
def test_chinese_that_says_more_or_other_is_no_answer(text: str) -> None:
    assert yes_or_no(text, "zh") is None


@pytest.mark.parametrize(
    ("text", "question", "said"),
    [
        ("cancel it", "Shall I cancel order TW-240019?", True),
        ("Please cancel my order.", "Shall I cancel order TW-240019?", True),
        ("cancel", "Shall I cancel order TW-240019?", True),
        ("yes, I want to cancel it", "Shall I cancel order TW-240019?", True),
        ("cancel it", "Shall I start the return?", None),
        ("don't cancel it", "Shall I cancel order TW-240019?", False),
        ("no, cancel it", "Shall I cancel order TW-240019?", None),
    ],
)
def test_verb_of_the_question_agrees_with_it(text: str, question: str, said: bool | None) -> None:
    assert yes_or_no(text, "en", question) is said


@pytest.mark.parametrize(
    ("text", "question", "said"),
    [
        ("取消吧", "确定要取消订单 TW-204189 吗？", True),
        ("好的，取消吧", "确定要取消订单 TW-204189 吗？", True),
        ("我要取消这个订单", "确定要取消订单 TW-204189 吗？", True),
        ("帮我退掉", "现在帮您申请退货吗？", True),
        ("取消吧", "现在帮您申请退货吗？", None),
        ("别取消", "确定要取消订单 TW-204189 吗？", False),
    ],
)
def test_chinese_verb_of_the_question_agrees(text: str, question: str, said: bool | None) -> None:
    assert yes_or_no(text, "zh", question) is said


@pytest.mark.parametrize("text", phrases(GIVES_UP))
def test_english_gives_up(text: str) -> None:
    assert gives_up(text, "en")


@pytest.mark.parametrize("text", phrases(GOES_ON))
def test_english_that_wants_something_does_not_give_up(text: str) -> None:
    assert not gives_up(text, "en")


@pytest.mark.parametrize("text", phrases(GIVES_UP_ZH))
def test_chinese_gives_up(text: str) -> None:
    assert gives_up(text, "zh")


@pytest.mark.parametrize("text", phrases(GOES_ON_ZH))
def test_chinese_that_wants_something_does_not_give_up(text: str) -> None:
    assert not gives_up(text, "zh")


@pytest.mark.parametrize("text", phrases(CORRECTS))
def test_english_corrects(text: str) -> None:
    assert corrects(text, "en")


@pytest.mark.parametrize("text", phrases(NO_CORRECTION))
def test_english_of_other_mistakes_corrects_nothing(text: str) -> None:
    assert not corrects(text, "en")


@pytest.mark.parametrize("text", phrases(CORRECTS_ZH))
def test_chinese_corrects(text: str) -> None:
    assert corrects(text, "zh")


@pytest.mark.parametrize("text", phrases(NO_CORRECTION_ZH))
def test_chinese_of_other_mistakes_corrects_nothing(text: str) -> None:
    assert not corrects(text, "zh")

import pytest

from bot.followup import leans_on_before
from knowledge.types import Language

FOLLOW_UPS_EN = """
and for headphones?
and for the Murmur Studio?
What about the Tern?
how about express?
And to Alaska?
also for batteries?
same for refurbished ones?
and if the box is open?
but what if I lost the box?
or by express?
and the studio ones?
and how long for refurbished items?
is it the same for gift cards?
does that apply to sale items?
even if it's on sale?
and on weekends?
ok, and for Hawaii?
with a gift card?
without the box?
for the kettle?
to Puerto Rico?
and after 30 days?
batteries too?
the black one?
how long?
And how much?
why?
What if it's faulty?
and without a receipt
or the lamp?
plus a second one?
but only for members?
same with PayPal
and in December?
would that also work abroad
and my second order?
in blue as well?
just for the battery?
and the charging case?
What about opened boxes?
and internationally?
and if I live in Alaska?
how about for the Pebble?
and on a Sunday?
what if I don't have the packaging?
and the battery?
and for a business?
And with express shipping?
or in the tablet's case?
also for accessories?
does this also count for earbuds?
is that for all products?
even the earbuds?
okay and the purifier?
how come?
and a refurbished one?
like what?
such as?
and after the warranty?
what about in winter?
and then?
for both?
the cheaper one?
and its battery?
the same for outlet items?
""".strip().splitlines()

SELF_CONTAINED_EN = """
where is my order?
can I return it?
how much is shipping?
do you have gift cards?
talk to a person
cancel my order
my lamp arrived broken
and where is my refund?
so how do I cancel?
return policy?
promo code not working
shipping to Canada
thanks
ok thank you
so annoying
and thanks for the help
or let me talk to someone
also I want a refund
what about my refund?
hello
is the Lantern waterproof?
battery life of the Murmur
change address please
but I paid already
and I never got an email
my parcel is lost
and it's broken
when will it arrive?
also please cancel TW-204188
but it says delivered
Which cards do you take?
TW-204188
gift wrapping?
warranty on the Drift
how do points work?
for how long is the kettle under warranty?
to return the lamp, what must I do?
refund status
it's broken
and can I pay by card?
is the shop open today?
no thanks
how are you?
for Christ's sake answer me
in the app it shows an error
is my order the same price
I want my money back
who pays for the return label?
hi there
no
yes please
where's my stuff
lamp won't turn on
does the Drift mop too?
still waiting
how do I reset the Tern?
nothing works
and now my lamp doesn't work either
is there a store in Boston?
change my delivery address
So when will I get my refund?
What is the return window?
are you a robot?
the app keeps crashing
I ordered the wrong one
can you help me
but nobody answered me
when does the sale end?
do you price match?
Or can I just cancel it?
any discounts for students?
my discount code is rejected
on what day do you deliver?
can my dad pick it up too?
the wrong color came
good morning
""".strip().splitlines()

FOLLOW_UPS_ZH = """
那耳机呢？
耳机呢
那次日达呢？
新疆呢？
还有电池呢？
如果是翻新的呢？
要是拆封了呢？
那已经打包了呢
平板也一样吗？
充电宝也是吗？
特价商品也行吗
那周末呢？
另外一个呢
那 Murmur Studio 头戴耳机呢？
Tern 的呢？
那台灯的保修呢
国外呢？
那礼品卡可以吗？
翻新机也适用吗？
那如果超过30天呢？
没有盒子的话呢
那用支付宝呢
别的颜色呢？
电池也算吗？
那电池多久？
那内蒙古要多久？
多久？
多少钱呢
为什么？
刚买的呢
西藏也需要吗
那我的呢？
要是坏了
还有西藏
台灯也支持吗
电池都是这样吗
大概几天？
那换个颜色呢
那花呗行吗
那快递费呢？
那 Pebble 呢
水壶呢？
那海南呢，一样吗
那不合适的话呢
买两个呢？
要是没拆呢
那二手的呢？
大的那个呢
还有滤网？
如果超过七天了
会员也有吗？
周六也送吗
那用积分抵的部分呢
那另一款呢？
换成快递柜呢
黑色的也是这个价吗
别的型号也支持吗
那退回来的运费呢
香港呢
然后呢？
比如呢
都要吗？
那赠品呢
除了支付宝呢
如果我在国外
那学生呢
电池坏了也算吗
那耳塞呢？也能退吗
平板的呢
""".strip().splitlines()

SELF_CONTAINED_ZH = """
我的订单呢？
怎么退货呢？
多久能到呢
什么时候发货
还有货吗？
还有优惠吗？
我还没收到呢
还在等呢
运费怎么算
你好
谢谢
那谢谢了
那好吧
那我知道了
那我要退货
那帮我转人工吧
可以退吗？
有没有发票
支持花呗吗？
在吗
人呢？
客服呢
有人吗
为什么还没退款呢
订单号是TW-204188
优惠码用不了
那怎么退款？
积分有什么用呢
我付过钱了呢
退货运费谁付
保修多久
快递到哪了
怎么还没到呢
那你们发什么快递
另外我想改地址
耳机坏了
我也想退货
换成红色可以吗
东西坏了呢
TW-204188
我的退款呢
那转人工
那你们几天发货
还有，运费多少？
还有别的颜色吗
那就这样，再见
屏幕碎了怎么办
台灯能用多久
我要投诉
怎么联系客服
你们几点上班
收到的耳机有杂音
退款什么时候到账
能便宜点吗
帮我改个地址
在哪里看物流
可以开专票吗
密码忘了
谁来管管
那我再等等
还能退吗
地址写错了
那先这样
明天能到吗
这个防水吗
机器人吗你是
我再看看
耳机也太贵了吧
怎么没人理我呢
你们在哪发货呢
买多了能退一个吗
还没发货能取消吗
好的
那算了不退了
那什么时候能修好
如何注销账号
那把订单取消吧
也没人管我
""".strip().splitlines()


@pytest.mark.parametrize("text", FOLLOW_UPS_EN)
def test_english_follow_up_leans_on_the_question_before(text: str) -> None:
    assert leans_on_before(text, "en")


@pytest.mark.parametrize("text", SELF_CONTAINED_EN)
def test_english_message_that_makes_sense_alone_stands_alone(text: str) -> None:
    assert not leans_on_before(text, "en")


@pytest.mark.parametrize("text", FOLLOW_UPS_ZH)
def test_chinese_follow_up_leans_on_the_question_before(text: str) -> None:
    assert leans_on_before(text, "zh")


@pytest.mark.parametrize("text", SELF_CONTAINED_ZH)
def test_chinese_message_that_makes_sense_alone_stands_alone(text: str) -> None:
    assert not leans_on_before(text, "zh")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("and the warranty on the headphones that I bought last year", "en"),
        ("那我上个月在你们店里买的那副头戴耳机的保修呢", "zh"),
    ],
)
def test_long_message_says_itself_what_it_means(text: str, language: Language) -> None:
    assert not leans_on_before(text, language)


@pytest.mark.parametrize("text", ["那 Murmur Studio 头戴耳机呢？", "那 Tern 10 inch 128 GB 的呢"])
def test_latin_product_name_counts_as_few_characters(text: str) -> None:
    assert leans_on_before(text, "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "text", ["", "   ", "?", "👍", "。。。", "\x00", "和" * 5000, "and " * 5000]
)
def test_odd_text_is_no_follow_up(text: str, language: Language) -> None:
    assert not leans_on_before(text, language)

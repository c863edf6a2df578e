"""The phrases in which customers say yes, no or "leave it", as data for `bot.answers`.

A phrase is written in lower case; apostrophes, repeated letters and punctuation do not matter.
"""

from typing import Literal

from knowledge.types import Language

Kind = Literal["yes", "weak", "no", "no_more", "filler"]
"""`weak` agrees where nothing else is said ("ok"), `no_more` refuses by giving up ("forget it"),
`filler` says neither."""


def _listed(kind: Kind, phrases: str) -> dict[str, Kind]:
    return {" ".join(phrase.split()): kind for phrase in phrases.split(",") if phrase.strip()}


ENGLISH: dict[str, Kind] = {
    **_listed(
        "yes",
        """yes, yess, yeah, yeahh, yea, yep, yepp, yup, yah, ya, ye, yas, y, aye, uh huh, mhm,
        mm hmm, sure, sure thing, for sure, sure why not, why not, of course, ofc, certainly,
        definitely, absolutely, totally, indeed, naturally, gladly, correct, that's correct,
        that is correct, this is correct, it's correct, all correct, that's right, that is right,
        thats it right, it's right, you're right, you are right, you got it, exactly, precisely,
        true, that's true, affirmative, confirm, confirmed, i confirm, i can confirm, confirming,
        agreed, i agree, i do, i am, i would, it is, that is, it does, that's the one,
        that is the one, this is the one, that's it, go ahead, please go ahead, go right ahead,
        go for it, go on, do it, do that, do so, do this, please do, please do it, please do that,
        yes do, just do it, let's do it, let's do that, let's do this, let's go, lets go ahead,
        make it so, make it happen, proceed, please proceed, you can proceed, carry on, continue,
        please continue, by all means, sounds good, sounds great, sounds right, sounds good to me,
        looks good, looks right, looks correct, looks good to me, looks right to me, that works,
        that works for me, works for me, that'll work, that's fine, that is fine, this is fine,
        it's fine by me, fine by me, fine with me, i'm fine with that, i'm ok with that,
        i'm okay with that, ok with me, okay with me, i'm sure, i am sure, quite sure, 100% sure,
        100%, very sure, pretty sure, positive, i'm positive, i want that, i do want that,
        i'd like that, i would like that, i'd love that, i'd love to, yes i would, you can, you may,
        you can do that, you can do it, please and thank you, i understand go ahead, approved,
        accepted, i accept, deal, bet, 👍, 👌, ✅, ✔, 💯, 🆗""",
    ),
    **_listed(
        "weak",
        """ok, okay, okey, okie, okie dokie, okey dokey, oki, okk, k, kk, alright, all right, aight,
        right, cool, good, great, perfect, awesome, lovely, excellent, fine, all good, please, pls,
        plz, got it, understood, i see, very well""",
    ),
    **_listed(
        "no",
        """no, nope, noo, nah, nay, naw, n, no way, no no, no sir, no ma'am, no thanks,
        no thank you, no thx, no ty, nope thanks, not really, not yet, not now, not today,
        not at the moment, not right now, not anymore, not any more, not at all, not that one,
        not this one, not that, not this, not correct, not right, don't, do not, don't do it,
        don't do that, do not do that, do not do it, please don't, please do not, don't you dare,
        stop, please stop, stop stop, wait, wait a minute, wait a second, wait a sec, wait a moment,
        wait up, please wait, no wait, wait no, wait wait, hold on, hold up, hold it, hold off,
        hang on, hold on a second, hold on a minute, hold on a sec, hang on a sec, hang on a second,
        hang on a minute, not so fast, incorrect, wrong, that's wrong, that is wrong,
        that's not right, that is not right, that isn't right, that's not correct, that's incorrect,
        that isn't correct, that's not it, it isn't, it's not, it is not, that's not the one,
        i don't, i do not, i don't want that, i do not want that, i don't want to, i do not want to,
        i don't want it, i don't want this, i wouldn't, i'd rather not, i would rather not,
        rather not, better not, preferably not, absolutely not, definitely not, certainly not,
        of course not, hell no, heck no, never, under no circumstances, negative, keep it,
        keep it as it is, keep it as is, keep the order, keep my order, i'll keep it,
        i'd rather keep it, i want to keep it, let me keep it, leave it as it is, leave it as is,
        leave it like that, leave it the way it is, let me think, let me think about it,
        let me check first, let me think again, i need to think about it, i'll think about it,
        i have to think about it, 👎, ❌, ✖, 🙅, ✋, 🛑""",
    ),
    **_listed(
        "no_more",
        """never mind, nevermind, nvm, never mind that, never mind then, never mind about that, nm,
        forget it, forget that, forget this, forget about it, forget about that, just forget it,
        forget i asked, forget i said anything, cancel that, cancel this request,
        cancel the request, stop this, stop that, stop it, stop doing that, stop here, let's stop,
        let's stop here, let's stop this, drop it, drop that, just drop it, let's drop it,
        scrap that, scrap it, scratch that, skip it, skip that, skip this, let's skip it, leave it,
        just leave it, let's leave it, let's leave it there, let's leave it at that, leave that,
        don't bother, please don't bother, no need, no need anymore, no need for that,
        there's no need, not needed, not needed anymore, no longer needed, it's not needed anymore,
        not necessary, it's not necessary, i don't need it anymore, i don't need that anymore,
        i don't need this anymore, i don't need this, i don't need that, doesn't matter,
        it doesn't matter, doesn't matter anymore, not important, it's not important,
        i changed my mind, changed my mind, i've changed my mind, i have changed my mind, i give up,
        giving up, abort, quit, exit, maybe later, later, later maybe, maybe another time,
        another time, some other time, not this time, i'll do it later, i'll do that later,
        i'll come back later, i'll try later, i'll try again later, let's do it later,
        we can do that later, let it be, let it go, that's enough, enough, don't worry about it,
        do not worry about it, all good now, no longer relevant, i'll figure it out,
        i'll figure it out myself, i'll sort it out myself, i'll do it myself,
        i'll handle it myself, undo that, go back, start over""",
    ),
    **_listed(
        "filler",
        """thanks, thank you, thx, ty, tysm, thank you very much, thank you so much, thanks a lot,
        many thanks, cheers, oh, ah, uh, um, umm, uhm, er, hm, hmm, mm, well, so, then, and, just,
        actually, sorry, im sorry, i'm sorry, my bad, apologies, hi, hello, hey, there, now, anyway,
        anyways, for now, for the moment, thanks anyway, thank you anyway, no problem, no worries,
        not a problem, haha, lol, mate, man, dude, buddy, bro, love, dear, wick, sir, madam, miss,
        that's all, i think, i guess, i suppose, i found it, i found it myself, found it, i got it,
        it's ok, it's okay, it's fine, that's ok, that's okay, i'll wait, after all, as i said,
        good bot, really, very much, with that, with it, to that, to it, kindly, immediately,
        right away, right now, asap, quickly, at once, if you can, if possible""",
    ),
}
CHINESE: dict[str, Kind] = {
    **_listed(
        "yes",
        """是, 是是, 对对, 行行, 好好, 要要, 是的, 是啊, 是呀, 是滴, 是哒, 是这个, 是它, 就是,
        就是这个, 就是它, 就它, 就这个, 没错, 没有错, 对, 对的, 对啊, 对呀, 对滴, 对头, 正确, 确认,
        确定, 我确定, 我确认, 肯定, 当然, 当然可以, 当然要, 必须的, 可以, 可以的, 可以啊, 阔以, 可,
        行, 行的, 成, 中, 没问题, 没意见, 同意, 我同意, 要, 要的, 我要, 需要, 想, 愿意, 请继续,
        继续, 继续吧, 请便, 办吧, 弄吧, 搞吧, 来吧, 改吧, 那就办吧, 就这么办, 就这样办, 那就这样,
        就这样, 就这么定了, 就这么着, 照办, 照做, 帮我办, 麻烦办一下, 麻烦帮我办一下, 请办理, 办理,
        办理吧, 帮我弄吧, 都行, 都可以, 正是, 嗯呐, 妥, 准了, 批准, 允许, 提交, 提交吧, 执行, 都对,
        都对了, 这回对了, 这次对了, 这下对了, 现在对了, 这就对了, 这样对了, 这回没错了, 这次没错了,
        这下没错了,
        就照这个办, 按这个来, 那来吧, 👍, 👌, ✅, ✔, 💯, 🆗""",
    ),
    **_listed(
        "weak",
        """好, 好的, 好滴, 好哒, 好嘞, 好咧, 好啊, 好呀, 好吧, 好的呀, 好的呢, 好的好的, 行吧, 行叭,
        得嘞, 得, 嗯, 嗯嗯, 恩, 恩恩, 唔, 嗯哼, 昂, 哎, 诶, 欸, 拜托, 拜托了, 麻烦了, 麻烦你了,
        麻烦您了, 麻烦你, 麻烦您, 有劳了, 辛苦了, 知道了, 明白, 明白了, 了解""",
    ),
    **_listed(
        "no",
        """不, 不不, 不是, 不是的, 不是这个, 不是那个, 不对, 不行, 不可以, 不可, 不好, 不要, 不要了,
        我不要, 不想, 不想了, 我不想, 不愿意, 不同意, 不确认, 不正确, 错, 错了, 不用, 不用了, 不必,
        不必了, 不需要, 不需要了, 不了, 没, 没有, 没有了, 没了, 别, 别了, 先别, 先别弄, 先别办,
        先不要, 先不, 先不用, 不急, 先等等, 先等一下, 先等下, 等等, 等一下, 等下, 等一等, 等会,
        等会儿, 等我一下, 稍等, 慢着, 且慢, 停, 停一下, 停下, 打住, 住手, 别急, 别动, 千万别,
        绝对不行, 当然不, 当然不是, 当然不要, 肯定不, 还没, 还没有, 暂时不用, 暂时不要, 暂时不,
        暂不, 保留, 留着, 留着吧, 我还是留着, 还是留着吧, 还是别了, 还是不要了, 还是不了,
        还是不用了, 我再想想, 再想想, 我想想, 让我想想, 我再考虑一下, 再考虑一下, 我考虑一下,
        考虑一下, 我再考虑考虑, 再看看, 我再看看, 否, 免了, 木有, 达咩, no了, 👎, ❌, ✖, 🙅, ✋,
        🛑""",
    ),
    **_listed(
        "no_more",
        """算了, 算啦, 那算了, 还是算了, 就算了, 先算了, 不弄了, 先不弄了, 不办了, 先不办了, 不搞了,
        先不搞了, 不改了, 先不改了, 不查了, 先不查了, 不问了, 先不问了, 不说了, 先这样, 先这样吧,
        就到这, 就到这吧, 就到这里, 就到这里吧, 到此为止, 当我没说, 当我没问, 没事了, 没事儿了,
        没什么了, 不麻烦了, 不麻烦你了, 不麻烦您了, 放弃, 我放弃, 放弃了, 我放弃了, 不管了,
        不管它了, 改天吧, 改天再说, 改天再弄, 回头再说, 回头再说吧, 下次吧, 下次再说, 下次再说吧,
        以后再说, 以后再说吧, 晚点再说, 晚点再说吧, 再说吧, 再说, 待会再说, 待会儿再说, 之后再说,
        晚点再弄, 先放着, 先放着吧, 先放一放, 先不用了, 先不要了, 我改主意了, 改主意了,
        我改变主意了, 改变主意了, 结束, 结束吧, 退出, 停止, 别弄了, 别办了, 别搞了, 别查了,
        用不着了, 不用管了, 不用弄了, 不用办了, 不用查了, 不用麻烦了, 我自己来, 我自己来吧,
        我自己弄, 我自己弄吧, 我自己处理, 我自己解决""",
    ),
    **_listed(
        "filler",
        """谢谢, 谢谢你, 谢谢您, 谢谢啦, 谢了, 多谢, 感谢, 谢, 请, 那, 那就, 就, 吧, 啊, 呀, 哦,
        哦哦, 噢, 喔, 呃, 额, 哈, 哈哈, 呵呵, 呢, 嘛, 啦, 了, 的, 哟, 哎呀, 唉, 亲, 你好, 您好,
        客服, 小灯, 抱歉, 不好意思, 对不起, 我, 我觉得, 这样, 现在, 马上, 尽快, 快点, 赶紧, 麻烦,
        帮我, 没事, 没关系, 还是, 先, 真的, 已经, 我找到了, 找到了, 我知道了, 谢谢哈, 辛苦,
        辛苦你了, 辛苦您了""",
    ),
}
PHRASES: dict[Language, dict[str, Kind]] = {"en": ENGLISH, "zh": {**ENGLISH, **CHINESE}}
"""Who writes Chinese says "ok" and "yes", too."""

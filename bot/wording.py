"""What rules on the wording alone find in a message: values, a yes or no, second thoughts.

Knows no model; decides nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot import procedure_texts
from bot.answer_clauses import corrects, gives_up, pauses, yes_or_no
from bot.domain import Domain
from bot.slots import SlotContext, SlotValues, read
from bot.stopwatch import Stopwatch
from bot.types import CONFIRM, OFFER, Ask, State, Understanding
from knowledge.language import normalise

_QUESTION = re.compile(
    r"[?？]\s*$|^(?:and |also |so )?(?:how|what|when|where|which|who|why|can|could|do|does|did|is"
    r"|are|will|would|should)\b|吗\W*$|呢\W*$|多少|多久|怎么|什么|几[天个次小]|多长|会不会|能不能"
    "|是不是|要不要|可不可以|行不行|哪[里儿个些]",
    re.IGNORECASE,
)

_OTHER_MATTER = re.compile(
    r"(?:oh |and |but |ok |okay )?(?:by the way|btw|before (?:that|we|i)|hang on|hold on|wait"
    r"|one (?:sec|second|more thing)|quick question|actually,? (?:what|how|do|is|can))\b"
    "|(?:哦|啊|那)?(?:对了|顺便|等[等下一]|先问|再问|另外|话说|请问|问一?下)",
    re.IGNORECASE,
)
"""How another matter begins while words were asked for."""
_ANOTHER = re.compile(
    r"\b(?:another|other|different|second|separate) (?:order|parcel|package|purchase|one)\b"
    "|另一?[个单张笔份]|另外一|别的(?:订单|单子)|其他(?:订单|单子)|(?:第二|还有一)[个单张笔](?:订单|单子)?",
    re.IGNORECASE,
)
"""That a value told or known before is not meant."""
_WISH = re.compile(
    r"\b(?:cancel|return|change|refund|exchange|replace|track|send (?:it )?back|where(?:'s| is))\b"
    "|取消|退货|退款|退掉|换货|更换|修改|改地址|查一?下|到哪",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it was written, at the time it came (ISO 8601)."""

    text: str
    at: str
    watch: Stopwatch

    @property
    def day(self) -> date:
        """The day of the message."""
        return datetime.fromisoformat(self.at).date()


_BESIDE_A_VALUE = re.compile(
    r"\S*[\d@]\S*|\b(?:sure|ok|okay|yes|yeah|yep|hi|here's|here|it's|its|it|is|that's|the|my|this"
    r"|number|order|no|nr|email|e-mail|mail|phone|address|please|you go|of course|think)\b"
    "|订单号?|单号|号码|邮箱|邮件|手机号?|电话|是|好的?|嗯+|行|可以|我的?|这个|给你?|你看|在这里?|呢|哦|啊|的|就",
    re.IGNORECASE,
)
"""What is said beside a value that was asked for, and the value itself where it has digits or @."""


def is_question(text: str) -> bool:
    """Whether a text asks something, by its words or its end."""
    return _QUESTION.search(text) is not None


class Wording:
    """Reads a message of a conversation by rules."""

    def __init__(self, domain: Domain, heard: Heard) -> None:
        self._domain = domain
        self._heard = heard

    def of(self, state: State, text: str, shared: Mapping[str, str]) -> Understanding:
        """What rules alone find in a message: values, a yes or no, second thoughts."""
        language = state.language
        plain = normalise(text)
        found = self.values(state, text)
        asks = is_question(plain)
        another = _ANOTHER.search(plain) is not None
        lent = {} if another else shared
        return Understanding(
            prediction=None,
            slots=self._usable(state, {**lent, **found.values}, asks=asks),
            refused=found.refused,
            given=found.given,
            yes=self._yes(plain, state),
            gives_up=gives_up(plain, language),
            corrects=corrects(plain, language),
            asks=asks,
            wishes=_WISH.search(plain) is not None,
            another=another,
        )

    def _usable(self, state: State, values: Mapping[str, str], *, asks: bool) -> Mapping[str, str]:
        """The values that count: words asked for are no question, and hold no other value."""
        if not self.waits_for_words(state):
            return values
        asked = state.asked or ""
        other = asks or _OTHER_MATTER.match(normalise(self._heard.text)) is not None
        return {} if other or asked not in values else {asked: values[asked]}

    def values(self, state: State, text: str) -> SlotValues:
        """The values in `text`; words asked for are taken as the customer wrote them."""
        context = SlotContext(state.asked, state.language, self._domain.products, self._heard.day)
        said = self._heard.text if self.waits_for_words(state) else text
        return read(said, self._domain.slots, context)

    def _yes(self, plain: str, state: State) -> bool | None:
        if state.asked not in (CONFIRM, OFFER):
            return None
        return yes_or_no(plain, state.language, self._open_question(state))

    def _open_question(self, state: State) -> str:
        """What a yes or no answers to, as it stands in the domain."""
        if state.asked != CONFIRM:
            return ""
        asked = Ask(state.intent or "", CONFIRM, step=state.step or "")
        return procedure_texts.text(asked, self._domain, state.language) or ""

    def replies(self, state: State, text: str) -> bool:
        """Whether a text does nothing but reply to what the bot asked."""
        if is_question(normalise(text)) or pauses(normalise(text)):
            return False
        if state.asked in (CONFIRM, OFFER):
            return self._yes(normalise(text), state) is not None
        return state.asked is not None and state.asked in self.values(state, text).values

    def only_gives(self, state: State, text: str) -> bool:
        """Whether a text is what the bot asked for and nothing more: "Sure: TW-240019"."""
        if not self.replies(state, text) or state.asked in (CONFIRM, OFFER):
            return False
        return re.search(r"\w", _BESIDE_A_VALUE.sub(" ", normalise(text))) is None

    def waits_for_words(self, state: State) -> bool:
        """Whether the customer was asked for free text, which is not to be taken apart."""
        asked = self._domain.slots.get(state.asked or "")
        return asked is not None and asked.type == "text"

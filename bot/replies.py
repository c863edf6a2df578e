"""Put an action into words: templates of the domain and quotes of passages, nothing else."""

from collections.abc import Mapping
from dataclasses import replace

from bot import procedures
from bot.default_messages import Messages
from bot.domain import Domain
from bot.types import (
    CONFIRM,
    OFFER,
    Action,
    Answer,
    Ask,
    Citation,
    Clarify,
    HandOff,
    Option,
    Reply,
    SmallTalk,
    State,
)
from knowledge.script import traditional
from knowledge.types import Hit, Language

LONGEST_LABEL = 80
"""Characters on a button."""


def compose(
    action: Action, state: State, domain: Domain, quotes: Mapping[int, str] | None = None
) -> Reply:
    """Return the reply to `action` in the language of `state`, the state after the action.

    `quotes` holds what is said of a passage, by its id; without it the whole body is.
    """
    words = _Words(state, domain)
    language = state.language
    match action:
        case Answer(hits=hits) if hits:
            said = dict(quotes or {})
            text = "\n\n".join(said.get(hit.passage.id, hit.passage.body) for hit in hits)
            reply = Reply(text, action, language, citations=tuple(map(cite, hits)))
        case Clarify(intents=intents, hits=hits):
            text = words.messages.clarify if intents or hits else words.messages.not_known
            reply = Reply(words.filled(text), action, language, options=_options(action, words))
        case Ask():
            reply = Reply(words.question(action), action, language, options=words.choices(action))
        case _:
            reply = Reply(words.filled(words.template(action)), action, language)
    return words.with_open_question(reply)


def in_script(reply: Reply, state: State) -> Reply:
    """The reply in the script in which the customer writes Chinese."""
    if reply.language != "zh" or state.script != "traditional":
        return reply
    options = tuple(Option(traditional(o.label), traditional(o.value)) for o in reply.options)
    return replace(reply, text=traditional(reply.text), options=options)


def cite(hit: Hit) -> Citation:
    """Name the source of a quoted passage."""
    passage = hit.passage
    return Citation(passage.id, passage.title, passage.source, hit.score)


def back_to_bot(language: Language, domain: Domain) -> Reply:
    """Return what the bot says when the customer waits for a person no longer."""
    text = domain.fill(domain.messages[language].back_to_bot, language, {})
    return Reply(text, SmallTalk("back_to_bot"), language)


def welcome(language: Language, domain: Domain) -> Reply:
    """Return what the bot says first."""
    text = domain.fill(domain.messages[language].welcome, language, {})
    return Reply(text, SmallTalk("welcome"), language)


class _Words:
    """The texts of a domain for one state."""

    def __init__(self, state: State, domain: Domain) -> None:
        self.state = state
        self.domain = domain
        self.language = state.language
        self.messages: Messages = domain.messages[state.language]

    def filled(self, text: str, **more: str) -> str:
        """`text` with its braces filled with all that is known."""
        values = {**procedures.known(self.state), **more}
        return self.domain.fill(text, self.language, values)

    def template(self, action: Action) -> str:
        """What a template says for anything but a question or a quote."""
        told = procedures.text(action, self.domain, self.language)
        if told:
            return told
        match action:
            case SmallTalk(intent="stopped"):
                return self.messages.stopped
            case SmallTalk(intent="declined"):
                return self.messages.declined
            case HandOff():
                return self._hand_off(action)
            case Answer(intent=name) | SmallTalk(intent=name) if name:
                return self.domain.intents[name].reply[self.language]
            case _:
                return self.messages.not_known

    def question(self, action: Ask) -> str:
        """The question for a slot, a confirmation or an offer; what was wrong comes first."""
        told = procedures.text(action, self.domain, self.language)
        if action.slot == OFFER:
            return self._offer()
        if action.slot == CONFIRM:
            asked = self.filled(told or "")
            again = self.filled(self.messages.confirm_again)
            return f"{again}\n\n{asked}" if action.again else asked
        if told:
            return self.filled(told)
        slot = self.domain.slots[action.slot]
        refused = {str(problem): texts for problem, texts in slot.refused.items()}
        if action.problem in refused:
            return self.filled(refused[action.problem][self.language], given=action.given)
        if action.again:
            return self.filled(slot.ask_again[self.language])
        return self.filled(slot.ask[self.language]) + self._needs(action)

    def choices(self, action: Ask) -> tuple[Option, ...]:
        """Buttons: a yes or no, or the values of a choice."""
        if action.slot in (CONFIRM, OFFER):
            said = (self.messages.yes, self.messages.no)
            return tuple(Option(each, each) for each in said)
        slot = self.domain.slots[action.slot]
        labels = (listed[self.language][0] for listed in slot.choices.values())
        return tuple(Option(_label(each), each) for each in labels)

    def with_open_question(self, reply: Reply) -> Reply:
        """The reply; after an answer in between, with the question that is still open."""
        asked, action = self.state.asked, reply.action
        if asked is None or isinstance(action, Ask | SmallTalk | HandOff | Clarify):
            return reply
        open_one = Ask(self.state.intent or "", asked, step=self.state.step or "")
        if asked == OFFER:
            question = self._offer()
        else:
            question = self.filled(self.messages.reminder, question=self.question(open_one))
        return replace(reply, text=f"{reply.text}\n\n{question}", options=self.choices(open_one))

    def _offer(self) -> str:
        """Whether to go on with what was kept in mind."""
        name = self.state.pending[0]
        label = self.domain.intents[name].label[self.language]
        return self.filled(self.messages.offer, label=label)

    def _needs(self, action: Ask) -> str:
        """What is still needed besides, spelled out where it is more than one thing."""
        intent = self.domain.intents[action.intent]
        missing = [slot for slot in intent.slots if slot not in self.state.slots]
        labels = [self.domain.slots[slot].label.get(self.language, "") for slot in missing]
        if len(missing) < 2 or not all(labels):
            return ""
        joint = "、" if self.language == "zh" else ", "
        return "\n" + self.filled(self.messages.needs, list=joint.join(labels))

    def _hand_off(self, action: HandOff) -> str:
        intent = self.domain.intents.get(action.intent or "")
        if intent and intent.reply and action.reason == intent.reason:
            return intent.reply[self.language]
        own = getattr(self.messages, f"hand_off_{_TOLD.get(action.reason, action.reason)}", None)
        return own or self.messages.hand_off


_TOLD = {"failed_turns": "failed"}
"""Under which name the messages have what is said for a reason."""


def _options(action: Clarify, words: _Words) -> tuple[Option, ...]:
    values = [words.domain.intents[name].label[words.language] for name in action.intents]
    values += [hit.passage.title for hit in action.hits]
    values += [words.messages.none_of_these] if values else []
    return tuple(Option(_label(value), value) for value in [*values, words.messages.talk_to_person])


def _label(value: str) -> str:
    """What a button shows of its value: a mined question may be as long as its customer liked."""
    return value if len(value) <= LONGEST_LABEL else f"{value[: LONGEST_LABEL - 1].rstrip()}…"

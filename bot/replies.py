"""Put an action into words: templates of the domain and quotes of passages, nothing else."""

from bot.domain import Domain, Messages
from bot.types import (
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
from knowledge.types import Hit, Language

LONGEST_LABEL = 80
"""Characters on a button."""


def compose(action: Action, state: State, domain: Domain) -> Reply:
    """Return the reply to `action` in the language of `state`, the state after the action."""
    language = state.language
    messages = domain.messages[language]

    def said(text: str) -> str:
        return domain.fill(text, language, dict(state.slots))

    match action:
        case Answer(hits=hits) if hits:
            text = "\n\n".join(hit.passage.body for hit in hits)
            return Reply(text, action, language, citations=tuple(map(cite, hits)))
        case Answer(intent=intent) | SmallTalk(intent=intent):
            text = domain.intents[intent].reply[language] if intent else messages.not_known
            return Reply(said(text), action, language)
        case Ask(slot=slot, again=again):
            asked = domain.slots[slot]
            return Reply(
                said((asked.ask_again if again else asked.ask)[language]), action, language
            )
        case Clarify(intents=intents, hits=hits):
            text = messages.clarify if intents or hits else messages.not_known
            return Reply(said(text), action, language, options=_options(action, domain, language))
        case HandOff():
            return Reply(said(_hand_off_text(action, domain, messages, language)), action, language)


def cite(hit: Hit) -> Citation:
    """Name the source of a quoted passage."""
    passage = hit.passage
    return Citation(passage.id, passage.title, passage.source, hit.score)


def _options(action: Clarify, domain: Domain, language: Language) -> tuple[Option, ...]:
    messages = domain.messages[language]
    values = [domain.intents[name].label[language] for name in action.intents]
    values += [hit.passage.title for hit in action.hits]
    values += [messages.none_of_these] if values else []
    return tuple(Option(_label(value), value) for value in [*values, messages.talk_to_person])


def _label(value: str) -> str:
    """What a button shows of its value: a mined question may be as long as its customer liked."""
    return value if len(value) <= LONGEST_LABEL else f"{value[: LONGEST_LABEL - 1].rstrip()}…"


def _hand_off_text(action: HandOff, domain: Domain, messages: Messages, language: Language) -> str:
    intent = domain.intents.get(action.intent or "")
    if action.reason == "intent" and intent and intent.reply:
        return intent.reply[language]
    return messages.hand_off_failed if action.reason == "failed_turns" else messages.hand_off


def back_to_bot(language: Language, domain: Domain) -> Reply:
    """Return what the bot says when the customer waits for a person no longer."""
    text = domain.fill(domain.messages[language].back_to_bot, language, {})
    return Reply(text, SmallTalk("back_to_bot"), language)


def welcome(language: Language, domain: Domain) -> Reply:
    """Return what the bot says first."""
    text = domain.fill(domain.messages[language].welcome, language, {})
    return Reply(text, SmallTalk("welcome"), language)

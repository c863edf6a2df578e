"""What a customer can do on the chat page, as screens, without Gradio."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from bot.settings import Limits
from bot.web.chat_screen import Screen, Visit
from bot.web.chat_visits import Visits, clean, preferred_language
from tests.bot.web.fake_runtime import ANSWERS, FakeRuntime

ADDRESS = "203.0.113.7"


@pytest.fixture
def visits(client: TestClient) -> Visits:
    return Visits(client.app.state.service)


def last(screens: Iterator[Screen]) -> Screen:
    return list(screens)[-1]


def spoken(screen: Screen) -> list[tuple[str, str]]:
    return [(one.role, one.text) for one in screen.messages]


def talk(visits: Visits, *texts: str) -> Screen:
    screen = visits.show(None, "en")
    for text in texts:
        screen = last(visits.say(screen.visit.to_dict(), "en", text, ADDRESS))
    return screen


def test_a_first_look_greets_and_starts_nothing(visits: Visits, runtime: FakeRuntime) -> None:
    before = runtime.conversations()
    screen = visits.show(None, "zh")
    assert screen.visit == Visit("zh")
    assert screen.to_dict()["welcome"] == "您好，我是汐灯的助手小灯。"
    assert screen.to_dict()["starters"] == ["查询订单", "退货"]
    assert runtime.conversations() == before


def test_a_message_is_shown_at_once_and_then_answered(visits: Visits) -> None:
    shown, answered = visits.say(None, "en", " How long? ", ADDRESS)
    values = shown.to_dict()
    assert [one["text"] for one in values["messages"]][-1] == "How long?"
    assert (values["writing"], shown.draft) == (True, "")
    assert spoken(answered)[1:] == [("customer", "How long?"), ("bot", ANSWERS["en"])]
    assert not answered.to_dict()["writing"]


def test_a_conversation_is_kept_over_a_reload(visits: Visits) -> None:
    screen = talk(visits, "hello")
    assert visits.show(screen.visit.to_dict(), "en") == screen


@pytest.mark.parametrize(
    "kept",
    [
        None,
        [],
        "text",
        {},
        {"language": "en"},
        {"language": "xx", "id": "c1", "token": "t"},
        {"language": "en", "id": 5, "token": "t"},
        {"language": "en", "id": "c1", "token": None},
        {"language": "en", "id": "none", "token": "t"},
        {"language": ["en"], "id": "c1", "token": "t"},
    ],
)
def test_whatever_a_browser_sends_back_opens_no_conversation(visits: Visits, kept: object) -> None:
    screen = visits.show(kept, "en")
    assert screen.visit == Visit("en")
    assert screen.messages == ()


def test_another_conversations_token_shows_nothing(visits: Visits) -> None:
    one, other = talk(visits, "hello"), talk(visits, "hello")
    forged = one.visit.to_dict() | {"token": other.visit.token}
    assert visits.show(forged, "en").messages == ()
    assert visits.rate(forged, "en", one.messages[-1].id, 1, ADDRESS).visit.id == ""
    assert visits.back_to_bot(forged, "en", ADDRESS).visit.id == ""


def test_options_are_offered_under_the_last_message_only(visits: Visits) -> None:
    screen = talk(visits, "which one?")
    assert screen.to_dict()["messages"][-1]["options"][1]["value"] == "Return it"
    later = talk(visits, "which one?", "hello").to_dict()["messages"]
    assert not any(one["options"] for one in later)


def test_sources_say_in_words_how_well_they_fit(visits: Visits) -> None:
    sources = talk(visits, "hello").to_dict()["messages"][-1]["sources"]
    assert [one["match"] for one in sources] == ["very good match", "good match"]
    assert set(sources[0]) == {"title", "source", "match"}


def test_answers_can_be_rated_but_no_courtesies(visits: Visits) -> None:
    screen = talk(visits, "thanks", "hello")
    rateable = [(one["role"], one["rateable"]) for one in screen.to_dict()["messages"]]
    assert [role for role, can in rateable if can] == ["bot"]
    assert rateable[-1] == ("bot", True)
    rated = visits.rate(screen.visit.to_dict(), "en", screen.messages[-1].id, -1, ADDRESS)
    assert rated.messages[-1].rating == -1


@pytest.mark.parametrize(
    ("message_id", "rating"), [(None, 1), ("1", 1), (0, 1), (2**70, 1), (10**9, 1), (1, 5)]
)
def test_an_impossible_rating_changes_nothing(
    visits: Visits, message_id: object, rating: object
) -> None:
    screen = talk(visits, "hello")
    assert visits.rate(screen.visit.to_dict(), "en", message_id, rating, ADDRESS) == screen


def test_asking_for_a_person_waits_and_can_be_taken_back(visits: Visits) -> None:
    screen = visits.ask_person(None, "en", ADDRESS)
    assert screen.status == "waiting"
    silent = last(visits.say(screen.visit.to_dict(), "en", "hello?", ADDRESS))
    assert spoken(silent)[-1] == ("customer", "hello?")
    assert visits.back_to_bot(silent.visit.to_dict(), "en", ADDRESS).status == "bot"


def test_no_typing_is_shown_while_a_person_has_the_conversation(visits: Visits) -> None:
    screen = visits.ask_person(None, "en", ADDRESS)
    shown = next(visits.say(screen.visit.to_dict(), "en", "hello?", ADDRESS))
    assert not shown.to_dict()["writing"]


def test_staff_messages_change_what_was_seen(visits: Visits, runtime: FakeRuntime) -> None:
    screen = visits.ask_person(None, "en", ADDRESS)
    runtime.desk.say(screen.visit.id, "Maya", "I am here.")
    later = visits.show(screen.visit.to_dict(), "en")
    assert later.seen != screen.seen
    assert later.to_dict()["messages"][-1]["who"] == "Maya"


def test_a_new_chat_forgets_the_old_one_here_only(visits: Visits, runtime: FakeRuntime) -> None:
    screen = talk(visits, "hello")
    assert visits.new_chat(screen.visit.to_dict(), "zh").visit == Visit("en")
    assert runtime.log.messages(screen.visit.id)


def test_switching_the_language_keeps_the_conversation(visits: Visits) -> None:
    screen = talk(visits, "hello")
    chinese = visits.switch_language(screen.visit.to_dict(), "en")
    assert (chinese.visit.language, chinese.visit.id) == ("zh", screen.visit.id)
    assert chinese.texts.ask_person == "找人工"
    assert visits.switch_language(chinese.visit.to_dict(), "en").visit == screen.visit


def test_a_blank_message_does_nothing(visits: Visits) -> None:
    assert list(visits.say(None, "en", " \n\u200b", ADDRESS)) == []


def test_a_long_message_stays_in_the_box(visits: Visits) -> None:
    (screen,) = visits.say(None, "en", "a" * 4001, ADDRESS)
    assert "4,000" in screen.alert
    assert screen.draft == "a" * 4001


def test_a_quick_customer_is_asked_to_wait(make_client) -> None:
    client = make_client(Limits(messages_per_minute=1))
    visits = Visits(client.app.state.service)
    screen = talk(visits, "one", "two")
    assert "seconds" in screen.alert
    assert screen.draft == "two"
    assert spoken(screen)[-1] == ("bot", ANSWERS["en"])


def test_an_address_that_asks_too_often_is_told_to_wait(make_client) -> None:
    client = make_client(Limits(requests_per_minute=1))
    visits = Visits(client.app.state.service)
    kept = visits.ask_person(None, "en", ADDRESS).visit.to_dict()
    screens = [
        visits.back_to_bot(kept, "en", ADDRESS),
        visits.rate(kept, "en", 1, 1, ADDRESS),
        visits.ask_person(kept, "en", ADDRESS),
    ]
    assert all("seconds" in screen.alert for screen in screens)
    assert {screen.status for screen in screens} == {"waiting"}


def test_a_bot_without_a_release_says_so(visits: Visits, runtime: FakeRuntime) -> None:
    runtime.is_ready = False
    try:
        screen = talk(visits, "hello")
    finally:
        runtime.is_ready = True
    assert screen.alert == screen.texts.not_ready
    again = last(visits.say(screen.visit.to_dict(), "en", "hello", ADDRESS))
    assert again.visit == screen.visit
    assert spoken(again)[1:] == [("customer", "hello"), ("bot", ANSWERS["en"])]


def test_an_unexpected_error_is_logged_and_apologised_for(visits: Visits, caplog) -> None:
    screen = talk(visits, "fail")
    assert screen.alert == screen.texts.failed
    assert screen.draft == "fail"
    assert "could not answer" in caplog.text


def test_control_characters_and_halves_of_characters_are_cleaned_out() -> None:
    assert clean("a\0b\x1bc\td\ne\ud800f ") == "a b c\td\ne?f"


@pytest.mark.parametrize(
    ("header", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("fr, en", "en"), ("de-DE,zh", "zh"), ("", "en")],
)
def test_the_browsers_wish_chooses_the_language(header: str, language: str) -> None:
    assert preferred_language(header) == language

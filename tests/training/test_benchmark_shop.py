"""The sample shop's benchmark on fakes of the models: what counts as right, wrong and neither."""

import json
from pathlib import Path

import pytest

from bot.types import Answer, Call, Clarify, HandOff, Reply
from knowledge.types import Hit
from knowledge.weights import silent
from tests.bot import procedure_shop
from tests.bot.conversations import CALLS, KETTLE, conversation, mind, step, write
from tests.bot.homes import add_release, load_fake_encoders, new_home
from training.benchmarks.shop import main, measure, table, to_dict
from training.benchmarks.shop_bot import ShopBot
from training.benchmarks.shop_figures import Share
from training.benchmarks.shop_judge import judge, not_known
from training.benchmarks.shop_lines import Line, declared_answers

DOMAIN = procedure_shop.domain()
HITS = (Hit(KETTLE, 0.9),)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Test files of a small English shop."""
    utterances = [
        "text,intent",
        "cancel TW-240019,cancel_order",
        "when do you deliver,delivery_time",
        "when do you deliver the kettle,delivery_time",
        "i want out of it,cancel_order",
        "a person please,talk_to_human",
        "sing me a song,oos",
        "deliver me a pizza,oos",
    ]
    follow_ups = [
        ("pronoun", ["hello, is it a lamp?"], "and when do you deliver it?"),
        ("ellipsis", ["please cancel an order"], "TW-240019"),
        ("alone", ["please cancel an order"], "how big is the kettle?"),
    ]
    marks = [{"intent": "delivery_time"}, {"intent": "cancel_order"}, {"evidence": "1.7 litres"}]
    rows = [
        {"language": "en", "kind": kind, "before": before, "message": text, **mark}
        for (kind, before, text), mark in zip(follow_ups, marks, strict=True)
    ]
    shop = tmp_path / "en"
    write(shop, "utterances_test.csv", "\n".join(utterances))
    write(shop, "near_misses_test.csv", "text,intent\nlend me your fridge,oos\n")
    questions = 'question,evidence\nsize of the kettle?,"1.7 litres"\nits color?,"blue"\n'
    write(shop, "questions_test.csv", questions)
    write(shop, "followups_test.jsonl", "\n".join(map(json.dumps, rows)))
    write(shop / "conversations", "orders.toml", CALLS)
    steps = step("thanks", 'action = "small_talk"') + step("bye", 'action = "small_talk"')
    write(shop / "conversations", "a.toml", conversation("one", steps))
    return tmp_path


@pytest.fixture
def shares(data: Path) -> dict[str, Share]:
    bot = ShopBot(mind(), DOMAIN, declared_answers(data), silent)
    return {share.name: share for share in measure(bot, data, "en").shares}


@pytest.mark.parametrize(
    ("name", "count", "n"),
    [
        ("intent, best-ranked", 4, 5),
        ("intent, accepted", 4, 5),
        ("out of scope, not answered", 1, 2),
        ("near misses, not answered", 1, 1),
        ("passage at rank 1", 1, 2),
        ("passage in the top 5", 1, 2),
        ("wrong answers among messages", 1, 9),
        ("utterances wrong by a quote", 1, 5),
        ("of these utterances", 2, 4),
        ("of these questions", 1, 2),
        ("of these steps", 1, 2),
        ("rightly answered without a person", 4, 8),
        ("follow-up, with its context", 2, 2),
        ("follow-up, the message alone", 1, 2),
        ("new topic, with its context", 1, 1),
        ("follow-up, pronoun", 1, 1),
        ("conversations with all steps right", 0, 1),
        ("steps right", 1, 2),
    ],
)
def test_each_figure_counts_what_its_name_says(
    shares: dict[str, Share], name: str, count: int, n: int
) -> None:
    assert (shares[name].count, shares[name].n) == (count, n)


def test_what_was_not_right_is_listed(data: Path) -> None:
    bot = ShopBot(mind(), DOMAIN, {}, silent)
    misses = {(miss.what, miss.text) for miss in measure(bot, data, "en").misses}
    assert ("out of scope", "deliver me a pizza") in misses
    assert ("passage at rank 1", "its color?") in misses
    assert ("one", "bye") in misses


def test_a_language_without_test_files_has_empty_figures(data: Path) -> None:
    bot = ShopBot(mind(), DOMAIN, {}, silent)
    found = measure(bot, data, "zh")
    assert {share.n for share in found.shares} == {0}
    assert {str(share) for share in found.shares} == {"-"}


def test_the_table_has_a_row_for_each_figure_and_a_column_for_each_language(data: Path) -> None:
    bot = ShopBot(mind(), DOMAIN, {}, silent)
    found = {language: measure(bot, data, language) for language in ("en", "zh")}
    rows = list(table(found))
    assert rows[0] == "| what | to reach | en | zh |"
    assert "| near misses, not answered | >= 0.85 | 1.000 [0.207, 1.000], n = 1 | - |" in rows
    assert json.loads(json.dumps(to_dict(found)))["en"]["figures"][0]["n"] == 5


def test_the_champion_of_a_home_is_measured(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    load_fake_encoders(monkeypatch)
    home = new_home(tmp_path / "home")
    arguments = ["shop", "--home", str(tmp_path / "home"), "--data", str(data), "--wrong"]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit, match="expected a trained release, found none"):
        main()
    add_release(home)
    home.close()
    main()
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "| what | to reach | en |"
    assert "near misses: 'lend me your fridge'" not in " ".join(printed)
    assert "intent: 'cancel TW-240019': expected cancel_order, found nothing" in printed


@pytest.mark.parametrize(
    ("action", "intent", "right", "wrong", "settled"),
    [
        (Answer(intent="delivery_time"), "delivery_time", True, False, True),
        (Answer(hits=HITS), "delivery_time", False, True, False),
        (Call("cancel_order", "cancel", 0), "cancel_order", True, False, True),
        (Clarify(("delivery_time",)), "delivery_time", False, False, False),
        (HandOff("failed_turns", "delivery_time"), "delivery_time", False, False, False),
        (HandOff("amount", "cancel_order"), "cancel_order", True, False, False),
        (HandOff("requested"), "talk_to_human", True, False, False),
        (HandOff("mood"), "talk_to_human", False, False, False),
    ],
    ids=repr,
)
def test_a_reply_is_judged_by_the_marked_intent(
    action: Answer | Call | Clarify | HandOff, intent: str, right: bool, wrong: bool, settled: bool
) -> None:
    verdict = judge(Line("?", "en", intent), [Reply("Yes.", action, "en")], DOMAIN)
    assert (verdict.right, verdict.wrong, verdict.settled) == (right, wrong, settled)


@pytest.mark.parametrize(
    ("text", "pieces", "right"),
    [
        ("The kettle holds 1.7 litres.", ("2 days", "1.7 litres"), True),
        ("The kettle holds 1.7 litres.", ("2 days",), False),
        ("The kettle holds 1.7 litres.", (), False),
        ("It is a kettle.", ("1.7 litres",), False),
    ],
)
def test_a_quote_for_an_intent_is_right_when_it_says_the_same_answer(
    text: str, pieces: tuple[str, ...], right: bool
) -> None:
    line = Line("?", "en", "delivery_time", same_answer=pieces)
    verdict = judge(line, [Reply(text, Answer(hits=HITS), "en")], DOMAIN)
    assert (verdict.right, verdict.wrong, verdict.settled) == (right, not right, right)
    assert verdict.quotes


def test_the_same_answer_counts_only_where_a_passage_is_quoted() -> None:
    line = Line("?", "en", "delivery_time", same_answer=("1.7 litres",))
    told = Reply("The kettle holds 1.7 litres.", Answer(intent="thanks"), "en")
    assert judge(line, [told], DOMAIN).wrong


def test_same_answers_count_for_utterances_and_follow_ups_of_their_intent(data: Path) -> None:
    write(data / "en", "same_answer_test.csv", "intent,evidence\ncancel_order,1.7 litres\n")
    follow_up = {"kind": "pronoun", "before": ["hello"], "message": "the kettle, out of it"}
    row = json.dumps({**follow_up, "intent": "cancel_order"})
    write(data / "en", "followups_test.jsonl", row)
    write(data / "en", "utterances_test.csv", "text,intent\nthe kettle,cancel_order\n")
    bot = ShopBot(mind(), DOMAIN, {}, silent)
    shares = {share.name: share for share in measure(bot, data, "en").shares}
    assert shares["utterances wrong by a quote"].count == 0
    assert shares["of these utterances"].count == 1
    assert shares["follow-up, with its context"].count == 1
    assert shares["intent, best-ranked"].count == 0


@pytest.mark.parametrize(
    ("text", "right"),
    [("The kettle holds 1.7 litres.", True), ("It is a kettle.", False)],
)
def test_a_quote_is_right_when_it_also_says_the_marked_words(text: str, right: bool) -> None:
    line = Line("?", "en", evidence="1.7 litres")
    assert judge(line, [Reply(text, Answer(hits=HITS), "en")], DOMAIN).right is right


@pytest.mark.parametrize(
    ("action", "is_not_known"),
    [
        (Clarify(), True),
        (HandOff("failed_turns"), True),
        (HandOff("requested"), False),
        (Answer(hits=HITS), False),
    ],
)
def test_only_asking_back_and_giving_up_count_as_not_known(
    action: Answer | Clarify | HandOff, is_not_known: bool
) -> None:
    assert not_known([Reply("", action, "en")]) is is_not_known

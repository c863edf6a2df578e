"""What is wrong with a procedure or a service shows when the domain is read, in one line."""

import re
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from bot.domain import FILE_NAME, load
from knowledge.errors import DeskmateError
from tests.bot.procedure_shop import CANCEL, LOOK_UP, REASON, SERVICE, SURE, domain, values
from tests.bot.shop import shop, shop_values, texts

PLACE = "intents.cancel_order"


def outcome(**keys: Any) -> dict[str, Any]:
    """The look-up with one outcome more."""
    return {**LOOK_UP, "outcomes": [*LOOK_UP["outcomes"], keys]}


def call(**keys: Any) -> dict[str, Any]:
    return {**CANCEL, "call": {**CANCEL["call"], **keys}}


def problem(folder: Path, given: dict[str, Any]) -> str:
    (folder / FILE_NAME).write_text(tomlkit.dumps(given), encoding="utf-8")
    with pytest.raises(DeskmateError) as caught:
        load(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder / FILE_NAME}: ")


def test_a_procedure_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(tomlkit.dumps(values()), encoding="utf-8")
    assert load(tmp_path) == domain()


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([LOOK_UP, CANCEL], "steps.cancel: expected a confirm step just before POST, found a way"),
        ([CANCEL], "steps.cancel: expected a confirm step just before POST"),
        ([LOOK_UP, SURE, REASON, CANCEL], "steps.cancel: expected a confirm step just before POST"),
        (
            [outcome(when={"status": ["paid"]}, go="cancel"), SURE, CANCEL],
            "steps.cancel: expected a confirm step just before POST",
        ),
        (
            [SURE, outcome(forget=["order_number"], go="cancel"), CANCEL],
            "steps.cancel: expected a confirm step just before POST",
        ),
        ([LOOK_UP, SURE, CANCEL, SURE], ": two steps are called 'sure'; rename one"),
        ([LOOK_UP, SURE], ": nothing follows the confirmation; add the step it is for"),
        (
            [LOOK_UP, {**LOOK_UP, "name": "again", "outcomes": [{"go": "look_up"}]}],
            ": the steps go round without the customer: ",
        ),
        ([LOOK_UP, SURE, call(service="stock")], "steps.cancel: expected a declared service,"),
        ([outcome(go="nowhere")], "steps.look_up: there is no step 'nowhere' to go to"),
        (
            [outcome(when={"paid": ["yes"]})],
            "steps.look_up: 'paid' is tested but not saved; add it to save",
        ),
        ([outcome(forget=["email"])], "steps.look_up: 'email' is forgotten but never asked"),
        (
            [outcome(say=texts("{colour}", "好"))],
            "steps.look_up.outcomes.3.say.en names {colour}; it may name bot, item, order_number,",
        ),
        ([LOOK_UP, SURE, call(path="/orders/{nr}")], "steps.cancel.call names {nr}; it may name"),
        ([LOOK_UP, SURE, call(body={"a": ["{nr}"]})], "steps.cancel.call names {nr}"),
        ([{**LOOK_UP, "save": {"shop": "a"}}], ": saved name 'shop' is taken; choose another"),
        ([{**REASON, "slots": ["age"]}, LOOK_UP], "intent 'cancel_order' needs slot 'age', which"),
    ],
)
def test_a_procedure_that_cannot_work_is_refused(
    tmp_path: Path, steps: list[dict[str, Any]], said: str
) -> None:
    found = problem(tmp_path, values(*steps))
    assert found.removeprefix(f"{PLACE}.").removeprefix(PLACE).startswith(said)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"name": "x"}, "steps.0: step 'x': expected one of slots, confirm, call and say, found"),
        ({**SURE, "say": texts("a", "b")}, "steps.0: step 'sure': expected one of slots, confirm,"),
        ({**SURE, "save": {"a": "b"}}, "steps.0: step 'sure': save belongs to call; take it out"),
        ({"name": "x", "confirm": texts("a", "b")}, "steps.0: step 'x': expected declined beside"),
        ({**REASON, "slots": ["email", "order_number"]}, "steps.0: step 'reason': ask replaces"),
        ({**SURE, "name": "at once"}, "steps.0.name: "),
        (
            outcome(reason="amount", go="x"),
            "steps.0.outcomes.3: expected reason, or forget and go, found both; choose one",
        ),
        (outcome(say=texts("a", "b"), go="x"), "steps.0.outcomes.3: expected go or say, found"),
        (outcome(reason="whim"), "steps.0.outcomes.3.reason: "),
        (
            outcome(wen={"status": ["x"]}),
            "unknown key 'intents.cancel_order.steps.0.outcomes.3.wen'; did you mean",
        ),
        (call(pth="x"), "unknown key 'intents.cancel_order.steps.0.call.pth'; did you mean"),
        (call(path="orders"), "steps.0.call.path: "),
        (call(path="/orders#a"), "steps.0.call.path: "),
        (call(method="GET"), "steps.0.call: expected no body with GET, found one; put it into"),
    ],
)
def test_a_step_that_is_none_is_refused(tmp_path: Path, step: dict[str, Any], said: str) -> None:
    assert problem(tmp_path, values(step)).removeprefix(f"{PLACE}.").startswith(said)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"timeout_s": 11}, "services.orders.timeout_s: "),
        ({"url": "ftp://shop.example"}, "services.orders.url: "),
        ({"down": texts("{order_number}", "好")}, "services.orders.down.en names {order_number}; "),
        ({"down": {}}, "services.orders.down: "),
    ],
)
def test_a_service_that_cannot_work_is_refused(
    tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    given = {**values(), "services": {"orders": {**SERVICE, **changed}}}
    assert problem(tmp_path, given).startswith(said)


@pytest.mark.parametrize("changes", [{"method": "GET", "body": {}}, {"harmless": True}])
def test_what_does_no_harm_needs_no_confirmation(changes: dict[str, Any]) -> None:
    assert domain(LOOK_UP, call(**changes)).intents["cancel_order"].steps


def test_small_talk_has_no_steps_and_an_answer_says_something(tmp_path: Path) -> None:
    small_talk = values(LOOK_UP, kind="small_talk")
    assert "small talk has no steps" in problem(tmp_path, small_talk)
    assert "expected a reply, found none" in problem(tmp_path, values(LOOK_UP, REASON))


@pytest.mark.parametrize(
    ("step", "place"),
    [
        (
            {**SURE, "confirm": texts("Sure?", "确定？"), "declined": {"en": "no"}},
            f"{PLACE}.steps.sure.declined",
        ),
        (outcome(say={"en": "x"}), f"{PLACE}.steps.look_up.outcomes.3.say"),
    ],
)
def test_a_text_of_a_step_missing_in_a_language_is_named(step: dict[str, Any], place: str) -> None:
    made = domain(step, CANCEL if "confirm" in step else LOOK_UP | {"name": "more"})
    made.check_languages(("en",))
    with pytest.raises(DeskmateError, match=rf"{place} has no text in 'zh'"):
        made.check_languages(("en", "zh"))


def test_the_text_of_a_service_missing_in_a_language_is_named() -> None:
    given = {**values(), "services": {"orders": {**SERVICE, "down": {"en": "Out of reach"}}}}
    with pytest.raises(DeskmateError, match=r"services\.orders\.down has no text in 'zh'"):
        shop(given).check_languages(("en", "zh"))


def test_the_example_of_the_page_is_a_procedure() -> None:
    page = (Path(__file__).parents[2] / "bot" / "DOMAIN.md").read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (block,) = [block for block in blocks if "[services.orders]" in block]
    given = tomlkit.parse(block).unwrap()
    example = given["intents"]["cancel_order"]
    made = shop(shop_values(services=given["services"], intents__cancel_order=example))
    assert [step.name for step in made.intents["cancel_order"].steps] == [
        "look_up",
        "sure",
        "cancel",
    ]

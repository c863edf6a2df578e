"""Accounts from the command line; passwords come from standard input, never as arguments."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from bot.audit import Audit
from bot.home import Home
from bot.registry import utc_now
from bot.staff import SignInRefusedError, StaffAccounts
from tests.bot.homes import Deskmate, new_home

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def home(folder: Path) -> None:
    new_home(folder).close()


def add(deskmate: Deskmate, name: str, *words: str) -> None:
    result = deskmate("staff", "add", name, *words, text=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output


def sign_in(folder: Path, name: str, password: str = PASSWORD) -> str:
    with closing(Home.open(folder)) as home:
        return StaffAccounts(home.database, utc_now).sign_in(name, password, "here")


def test_who_is_added_may_sign_in(deskmate: Deskmate, folder: Path) -> None:
    add(deskmate, "mia", "--role", "admin", "--display-name", "Mia Chen")
    assert sign_in(folder, "mia")


def test_the_list_tells_roles_and_who_is_there(deskmate: Deskmate, folder: Path) -> None:
    add(deskmate, "mia", "--role", "admin")
    add(deskmate, "tom")
    sign_in(folder, "tom")
    read = json.loads(deskmate("staff", "list", "--json").stdout)
    assert [(one["name"], one["role"], one["present"]) for one in read] == [
        ("mia", "admin", False),
        ("tom", "agent", True),
    ]
    assert (
        "tom                  agent  tom                  present"
        in deskmate("staff", "list").stdout
    )


def test_an_empty_list_says_what_to_run(deskmate: Deskmate) -> None:
    assert "staff add" in deskmate("staff", "list").stderr


def test_who_is_removed_may_not_sign_in(deskmate: Deskmate, folder: Path) -> None:
    add(deskmate, "mia")
    assert deskmate("staff", "remove", "mia").exit_code == 0
    with pytest.raises(SignInRefusedError):
        sign_in(folder, "mia")


def test_another_password_takes_the_place_of_the_first(deskmate: Deskmate, folder: Path) -> None:
    add(deskmate, "mia")
    result = deskmate("staff", "password", "mia", "--json", text="battery staple\n")
    assert json.loads(result.stdout) == {"changed": "mia"}
    assert sign_in(folder, "mia", "battery staple")
    with pytest.raises(SignInRefusedError):
        sign_in(folder, "mia")


@pytest.mark.parametrize(
    ("words", "text", "told"),
    [
        (("add", "mia"), "short\n", "10 to 200 characters"),
        (("add", "mia chen"), f"{PASSWORD}\n", "expected a name"),
        (("add", "tom"), f"{PASSWORD}\n", "already a 'tom'"),
        (("remove", "nobody"), "", "expected a name of staff"),
        (("password", "nobody"), f"{PASSWORD}\n", "expected a name of staff"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    deskmate: Deskmate, words: tuple[str, ...], text: str, told: str
) -> None:
    add(deskmate, "tom")
    result = deskmate("staff", *words, text=text)
    assert result.exit_code == 1
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_audit_log_keeps_what_the_operator_did(deskmate: Deskmate, folder: Path) -> None:
    add(deskmate, "mia", "--role", "admin")
    deskmate("staff", "password", "mia", text="battery staple\n")
    deskmate("staff", "remove", "mia")
    with closing(Home.open(folder)) as home:
        entries = Audit(home.database, utc_now).entries()
    assert [(one.action, one.target) for one in entries] == [
        ("staff.remove", "mia"),
        ("staff.password", "mia"),
        ("staff.add", "mia"),
    ]

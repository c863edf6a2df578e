"""Accounts and sessions of staff: who gets in, for how long, and what a refusal tells."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from bot import passwords, sign_in_limits
from bot.passwords import PasswordError
from bot.staff import SignInLimitedError, SignInRefusedError, Staff, StaffAccounts, StaffError
from bot.staff_sessions import IDLE
from knowledge.database import Database

pytestmark = pytest.mark.usefixtures("quick_passwords")

PASSWORD = "correct horse"


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

    def __call__(self) -> str:
        return self.now.isoformat(timespec="seconds").replace("+00:00", "Z")

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(database: Database, clock: Clock) -> StaffAccounts:
    accounts = StaffAccounts(database, clock)
    accounts.add("mia", PASSWORD, "admin", "Mia Chen")
    return accounts


def sign_in(accounts: StaffAccounts, name: str = "mia", address: str = "here") -> str:
    return accounts.sign_in(name, PASSWORD, address)


def fail(accounts: StaffAccounts, times: int, name: str = "mia", address: str = "here") -> None:
    for _ in range(times):
        with pytest.raises(SignInRefusedError) as caught:
            accounts.sign_in(name, "wrong password", address)
        assert not isinstance(caught.value, SignInLimitedError)


def test_a_session_tells_whose_it_is(accounts: StaffAccounts) -> None:
    assert accounts.session(sign_in(accounts)) == Staff("mia", "admin", "Mia Chen")


@pytest.mark.parametrize("name", ["MIA", " mia "])
def test_a_name_is_found_in_any_case(accounts: StaffAccounts, name: str) -> None:
    staff = accounts.session(sign_in(accounts, name))
    assert staff
    assert staff.name == "mia"


def test_a_session_says_the_name_as_it_was_added(database: Database, clock: Clock) -> None:
    accounts = StaffAccounts(database, clock)
    accounts.add("李雷", PASSWORD, "agent")
    assert accounts.session(sign_in(accounts, "李雷")) == Staff("李雷", "agent", "李雷")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("mia", "wrong horse"),
        ("nobody", PASSWORD),
        ("mia", ""),
        ("", ""),
        ("mia\0", "\ud800"),
        ("\ud800", ""),
    ],
)
def test_a_refusal_is_the_same_for_a_wrong_name_and_a_wrong_password(
    accounts: StaffAccounts, name: str, password: str
) -> None:
    with pytest.raises(SignInRefusedError, match=r"^the name or the password is wrong$"):
        accounts.sign_in(name, password, "here")


def test_an_unknown_name_costs_as_much_work_as_a_known_one(
    accounts: StaffAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    real = passwords.HASHER

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            checked.append(kept.rsplit("$", 2)[0])  # the algorithm and its parameters
            return real.verify(kept, password)

        hash = staticmethod(real.hash)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    for name in ("mia", "nobody"):
        fail(accounts, 1, name)
    assert len(checked) == 2
    assert checked[0] == checked[1]


def test_a_password_is_the_same_however_its_accents_are_typed(accounts: StaffAccounts) -> None:
    accounts.set_password("mia", "caf\u00e9 au lait")
    assert accounts.sign_in("mia", "cafe\u0301 au lait", "here")


def test_passwords_are_kept_as_argon2id_and_tokens_as_hashes(
    accounts: StaffAccounts, database: Database
) -> None:
    token = sign_in(accounts)
    (kept,) = database.connection.conn.execute("SELECT password_hash FROM staff").fetchone()
    assert kept.startswith("$argon2id$")
    dump = "\n".join(database.connection.conn.iterdump())
    assert token not in dump
    assert PASSWORD not in dump


def test_the_usual_parameters_are_not_weaker_than_those_of_the_rfc() -> None:
    usual = PasswordHasher()
    assert (usual.memory_cost, usual.time_cost) >= (65536, 3)


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_a_bad_password_is_not_taken(accounts: StaffAccounts, password: str) -> None:
    with pytest.raises(PasswordError, match="10 to 200"):
        accounts.add("tom", password, "agent")
    with pytest.raises(PasswordError):
        accounts.set_password("mia", password)
    assert sign_in(accounts)


@pytest.mark.parametrize("name", ["", "mia chen", "<b>", "a" * 41, "../x", "a\nb", "-x"])
def test_a_bad_name_is_not_taken(accounts: StaffAccounts, name: str) -> None:
    with pytest.raises(StaffError, match="expected a name"):
        accounts.add(name, PASSWORD, "agent")


def test_two_names_never_differ_in_case_only(accounts: StaffAccounts) -> None:
    with pytest.raises(StaffError, match="already"):
        accounts.add("Mia", PASSWORD, "agent")


def test_a_session_ends_after_its_hours_however_busy(accounts: StaffAccounts, clock: Clock) -> None:
    token = sign_in(accounts)
    for _ in range(11):
        clock.pass_(hours=1)
        accounts.seen(token)
    assert accounts.session(token)
    clock.pass_(hours=1)
    assert accounts.session(token) is None


def test_the_hours_are_those_of_the_settings_now(database: Database, clock: Clock) -> None:
    hours = [1]
    accounts = StaffAccounts(database, clock, lambda: hours[0])
    accounts.add("mia", PASSWORD, "admin")
    first = sign_in(accounts)
    hours[0] = 2
    second = sign_in(accounts)
    clock.pass_(minutes=90)
    assert accounts.session(first) is None
    assert accounts.session(second)


def test_a_session_ends_when_its_browser_is_gone(accounts: StaffAccounts, clock: Clock) -> None:
    token = sign_in(accounts)
    clock.pass_(seconds=IDLE.total_seconds())
    assert accounts.session(token) is None
    accounts.seen(token)
    assert accounts.session(token) is None


def test_signing_out_ends_one_session(accounts: StaffAccounts) -> None:
    one, other = sign_in(accounts), sign_in(accounts)
    accounts.sign_out(one)
    assert accounts.session(one) is None
    assert accounts.session(other)


def test_revoking_ends_all_sessions_of_one_person(accounts: StaffAccounts) -> None:
    accounts.add("tom", PASSWORD, "agent")
    tokens, others = [sign_in(accounts), sign_in(accounts)], sign_in(accounts, "tom")
    accounts.revoke("mia")
    assert [accounts.session(token) for token in tokens] == [None, None]
    assert accounts.session(others)


def test_another_password_ends_the_sessions(accounts: StaffAccounts) -> None:
    token = sign_in(accounts)
    accounts.set_password("mia", "battery staple")
    assert accounts.session(token) is None
    with pytest.raises(SignInRefusedError):
        sign_in(accounts)
    assert accounts.sign_in("mia", "battery staple", "here")


def test_who_is_removed_is_out_at_once(accounts: StaffAccounts) -> None:
    accounts.add("tom", PASSWORD, "agent")
    token = sign_in(accounts, "tom")
    accounts.remove("Tom")
    assert accounts.session(token) is None
    assert [one.name for one in accounts.list()] == ["mia"]


def test_a_role_changes_in_open_sessions(accounts: StaffAccounts) -> None:
    accounts.add("tom", PASSWORD, "agent")
    token = sign_in(accounts, "tom")
    accounts.set_role("tom", "admin")
    staff = accounts.session(token)
    assert staff
    assert staff.role == "admin"


def test_the_last_admin_stays_while_there_are_agents(accounts: StaffAccounts) -> None:
    accounts.add("tom", PASSWORD, "agent")
    for change in (accounts.remove, lambda name: accounts.set_role(name, "agent")):
        with pytest.raises(StaffError, match="last admin"):
            change("mia")
    accounts.set_role("tom", "admin")
    accounts.remove("mia")
    accounts.remove("tom")
    assert accounts.list() == []


@pytest.mark.parametrize("change", ["find", "remove", "revoke"])
def test_a_name_that_is_not_there_is_told(accounts: StaffAccounts, change: str) -> None:
    with pytest.raises(StaffError, match="staff list"):
        getattr(accounts, change)("nobody")


def test_present_are_those_seen_lately(accounts: StaffAccounts, clock: Clock) -> None:
    accounts.add("tom", PASSWORD, "agent")
    mia, tom = sign_in(accounts), sign_in(accounts, "tom")
    assert [one.name for one in accounts.present()] == ["mia", "tom"]
    clock.pass_(seconds=100)
    accounts.seen(tom)
    clock.pass_(seconds=100)
    assert [one.name for one in accounts.present()] == ["tom"]
    accounts.sign_out(tom)
    assert accounts.present() == []
    accounts.seen(mia)
    assert [one.name for one in accounts.present()] == ["mia"]


@pytest.mark.parametrize("name", ["mia", "nobody"])
def test_failures_of_one_name_are_limited_wherever_they_come_from(
    accounts: StaffAccounts, clock: Clock, name: str
) -> None:
    for number in range(sign_in_limits.PER_NAME):
        fail(accounts, 1, name, f"address {number}")
    with pytest.raises(SignInLimitedError) as caught:
        accounts.sign_in(name, PASSWORD, "elsewhere")
    assert 0 < caught.value.retry_after_s <= sign_in_limits.WINDOW.total_seconds()
    clock.pass_(seconds=caught.value.retry_after_s)
    if name == "mia":
        assert sign_in(accounts)


def test_who_guesses_at_a_name_does_not_lock_out_where_its_owner_signed_in_before(
    accounts: StaffAccounts, clock: Clock
) -> None:
    assert sign_in(accounts, address="office")
    for number in range(sign_in_limits.PER_NAME):
        fail(accounts, 1, address=f"stranger {number}")
    with pytest.raises(SignInLimitedError):
        sign_in(accounts, address="another stranger")
    assert sign_in(accounts, address="office")
    clock.pass_(seconds=sign_in_limits.KNOWN.total_seconds() + 1)
    for number in range(sign_in_limits.PER_NAME):
        fail(accounts, 1, address=f"stranger {number}")
    with pytest.raises(SignInLimitedError):
        sign_in(accounts, address="office")


def test_guesses_from_where_somebody_signed_in_are_limited_too(accounts: StaffAccounts) -> None:
    assert sign_in(accounts, address="office")
    fail(accounts, sign_in_limits.PER_NAME, address="office")
    with pytest.raises(SignInLimitedError):
        sign_in(accounts, address="office")


def test_failures_of_one_address_are_limited_whatever_the_name(accounts: StaffAccounts) -> None:
    for number in range(sign_in_limits.PER_ADDRESS):
        fail(accounts, 1, f"name{number}")
    with pytest.raises(SignInLimitedError):
        sign_in(accounts)
    assert sign_in(accounts, address="elsewhere")


def test_a_limit_outlasts_a_restart(database: Database, clock: Clock) -> None:
    accounts = StaffAccounts(database, clock)
    accounts.add("mia", PASSWORD, "admin")
    fail(accounts, sign_in_limits.PER_NAME)
    with pytest.raises(SignInLimitedError):
        sign_in(StaffAccounts(database, clock))


def test_a_right_password_forgets_the_failures_before(accounts: StaffAccounts) -> None:
    for _ in range(3):
        fail(accounts, sign_in_limits.PER_NAME - 1)
        assert sign_in(accounts)


def test_signing_in_rightly_is_never_limited(accounts: StaffAccounts) -> None:
    for _ in range(sign_in_limits.PER_ADDRESS + 5):
        assert sign_in(accounts)


def test_many_guesses_at_once_do_not_pass_the_limit(accounts: StaffAccounts) -> None:
    refused: list[type] = []

    def guess() -> None:
        try:
            accounts.sign_in("mia", "wrong password", "here")
        except SignInRefusedError as error:
            refused.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused.count(SignInRefusedError) == sign_in_limits.PER_NAME
    assert refused.count(SignInLimitedError) == 20 - sign_in_limits.PER_NAME

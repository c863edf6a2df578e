"""The verbs of staff accounts: staff add, list, remove, password."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bot.shell import json_option, opened, print_json

if TYPE_CHECKING:
    from bot.audit import Audit
    from bot.staff import Role, StaffAccounts

OPERATOR = "operator"
"""Who the audit log names for what is done in the shell."""


@click.group()
def staff() -> None:
    """Manage who may sign in to the staff console.

    Passwords are asked twice, or read as one line from standard input; never given as arguments.

    Example: deskmate --home shop staff add mia --role admin
    """


@staff.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["agent", "admin"]),
    default="agent",
    show_default=True,
    help="Admins may change settings, models and staff, too.",
)
@click.option("--display-name", default="", help="What customers read; default: the name.")
@json_option
@click.pass_context
def add(ctx: click.Context, name: str, role: "Role", display_name: str, as_json: bool) -> None:
    """Make an account.

    Example: deskmate --home shop staff add mia --role admin --display-name "Mia Chen"
    """
    accounts, audit = _accounts(ctx)
    person = accounts.add(name, _password(name), role, display_name)
    audit.note(OPERATOR, "staff.add", person.name, role)
    _tell(asdict(person), f"{person.name} may sign in as {person.role}", as_json)


@staff.command("list")
@json_option
@click.pass_context
def list_staff(ctx: click.Context, as_json: bool) -> None:
    """List the accounts, and who is there now.

    Example: deskmate --home shop staff list --json
    """
    accounts, _ = _accounts(ctx)
    there = {one.name for one in accounts.present()}
    everybody = accounts.list()
    if as_json:
        print_json([{**asdict(one), "present": one.name in there} for one in everybody])
        return
    for one in everybody:
        state = "present" if one.name in there else ""
        click.echo(f"{one.name:20} {one.role:6} {one.display_name:20} {state}".rstrip())
    if not everybody:
        click.echo("no staff yet; run `deskmate staff add NAME --role admin`", err=True)


@staff.command()
@click.argument("name")
@json_option
@click.pass_context
def remove(ctx: click.Context, name: str, as_json: bool) -> None:
    """Delete an account and sign it out everywhere.

    Example: deskmate --home shop staff remove mia
    """
    accounts, audit = _accounts(ctx)
    person = accounts.find(name)
    accounts.remove(name)
    audit.note(OPERATOR, "staff.remove", person.name)
    _tell({"removed": person.name}, f"{person.name} is removed", as_json)


@staff.command()
@click.argument("name")
@json_option
@click.pass_context
def password(ctx: click.Context, name: str, as_json: bool) -> None:
    """Set another password; open sessions end.

    Example: deskmate --home shop staff password mia
    """
    accounts, audit = _accounts(ctx)
    person = accounts.find(name)
    accounts.set_password(name, _password(name))
    audit.note(OPERATOR, "staff.password", person.name)
    _tell({"changed": person.name}, f"{person.name} has a new password", as_json)


VERBS = (staff,)


def _accounts(ctx: click.Context) -> tuple["StaffAccounts", "Audit"]:
    from bot.audit import Audit
    from bot.registry import utc_now
    from bot.staff import StaffAccounts

    database = opened(ctx).database
    return StaffAccounts(database, utc_now), Audit(database, utc_now)


def _password(name: str) -> str:
    """Ask at a terminal, else read one line."""
    if sys.stdin.isatty():
        asked: str = click.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\r\n")


def _tell(value: dict[str, str], text: str, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        click.echo(text)

"""Make the sample shop's bot: a home, its imports through the usual importers, a first release."""

import secrets
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot import domain, settings
from bot.home import Home
from bot.intake import Kind, Manner, take_in
from bot.registry import utc_now
from bot.settings import Settings
from bot.staff import StaffAccounts
from bot.starter import create_home
from bot.toml_file import change
from knowledge.errors import DeskmateError
from knowledge.types import LANGUAGES, Language, Progress

SHOP = Path(__file__).parent / "shop"

IMPORTS: tuple[tuple[Kind, Manner, tuple[str, ...]], ...] = (
    ("intents", Manner(test=True), ("utterances_test.csv", "near_misses_test.csv")),
    ("intents", Manner(), ("utterances.csv",)),
    ("faq", Manner(test=True), ("questions_test.csv",)),
    ("faq", Manner(questions=True), ("questions.csv",)),
    ("faq", Manner(), ("faq.csv", "faq_variants.csv")),
    ("docs", Manner(), ("documents",)),
    ("dialogues", Manner(), ("dialogues.jsonl",)),
)
"""What is imported for each language: the kind, the manner, the files."""

ERROR_BUDGET = 0.14
"""The shop's utterances to train on are more unlike each other than what customers write, so that
rows held out count more wrong answers than the test sets do: about half of this comes true."""

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Those that nobody takes for another."""

QUESTIONS = (
    "Where is my order TW-240017?",
    "How much is shipping, and how long does delivery take?",
    "And to Hawaii?",
    "Please cancel my order TW-240019.",
    "我的订单 TW-204188 到哪了？",
    "請問運費怎麼算？",
)
"""In an order in which each can be asked: the third leans on the second."""


def prepare(folder: Path, progress: Progress) -> None:
    """Make `folder` the sample shop's home with a release that serves, where it is none yet.

    What an interrupted run left is taken up. Raises DeskmateError when another bot without a
    release lives in `folder`: nothing is mixed into it.
    """
    if not (folder / settings.FILE_NAME).exists():
        create_shop(folder)
    with closing(Home.open(folder)) as home:
        if home.registry.champion() is not None:
            return
        if (folder / domain.FILE_NAME).read_text("utf-8") != _shop_domain():
            raise DeskmateError(
                f"{folder}: expected a home of this demo, found another bot without a release; "
                "give the demo a folder of its own: `deskmate --home .demo demo`"
            )
        from training.retrain import train_home  # brings PyTorch along

        for language in LANGUAGES:
            import_shop(home, language, progress)
        train_home(home, progress)


def create_shop(folder: Path) -> None:
    """Make the shop's home, with nothing imported yet."""
    create_home(folder, LANGUAGES, _shop_domain())
    change(folder / settings.FILE_NAME, Settings, {"bot.error_budget": ERROR_BUDGET})


def import_shop(home: Home, language: Language, progress: Progress) -> None:
    """Import the shop's files of one language; what is there already stays as it is."""
    for kind, manner, names in IMPORTS:
        paths = [SHOP / language / name for name in names]
        take_in(home, kind, paths, replace(manner, language=language, strict=True), progress)


def staff_hint(home: Home) -> str:
    """Say how to sign in as staff; where nobody can, an admin is made and its password told."""
    accounts = StaffAccounts(home.database, utc_now)
    if accounts.list():
        return f"forgotten the password? deskmate --home {home.folder} staff password admin"
    groups = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    password = "-".join(groups)
    accounts.add("admin", password, "admin", "Alex")
    return f"name: admin   password: {password}   (shown only this once)"


def welcome(address: str, staff: str) -> str:
    """Say where the demo is, how staff sign in, and what one may ask, one after the other."""
    questions = "\n".join(f"  {question}" for question in QUESTIONS)
    return (
        f"The demo is ready: {address}   (a shop with the chat bubble; stop: Ctrl+C)\n"
        f"The chat page by itself: {address}/chat\n"
        f"Answer as staff: {address}/staff\n  {staff}\n"
        f"Ask it one after the other, for example:\n{questions}"
    )


def _shop_domain() -> str:
    return (SHOP / domain.FILE_NAME).read_text("utf-8")

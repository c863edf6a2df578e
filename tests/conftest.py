"""What holds for all tests: no model hub is asked, and no bot of the operator's is touched."""

import os
from pathlib import Path

import pytest

# Before anything imports the hub's client, which reads it once.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.pop("DESKMATE_HOME", None)


@pytest.fixture(scope="session")
def trained_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample shop's home with a first release of the fast preset; tests work on copies."""
    from bot.demo.run import SHOP, import_shop
    from bot.domain import FILE_NAME
    from bot.home import Home
    from bot.starter import create_home
    from knowledge.types import LANGUAGES
    from knowledge.weights import silent
    from training.retrain import train_home

    folder = tmp_path_factory.mktemp("trained") / "shop"
    create_home(folder, LANGUAGES, (SHOP / FILE_NAME).read_text("utf-8"))
    settings = folder / "deskmate.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('preset = "full"', 'preset = "fast"'), "utf-8")
    home = Home.open(folder)
    for language in LANGUAGES:
        import_shop(home, language, silent)
    train_home(home, silent)
    home.close()
    return folder

"""The doctor: each thing that can be wrong is found and told with its remedy."""

from contextlib import closing
from pathlib import Path

import pytest

from bot import doctor, domain, settings
from bot.courier import TRIES
from bot.doctor import Finding, examine
from bot.home import Home
from bot.indexing import index_path, parts_path
from bot.outgoing import SECRET_VARIABLE
from bot.outgoing_rows import Targets
from knowledge.catalogue import CATALOGUE
from knowledge.types import Example
from tests.bot.homes import Deskmate, add_faq, add_release, new_home


def _found(folder: Path, name: str) -> Finding:
    (finding,) = [one for one in examine(folder) if one.name == name]
    return finding


def _problems(folder: Path) -> list[str]:
    return [one.name for one in examine(folder) if one.state == "problem"]


@pytest.fixture
def home(folder: Path) -> Path:
    """A home with a question, a release and its index."""
    with closing(new_home(folder)) as home:
        add_faq(home)
        add_release(home)
    return folder


def test_an_absent_home_is_the_only_problem(tmp_path: Path) -> None:
    assert _problems(tmp_path / "nowhere") == ["home"]
    assert "deskmate init" in _found(tmp_path / "nowhere", "home").text


@pytest.mark.usefixtures("fake_encoder")
def test_a_sound_home_has_no_problem(home: Path, deskmate: Deskmate) -> None:
    deskmate("index")
    assert _problems(home) == []
    assert _found(home, "index en") == Finding(
        "index en", "ok", "1 passages, 1 sentences, up to date"
    )
    assert "1 approved passages" in _found(home, "database").text
    assert "r0001" in _found(home, "releases").text


def test_an_index_that_is_missing_is_a_note(home: Path) -> None:
    assert _found(home, "index en").state == "note"


@pytest.mark.usefixtures("fake_encoder")
def test_an_index_that_is_torn_or_behind_is_a_note(home: Path, deskmate: Deskmate) -> None:
    deskmate("index")
    with closing(Home.open(home)) as opened:
        add_faq(opened, "Another question?")
        release = opened.registry.releases()[0].id
    assert "behind" in _found(home, "index en").text
    index_path(home / "index", release, "en").write_bytes(b"torn")
    assert _found(home, "index en").state == "note"


@pytest.mark.usefixtures("fake_encoder")
def test_an_index_of_sentences_that_is_missing_is_a_note(home: Path, deskmate: Deskmate) -> None:
    deskmate("index")
    with closing(Home.open(home)) as opened:
        release = opened.registry.releases()[0].id
    parts_path(index_path(home / "index", release, "en")).unlink()
    assert _found(home, "index en").state == "note"


def test_a_damaged_database_is_a_problem_and_the_rest_is_still_looked_at(home: Path) -> None:
    (home / "deskmate.db").write_bytes(b"no database" * 1000)
    assert "database" in _problems(home)
    assert _found(home, "releases").state == "ok"


def test_a_broken_setting_is_a_problem(home: Path) -> None:
    (home / settings.FILE_NAME).write_text("[bot]\nlanguages = ['fr']\n")
    assert "settings" in _problems(home)


def test_a_pointer_to_a_release_that_is_gone_is_a_problem(home: Path) -> None:
    (home / "releases" / "champion").write_text("r0099-20260304T101112\n")
    assert "releases" in _problems(home)


def test_intents_with_examples_that_the_domain_lacks_are_named(home: Path) -> None:
    with closing(Home.open(home)) as opened:
        examples = [Example("hi", "greeting", "en"), Example("a poem", "poetry", "en")]
        opened.examples.add(examples, "train", "x.csv")
    finding = _found(home, "intents")
    assert finding.state == "note"
    assert finding.text.startswith("poetry: ")


def test_every_entry_of_the_catalogue_is_listed_with_its_licence(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKMATE_CACHE", str(tmp_path / "cache"))
    texts = [one.text for one in examine(home) if one.name == "weights"]
    for weights in CATALOGUE.values():
        (text,) = [text for text in texts if text.startswith(f"{weights.name} ")]
        assert "not cached" in text
        assert weights.licence in text


def test_a_chosen_encoder_for_research_only_is_a_note(folder: Path) -> None:
    new_home(folder, ("zh",)).close()
    (finding,) = [one for one in examine(folder) if one.text.startswith("m3e-small")]
    assert finding.state == "note"
    assert "training.encoder_zh" in finding.text


def test_a_folder_of_weights_that_is_not_there_is_a_problem(home: Path) -> None:
    (home / settings.FILE_NAME).write_text("[training]\nencoder_zh = '/no/such/folder'\n")
    text = (home / settings.FILE_NAME).read_text() + "[bot]\nlanguages = ['zh']\n"
    (home / settings.FILE_NAME).write_text(text)
    assert any("/no/such/folder" in one.text for one in examine(home) if one.state == "problem")


def test_a_missing_library_of_training_is_a_note(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "TRAINING", ("no-such-package",))
    finding = _found(home, "training")
    assert finding.state == "note"
    assert "deskmate[train]" in finding.text


def test_a_full_disk_is_a_note(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LOW_DISK_BYTES", 10**18)
    assert _found(home, "disk of the home").state == "note"


def test_webhooks_that_do_not_arrive_are_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://crm.example/hook?key=hidden"
    toml = home / settings.FILE_NAME
    toml.write_text(toml.read_text("utf-8").replace("urls = []", f'urls = ["{url}"]'), "utf-8")
    monkeypatch.setenv(SECRET_VARIABLE, "shared")
    with closing(Home.open(home)) as opened:
        targets = Targets(opened.database)
        targets.keep([url])
        assert _found(home, "webhooks").state == "ok"
        for _ in range(TRIES):
            targets.failed(url, "status 503")
    found = _found(home, "webhooks")
    assert (found.state, "status 503" in found.text, "hidden" in found.text) == (
        "note",
        True,
        False,
    )


def test_a_service_without_its_environment_is_a_note(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = """
[services.orders]
url = "${ORDERS_URL}/v1"
headers = { Authorization = "Bearer ${ORDERS_TOKEN}" }
down = { en = "Down", zh = "连不上" }
"""
    with (home / domain.FILE_NAME).open("a", encoding="utf-8") as file:
        file.write(service)
    monkeypatch.delenv("ORDERS_URL", raising=False)
    monkeypatch.setenv("ORDERS_TOKEN", "top-secret")
    found = _found(home, "services")
    assert found.state == "note"
    assert "expected ORDERS_URL in the environment" in found.text
    monkeypatch.setenv("ORDERS_URL", "https://api.shop.example:8443")
    found = _found(home, "services")
    assert found == Finding("services", "ok", "orders: api.shop.example:8443")

"""Import and index from the command line, without and with a release."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from bot.home import Home
from tests.bot.homes import Deskmate, add_release, new_home

FAQ = "question,answer\nHow do I return it?,You have 30 days to send it back.\n"
INTENTS = "text,intent\nwhere is it,order_status\nhello,greeting\n"
DOCUMENT = "# Guide\n\n## Shipping\n\nParcels leave us the same day when ordered before noon.\n"


def _dialogue(number: int) -> str:
    turns = [
        {"role": "customer", "text": f"How long does delivery take{'?' * (number + 1)}"},
        {"role": "agent", "text": "Standard delivery takes 2 to 4 working days in all states."},
    ]
    return json.dumps({"id": f"d{number}", "language": "en", "turns": turns})


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """One file of each kind, by the name of its import."""
    texts = {
        "faq": ("faq.csv", FAQ),
        "intents": ("intents.csv", INTENTS),
        "docs": ("guide.md", DOCUMENT),
        "dialogues": ("old.jsonl", "\n".join(map(_dialogue, range(3)))),
    }
    for name, text in texts.values():
        (tmp_path / name).write_text(text)
    return {kind: tmp_path / name for kind, (name, _) in texts.items()}


@pytest.fixture
def _home(folder: Path) -> None:
    new_home(folder).close()


pytestmark = pytest.mark.usefixtures("_home")


@pytest.mark.parametrize(
    ("kind", "read"), [("faq", 1), ("intents", 2), ("docs", 1), ("dialogues", 3)]
)
def test_each_kind_is_imported_once(
    deskmate: Deskmate, files: dict[str, Path], kind: str, read: int
) -> None:
    first = json.loads(deskmate("import", kind, str(files[kind]), "--json").stdout)["report"]
    again = json.loads(deskmate("import", kind, str(files[kind]), "--json").stdout)["report"]
    assert (first["read"], first["added"], first["unchanged"]) == (read, read, 0)
    assert (again["read"], again["added"], again["unchanged"]) == (read, 0, read)


def test_an_import_without_a_release_says_that_training_does_the_rest(
    deskmate: Deskmate, files: dict[str, Path]
) -> None:
    result = deskmate("import", "dialogues", str(files["dialogues"]))
    assert "3 read, 3 added" in result.stdout
    assert "the next `deskmate train` groups and indexes" in result.stdout


@pytest.mark.usefixtures("fake_encoder")
def test_dialogues_are_grouped_and_indexed_with_the_champion(
    deskmate: Deskmate, files: dict[str, Path], folder: Path
) -> None:
    with closing(Home.open(folder)) as home:
        add_release(home)
    result = deskmate("import", "dialogues", str(files["dialogues"]), "--json")
    taken = json.loads(result.stdout)
    (english,) = taken["curated"]
    assert taken["left_to_training"] is False
    assert english["grouping"]["grouped"] == 3
    assert english["indexed"] == english["passages"] == 1
    with closing(Home.open(folder)) as home:
        assert home.history.pending("en", 10) == []


@pytest.mark.parametrize("kind", ["faq", "intents"])
def test_test_rows_go_into_the_frozen_sets(
    deskmate: Deskmate, files: dict[str, Path], folder: Path, kind: str
) -> None:
    result = deskmate("import", kind, "--test", str(files[kind]))
    assert result.exit_code == 0
    with closing(Home.open(folder)) as home:
        assert home.passages.count() == 0
        assert home.examples.all("train", "en") == []
        frozen = [*home.examples.all("test", "en"), *home.examples.questions("en")]
    assert len(frozen) == (1 if kind == "faq" else 2)


def test_bad_rows_are_listed_and_counted_and_the_rest_is_taken_in(
    deskmate: Deskmate, tmp_path: Path
) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(FAQ + "lonely,\n" * 25)
    result = deskmate("import", "faq", str(path))
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    assert len([line for line in lines if line.startswith("faq.csv:")]) == 20
    assert lines[-1] == "... and 5 more"
    assert "1 added" in result.stdout
    assert "25 unreadable" in result.stdout


def test_a_strict_import_with_a_bad_row_stores_nothing_and_fails(
    deskmate: Deskmate, tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(FAQ + "lonely,\n")
    result = deskmate("import", "faq", str(path), "--strict")
    assert result.exit_code == 1
    assert result.stderr.startswith("faq.csv:3: ")
    assert "\nError: " in result.stderr
    with closing(Home.open(folder)) as home:
        assert home.passages.count() == 0


def test_a_dry_run_stores_nothing(deskmate: Deskmate, files: dict[str, Path], folder: Path) -> None:
    result = deskmate("import", "faq", str(files["faq"]), "--dry-run")
    assert "1 read, nothing stored" in result.stdout
    with closing(Home.open(folder)) as home:
        assert home.passages.count() == 0


def test_a_file_that_is_not_there_is_one_line_and_status_1(deskmate: Deskmate) -> None:
    result = deskmate("import", "faq", "nowhere.csv")
    assert result.exit_code == 1
    assert result.stderr.count("Error: ") == 1
    assert "nowhere.csv" in result.stderr


def test_the_language_given_holds_for_all_rows(
    deskmate: Deskmate, files: dict[str, Path], folder: Path
) -> None:
    deskmate("import", "faq", str(files["faq"]), "--language", "zh")
    with closing(Home.open(folder)) as home:
        assert home.passages.count("zh") == 1


def test_index_without_a_release_says_what_to_do(deskmate: Deskmate) -> None:
    result = deskmate("index")
    assert result.exit_code == 1
    assert "deskmate train" in result.stderr


@pytest.mark.usefixtures("fake_encoder")
@pytest.mark.parametrize("words", [["index"], ["index", "--rebuild"]], ids=" ".join)
def test_index_brings_a_changed_knowledge_up_to_date(
    deskmate: Deskmate, files: dict[str, Path], folder: Path, words: list[str]
) -> None:
    deskmate("import", "faq", str(files["faq"]))
    with closing(Home.open(folder)) as home:
        add_release(home)
    assert "1 in the index" in deskmate("index").stdout
    with closing(Home.open(folder)) as home:
        home.passages.remove([passage.id for passage in home.passages.all("en")])
    assert "0 in the index" in deskmate(*words).stdout

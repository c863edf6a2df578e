from pathlib import Path

import pytest

from bot.settings import FILE_NAME, Bot, Settings, keys, load
from knowledge.errors import DeskmateError


def written(folder: Path, text: str) -> Path:
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return folder


def problem(folder: Path, text: str) -> str:
    with pytest.raises(DeskmateError) as caught:
        load(written(folder, text))
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder / FILE_NAME}: ")


def test_empty_file_gives_every_default(tmp_path: Path) -> None:
    assert load(written(tmp_path, "")) == Settings()


def test_file_changes_only_what_it_names(tmp_path: Path) -> None:
    settings = load(written(tmp_path, '[bot]\nlanguages = ["zh"]\n[server]\nport = 9000'))
    assert settings.bot == Bot(languages=("zh",))
    assert (settings.server.port, settings.server.host) == (9000, "127.0.0.1")


def test_file_with_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes("[server]\nport = 9000".encode("utf-8-sig"))
    assert load(tmp_path).server.port == 9000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[server]\nprt = 1", "unknown key 'server.prt'; did you mean 'server.port'?"),
        ("[bott]\nlanguages = ['en']", "unknown key 'bott'; did you mean 'bot'?"),
        ("port = 1", "unknown key 'port'; did you mean 'server.port'?"),
        (
            "zebra = 1",
            "unknown key 'zebra'; known keys: bot, server, limits, staff, webhooks, training",
        ),
        ("[bot]\nerror_budget = 2", "bot.error_budget: input should be less than 0.5, found 2"),
        ("[bot]\nerror_budget = 0", "bot.error_budget: input should be greater than 0, found 0"),
        ("[bot]\nlanguages = ['fr']", "bot.languages.0: input should be 'en' or 'zh', found 'fr'"),
        ("[server]\nallowed_origins = ['*']", "like 'https://shop.example', found '*'"),
        ("[server]\nallowed_origins = ['https://a.example/']", "found 'https://a.example/'"),
        ("[server]\ntrusted_proxies = ['*']", "like '10.0.0.0/8', found '*'"),
        ("[webhooks]\nurls = ['crm.example']", "webhooks.urls.0: expected an address like"),
        ("[training]\npreset = 'Slow'", "input should be 'fast' or 'full', found 'Slow'"),
    ],
)
def test_wrong_value_is_named_with_its_place_and_the_remedy(
    tmp_path: Path, text: str, said: str
) -> None:
    assert said in problem(tmp_path, text)


def test_bot_without_a_language_is_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, "[bot]\nlanguages = []").startswith("bot.languages: ")


def test_long_wrong_value_is_cut_short(tmp_path: Path) -> None:
    assert len(problem(tmp_path, f"[server]\nport = '{'9' * 5000}'")) < 300


def test_missing_file_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(DeskmateError, match="found none; run `deskmate init` or give --home"):
        load(tmp_path)


@pytest.mark.parametrize("data", [b"[bot", b"\xff\xfe\x00", b"a = 1\na = 2"])
def test_file_that_is_no_toml_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(data)
    with pytest.raises(DeskmateError, match="expected TOML, found"):
        load(tmp_path)


def test_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(DeskmateError, match="expected TOML, found"):
        load(tmp_path)


def test_keys_are_all_keys_by_section() -> None:
    assert {"bot.error_budget", "server.port", "limits.upload_types"} < set(keys())
    assert all(key.count(".") == 1 for key in keys())

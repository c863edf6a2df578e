import errno
import io
import json
import os
import stat
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import backup as backup_module
from bot.archive import ArchiveError
from bot.backup import BackupError, backup, restore
from bot.log import ConversationLog
from bot.registry import Registry, Release
from knowledge.errors import DeskmateError
from tests.bot.log_samples import opened_log, state, turn


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    (home / "deskmate.toml").write_text("[bot]\n", encoding="utf-8")
    (home / "domain.toml").write_text("名 = 1\n", encoding="utf-8")
    (home / "browser.secret").write_text("s")
    (home / "browser.secret").chmod(0o600)
    (home / "index").mkdir()
    (home / "index" / "en.faiss").write_bytes(b"big")
    (home / "files").mkdir()
    (home / "files" / "f1").write_bytes(b"photo")
    (home / "files" / "empty").touch()
    add_release(home, "r0001-a")
    Registry(home / "releases").promote("r0001-a")
    return home


@pytest.fixture
def log(home: Path) -> Iterator[ConversationLog]:
    with opened_log(home) as log:
        log.append(turn(log.start("en")[0]), state("c0"))
        yield log


def add_release(home: Path, release_id: str) -> None:
    registry = Registry(home / "releases")
    staged = registry.stage(release_id)
    (staged / "en").mkdir()
    (staged / "en" / "model.onnx").write_bytes(b"w" * 100_000)
    registry.add(staged, Release(release_id, None, {"en": "m"}, ("en",), {}, "h", "now"))


def contents(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_restored_home_holds_everything_but_the_index(
    home: Path, log: ConversationLog, tmp_path: Path
) -> None:
    written = backup(home, tmp_path / "out.tar")
    restored = restore(tmp_path / "out.tar", tmp_path / "new")
    kept = contents(tmp_path / "new")
    assert kept["domain.toml"] == "名 = 1\n".encode()
    assert kept["files/f1"] == b"photo"
    assert kept["files/empty"] == b""
    assert kept["releases/r0001-a/en/model.onnx"] == b"w" * 100_000
    assert not any(name.startswith("index") for name in kept)
    assert written.files == restored.files == sum(one is not None for one in kept.values())
    champion = Registry(tmp_path / "new" / "releases").champion()
    assert champion is not None
    assert champion.id == "r0001-a"
    with opened_log(tmp_path / "new") as read:
        assert read.messages("c0") == log.messages("c0")


def test_restored_files_keep_their_modes(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "out.tar")
    new = tmp_path / "new"
    restore(tmp_path / "out.tar", new)
    assert stat.S_IMODE((new / "browser.secret").stat().st_mode) == 0o600
    for path in (new / "releases" / "r0001-a", new / "releases" / "r0001-a" / "release.json"):
        assert not path.stat().st_mode & 0o222
    Registry(new / "releases").stage("r0002-a")


def test_what_only_a_running_program_needs_is_left_out(home: Path, tmp_path: Path) -> None:
    Registry(home / "releases").stage("r0002-a")
    (home / "releases" / ".champion.1.tmp").touch()
    backup(home, tmp_path / "out.tar")
    with tarfile.open(tmp_path / "out.tar") as tar:
        names = tar.getnames()
    assert "home/releases/champion" in names
    assert not [name for name in names if "/." in name or name.endswith((".tmp", ".lock"))]


def test_backup_is_private_and_leaves_nothing_beside_it(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "out" / "out.tar")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["out.tar"]
    assert stat.S_IMODE((tmp_path / "out" / "out.tar").stat().st_mode) == 0o600


def test_backup_of_a_home_at_work_is_consistent(
    home: Path, log: ConversationLog, tmp_path: Path
) -> None:
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            log.append(turn("c0"), state("c0"))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for number in range(5):
            backup(home, tmp_path / f"{number}.tar")
    finally:
        stop.set()
        thread.join()
    for number in range(5):
        restore(tmp_path / f"{number}.tar", tmp_path / f"home{number}")
        with opened_log(tmp_path / f"home{number}") as read:
            roles = [message.role for message in read.messages("c0")]
        assert roles == ["customer", "bot"] * (len(roles) // 2)


def test_progress_ends_with_everything_done(home: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None, str]] = []
    backup(home, tmp_path / "out.tar", lambda *told: seen.append(told))
    done, total, what = seen[-1]
    assert (done, what) == (total, "backup")
    assert seen == sorted(seen)
    restore(tmp_path / "out.tar", tmp_path / "new", lambda *told: seen.append(told))
    done, total, what = seen[-1]
    assert (done, what) == (total, "restore")


def test_what_is_no_home_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="expected a home with deskmate"):
        backup(tmp_path, tmp_path.parent / "out.tar")


def test_backup_into_the_home_itself_or_over_a_folder_is_refused(
    home: Path, tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match="in the home itself"):
        backup(home, home / "out.tar")
    with pytest.raises(BackupError, match="expected the name of a file"):
        backup(home, tmp_path)


def test_damaged_database_is_not_backed_up(home: Path, tmp_path: Path) -> None:
    (home / "deskmate.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(DeskmateError, match=r"backup of .*deskmate doctor"):
        backup(home, tmp_path / "out.tar")
    assert not (tmp_path / "out.tar").exists()


def test_full_disk_is_one_clear_line_and_keeps_the_older_backup(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(home, tmp_path / "out.tar")
    before = (tmp_path / "out.tar").read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tarfile.TarFile, "addfile", full)
    with pytest.raises(
        DeskmateError, match=r"^backup of .*: no space left for .* MB free"
    ) as error:
        backup(home, tmp_path / "out.tar")
    assert "\n" not in str(error.value)
    assert (tmp_path / "out.tar").read_bytes() == before
    assert leftovers(tmp_path) == []


def test_home_that_is_not_empty_is_never_touched(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "out.tar")
    before = contents(home)
    with pytest.raises(BackupError, match=r"expected no .* or an empty folder"):
        restore(tmp_path / "out.tar", home)
    assert contents(home) == before


def test_empty_folder_is_filled(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "out.tar")
    (tmp_path / "new").mkdir()
    restore(tmp_path / "out.tar", tmp_path / "new")
    assert (tmp_path / "new" / "deskmate.toml").exists()


def test_too_little_space_is_told_before_anything_is_written(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(home, tmp_path / "out.tar")
    monkeypatch.setattr("bot.disk._free", lambda _: 0)
    with pytest.raises(DeskmateError, match=r"expected 0\.1 MB of free disk, found 0\.0 MB"):
        restore(tmp_path / "out.tar", tmp_path / "new")
    with pytest.raises(DeskmateError, match=r"expected 0\.1 MB of free disk, found 0\.0 MB"):
        backup(home, tmp_path / "more.tar")
    assert leftovers(tmp_path) == []


def test_missing_backup_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="expected a backup file, found no"):
        restore(tmp_path / "out.tar", tmp_path / "new")


def test_interrupted_restore_leaves_nothing(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "out.tar")

    def interrupt(done: int, *_: object) -> None:
        if done > 50_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(tmp_path / "out.tar", tmp_path / "new", interrupt)
    assert not (tmp_path / "new").exists()
    assert leftovers(tmp_path) == []


def test_leftover_of_a_killed_restore_is_replaced(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "out.tar")
    (tmp_path / ".new.restoring").mkdir()
    (tmp_path / ".new.restoring" / "half").touch()
    restore(tmp_path / "out.tar", tmp_path / "new")
    assert not (tmp_path / "new" / "half").exists()
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_cut_off_backup_is_refused(home: Path, tmp_path: Path, share: float) -> None:
    backup(home, tmp_path / "out.tar")
    whole = (tmp_path / "out.tar").read_bytes()
    (tmp_path / "out.tar").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ArchiveError, match="expected a whole backup made by deskmate"):
        restore(tmp_path / "out.tar", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert leftovers(tmp_path) == []


def test_altered_byte_is_noticed(home: Path, tmp_path: Path) -> None:
    backup(home, tmp_path / "out.tar")
    whole = (tmp_path / "out.tar").read_bytes()
    (tmp_path / "out.tar").write_bytes(whole.replace(b"w" * 10, b"w" * 9 + b"x", 1))
    with pytest.raises(ArchiveError, match=r"model\.onnx missing, added or altered"):
        restore(tmp_path / "out.tar", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def crafted(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    """A tar with these members and a manifest that knows none."""
    manifest = json.dumps({"format": "deskmate-backup-1", "files": {}}).encode()
    with tarfile.open(path, "w") as tar:
        for member, data in (*members, (tarfile.TarInfo("manifest.json"), manifest)):
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def member(name: str, **changed: Any) -> tuple[tarfile.TarInfo, bytes]:
    made = tarfile.TarInfo(name)
    for key, value in changed.items():
        setattr(made, key, value)
    return made, b"" if changed else b"x"


@pytest.mark.parametrize(
    "bad",
    [
        member("home/../../evil"),
        member("/evil"),
        member("evil"),
        member("home/link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("home/link", type=tarfile.LNKTYPE, linkname="../evil"),
        member("home/pipe", type=tarfile.FIFOTYPE),
    ],
    ids=lambda bad: bad[0].name,
)
def test_member_that_leads_outside_is_refused(
    tmp_path: Path, bad: tuple[tarfile.TarInfo, bytes]
) -> None:
    archive = crafted(tmp_path / "out.tar", bad)
    with pytest.raises(ArchiveError, match="expected files and folders below home/ only"):
        restore(archive, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["out.tar"]


def test_file_that_the_manifest_does_not_know_is_refused(tmp_path: Path) -> None:
    archive = crafted(tmp_path / "out.tar", member("home/a"))
    with pytest.raises(ArchiveError, match="a missing, added or altered"):
        restore(archive, tmp_path / "new")


def test_file_that_stands_twice_is_refused(tmp_path: Path) -> None:
    archive = crafted(tmp_path / "out.tar", member("home/a"), member("home/a"))
    with pytest.raises(ArchiveError, match="a stands twice"):
        restore(archive, tmp_path / "new")


def test_file_that_changes_while_it_is_read_is_a_clear_error(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = backup_module._members

    def then_deleted(folder: Path) -> Iterator[tuple[Path, str]]:
        found = list(listed(folder))
        (home / "files" / "f1").unlink()
        yield from found

    monkeypatch.setattr(backup_module, "_members", then_deleted)
    with pytest.raises(DeskmateError, match=r"backup of .*f1: No such file"):
        backup(home, tmp_path / "out.tar")
    assert leftovers(tmp_path) == []

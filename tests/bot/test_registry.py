import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.registry import Registry, RegistryError, Release
from knowledge.errors import DeskmateError

CLOCK = "2026-03-04T10:11:12Z"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "releases", lambda: CLOCK)


def described(release_id: str, parent: str | None = None) -> Release:
    return Release(
        id=release_id,
        parent=parent,
        encoder={"en": "all-MiniLM-L6-v2"},
        languages=("en",),
        metrics={"en": {"in_scope_accuracy": 0.9}},
        data_hash="abc",
        created=CLOCK,
    )


def add(registry: Registry, release_id: str | None = None) -> str:
    release_id = release_id or registry.new_id()
    staged = registry.stage(release_id)
    (staged / "en").mkdir()
    (staged / "en" / "model.onnx").write_bytes(b"weights")
    return registry.add(staged, described(release_id)).id


def test_new_id_counts_up_and_tells_the_time(registry: Registry) -> None:
    assert registry.new_id() == "r0001-20260304T101112"
    add(registry, "r0041-20250101T000000")
    assert registry.new_id() == "r0042-20260304T101112"


def test_number_of_a_staged_or_deleted_release_is_not_given_again(registry: Registry) -> None:
    registry.promote(add(registry, "r0007-a"))
    registry.promote(add(registry, "r0001-b"))
    registry.remove("r0007-a")
    assert registry.new_id().startswith("r0008-")
    registry.stage("r0011-c")
    assert registry.new_id().startswith("r0012-")


def test_added_release_is_read_back(registry: Registry) -> None:
    release_id = add(registry)
    assert registry.get(release_id) == described(release_id)
    assert registry.releases() == [described(release_id)]
    assert (registry.folder(release_id) / "en" / "model.onnx").read_bytes() == b"weights"


def test_releases_come_in_the_order_of_their_numbers(registry: Registry) -> None:
    for release_id in ("r10000-a", "r0002-b", "r0010-c"):
        add(registry, release_id)
    assert [one.id for one in registry.releases()] == ["r0002-b", "r0010-c", "r10000-a"]


def test_release_is_read_only(registry: Registry) -> None:
    folder = registry.folder(add(registry))
    for path in (folder, *folder.rglob("*")):
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_staged_release_is_not_seen_before_it_is_added(registry: Registry) -> None:
    registry.stage(registry.new_id())
    assert registry.releases() == []


def test_only_the_staged_folder_is_added(registry: Registry, tmp_path: Path) -> None:
    staged = registry.stage("r0001-a")
    for folder, release_id in ((tmp_path, "r0001-a"), (staged, "r0002-a")):
        with pytest.raises(RegistryError, match="expected the folder staged for"):
            registry.add(folder, described(release_id))
    assert registry.releases() == []


def test_existing_release_is_not_replaced(registry: Registry) -> None:
    release_id = add(registry)
    with pytest.raises(RegistryError, match="exists"):
        registry.stage(release_id)


def test_release_being_made_is_left_alone(registry: Registry, tmp_path: Path) -> None:
    staged = registry.stage("r0001-a")
    other = Registry(tmp_path / "releases")
    with pytest.raises(RegistryError, match="being made already"):
        other.stage("r0001-a")
    other.stage("r0002-a")
    assert staged.is_dir()


def test_stage_of_a_killed_run_is_deleted(registry: Registry, tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from bot.registry import Registry\n"
        "staged = Registry(Path(sys.argv[1])).stage('r0001-a')\n"
        "(staged / 'half').write_text('x'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path / "releases")], check=False)
    assert run.returncode == -signal.SIGKILL
    assert (tmp_path / "releases" / ".stage-r0001-a" / "half").exists()
    registry.discard(registry.stage("r0002-a"))
    assert [path.name for path in (tmp_path / "releases").glob(".stage-*")] == []


def test_discarded_stage_is_gone_and_its_id_free(registry: Registry) -> None:
    registry.discard(registry.stage("r0001-a"))
    assert add(registry, "r0001-a") == "r0001-a"


def test_discarding_what_was_added_already_leaves_the_release(registry: Registry) -> None:
    staged = registry.stage("r0001-a")
    registry.add(staged, described("r0001-a"))
    registry.discard(staged)
    assert registry.releases() == [described("r0001-a")]


@pytest.mark.parametrize("release_id", ["", "../r0001-a", "r1", "latest", "r0001-a/en"])
def test_what_is_no_id_is_refused(registry: Registry, release_id: str) -> None:
    for call in (registry.get, registry.promote, registry.stage, registry.remove):
        with pytest.raises(RegistryError, match="expected a release id like"):
            call(release_id)


def test_unknown_release_is_refused_with_nothing_changed(registry: Registry) -> None:
    first = add(registry)
    registry.promote(first)
    with pytest.raises(RegistryError, match="no release r0009-a"):
        registry.promote("r0009-a")
    champion = registry.champion()
    assert champion is not None
    assert champion.id == first
    assert len(registry.history()) == 1


def test_nothing_is_champion_before_the_first_promotion(registry: Registry) -> None:
    assert registry.champion() is None
    add(registry)
    assert registry.champion() is None
    assert not registry.changed()


def champion_id(registry: Registry) -> str | None:
    champion = registry.champion()
    return champion.id if champion else None


def test_rollback_goes_one_champion_back_each_time(registry: Registry) -> None:
    one, two, three = (add(registry) for _ in range(3))
    for release_id in (one, two, three):
        registry.promote(release_id)
    assert registry.rollback().id == two
    assert registry.rollback().id == one
    with pytest.raises(RegistryError, match="no release served before"):
        registry.rollback()
    assert champion_id(registry) == one


def test_rollback_after_a_new_promotion_goes_to_what_served_before_it(registry: Registry) -> None:
    one, two, three = (add(registry) for _ in range(3))
    registry.promote(one)
    registry.promote(two)
    registry.rollback()
    registry.promote(three)
    assert registry.rollback().id == one


def test_rollback_to_a_named_release(registry: Registry) -> None:
    one, two, three = (add(registry) for _ in range(3))
    for release_id in (one, two, three):
        registry.promote(release_id)
    assert registry.rollback(one).id == one
    assert champion_id(registry) == one


def test_history_keeps_every_move(registry: Registry) -> None:
    one, two = add(registry), add(registry)
    registry.promote(one)
    registry.promote(two)
    registry.promote(two)
    registry.rollback()
    moves = [(entry.event, entry.release, entry.previous) for entry in registry.history()]
    assert moves == [("promote", one, None), ("promote", two, one), ("rollback", one, two)]
    assert registry.history()[0].at == CLOCK


def test_promotion_killed_before_the_pointer_moved_counts_for_nothing(
    registry: Registry, tmp_path: Path
) -> None:
    one, two, three = (add(registry) for _ in range(3))
    registry.promote(one)
    registry.promote(two)
    registry.promote(three)
    (tmp_path / "releases" / "champion").write_text(f"{two}\n")
    assert champion_id(registry) == two
    assert registry.rollback().id == one
    registry.promote(three)
    assert registry.rollback().id == one


@pytest.mark.parametrize("torn", ["", "r00", "\x00\x00"])
def test_torn_pointer_is_a_clear_error_and_promote_mends_it(
    registry: Registry, tmp_path: Path, torn: str
) -> None:
    release_id = add(registry)
    registry.promote(release_id)
    (tmp_path / "releases" / "champion").write_text(torn)
    with pytest.raises(RegistryError, match=f"champion: .*run `deskmate promote {release_id}`"):
        registry.champion()
    registry.promote(release_id)
    assert champion_id(registry) == release_id
    assert len(registry.history()) == 1


def test_lost_pointer_is_a_clear_error(registry: Registry, tmp_path: Path) -> None:
    release_id = add(registry)
    registry.promote(release_id)
    (tmp_path / "releases" / "champion").unlink()
    with pytest.raises(RegistryError, match="found no file; run `deskmate promote"):
        registry.champion()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"id": "r0001-a"}', '{"id": 3, "languages": null}']
)
def test_torn_description_is_a_clear_error(registry: Registry, tmp_path: Path, text: str) -> None:
    file = registry.folder(add(registry, "r0001-a")) / "release.json"
    file.chmod(0o644)
    file.write_text(text)
    for call in (registry.releases, lambda: registry.get("r0001-a")):
        with pytest.raises(RegistryError, match="expected the description of release r0001-a"):
            call()


def test_description_of_another_release_is_a_clear_error(registry: Registry) -> None:
    folder = registry.folder(add(registry, "r0001-a"))
    folder.rename(folder.with_name("r0002-a"))
    with pytest.raises(RegistryError, match="found the id 'r0001-a'"):
        registry.get("r0002-a")


def test_torn_history_is_a_clear_error(registry: Registry, tmp_path: Path) -> None:
    registry.promote(add(registry))
    history = tmp_path / "releases" / "history.jsonl"
    history.write_text(history.read_text() + '{"at"')
    with pytest.raises(RegistryError, match=r"history.jsonl:2: expected a promotion"):
        registry.history()


def test_move_of_the_pointer_by_another_process_is_noticed(
    registry: Registry, tmp_path: Path
) -> None:
    one, two = add(registry), add(registry)
    other = Registry(tmp_path / "releases", lambda: CLOCK)
    other.promote(one)
    assert registry.changed()
    registry.champion()
    assert not registry.changed()
    other.promote(two)
    registry.history()
    assert registry.changed()


def test_deleted_release_is_gone_though_it_was_read_only(
    registry: Registry, tmp_path: Path
) -> None:
    one, two = add(registry), add(registry)
    registry.promote(one)
    registry.remove(two)
    assert [one.id for one in registry.releases()] == [one]
    assert [path.name for path in (tmp_path / "releases").glob(".stage-*")] == []


def test_champion_is_not_deleted(registry: Registry) -> None:
    release_id = add(registry)
    registry.promote(release_id)
    with pytest.raises(RegistryError, match="serves"):
        registry.remove(release_id)


def test_description_survives_more_fields_of_a_newer_program(registry: Registry) -> None:
    release_id = add(registry)
    file = registry.folder(release_id) / "release.json"
    file.chmod(0o644)
    file.write_text(file.read_text().replace('"parent"', '"newer": 1, "parent"'))
    assert registry.get(release_id) == described(release_id)


def test_no_right_to_write_is_one_clear_line(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    release_id = add(registry)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "releases/champion")

    monkeypatch.setattr("bot.registry.write_atomic", refuse)
    with pytest.raises(DeskmateError, match="promote: no right to write or read releases/champion"):
        registry.promote(release_id)
    assert registry.champion() is None

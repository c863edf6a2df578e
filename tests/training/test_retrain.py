"""What a round leaves behind. The round itself runs on the real weights in tests/test_round.py."""

from pathlib import Path

from bot.home import Home
from bot.indexing import asked_path, index_path, parts_path
from tests.bot.homes import add_release, new_home
from training.retrain import prune


def keeping(folder: Path, releases: int) -> Home:
    new_home(folder).close()
    settings = folder / "deskmate.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("keep_releases = 5", f"keep_releases = {releases}"), "utf-8")
    return Home.open(folder)


def test_the_newest_releases_and_the_last_champions_are_kept(tmp_path: Path) -> None:
    home = keeping(tmp_path / "home", 2)
    old = [add_release(home, promoted=False).id for _ in range(2)]
    champions = [add_release(home).id for _ in range(2)]
    new = [add_release(home, promoted=False).id for _ in range(3)]
    home.index_folder.mkdir(exist_ok=True)
    gone, stays = (index_path(home.index_folder, each, "en") for each in (old[0], champions[0]))
    for path in [each(one) for one in (gone, stays) for each in (Path, parts_path, asked_path)]:
        path.touch()
    prune(home)
    assert [each.id for each in home.registry.releases()] == [*champions, *new[-2:]]
    assert set(home.index_folder.iterdir()) == {stays, parts_path(stays), asked_path(stays)}
    assert home.registry.rollback().id == champions[0]
    home.close()

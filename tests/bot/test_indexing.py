"""Both indexes of a language follow the store: built, brought up to date, built again."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.indexing import Indexer, Indexes, asked_path, index_path, parts_path
from knowledge.database import Database
from knowledge.index import Index
from knowledge.parts import PLACES
from knowledge.store import PassageStore
from knowledge.types import Passage
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder()
BODY = "Send it back. The label is free. It takes a week."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    with closing(Database(tmp_path / "deskmate.db")) as database:
        store = PassageStore(database, lambda: "2026-01-01T00:00:00Z")
        store.add(
            Passage(0, "faq", "en", key, key, body, "faq", approved=True)
            for key, body in (("Returns?", BODY), ("Pay?", "Cards are fine."))
        )
        yield store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return index_path(tmp_path / "index", "r1", "en")


def indexer(store: PassageStore, release: str = "r1") -> Indexer:
    return Indexer(store, ENCODER, "en", release)


def sentence_ids(indexes: Indexes) -> list[int]:
    return [int(each) for each in indexes.parts.ids]


def test_each_passage_has_a_key_and_its_sentences(store: PassageStore, path: Path) -> None:
    indexes = indexer(store).open(path)
    assert indexes.keys.ids.tolist() == [1, 2]
    assert sentence_ids(indexes) == [PLACES, PLACES + 1, PLACES + 2, 2 * PLACES]
    (found,), _ = indexes.parts.search(ENCODER.encode(["The label is free."])[0], 1)
    assert found == PLACES + 1
    assert indexes.generation == store.generation


def test_files_lie_side_by_side_under_the_release(store: PassageStore, path: Path) -> None:
    indexer(store).open(path)
    names = sorted(each.name for each in path.parent.iterdir())
    assert names == ["r1-en-asked.faiss", "r1-en-parts.faiss", "r1-en.faiss"]
    assert [asked_path(path).name, parts_path(path).name] == names[:2]


def test_edit_that_leaves_fewer_sentences_leaves_none_behind(
    store: PassageStore, path: Path
) -> None:
    indexes = indexer(store).open(path)
    returns = store.all()[0]
    store.update(replace(returns, body="Keep it."))
    assert indexer(store).catch_up(indexes)
    assert sentence_ids(indexes) == [PLACES, 2 * PLACES]
    assert indexes.keys.ids.tolist() == [1, 2]
    assert not indexer(store).catch_up(indexes)


def test_removed_passage_takes_its_sentences_along(store: PassageStore, path: Path) -> None:
    indexes = indexer(store).open(path)
    store.remove([1])
    assert indexer(store).catch_up(indexes)
    assert (indexes.keys.ids.tolist(), sentence_ids(indexes)) == ([2], [2 * PLACES])


def test_what_was_saved_catches_up_when_opened(store: PassageStore, path: Path) -> None:
    indexer(store).open(path)
    store.add(
        [
            Passage(
                0,
                "faq",
                "en",
                "Open?",
                "Open?",
                "We open at nine. We are closed today.",
                "faq",
                True,
            )
        ]
    )
    assert sentence_ids(indexer(store).open(path))[-2:] == [3 * PLACES, 3 * PLACES + 1]
    assert Index.load(parts_path(path), "r1").generation == store.generation


@pytest.mark.parametrize("damage", ["missing", "torn", "foreign"])
def test_unusable_sentences_alone_are_built_again(
    store: PassageStore, path: Path, damage: str
) -> None:
    before = indexer(store).open(path)
    keys = path.stat().st_mtime_ns
    if damage == "missing":
        parts_path(path).unlink()
    elif damage == "torn":
        parts_path(path).write_bytes(parts_path(path).read_bytes()[:-9])
    else:
        Index.build([], ENCODER.encode([]), release="r2", generation=1).save(parts_path(path))
    assert sentence_ids(indexer(store).open(path)) == sentence_ids(before)
    assert path.stat().st_mtime_ns == keys


def test_index_of_newer_knowledge_than_the_store_is_built_again(
    store: PassageStore, path: Path
) -> None:
    indexes = indexer(store).open(path)
    for index in (indexes.keys, indexes.parts, indexes.asked):
        index.generation = store.generation + 5
    indexes.save(path)
    assert indexer(store).open(path).generation == store.generation


def test_keys_alone_are_built_where_sentences_are_not_needed(
    store: PassageStore, path: Path
) -> None:
    assert indexer(store).rebuild_keys(path).ids.tolist() == [1, 2]
    assert not parts_path(path).exists()

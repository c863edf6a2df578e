"""Vectors by passage id: both kinds of faiss index, changes, files, threads."""

import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge.index import Ids, Index, IndexUnusableError, Vectors

DIMENSION = 16
KINDS = [pytest.param(100_000, id="flat"), pytest.param(100, id="inverted")]
both_kinds = pytest.mark.parametrize("flat_limit", KINDS)


def unit(count: int, seed: int = 1) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def numbers(*ids: int) -> Ids:
    return np.array(ids, dtype=np.int64)


IDS = np.arange(1000, 1600, dtype=np.int64)
VECTORS = unit(600)


def build(flat_limit: int) -> Index:
    return Index.build(IDS, VECTORS, release="r1", generation=5, flat_limit=flat_limit)


def finds_itself(index: Index, ids: Ids, vectors: Vectors) -> bool:
    best = [index.search(vector, 1)[0] for vector in vectors]
    return np.array_equal(np.concatenate(best), ids)


@both_kinds
def test_each_vector_finds_itself_first(flat_limit: int) -> None:
    index = build(flat_limit)
    assert len(index) == 600
    assert index.dimension == DIMENSION
    assert finds_itself(index, IDS, VECTORS)


@both_kinds
def test_search_returns_cosines_best_first(flat_limit: int) -> None:
    index = build(flat_limit)
    ids, cosines = index.search(VECTORS[3], 20)
    assert ids[0] == 1003
    assert cosines[0] == pytest.approx(1, abs=0.02)
    assert list(cosines) == sorted(cosines, reverse=True)
    np.testing.assert_allclose(cosines, VECTORS[ids - 1000] @ VECTORS[3], atol=0.03)


def test_inverted_file_reaches_its_recall_target() -> None:
    index, exact = build(100), build(100_000)
    questions = unit(200, seed=2)
    shares = [
        np.isin(exact.search(question, 10)[0], index.search(question, 10)[0]).mean()
        for question in questions
    ]
    assert np.mean(shares) > 0.95


@both_kinds
def test_removed_vectors_are_found_no_longer(flat_limit: int) -> None:
    index = build(flat_limit)
    index.remove(IDS[::2])
    assert len(index) == 300
    assert finds_itself(index, IDS[1::2], VECTORS[1::2])
    assert not np.isin(index.search(VECTORS[0], 300)[0], IDS[::2]).any()


@both_kinds
def test_ids_are_known_after_every_edit_and_from_the_file(flat_limit: int, tmp_path: Path) -> None:
    index = build(flat_limit)
    before = index.ids
    index.remove([1001, 1003, 5])
    index.add(numbers(1003, 4), unit(2, seed=3))
    expected = [4, 1000, *range(1002, 1600)]
    assert index.ids.tolist() == expected
    assert before.tolist() == IDS.tolist()
    index.save(tmp_path / "x.faiss")
    assert Index.load(tmp_path / "x.faiss", "r1").ids.tolist() == expected


@both_kinds
def test_unknown_ids_among_known_ones_have_cosine_zero(flat_limit: int) -> None:
    index = build(flat_limit)
    found = index.cosines(VECTORS[7], [1007, 3, 1008, 9999])
    expected = [1, 0, float(VECTORS[8] @ VECTORS[7]), 0]
    np.testing.assert_allclose(found, expected, atol=0.03)


@both_kinds
def test_nothing_is_lost_when_ids_are_removed_and_added_again(flat_limit: int) -> None:
    index = build(flat_limit)
    for _ in range(3):
        index.remove(IDS[::3])
        index.add(IDS[::3], VECTORS[::3])
    assert len(index) == 600
    assert finds_itself(index, IDS, VECTORS)


@both_kinds
def test_add_of_a_known_id_replaces_its_vector(flat_limit: int) -> None:
    index = build(flat_limit)
    new = unit(1, seed=9)
    index.add(numbers(1004), new)
    assert len(index) == 600
    assert index.search(new[0], 1)[0] == [1004]
    assert index.search(VECTORS[4], 1)[0] != [1004]
    assert index.cosines(new[0], numbers(1004)) == pytest.approx([1], abs=0.02)


@both_kinds
def test_new_ids_may_be_of_any_size(flat_limit: int) -> None:
    index = build(flat_limit)
    new = unit(2, seed=9)
    index.add(numbers(3, 5_000_000_000), new)
    assert index.search(new[1], 1)[0] == [5_000_000_000]
    assert index.search(new[0], 1, among=numbers(3, 1001))[0] == [3]


@both_kinds
def test_remove_passes_over_unknown_ids(flat_limit: int) -> None:
    index = build(flat_limit)
    index.remove([7, 8, 1000])
    index.remove([])
    assert len(index) == 599


@both_kinds
@pytest.mark.parametrize("allowed", [1, 10, 290, 310, 599, 600])
def test_search_among_finds_only_the_allowed(flat_limit: int, allowed: int) -> None:
    index = build(flat_limit)
    among = np.random.default_rng(3).permutation(IDS)[:allowed]
    question = unit(1, seed=4)[0]
    ids, _ = index.search(question, 10, among)
    true = among[np.argsort(-(VECTORS[among - 1000] @ question))][:10]
    assert len(ids) == min(10, allowed)
    assert np.isin(ids, among).all()
    assert np.isin(true, ids).mean() >= (1 if flat_limit > 600 else 0.7)


@both_kinds
def test_search_among_nothing_or_unknown_ids_finds_nothing(flat_limit: int) -> None:
    index = build(flat_limit)
    assert len(index.search(VECTORS[0], 5, numbers())[0]) == 0
    assert len(index.search(VECTORS[0], 5, numbers(1, 2, 3))[0]) == 0


@both_kinds
def test_k_beyond_the_size_returns_everything_there_is(flat_limit: int) -> None:
    index = build(flat_limit)
    index.remove(IDS[3:])
    assert sorted(index.search(VECTORS[0], 50)[0]) in ([1000, 1001, 1002], [1000])
    assert len(index.search(VECTORS[0], 0)[0]) == 0


@both_kinds
def test_cosines_of_known_and_unknown_ids(flat_limit: int) -> None:
    index = build(flat_limit)
    cosines = index.cosines(VECTORS[5], numbers(1005, 42, 1006))
    assert cosines[0] == pytest.approx(1, abs=0.02)
    assert cosines[1] == 0
    assert cosines[2] == pytest.approx(VECTORS[6] @ VECTORS[5], abs=0.03)
    assert len(index.cosines(VECTORS[5], numbers())) == 0


def test_empty_index_finds_nothing_and_can_be_filled() -> None:
    empty = np.empty((0, DIMENSION), dtype=np.float32)
    index = Index.build(numbers(), empty, release="r1", generation=0)
    assert len(index.search(VECTORS[0], 5)[0]) == 0
    assert len(index.search(VECTORS[0], 5, IDS)[0]) == 0
    index.remove(IDS)
    index.add(IDS, VECTORS)
    assert finds_itself(index, IDS, VECTORS)


@both_kinds
def test_saved_index_comes_back_and_can_be_changed(flat_limit: int, tmp_path: Path) -> None:
    index = build(flat_limit)
    index.generation = 8
    index.save(tmp_path / "en.index")
    loaded = Index.load(tmp_path / "en.index", "r1")
    assert (loaded.release, loaded.generation, len(loaded)) == ("r1", 8, 600)
    question = unit(1, seed=4)[0]
    assert list(loaded.search(question, 10)[0]) == list(index.search(question, 10)[0])
    loaded.add(IDS[::3], VECTORS[::3])
    loaded.remove(IDS[1::3])
    assert len(loaded) == 400
    assert finds_itself(loaded, IDS[::3], VECTORS[::3])


def test_empty_index_can_be_saved(tmp_path: Path) -> None:
    empty = np.empty((0, DIMENSION), dtype=np.float32)
    Index.build(numbers(), empty, release="r1", generation=0).save(tmp_path / "en.index")
    assert len(Index.load(tmp_path / "en.index", "r1")) == 0


def test_save_replaces_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "en.index"
    path.write_bytes(b"old")
    build(100_000).save(path)
    assert len(Index.load(path, "r1")) == 600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("at", [0, 70, 100, 5000, -1])
def test_torn_file_is_refused(tmp_path: Path, at: int) -> None:
    path = tmp_path / "en.index"
    build(100_000).save(path)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexUnusableError, match=r"torn or foreign file; .* run `deskmate index`"):
        Index.load(path, "r1")


@pytest.mark.parametrize("content", [b"", b"something else", b"\n\n\n"])
def test_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "en.index"
    path.write_bytes(content)
    with pytest.raises(IndexUnusableError, match="foreign"):
        Index.load(path, "r1")


def test_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "en.index"
    build(100_000).save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(IndexUnusableError, match="torn"):
        Index.load(path, "r1")


def test_index_of_another_release_is_refused(tmp_path: Path) -> None:
    build(100_000).save(tmp_path / "en.index")
    with pytest.raises(IndexUnusableError, match="expected release 'r2', found 'r1'"):
        Index.load(tmp_path / "en.index", "r2")


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusableError, match="No such file"):
        Index.load(tmp_path / "en.index", "r1")


def test_vectors_that_do_not_fit_are_refused() -> None:
    index = build(100_000)
    with pytest.raises(ValueError, match=r"expected vectors \(1, 16\), found \(1, 8\)"):
        index.add(numbers(1), np.ones((1, 8), dtype=np.float32))
    with pytest.raises(ValueError, match="expected distinct ids"):
        index.add(numbers(1, 1), unit(2))
    with pytest.raises(ValueError, match="unit length"):
        index.add(numbers(1), 3 * unit(1))
    with pytest.raises(ValueError, match=r"expected a vector \(16,\), found \(8,\)"):
        index.search(np.ones(8, dtype=np.float32), 1)
    assert len(index) == 600


@both_kinds
def test_searching_goes_on_while_others_add_and_remove(flat_limit: int) -> None:
    index = build(flat_limit)
    failures: list[object] = []
    done = threading.Event()

    def change() -> None:
        for _ in range(60):
            index.remove(IDS[300:])
            index.add(IDS[300:], VECTORS[300:])
        done.set()

    def search() -> None:
        while not done.is_set():
            for row in (0, 50, 299):
                ids, cosines = index.search(VECTORS[row], 5)
                if ids[0] != IDS[row] or not np.isin(ids, IDS).all() or cosines[0] < 0.9:
                    failures.append((row, ids, cosines))

    threads = [threading.Thread(target=work) for work in (search, search, change)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert finds_itself(index, IDS, VECTORS)

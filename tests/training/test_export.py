"""ONNX against torch, on a tiny random model and, marked, on the real weights."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from knowledge.encoder import OnnxEncoder
from tests.training.tiny import META, write_tiny
from training import export as module
from training.export import ExportError, base_encoder, export_encoder
from training.model import load_model, vectors_of

TEXTS = ["where is my order", "", "refund", "I want to SEND it back " * 9, "hello 😀"]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DESKMATE_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def exported(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported") / "encoder"
    export_encoder(weights, folder, META)
    return folder


def test_an_export_gives_the_vectors_of_the_original(weights: Path, exported: Path) -> None:
    encoder = OnnxEncoder.load(exported)
    original = vectors_of(load_model(weights, META), TEXTS)
    np.testing.assert_allclose(encoder.encode(TEXTS), original, atol=1e-5)
    assert encoder.meta == META


def test_an_export_is_three_files_and_a_valid_graph(exported: Path) -> None:
    names = {path.name for path in exported.iterdir()}
    assert names == {"model.onnx", "tokenizer.json", "encoder.json"}
    onnx.checker.check_model(exported / "model.onnx")


def test_first_token_pooling_is_exported_and_the_model_left_as_it_was(
    weights: Path, tmp_path: Path
) -> None:
    meta = replace(META, pooling="cls")
    model = load_model(weights, meta)
    transformer = model[0].transformer.train()
    attention = transformer.config._attn_implementation
    encoder = export_encoder(model, tmp_path, meta)
    assert transformer.config._attn_implementation == attention
    np.testing.assert_allclose(encoder.encode(TEXTS), vectors_of(model, TEXTS), atol=1e-5)


def test_training_sees_the_case_and_length_of_serving(weights: Path) -> None:
    body = load_model(weights, META)[0]
    shouted, said = (body.preprocess([text])["input_ids"] for text in ("MY ORDER", "my order"))
    assert shouted.tolist() == said.tolist()
    assert 1 not in said
    assert body.preprocess(["order " * 99])["input_ids"].shape == (1, META.max_tokens)


def test_an_export_that_differs_is_refused() -> None:
    original = np.eye(4, dtype=np.float32)
    exported = original.copy()
    exported[2] = [0, 0.1, 0.99, 0]
    with pytest.raises(ExportError, match=r"at least 0\.9999 .* found 0\.99"):
        module._compare(exported, original)
    exported[2] = np.nan
    with pytest.raises(ExportError, match="found nan"):
        module._compare(exported, original)


def test_texts_for_the_comparison_are_many_and_of_all_lengths() -> None:
    texts = module._sample({"order": 0, "##s": 1, "[CLS]": 2, "money": 3})
    lengths = {len(text.split()) for text in texts}
    assert len(texts) >= 64
    assert min(lengths) == 0
    assert max(lengths) > 256
    assert texts == module._sample({"money": 3, "order": 0, "[CLS]": 2, "##s": 1})


def test_a_base_encoder_is_exported_once_and_kept_by_its_weights(
    weights: Path, cache: Path, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []

    def export(source: Path, out: Path, meta: object) -> None:
        made.append(source)
        shutil.copytree(exported, out)

    monkeypatch.setattr(module, "export_encoder", export)
    steps: list[str] = []
    first = base_encoder("en", str(weights), lambda done, total, what: steps.append(what))
    again = base_encoder("en", str(weights))
    np.testing.assert_array_equal(again.encode(TEXTS), first.encode(TEXTS))
    assert made == [weights]
    assert steps == [f"exporting {weights}"]
    base_encoder("en", str(write_tiny(cache / "others" / weights.name, seed=1)))
    assert len(list((cache / "onnx").glob(f"{weights.name}-*"))) == len(made) == 2


def test_an_export_that_was_interrupted_is_made_anew(
    weights: Path, cache: Path, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(source: Path, out: Path, meta: object) -> None:
        out.mkdir()
        (out / "model.onnx").write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "export_encoder", interrupted)
    with pytest.raises(KeyboardInterrupt):
        base_encoder("en", str(weights))
    monkeypatch.setattr(
        module, "export_encoder", lambda source, out, meta: shutil.copytree(exported, out)
    )
    assert base_encoder("en", str(weights)).dimension == META.dimension


@pytest.mark.weights
@pytest.mark.parametrize(("language", "dimension"), [("en", 384), ("zh", 512)])
def test_the_default_encoders_export(language: str, dimension: int) -> None:
    encoder = base_encoder(language)  # type: ignore[arg-type]
    assert encoder.dimension == dimension
    assert encoder.encode(TEXTS).shape == (len(TEXTS), dimension)

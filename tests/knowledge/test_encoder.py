"""Texts to vectors with a tiny ONNX graph: a table of word vectors, pooled and normalised."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import BertProcessing

from knowledge import encoder as module
from knowledge.encoder import EncoderError, EncoderMeta, OnnxEncoder, load_tokenizer

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "where", "is", "my", "order", "wifi", "WiFi", "email"]
DIMENSION = 8


def write_tokenizer(folder: Path, lower_case: bool = False) -> Path:
    tokenizer = Tokenizer(WordPiece({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(lowercase=lower_case)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.enable_truncation(3)
    tokenizer.enable_padding(length=12)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder / "tokenizer.json"


def write_model(folder: Path, extra_inputs: tuple[str, ...] = ()) -> None:
    table = np.random.default_rng(1).normal(size=(len(WORDS), DIMENSION)).astype(np.float32)
    inputs = ["input_ids", "attention_mask", *extra_inputs]
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["weights"]),
        helper.make_node("Mul", ["words", "weights"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], ["summed"], keepdims=0),
        helper.make_node("LpNormalization", ["summed"], ["vectors"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "length"]) for n in inputs],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", DIMENSION])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.array([2]), "last"),
            numpy_helper.from_array(np.array([1]), "middle"),
        ],
    )
    opset = helper.make_opsetid("", 18)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=10), folder / "model.onnx")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_tokenizer(tmp_path)
    write_model(tmp_path)
    EncoderMeta("tiny", DIMENSION, "mean", max_tokens=6).write(tmp_path)
    return tmp_path


def test_vectors_have_unit_length_and_the_order_of_the_texts(folder: Path) -> None:
    encoder = OnnxEncoder.load(folder)
    texts = ["where is my order", "wifi", "my order is where", "order", "is my wifi"]
    together = encoder.encode(texts)
    assert together.shape == (5, DIMENSION)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, rtol=1e-5)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_many_texts_are_encoded_in_bounded_batches(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = OnnxEncoder.load(folder)
    texts = ["order", "where is my order", "wifi is", "my"] * 5
    expected = encoder.encode(texts)
    sizes: list[int] = []
    run = encoder._run
    monkeypatch.setattr(module, "_BATCH_TOKENS", 12)
    monkeypatch.setattr(module, "_SLICE_TEXTS", 7)
    monkeypatch.setattr(
        encoder, "_run", lambda part: sizes.append(len(part) * len(part[-1])) or run(part)
    )
    np.testing.assert_allclose(encoder.encode(texts), expected, atol=1e-6)
    assert max(sizes) <= 12
    assert len(sizes) < len(texts)


def test_nothing_gives_no_rows(folder: Path) -> None:
    assert OnnxEncoder.load(folder).encode([]).shape == (0, DIMENSION)


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "\ud800", "\x00\u200b", "e\u0301" * 500])
def test_odd_texts_still_give_a_unit_vector(folder: Path, text: str) -> None:
    vectors = OnnxEncoder.load(folder).encode([text])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_personal_data_is_out_before_a_text_is_encoded(folder: Path) -> None:
    one, other = OnnxEncoder.load(folder).encode(["my email jo@a.com", "my email amy@b.org"])
    np.testing.assert_array_equal(one, other)


def test_case_follows_the_settings_and_not_the_tokenizer_file(tmp_path: Path) -> None:
    path = write_tokenizer(tmp_path, lower_case=False)
    lower = load_tokenizer(path, EncoderMeta("tiny", DIMENSION, "mean", lower_case=True))
    assert lower.encode("WiFi").tokens == ["[CLS]", "wifi", "[SEP]"]
    kept = load_tokenizer(
        write_tokenizer(tmp_path, lower_case=True),
        EncoderMeta("tiny", DIMENSION, "mean", lower_case=False),
    )
    assert kept.encode("WiFi").tokens == ["[CLS]", "WiFi", "[SEP]"]


def test_truncation_and_padding_follow_the_settings_and_not_the_file(tmp_path: Path) -> None:
    path = write_tokenizer(tmp_path)
    tokenizer = load_tokenizer(path, EncoderMeta("tiny", DIMENSION, "mean", max_tokens=6))
    assert len(tokenizer.encode("where is my order is my order")) == 6
    assert len(tokenizer.encode("order")) == 3


def test_a_prefix_stands_before_every_text(folder: Path) -> None:
    plain = OnnxEncoder.load(folder).encode(["my order"])
    EncoderMeta("tiny", DIMENSION, "mean", max_tokens=6, prefix="my ").write(folder)
    np.testing.assert_array_equal(OnnxEncoder.load(folder).encode(["order"]), plain)


def test_token_types_are_given_to_a_graph_that_asks_for_them(folder: Path) -> None:
    write_model(folder, extra_inputs=("token_type_ids",))
    assert OnnxEncoder.load(folder).encode(["order"]).shape == (1, DIMENSION)


def test_settings_survive_writing_and_reading(tmp_path: Path) -> None:
    meta = EncoderMeta("e5", 384, "cls", max_tokens=128, lower_case=False, prefix="query: ")
    meta.write(tmp_path)
    assert EncoderMeta.read(tmp_path) == meta


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "encoder.json"])
@pytest.mark.parametrize("content", [None, b"", b'{"torn'])
def test_a_damaged_folder_is_refused_in_one_line(
    folder: Path, name: str, content: bytes | None
) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(EncoderError, match=name) as caught:
        OnnxEncoder.load(folder)
    assert "\n" not in str(caught.value)


def test_unknown_settings_are_refused(folder: Path) -> None:
    (folder / "encoder.json").write_text(json.dumps({"name": "tiny", "pools": 2}))
    with pytest.raises(EncoderError, match="settings"):
        OnnxEncoder.load(folder)


def test_serving_loads_neither_torch_nor_transformers() -> None:
    code = (
        "import sys, knowledge.encoder; "
        "sys.exit(bool({'torch', 'transformers', 'datasets'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.weights
def test_real_vectors_know_a_paraphrase_from_a_stranger() -> None:
    from training.export import base_encoder

    for language, texts in (
        ("en", ["Where is my order?", "my parcel has not arrived", "What is your name?"]),
        ("zh", ["我的订单在哪里？", "我的包裹还没有到", "你叫什么名字？"]),
    ):
        vectors = base_encoder(language).encode(texts)  # type: ignore[arg-type]
        assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


@pytest.mark.weights
def test_the_chinese_encoder_reads_latin_words_in_any_case() -> None:
    from training.export import base_encoder

    one, other = base_encoder("zh").encode(["我的 iPhone 连不上 WiFi", "我的 IPHONE 连不上 wifi"])
    np.testing.assert_allclose(one, other, atol=1e-6)

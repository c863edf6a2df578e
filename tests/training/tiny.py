"""Tiny random BERT models, made in a second, for tests of what happens around a model."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import BertProcessing
from transformers import BertConfig, BertModel

from knowledge.encoder import EncoderMeta

WORDS = (
    "where is my order parcel refund money back send return item broken shop open hours today",
    "cancel change address email pay card hello thanks the a it was not has arrived want to i",
    "you can how what when please help with for of and",
)
META = EncoderMeta("tiny", 16, "mean", max_tokens=24)


def write_tiny(folder: Path, seed: int = 0) -> Path:
    """Write config.json, tokenizer.json and model.safetensors of a random model."""
    folder.mkdir(parents=True, exist_ok=True)
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *" ".join(WORDS).split()]
    tokenizer = Tokenizer(WordPiece({w: i for i, w in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokens),
        hidden_size=META.dimension,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(folder)
    return folder

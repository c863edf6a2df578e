"""Whether a message is about the shop at all."""

from pathlib import Path

import numpy as np
import pytest

from bot.belonging import SETTINGS_FILE, Belonging, Scale
from knowledge.errors import DeskmateError

INSIDE = np.array([[1, 0, 0], [0.8, 0.6, 0]], np.float32)
OUTSIDE = np.array([[0, 0, 1]], np.float32)
JUDGE = Belonging(Scale(1.0, 2.0, -1.0), np.array([1, 0, -1, 0.5], np.float32), INSIDE, OUTSIDE)


def test_what_is_near_the_shops_own_belongs_to_it() -> None:
    near, far = JUDGE.probabilities(np.array([[1, 0, 0], [0, 0, 1]], np.float32))
    assert near > 0.8
    assert far < 0.2


def test_signs_are_the_score_of_the_line_and_the_lead_in_likeness() -> None:
    signs = JUDGE.signs(np.array([[1, 0, 0]], np.float32))
    np.testing.assert_allclose(signs, [[1.5, 0.9]], rtol=1e-6)


def test_a_saved_judge_says_the_same(tmp_path: Path) -> None:
    JUDGE.save(tmp_path)
    loaded = Belonging.load(tmp_path)
    assert loaded is not None
    vectors = np.eye(3, dtype=np.float32)
    np.testing.assert_array_equal(loaded.probabilities(vectors), JUDGE.probabilities(vectors))


def test_an_older_release_has_none(tmp_path: Path) -> None:
    assert Belonging.load(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", '{"line": 1}'])
def test_a_torn_judge_is_told_in_one_line(tmp_path: Path, content: str) -> None:
    JUDGE.save(tmp_path)
    (tmp_path / SETTINGS_FILE).write_text(content, "utf-8")
    with pytest.raises(DeskmateError, match="train again or roll back"):
        Belonging.load(tmp_path)

"""What a release says of itself at a glance."""

from typing import Any

import pytest

from bot.release import Release, main_figures

INTENT = {"in_scope_accuracy": 0.8857, "n_in_scope": 70, "n": 90}
RETRIEVAL = {"recall_at_1": 0.84, "n": 25}
MOOD = {"accuracy": 0.8656, "n": 186}


def described(metrics: dict[str, Any]) -> Release:
    return Release("r0001", None, {}, ("en",), metrics, "", "2026-03-04T10:11:12Z")


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        (
            {"intent": INTENT, "retrieval": RETRIEVAL, "mood": MOOD},
            "en: intents 0.886 (n=70), recall@1 0.840 (n=25), mood 0.866 (n=186)",
        ),
        ({"intent": None, "retrieval": RETRIEVAL}, "en: recall@1 0.840 (n=25)"),
        ({"intent": {**INTENT, "in_scope_accuracy": None}, "mood": MOOD}, "en: mood 0.866 (n=186)"),
    ],
)
def test_figures_are_those_that_were_measured_with_their_rows(
    parts: dict[str, Any], line: str
) -> None:
    assert main_figures(described({"en": parts})) == [line]


def test_language_without_a_figure_has_no_line() -> None:
    found = main_figures(described({"en": {"intent": None}, "zh": {"mood": MOOD}}))
    assert found == ["zh: mood 0.866 (n=186)"]

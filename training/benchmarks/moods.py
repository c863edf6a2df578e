"""Fit the mood heads on frozen encoders, or on those of a release, and measure them.

python -m training.benchmarks.moods
"""

import argparse
import time
from pathlib import Path

from bot.mind import ENCODER_FOLDER
from knowledge.encoder import OnnxEncoder
from knowledge.types import LANGUAGES
from training.export import base_encoder
from training.moods import evaluate_moods, learn_moods


def main() -> None:
    """Print the figures of every language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", type=Path, help="a release's folder, for its own encoders")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for language in LANGUAGES:
        if options.release:
            encoder = OnnxEncoder.load(options.release / language / ENCODER_FOLDER)
        else:
            encoder = base_encoder(language)
        start = time.monotonic()
        head = learn_moods(encoder, language, options.seed)
        seconds = time.monotonic() - start
        found = evaluate_moods(head, encoder, language)
        low, high = found.accuracy_interval
        print(
            f"mood {language}: n {found.n}, accuracy {found.accuracy:.3f} [{low:.3f}, {high:.3f}], "
            f"macro F1 {found.macro_f1:.3f}, ECE {found.expected_calibration_error:.3f}, "
            f"fitted in {seconds:.1f} s"
        )
        for mood, row in found.per_mood.items():
            print(f"  {mood}: precision {row['precision']:.3f}, recall {row['recall']:.3f}")


if __name__ == "__main__":
    main()

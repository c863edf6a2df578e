"""Fine-tuning on tiny random models: what is trained, what is kept, what is left alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from knowledge.encoder import OnnxEncoder
from knowledge.types import KNOWLEDGE, OUT_OF_SCOPE, Example
from tests.training.tiny import META, write_tiny
from training import epochs as epochs_module
from training import finetune as module
from training.batches import LengthBatchSampler
from training.export import export_encoder
from training.finetune import FinetuneError, FinetuneJob, FinetuneResult, Schedule, finetune
from training.job import LEAST_OUTSIDE, arrange
from training.losses import IntentLoss, class_means
from training.model import load_model, vectors_of
from training.validation import Score, Validation, split_examples, split_pairs

ROWS = [
    Example(text, intent, "en")
    for intent, texts in {
        "order": ["where is my order", "has my parcel arrived", "when parcel order", "my parcel"],
        "refund": ["send money back", "i want a refund", "refund my card", "money please"],
        "hours": ["open hours today", "when open", "shop hours", "is the shop open"],
    }.items()
    for text in texts
]
PAIRS = [
    ("when is the shop open", "hours open today"),
    ("how to send it back", "return item please"),
    ("what card to pay", "pay with card"),
    ("can i change address", "change address email"),
]
QUICK = Schedule(epochs=2, least_steps=0, batch_size=4, learning_rate=1e-3)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tiny(tmp_path_factory.mktemp("weights")))


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny products are faster on one thread, above all on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def vectors(result: FinetuneResult) -> np.ndarray:
    return vectors_of(result.model, [row.text for row in ROWS])


def test_intents_and_pairs_are_learned_together(weights: str) -> None:
    dev = {"dev_examples": ROWS, "dev_pairs": PAIRS}
    schedule = replace(QUICK, epochs=8, patience=8, learning_rate=8e-3)
    result = finetune(FinetuneJob(weights, ROWS, PAIRS, schedule=schedule, **dev))
    first, best = result.history[0], result.history[result.epoch - 1]
    assert best.rank == max(each.rank for each in result.history) > first.rank
    assert best.intent_accuracy is not None
    assert best.recall_at_1 is not None
    assert best.intent_accuracy > 0.9
    assert best.recall_at_1 > 0.7
    assert result.meta == replace(META, name=Path(weights).name, max_tokens=32)


@pytest.mark.parametrize(("rows", "pairs"), [(ROWS, []), ([], PAIRS), (ROWS[:4], PAIRS)])
def test_either_set_may_be_missing(
    weights: str, rows: list[Example], pairs: list[tuple[str, str]]
) -> None:
    result = finetune(FinetuneJob(weights, rows, pairs, schedule=QUICK))
    assert result.epoch == 2
    assert result.history == ()
    assert np.isfinite(vectors(result)).all()


def test_the_same_job_gives_the_same_model_and_another_seed_another(weights: str) -> None:
    job = FinetuneJob(weights, ROWS, PAIRS, schedule=QUICK, seed=3)
    one = vectors(finetune(job))
    np.testing.assert_array_equal(vectors(finetune(job)), one)
    assert not np.allclose(vectors(finetune(replace(job, seed=4))), one, atol=1e-4)


def test_the_best_epoch_is_kept_and_training_stops_when_none_is_better(
    weights: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[np.ndarray] = []

    def worse_and_worse(self: Validation, model: object, intents: object, epoch: int) -> Score:
        seen.append(vectors_of(model, ["where is my order"]))  # type: ignore[arg-type]
        return Score(epoch, 1 / epoch, None, 0.0)

    monkeypatch.setattr(Validation, "score", worse_and_worse)
    schedule = replace(QUICK, epochs=6, patience=2)
    job = FinetuneJob(weights, ROWS, dev_examples=ROWS[:1], schedule=schedule)
    result = finetune(job)
    assert result.epoch == 1
    assert len(result.history) == 3
    kept = vectors_of(result.model, ["where is my order"])
    np.testing.assert_allclose(kept, seen[0], atol=0.02)  # scored in bfloat16
    assert np.abs(kept - seen[-1]).max() > np.abs(kept - seen[0]).max()


def test_equal_shares_are_told_apart_by_the_loss() -> None:
    better, worse = Score(1, 0.9, 0.8, 0.2), Score(2, 0.8, 0.9, 0.3)
    assert better.rank > worse.rank
    assert Score(3, 0.9, None, 9.0).rank > better.rank


def test_the_intent_head_learns_at_a_rate_of_its_own(weights: str, tmp_path: Path) -> None:
    job = FinetuneJob(weights, ROWS, PAIRS, schedule=QUICK)
    model = load_model(Path(weights), META)
    rows = arrange(job)
    intents = module._intent_loss(model, rows, 20.0)
    trainer = module._trainer(job, model, rows, intents, str(tmp_path))
    groups = trainer.create_optimizer().param_groups
    rate = {id(p): group["lr"] for group in groups for p in group["params"]}
    assert rate[id(intents.head)] == QUICK.head_learning_rate
    others = {lr for key, lr in rate.items() if key != id(intents.head)}
    assert others == {QUICK.learning_rate}


def test_word_vectors_are_trained_only_on_request(weights: str) -> None:
    def words(schedule: Schedule) -> torch.Tensor:
        model = finetune(FinetuneJob(weights, ROWS, schedule=schedule)).model
        return model[0].transformer.get_input_embeddings().weight.detach()

    before = load_model(Path(weights), META)[0].transformer.get_input_embeddings().weight
    assert torch.equal(words(QUICK), before)
    assert not torch.equal(words(replace(QUICK, trains_words=True)), before)


def test_progress_counts_steps_and_nothing_else_is_said_or_written(
    weights: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    steps: list[tuple[int, int | None, str]] = []
    job = FinetuneJob(weights, ROWS, PAIRS, schedule=QUICK)
    finetune(job, lambda *step: steps.append(step))
    assert [done for done, _, _ in steps] == list(range(1, 9))
    assert {total for _, total, _ in steps} == {8}
    assert {what for _, _, what in steps} == {"fine-tuning"}
    assert capfd.readouterr() == ("", "")
    assert not list(tmp_path.iterdir())


def outside(count: int) -> list[Example]:
    return [Example(f"what is love {n}", OUT_OF_SCOPE, "en") for n in range(count)]


def test_few_out_of_scope_rows_do_not_teach() -> None:
    rows = arrange(FinetuneJob("tiny", [*ROWS, *outside(LEAST_OUTSIDE - 1)], PAIRS))
    assert len(rows.texts) == len(ROWS)
    assert max(rows.labels) == 2
    assert rows.pairs == PAIRS
    assert not rows.validation


def test_enough_out_of_scope_rows_are_a_class_beside_the_intents() -> None:
    dev = [Example("sing", OUT_OF_SCOPE, "en")]
    rows = arrange(FinetuneJob("tiny", [*ROWS, *outside(LEAST_OUTSIDE)], dev_examples=dev))
    labels = dict(zip(rows.texts, rows.labels, strict=True))
    assert len(labels) == len(ROWS) + LEAST_OUTSIDE
    strange = {label for text, label in labels.items() if "love" in text}
    assert len(strange) == 1
    assert not strange & {label for text, label in labels.items() if "love" not in text}
    assert rows.validation.labels == [*strange]


def test_questions_for_the_knowledge_teach_by_their_pairs_alone() -> None:
    asked = [Example(f"is it red {n}", KNOWLEDGE, "en") for n in range(LEAST_OUTSIDE)]
    rows = arrange(FinetuneJob("tiny", [*ROWS, *asked], PAIRS, dev_examples=asked[:2]))
    assert rows.texts == [row.text for row in ROWS]
    assert (max(rows.labels), rows.pairs) == (2, PAIRS)
    assert not rows.validation.texts


def test_validation_rows_of_an_unknown_intent_are_left_out() -> None:
    dev = [Example("hello", "greeting", "en"), Example("my order", "order", "en")]
    rows = arrange(FinetuneJob("tiny", ROWS, dev_examples=dev))
    assert rows.validation.texts == ["my order"]
    assert rows.validation.labels == [rows.labels[0]]


@pytest.mark.parametrize(
    ("examples", "pairs"),
    [
        ([], []),
        (ROWS[:4], []),
        ([], PAIRS[:1]),
        ([Example("x", "oos", "en")] * 99, []),
        ([*ROWS[:4], *[Example("x", "oos", "en")] * 99], []),
        ([*ROWS[:4], *[Example("x", KNOWLEDGE, "en")] * 99], []),
    ],
)
def test_too_little_to_learn_from_is_an_error(
    examples: list[Example], pairs: list[tuple[str, str]]
) -> None:
    with pytest.raises(FinetuneError, match="at least two intents"):
        arrange(FinetuneJob("tiny", examples, pairs))


def test_large_sets_hold_out_rows_of_their_own_and_small_ones_none() -> None:
    schedule = Schedule(held_out=0.25, least_held_out=3)
    rows = arrange(FinetuneJob("tiny", ROWS, PAIRS, schedule=schedule))
    assert len(rows.texts) + len(rows.validation.texts) == len(ROWS)
    assert not set(rows.texts) & set(rows.validation.texts)
    assert len(rows.validation.texts) == 3
    assert rows.pairs == PAIRS


def test_a_split_takes_its_share_of_each_intent_and_never_the_last_row() -> None:
    rows = [Example(f"{n}", f"intent{n % 3}", "en") for n in range(90)] + [
        Example("alone", "lonely", "en")
    ]
    kept, held = split_examples(rows, 0.1, seed=0)
    assert len(held) == 9
    assert sorted(row.intent for row in held) == sorted(["intent0", "intent1", "intent2"] * 3)
    assert rows[-1] in kept
    assert (kept, held) == split_examples(rows, 0.1, seed=0)
    assert held != split_examples(rows, 0.1, seed=1)[1]
    assert split_pairs(PAIRS, 0.5, seed=0)[1] != PAIRS
    assert split_pairs([], 0.5, seed=0) == ([], [])


def test_small_sets_are_gone_through_more_often() -> None:
    schedule = Schedule(epochs=8, most_epochs=20, least_steps=120, batch_size=32)
    assert schedule.epochs_for(10_000) == 8
    assert schedule.epochs_for(320) == 12
    assert schedule.epochs_for(10) == 20


def test_batches_hold_every_row_once_and_rows_of_like_length() -> None:
    lengths = np.random.default_rng(0).integers(3, 60, size=500).tolist()
    sampler = LengthBatchSampler(lengths, batch_size=16, seed=1)
    batches = list(sampler)
    assert len(batches) == len(sampler)
    assert sorted(row for batch in batches for row in batch) == list(range(500))
    padded = sum(len(batch) * max(lengths[row] for row in batch) for batch in batches)
    assert padded < 1.15 * sum(lengths)
    assert list(sampler) == batches
    sampler.set_epoch(1)
    assert list(sampler) != batches


def test_the_intent_loss_starts_from_the_mean_of_each_intent(weights: str) -> None:
    means = class_means(torch.tensor([[1.0, 0], [0, 1], [1, 0]]), torch.tensor([0, 1, 0]))
    torch.testing.assert_close(means, torch.eye(2))
    loss = IntentLoss(load_model(Path(weights), META), means, scale=10.0)
    torch.testing.assert_close(loss.logits(torch.eye(2)), 10 * torch.eye(2))


def test_bfloat16_is_left_behind_after_training(weights: str) -> None:
    model = load_model(Path(weights), META)
    before = vectors_of(model, ["my order"])
    with model[0].fast():
        np.testing.assert_allclose(vectors_of(model, ["my order"]), before, atol=0.05)
    np.testing.assert_array_equal(vectors_of(model, ["my order"]), before)


def test_an_epoch_without_validation_rows_is_simply_the_last(weights: str) -> None:
    keeper = epochs_module.EpochKeeper(
        load_model(Path(weights), META), None, Validation([], [], [], []), 1, lambda *_: None
    )
    keeper.restore()
    assert (keeper.epoch, keeper.history) == (0, [])


@pytest.mark.weights
def test_real_weights_learn_the_wording_of_a_shop(tmp_path: Path) -> None:
    questions = ["Is the blue lamp back yet?", "When can I have the lamp in blue again?"]
    pairs = [
        (questions[0], "Sold-out colours return on the first Monday of a month."),
        ("My lamp flickers", "Hold the switch for ten seconds to reset the dimmer."),
        ("Do you gift-wrap?", "Choose the paper at checkout; it costs nothing."),
    ]
    schedule = Schedule(epochs=3, least_steps=0, batch_size=4)
    result = finetune(
        FinetuneJob("all-MiniLM-L6-v2", ROWS, pairs, dev_pairs=pairs[:1], schedule=schedule)
    )
    assert result.history[-1].loss < result.history[0].loss
    export_encoder(result.model, tmp_path, result.meta)
    served = OnnxEncoder.load(tmp_path).encode(questions)
    np.testing.assert_allclose(served, vectors_of(result.model, questions), atol=1e-4)

"""Adversarial training: the worst images within a budget, and what a model learns from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from core_samples import QUICK, central_differences, log_softmax, tiny_dataset, update, with_bias
from hypothesis import given
from hypothesis import strategies as st

from core.data.config import DataConfig
from core.errors import SettingError
from core.exact.curves import exact_robustness
from core.learning.adversary import Adversary
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron, one_hot
from core.learning.sweep.sweep import Sweep, with_seeds
from core.learning.training import EpochRecord, Trainer, epoch_order
from core.progress import finish
from core.sources import open_dataset


def batch(n, n_classes, n_features, seed):
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((n_classes, n_features + 1))
    images, labels = rng.random((n, n_features)), rng.integers(n_classes, size=n)
    return weights, images, labels


def worst_of(weights, images, labels, norm, size):
    adversary = Adversary(weights, len(images) + 2, norm, size)
    targets = one_hot(labels, len(weights), weights.dtype).T
    return adversary.worst(with_bias(images), targets).copy()


def losses(weights, images, labels):
    log_y = log_softmax(SoftmaxPerceptron(weights).logits(images))
    return -log_y[np.arange(len(labels)), labels]


@pytest.mark.parametrize("norm", ["l2", "linf"])
@QUICK
@given(st.integers(2, 5), st.integers(1, 9), st.floats(0, 1), st.integers(0, 10_000))
def test_it_goes_up_the_gradient_within_budget_and_box(norm, n_classes, n_features, size, seed):
    weights, images, labels = batch(4, n_classes, n_features, seed)
    moved = worst_of(weights, images, labels, norm, size)
    assert (moved[:, 0] == 1).all()
    changed = moved[:, 1:]
    assert changed.min() >= 0
    assert changed.max() <= 1
    change = changed - images
    lengths = np.abs(change).max(axis=1) if norm == "linf" else np.linalg.norm(change, axis=1)
    assert (lengths <= size * (1 + 1e-9) + 1e-15).all()  # pixels round
    for i in range(4):
        gradient = central_differences(
            lambda x, i=i: float(losses(weights, x[None], labels[i : i + 1])[0]), images[i]
        )
        if np.linalg.norm(gradient) < 1e-6:
            continue
        step = np.sign(gradient) if norm == "linf" else gradient / np.linalg.norm(gradient)
        sure = np.abs(gradient) > 1e-7  # of whose sign the differences are sure
        expected = np.clip(images[i] + size * step, 0, 1)
        np.testing.assert_allclose(changed[i][sure], expected[sure], atol=1e-4)


@QUICK
@given(st.integers(1, 9), st.floats(0.01, 1), st.integers(0, 10_000))
def test_with_two_classes_no_image_within_the_budget_is_worse(n_features, size, seed):
    weights, images, labels = batch(3, 2, n_features, seed)
    moved = worst_of(weights, images, labels, "linf", size)[:, 1:]
    worst, rng = losses(weights, moved, labels), np.random.default_rng(seed)
    for _ in range(200):
        steps = rng.choice([-1.0, -0.5, 0.0, 0.5, 1.0], size=images.shape)
        others = np.clip(images + size * steps, 0, 1)
        assert (losses(weights, others, labels) <= worst + 1e-12).all()


@pytest.mark.parametrize("norm", ["l2", "linf"])
@pytest.mark.parametrize("lead", [5.0, 20.0, 80.0])
def test_float32_moves_a_sure_image_as_the_exact_gradient_does(norm, lead):
    """``y_label - 1`` rounds to 0 here; what is left of the doubt has a direction all the same."""
    weights, images, _ = batch(1, 4, 60, 0)
    weights, images = weights.astype(np.float32), images.astype(np.float32)
    z = weights[:, 1:] @ images[0] + weights[:, 0]
    weights[2, 0] += lead + np.delete(z, 2).max() - z[2]
    moved = worst_of(weights, images, np.array([2]), norm, 0.05)[0, 1:]
    wide = weights.astype(np.float64)
    doubt = np.exp(wide[:, 1:] @ images[0] + wide[:, 0] - z.max())
    doubt[2] = 0.0
    gradient = doubt @ (wide[:, 1:] - wide[2, 1:])
    step = np.sign(gradient) if norm == "linf" else gradient / np.linalg.norm(gradient)
    np.testing.assert_allclose(moved, np.clip(images[0] + 0.05 * step, 0, 1), atol=1e-5)


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_a_run_is_the_plain_loop_over_moved_batches(norm):
    data = tiny_dataset()
    config = TrainingConfig(epochs=2, batch_size=20, init="normal", adversary=norm,
                            adversary_size=0.2, l2=0.01)  # fmt: skip
    trainer = Trainer(data, config, dtype=np.float64)
    model = SoftmaxPerceptron(trainer.weights.copy())
    before = data.train.images.copy()
    list(trainer.run())
    for epoch in range(2):
        order = epoch_order(config.seed, epoch, data.train.n_samples)
        for first in range(0, len(order), 20):
            rows = order[first : first + 20]
            images, labels = data.train.images[rows].astype(float), data.train.labels[rows]
            moved = worst_of(model.weights, images, labels, norm, 0.2)[:, 1:]
            decay = config.learning_rate * config.l2 * model.weights
            decay[:, 0] = 0
            update(model, moved, labels, config.learning_rate)
            model.weights -= decay
    np.testing.assert_allclose(trainer.weights, model.weights, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(data.train.images, before)  # nobody's data were moved


@pytest.mark.parametrize("shuffle", [True, False])
def test_off_and_a_budget_of_nothing_are_the_present_path_bit_for_bit(shuffle, monkeypatch):
    data = tiny_dataset()
    config = TrainingConfig(epochs=3, momentum=0.5, shuffle=shuffle)
    with monkeypatch.context() as without:
        without.delattr("core.learning.training.Adversary")  # none is made
        plain = Trainer(data, config)
        list(plain.run())
    for other in (
        replace(config, adversary_size=3.0),
        replace(config, adversary="linf", adversary_size=0.0),
        replace(config, adversary="l2", adversary_size=0.0),
    ):
        trainer = Trainer(data, other)
        list(trainer.run())
        np.testing.assert_array_equal(trainer.weights, plain.weights)


def test_a_run_goes_on_from_a_checkpoint_bit_for_bit_and_takes_a_new_batch_size():
    data = tiny_dataset()
    config = TrainingConfig(epochs=4, adversary="linf", adversary_size=0.1)
    whole = Trainer(data, config)
    records = [event for event in whole.run() if isinstance(event, EpochRecord)]
    again = Trainer(data, config, start=records[2].checkpoint)
    list(again.run())
    np.testing.assert_array_equal(again.weights, whole.weights)
    larger = Trainer(data, config)
    larger.change(batch_size=50)  # more than the adversary had room for
    list(larger.run())
    assert larger.step == 4 * 2


def test_it_cannot_be_changed_in_a_run_and_runs_trained_at_once_refuse_it():
    data = tiny_dataset()
    config = TrainingConfig(adversary="l2")
    with pytest.raises(SettingError, match="start again"):
        Trainer(data, config).change(adversary="off")
    with pytest.raises(SettingError, match="adversary"):
        Sweep(data, with_seeds(config, 3))
    with pytest.raises(SettingError, match="Budget"):
        TrainingConfig(adversary_size=-1.0)


@pytest.mark.parametrize(("norm", "size"), [("linf", 0.1), ("l2", 0.8)])
def test_on_real_digits_it_buys_robustness_with_little_accuracy(norm, size):
    data = open_dataset("digits8").sized(DataConfig(dataset="digits8"))
    scores, medians, held = [], [], []
    for adversary in ("off", norm):
        config = TrainingConfig(epochs=30, adversary=adversary, adversary_size=size)
        trainer = Trainer(data, config)
        list(trainer.run())
        found = finish(exact_robustness(trainer.weights, data.test, boxed=False))
        scores.append(found.right.mean())
        medians.append(found.median(norm))
        held.append(found.accuracy(norm, np.array([size]))[0])
    assert medians[1] > 1.05 * medians[0]
    assert held[1] > held[0]  # more images withstand anything within the budget
    assert scores[1] > scores[0] - 0.05

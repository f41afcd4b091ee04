"""The practical's figures (tp.md) on real MNIST, by the TP preset and the practical's attack.

tp.md gives the range over three random starts of the notebook's algorithm. Ours are other starts
of the same algorithm, so each range is widened by the spread of starts: the tolerances below are
the tightest (to three digits) that hold for the seeds 0 to 4; the tests run the first three.
"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from core_samples import (
    REPOSITORY,
    mnist_folder,
    notebook_columns,
    notebook_epochs,
    notebook_image_step,
    notebook_like,
    notebook_one_hot,
    notebook_score,
    notebook_softmax,
)

from core.attack import AttackConfig, frames, summarise
from core.data.config import DataConfig
from core.insight.diagnostics import diagnose
from core.learning.history import History
from core.learning.perceptron import SoftmaxPerceptron, initial_weights
from core.learning.presets import TP_PRESET
from core.learning.training import EpochRecord, Trainer
from core.sources import open_dataset

SEEDS = (0, 1, 2)
N_NOISE = 5

# epoch -> (train score, test score, train log-likelihood, test log-likelihood), each (low, high)
FIGURES = {
    1: ((0.831, 0.836), (0.765, 0.772), (-0.56, -0.53), (-0.73, -0.72)),
    10: ((0.933, 0.935), (0.859, 0.862), (-0.25, -0.24), (-0.47, -0.46)),
    25: ((0.955, 0.957), (0.868, 0.871), (-0.18, -0.17), (-0.455, -0.444)),
    50: ((0.970, 0.972), (0.866, 0.871), (-0.131, -0.127), (-0.472, -0.459)),
}
# One pass from a random start still shows the start; 3,000 test images show it more than 5,000.
TOLERANCES = {
    1: (0.005, 0.018, 0.0005, 0.031),
    10: (0.002, 0.007, 0.002, 0.009),
    25: (0.002, 0.004, 0.0005, 0.004),
    50: (0.0005, 0.003, 0.0005, 0.0005),
}
CURVES = (
    ("train", "score"),
    ("test", "score"),
    ("train", "log_likelihood"),
    ("test", "log_likelihood"),
)


@pytest.fixture(scope="module")
def mnist():
    folder = mnist_folder()
    if folder is None:
        pytest.skip(
            "real MNIST is absent: neither ../shared/data/mnist beside the repository nor the "
            "folder named by PERCEPTRON_EXPLORER_DATA exists"
        )
    return open_dataset(str(folder)).sized(DataConfig())


@pytest.fixture(scope="module", params=SEEDS)
def seed(request):
    return request.param


@pytest.fixture(scope="module")
def history(mnist, seed):
    """The TP preset, once per seed for the whole file."""
    trainer = Trainer(mnist, replace(TP_PRESET, seed=seed))
    history = History(trainer.config)
    for event in trainer.run():
        if isinstance(event, EpochRecord):
            history.append(event)
    return history


@pytest.fixture(scope="module")
def model(history):
    return SoftmaxPerceptron(history.records[50].weights)


@pytest.fixture(scope="module")
def notebook(mnist, seed):
    """The notebook's own loop in float64 from the same start: weights at every epoch."""
    start = initial_weights("uniform", 10, 784, np.random.default_rng(seed), np.float64)
    return [start, *notebook_epochs(mnist, start, epochs=50, batch_size=20, rate=0.1)]


def test_in_ci_real_mnist_is_not_skipped():
    """Where the folder stands beside the repository, every test of this file runs."""
    if os.environ.get("CI") and (REPOSITORY.parent / "shared" / "data" / "mnist").is_dir():
        assert mnist_folder() is not None


def test_the_practicals_data(mnist):
    assert (mnist.train.n_samples, mnist.test.n_samples) == (5000, 3000)
    assert mnist.image_shape == (28, 28)
    assert mnist.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist.test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


@pytest.mark.parametrize("epoch", FIGURES)
@pytest.mark.parametrize(("part", "metric"), CURVES)
def test_scores_and_log_likelihoods_are_the_practicals(history, epoch, part, metric):
    place = CURVES.index((part, metric))
    low, high = FIGURES[epoch][place]
    tolerance = TOLERANCES[epoch][place]
    assert history.records[epoch].epoch == epoch
    assert low - tolerance <= history.curve(part, metric)[epoch] <= high + tolerance


def test_learning_should_stop_near_epoch_20(history):
    """tp.md: 20 to 23. The training log-likelihood never stops rising, the test one does."""
    assert 19 <= history.best.epoch <= 24
    test = history.curve("test", "log_likelihood")
    assert test[50] < test[history.best.epoch] - 0.01
    train = history.curve("train", "log_likelihood")
    assert train[50] > train[history.best.epoch] + 0.04


def test_the_notebooks_own_loop_gives_the_same_curves(mnist, history, notebook):
    for part in ("train", "test"):
        split = mnist.split(part)
        x, targets = notebook_columns(split.images), notebook_one_hot(split.labels, 10)
        for epoch in (0, 1, 10, 25, 50):
            w = notebook[epoch]
            score, like = notebook_score(w, x, split.labels), notebook_like(w, x, targets)
            assert history.curve(part, "score")[epoch] == pytest.approx(score, abs=0.001)
            assert history.curve(part, "log_likelihood")[epoch] == pytest.approx(like, abs=1e-4)
    np.testing.assert_allclose(history.records[50].weights, notebook[50], atol=1e-3)


def test_ten_full_batch_steps_climb_only_a_little(mnist, seed):
    config = replace(TP_PRESET, batch_size=5000, epochs=10, seed=seed)
    trainer = Trainer(mnist, config)
    records = [event for event in trainer.run() if isinstance(event, EpochRecord)]
    assert trainer.step == 10
    assert 0.04 <= records[0].train_score <= 0.21
    assert 0.16 <= records[-1].train_score <= 0.30


def test_every_class_has_a_worst_image_and_a_mean(mnist, history):
    """About 150 of 5,000 are wrong after 50 epochs, of every class some."""
    diagnosis = diagnose(history.records[50].weights, mnist.train)
    assert diagnosis.score == history.records[50].train_score
    for k, mistake in enumerate(diagnosis.worst):
        assert mistake is not None
        assert mnist.train.labels[mistake.index] == k != mistake.predicted
        assert mistake.probability > 0.3
    assert np.isfinite(diagnosis.mean_images).all()
    assert diagnosis.n_correct.min() > 400


@pytest.mark.parametrize("noise_seed", range(N_NOISE))
def test_noise_becomes_a_7_that_looks_like_none(mnist, model, noise_seed):
    """tp.md: p(7) 0.10, 0.93, 0.957, 0.970 at steps 0, 10, 25, 50; pixels in -0.06..0.07.

    Step 0 lies higher here, 0.12 to 0.24: the notebook's noise has a bias component near zero, an
    image's bias is always 1.
    """
    config = AttackConfig(target=7, rate=0.1, steps=50, seed=noise_seed)
    steps = list(frames(config.attack(model, mnist)))
    p = [step.probabilities[7] for step in steps]
    assert 0.08 <= p[0] <= 0.26
    assert p[10] == pytest.approx(0.93, abs=0.01)
    assert p[25] == pytest.approx(0.957, abs=0.005)
    assert p[50] == pytest.approx(0.970, abs=0.004)
    assert min(step.image.min() for step in steps) >= -0.07
    assert max(step.image.max() for step in steps) <= 0.07
    assert summarise(steps, 7, None).succeeded


@pytest.mark.parametrize("noise_seed", range(N_NOISE))
def test_noise_pulled_to_the_5_looks_like_it_and_is_read_as_2(mnist, model, noise_seed):
    """tp.md: p(2) 0.91 at distance 7.5 after 20 steps; 0.92 at 1.13-1.21 after 200.

    The largest pixel change is 0.15-0.18 there; it is 0.138 for one start of five here.
    """
    assert mnist.train.labels[0] == 5
    config = AttackConfig(target=2, rate=0.1, pull=0.12, toward=0, steps=200, seed=noise_seed)
    steps = list(frames(config.attack(model, mnist)))
    assert steps[20].probabilities[2] == pytest.approx(0.915, abs=0.008)
    assert steps[20].l2 == pytest.approx(7.5, abs=0.03)
    assert steps[200].probabilities[2] == pytest.approx(0.92, abs=0.006)
    assert 1.12 <= steps[200].l2 <= 1.22
    assert 0.13 <= steps[200].linf <= 0.182


def test_both_attacks_follow_the_notebooks_own_steps(mnist, model, seed):
    w = model.weights.astype(np.float64)
    chosen = np.concatenate(([1.0], mnist.train.images[0]))
    for config in (
        AttackConfig(target=7, steps=50, seed=seed),
        AttackConfig(target=2, steps=200, toward=0, seed=seed),
    ):
        attack = config.attack(model, mnist)
        x = np.concatenate(([1.0], attack.start.astype(np.float64)))
        for step in frames(attack):
            np.testing.assert_allclose(step.image, x[1:], atol=2e-5)
            np.testing.assert_allclose(step.probabilities, notebook_softmax(w @ x), atol=2e-4)
            x = notebook_image_step(
                w,
                x,
                config.target,
                config.rate,
                chosen=None if config.toward is None else chosen,
                pull=config.pull,
            )
            x[0] = 1.0  # the notebook lets the bias component drift


def test_a_confident_training_image_resists(mnist, model):
    """Not from noise: the squared loss saturates where the model is sure (tp.md, Part 2)."""
    surest = int(model.probabilities(mnist.train.images)[:, 0].argmax())
    config = AttackConfig(target=3, start=surest, steps=50, rate=0.1)
    steps = list(frames(config.attack(model, mnist)))
    outcome = summarise(steps, 3, int(steps[0].predicted))
    assert steps[0].probabilities[0] > 0.999
    assert outcome.saturated
    assert not outcome.succeeded

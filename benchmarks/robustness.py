"""Exact smallest changes of a whole set: against its plain evaluation, and against DeepFool.

The first ratio is for both norms together; both sides read the same images with one BLAS thread.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from material import practical_data
from result import Result, at_least, at_most, interquartile_range
from threadpoolctl import threadpool_limits

from core.exact.closed_form import smallest_changes
from core.exact.smallest import boxed_changes
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer
from core.progress import finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.data.dataset import Split

TOPIC = "robustness"
N_IMAGES, N_AGAINST_DEEPFOOL = 10_000, 3_000


def measure(quick: bool) -> list[Result]:
    """Return the ratios of times."""
    data, name = practical_data()
    trainer = Trainer(data, TrainingConfig(epochs=5))
    for _ in trainer.run():
        pass
    rows = np.resize(np.arange(data.test.n_samples), N_IMAGES)
    images, weights = data.test.take(rows), trainer.snapshot()
    n_rounds = 5 if quick else 25
    with threadpool_limits(1):
        return [
            *_against_evaluation(weights, images, name, n_rounds),
            *_against_deepfool(weights, images.part(0, N_AGAINST_DEEPFOOL), n_rounds),
        ]


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _against_evaluation(
    weights: NDArray[Any], images: Split, name: str, n_rounds: int
) -> list[Result]:
    """Return the time of exact sizes in plain evaluations, measured one after the other."""
    model = SoftmaxPerceptron(weights)
    ratios, exact = [], []
    for _ in range(n_rounds + 1):
        plain = _seconds(lambda: model.evaluate(images))
        exact.append(_seconds(lambda: smallest_changes(weights, images)))
        ratios.append(exact[-1] / plain)
    boxed = _seconds(lambda: finish(boxed_changes(weights, images)))
    median = statistics.median(exact[1:])
    return [
        at_most(
            topic=TOPIC,
            what="both exact sizes of 10,000 / evaluation",
            value=statistics.median(ratios[1:]),
            unit="x",
            target=4.0,
            noise=interquartile_range(ratios[1:]),
            note=f"{median * 1e3:.0f} ms, {name}",
        ),
        Result(TOPIC, "the same in the 0..1 box", boxed / median, "x", note=f"{boxed:.2f} s"),
    ]


def _against_deepfool(weights: NDArray[Any], images: Split, n_rounds: int) -> list[Result]:
    """Return how many times faster exact sizes are than foolbox's search, if it is installed."""
    what = f"DeepFool / exact sizes of {images.n_samples:,}"
    try:
        import eagerpy
        import foolbox
        import torch
    except ImportError:
        print(f"{what}: not measured, it needs foolbox and torch", file=sys.stderr)
        return []
    layer = torch.nn.Linear(weights.shape[1] - 1, len(weights))
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weights[:, 1:].copy()))
        layer.bias.copy_(torch.from_numpy(weights[:, 0].copy()))
    model = foolbox.PyTorchModel(layer.eval(), bounds=(0, 1))
    pixels = eagerpy.astensor(torch.from_numpy(images.images.copy()))
    labels = eagerpy.astensor(torch.from_numpy(images.labels.copy()))
    attack = foolbox.attacks.L2DeepFoolAttack()
    theirs = _seconds(lambda: attack(model, pixels, labels, epsilons=None))
    ours = statistics.median(
        _seconds(lambda: smallest_changes(weights, images)) for _ in range(n_rounds)
    )
    note = f"{theirs:.1f} s against {ours * 1e3:.1f} ms"
    return [at_least(TOPIC, what, theirs / ours, "x", 100.0, note=note)]

"""Fifty steps of projected gradient descent on 1,000 images: ours beside foolbox and the floor.

Contenders take turns within every round, as in :mod:`epoch`, so what slows the machine slows all.
"""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from epoch import take_turns
from material import practical_data
from result import Result, at_least, interquartile_range
from threadpoolctl import threadpool_limits

from core.attack.methods.iterative import ProjectedGradient, ProjectedGradientSettings
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.presets import TP_PRESET
from core.learning.training import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TOPIC = "attacks"
N_IMAGES, N_STEPS = 1000, 50
BUDGETS = {"l2": 1.5, "linf": 0.1}
TARGETS = {"l2": 8.0, "linf": 2.0}
"""How many times faster than foolbox."""
OURS, FLOOR, FOOLBOX = "ours", "the two products alone", "foolbox"


def measure(quick: bool) -> list[Result]:
    """Measure PGD in L2 and L-infinity, on one thread."""
    dataset, data = practical_data()
    trainer = Trainer(dataset, replace(TP_PRESET, epochs=3))
    for _ in trainer.run():
        pass
    model = SoftmaxPerceptron(trainer.snapshot())
    images, labels = dataset.test.images[:N_IMAGES], dataset.test.labels[:N_IMAGES]
    results: list[Result] = []
    with threadpool_limits(limits=1):
        for norm in BUDGETS:
            contenders = {
                OURS: ours(model, images, labels, norm),
                FLOOR: products(model, images),
            }
            try:
                contenders[FOOLBOX] = foolbox_pgd(model, images, labels, norm)
                missing = ""
            except ImportError as error:
                missing = f"foolbox was not compared: {error}; the extra `bench` installs it"
            seconds = take_turns(contenders, rounds=5 if quick else 20)
            results += summarise(seconds, norm, f"{len(images):,} images, {data}", missing)
    return results


def ours(
    model: SoftmaxPerceptron, images: NDArray[Any], labels: NDArray[np.int64], norm: str
) -> Callable[[], object]:
    """Return our attack, random start and result included."""
    config = ProjectedGradientSettings(
        norm=norm, budget=BUDGETS[norm], steps=N_STEPS, objective="cross_entropy"
    )
    return ProjectedGradient(model, config, images, labels).finish


def products(model: SoftmaxPerceptron, images: NDArray[Any]) -> Callable[[], object]:
    """Return only the two matrix products of every step: the floor of this design."""
    weights = model.weights[:, 1:]
    logits = np.empty((len(images), model.n_classes), dtype=np.float32)
    gradients = np.empty_like(images)

    def run() -> None:
        for _ in range(N_STEPS):
            np.matmul(images, weights.T, out=logits)
            np.matmul(logits, weights, out=gradients)

    return run


def foolbox_pgd(
    model: SoftmaxPerceptron, images: NDArray[Any], labels: NDArray[np.int64], norm: str
) -> Callable[[], object]:
    """Return foolbox's attack of the same name, steps and budget on PyTorch."""
    import foolbox
    import torch

    torch.set_num_threads(1)
    layer = torch.nn.Linear(model.n_features, model.n_classes)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(model.weights[:, 1:].copy()))
        layer.bias.copy_(torch.from_numpy(model.weights[:, 0].copy()))
    theirs = foolbox.PyTorchModel(layer.eval(), bounds=(0, 1), device="cpu")
    kinds = {"l2": foolbox.attacks.L2PGD, "linf": foolbox.attacks.LinfPGD}
    attack = kinds[norm](steps=N_STEPS)
    x, y = torch.from_numpy(images.copy()), torch.from_numpy(labels.copy())
    return lambda: attack(theirs, x, y, epsilons=BUDGETS[norm])


def summarise(seconds: dict[str, list[float]], norm: str, data: str, missing: str) -> list[Result]:
    """Return the times, and how many times faster we are, from the paired rounds."""
    topic = f"{TOPIC}: {N_STEPS} steps of PGD, {norm}"
    results = [
        Result(
            topic=topic,
            what=name,
            value=statistics.median(times) * 1e3,
            unit="ms",
            noise=interquartile_range(times) * 1e3,
            note=f"least {min(times) * 1e3:.1f} ms; {data}",
        )
        for name, times in seconds.items()
    ]
    floor = _ratios(seconds[OURS], seconds[FLOOR])
    results.append(
        Result(
            topic=topic,
            what=f"{OURS} / {FLOOR}",
            value=statistics.median(floor),
            unit="x",
            noise=interquartile_range(floor),
            note=missing,
        )
    )
    if not missing:
        faster = _ratios(seconds[FOOLBOX], seconds[OURS])
        value, noise = statistics.median(faster), interquartile_range(faster)
        results.append(
            at_least(topic, f"{FOOLBOX} / {OURS}", value, "x", TARGETS[norm], noise=noise)
        )
    return results


def _ratios(above: list[float], below: list[float]) -> list[float]:
    return [one / other for one, other in zip(above, below, strict=True)]

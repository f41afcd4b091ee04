"""Many seeds at once against as many runs one after another, evaluation included in both.

Both sides take turns within every round, on one BLAS thread, and the ratio is formed within it.
"""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from material import practical_data
from result import Result, at_most, interquartile_range
from threadpoolctl import threadpool_limits

from core.learning.config import TrainingConfig
from core.learning.presets import TP_PRESET
from core.learning.sweep.sweep import Sweep, with_seeds
from core.learning.training import Trainer

if TYPE_CHECKING:
    from core.data.dataset import Dataset

N_SEEDS = 16
TARGET = 0.75
"""A run alone spends little beside its products: so much less is there to save."""

PRESETS = {"sensible preset, shuffled": TrainingConfig(), "the practical's preset": TP_PRESET}


def at_once(dataset: Dataset, config: TrainingConfig) -> float:
    """Return the seconds of a sweep, everything from its making to its last record."""
    started = time.perf_counter()
    for _ in Sweep(dataset, with_seeds(config, N_SEEDS)).run():
        pass
    return time.perf_counter() - started


def one_after_another(dataset: Dataset, config: TrainingConfig) -> float:
    """Return the seconds of as many runs with the same seeds."""
    started = time.perf_counter()
    for seed in range(N_SEEDS):
        for _ in Trainer(dataset, replace(config, seed=config.seed + seed)).run():
            pass
    return time.perf_counter() - started


def take_turns(dataset: Dataset, config: TrainingConfig, rounds: int) -> list[tuple[float, float]]:
    """Return (at once, one after another) of every round; who begins alternates."""
    pairs = []
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            if turn % 2:
                alone = one_after_another(dataset, config)
                pairs.append((at_once(dataset, config), alone))
            else:
                stacked = at_once(dataset, config)
                pairs.append((stacked, one_after_another(dataset, config)))
    finally:
        gc.enable()
    return pairs


def summarise(pairs: list[tuple[float, float]], topic: str, note: str) -> list[Result]:
    """Return both times and their ratio."""
    ratios = [stacked / alone for stacked, alone in pairs]
    results = [
        Result(
            topic,
            what,
            statistics.median(times),
            "s",
            noise=interquartile_range(times),
            note=f"least {min(times):.2f} s; {note}",
        )
        for what, times in (
            ("at once", [stacked for stacked, _ in pairs]),
            ("one after another", [alone for _, alone in pairs]),
        )
    ]
    ratio, noise = statistics.median(ratios), interquartile_range(ratios)
    results.append(at_most(topic, "at once / one after another", ratio, "x", TARGET, noise=noise))
    return results


def measure(quick: bool) -> list[Result]:
    """Measure some epochs of both presets."""
    dataset, data = practical_data()
    epochs, rounds = (5, 3) if quick else (10, 7)
    results: list[Result] = []
    with threadpool_limits(limits=1):
        for name, preset in PRESETS.items():
            one_after_another(dataset, replace(preset, epochs=1))  # what is kept is made
            pairs = take_turns(dataset, replace(preset, epochs=epochs), rounds)
            topic = f"{N_SEEDS} seeds, {name}"
            sizes = f"{dataset.train.n_samples:,}/{dataset.test.n_samples:,} images of {data}"
            results += summarise(pairs, topic, f"{epochs} epochs, {sizes}")
    return results

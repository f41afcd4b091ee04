"""An epoch of 5,000 images: ours beside the practical's own loop, the floor, and what else exists.

Contenders take turns within every round, and ratios are formed within a round: whatever slows the
machine for a moment slows both sides. The ratio reported is the median over the rounds.
"""

from __future__ import annotations

import gc
import statistics
import time
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from material import practical_data
from result import Result, at_most, interquartile_range
from threadpoolctl import threadpool_limits

from core.learning.config import TrainingConfig
from core.learning.perceptron import BLOCK_ROWS
from core.learning.presets import TP_PRESET
from core.learning.training import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.data.dataset import Dataset

    Epoch = Callable[[], object]

BATCH_SIZES = (20, 100)
RATE = 0.1
OURS = "ours"
SHUFFLED = "ours, shuffled"
EVALUATED = "ours, shuffled, with its evaluation"
NOTEBOOK = "the notebook's loop"
PRODUCTS = "the two products alone"
ALL_PRODUCTS = "the products of epoch and evaluation alone"
RATIOS = ((SHUFFLED, OURS, None), (EVALUATED, ALL_PRODUCTS, 1.8))
"""What else is held against what than ours against everything, and the target."""

TARGETS = {NOTEBOOK: 0.55, PRODUCTS: 1.75}


def ours(dataset: Dataset, batch_size: int, *, shuffle: bool) -> Epoch:
    """Return an epoch as the window and the report do it, without the evaluation after it."""
    config = replace(TP_PRESET, batch_size=batch_size, shuffle=shuffle, epochs=5000)
    trainer = Trainer(dataset, config)

    def epoch() -> None:
        last = trainer.epoch + 1
        while trainer.epoch < last:
            trainer._advance(trainer.batches_per_record)

    return epoch


def evaluated(dataset: Dataset, batch_size: int) -> Epoch:
    """Return a shuffled epoch and the record after it: both parts read, the weights kept."""
    trainer = Trainer(dataset, TrainingConfig(batch_size=batch_size, epochs=5000))

    def epoch() -> None:
        for _ in trainer.run(until_epoch=trainer.epoch + 1):
            pass

    return epoch


def notebook(dataset: Dataset, batch_size: int) -> Epoch:
    """Return an epoch of the notebook's loop, word for word (tp-nn.txt), in float64."""

    def softmax(y: NDArray[Any]) -> Any:
        exp_y = np.exp(y)
        return exp_y / np.sum(exp_y, 0)

    def perceptron_out(w: NDArray[Any], X: NDArray[Any]) -> Any:
        return softmax(np.matmul(w, X))

    def update_weights(w: NDArray[Any], X: NDArray[Any], y_true: NDArray[Any]) -> Any:
        y = perceptron_out(w, X)
        w = w + RATE * (np.matmul(X, (y_true - y).T) / X.shape[1]).T
        return w

    def mini_batches(X: NDArray[Any], y: NDArray[Any], m: int, bs: int) -> Any:
        return X[:, m * bs : (m + 1) * bs], y[:, m * bs : (m + 1) * bs]

    n_samples = dataset.train.n_samples
    ones = np.ones((n_samples, 1))
    X = np.concatenate((ones, dataset.train.images), axis=1).T
    y = np.zeros((dataset.n_classes, n_samples))
    y[dataset.train.labels, np.arange(n_samples)] = 1
    n_batches = int(X.shape[1] / batch_size)
    state = {"w": np.random.default_rng(0).random((dataset.n_classes, X.shape[0]))}

    def epoch() -> None:
        w = state["w"]
        for m in range(n_batches):
            Xb, yb = mini_batches(X, y, m, batch_size)
            w = update_weights(w, Xb, yb)
        state["w"] = w

    return epoch


def products(dataset: Dataset, batch_size: int, *, evaluation: bool = False) -> Epoch:
    """Return only the matrix products of an epoch, preallocated: the floor of this design."""
    design = dataset.train.design
    n_samples, n_columns = design.shape
    weights = np.random.default_rng(0).random((dataset.n_classes, n_columns), dtype=np.float32)
    response = np.empty((dataset.n_classes, batch_size), dtype=np.float32)
    logits = np.empty((dataset.n_classes, BLOCK_ROWS), dtype=np.float32)
    gradient = np.empty_like(weights)
    read = (dataset.train, dataset.test) if evaluation else ()

    def epoch() -> None:
        for first in range(0, n_samples - batch_size + 1, batch_size):
            batch = design[first : first + batch_size]
            np.matmul(weights, batch.T, out=response)
            np.matmul(response, batch, out=gradient)
        for split in read:
            for _, images, _ in split.chunks(BLOCK_ROWS):
                np.matmul(weights[:, 1:], images.T, out=logits[:, : len(images)])

    return epoch


def torch_layer(dataset: Dataset, batch_size: int) -> Epoch:
    """Return an epoch as PyTorch's own tutorials write it: Linear, CrossEntropyLoss, SGD."""
    import torch

    images = torch.from_numpy(dataset.train.images.copy())
    labels = torch.from_numpy(dataset.train.labels.copy())
    layer = torch.nn.Linear(dataset.n_features, dataset.n_classes)
    loss_of = torch.nn.CrossEntropyLoss()
    optimiser = torch.optim.SGD(layer.parameters(), lr=RATE)

    def epoch() -> None:
        for first in range(0, len(labels), batch_size):
            optimiser.zero_grad()
            logits = layer(images[first : first + batch_size])
            loss_of(logits, labels[first : first + batch_size]).backward()
            optimiser.step()

    return epoch


def torch_by_hand(dataset: Dataset, batch_size: int) -> Epoch:
    """Return an epoch of the same formula as ours on PyTorch's tensors, without autograd."""
    import torch

    design = torch.from_numpy(dataset.train.design.copy())
    targets = torch.zeros(dataset.train.n_samples, dataset.n_classes)
    targets[torch.arange(len(targets)), torch.from_numpy(dataset.train.labels.copy())] = 1
    weights = torch.rand(dataset.n_classes, design.shape[1])

    def epoch() -> None:
        with torch.inference_mode():
            for first in range(0, len(design), batch_size):
                batch = design[first : first + batch_size]
                residual = targets[first : first + batch_size] - torch.softmax(batch @ weights.T, 1)
                weights.addmm_(residual.T, batch, alpha=RATE / len(batch))

    return epoch


def sklearn_sgd(dataset: Dataset, batch_size: int) -> Epoch:
    """Return an epoch of scikit-learn's SGDClassifier, fed the same batches."""
    from sklearn.linear_model import SGDClassifier

    model = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=RATE, alpha=0.0)
    images, labels = dataset.train.images, dataset.train.labels
    classes = np.arange(dataset.n_classes)

    def epoch() -> None:
        for first in range(0, len(labels), batch_size):
            batch = slice(first, first + batch_size)
            model.partial_fit(images[batch], labels[batch], classes=classes)

    return epoch


OPTIONAL: tuple[tuple[str, Callable[[Dataset, int], Epoch]], ...] = (
    ("PyTorch, Linear + CrossEntropyLoss + SGD", torch_layer),
    ("PyTorch, by hand", torch_by_hand),
    ("scikit-learn, SGDClassifier.partial_fit", sklearn_sgd),
)
"""What a person would pick instead; the extra ``bench`` installs it."""


def contenders(dataset: Dataset, batch_size: int) -> dict[str, Epoch]:
    """Return what is compared, as far as it is installed."""
    found = {
        OURS: ours(dataset, batch_size, shuffle=False),
        SHUFFLED: ours(dataset, batch_size, shuffle=True),
        EVALUATED: evaluated(dataset, batch_size),
        NOTEBOOK: notebook(dataset, batch_size),
        PRODUCTS: products(dataset, batch_size),
        ALL_PRODUCTS: products(dataset, batch_size, evaluation=True),
    }
    for name, make in OPTIONAL:
        try:
            found[name] = make(dataset, batch_size)
        except ImportError:
            continue
    return found


def take_turns(epochs: dict[str, Epoch], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every contender in every round, after one round unmeasured."""
    names = list(epochs)
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for epoch in epochs.values():
        epoch()
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            # Another order each round: nobody always follows the one that empties the cache.
            shift = turn % len(names)
            for name in names[shift:] + names[:shift]:
                started = time.perf_counter()
                epochs[name]()
                seconds[name].append(time.perf_counter() - started)
    finally:
        gc.enable()
    return seconds


def summarise(seconds: dict[str, list[float]], topic: str, data: str) -> list[Result]:
    """Return times, and ratios from the paired rounds."""
    results = [
        Result(
            topic,
            name,
            statistics.median(times) * 1e3,
            "ms",
            noise=interquartile_range(times) * 1e3,
            note=f"least {min(times) * 1e3:.2f} ms; {data}",
        )
        for name, times in seconds.items()
    ]
    apart = {name for pair in RATIOS for name in pair[:2]}
    against_ours = [(OURS, name, TARGETS.get(name)) for name in seconds if name not in apart]
    for above, below, target in (*against_ours, *RATIOS):
        ratios = [one / other for one, other in zip(seconds[above], seconds[below], strict=True)]
        value, noise = statistics.median(ratios), interquartile_range(ratios)
        what = f"{above} / {below}"
        if target is None:
            results.append(Result(topic, what, value, "x", noise=noise))
        else:
            results.append(at_most(topic, what, value, "x", target, noise=noise))
    return results


def _single_threaded_torch() -> None:
    try:
        import torch
    except ImportError:
        return
    torch.set_num_threads(1)


def measure(quick: bool) -> list[Result]:
    """Measure an epoch in batches of 20 and of 100, on one BLAS thread."""
    dataset, data = practical_data()
    results: list[Result] = []
    _single_threaded_torch()
    with threadpool_limits(limits=1), warnings.catch_warnings():
        # scikit-learn says that one epoch is too few to converge; true, and not the question.
        warnings.simplefilter("ignore")
        for batch_size in BATCH_SIZES:
            seconds = take_turns(contenders(dataset, batch_size), rounds=7 if quick else 40)
            topic = f"epoch of {dataset.train.n_samples:,}, batches of {batch_size}"
            results += summarise(seconds, topic, data)
    return results

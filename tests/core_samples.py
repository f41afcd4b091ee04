"""What the core tests share: small data, files on disk, and the practical in its own words."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import HealthCheck, settings

from core.data.dataset import Dataset, make_dataset
from core.exact.cost_matrix import PairSizes, cost_matrix
from core.insight.epoch_readings import EpochSearch
from core.learning.model_cache import ModelCache
from core.learning.perceptron import SoftmaxPerceptron, one_hot
from core.progress import finish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.cost_matrix import CostMatrix
    from core.insight.epoch_readings import EpochReadings
    from core.learning.records import EpochRecord

REPOSITORY = Path(__file__).resolve().parents[1]

QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine must not turn a slow example into a failure."""


def tiny_dataset(
    n_train: int = 63,
    n_test: int = 30,
    *,
    shape: tuple[int, int] = (3, 4),
    n_classes: int = 4,
    seed: int = 0,
) -> Dataset:
    """Blurred class prototypes: learnable, but never perfectly."""
    rng = np.random.default_rng(seed)
    n_pixels = shape[0] * shape[1]
    prototypes = rng.random((n_classes, n_pixels))

    def part(n_samples: int) -> tuple[NDArray[Any], NDArray[Any]]:
        labels = rng.integers(n_classes, size=n_samples)
        images = prototypes[labels] + 0.35 * rng.standard_normal((n_samples, n_pixels))
        return np.clip(images, 0, 1), labels

    names = [f"class {k}" for k in range(n_classes)]
    train, test = part(n_train), part(n_test)
    return make_dataset("tiny", "made up", train, test, image_shape=shape, class_names=names)


def read_epochs(snapshots: Sequence[EpochRecord], split: Split) -> EpochReadings:
    """Return what all of these snapshots read in ``split``."""
    search = EpochSearch(split, snapshots, ModelCache())
    finish(search.run())
    found = search.found()
    assert found is not None
    return found.readings


def cost_matrix_of(medians: list[list[float]], counts: list[list[int]] | None = None) -> CostMatrix:
    """Return a matrix whose medians are of one image each."""
    sizes = np.array(medians)
    n = len(sizes)
    seen = np.zeros((n, n), dtype=np.int64) if counts is None else np.array(counts)
    return cost_matrix(PairSizes(seen, np.arange(n), np.arange(n), sizes, n))


def idx_bytes(array: NDArray[Any], *, type_byte: int = 0x08, sizes: tuple[int, ...] = ()) -> bytes:
    """Return ``array`` as IDX; ``sizes`` lets the header claim other dimensions."""
    dimensions = sizes or array.shape
    header = bytes([0, 0, type_byte, len(dimensions)])
    header += b"".join(size.to_bytes(4, "big") for size in dimensions)
    return header + np.ascontiguousarray(array, dtype=np.uint8).tobytes()


def write_content(path: Path, content: bytes) -> Path:
    """Write ``content``, compressed where the name ends in .gz."""
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


def write_idx(path: Path, array: NDArray[Any], **header: Any) -> Path:
    """Write ``array`` as an IDX file."""
    return write_content(path, idx_bytes(array, **header))


def write_idx_folder(
    folder: Path, *, n_train: int = 12, n_test: int = 6, side: int = 5, suffix: str = ".gz"
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Write the four files; return train images, train labels, test images, test labels."""
    rng = np.random.default_rng(n_train)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for part, n in (("train", n_train), ("t10k", n_test)):
        images = rng.integers(256, size=(n, side, side + 1), dtype=np.uint8)
        labels = (np.arange(n) % 3).astype(np.uint8)
        write_idx(folder / f"{part}-images-idx3-ubyte{suffix}", images)
        write_idx(folder / f"{part}-labels-idx1-ubyte{suffix}", labels)
        written += [images, labels]
    return written[0], written[1], written[2], written[3]


def mnist_folder() -> Path | None:
    """Return the folder with real MNIST, or None where there is none."""
    candidates = [REPOSITORY.parent / "shared" / "data" / "mnist"]
    if os.environ.get("PERCEPTRON_EXPLORER_DATA"):
        candidates.insert(0, Path(os.environ["PERCEPTRON_EXPLORER_DATA"]))
    # A folder that exists but is incomplete is a failure to see, not a reason to skip.
    return next((folder for folder in candidates if folder.is_dir()), None)


def log_softmax(logits: NDArray[Any]) -> NDArray[Any]:
    """Return ``log softmax`` along the last axis without ever taking the log of an underflow."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def with_bias(images: NDArray[Any]) -> NDArray[Any]:
    """Return the images with a constant component 1 before each (TP: ``TransformX``)."""
    ones = np.ones((len(images), 1), dtype=images.dtype)
    return np.concatenate((ones, images), axis=1)


def loss_and_gradient(
    model: SoftmaxPerceptron, images: NDArray[Any], labels: NDArray[np.int64]
) -> tuple[float, NDArray[Any]]:
    """Return the mean cross-entropy and its gradient in the weights.

    ``dL/dw_ki = (1/n) sum_m x_i (y_k - t_k)``.
    """
    log_y = log_softmax(model.logits(images))
    loss = -float(log_y[np.arange(len(labels)), labels].mean())
    residual = np.exp(log_y) - one_hot(labels, model.n_classes, log_y.dtype)
    return loss, residual.T @ with_bias(images) / len(labels)


def update(
    model: SoftmaxPerceptron, images: NDArray[Any], labels: NDArray[np.int64], rate: float
) -> None:
    """Make one step on a batch, ``w += eta * mean x_i (t_k - y_k)``: the reference for the fast."""
    model.weights -= rate * loss_and_gradient(model, images, labels)[1]


def notebook_softmax(activations: NDArray[np.float64]) -> NDArray[np.float64]:
    exp_y = np.exp(activations)
    return exp_y / np.sum(exp_y, 0)


def notebook_one_hot(labels: NDArray[Any], n_classes: int) -> NDArray[np.float64]:
    targets = np.zeros((n_classes, labels.shape[0]))
    for i in range(labels.shape[0]):
        targets[labels[i], i] = 1
    return targets


def notebook_columns(images: NDArray[Any]) -> NDArray[np.float64]:
    ones = np.ones((len(images), 1))
    return np.concatenate((ones, images), axis=1).T


def notebook_step(
    w: NDArray[np.float64], x: NDArray[np.float64], targets: NDArray[np.float64], rate: float
) -> NDArray[np.float64]:
    y = notebook_softmax(np.matmul(w, x))
    return w + rate * (np.matmul(x, (targets - y).T) / x.shape[1]).T


def notebook_epochs(
    dataset: Dataset,
    w: NDArray[np.float64],
    *,
    epochs: int,
    batch_size: int,
    rate: float,
    l2: float = 0.0,
    orders: list[NDArray[np.int64]] | None = None,
) -> Iterator[NDArray[np.float64]]:
    """Yield the weights after each pass.

    Two additions to the notebook: the images left over after the last full batch are a smaller
    batch of their own, and ``l2`` shrinks all but the bias. ``orders`` are the shuffled passes.
    """
    x = notebook_columns(dataset.train.images)
    targets = notebook_one_hot(dataset.train.labels, dataset.n_classes)
    for epoch in range(epochs):
        order = orders[epoch] if orders else np.arange(x.shape[1])
        for first in range(0, x.shape[1], batch_size):
            columns = order[first : first + batch_size]
            decay = rate * l2 * w
            decay[:, 0] = 0
            w = notebook_step(w, x[:, columns], targets[:, columns], rate) - decay
        yield w


def notebook_score(w: NDArray[np.float64], x: NDArray[np.float64], labels: NDArray[Any]) -> float:
    return float(np.sum(np.argmax(notebook_softmax(np.matmul(w, x)), 0) == labels) / x.shape[1])


def notebook_like(
    w: NDArray[np.float64], x: NDArray[np.float64], targets: NDArray[np.float64]
) -> float:
    return float(np.mean(np.log(notebook_softmax(np.matmul(w, x))) * targets) * w.shape[0])


def notebook_image_step(
    w: NDArray[np.float64],
    x: NDArray[np.float64],
    target: int,
    rate: float,
    *,
    chosen: NDArray[np.float64] | None = None,
    pull: float = 0.0,
) -> NDArray[np.float64]:
    """UpdateClass and UpdateClass_withIm; ``x`` has the bias component 0, which drifts here."""
    y_target = np.zeros(w.shape[0])
    y_target[target] = 1
    y_x = notebook_softmax(np.matmul(w, x))
    act = np.exp(np.matmul(w, x))
    norm = np.sum(act, 0)
    grad = w * act.reshape(-1, 1) / norm
    grad = grad - np.tensordot(act / norm**2, np.sum(w * act.reshape(-1, 1), 0), 0)
    x_new = x + rate * np.matmul(grad.T, y_target - y_x)
    return x_new if chosen is None else x_new - rate * pull * (x - chosen)


def central_differences(
    function: Callable[[NDArray[np.float64]], float],
    at: NDArray[np.float64],
    width: float = 1e-5,
) -> NDArray[np.float64]:
    """Return the numerical gradient of ``function``, one component at a time."""
    gradient = np.empty_like(at)
    for i in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[i] += width
        down[i] -= width
        gradient[i] = (function(up) - function(down)) / (2 * width)
    return gradient

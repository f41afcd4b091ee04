"""A run as a script: to be read, run and changed with NumPy alone, without this program.

Its functions have the names of the practical, and it computes what the program computes in the same
order and precision, so that one machine learns the same weights from both, bit for bit. The images
as the program saw them, inverted, cut, with noise and all, lie beside it: it reads no format.
"""

from __future__ import annotations

import io
from dataclasses import asdict
from string import Template
from typing import TYPE_CHECKING, Any

import numpy as np

from core.learning.history import PARTS
from core.learning.perceptron import SMALL_NORMAL_SCALE
from core.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.data.dataset import Dataset
    from core.learning.course import Course

SUFFIX, IMAGES_SUFFIX = ".py", ".images.npz"
"""Not ``.npz`` alone: a person's data may have the name of the script."""

_NAMES = {
    "learning_rate": "eta",
    "batch_size": "BS",
    "l2": "decay",
    "momentum": "momentum",
    "shuffle": "shuffle",
    "seed": "seed",
    "adversary": "adversary",
    "adversary_size": "budget",
}
"""Setting -> its name in the script; where it starts and ends have places of their own."""

_STARTS = {
    "zeros": "np.zeros((K, 1 + D))",
    "uniform": 'np.random.default_rng(now["seed"]).random((K, 1 + D))',
    "normal": f'({SMALL_NORMAL_SCALE} * np.random.default_rng(now["seed"])'
    ".standard_normal((K, 1 + D)))",
}

_SCRIPT = '''\
"""A softmax perceptron of several classes, learnt with NumPy alone.

Written by Perceptron Explorer. The images are in the file beside it that ends in .images.npz.
"""

from pathlib import Path

import numpy as np

# $title
data = np.load(Path(__file__).with_suffix(".images.npz"))
K, D = $n_classes, $n_features  # classes, pixels
FIRST, LAST = $first, $last  # epochs
now = $now
CHANGES = $changes  # update -> what was set before it #? changes


def TransformX(images):
    """Return (n, 1 + D): the ink, 0 to 1, behind a constant 1 for the bias."""
    X = np.ones((len(images), 1 + D), np.float32)
    X[:, 1:] = images * np.float32(1 / 255) if images.dtype == np.uint8 else images
    return X


def OneHotVec(labels):
    """Return (K, n): 1 in the row of each label, 0 elsewhere."""
    return (np.arange(K)[:, None] == labels).astype(np.float32)


def PerceptronOut(W, X):
    """Return softmax(W x) of every image, (K, n)."""
    z = W @ X.T
    y = np.exp(z - z.max(axis=0))  # at most 1; what all lose alike changes nothing
    return y / (np.ones((K, K), np.float32) @ y)


def WorstImages(W, X, T): #? adversary
    """Return the images moved up their loss as far as the budget allows.""" #? adversary
    y = np.where(T > 0, -np.inf, W @ X.T) #? adversary
    y = np.exp(y - y.max(axis=0))  # how the others share what the label lacks #? adversary
    g = np.where(T > 0, -y.sum(axis=0), y).T @ W #? adversary
    g[:, 0] = 0 #? adversary
    size = np.full((len(X), 1), now["budget"], np.float32) #? adversary
    if now["adversary"] == "linf":  # so much in each pixel, else in length #? adversary
        return np.clip(X + size * np.sign(g), 0, 1) #? adversary
    length = np.sqrt(np.einsum("ij,ij->i", g, g))[:, None] #? adversary
    np.divide(size, length, size, where=length > 0) #? adversary
    return np.clip(X + size * g, 0, 1) #? adversary
 #? adversary
 #? adversary
def UpdateWeights(W, V, X, T): #? momentum
def UpdateWeights(W, X, T): #? still
    """Learn one batch: W += eta / BS sum of x (t - y)."""
    X = WorstImages(W, X, T) if now["adversary"] != "off" else X #? adversary
    eta, error = now["eta"], T - PerceptronOut(W, X)
    decay = np.full(1 + D, now["decay"]) #? decay
    decay[0] = 0  # the bias does not decay #? decay
    if now["momentum"] == 0: #? sometimes
        V[:] = 0 #? sometimes
        W *= (1 - eta * decay).astype(np.float32) #? sometimes decay
        W += (error * (eta / len(X))) @ X #? sometimes
        return #? sometimes
    W *= (1 - eta * decay).astype(np.float32) #? still decay
    W += (error * (eta / len(X))) @ X #? still
    V *= now["momentum"] #? momentum
    V += (error * (1 / len(X))) @ X #? momentum
    V -= decay.astype(np.float32) * W #? momentum decay
    W += eta * V #? momentum


def ComputeScore(W, X, labels):
    """Return the fraction of the images that are read rightly."""
    return np.mean((W @ X.T).argmax(axis=0) == labels)


def ComputeLike(W, X, labels):
    """Return the log-likelihood per image: the mean of log y_label."""
    z = (W @ X.T).astype(np.float64)
    z -= z.max(axis=0)
    return np.mean(z[labels, np.arange(len(labels))] - np.log(np.exp(z).sum(axis=0)))


def tell(epoch):
    """Print how good the model is, and keep the log-likelihoods."""
    told = f"epoch {epoch}"
    for part, (images, labels) in parts.items():
        likes[part].append(ComputeLike(W, images, labels))
        told += f"  {part} {ComputeScore(W, images, labels):.4f} {likes[part][-1]:.4f}"
    print(told)


names = $parts
parts = {part: (TransformX(data[part + "_images"]), data[part + "_labels"]) for part in names}
likes = {part: [] for part in parts}
X, T = parts["train"][0], OneHotVec(parts["train"][1])
n = len(X)
W = $start.astype(np.float32)
V = $velocity #? momentum
step = $step  # updates done
tell(FIRST)
for epoch in range(FIRST, LAST):
    seen, order = 0, np.arange(n)
    while seen < n:
        now.update(CHANGES.get(step, {})) #? changes
        if seen == 0 and now["shuffle"] and now["BS"] < n: #? shuffle
            order = np.random.default_rng((now["seed"], epoch + 1)).permutation(n) #? shuffle
        rows = order[seen : seen + now["BS"]]
        UpdateWeights(W, V, X[rows], T[:, rows]) #? momentum
        UpdateWeights(W, X[rows], T[:, rows]) #? still
        step, seen = step + 1, seen + len(rows)
    tell(epoch + 1)
best = int(np.argmax(likes[names[-1]]))
print(f"best: epoch {FIRST + best}, $held log-likelihood {likes[names[-1]][best]:.4f}")
'''
"""A line that ends in ``#? words`` stands there where the run has all that the words name."""


def script_of(dataset: Dataset, course: Course, last_epoch: int, title: str) -> bytes:
    """Return the script that learns a run again and prints its scores.

    Parameters
    ----------
    dataset : cut to the sizes of the run; it lies beside the script (:func:`images_of`)
    course : what the run was told from its start on
    last_epoch : up to which it learns
    title : what run it is, for a comment
    """
    configs = [asdict(course.config), *(asdict(config) for _, config in course.later)]
    start = course.start
    momenta = [config["momentum"] > 0 for config in configs]
    has = {
        "changes": False,
        "momentum": any(momenta),
        "still": not any(momenta),
        "sometimes": any(momenta) and not all(momenta),
        "decay": any(config["l2"] for config in configs),
        "adversary": any(config["adversary"] != "off" for config in configs),
        "shuffle": any(config["shuffle"] for config in configs),
    }
    draws = start is None and course.config.init != "zeros"
    unused = {name for name in ("momentum", "decay", "adversary", "shuffle") if not has[name]}
    unused |= set() if has["adversary"] else {"budget"}
    unused |= set() if has["shuffle"] or draws else {"seed"}
    names = {setting: name for setting, name in _NAMES.items() if name not in unused}
    changes: dict[int, dict[str, Any]] = {}
    for (at, _), old, new in zip(course.later, configs, configs[1:], strict=False):
        moved = {name: new[key] for key, name in names.items() if new[key] != old[key]}
        if moved:
            changes.setdefault(at, {}).update(moved)
    has["changes"] = bool(changes)
    later = "".join(f"    {at}: {moved},\n" for at, moved in changes.items())
    parts = _parts(dataset)
    given = start is not None and start.velocity is not None
    values = {
        "n_classes": dataset.n_classes,
        "n_features": dataset.n_features,
        "first": 0 if start is None else start.epoch,
        "last": last_epoch,
        "now": {name: configs[0][setting] for setting, name in names.items()},
        "changes": f"{{\n{later}}}",
        "parts": parts,
        "start": _STARTS[course.config.init] if start is None else "data['start']",
        "velocity": "data['velocity'].copy()" if given else "np.zeros_like(W)",
        "step": 0 if start is None else start.step,
        "held": parts[-1],
    }
    lines = "".join(_kept(_SCRIPT, {name for name, is_so in has.items() if is_so}))
    words = {name: str(value).replace("'", '"') for name, value in values.items()}
    words["title"] = one_line(title)
    # A path may hold what UTF-8 cannot: half a surrogate pair from the system.
    return Template(lines).substitute(words).encode("utf-8", "backslashreplace")


def data_words(dataset: Dataset) -> str:
    """Return what is learnt, for the title."""
    counts = (f"{dataset.split(part).n_samples:,} {part}" for part in _parts(dataset))
    return f"{dataset.name}: {', '.join(counts)} images"


def _parts(dataset: Dataset) -> tuple[str, ...]:
    return PARTS if dataset.validation is not None else PARTS[:2]


def _kept(template: str, has: set[str]) -> Iterator[str]:
    """Yield the lines of which all conditions are met."""
    for line in template.splitlines(keepends=True):
        words, mark, conditions = line.rstrip("\n").partition(" #?")
        if has.issuperset(conditions.split()):
            yield f"{words}\n" if mark else line


def images_of(dataset: Dataset, course: Course) -> bytes:
    """Return what lies beside the script: images and labels of each part, a start that was given.

    Images of whole grey values are kept as those, in a quarter of the bytes.
    """
    arrays: dict[str, Any] = {"class_names": np.array(dataset.class_names)}
    for part in _parts(dataset):
        split = dataset.split(part)
        grey = np.rint(split.images * 255).astype(np.uint8)
        is_grey = np.array_equal(grey * np.float32(1 / 255), split.images)
        arrays[f"{part}_images"] = grey if is_grey else split.images
        arrays[f"{part}_labels"] = split.labels
    if course.start is not None:
        arrays["start"] = course.start.weights
        if course.start.velocity is not None:
            arrays["velocity"] = course.start.velocity
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()

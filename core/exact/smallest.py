"""Exact smallest changes of single images and of whole parts, with and without the 0..1 box.

"Nearest": what an image is read as changes as soon as *some* rival overtakes the class it is read
as, so its size is the smallest of those of all pairs (:mod:`core.exact.pairs`).

"Toward a class": *all* others must be overtaken at once. The class it is read as is the hardest to
overtake for most images, and then the pair's change is enough and nothing smaller can be; where it
is not, :mod:`core.exact.solver.overtaking` solves the small convex problem. The fewest pixels
are a covering problem there (:mod:`core.exact.solver.fewest`): the size given is one that is
enough, and ``at_least`` what cannot be undercut, nearly always the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.errors import ExplorerError, SettingError
from core.exact.closed_form import SET_NORMS, SmallestChanges, class_distances
from core.exact.pairs import NORMS, Norm, pair_changes
from core.exact.solver.ahead import BEYOND, can_be_ahead, scale_of
from core.exact.solver.fewest import fewest_pixels
from core.exact.solver.overtaking import overtaking_change
from core.progress import Progress, finish

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Split
    from core.exact.closed_form import SetNorm

_BEYOND = 1e-6
"""So far beyond the tie few pixels go where they can: a share of the largest gap or weight."""
CHUNK_ROWS = 128
"""Images whose boxed sizes are found together: a tenth of a second at most."""


@dataclass(frozen=True, slots=True, eq=False)
class SmallestChange:
    """The smallest change of one image.

    Attributes
    ----------
    size : in the norm asked for; infinite where no change is enough
    at_least : no smaller change is enough; equal to ``size`` but for the fewest pixels toward a
        class that must overtake several
    predicted, target : what the image is read as, and what overtakes; -1 where nothing can
    change : (n_features,) float64, read-only; just reaches the tie, as :mod:`core.exact` says (the
        fewest pixels go beyond)
    """

    size: float
    at_least: float
    predicted: int
    target: int
    change: NDArray[np.float64]


def smallest_change(
    weights: NDArray[Any],
    image: NDArray[Any],
    norm: Norm,
    *,
    target: int | None = None,
    boxed: bool = False,
) -> SmallestChange:
    """Return the smallest change with which an image is read as ``target``, or as something else.

    Parameters
    ----------
    weights : (n_classes, n_features + 1), bias in column 0
    image : (n_features,)
    norm : one of :data:`NORMS`
    target : a class, or None for the nearest; nothing is to change where it is read so already
    boxed : whether pixels stay between 0 and 1

    Raises
    ------
    SettingError
        If there is no such norm or class, or a pixel of a boxed image lies outside the box.
    """
    return finish(finding_change(weights, image, norm, target=target, boxed=boxed))


def finding_change(
    weights: NDArray[Any],
    image: NDArray[Any],
    norm: Norm,
    *,
    target: int | None = None,
    boxed: bool = False,
) -> Generator[Progress, None, SmallestChange]:
    """Do what :func:`smallest_change` does, telling in between where it may take a second.

    That is where the fewest pixels toward one of many classes are looked for.
    """
    w, x = weights.astype(np.float64), image.astype(np.float64)
    if norm not in NORMS:
        raise SettingError(f"The norm must be one of {', '.join(NORMS)}, not {norm!r}")
    if target is not None and not 0 <= target < len(w):
        raise SettingError(f"There is no class {target}; they go from 0 to {len(w) - 1}")
    if boxed and (x.min() < 0 or x.max() > 1):
        raise SettingError("An image in the box must have pixels between 0 and 1")
    logits = w[:, 1:] @ x + w[:, 0]
    winner = int(logits.argmax())
    if target == winner:
        return SmallestChange(0.0, 0.0, winner, winner, read_only(np.zeros_like(x)))
    rivals = np.array([k for k in range(len(w)) if k != winner])
    if target is None:
        towards, gaps = w[rivals, 1:] - w[winner, 1:], logits[winner] - logits[rivals]
        images = np.broadcast_to(x, towards.shape)
        sizes, changes = pair_changes(images, towards, gaps, norm, boxed=boxed)
        best = int(sizes.argmin())
        size = float(sizes[best])
        reached = int(rivals[best]) if np.isfinite(size) else -1
        return SmallestChange(size, size, winner, reached, read_only(changes[best].copy()))
    if not can_be_ahead(w, target, boxed=boxed):
        return SmallestChange(np.inf, np.inf, winner, -1, read_only(np.zeros_like(x)))
    found = yield from _toward(w, x, logits, target, norm, boxed=boxed)
    return found


def _toward(
    w: NDArray[np.float64],
    x: NDArray[np.float64],
    logits: NDArray[np.float64],
    target: int,
    norm: Norm,
    *,
    boxed: bool,
) -> Generator[Progress, None, SmallestChange]:
    winner = int(logits.argmax())
    others = np.array([k for k in range(len(w)) if k != target])
    rows, gaps = w[target, 1:] - w[others, 1:], logits[others] - logits[target]
    behind = gaps > 0  # those that are overtaken already cost nothing by themselves
    sizes, changes = np.zeros(len(others)), np.zeros_like(rows)
    at = behind | (others == winner)
    images, ahead = np.broadcast_to(x, rows[at].shape), np.maximum(gaps[at], 0.0)
    sizes[at], changes[at] = pair_changes(images, rows[at], ahead, norm, boxed=boxed)
    hardest = int(sizes.argmax())
    bound, change = float(sizes[hardest]), changes[hardest]
    nothing = read_only(np.zeros_like(x))
    if not np.isfinite(bound):
        return SmallestChange(np.inf, np.inf, winner, -1, nothing)
    # A number of pixels has no "just beyond": there a tie is not enough.
    scale = max(float(np.abs(gaps).max()), 1e-300)
    ahead = 2 * BEYOND * scale_of(rows, gaps) if norm == "l0" else -1e-12 * scale
    if (rows @ change - gaps >= ahead).all():
        return SmallestChange(bound, bound, winner, target, read_only(change.copy()))
    if norm == "l0":
        pixels, least = yield from fewest_pixels(rows, gaps, x if boxed else None)
        if pixels is None:
            return SmallestChange(np.inf, least, winner, -1, nothing)
        change = np.zeros_like(x)
        change[pixels] = _of_pixels(rows[:, pixels], gaps, x[pixels] if boxed else None)
        return SmallestChange(float(len(pixels)), least, winner, target, read_only(change))
    found = overtaking_change(rows, gaps, norm, x if boxed else None)
    if found is None:
        return SmallestChange(np.inf, np.inf, winner, -1, nothing)
    size = float(np.linalg.norm(found) if norm == "l2" else np.abs(found).max())
    return SmallestChange(size, size, winner, target, read_only(found))


def _of_pixels(
    rows: NDArray[np.float64], gaps: NDArray[np.float64], x: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return the shortest change of some pixels that overtakes all by more than a tie."""
    for beyond in (_BEYOND, 2 * BEYOND, BEYOND):
        needed = gaps + beyond * scale_of(rows, gaps)
        try:
            found = overtaking_change(rows, needed, "l2", x)
        except ExplorerError:
            continue
        if found is not None:
            return found
    raise ExplorerError("A change of the fewest pixels could not be found.")


def boxed_changes(
    weights: NDArray[Any], split: Split, norms: Sequence[SetNorm] = SET_NORMS
) -> Generator[Progress, None, SmallestChanges]:
    """Find the smallest changes of all images of ``split`` with every pixel between 0 and 1.

    As :func:`core.exact.closed_form.smallest_changes`, which has no box. A change that must stay in
    the box is never smaller than one that need not: rivals are looked at in the order of their
    sizes without a box, and those that could not come first any more are left out.
    """
    w = weights.astype(np.float64)
    distances = class_distances(w)
    found = SmallestChanges.unknown(split.n_samples, norms)
    for rows, narrow, _ in split.chunks(CHUNK_ROWS):
        images = narrow.astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):  # NaN is the answer then
            logits = images @ w[:, 1:].T + w[:, 0]
            winner = found.predicted[rows] = logits.argmax(axis=1)
            gaps = logits[np.arange(len(images)), winner][:, None] - logits
            for norm in norms:
                found.sizes[norm][rows], found.rivals[norm][rows] = _nearest_boxed(
                    images, w[:, 1:], gaps, winner, distances[norm], norm
                )
        yield Progress(rows.stop, split.n_samples, "images")
    return found.known()


def _nearest_boxed(
    images: NDArray[np.float64],
    rows: NDArray[np.float64],
    gaps: NDArray[np.float64],
    winner: NDArray[np.int64],
    distances: NDArray[np.float64],
    norm: Norm,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the smallest size over all rivals and which it is, (n,) each; -1 for none."""
    apart = distances[winner]
    least = np.full_like(gaps, np.inf)
    np.divide(gaps, apart, out=least, where=apart > 0)
    order = np.argsort(least, axis=1, kind="stable")
    best, rival = np.full(len(images), np.inf), np.full(len(images), -1)
    for place in order.T:
        open_ = np.flatnonzero(least[np.arange(len(images)), place] < best)
        if not len(open_):
            break
        chosen = place[open_]
        found, _ = pair_changes(
            images=images[open_],
            towards=rows[chosen] - rows[winner[open_]],
            gaps=gaps[open_, chosen],
            norm=norm,
            boxed=True,
        )
        better = found < best[open_]
        best[open_[better]], rival[open_[better]] = found[better], chosen[better]
    unknown = np.isnan(gaps).any(axis=1)
    best[unknown], rival[unknown] = np.nan, -1
    return best, rival

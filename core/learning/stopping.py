"""When to stop: how sure a best epoch is, and what waiting with patience would have done.

The bootstrap is that of B. Efron, Bootstrap methods: another look at the jackknife, 1979: the
held-out images are drawn anew with replacement, as often as there are, and the curve is computed
for each redrawing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.learning.whole_curves import band_of_draws, n_held
from core.parameters import Settings, parameter
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from numpy.typing import NDArray

N_RESAMPLES = 1000
LEVEL = 0.9
BLOCK_VALUES = 1 << 21
"""Draws made together: 16 MB, and about a tenth of a second."""

SLICE_IMAGES = 4096
"""Images whose values are copied to float64 together."""


@dataclass(frozen=True, slots=True)
class StoppingConfig(Settings):
    """How long early stopping waits."""

    patience: int = parameter(
        5,
        "int",
        "Patience",
        "Early stopping ends a run after so many epochs in which the held-out log-likelihood did "
        "not rise above its best so far, and keeps the weights of that best epoch. Nothing is "
        "stopped here: it is told what would have been.",
        low=1,
        high=5000,
        unit="epochs",
        formula="stop at the first epoch e with e - e_best >= {value}",
    )


@dataclass(frozen=True, slots=True, eq=False)
class BootstrapBand:
    """How far the mean log-likelihood, and its best epoch, depend on the images at hand.

    Attributes
    ----------
    epochs : (n_epochs,) int64
    mean : (n_epochs,) float64, over the images as they are
    low, high : (n_epochs,) float64
        Between them lie whole curves of redrawings, see :mod:`core.learning.whole_curves`; NaN
        where a redrawing's mean is not a number.
    best_share : (n_epochs,) float64
        Share of the redrawings in which each epoch is the best; the earliest wins a tie, NaN never
        wins, so that the shares add up to less than one if all of a redrawing is NaN.
    n_samples, n_resamples : how many images, and how often they were redrawn
    level : the share of redrawings whose whole curve lies between ``low`` and ``high``, at least
    """

    epochs: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    best_share: NDArray[np.float64]
    n_samples: int
    n_resamples: int
    level: float

    @property
    def interval(self) -> tuple[int, int] | None:
        """First and last epoch between which at least ``level`` of the best epochs lie.

        The earliest epochs up to which ``(1 - level) / 2`` and ``(1 + level) / 2`` of them have
        come; None if no redrawing has a best epoch.
        """
        reached = np.cumsum(self.best_share)
        if not len(reached) or reached[-1] <= 0:
            return None
        tails = np.array([(1 - self.level) / 2, (1 + self.level) / 2]) * reached[-1]
        # Sums of shares such as 0.1 are not exact: a hair below is reached.
        first, last = np.searchsorted(reached, tails - 1e-9)
        return int(self.epochs[first]), int(self.epochs[last])

    def share_between(self, first: int, last: int) -> float:
        """Return the share of the redrawings whose best epoch lies between two, both included."""
        inside = (self.epochs >= first) & (self.epochs <= last)
        return float(self.best_share[inside].sum())


def resample_counts(
    n_samples: int, n_resamples: int, rng: np.random.Generator
) -> Iterator[NDArray[np.float64]]:
    """Yield how often each image is drawn in each redrawing, (n_block, n_samples), in blocks.

    ``n_samples`` draws with replacement for each row; together the blocks have ``n_resamples``
    rows. The draws do not depend on the size of the blocks.
    """
    block = max(1, BLOCK_VALUES // max(n_samples, 1))
    for first in range(0, n_resamples, block):
        n_rows = min(block, n_resamples - first)
        draws = rng.integers(n_samples, size=(n_rows, n_samples))
        draws += n_samples * np.arange(n_rows)[:, None]
        counts = np.bincount(draws.reshape(-1), minlength=n_rows * n_samples)
        yield counts.reshape(n_rows, n_samples).astype(np.float64)


def bootstrapping(
    log_likelihood: NDArray[Any],
    epochs: NDArray[np.int64],
    *,
    n_resamples: int = N_RESAMPLES,
    level: float = LEVEL,
    rng: np.random.Generator,
) -> Generator[Progress, None, BootstrapBand]:
    """Find how the mean over images, and its best epoch, vary over redrawings of the images.

    Every redrawing keeps the images of all epochs together, so that epochs are compared on the
    same images.

    Parameters
    ----------
    log_likelihood : (n_epochs, n_samples), ``log y_label`` of each image at each epoch
    epochs : (n_epochs,) rising
    n_resamples : how often the images are redrawn
    level : share of the redrawings inside the band, whole, and in the interval of the best epoch
    rng : the same state gives the same band
    """
    n_epochs, n_samples = log_likelihood.shape
    means = np.empty((n_resamples, n_epochs))
    done = 0
    for counts in resample_counts(n_samples, n_resamples, rng):
        rows = slice(done, done + len(counts))
        means[rows] = _redrawn_means(counts, log_likelihood)
        done = rows.stop
        yield Progress(done, n_resamples, "new draws")
    # What is not above minus infinity never wins: a column of that before all epochs would.
    usable = np.where(np.isnan(means), -np.inf, means)
    places = np.insert(usable, 0, -np.inf, axis=1).argmax(axis=1)
    share = np.bincount(places, minlength=n_epochs + 1)[1:] / n_resamples
    median = np.median(means, axis=0)
    low, high = band_of_draws(means.T, median, n_held(n_resamples, level))
    return BootstrapBand(
        epochs=epochs,
        mean=read_only(log_likelihood.mean(axis=1, dtype=np.float64)),
        low=read_only(low),
        high=read_only(high),
        best_share=read_only(share),
        n_samples=n_samples,
        n_resamples=n_resamples,
        level=level,
    )


def _redrawn_means(counts: NDArray[np.float64], values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the mean at each epoch of each redrawing, (n_block, n_epochs).

    Some images at a time, so that no copy in float64 grows with the data set. NaN where an image
    was drawn whose value is not finite.
    """
    sums = np.zeros((len(counts), len(values)))
    spoilt = np.zeros(sums.shape, dtype=np.bool_)
    for first in range(0, counts.shape[1], SLICE_IMAGES):
        drawn = counts[:, first : first + SLICE_IMAGES]
        part = values[:, first : first + SLICE_IMAGES].T.astype(np.float64)
        # A count of zero times NaN is NaN: what is not finite is left out and put back in.
        bad = ~np.isfinite(part)
        if bad.any():
            part[bad] = 0.0
            spoilt |= drawn @ bad.astype(np.float64) > 0
        sums += drawn @ part
    sums[spoilt] = np.nan
    return np.asarray(sums / counts.shape[1])


@dataclass(frozen=True, slots=True)
class EarlyStop:
    """What stopping after some epochs without improvement would have done.

    Attributes
    ----------
    patience : epochs waited
    stopped_at : the epoch after which it would have stopped; None if the run never got there
    best_epoch, best_value
        The best up to there: what is kept. NaN if no value was a number, and the first epoch.
    waited : epochs since ``best_epoch`` when it stopped, or now
    """

    patience: int
    stopped_at: int | None
    best_epoch: int
    best_value: float
    waited: int


def early_stopping(
    epochs: Sequence[int] | NDArray[Any],
    values: Sequence[float] | NDArray[Any],
    patience: int,
) -> EarlyStop:
    """Return where a run whose ``values`` should rise would have been stopped.

    The usual rule (L. Prechelt, Early stopping - but when?, 1998, his "no progress" form): stop
    at the first epoch that lies ``patience`` epochs after the last improvement. A value improves
    if it is above the best before; NaN never does.

    Parameters
    ----------
    epochs, values : of the same length, at least 1; epochs rising
    patience : at least 1
    """
    best_epoch, best_value = int(epochs[0]), float(values[0])
    epoch = best_epoch
    for epoch, value in zip(map(int, epochs), map(float, values), strict=True):
        if value > best_value or (np.isnan(best_value) and not np.isnan(value)):
            best_epoch, best_value = epoch, value
        elif epoch - best_epoch >= patience:
            return EarlyStop(patience, epoch, best_epoch, best_value, epoch - best_epoch)
    return EarlyStop(patience, None, best_epoch, best_value, epoch - best_epoch)

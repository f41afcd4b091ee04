"""What the tables of costs and of confusion say together, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.learning.records import epoch_words
from core.words import MINUS, at_least, at_most, counted, significant
from gui.shared.words import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.exact.cost_matrix import CostMatrix
    from gui.attack.pairs.study import CostsQuestion

_LOOSE = 0.2
"""Nearer to 0 than that a rank correlation is called none."""


def known_words(measured: CostsQuestion, matrix: CostMatrix) -> tuple[str, ...]:
    """Return how many images are measured and of which epoch, ever shorter."""
    sizes, part = matrix.sizes, PARTS[measured.part]
    n, epoch = len(sizes.indices), epoch_words(measured.epoch)
    if not n:
        return (f"No {part} image is read rightly, {epoch}: let it learn first.",)
    images = "image" if n == 1 else "images"
    if sizes.complete:
        n_targets = sizes.n_classes - 1
        each = "" if n_targets < 2 else f", all {n_targets:,} targets each"
        return (
            f"{n:,} {images} measured{each}, {epoch}",
            f"{n:,} {images} measured, {epoch}",
            epoch,
        )
    rest = "; all follow when it rests" if measured.most else ""
    return (
        f"of {sizes.n_done:,} of {n:,} {images} so far, {epoch}{rest}",
        f"{sizes.n_done:,} of {n:,} {images}, {epoch}",
        epoch,
    )


def pair_sentences(
    matrix: CostMatrix, names: Sequence[str], pair: tuple[int, int]
) -> tuple[str, str]:
    """Return what one pair costs, and below it quartiles, extremes, and what is confused."""
    if not matrix.sizes.n_done:
        return "", ""
    (source, target), extremes = pair, matrix.extremes()
    if extremes is None:
        words = "No change is enough to make any class another: there is nothing learnt to change."
        return words, ""
    way = f"{names[source]} → {names[target]}"
    if source == target:
        n = int(matrix.sizes.counts[source, source])
        right = f"{n:,} of {int(matrix.sizes.counts[source].sum()):,} {names[source]} read rightly"
        return f"{right}: there is nothing to change.", over_all(matrix, names, pair)
    median, low, high = (float(v[pair]) for v in (matrix.median, matrix.low, matrix.high))
    if np.isnan(median):
        first = f"{way}: no image is read rightly as {names[source]} yet."
    elif np.isinf(median):
        first = f"{way} is out of reach for half of the images or more."
    else:
        which = {extremes[0]: " is the cheapest", extremes[1]: " is the dearest"}.get(pair, "")
        first = f"{way}{which}: the median {names[source]} needs {significant(median)}."
    parts = []
    if np.isfinite(median):
        more = "for a quarter none is enough"
        if np.isfinite(high):
            more = f"a quarter more than {at_least(high)}"
        parts.append(f"A quarter need less than {at_most(low)}, {more}.")
    return first, " ".join([*parts, over_all(matrix, names, pair)])


def over_all(matrix: CostMatrix, names: Sequence[str], but: tuple[int, int]) -> str:
    """Return the cheapest and the dearest pair that are not ``but``, and the rank correlation."""
    extremes = matrix.extremes()
    if extremes is None:
        return ""
    (low, high), median = extremes, matrix.median
    words = []
    for name, pair in (("Cheapest", low), ("Dearest", high)):
        if pair != but and not (name == "Dearest" and high == low):
            words.append(
                f"{name}: {names[pair[0]]} → {names[pair[1]]}, {significant(median[pair])}."
            )
    n_far = int(np.isinf(median).sum())
    if n_far:
        words.append(f"Out of reach for half of the images or more: {counted(n_far, 'pair')}.")
    words.append(_correlation_words(matrix))
    return " ".join(words)


def _correlation_words(matrix: CostMatrix) -> str:
    found, n_pairs = matrix.correlation, int(matrix.known.sum())
    if np.isnan(found):
        if n_pairs < 3:
            return f"{counted(n_pairs, 'pair')} of classes: too few for a rank correlation."
        if not matrix.rates[matrix.known].any():
            return "Nothing is confused here, so that there is nothing to compare costs with."
        return "All pairs are equal in one of the two, so that there is no rank correlation."
    if abs(found) < _LOOSE:
        how = "What is confused more often is hardly cheaper or dearer"
    elif found < 0:
        how = "What is confused more often tends to be cheaper"
    else:
        how = "What is confused more often tends to be dearer"
    over = f"over {counted(n_pairs, 'pair')}"
    return f"{how}: rank correlation {found:+.2f} {over}.".replace("-", MINUS)

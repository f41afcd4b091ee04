"""The rows of the class atlas below the weights: means, and the worst mistakes of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.insight.diagnostics import WEIGHTS_SEEN, seen_weights, weight_images, weight_limit
from gui.widgets.images.image_mosaic import MosaicRow

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from core.data.dataset import Dataset, Split
    from core.insight.diagnostics import Diagnosis
    from gui.session.session import Session
    from gui.widgets.images.image_card import CardContent
    from gui.widgets.images.image_mosaic import ImageMosaic

MEAN, WORST = 1, 2
"""Rows of the atlas; the worst are the last ones."""

_WORST_ROWS = ("worst", "2nd worst", "3rd worst", "4th worst", "5th worst")

_WEIGHTS_HELP = (
    "Each class's weights w_k as an image: red pixels speak for the class, blue ones against it."
)
MEAN_HELP = "Mean of the training images of the class that are classified correctly."
_WORST_HELP = (
    "The training image of the class that is classified wrongly with the highest response: what "
    "it is taken for, and how surely."
)


def weights_row(
    weights: NDArray[Any], how: str, start: NDArray[Any] | None, image_shape: tuple[int, int]
) -> MosaicRow:
    """Return the weights of each class, as :func:`~core.insight.diagnostics.seen_weights` does."""
    seen = seen_weights(weights, how, start)
    tip = f"{_WEIGHTS_HELP} They are shown {WEIGHTS_SEEN[how]}."
    return MosaicRow("weights", tip, weight_images(seen, image_shape), weight_limit(seen))


def rows_to_come(dataset: Dataset, n_worst: int) -> list[MosaicRow]:
    """Keep the room of what is not known yet: weights would be laid out otherwise without."""
    labels = ("mean", *_WORST_ROWS[:n_worst])
    none = np.zeros((dataset.n_classes, *dataset.image_shape), np.float32)
    nothing, waiting = ("",) * dataset.n_classes, ("...",) * dataset.n_classes
    help_texts = (MEAN_HELP, *(_WORST_HELP for _ in labels[1:]))
    return [
        MosaicRow(label, words, none, captions=nothing if i else (), missing=waiting)
        for i, (label, words) in enumerate(zip(labels, help_texts, strict=True))
    ]


def diagnosis_rows(split: Split, diagnosis: Diagnosis, dataset: Dataset) -> list[MosaicRow]:
    """Return the means of what is read rightly, and the worst mistakes."""
    names, image_shape = dataset.class_names, dataset.image_shape
    means = diagnosis.mean_images.reshape(-1, *image_shape)
    none_right = tuple("none right" if n == 0 else "" for n in diagnosis.n_correct)
    rows = [MosaicRow("mean", MEAN_HELP, means, missing=none_right)]
    for n in range(diagnosis.n_worst):
        worst = np.zeros_like(means)
        captions = []
        for k, mistake in enumerate(diagnosis.nth_worst(n)):
            if mistake is not None:
                worst[k] = split.images[mistake.index].reshape(image_shape)
                captions.append(f"→ {names[mistake.predicted]}  {mistake.probability:.2f}")
            else:
                captions.append("")
        none = "none wrong" if n == 0 else "no more"
        missing = tuple("" if caption else none for caption in captions)
        row = MosaicRow(
            _WORST_ROWS[n], _WORST_HELP, worst, captions=tuple(captions), missing=missing
        )
        rows.append(row)
    return rows


def content_of(
    session: Session, atlas: ImageMosaic, row: int, column: int, index: int | None
) -> CardContent | None:
    """Return what the card shows of a cell, or of the training image that was in it."""
    from gui.shared.words import PartView
    from gui.widgets.images.image_card import CardContent

    shown, dataset = session.view.shown, session.view.dataset
    if shown is None or dataset is None or row >= len(atlas.rows):
        return None
    if index is not None:
        snapshots = session.epochs.snapshots
        return PartView(dataset, "train").card(index, shown, snapshots)
    picture, name = atlas.rows[row], dataset.class_names[column]
    values = picture.values[column]
    if picture.missing and picture.missing[column]:
        return None
    is_mean = row == MEAN
    return CardContent(
        title=f"{'mean' if is_mean else 'weights'} of class {name}",
        words=MEAN_HELP if is_mean else picture.help,
        values=values,
        limit=picture.limit,
        class_names=dataset.class_names,
        probabilities=shown.probabilities_of(values.reshape(-1)) if is_mean else None,
        true_class=column if is_mean else None,
        part="train",
        weights=shown.weights if is_mean else None,
    )

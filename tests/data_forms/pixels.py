from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.sources.reading import ReadingConfig
from data_forms import IMAGES, LABELS, Form, N

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TITLE = "Pixels"
COLOURS = np.repeat(IMAGES[..., np.newaxis], 3, axis=3)


def npz(images: Any, labels: Any = LABELS) -> Callable[[Path], Path]:
    """Return what writes images and labels into one file."""

    def make(folder: Path) -> Path:
        np.savez(folder / "set.npz", X=images, y=labels)
        return folder / "set.npz"

    return make


FORMS = [
    Form("bytes, light ink on dark", npz(IMAGES)),
    Form("dark ink on a light ground", npz(255 - IMAGES)),
    Form(
        "the same with `--ink light`: as stored",
        npz(255 - IMAGES),
        reading=ReadingConfig(ink="light"),
    ),
    Form("fractions 0..1", npz(IMAGES / 255)),
    Form("0 and 1 alone, as bytes", npz((IMAGES > 99).astype(np.uint8))),
    Form("whole numbers 0..16", npz(IMAGES // 16)),
    Form("16 bits", npz(IMAGES.astype(np.uint16) * 257)),
    Form("12 bits in 16, up to 4080", npz(IMAGES.astype(np.uint16) * 16)),
    Form(
        "the same with `--full-ink 4095`",
        npz(IMAGES.astype(np.uint16) * 16),
        reading=ReadingConfig(full_ink=4095),
    ),
    Form("percent", npz(IMAGES / 2.55)),
    Form("-1..1", npz(IMAGES / 127.5 - 1)),
    Form("-0.5..0.5", npz(IMAGES / 255 - 0.5)),
    Form("a little beyond 0..1 by rounding", npz((IMAGES * 0.00392157).astype(np.float32))),
    Form("colours", npz(COLOURS)),
    Form("(n, 1, height, width)", npz(IMAGES[:, np.newaxis])),
    Form("one-hot labels", npz(IMAGES, np.eye(3)[LABELS])),
    Form("images sorted by class", npz(IMAGES, np.sort(LABELS))),
    Form(
        "pixels -128..127, with `--full-ink 128`",
        npz(IMAGES.astype(np.int16) - 128),
        reading=ReadingConfig(full_ink=128),
    ),
    Form("pixels -128..127", npz(IMAGES.astype(np.int16) - 128), False),
    Form("pixels less their mean, divided by their spread", npz(IMAGES / 79 - 0.4), False),
    Form("pixels that overshoot 0..1", npz(IMAGES / 255 * 1.3), False),
    Form("no numbers (NaN)", npz(np.where(IMAGES > 200, np.nan, IMAGES / 255)), False),
    Form("labels with fractions", npz(IMAGES, np.linspace(0, 1, N)), False),
    Form("labels of one class", npz(IMAGES, np.full(N, 3)), False),
    Form("one image of each class", npz(IMAGES, np.arange(N)), False),
]

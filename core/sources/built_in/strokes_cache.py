"""Stroke digits as a data set: drawn once, then kept in the user's cache folder."""

from __future__ import annotations

import logging
import os
import tempfile
from typing import TYPE_CHECKING

import numpy as np

from core.data.dataset import Dataset, make_dataset
from core.sources.built_in.strokes import drawing_stroke_digits
from core.sources.catalogue.cache import cache_folder

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from numpy.typing import NDArray

    from core.progress import Progress

N_TRAIN = 6000
N_TEST = 2000
SEED = 13
_VERSION = 2
"""Raised whenever the drawing changes, so that an old cache is not shown for a new drawing."""

_SIDE = 28
_log = logging.getLogger(__name__)


def cache_file() -> Path:
    """Return where the drawn digits are kept (``PERCEPTRON_EXPLORER_CACHE`` overrides)."""
    return cache_folder() / f"stroke-digits-v{_VERSION}-seed{SEED}.npy"


def opening_strokes() -> Generator[Progress, None, Dataset]:
    """Return 6,000 training and 2,000 test stroke digits, always the same ones."""
    samples = _load()
    if samples is None:
        samples = yield from _drawing()
        _store(samples)
    images, labels = samples[:, :-1], samples[:, -1].astype(np.int64)
    return make_dataset(
        "Stroke digits",
        f"drawn by this program, seed {SEED}",
        (images[:N_TRAIN], labels[:N_TRAIN]),
        (images[N_TRAIN:], labels[N_TRAIN:]),
        image_shape=(_SIDE, _SIDE),
        class_names=[str(k) for k in range(10)],
    )


def _drawing() -> Generator[Progress, None, NDArray[np.uint8]]:
    """Return (N_TRAIN + N_TEST, 785) uint8: the pixels of each image, then its label."""
    rng = np.random.default_rng(SEED)
    images, labels = yield from drawing_stroke_digits(N_TRAIN + N_TEST, rng)
    flat = images.reshape(len(images), -1)
    return np.concatenate((flat, labels[:, None].astype(np.uint8)), axis=1)


def _load() -> NDArray[np.uint8] | None:
    """Return the cached samples, or None where there are none that can be trusted."""
    try:
        with cache_file().open("rb") as stream:  # np.load would also open archives and pickles
            samples = np.lib.format.read_array(stream, allow_pickle=False)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError, MemoryError) as error:  # last: a header that lies
        _log.warning("drawing the stroke digits anew, their cache is unreadable: %s", error)
        return None
    shape = (N_TRAIN + N_TEST, _SIDE * _SIDE + 1)
    if samples.shape != shape or samples.dtype != np.uint8 or samples[:, -1].max() > 9:
        _log.warning("drawing the stroke digits anew, their cache holds something else")
        return None
    return np.asarray(samples)


def _store(samples: NDArray[np.uint8]) -> None:
    """Write the cache atomically; a full or read-only disk only costs the next start a second."""
    file = cache_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                np.save(stream, samples)
            os.replace(temporary, file)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        _log.warning("the stroke digits are not cached: %s", error)

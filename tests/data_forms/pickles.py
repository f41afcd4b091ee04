"""Pickles: NumPy's, lists, pandas', scikit-learn's, joblib's, and what is no data."""

from __future__ import annotations

import gzip
import pickle
from typing import TYPE_CHECKING, Any

from foreign_pickles import PICKLES

from data_forms import IMAGES, LABELS, WORDS, Form

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TITLE = "Pickles"


def written(name: str, content: bytes) -> Callable[[Path], Path]:
    """Return what writes a file of that content."""

    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def pickled(value: Any, name: str = "data.pkl") -> Callable[[Path], Path]:
    """Return what writes a pickle of ``value``."""
    return written(name, pickle.dumps(value, 4))


class _Anything:
    """A class of somebody's own."""


PAIR = (IMAGES, LABELS)
FORMS = [
    Form(
        "`mnist.pkl.gz`: three pairs of arrays, gzipped",
        written("mnist.pkl.gz", gzip.compress(pickle.dumps((PAIR, PAIR, PAIR), 2), mtime=0)),
    ),
    Form("a pair (images, labels)", pickled(PAIR)),
    Form("a dictionary of arrays", pickled({"X": IMAGES, "y": WORDS})),
    Form(
        "a list of (image, label)",
        pickled([(image, int(k)) for image, k in zip(IMAGES, LABELS, strict=True)]),
    ),
    Form(
        "a list of dictionaries",
        pickled([{"image": x, "label": str(k)} for x, k in zip(IMAGES, WORDS, strict=True)]),
    ),
    Form("lists of lists of numbers", pickled((IMAGES.tolist(), LABELS.tolist()))),
    Form("a pandas DataFrame", written("data.pkl", PICKLES["words, pandas 3"])),
    Form("a DataFrame and a Series", written("data.pkl", PICKLES["frame and series, pandas 3"])),
    Form(
        "a DataFrame with a column of images",
        written("data.pkl", PICKLES["images in a column, pandas 3"]),
    ),
    Form("a scikit-learn Bunch", written("data.pkl", PICKLES["Bunch"])),
    Form("fetch_openml's Bunch", written("data.pkl", PICKLES["Bunch of frames"])),
    Form("joblib's file", written("data.joblib", PICKLES["joblib"])),
    Form("joblib's file, compressed", written("data.joblib", PICKLES["joblib, compressed"])),
    Form("an object of one's own", pickled(_Anything()), opens=False),
    Form("a pickle that is cut", written("data.pkl", pickle.dumps(PAIR, 4)[:-99]), opens=False),
    Form("images alone", pickled(IMAGES), opens=False),
]

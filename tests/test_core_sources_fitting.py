"""Images of arrays and tables that are too large to learn are brought down as pictures are."""

from __future__ import annotations

import numpy as np
import pytest
from hostile_files import idx_header
from PIL import Image

from core.errors import DatasetError
from core.sources import limits, open_dataset
from core.sources.reading import ReadingConfig

LARGE = np.zeros((8, 150, 150), dtype=np.uint8)
LARGE[:, 40:110, 40:110] = np.random.default_rng(0).integers(1, 256, (8, 1, 1))
LARGE[0, 40:110, 40:110] = 255
LABELS = np.arange(8) % 2


def pictures(folder):
    for i, image in enumerate(LARGE):
        (folder / str(i % 2)).mkdir(exist_ok=True)
        Image.fromarray(image).save(folder / str(i % 2) / f"{i}.png")


def arrays(folder):
    np.savez(folder / "set.npz", X=LARGE, y=LABELS)


def fractions(folder):
    np.savez(folder / "set.npz", X=LARGE / 255, y=LABELS)


def idx(folder):
    images = idx_header(*LARGE.shape) + LARGE.tobytes()
    (folder / "train-images-idx3-ubyte").write_bytes(images)
    labels = idx_header(8) + LABELS.astype(np.uint8).tobytes()
    (folder / "train-labels-idx1-ubyte").write_bytes(labels)


def table(folder):
    rows = [f"{k}," + ",".join(map(str, im.ravel())) for k, im in zip(LABELS, LARGE, strict=True)]
    (folder / "set.csv").write_text("\n".join(rows) + "\n")


def mean_of_each(dataset):
    images = np.concatenate((dataset.train.images, dataset.test.images))
    return np.sort(images.mean(axis=1))


@pytest.mark.parametrize("make", [arrays, fractions, idx, table])
@pytest.mark.parametrize("side", [0, 40])
def test_large_images_are_brought_down_whatever_holds_them(tmp_path, make, side):
    for each in (pictures, make):
        (tmp_path / each.__name__).mkdir()
        each(tmp_path / each.__name__)
    reading = ReadingConfig(picture_side=side)
    one = open_dataset(str(tmp_path / "pictures"), reading)
    other = open_dataset(str(tmp_path / make.__name__), reading)
    assert one.image_shape == other.image_shape == (side or 28, side or 28)
    np.testing.assert_allclose(mean_of_each(other), mean_of_each(one), atol=1 / 255)
    assert any("150 x 150 pixels were brought to" in note for note in other.notes)


def test_still_larger_ones_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_STORED_SIDE", 149)
    arrays(tmp_path)
    with pytest.raises(DatasetError, match="each side must be between 1 and 149"):
        open_dataset(str(tmp_path))

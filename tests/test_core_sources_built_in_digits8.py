"""The 8 x 8 digits that ship open by name."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import DatasetError
from core.sources import open_dataset
from core.sources.built_in import digits8


def refusal(path):
    """Return the words with which ``path`` is refused."""
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path))
    return str(caught.value)


def test_the_8x8_digits_open_by_name():
    dataset = open_dataset("digits8")
    assert dataset.image_shape == (8, 8)
    assert dataset.class_names == tuple("0123456789")
    assert (dataset.train.n_samples, dataset.test.n_samples) == (1297, 500)
    assert dataset.train.images.max() == 1
    # Multiples of one sixteenth, and every class about equally often.
    assert set(np.unique(dataset.train.images * 16)) == set(range(17))
    assert np.bincount(dataset.train.labels).min() > 100
    assert np.bincount(dataset.test.labels).min() > 40


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: b"PK\x03\x04" + b"x" * 40,
        lambda content: b"not an archive",
        lambda content: content[:2000] + bytes(500) + content[2500:],
    ],
    ids=["empty", "cut", "not a zip inside", "text", "overwritten"],
)
def test_damaged_8x8_digits_say_to_restore_the_file(tmp_path, monkeypatch, damage):
    file = tmp_path / "digits8.npz"
    file.write_bytes(damage(digits8.ASSET.read_bytes()))
    monkeypatch.setattr(digits8, "ASSET", file)
    message = refusal("digits8")
    assert str(file) in message
    assert "restore the file from the repository" in message


def test_missing_8x8_digits_say_to_restore_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(digits8, "ASSET", tmp_path / "digits8.npz")
    assert "restore the file from the repository" in refusal("digits8")

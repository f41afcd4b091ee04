"""Counts, mean and spread of classes against NumPy's own, and within bounded memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.data import class_statistics
from core.data.class_statistics import class_counts, mean_and_spread
from core.data.dataset import Split, read_only


def split_of(images, labels):
    return Split(read_only(np.asarray(images, dtype=np.float32)), read_only(np.asarray(labels)))


@QUICK
@given(st.integers(1, 400), st.integers(1, 12), st.integers(1, 64), st.integers(0, 1000))
def test_mean_and_spread_are_those_of_numpy_however_the_work_is_divided(n, d, block, seed):
    rng = np.random.default_rng(seed)
    split = split_of(rng.random((n, d)), rng.integers(3, size=n))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(class_statistics, "BLOCK_VALUES", block)
        for label in (None, 0, 2):
            found = mean_and_spread(split, label)
            images = split.images if label is None else split.images[split.labels == label]
            assert found.n_samples == len(images)
            if len(images):
                exact = images.astype(np.float64)
                np.testing.assert_allclose(found.mean, exact.mean(axis=0), rtol=1e-12)
                np.testing.assert_allclose(found.spread, exact.std(axis=0), atol=1e-12)
            else:
                assert not found.mean.any()
                assert not found.spread.any()


def test_a_class_without_images_has_zeros_and_no_warning():
    found = mean_and_spread(split_of(np.ones((4, 3)), [0, 0, 1, 1]), 5)
    assert found.n_samples == 0
    assert found.mean.tolist() == found.spread.tolist() == [0, 0, 0]


def test_images_that_are_all_alike_have_no_spread():
    found = mean_and_spread(split_of(np.full((5000, 3), 0.1), np.zeros(5000, dtype=int)))
    np.testing.assert_allclose(found.mean, np.float32(0.1), rtol=1e-15)
    assert found.spread.max() < 1e-15  # sum(x^2) / n - mean^2 would leave 1e-9


def test_no_temporary_grows_with_the_data():
    split = split_of(np.zeros((40_000, 400)), np.zeros(40_000, dtype=int))
    for label in (None, 0):
        tracemalloc.start()
        mean_and_spread(split, label)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < split.images.nbytes / 2, "in float64 all of it would be twice the images"


def test_counts_of_each_class_in_each_part():
    dataset = tiny_dataset()
    for split in (dataset.train, dataset.test):
        counts = class_counts(split, dataset.n_classes)
        assert counts.tolist() == [int((split.labels == k).sum()) for k in range(4)]
    assert class_counts(split_of(np.zeros((2, 1)), [1, 1]), 4).tolist() == [0, 2, 0, 0]
    assert not class_counts(dataset.train, 4).flags.writeable


def test_what_is_found_cannot_be_changed():
    found = mean_and_spread(tiny_dataset().train, 1)
    assert not found.mean.flags.writeable
    assert not found.spread.flags.writeable

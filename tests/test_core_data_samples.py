"""Samples that a person added stand behind the training images."""

from __future__ import annotations

import numpy as np
import pytest
from core_samples import tiny_dataset

from core.data.config import DataConfig


def test_added_samples_stand_behind_the_training_images():
    data = tiny_dataset()
    first, second = np.full(12, 0.25), np.linspace(0, 1, 12)
    more = data.with_sample(first, 3).with_sample(second, 1)
    assert (data.n_extra, more.n_extra) == (0, 2)
    config = DataConfig(train_size=40, validation_size=10, test_size=20)
    plainly, sized = data.sized(config), more.sized(config)
    assert more.n_to_learn(config) == sized.train.n_samples == 32
    np.testing.assert_array_equal(sized.train.images[:30], plainly.train.images)
    np.testing.assert_array_equal(sized.train.labels, [*plainly.train.labels, 3, 1])
    np.testing.assert_array_equal(sized.train.images[30], first.astype(np.float32))
    np.testing.assert_array_equal(sized.train.images[31], second.astype(np.float32))
    for part in ("test", "validation"):
        np.testing.assert_array_equal(sized.split(part).images, plainly.split(part).images)
    assert sized.extra is None, "they are counted once"
    assert sized.sized(config).train.n_samples < sized.train.n_samples
    for array in (sized.train.images, sized.train.labels):
        assert not array.flags.writeable


def test_noise_does_not_reach_added_samples_nor_do_they_change_it():
    data = tiny_dataset()
    more = data.with_sample(np.full(12, 0.5), 2)
    config = DataConfig(label_noise=50.0, pixel_noise=0.3)
    plainly, sized = data.sized(config), more.sized(config)
    np.testing.assert_array_equal(sized.train.images[:-1], plainly.train.images)
    np.testing.assert_array_equal(sized.train.labels[:-1], plainly.train.labels)
    np.testing.assert_array_equal(sized.train.clean_labels[:-1], plainly.train.clean_labels)
    np.testing.assert_array_equal(sized.train.images[-1], np.full(12, 0.5, np.float32))
    assert (sized.train.labels[-1], sized.train.clean_labels[-1]) == (2, 2)


def test_the_sample_added_last_is_taken_back():
    data = tiny_dataset()
    one = data.with_sample(np.zeros(12), 0)
    two = one.with_sample(np.ones(12), 1)
    assert two.without_last_sample().content_hash == one.content_hash
    assert one.without_last_sample().content_hash == data.content_hash
    assert data.without_last_sample() is data


def test_an_added_sample_counts_in_the_hash():
    data = tiny_dataset()
    hashes = {
        data.content_hash,
        data.with_sample(np.zeros(12), 0).content_hash,
        data.with_sample(np.zeros(12), 1).content_hash,
        data.with_sample(np.ones(12), 0).content_hash,
    }
    assert len(hashes) == 4
    again = data.with_sample(np.zeros(12), 0)
    assert again.content_hash in hashes


def test_what_cannot_be_a_sample_is_refused():
    data = tiny_dataset()
    with pytest.raises(Exception, match="13 pixels; those of tiny have 12"):
        data.with_sample(np.zeros(13), 0)
    with pytest.raises(Exception, match=r"label 4 .* out of range"):
        data.with_sample(np.zeros(12), 4)
    with pytest.raises(Exception, match="between 0 and 1"):
        data.with_sample(np.full(12, 1.5), 0)


def test_only_added_samples_make_a_copy_necessary():
    data = tiny_dataset()
    config = DataConfig()
    assert not data.makes_pixels(config)
    assert np.shares_memory(data.sized(config).train.images, data.train.images)
    assert data.with_sample(np.zeros(12), 0).makes_pixels(config)

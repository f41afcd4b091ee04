"""The same change added to other images: against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from attack_samples import learnt, some_settings

import core.attack.whole_parts.same_change
import core.attack.whole_parts.transfer
import core.attack.whole_parts.universal_search
from core.attack import ATTACKS
from core.attack.whole_parts.same_change import MOST_SHOWN, SameChange
from core.attack.whole_parts.transfer import Transfer
from core.data.dataset import Split
from core.errors import SettingError
from core.learning.perceptron import SoftmaxPerceptron


@pytest.mark.parametrize("box", [False, True])
def test_the_same_change_is_a_loop_over_images(monkeypatch, box):
    data, models = learnt()
    monkeypatch.setattr(core.attack.whole_parts.same_change, "MOST_ROWS", 13)
    model, target = SoftmaxPerceptron(models[0]), 1
    change = 0.3 * np.random.default_rng(3).standard_normal(36)
    same = SameChange(models[0], data.test, change, target, strength=1.7, box=box, seed=5)
    progress = list(same.run())
    result = same.found()
    order = np.random.default_rng(5).permutation(150)
    right = fooled = opened = pushed = held = 0
    sizes, shown = [], []
    for row in order:
        image, label = data.test.images[row].astype(np.float64), data.test.labels[row]
        moved = image + 1.7 * change
        moved = np.clip(moved, 0, 1) if box else moved
        before, after = (int(model.predict(x[None])[0]) for x in (image, moved))
        right += before == label
        fooled += before == label != after
        opened += target not in (before, label)
        pushed += target not in (before, label) and after == target
        held += after == label
        sizes.append(np.linalg.norm(moved - image))
        shown.append((row, label, before, after, moved))
    assert (result.n_images, result.n_total) == (150, 150)
    assert (result.n_right, result.n_open) == (right, opened)
    counts = (result.change.n_right, result.change.n_fooled, result.change.n_pushed)
    assert counts == (held, fooled, pushed)
    assert fooled > 0
    assert result.mean_size == pytest.approx(np.mean(sizes), rel=1e-5)
    assert [one.done for one in progress][:3] == [13, 26, 39]
    seen = result.shown
    for i, (row, label, before, after, moved) in enumerate(shown[:MOST_SHOWN]):
        assert (seen.indices[i], seen.labels[i]) == (row, label)
        assert (seen.before[i], seen.after[i]) == (before, after)
        np.testing.assert_allclose(seen.images[i], moved, atol=1e-6)


def test_a_change_of_nothing_does_nothing_and_noise_as_small_neither():
    data, models = learnt()
    same = SameChange(models[0], data.test, np.ones(36), 0, strength=0.0)
    list(same.run())
    result = same.found()
    for effect in (result.change, result.noise):
        assert (effect.n_right, effect.n_fooled, effect.n_pushed) == (result.n_right, 0, 0)


def test_along_the_weights_all_are_pushed_where_noise_pushes_hardly_any():
    data, models = learnt()
    w = models[0][:, 1:]
    same = SameChange(models[0], data.test, w[2] - w.mean(axis=0), 2, strength=8.0, box=False)
    list(same.run())
    result = same.found()
    assert result.change.n_pushed == result.n_open
    assert result.noise.n_pushed < result.n_open / 2


def test_what_is_shown_stays_whatever_the_strength():
    data, models = learnt()
    seen = []
    for strength in (0.5, 3.0):
        same = SameChange(models[0], data.test, np.ones(36) / 9, 0, strength=strength)
        next(iter(same.run()))
        seen.append(same.found().shown.indices)
    np.testing.assert_array_equal(*seen)
    assert len(seen[0]) == min(150, MOST_SHOWN)


def test_before_the_first_images_the_same_change_shows_none():
    data, models = learnt()
    result = SameChange(models[0], data.test, np.ones(36), 0).found()
    assert result.n_images == len(result.shown.indices) == 0
    assert result.shown.images.shape == (0, 36)
    assert np.isnan(result.mean_size)


def test_changes_that_fit_no_image_are_refused_in_words():
    data, models = learnt()
    with pytest.raises(SettingError, match="has 35 pixels; this model reads 36"):
        SameChange(models[0], data.test, np.ones(35), 0)
    with pytest.raises(SettingError, match="not numbers"):
        SameChange(models[0], data.test, np.full(36, np.nan), 0)


def test_label_noise_is_not_what_an_image_is():
    """Images are measured by what they truly are, not by a label that noise has changed."""
    data, models = learnt()
    wrong = (data.test.labels + 1) % 4
    noisy = Split(data.test.images, wrong, data.test.labels)
    results = []
    for split in (data.test, noisy):
        transfer = Transfer(models, split, ATTACKS["fgsm"], some_settings("fgsm"))
        same = SameChange(models[0], split, np.ones(36) / 9, 0)
        list(transfer.run())
        list(same.run())
        results.append((transfer.found().models, replace_shown(same.found())))
    assert results[0] == results[1]


def replace_shown(result):
    """Return what is counted in a result."""
    return result.n_right, result.n_open, result.change, result.noise

"""The exact smallest change as an attack, and no attack of ours below it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from attack_samples import example, settings_of
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st

from core.attack import ATTACKS, NORMS
from core.exact.smallest import smallest_change
from core.learning.perceptron import SoftmaxPerceptron

seeds = st.integers(0, 1000)
norms = st.sampled_from(["l2", "linf", "l0"])
BEYOND = 1e-3


def build(model, images, **settings):
    return ATTACKS["exact"](model, ATTACKS["exact"].settings(**settings), images)


def smallest(model, image, norm, *, boxed, target=None):
    return smallest_change(model.weights, image, norm, boxed=boxed, target=target).size


@QUICK
@given(seeds, norms, st.booleans(), st.booleans())
def test_it_turns_every_image_that_can_be_turned_with_hardly_more_than_the_least(
    seed, norm, box, targeted
):
    model, images = example(seed, n_features=20)
    target = (int(model.predict(images)[0]) + 1) % model.n_classes if targeted else None
    result = build(model, images, norm=norm, box=box, target=target, beyond=BEYOND).finish()
    for image, size, success, read in zip(
        images, result.sizes, result.success, model.predict(images), strict=True
    ):
        if read == target:
            assert size == 0
            continue
        least = smallest(model, image, norm, boxed=box, target=target)
        assert success == np.isfinite(least)
        if not success:
            continue
        # Pixels counted toward a class are enough; neither way of finding them proves the fewest.
        if norm != "l0" or not targeted:
            assert size >= least * (1 - 1e-9)
        if norm != "l0":
            assert size <= least * (1 + 10 * BEYOND) + 1e-6
    if box:
        assert result.images.min() >= 0
        assert result.images.max() <= 1


@QUICK
@given(seeds, st.sampled_from(["l2", "linf"]))
def test_without_a_box_it_is_beyond_by_just_what_was_asked(seed, norm):
    """The gap left over is the wanted part of the gap there was."""
    model, images = example(seed, n_classes=2)
    result = build(model, images, norm=norm, box=False, beyond=0.25, steps=1).finish()
    before, after = model.logits(images), model.logits(result.images)
    own = model.predict(images)
    rows = np.arange(len(images))
    gaps = before[rows, own] - before[rows, 1 - own]
    np.testing.assert_allclose(after[rows, 1 - own] - after[rows, own], 0.25 * gaps, rtol=1e-9)


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_it_grows_in_equal_parts_along_a_line(norm):
    model, images = example(4)
    steps = list(build(model, images, norm=norm, steps=8).run(keep_images=True))
    whole = steps[-1].images - images
    for k, step in enumerate(steps):
        np.testing.assert_allclose(step.images - images, k / 8 * whole, atol=1e-12)
    # One before the last the tie is not reached.
    assert not steps[-2].success.any()
    assert steps[-1].success.all()


def test_pixels_are_changed_one_after_the_other_the_most_useful_first():
    model, images = example(88, n_features=30)
    attack = build(model, images[:1], norm="l0", steps=200)
    steps = list(attack.run(keep_images=True))
    changed = [frozenset(np.flatnonzero(step.images[0] != images[0])) for step in steps]
    assert all(before <= after for before, after in itertools.pairwise(changed))
    n = int(smallest(model, images[0], "l0", boxed=True))
    assert len(changed[-1]) == n
    assert n > 1
    order = [next(iter(b - a)) for a, b in itertools.pairwise(changed) if b - a]
    read, new = model.predict(images[:1])[0], model.predict(steps[-1].images)[0]
    toward = model.weights[new, 1:] - model.weights[read, 1:]
    gains = (steps[-1].images[0] - images[0]) * toward
    assert [gains[i] for i in order] == sorted((gains[i] for i in order), reverse=True)


@pytest.mark.parametrize("norm", ["l2", "linf", "l0"])
def test_faint_weights_are_turned_by_the_same_changes(norm):
    """All logits times a power of 2: the same classes, the same boundaries, the same digits."""
    model, images = example(6, n_features=50)
    results = [
        build(SoftmaxPerceptron((scale * model.weights).astype(np.float32)), images, norm=norm)
        for scale in (1.0, 2.0**-30)
    ]
    plain, faint = (attack.finish() for attack in results)
    assert plain.success.all()
    np.testing.assert_allclose(faint.changes, plain.changes, rtol=1e-6, atol=1e-7)


def test_where_rounding_decides_what_is_read_it_leads_away_from_that():
    """The last bits of float32 decide between the two classes ahead."""
    rng = np.random.default_rng(0)
    n_otherwise = 0
    for _ in range(60):
        weights = (rng.standard_normal((3, 401)) + 1.0).astype(np.float32)
        image = rng.random(400).astype(np.float32)
        sums = weights[:, 1:].astype(np.float64) @ image
        weights[:, 0] = (-sums + [1e-5, 0.0, -1.0]).astype(np.float32)
        model = SoftmaxPerceptron(weights)
        wide = SoftmaxPerceptron(weights.astype(np.float64))
        n_otherwise += model.predict(image[None])[0] != wide.predict(image[None])[0]
        assert build(model, image, steps=1).finish().success.all()
    assert n_otherwise > 5


def test_float32_models_are_turned_too():
    model, images = example(6, n_features=400, n=40)
    narrow = SoftmaxPerceptron(model.weights.astype(np.float32))
    for norm in ("l2", "linf"):
        assert build(narrow, images, norm=norm, beyond=1e-6).finish().success.all()


@QUICK
@given(seeds, st.sampled_from(sorted(ATTACKS)), st.sampled_from(["l2", "linf"]), st.booleans())
def test_no_attack_does_with_less_than_the_exact_size(seed, name, norm, targeted):
    """Whatever norm an attack works in, what it comes to is measured in both."""
    model, images = example(seed)
    target = (int(model.predict(images)[0]) + 1) % model.n_classes if targeted else None
    settings = settings_of(name, norm=norm, target=target, budget=3.0, box=False)
    result = ATTACKS[name](model, settings, images).finish()
    boxed = bool(getattr(settings, "box", True))
    for measured in ("l2", "linf"):
        sizes = NORMS[measured].sizes(result.changes)
        for row in np.flatnonzero(result.success):
            least = smallest(model, images[row], measured, boxed=boxed, target=target)
            assert sizes[row] >= least * (1 - 1e-9), (name, measured)


@QUICK
@given(seeds, st.sampled_from(["l2", "linf"]), st.booleans())
def test_just_below_the_exact_size_neither_attacks_nor_samples_change_what_is_read(seed, norm, box):
    model, images = example(seed)
    image = images[:1]
    least = smallest(model, image[0], norm, boxed=box)
    if not 1e-6 < least < np.inf:
        return
    below = 0.999 * least
    for name, attack in ATTACKS.items():
        settings = settings_of(name, norm=norm, budget=below, box=box)
        if getattr(settings, "budget", None) != below:
            continue  # it has no budget; what it comes to is tested above
        if getattr(settings, "norm", norm) == norm and getattr(settings, "box", box) == box:
            assert not attack(model, settings, image).finish().success.any(), name
    changes = NORMS[norm].random(np.random.default_rng(seed), (500, image.shape[1]), below)
    sampled = image + changes
    if box:
        sampled = np.clip(sampled, 0, 1)
    assert (model.predict(sampled) == model.predict(image)).all()

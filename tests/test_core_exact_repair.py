"""Mistakes made right and right ones made wrong: against plain reference computations."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from core_samples import QUICK, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.attack.norms import NORMS
from core.data.dataset import Split
from core.errors import SettingError
from core.exact.all_targets import TargetSearch
from core.exact.crossing import BEYOND, FARTHEST, crossing
from core.exact.repair import PairSearch, RepairSearch, RepairSizes, changed, neighbour
from core.exact.smallest import smallest_change
from core.progress import Progress, finish

CASES = (st.integers(2, 5), st.integers(1, 9), st.integers(0, 10_000))


def case(n_classes, n_features, seed):
    """Return weights and an image, some of whose pixels lie at a limit of the box."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((n_classes, n_features + 1))
    image = rng.random(n_features)
    image[rng.random(n_features) < 0.2] = 0.0
    image[rng.random(n_features) < 0.2] = 1.0
    return weights, image


def logits_of(weights, image):
    return weights[:, 1:] @ image + weights[:, 0]


def half_learnt(data):
    """Return weights that read some images rightly and some wrongly: noisy class means."""
    means = np.stack([data.train.images[data.train.labels == k].mean(axis=0) for k in range(4)])
    means += 0.1 * np.random.default_rng(0).standard_normal(means.shape)
    return np.column_stack((-(means**2).sum(axis=1) / 2, means))


def size_of(change, norm):
    return float(NORMS[norm].sizes(change[None])[0])


def shortest_by_trying_all_subsets(weights, image, target):
    """Return the least |u| with which ``target`` overtakes all: every set of active rows tried."""
    logits = logits_of(weights, image)
    others = [k for k in range(len(weights)) if k != target]
    rows, gaps = weights[target, 1:] - weights[others, 1:], logits[others] - logits[target]
    best = np.inf
    for active in itertools.product([False, True], repeat=len(others)):
        on = np.flatnonzero(active)
        u = np.linalg.pinv(rows[on]) @ gaps[on] if len(on) else np.zeros_like(image)
        if (rows @ u >= gaps - 1e-9).all():
            best = min(best, float(np.linalg.norm(u)))
    return best


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
@QUICK
@given(*CASES)
def test_just_beyond_is_read_as_wanted_and_just_below_is_not(
    norm, boxed, n_classes, n_features, seed
):
    weights, image = case(n_classes, n_features, seed)
    logits = logits_of(weights, image)
    for target in [None, *range(n_classes)]:
        found = finish(crossing(weights, image, norm, target=target, boxed=boxed))
        least = smallest_change(weights, image, norm, target=target, boxed=boxed)
        assert found.smallest.size == least.size
        np.testing.assert_array_equal(found.smallest.change, least.change)
        if not found.is_possible or least.target == least.predicted:
            assert not found.beyond.any()
            continue
        assert size_of(found.beyond, norm) >= least.size * (1 - 1e-6)
        for fraction in (0.5, 1.0 - 1e-4):
            below = logits_of(weights, image + found.change_at(fraction))
            assert below.argmax() != least.target
        for fraction in np.linspace(1.0, FARTHEST, 5):
            changed_image = image + found.change_at(fraction)
            after = logits_of(weights, changed_image)
            assert after[least.target] >= after.max() - 1e-7 * np.abs(after).max()
            if boxed:
                assert changed_image.min() >= -1e-12
                assert changed_image.max() <= 1 + 1e-12
        # The end is ahead by the share of the gap that there was, or by less where a class has
        # hardly any room; and where it is not ahead at all, nothing near it is.
        gap = logits[least.predicted] - logits[least.target]
        end = logits_of(weights, image + found.beyond)
        ahead = end[least.target] - np.delete(end, least.target).max()
        shifted = weights.copy()
        shifted[least.target, 0] -= BEYOND * gap
        room = smallest_change(shifted, image, norm, target=least.target, boxed=boxed)
        if np.isfinite(room.size):
            assert ahead >= BEYOND * gap * (1 - 1e-5)
            assert size_of(found.beyond, norm) == pytest.approx(room.size, rel=1e-9)
        elif ahead <= 0:
            near = np.random.default_rng(seed).uniform(-0.01, 0.01, (2000, n_features))
            near = np.clip(image + least.change + near, *((0, 1) if boxed else (None, None)))
            read = (near @ weights[:, 1:].T + weights[:, 0]).argmax(axis=1)
            assert (read != least.target).all()


@pytest.mark.parametrize("boxed", [False, True])
def test_the_fewest_pixels_are_beyond_by_themselves(boxed):
    weights, image = case(5, 12, 3)
    for target in range(5):
        found = finish(crossing(weights, image, "l0", target=target, boxed=boxed))
        if not found.is_possible:
            continue
        assert np.count_nonzero(found.beyond) <= found.smallest.size
        assert logits_of(weights, image + found.change_at(1.0)).argmax() == target
        np.testing.assert_array_equal(found.change_at(FARTHEST), found.change_at(1.0))


def test_an_image_on_the_boundary_already_is_pushed_off_it():
    weights = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    found = finish(crossing(weights, np.array([0.5, 0.5]), "l2", target=1))
    assert found.smallest.size == 0
    assert logits_of(weights, np.array([0.5, 0.5]) + found.beyond).argmax() == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_that_ran_away_are_seen(bad):
    weights = np.zeros((3, 4))
    weights[1, 2] = bad
    split = Split(np.zeros((2, 3), dtype=np.float32), np.array([0, 1]))
    for search in (
        TargetSearch(weights, split.images[0], "l2", boxed=False),
        RepairSearch(weights, split, "l2", boxed=False),
        PairSearch(weights, split, "l2", boxed=False),
    ):
        with pytest.raises(SettingError, match="no numbers any more"):
            list(search.run())


def test_a_search_tells_while_the_fewest_pixels_toward_one_of_many_are_looked_for():
    weights, image = case(12, 40, 5)
    told = list(TargetSearch(weights, image, "l0", boxed=True).run())
    assert len(told) > 12  # more than once for some classes
    assert all(step.total == 12 and step.unit == "classes" for step in told)
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert told[-1] == Progress(12, 12, "classes")


@pytest.mark.parametrize("norm", ["l2", "linf", "l0"])
def test_all_targets_are_the_single_ones_and_what_was_found_is_kept(norm):
    weights, image = case(5, 9, 11)
    search = TargetSearch(weights, image, norm, boxed=True)
    steps = search.run()
    while search.found().crossings.count(None) > 3:
        next(steps)
    steps.close()
    some = search.found()
    assert not some.complete
    assert some.nearest is None
    assert np.isnan(some.sizes[2:]).all()
    assert some.by_size()[2:] == [2, 3, 4]
    before = search.found().crossings[:2]
    list(search.run())
    found = search.found()
    assert found.complete
    assert found.crossings[:2] == before  # the very same: not looked for again
    predicted = int(logits_of(weights, image).argmax())
    assert found.predicted == predicted
    singles = [smallest_change(weights, image, norm, target=k, boxed=True) for k in range(5)]
    assert found.sizes.tolist() == [one.size for one in singles]
    if norm != "l0":
        nearest = smallest_change(weights, image, norm, boxed=True)
        assert found.nearest == nearest.target
        assert found.sizes[nearest.target] == pytest.approx(nearest.size, rel=1e-9)
    order = found.by_size()
    assert order[0] == predicted
    assert (np.diff(found.sizes[order]) >= 0).all()


def test_the_strip_at_a_fraction_is_every_image_at_that_fraction_of_its_change():
    weights, image = case(4, 9, 2)
    search = TargetSearch(weights, image, "l2", boxed=False)
    list(search.run())
    found = search.found()
    for fraction in (0.0, 0.4, 1.0, FARTHEST):
        changes = found.changes(fraction)
        probabilities = found.probabilities(changes)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
        for k in range(4):
            logits = logits_of(weights, image + found.crossings[k].change_at(fraction))
            expected = np.exp(logits) / np.exp(logits).sum()
            np.testing.assert_allclose(probabilities[k], expected, rtol=1e-12)
        reached = found.reached(probabilities)
        ahead = probabilities.argmax(axis=1) == np.arange(4)
        ties = fraction == 1.0
        assert (reached == (np.arange(4) == found.predicted) if ties else reached == ahead).all()
    assert (probabilities.argmax(axis=1) == np.arange(4)).all()
    assert found.largest == max(np.abs(c.beyond).max() for c in found.crossings)


def test_where_no_change_is_enough_nothing_is_changed():
    weights = np.array([[5.0, 1.0], [0.0, 1.0], [4.5, 2.0]])  # class 1 is always behind class 0
    search = TargetSearch(weights, np.array([0.5]), "l2", boxed=True)
    list(search.run())
    found = search.found()
    assert found.sizes[0] == 0
    assert np.isinf(found.sizes[1])
    assert not found.changes(FARTHEST)[1].any()
    assert found.nearest == 2


def test_a_pixel_outside_the_box_is_refused():
    search = TargetSearch(np.eye(3, 4), np.array([0.0, 1.5, 0.0]), "l2", boxed=True)
    with pytest.raises(SettingError, match="between 0 and 1"):
        list(search.run())


@QUICK
@given(*CASES)
def test_lengths_are_those_of_trying_every_set_of_rivals(n_classes, n_features, seed):
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((n_classes, n_features + 1))
    split = Split(rng.random((12, n_features), dtype=np.float32), rng.integers(n_classes, size=12))
    search = RepairSearch(weights, split, "l2", boxed=False)
    assert search.found() is None
    list(search.run())
    found = search.found()
    assert found is not None
    assert not np.isnan(found.sizes).any()
    for i, image in enumerate(split.images.astype(np.float64)):
        label, logits = int(split.labels[i]), logits_of(weights, image)
        if logits.argmax() == label:
            assert i in found.right_ones
            rivals = [k for k in range(n_classes) if k != label]
            expected = min(
                (logits[label] - logits[k]) / np.linalg.norm(weights[label, 1:] - weights[k, 1:])
                for k in rivals
            )
        else:
            assert i in found.mistakes
            expected = shortest_by_trying_all_subsets(weights, image, label)
        if np.isinf(found.sizes[i]):  # contradicting rows: hardly reachable, if at all
            assert expected > 1e3
        else:
            assert found.sizes[i] == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_no_change_of_a_smaller_size_repairs_or_breaks(norm, boxed):
    data, rng = tiny_dataset(seed=4), np.random.default_rng(0)
    weights = half_learnt(data)
    search = RepairSearch(weights, data.test, norm, boxed=boxed)
    list(search.run())
    found = search.found()
    assert found is not None
    assert len(found.mistakes) > 3
    assert len(found.right_ones) > 3
    for i in range(data.test.n_samples):
        one = changed(weights, data.test, i, norm, boxed=boxed)
        assert one.crossing.smallest.size == pytest.approx(found.sizes[i], rel=1e-9)
        if not np.isfinite(found.sizes[i]):
            continue
        is_mistake = i in found.mistakes
        assert (one.after.argmax() == one.label) == is_mistake
        assert one.predicted == found.predicted[i] == one.before.argmax()
        assert size_of(one.crossing.smallest.change, norm) == pytest.approx(found.sizes[i])
        steps = rng.standard_normal((300, 12))
        if norm == "linf":
            steps = np.sign(steps)
        sizes = NORMS[norm].sizes(steps)[:, None]
        nearby = one.image + steps / sizes * found.sizes[i] * 0.999
        nearby = np.clip(nearby, 0, 1) if boxed else nearby
        read = (nearby @ weights[:, 1:].T + weights[:, 0]).argmax(axis=1)
        assert ((read == one.label) != is_mistake).all()


def test_two_classes_have_closed_forms():
    rng = np.random.default_rng(1)
    weights = rng.standard_normal((2, 7))
    split = Split(rng.random((40, 6), dtype=np.float32), rng.integers(2, size=40))
    logits = split.images.astype(np.float64) @ weights[:, 1:].T + weights[:, 0]
    difference = weights[1, 1:] - weights[0, 1:]
    gaps = np.abs(logits[:, 1] - logits[:, 0])
    for norm, dual in (("l2", 2), ("linf", 1)):
        search = RepairSearch(weights, split, norm, boxed=False)
        list(search.run())
        found = search.found()
        np.testing.assert_allclose(found.sizes, gaps / np.linalg.norm(difference, dual))
        wrong = logits.argmax(axis=1) != split.labels
        np.testing.assert_array_equal(found.mistakes, np.flatnonzero(wrong))
        assert found.median(found.mistakes) == pytest.approx(np.median(found.sizes[wrong]))
        assert found.median(found.right_ones) == pytest.approx(np.median(found.sizes[~wrong]))


def test_true_labels_count_whatever_label_noise_says():
    weights = np.array([[0.0, 1.0], [0.5, 0.0]])  # class 0 from 0.5 on
    images = np.array([[0.9], [0.1]], dtype=np.float32)
    split = Split(images, np.array([1, 1]), clean_labels=np.array([0, 1]))
    search = RepairSearch(weights, split, "l2", boxed=False)
    list(search.run())
    found = search.found()
    assert found.mistakes.tolist() == []
    np.testing.assert_allclose(found.sizes, [0.4, 0.4], rtol=1e-6)


def test_a_search_left_goes_on_where_it_was_and_tells_how_far_it_is():
    data = tiny_dataset(seed=4)
    weights = half_learnt(data)
    search = RepairSearch(weights, data.test, "l2", boxed=True)
    steps = search.run()
    while search.found() is None:
        next(steps)
    steps.close()
    found = search.found()
    assert found is not None
    assert np.isnan(found.sizes).all()
    assert np.isnan(found.median(found.mistakes))
    steps = search.run()
    told = next(steps)
    steps.close()
    some = search.found()
    assert told == Progress(len(found.right_ones), 30, "images")  # so few are one step
    assert np.count_nonzero(~np.isnan(some.sizes)) == told.done
    assert len(some.known(some.mistakes)) == 0
    rest = list(search.run())
    assert len(rest) == len(found.mistakes)
    assert rest[-1] == Progress(30, 30, "images")
    whole = search.found()
    assert not np.isnan(whole.sizes).any()
    order = whole.known(whole.mistakes)
    assert sorted(order) == whole.mistakes.tolist()
    assert (np.diff(whole.sizes[order]) >= 0).all()


@pytest.mark.parametrize("is_read", [False, True])
def test_a_mistake_and_a_right_one_are_those_asked_for_or_the_next(is_read):
    data = tiny_dataset(seed=4)
    weights = half_learnt(data)
    sizes = RepairSearch(weights, data.test, "l2", boxed=False)
    list(sizes.run())
    predicted = sizes.found().predicted if is_read else None
    mistakes, right_ones = sizes.found().mistakes, sizes.found().right_ones
    for mistake, right, expected in (
        (None, None, (mistakes[0], right_ones[0])),
        (mistakes[2], right_ones[1], (mistakes[2], right_ones[1])),
        (mistakes[1] + 1, mistakes[0], (mistakes[2], neighbour(right_ones, mistakes[0], 0))),
    ):
        search = PairSearch(
            weights,
            data.test,
            "l2",
            boxed=False,
            mistake=mistake,
            right=right,
            predicted=predicted,
        )
        assert search.found() is None
        list(search.run())
        found = search.found()
        assert not list(search.run())  # nothing is looked for again
        known = search.predicted_by(weights, data.test)  # what another search need not read again
        np.testing.assert_array_equal(
            np.flatnonzero(known != data.test.true_labels), found.mistakes
        )
        assert search.predicted_by(weights.copy(), data.test) is None
        assert search.predicted_by(weights, data.train) is None
        assert (found.mistakes.tolist(), found.right_ones.tolist()) == (
            mistakes.tolist(),
            right_ones.tolist(),
        )
        assert (found.mistake.index, found.right.index) == expected
        for one in (found.mistake, found.right):
            alone = changed(weights, data.test, one.index, "l2", boxed=False)
            np.testing.assert_array_equal(one.result, alone.result)
        both = [np.abs(one.crossing.beyond).max() for one in (found.mistake, found.right)]
        assert found.largest == max(both)


def test_without_a_mistake_there_is_a_right_one_alone():
    weights = np.array([[0.0, 1.0], [0.5, 0.0]])
    split = Split(np.array([[0.9]], dtype=np.float32), np.array([0]))
    search = PairSearch(weights, split, "l2", boxed=False, mistake=3)
    list(search.run())
    assert search.found().mistake is None
    assert search.found().right.index == 0


def test_infinite_sizes_have_a_median():
    sizes = np.array([np.inf, np.inf, 1.0, np.inf])
    found = RepairSizes(np.zeros(4, int), np.ones(4, int), sizes)
    assert found.median(found.mistakes) == np.inf
    assert found.known(found.mistakes)[0] == 2


def test_shares_are_how_many_a_size_is_enough_for():
    sizes = np.array([0.5, np.inf, 0.2, np.nan, 0.9])
    found = RepairSizes(np.zeros(5, int), np.ones(5, int), sizes)
    x, y = found.shares(found.mistakes)
    assert x.tolist() == [0.0, 0.2, 0.5, 0.9]
    assert y.tolist() == [(sizes <= size).sum() / 4 for size in x]
    x, y = found.shares(found.right_ones)
    assert (x.tolist(), y.tolist()) == ([0.0], [0.0])


def test_neighbours_go_round():
    images = np.array([2, 5, 9])
    assert neighbour(images, None, 1) == 2
    assert [neighbour(images, i, 1) for i in (2, 3, 9)] == [5, 5, 2]
    assert [neighbour(images, i, -1) for i in (2, 3, 9)] == [9, 2, 5]
    assert [neighbour(images, i, 0) for i in (2, 3, 9, 10)] == [2, 5, 9, 2]
    assert neighbour(images[:0], 3, 1) is None

"""Exact smallest changes: just beyond one the class changes, just below none that small does."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st

from core.data.dataset import Split
from core.errors import SettingError
from core.exact.closed_form import smallest_changes
from core.exact.cost_matrix import CostMeasurement
from core.exact.curves import exact_robustness
from core.exact.pairs import pair_changes
from core.exact.smallest import boxed_changes, smallest_change
from core.exact.solver.fewest import fewest_pixels
from core.exact.solver.overtaking import overtaking_change
from core.learning.perceptron import SoftmaxPerceptron
from core.progress import finish

CASES = (st.integers(2, 6), st.integers(1, 12), st.integers(0, 10_000))


def case(n_classes, n_features, seed):
    """Return weights and an image, a third of whose pixels lie at a limit of the box."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((n_classes, n_features + 1))
    image = rng.random(n_features)
    image[rng.random(n_features) < 0.2] = 0.0
    image[rng.random(n_features) < 0.2] = 1.0
    return weights, image


def length(change, norm):
    if norm == "l0":
        return np.count_nonzero(change)
    return np.linalg.norm(change) if norm == "l2" else np.abs(change).max()


def sampled(norm, size, n_features, rng, n=400):
    """Return changes of a size: random ones, and corners of the cube or signed axes."""
    steps = rng.standard_normal((n, n_features))
    if norm == "linf":
        steps[: n // 2] = rng.choice([-1.0, 1.0], size=(n // 2, n_features))
        return size * steps / np.abs(steps).max(axis=1, keepdims=True)
    return size * steps / np.linalg.norm(steps, axis=1, keepdims=True)


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
@QUICK
@given(*CASES)
def test_just_beyond_changes_the_class_and_nothing_smaller_does(
    norm, boxed, n_classes, n_features, seed
):
    weights, image = case(n_classes, n_features, seed)
    model = SoftmaxPerceptron(weights)
    found = smallest_change(weights, image, norm, boxed=boxed)
    assert found.predicted == model.predict(image)
    if np.isinf(found.size):
        assert boxed
        corners = np.array(list(itertools.product([0.0, 1.0], repeat=n_features)))
        assert (model.predict(corners) == found.predicted).all()
        return
    assert length(found.change, norm) == pytest.approx(found.size, rel=1e-9, abs=1e-12)
    logits = model.logits(image + found.change)
    assert logits[found.target] == pytest.approx(logits[found.predicted], abs=1e-9)
    if boxed:
        assert (image + found.change).min() >= 0
        assert (image + found.change).max() <= 1
    else:
        beyond = model.logits(image + found.change * (1 + 1e-6))
        assert beyond[found.target] >= beyond[found.predicted] - 1e-12
    smaller = image + sampled(norm, found.size * (1 - 1e-9), n_features,
                              np.random.default_rng(seed))  # fmt: skip
    if boxed:
        smaller = np.clip(smaller, 0, 1)
    assert found.size < 1e-9 or (model.predict(smaller) == found.predicted).all()


@QUICK
@given(*CASES)
def test_boxed_sizes_are_found_where_sorted_breakpoints_put_them(n_classes, n_features, seed):
    weights, image = case(n_classes, n_features, seed)
    rows, logits = weights[:, 1:], SoftmaxPerceptron(weights).logits(image)
    y, c = np.argsort(logits)[[-1, 0]]
    towards, gap = rows[c] - rows[y], logits[y] - logits[c]
    room = np.where(towards > 0, 1 - image, image)
    for norm in ("l2", "linf"):
        speed = np.abs(towards) if norm == "l2" else np.ones_like(towards)

        def reach(t, speed=speed):
            return float((np.abs(towards) * np.minimum(t * speed, room)).sum())

        # By hand: the last breakpoint below the gap, then a straight line.
        breaks = np.sort(np.concatenate(([0.0], room / speed)))
        values = [reach(t) for t in breaks]
        sizes, _ = pair_changes(image[None], towards[None], np.array([gap]), norm, boxed=True)
        if values[-1] < gap:
            assert np.isinf(sizes[0])
            continue
        k = next(i for i, value in enumerate(values) if value >= gap)
        at = breaks[k]
        if values[k] > gap and k:
            share = (gap - values[k - 1]) / (values[k] - values[k - 1])
            at = breaks[k - 1] + share * (breaks[k] - breaks[k - 1])
        moved = np.minimum(at * speed, room)
        expected = np.linalg.norm(moved) if norm == "l2" else at
        assert sizes[0] == pytest.approx(expected, rel=1e-9, abs=1e-12)


@QUICK
@given(st.integers(2, 5), st.integers(1, 8), st.integers(0, 10_000))
def test_fewest_pixels_are_those_of_trying_all_subsets(n_classes, n_features, seed):
    weights, image = case(n_classes, n_features, seed)
    model = SoftmaxPerceptron(weights)
    found = smallest_change(weights, image, "l0", boxed=True)
    fewest = np.inf
    for chosen in itertools.product([False, True], repeat=n_features):
        at = np.flatnonzero(chosen)
        if len(at) >= fewest:
            continue
        for values in itertools.product([0.0, 1.0], repeat=len(at)):
            changed = image.copy()
            changed[at] = values
            if model.predict(changed) != found.predicted:
                fewest = len(at)
                break
    assert found.size == fewest
    if np.isfinite(fewest):
        assert model.predict(image + found.change) != found.predicted
        assert np.count_nonzero(found.change) <= fewest


def test_without_a_box_one_pixel_is_enough():
    weights, image = case(4, 9, 3)
    found = smallest_change(weights, image, "l0")
    assert found.size == 1
    assert np.count_nonzero(found.change) == 1
    assert SoftmaxPerceptron(weights).predict(image + found.change) == found.target


@pytest.mark.parametrize("boxed", [False, True])
@QUICK
@given(st.integers(2, 6), st.integers(1, 9), st.integers(0, 10_000))
def test_sizes_of_a_part_are_those_of_its_images(boxed, n_classes, n_features, seed):
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((n_classes, n_features + 1))
    split = Split(rng.random((9, n_features)), rng.integers(n_classes, size=9))
    found = finish(boxed_changes(weights, split)) if boxed else smallest_changes(weights, split)
    for i, image in enumerate(split.images):
        for norm, sizes in found.sizes.items():
            alone = smallest_change(weights, image, norm, boxed=boxed)
            assert sizes[i] == pytest.approx(alone.size, rel=1e-9, abs=1e-12)
            assert found.rivals[norm][i] == alone.target


def test_a_part_is_put_together_in_order_whatever_its_chunks():
    rng = np.random.default_rng(5)
    weights = rng.standard_normal((5, 7))
    split = Split(rng.random((700, 6)), rng.integers(5, size=700))
    whole = finish(boxed_changes(weights, split))
    for i in (0, 127, 128, 699):
        one = finish(boxed_changes(weights, split.part(i, i + 1)))
        assert one.sizes["l2"][0] == pytest.approx(whole.sizes["l2"][i], rel=1e-12)
        assert one.sizes["linf"][0] == pytest.approx(whole.sizes["linf"][i], rel=1e-12)


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("norm", ["l2", "linf"])
@QUICK
@given(*CASES)
def test_toward_a_class_all_are_overtaken_and_nothing_smaller_does(
    norm, boxed, n_classes, n_features, seed
):
    weights, image = case(n_classes, n_features, seed)
    model, rng = SoftmaxPerceptron(weights), np.random.default_rng(seed)
    target = int(rng.integers(n_classes))
    found = smallest_change(weights, image, norm, target=target, boxed=boxed)
    if np.isinf(found.size):
        return
    logits = model.logits(image + found.change)
    scale = np.abs(model.logits(image)).max() + 1
    assert logits[target] >= logits.max() - 1e-7 * scale
    assert length(found.change, norm) == pytest.approx(found.size, rel=1e-9, abs=1e-12)
    if boxed:
        assert (image + found.change).min() >= -1e-12
        assert (image + found.change).max() <= 1 + 1e-12
    smaller = image + sampled(norm, found.size * (1 - 1e-6), n_features, rng)
    if boxed:
        smaller = np.clip(smaller, 0, 1)
    # Only what wins by more than rounding counts as won.
    reached = model.logits(smaller)
    others = np.delete(reached, target, axis=1)
    assert (reached[:, target] - others.max(axis=1) <= 1e-9).all() or found.size == 0


@pytest.mark.parametrize("boxed", [False, True])
@QUICK
@given(*CASES)
def test_few_pixels_toward_a_class_are_enough_and_bounded_from_below(
    boxed, n_classes, n_features, seed
):
    weights, image = case(n_classes, n_features, seed)
    target = seed % n_classes
    found = smallest_change(weights, image, "l0", target=target, boxed=boxed)
    assert found.at_least <= found.size
    if np.isinf(found.size):
        return
    assert np.count_nonzero(found.change) <= found.size
    assert SoftmaxPerceptron(weights).predict(image + found.change) == target


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("is_round", [False, True])
def test_the_fewest_pixels_toward_a_class_are_those_of_trying_all_sets(boxed, is_round):
    for seed in range(60):
        weights, image = case(3 + seed % 4, 1 + seed % 7, seed)
        if is_round:  # many ties, none of which is enough
            weights, image = np.round(weights), np.round(image)
        target = seed % len(weights)
        found = smallest_change(weights, image, "l0", target=target, boxed=boxed)
        if found.predicted == target:
            continue
        assert found.at_least == found.size or not boxed
        assert found.at_least == found.size or found.at_least == 3
        logits = SoftmaxPerceptron(weights).logits(image)
        others = np.delete(np.arange(len(weights)), target)
        rows, gaps = weights[target, 1:] - weights[others, 1:], logits[others] - logits[target]
        fewest = np.inf
        for chosen in itertools.product([False, True], repeat=len(image)):
            at = np.flatnonzero(chosen)
            if 0 < len(at) < fewest:
                box = image[at] if boxed else None
                if overtaking_change(rows[:, at], gaps + 1e-5, "l2", box) is not None:
                    fewest = len(at)
        assert found.at_least <= fewest <= found.size
        if np.isfinite(found.size):
            reached = SoftmaxPerceptron(weights).logits(image + found.change)
            assert reached[target] > np.delete(reached, target).max()


@pytest.mark.parametrize(
    ("weights", "image", "target", "boxed", "fewest"),
    [
        ([[-4, 0, -2, 1], [0, -3, 5, -3], [-2, -4, 3, 3]], [0.3, 0.2, 0.7], 0, True, 2),
        ([[1, 1, -3, 3], [2, -6, 0, -4], [3, 2, -3, -3]], [0.0, 0.8, 0.7], 2, False, 1),
    ],
)
def test_fewer_pixels_than_those_that_move_furthest_are_found(
    weights, image, target, boxed, fewest
):
    weights, image = np.array(weights, dtype=float), np.array(image)
    found = smallest_change(weights, image, "l0", target=target, boxed=boxed)
    assert found.size == found.at_least == np.count_nonzero(found.change) == fewest
    assert SoftmaxPerceptron(weights).predict(image + found.change) == target


def test_a_search_that_is_left_in_time_knows_both_bounds(monkeypatch):
    monkeypatch.setattr("core.exact.solver.fewest.MOST_NODES", 1)
    kinds = set()
    for seed in range(20):
        weights, image = case(12, 16, seed)
        found = smallest_change(weights, image, "l0", target=seed % 12, boxed=True)
        assert found.at_least <= found.size
        kinds.add(found.at_least < found.size)
    assert kinds == {False, True}


def test_one_two_or_more_pixels_without_a_box_are_those_of_trying_all_sets(monkeypatch):
    """Of rows that point anywhere: few pixels favour one class over all others."""
    kinds = set()
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rows, gaps = rng.standard_normal((6, 7)), rng.standard_normal(6)
        if seed % 2:
            rows, gaps = np.round(rows), np.round(gaps)
        sets = (np.array(at) for k in range(1, 8) for at in itertools.combinations(range(7), k))
        ways = ((at, overtaking_change(rows[:, at], gaps + 1e-5, "l2", None)) for at in sets)
        fewest = next((len(at) for at, way in ways if way is not None), np.inf)
        pixels, at_least = finish(fewest_pixels(rows, gaps, None))
        found = np.inf if pixels is None else len(pixels)
        assert at_least == min(fewest, 3 if np.isfinite(fewest) else np.inf)
        assert found == fewest if fewest < 3 else found >= fewest
        kinds.add(at_least)
        with monkeypatch.context() as patch:
            patch.setattr("core.exact.solver.fewest.MOST_PAIRED", 0)
            pixels, at_least = finish(fewest_pixels(rows, gaps, None))
            assert at_least == min(fewest, 2 if np.isfinite(fewest) else np.inf)
    assert {2, 3} <= kinds


def test_what_no_image_is_read_as_is_out_of_reach():
    # Class 1 lies between 0 and 2 everywhere: its weights are their mean, its bias is lower.
    weights = np.array([[0.0, 1.0, 0.0], [-1.0, 0.5, 0.5], [0.0, 0.0, 1.0]])
    for boxed, norm in itertools.product((False, True), ("l2", "linf", "l0")):
        found = smallest_change(weights, np.array([0.7, 0.2]), norm, target=1, boxed=boxed)
        assert np.isinf(found.size)
        assert found.target == -1
        assert not found.change.any()


# Bias first. Toward class 1 of the first only a tie of all three can be reached in the box.
TIES = [
    ([[0, 1, -3], [0, 0, 0], [0, 0, 2]], [1.0, 1.0], 1, np.inf, {"l2": 2**0.5, "linf": 1, "l0": 2}),
    ([[1, 0], [0, 1]], [0.3], 1, np.inf, {"l2": 0.7, "linf": 0.7, "l0": 1}),
    ([[1, 0, 0], [0, 1, 0]], [1.0, 0.5], 1, np.inf, {"l2": 0, "linf": 0, "l0": 1}),
    ([[1, 0], [0, 1], [0, 1]], [0.3], 1, np.inf, dict.fromkeys(("l2", "linf", "l0"), np.inf)),
]


@pytest.mark.parametrize("unit", [1.0, 0.1, np.pi, 1e-9])
@pytest.mark.parametrize("norm", ["l2", "linf", "l0"])
@pytest.mark.parametrize(("weights", "image", "target", "boxed", "unboxed"), TIES)
def test_a_tie_is_not_enough_in_any_norm_box_and_solver(
    weights, image, target, boxed, unboxed, norm, unit
):
    weights, image = unit * np.array(weights, dtype=float), np.array(image)
    n_classes = len(weights)
    part = Split(image[None].astype(np.float32), SoftmaxPerceptron(weights).predict(image[None]))
    for in_box, right in ((True, boxed), (False, unboxed[norm])):
        toward = [
            smallest_change(weights, image, norm, target=k, boxed=in_box) for k in range(n_classes)
        ]
        assert toward[target].size == pytest.approx(right, rel=1e-6, abs=1e-9)
        assert (toward[target].target == -1) == np.isinf(right)
        nearest = smallest_change(weights, image, norm, boxed=in_box)
        if n_classes == 2:
            assert nearest.size == toward[target].size
        if norm == "l0":
            continue
        whole = finish(exact_robustness(weights, part, boxed=in_box)).changes.sizes[norm]
        assert whole[0] == pytest.approx(nearest.size, rel=1e-6, abs=1e-9)
        measurement = CostMeasurement(weights, part, norm, boxed=in_box)
        finish(measurement.run())
        sizes = measurement.found().sizes.sizes[0]
        for k in np.flatnonzero(~np.isnan(sizes)):
            assert sizes[k] == pytest.approx(toward[k].size, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("boxed", [False, True])
def test_no_change_is_enough_in_one_norm_where_none_is_in_another(boxed):
    kinds = set()
    for seed in range(150):
        rng = np.random.default_rng(seed)
        shape = int(rng.integers(2, 6)), int(rng.integers(2, 7))
        weights = np.round(2 * rng.standard_normal(shape)) * [1.0, 0.1, np.pi][seed % 3]
        image = rng.choice([0.0, 0.5, 1.0], shape[1] - 1)
        for target in range(shape[0]):
            sizes = [
                smallest_change(weights, image, norm, target=target, boxed=boxed).size
                for norm in ("l2", "linf", "l0")
            ]
            assert len(set(np.isinf(sizes))) == 1
            kinds.add(bool(np.isinf(sizes[0])))
    assert kinds == {False, True}


def test_identical_classes_and_zero_weights_are_never_overtaken():
    for norm, boxed in itertools.product(("l2", "linf", "l0"), (False, True)):
        found = smallest_change(np.zeros((3, 5)), np.full(4, 0.5), norm, boxed=boxed)
        assert np.isinf(found.size)
        assert found.target == -1


def test_what_it_is_read_as_already_needs_nothing():
    weights, image = case(3, 4, 1)
    y = int(SoftmaxPerceptron(weights).predict(image))
    assert smallest_change(weights, image, "l2", target=y).size == 0


def test_bad_questions_are_refused():
    weights, image = case(3, 4, 1)
    with pytest.raises(SettingError, match="no class 3"):
        smallest_change(weights, image, "l2", target=3)
    with pytest.raises(SettingError, match="norm must be"):
        smallest_change(weights, image, "l3")
    with pytest.raises(SettingError, match="between 0 and 1"):
        smallest_change(weights, image + 2, "l2", boxed=True)

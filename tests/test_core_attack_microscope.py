"""Three losses side by side: finite differences, the practical's own step, and closed forms."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import QUICK, central_differences, notebook_image_step, tiny_dataset
from hypothesis import given
from hypothesis import strategies as st

from core.attack import frames
from core.attack.methods.descent import Descent, DescentSettings
from core.attack.microscope import (
    FAR_OUT,
    LOSSES,
    Descents,
    Microscope,
    MicroscopeConfig,
    logit_gradient,
)
from core.attack.outcome import SATURATED_RESPONSE
from core.data.samples import Split
from core.errors import SettingError
from core.insight.diagnostics import surest_right
from core.learning.perceptron import SoftmaxPerceptron

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

N_CLASSES, N_FEATURES = 5, 9


def make_model(seed: int = 0, scale: float = 1.0) -> tuple[NDArray[np.float64], Vector]:
    """Return weights and an image whose numbers are exact in float32 as well."""
    rng = np.random.default_rng(seed)
    weights = (scale * rng.standard_normal((N_CLASSES, N_FEATURES + 1))).astype(np.float32)
    return weights.astype(np.float64), rng.random(N_FEATURES).astype(np.float32).astype(np.float64)


def look(
    weights: NDArray[Any],
    image: NDArray[Any],
    target: int,
    *,
    rate: float = 0.05,
    steps: int = 30,
    box: bool = False,
) -> Descents:
    """Return all steps of the three descents."""
    scope = Microscope(weights, MicroscopeConfig(rate, steps), image, target, box=box)
    told = [progress.done for progress in scope.run()]
    assert told == list(range(steps + 1))
    found = scope.found()
    assert found is not None
    return found


def plain_y(weights: NDArray[np.float64], x: Vector) -> Vector:
    e = np.exp(weights[:, 1:] @ x + weights[:, 0])
    return np.asarray(e / e.sum())


def plain_losses(weights: NDArray[np.float64], target: int) -> dict[str, Callable[[Vector], float]]:
    """Return the three losses as the module's docstring writes them."""
    t = np.eye(len(weights))[target]

    def margin(x: Vector) -> float:
        z = weights[:, 1:] @ x + weights[:, 0]
        return float(np.delete(z, target).max() - z[target])

    return {
        "squared": lambda x: float(((t - plain_y(weights, x)) ** 2).sum() / 2),
        "cross_entropy": lambda x: float(-np.log(plain_y(weights, x)[target])),
        "margin": margin,
    }


def plain_gradients(weights: NDArray[np.float64], target: int, x: Vector) -> list[Vector]:
    """Return the three gradients with every matrix written out."""
    w, y, t = weights[:, 1:], plain_y(weights, x), np.eye(len(weights))[target]
    jacobian = np.diag(y) - np.outer(y, y)
    z = w @ x + weights[:, 0]
    z[target] = -np.inf
    return [-w.T @ jacobian @ (t - y), w.T @ (y - t), w[z.argmax()] - w[target]]


@given(seed=st.integers(0, 10_000), target=st.integers(0, N_CLASSES - 1))
@QUICK
def test_every_first_step_goes_down_the_numerical_gradient(seed: int, target: int) -> None:
    weights, image = make_model(seed)
    seen = look(weights, image, target, rate=1e-3, steps=1)
    for column, (name, loss) in enumerate(plain_losses(weights, target).items()):
        assert LOSSES[column] == name
        gradient = central_differences(loss, image)
        moved = seen.images[1, column].astype(float) - image
        np.testing.assert_allclose(moved, -1e-3 * gradient, rtol=1e-4, atol=1e-7)
        np.testing.assert_allclose(seen.norms[0, column], np.linalg.norm(gradient), rtol=1e-6)


def test_values_and_gradients_in_the_logits_are_of_one_loss() -> None:
    weights, image = make_model(3)
    model, target = SoftmaxPerceptron(weights), 2
    for name, loss in plain_losses(weights, target).items():
        values, gradient = logit_gradient(name, model.logits(image[None]), np.array([target]))
        np.testing.assert_allclose(values[0], loss(image), rtol=1e-12)
        np.testing.assert_allclose(
            gradient[0] @ weights[:, 1:],
            plain_gradients(weights, target, image)[LOSSES.index(name)],
            rtol=1e-10,
            atol=1e-12,
        )


@pytest.mark.parametrize("box", [False, True])
def test_every_step_is_that_of_a_plain_loop(box: bool) -> None:
    weights, image = make_model(1)
    target, rate, steps = 3, 0.1, 40
    seen = look(weights, image, target, rate=rate, steps=steps, box=box)
    for column in range(3):
        x = image.copy()
        for step in range(steps + 1):
            gradient = plain_gradients(weights, target, x)[column]
            y = plain_y(weights, x)
            np.testing.assert_allclose(seen.images[step, column], x, rtol=1e-6, atol=1e-6)
            np.testing.assert_allclose(seen.probabilities[step, column], y, rtol=1e-9, atol=1e-15)
            assert seen.predicted[step, column] == y.argmax()
            assert seen.norms[step, column] == pytest.approx(np.linalg.norm(gradient), rel=1e-9)
            assert seen.l2[step, column] == pytest.approx(np.linalg.norm(x - image), abs=1e-12)
            assert seen.linf[step, column] == pytest.approx(abs(x - image).max(), abs=1e-12)
            x = x - rate * gradient
            if box:
                x = np.clip(x, 0, 1)
    assert seen.held == (None, None, None)
    np.testing.assert_array_equal(seen.original, image.astype(np.float32))
    assert (0 <= seen.images).all() == box


@pytest.mark.parametrize("box", [False, True])
def test_the_squared_column_is_the_practicals_descent(box: bool) -> None:
    weights, image = make_model(7)
    config = DescentSettings(target=1, steps=60, rate=0.1, pull=0.0, box=box)
    film = list(frames(Descent(SoftmaxPerceptron(weights), config, image, start=image)))
    seen = look(weights, image, 1, rate=0.1, steps=60, box=box)
    for step, frame in enumerate(film):
        np.testing.assert_allclose(seen.images[step, 0], frame.image, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(seen.probabilities[step, 0], frame.probabilities, rtol=1e-10)
        assert seen.norms[step, 0] == pytest.approx(frame.gradient_norm, rel=1e-10)
        assert seen.l2[step, 0] == pytest.approx(frame.l2, rel=1e-9, abs=1e-12)
        assert seen.linf[step, 0] == pytest.approx(frame.linf, rel=1e-9, abs=1e-12)


def test_the_squared_column_is_the_notebooks_step() -> None:
    weights, image = make_model(8)
    weights[:, 0] = 0.0  # in the notebook the bias component drifts with the image
    x = np.concatenate(([1.0], image))
    seen = look(weights, image, 4, rate=0.1, steps=50)
    for step in range(51):
        np.testing.assert_allclose(seen.images[step, 0], x[1:], rtol=1e-6, atol=1e-7)
        x = notebook_image_step(weights, x, 4, 0.1)
    assert x[0] == 1.0


def test_float32_weights_are_taken_as_they_are() -> None:
    weights, image = make_model(2)
    wide, narrow = (look(weights.astype(t), image.astype(t), 0) for t in (float, np.float32))
    np.testing.assert_array_equal(wide.images[:, 1:], narrow.images[:, 1:])
    np.testing.assert_array_equal(wide.norms[:, 1:], narrow.norms[:, 1:])


def test_where_the_steps_swing_the_squared_column_is_still_that_of_the_film() -> None:
    weights, image = (array.astype(np.float32) for array in make_model(6, scale=6.0))
    settings = DescentSettings(target=2, steps=300, rate=0.2, box=True)
    film = frames(Descent.on_image(SoftmaxPerceptron(weights), settings, image))
    seen = look(weights, image, 2, rate=0.2, steps=300, box=True)
    np.testing.assert_array_equal(seen.images[:, 0], [frame.image for frame in film])


def test_a_footing_is_what_the_matrices_say() -> None:
    weights, image = make_model(5)
    target = 2
    seen = look(weights, image, target, rate=0.2, steps=20)
    for step in (0, 7, 20):
        x = image.copy()  # in float64: the images kept are rounded
        for _ in range(step):
            x -= 0.2 * plain_gradients(weights, target, x)[0]
        y, t = plain_y(weights, x), np.eye(N_CLASSES)[target]
        jacobian = np.diag(y) - np.outer(y, y)
        footing = seen.footing(step)
        assert footing.predicted == y.argmax()
        assert footing.target == target
        assert footing.doubt == pytest.approx(1 - y.max(), rel=1e-9)
        assert footing.target_probability == pytest.approx(y[target], rel=1e-9)
        assert footing.jacobian == pytest.approx(abs(jacobian).max(), rel=1e-9)
        assert footing.response == pytest.approx(np.linalg.norm(jacobian @ (t - y)), rel=1e-9)
        norms = [np.linalg.norm(g) for g in plain_gradients(weights, target, x)]
        assert footing.norms == pytest.approx(norms, rel=1e-9)
        assert footing.ratio == pytest.approx(norms[1] / norms[0], rel=1e-9)
        assert footing.saturated == (footing.response < SATURATED_RESPONSE and y.argmax() != target)


def sure_weights(gap: float) -> NDArray[np.float64]:
    """Return weights of three classes that read an image of ones as class 0, by ``gap``."""
    weights = np.zeros((3, 5))
    weights[0, 1:] = gap / 4
    weights[2, 1] = 1e-3
    return weights


@pytest.mark.parametrize("gap", [10.0, 40.0, 200.0, 700.0])
def test_where_the_model_is_sure_the_squared_loss_alone_vanishes(gap: float) -> None:
    """For y = (1, e, e) with e tiny, J (t - y) is (-e (2 - ...), e, ...) to first order in e."""
    seen = look(sure_weights(gap), np.ones(4), 1, rate=0.01, steps=5)
    footing = seen.footing(0)
    doubt = 2 * np.exp(-gap)
    assert footing.doubt == pytest.approx(doubt, rel=2e-3)
    assert footing.jacobian == pytest.approx(doubt, rel=2e-3)
    assert footing.saturated
    assert footing.is_sure
    # Jr = y (r - y.r), r = (-1, 1 - e, -e), y.r = -1 to first order: (-3e, 2e, e).
    assert footing.response == pytest.approx(np.exp(-gap) * np.sqrt(9 + 4 + 1), rel=5e-3)
    squared, cross, margin = footing.norms
    assert 0 < squared < 3 * gap * np.exp(-gap)  # a number, even where float32 would have 0
    assert cross == pytest.approx(gap / 2, rel=1e-3)  # |w_0 - w_1|
    assert margin == pytest.approx(gap / 2, rel=1e-3)
    assert footing.ratio == pytest.approx(cross / squared)
    assert seen.n_saturated == 6
    assert seen.fooled_at(0) is None


def test_a_target_that_is_reached_is_an_end_and_no_refusal() -> None:
    footing = look(sure_weights(40.0), np.ones(4), 0, steps=1).footing(0)
    assert footing.response < SATURATED_RESPONSE
    assert footing.reached
    assert not footing.saturated


def test_torn_between_two_others_the_response_vanishes_though_the_model_is_not_sure() -> None:
    """y = (1/2, 1/2, 0), t = class 2: r = (-1/2, -1/2, 1), and J r = 0."""
    weights = np.zeros((3, 5))
    weights[:2, 0] = 60.0
    weights[0, 1] = weights[1, 2] = 1.0
    seen = look(weights, np.ones(4), 2, steps=3)
    footing = seen.footing(0)
    assert footing.saturated
    assert not footing.is_sure
    assert footing.jacobian == pytest.approx(0.25)
    assert footing.doubt == pytest.approx(0.5)
    assert footing.target_probability == pytest.approx(np.exp(-61.0) / 2)


def test_a_model_that_has_learnt_nothing_is_blank_not_saturated() -> None:
    weights = np.ones((4, 7)) / 3  # all classes weigh alike
    seen = look(weights, np.linspace(0, 1, 6), 2, steps=4)
    footing = seen.footing(0)
    assert footing.norms == (0.0, 0.0, 0.0)
    assert footing.is_blank
    assert not footing.saturated
    assert seen.n_saturated == 0
    np.testing.assert_array_equal(seen.l2, 0.0)


def test_saturated_steps_are_counted_up_to_where_the_plateau_ends() -> None:
    seen = look(sure_weights(6.5), np.ones(4), 1, rate=1.0, steps=900)
    flat = [seen.footing(step).saturated for step in range(901)]
    assert 0 < sum(flat) < 901  # it begins on the plateau and leaves it
    assert seen.n_saturated == sum(flat)
    first = seen.fooled_at(0)
    assert first is not None
    assert (seen.predicted[:first, 0] == 0).all()
    assert seen.predicted[first, 0] == 1
    assert not any(flat[first:])


def test_far_out_pixels_are_told() -> None:
    weights, image = make_model(4)
    target = int(plain_y(weights, image).argmin())
    seen = look(weights, image, target, rate=100.0, steps=20)
    assert np.isfinite(seen.images).all()
    assert seen.linf[20, 2] > FAR_OUT
    assert seen.is_far_out(20, 2)
    assert not any(seen.is_far_out(0, column) for column in range(3))
    boxed = look(weights, image, target, rate=100.0, steps=20, box=True)
    assert boxed.linf.max() <= 1.0
    assert not any(boxed.is_far_out(20, column) for column in range(3))


def test_an_image_whose_numbers_would_not_be_finite_stays_and_this_is_told() -> None:
    weights, image = make_model(4)
    weights = (1e36 * weights).astype(np.float32)
    target = int(weights.astype(float)[:, 1:].sum(axis=1).argmin())
    seen = look(weights, image, target, rate=1000.0, steps=50)
    for numbers in (seen.images, seen.probabilities, seen.norms, seen.l2, seen.linf):
        assert np.isfinite(numbers).all()
    held = seen.held[2]
    assert held is not None
    assert seen.is_far_out(50, 2)
    np.testing.assert_array_equal(seen.images[held:, 2], seen.images[[held] * (51 - held), 2])


def test_what_has_been_done_can_be_looked_at_at_any_step() -> None:
    weights, image = make_model(6)
    scope = Microscope(weights, MicroscopeConfig(0.05, 30), image, 1)
    assert scope.found() is None
    whole = look(weights, image, 1)
    steps = scope.run()
    assert [str(progress) for progress in islice(steps, 5)][-1] == "4 of 30 steps"
    part = scope.found()
    assert part is not None
    steps.close()
    assert part.n_steps == 4
    np.testing.assert_array_equal(part.images, whole.images[:5])
    np.testing.assert_array_equal(part.norms, whole.norms[:5])
    assert part.footing(4) == whole.footing(4)
    for array in (part.images, part.probabilities, part.norms, part.original, part.responses):
        assert not array.flags.writeable
    assert [str(progress) for progress in islice(scope.run(), 1)] == ["5 of 30 steps"]
    list(scope.run())  # goes on where it was left
    gone_on = scope.found()
    assert gone_on is not None
    np.testing.assert_array_equal(gone_on.images, whole.images[:31])
    assert gone_on.held == whole.held


def test_without_a_target_it_is_the_likeliest_class_that_is_not_read() -> None:
    for seed in range(20):
        weights, image = make_model(seed)
        scope = Microscope(weights, MicroscopeConfig(), image, None)
        y = plain_y(weights, image)
        assert sorted(y)[-2] == y[scope.target]


def test_the_image_and_the_weights_are_left_alone() -> None:
    weights, image = make_model(6)
    before = weights.copy(), image.copy()
    look(weights, image, 1, box=True)
    np.testing.assert_array_equal(weights, before[0])
    np.testing.assert_array_equal(image, before[1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": 5}, "Target class 5 is no class of this model; choose 0 to 4"),
        ({"target": -1}, "Target class -1 is no class"),
        ({"image": np.zeros(7)}, "The image has 7 pixels; this model reads 9"),
        ({"image": np.full(9, np.nan)}, "pixels that are not numbers"),
        ({"weights": np.full((5, 10), np.inf)}, "no numbers any more.*smaller learning rate"),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    weights, image = make_model()
    given = {"weights": weights, "image": image, "target": 1, **change}
    with pytest.raises(SettingError, match=words):
        Microscope(given["weights"], MicroscopeConfig(), given["image"], given["target"])


@pytest.mark.parametrize(("name", "value"), [("rate", 0.0), ("rate", 1e9), ("steps", 0)])
def test_settings_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(SettingError, match="must be"):
        MicroscopeConfig(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_the_surest_right_image_is_found(scale: float) -> None:
    data = tiny_dataset(n_train=5000, seed=3)  # more than one chunk
    rng = np.random.default_rng(0)
    weights = np.stack(
        [
            np.concatenate(([-0.5 * (mean @ mean)], mean))
            for mean in (
                data.train.images[data.train.labels == k].mean(axis=0, dtype=float)
                for k in range(data.n_classes)
            )
        ]
    )
    weights = (scale * (weights + 0.01 * rng.standard_normal(weights.shape))).astype(np.float32)
    found = surest_right(weights, data.train)
    wide = weights.astype(np.float64)
    z = data.train.images @ wide[:, 1:].T + wide[:, 0]
    right = z.argmax(axis=1) == data.train.labels
    e = np.exp(z - z.max(axis=1, keepdims=True))
    doubt = (np.sort(e, axis=1)[:, :-1].sum(axis=1)) / e.sum(axis=1)
    assert found == int(np.where(right, doubt, 2.0).argmin())


def test_surest_looks_at_true_labels_and_may_find_none() -> None:
    images = np.eye(3, 4, dtype=np.float32)
    weights = np.zeros((3, 5), dtype=np.float32)
    weights[[0, 1, 2], [1, 2, 3]] = [3.0, 2.0, 1.0]
    truth = np.array([1, 1, 2])  # the first, the surest, is read wrongly
    assert surest_right(weights, Split(images, truth)) == 1
    assert surest_right(weights, Split(images, np.array([0, 2, 0]), truth)) == 1
    assert surest_right(weights, Split(images, np.array([1, 2, 0]))) is None

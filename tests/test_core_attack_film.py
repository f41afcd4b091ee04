"""Any attack on one image, step by step."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from attack_samples import build, example, settings_of

from core.attack import ATTACKS, frames, summarise
from core.attack.film import FilmSearch, steps_worth
from core.attack.methods.descent import Descent, DescentSettings
from core.exact.smallest import smallest_change


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_a_film_shows_the_steps_of_an_attack_on_one_image(name):
    model, images = example()
    attack = build(name, model, images[0])
    film = list(frames(attack))
    steps = list(attack.run(keep_images=True))
    assert [frame.step for frame in film] == [step.step for step in steps]
    for frame, step in zip(film, steps, strict=True):
        np.testing.assert_array_equal(frame.image, step.images[0])
        np.testing.assert_allclose(frame.probabilities, model.probabilities(frame.image))
        assert frame.predicted == step.predicted[0]
        assert frame.l2 == pytest.approx(np.linalg.norm(frame.image - images[0]))
        assert frame.linf == pytest.approx(np.abs(frame.image - images[0]).max())
        assert frame.is_finite


def test_a_film_ends_with_the_best_where_the_attack_ends_with_a_failure():
    """Noise is drawn again after it has fooled the model."""
    endings = set()
    for seed in range(12):
        model, images = example(seed, n=1)
        attack = build("gaussian", model, images, draws=6, budget=1.0)
        last = list(attack.run())[-1].success[0]
        best = attack.result()
        film = list(frames(build("gaussian", model, images, draws=6, budget=1.0)))
        if best.success[0]:
            assert film[-1].predicted != model.predict(images)[0]
            endings.add(bool(last))
            if not last:
                np.testing.assert_array_equal(film[-1].image, best.images[0])
                assert film[-1].l2 == pytest.approx(best.sizes[0])
                assert film[-1].step == film[-2].step + 1
                kept = film[-1].kept_from
                np.testing.assert_array_equal(film[kept].image, film[-1].image)
                outcome = summarise(film, None, 0)
                assert (outcome.success_step, outcome.step) == (kept, 6)
                assert outcome.headline("abcdefghij").endswith(f" at step {kept} of 6")
    assert endings == {True, False}


def test_what_counts_in_a_film_is_what_the_image_was_read_as_not_its_random_start():
    """A start within a large budget may be read as another class already."""
    n_elsewhere = 0
    for seed in range(30):
        model, images = example(seed, n=1)
        attack = build("pgd", model, images, budget=1.5, seed=seed)
        steps = list(frames(attack))
        read = int(model.predict(images)[0])
        n_elsewhere += steps[0].predicted != read
        outcome = summarise(steps, None, read, read_as=int(attack.original[0]))
        assert outcome.first_predicted == read
        assert outcome.succeeded == (steps[-1].predicted != read)
    assert n_elsewhere > 3


def search(name="pgd", **more):
    model, images = example(2)
    return model, images[0], FilmSearch(build(name, model, images[0]), **more)


@pytest.mark.parametrize("n_steps", [0, 1, 5, 100])
def test_a_film_that_was_left_goes_on_and_is_the_same(n_steps):
    _, _, whole = search()
    assert whole.found() is None
    told = [str(progress) for progress in whole.run()]
    _, _, left = search()
    first = [str(progress) for progress in islice(left.run(), n_steps)]
    assert [*first, *(str(progress) for progress in left.run())] == told
    one, other = whole.found(), left.found()
    for name in ("n_steps", "read_as", "ran_away", "flip"):
        assert getattr(one, name) == getattr(other, name)
    assert one.least.sizes == other.least.sizes
    for mine, yours in zip(one.steps, other.steps, strict=True):
        np.testing.assert_array_equal(mine.image, yours.image)


def test_at_the_end_it_is_told_what_would_have_been_enough():
    model, image, filming = search(norm="linf", boxed=True)
    steps = filming.run()
    next(steps)
    assert filming.found().least is None
    list(steps)
    least, read = filming.found().least, int(model.predict(image[None])[0])
    assert least.size == smallest_change(model.weights, image, "linf", boxed=True).size
    for target in set(range(model.n_classes)) - {read}:
        size = smallest_change(model.weights, image, "linf", target=target, boxed=True).size
        assert least.sizes.get(target, np.inf) == size
    _, _, noise = search(norm=None)
    list(noise.run())
    assert noise.found().least is None


@pytest.mark.parametrize(("flip", "steps"), [(1, 50), (2, 50), (3, 100), (17, 300), (200, 300)])
def test_a_film_has_twenty_times_as_many_steps_as_it_took_to_flip(flip, steps):
    assert steps_worth(flip, 300) == steps


def test_a_descent_may_end_by_itself_soon_after_the_flip():
    model, images = example(2)
    target = (int(model.predict(images)[0]) + 1) % model.n_classes
    config = DescentSettings(steps=1000, rate=0.5, target=target, box=False)
    whole, short = (
        FilmSearch(Descent(model, config, images[0]), ends_itself=ends) for ends in (False, True)
    )
    for search in (whole, short):
        list(search.run())
    flip = short.found().flip
    assert flip == whole.found().flip > 0
    assert len(whole.found().steps) == 1001
    assert len(short.found().steps) == short.found().n_steps + 1 == steps_worth(flip, 1000) + 1
    assert short.found().steps[flip].predicted == target != short.found().steps[flip - 1].predicted


def test_from_elsewhere_changes_are_measured_from_there():
    model, images = example(3)
    start = np.full_like(images[0], 0.01)
    config = DescentSettings(steps=5, target=1, box=False, pull=0.1)
    filming = FilmSearch(
        Descent.on_image(model, config, images[0], start=start), origin=start, norm=None
    )
    list(filming.run())
    found = filming.found()
    assert found.read_as == int(model.predict(start[None])[0])
    assert found.steps[0].l2 == pytest.approx(0.0, abs=1e-9)
    last = found.steps[-1]
    assert last.l2 == pytest.approx(float(np.linalg.norm(last.image - start)))


def test_some_films_are_done_before_the_end_and_some_run_away():
    _, _, filming = search("deepfool")
    list(filming.run())
    found = filming.found()
    assert found.n_steps == len(found.steps) - 1 < settings_of("deepfool").steps
    assert not found.ran_away
    model, images = example(2)
    wild = DescentSettings(steps=200, rate=1000.0, pull=100.0, box=False)
    filming = FilmSearch(Descent(model, wild, images[0]))
    list(filming.run())
    found = filming.found()
    assert found.ran_away
    assert len(found.steps) <= found.n_steps == 200
    assert all(step.is_finite for step in found.steps)

"""Any attack on one image, step by step."""

from __future__ import annotations

import numpy as np
import pytest
from attack_samples import build, example

from core.attack import ATTACKS, Film, summarise
from core.errors import SettingError


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_a_film_shows_the_steps_of_an_attack_on_one_image(name):
    model, images = example()
    attack = build(name, model, images[0])
    frames = list(Film(attack).run())
    steps = list(attack.run(keep_images=True))
    assert [frame.step for frame in frames] == [step.step for step in steps]
    for frame, step in zip(frames, steps, strict=True):
        np.testing.assert_array_equal(frame.image, step.images[0])
        np.testing.assert_allclose(frame.probabilities, model.probabilities(frame.image))
        assert frame.predicted == step.predicted[0]
        assert frame.l2 == pytest.approx(np.linalg.norm(frame.image - images[0]))
        assert frame.linf == pytest.approx(np.abs(frame.image - images[0]).max())
        assert frame.is_finite


def test_a_film_has_one_image():
    model, images = example()
    with pytest.raises(SettingError, match="one image, not 7"):
        Film(build("bim", model, images))


def test_a_film_ends_with_the_best_where_the_attack_ends_with_a_failure():
    """Noise is drawn again after it has fooled the model."""
    endings = set()
    for seed in range(12):
        model, images = example(seed, n=1)
        attack = build("gaussian", model, images, draws=6, budget=1.0)
        last = list(attack.run())[-1].success[0]
        best = attack.result()
        film = list(Film(build("gaussian", model, images, draws=6, budget=1.0)).run())
        if best.success[0]:
            assert film[-1].predicted != model.predict(images)[0]
            endings.add(bool(last))
            if not last:
                np.testing.assert_array_equal(film[-1].image, best.images[0])
                assert film[-1].l2 == pytest.approx(best.sizes[0])
                assert film[-1].step == film[-2].step + 1
    assert endings == {True, False}


def test_what_counts_in_a_film_is_what_the_image_was_read_as_not_its_random_start():
    """A start within a large budget may be read as another class already."""
    n_elsewhere = 0
    for seed in range(30):
        model, images = example(seed, n=1)
        attack = build("pgd", model, images, budget=1.5, seed=seed)
        film = Film(attack)
        steps = list(film.run())
        read = int(model.predict(images)[0])
        n_elsewhere += steps[0].predicted != read
        outcome = summarise(steps, None, read, read_as=film.read_as)
        assert outcome.first_predicted == film.read_as == read
        assert outcome.succeeded == (steps[-1].predicted != read)
    assert n_elsewhere > 3

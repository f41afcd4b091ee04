"""One change for all images."""

from __future__ import annotations

import numpy as np
import pytest
from attack_samples import exact_sizes, trained_on_400_pixels

from core.attack import ATTACKS, NORMS

both_norms = pytest.mark.parametrize("norm", ["l2", "linf"])


@both_norms
@pytest.mark.parametrize("target", [None, 1])
@pytest.mark.parametrize("box", [False, True])
def test_a_universal_change_is_one_for_all_and_beats_noise(norm, target, box):
    dataset, model = trained_on_400_pixels()
    images = dataset.test.images.astype(np.float64)
    budget = 3 * np.median(exact_sizes(model, images, norm, target))
    settings = {"norm": norm, "budget": budget, "target": target, "box": box}
    attack = ATTACKS["universal"](model, ATTACKS["universal"].settings(**settings), images)
    result = attack.finish()
    assert NORMS[norm].sizes(attack.best_shared)[0] <= budget + 1e-9
    expected = images + attack.best_shared
    np.testing.assert_array_equal(result.images, np.clip(expected, 0, 1) if box else expected)
    one_draw = ATTACKS["uniform"].settings(draws=1, **settings)
    noise = ATTACKS["uniform"](model, one_draw, images).finish()
    assert result.success.mean() > 0.4
    assert result.success.mean() > 2 * noise.success.mean()


def test_a_universal_result_is_the_step_that_fooled_most():
    dataset, model = trained_on_400_pixels()
    images = dataset.test.images.astype(np.float64)
    attack = ATTACKS["universal"](model, ATTACKS["universal"].settings(budget=1.0), images)
    rates = [step.success.mean() for step in attack.run()]
    assert attack.result().success.mean() == pytest.approx(max(rates))

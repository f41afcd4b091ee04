"""The fast gradient method is its formula."""

from __future__ import annotations

import numpy as np
import pytest
from attack_samples import build, example

from core.learning.perceptron import softmax

both_norms = pytest.mark.parametrize("norm", ["l2", "linf"])


def image_gradient(model, image, k):
    """Return the gradient of -log y_k in the image, by the definition."""
    y = softmax(model.weights[:, 1:] @ image + model.weights[:, 0])
    return (y - np.eye(len(y))[k]) @ model.weights[:, 1:]


@both_norms
@pytest.mark.parametrize("target", [None, 1])
def test_fgsm_is_its_formula(norm, target):
    model, images = example()
    result = build("fgsm", model, images, norm=norm, target=target, objective="cross_entropy")
    last = list(result.run(keep_images=True))[-1]
    for image, seen, label in zip(images, last.images, model.predict(images), strict=True):
        g = image_gradient(model, image, label if target is None else target)
        g = g if target is None else -g
        step = np.sign(g) if norm == "linf" else g / np.linalg.norm(g)
        np.testing.assert_allclose(seen, np.clip(image + 0.4 * step, 0, 1), atol=1e-12)

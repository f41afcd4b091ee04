"""Models, images and small settings for the tests of attacks."""

from __future__ import annotations

from functools import cache

import numpy as np
from core_samples import tiny_dataset

from core.attack import ATTACKS
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer
from core.parameters import parameters_of

FEW = {"steps": 12, "draws": 4, "pixels": 6, "searches": 2, "budget": 0.4}
"""Small settings, for those attacks that have them."""


def example(seed=0, n_classes=4, n=7, n_features=12):
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((n_classes, n_features + 1))
    weights[:, 0] = -weights[:, 1:].sum(axis=1) / 2  # or all images would be read alike
    images = np.round(rng.random((n, n_features)), 1)
    return SoftmaxPerceptron(weights), images


def settings_of(name, **settings):
    declared = parameters_of(ATTACKS[name].settings)
    return ATTACKS[name].settings(
        **{key: value for key, value in {**FEW, **settings}.items() if key in declared}
    )


def build(name, model, images, labels=None, **settings):
    return ATTACKS[name](model, settings_of(name, **settings), images, labels)


def usable_target(model, images, seed):
    """Return a target that not every image is read as."""
    target = seed % model.n_classes
    read = model.predict(images)
    return (target + 1) % model.n_classes if (read == target).all() else target


def exact_sizes(model, images, norm, target=None):
    """Return the size below which no change, in or out of the box, is enough (closed form)."""
    z, w = model.logits(images), model.weights[:, 1:]
    order = 2 if norm == "l2" else 1
    sizes = []
    for row in z:
        y = row.argmax()
        apart = [np.linalg.norm(w[y] - w[c], order) for c in range(len(w))]
        if target is None:
            sizes.append(min((row[y] - row[c]) / apart[c] for c in range(len(w)) if c != y))
        else:
            sizes.append(0.0 if y == target else (row[y] - row[target]) / apart[target])
    return np.array(sizes)


def random_model(n_classes=4, n_features=12, seed=0, scale=1.0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    weights = scale * rng.standard_normal((n_classes, n_features + 1))
    return SoftmaxPerceptron(weights.astype(dtype))


def random_image(n_features=12, seed=1):
    return np.random.default_rng(seed).random(n_features)


@cache
def trained_on_400_pixels():
    """Return data and a model trained on them: in few dimensions noise is not much worse."""
    dataset = tiny_dataset(400, 100, shape=(20, 20))
    trainer = Trainer(dataset, TrainingConfig(learning_rate=0.1, epochs=20))
    list(trainer.run())
    return dataset, SoftmaxPerceptron(trainer.snapshot().astype(np.float64))


@cache
def learnt():
    """Return data and three models of them, in float64."""
    data = tiny_dataset(200, 150, shape=(6, 6))
    models = []
    for seed, epochs in ((1, 8), (2, 3), (3, 20)):
        config = TrainingConfig(epochs=epochs, seed=seed, init="normal", learning_rate=0.1)
        trainer = Trainer(data, config)
        list(trainer.run())
        models.append(trainer.snapshot().astype(np.float64))
    return data, models


def some_settings(name, **wanted):
    """Return the settings of an attack, with those of the wanted it has."""
    kind = ATTACKS[name].settings
    few = {"steps": 5, "pixels": 8, "searches": 2, "budget": 0.8, **wanted}
    return kind(**{key: few[key] for key in few if key in parameters_of(kind)})

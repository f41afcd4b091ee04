"""The practical's descent on images of a data set by their numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from core_samples import tiny_dataset

from core.attack import AttackConfig, frames
from core.attack.methods.descent import NOISE_SCALE
from core.errors import SettingError
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer

FREE = AttackConfig(target=2, steps=30, rate=0.1, pull=0.0)


@pytest.fixture(scope="module")
def trained():
    dataset = tiny_dataset(500, 60)
    trainer = Trainer(dataset, TrainingConfig(learning_rate=0.5, epochs=20))
    list(trainer.run())
    return dataset, SoftmaxPerceptron(trainer.snapshot())


def test_noise_is_the_practicals_and_follows_its_seed(trained):
    dataset, model = trained
    first, again, other = (
        replace(FREE, seed=seed).attack(model, dataset).start for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.dtype == np.float32
    assert first.shape == (dataset.n_features,)
    assert 0 <= first.min() < first.max() < NOISE_SCALE == 0.01


@pytest.mark.parametrize("part", ["train", "test"])
def test_images_are_taken_by_number_from_the_part_asked_for(trained, part):
    dataset, model = trained
    config = replace(FREE, start=5, toward=9, part=part)
    attack = config.attack(model, dataset)
    np.testing.assert_array_equal(attack.start, dataset.split(part).images[5])
    np.testing.assert_array_equal(attack.originals[0], dataset.split(part).images[9])
    alone = FREE.attack(model, dataset)
    np.testing.assert_array_equal(alone.originals[0], alone.start)


def test_without_a_chosen_image_there_is_no_pull(trained):
    dataset, model = trained
    with_pull, without = (
        list(frames(replace(FREE, pull=pull).attack(model, dataset))) for pull in (5.0, 0.0)
    )
    np.testing.assert_array_equal(with_pull[-1].image, without[-1].image)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"start": 500}, "Start from 500 is no train image; choose 0 to 499"),
        ({"start": -1}, "Start from -1 is no train image; choose 0 to 499"),
        ({"toward": 60, "part": "test"}, "Pull toward 60 is no test image; choose 0 to 59"),
        ({"target": 4}, "Target class 4 is no class of this model; choose 0 to 3"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(trained, setting, message):
    dataset, model = trained
    with pytest.raises(SettingError, match=message):
        replace(FREE, **setting).attack(model, dataset)


def test_a_negative_target_is_out_of_range():
    with pytest.raises(SettingError, match="Target class must be"):
        AttackConfig(target=-1)


def test_the_pull_keeps_the_result_near_the_chosen_image(trained):
    dataset, model = trained
    chosen = int(np.flatnonzero(model.predict(dataset.train.images) != 2)[0])
    config = AttackConfig(target=2, toward=chosen, steps=400, rate=0.1)
    distances = []
    for pull in (0.0, 0.05, 0.2, 5.0):
        attack = replace(config, pull=pull).attack(model, dataset)
        distances.append([step.l2 for step in frames(attack)][-1])
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.1 * distances[0]

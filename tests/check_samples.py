"""What the checks against other libraries share: one learnt model and its images, in float64."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.config import DataConfig
from core.data.dataset import Split
from core.exact.smallest import boxed_changes
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import Trainer
from core.progress import finish
from core.sources import open_dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.exact.closed_form import SmallestChanges

N_CLASSES = 10
STEPS = 20
BUDGETS = {"l2": 0.6, "linf": 0.08}
"""So large that about half of the images are turned."""

Sample = tuple[SoftmaxPerceptron, "NDArray[Any]", "NDArray[np.int64]"]


@cache
def learnt_model() -> Sample:
    """Return a model of the UCI digits, 300 test images and their labels."""
    dataset = open_dataset("digits8").sized(DataConfig(train_size=1000, test_size=300))
    trainer = Trainer(dataset, TrainingConfig(epochs=30))
    list(trainer.run())
    model = SoftmaxPerceptron(trainer.snapshot().astype(np.float64))
    images = dataset.test.images.astype(np.float64)
    images.flags.writeable = False
    return model, images, dataset.test.labels


def rightly_read() -> Sample:
    """Return the model, the images it reads rightly, and their labels."""
    model, images, labels = learnt_model()
    right = model.predict(images) == labels
    return model, images[right], labels[right]


@cache
def exact_in_box() -> SmallestChanges:
    """Return the exact sizes of the rightly read images in the box."""
    model, images, labels = rightly_read()
    return finish(boxed_changes(model.weights, Split(images.astype(np.float32), labels)))


def within_two_points(ours: NDArray[np.bool_], theirs: NDArray[np.bool_]) -> None:
    """Check that two attacks turned as many images, within 2 % of all, and some but not all."""
    assert 0.1 < ours.mean() < 0.9
    assert abs(ours.mean() - theirs.mean()) <= 0.02

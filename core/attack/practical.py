"""The practical's descent on images of a data set: which ones, from where, toward what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.attack.methods.descent import (
    Descent,
    DescentSettings,
    faint_noise,
    pull_parameter,
    rate_parameter,
)
from core.attack.settings import box_parameter, seed_parameter, steps_parameter
from core.errors import SettingError
from core.parameters import Settings, parameter

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.dataset import Dataset
    from core.learning.perceptron import SoftmaxPerceptron


@dataclass(frozen=True, slots=True)
class AttackConfig(Settings):
    """How an image is changed, and toward what.

    Image indices count in the part named by ``part``.
    """

    start: int | None = parameter(
        None,
        "index",
        "Start from",
        "Where the change begins: faint random noise as in the practical, or an image.",
        none_word="noise",
        formula="x at step 0: uniform [0, 1) / 100, or image number {value}",
    )
    target: int = parameter(
        7,
        "int",
        "Target class",
        "The class the image is pushed toward.",
        low=0,
        high=100_000,
        formula="t = one-hot of class {value}",
    )
    steps: int = steps_parameter(200, formula="x -> x + eta W^T J (t - y), {value} times")
    rate: float = rate_parameter(0.1)
    pull: float = pull_parameter(0.12)
    toward: int | None = parameter(
        None,
        "index",
        "Pull toward",
        "The chosen image the result should look like. Without one there is no pull.",
        none_word="none",
        formula="c = image number {value}",
    )
    part: str = parameter(
        "train",
        "choice",
        "Images from",
        "Which images the two numbers above count in.",
        choices={"train": "training", "test": "test"},
    )
    box: bool = box_parameter(default=False, remark=" The practical does not.")
    seed: int = seed_parameter("Noise seed", "The random start follows from this number.")

    @property
    def settings(self) -> DescentSettings:
        """The descent's own settings: all but the images."""
        return DescentSettings(
            target=self.target,
            box=self.box,
            steps=self.steps,
            rate=self.rate,
            pull=0.0 if self.toward is None else self.pull,
        )

    def attack(self, model: SoftmaxPerceptron, dataset: Dataset) -> Descent:
        """Return the descent on the images of ``dataset``.

        The change is measured from the chosen image where there is one, otherwise from the start.

        Raises
        ------
        SettingError
            As the constructor of the attack, or if an image number does not exist.
        """
        chosen = start = None
        if self.toward is not None:
            chosen = self._pick(dataset, self.toward, "Pull toward")
        if self.start is not None:
            start = self._pick(dataset, self.start, "Start from")
        else:
            start = faint_noise(self.seed, dataset.n_features)
        return Descent(model, self.settings, start if chosen is None else chosen, start=start)

    def _pick(self, dataset: Dataset, index: int, what: str) -> NDArray[np.float32]:
        split = dataset.split(self.part)
        if not 0 <= index < split.n_samples:
            last = split.n_samples - 1
            raise SettingError(f"{what} {index} is no {self.part} image; choose 0 to {last}")
        return np.asarray(split.images[index])


FROM_NOISE = AttackConfig()
"""The practical's own descent."""

FROM_IMAGE = AttackConfig(start=0, toward=0, steps=300, rate=0.2, pull=0.0, box=True)
"""From an image toward the class it is next most like; the result is an image again.

Its softmax is close to one-hot, so the squared loss is nearly flat there and the practical's step
of 0.1 is slow to begin; a larger one turns most images, and still slowly enough to watch.
"""

"""What all attacks share: start, box, sizes of the change, and one way to run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.dataset import read_only
from core.errors import SettingError
from core.parameters import check_parameters, parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from core.data.dataset import Dataset
    from core.learning.perceptron import SoftmaxPerceptron

NOISE_SCALE = 0.01
"""The practical starts from ``uniform [0, 1) / 100``."""


@dataclass(frozen=True, slots=True)
class AttackConfig:
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
    steps: int = parameter(
        200,
        "int",
        "Steps",
        "How many times the image is changed.",
        low=1,
        high=20_000,
        unit="steps",
        formula="x -> x + eta W^T J (t - y), {value} times",
    )
    rate: float = parameter(
        0.1,
        "float",
        "Step size",
        "How far each step moves the image along the gradient.",
        low=1e-5,
        high=1000.0,
        log_scale=True,
        formula="x += eta W^T J (t - y),   J = diag(y) - y y^T,   eta = {value:g}",
    )
    pull: float = parameter(
        0.12,
        "float",
        "Pull",
        "How strongly the image is held near the chosen image; 0 lets it go anywhere.",
        low=0.0,
        high=100.0,
        zero_word="no pull",
        formula="loss = |t - y|^2 + lambda |c - x|^2,   lambda = {value:g}",
    )
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
    box: bool = parameter(
        False,
        "bool",
        "Pixels in 0..1",
        "Clip every pixel to the range of a real image after each step. The practical does not.",
        formula="x = min(max(x, 0), 1)",
    )
    seed: int = parameter(
        0,
        "int",
        "Noise seed",
        "The random start follows from this number.",
        low=0,
        high=2**31 - 1,
        formula="numpy.random.default_rng(seed)",
    )

    def __post_init__(self) -> None:
        """Check the declared ranges."""
        check_parameters(self)


FROM_NOISE = AttackConfig()
"""The practical's own descent."""

FROM_IMAGE = AttackConfig(start=0, toward=0, steps=300, rate=0.2, pull=0.0)
"""From an image toward the class it is next most like.

Its softmax is close to one-hot, so the squared loss is nearly flat there and the practical's step
of 0.1 is slow to begin; a larger one turns most images, and still slowly enough to watch.
"""


@dataclass(frozen=True, slots=True)
class AttackStep:
    """The image after ``step`` changes; step 0 is the start.

    Attributes
    ----------
    image : (n_features,) read-only
    probabilities : (n_classes,) read-only
    loss : value of the attack's objective
    gradient_norm : L2 norm of the change direction before the step size
    l2, linf : size of the difference from the reference image (the chosen one where there is
        one, otherwise the start)
    """

    step: int
    image: NDArray[Any]
    probabilities: NDArray[Any]
    loss: float
    gradient_norm: float
    l2: float
    linf: float
    predicted: int = field(init=False)

    def __post_init__(self) -> None:
        """Look at the probabilities once: an outcome asks every step of the film."""
        object.__setattr__(self, "predicted", int(self.probabilities.argmax()))

    @property
    def is_finite(self) -> bool:
        """Whether every number of it is finite."""
        numbers = (self.loss, self.gradient_norm, self.l2, self.linf)
        arrays = np.isfinite(self.image).all() and np.isfinite(self.probabilities).all()
        return bool(np.isfinite(numbers).all() and arrays)


def pick_image(dataset: Dataset, part: str, index: int, what: str) -> NDArray[np.float32]:
    """Return one image of ``dataset``.

    Raises
    ------
    SettingError
        If there is no image of that number.
    """
    split = dataset.split(part)
    if not 0 <= index < split.n_samples:
        raise SettingError(f"{what} {index} is no {part} image; choose 0 to {split.n_samples - 1}")
    return np.asarray(split.images[index])


def noise_start(config: AttackConfig, n_features: int) -> NDArray[np.float32]:
    """Return the faint noise that an attack begins from, always the same for the same seed."""
    rng = np.random.default_rng(config.seed)
    return (NOISE_SCALE * rng.random(n_features)).astype(np.float32)


class Attack(ABC):
    """Base of all attacks; a subclass only says in which direction to go.

    Parameters
    ----------
    model : SoftmaxPerceptron
        Never changed; the bias is part of the model, not of the image.
    config : AttackConfig
    start : (n_features,)
        The image at step 0.
    chosen : (n_features,) or None
        The image to stay near.

    Raises
    ------
    SettingError
        If the target is no class of the model or an image has another size than the model's.
    """

    def __init__(
        self,
        model: SoftmaxPerceptron,
        config: AttackConfig,
        start: NDArray[Any],
        chosen: NDArray[Any] | None = None,
    ) -> None:
        if config.target >= model.n_classes:
            raise SettingError(
                f"Target class {config.target} is no class of this model; "
                f"choose 0 to {model.n_classes - 1}"
            )
        for what, image in (("start", start), ("chosen image", chosen)):
            if image is not None and image.shape != (model.n_features,):
                raise SettingError(
                    f"The {what} has {image.size} pixels; this model reads {model.n_features}"
                )
        self.model = model
        self.config = config
        dtype = model.weights.dtype
        self.start = read_only(np.array(start, dtype=dtype))
        self.chosen = None if chosen is None else read_only(np.array(chosen, dtype=dtype))

    @classmethod
    def on_dataset(cls, model: SoftmaxPerceptron, config: AttackConfig, dataset: Dataset) -> Attack:
        """Build the attack ``config`` describes, its images taken from ``dataset``.

        Raises
        ------
        SettingError
            As the constructor, or if an image number does not exist.
        """
        chosen = None
        if config.toward is not None:
            chosen = pick_image(dataset, config.part, config.toward, "Pull toward")
        if config.start is not None:
            start = pick_image(dataset, config.part, config.start, "Start from")
        else:
            start = noise_start(config, dataset.n_features)
        return cls(model, config, start, chosen)

    @classmethod
    def on_image(
        cls, model: SoftmaxPerceptron, config: AttackConfig, image: NDArray[Any]
    ) -> Attack:
        """Build the attack ``config`` describes on an image (n_features,) of no data set.

        It takes the place of every image that ``config`` names by a number.

        Raises
        ------
        SettingError
            As the constructor.
        """
        start = noise_start(config, image.size) if config.start is None else image
        return cls(model, config, start, None if config.toward is None else image)

    @property
    def reference(self) -> NDArray[Any]:
        """What the size of the change is measured from."""
        return self.start if self.chosen is None else self.chosen

    @abstractmethod
    def direction(
        self, image: NDArray[Any], probabilities: NDArray[Any]
    ) -> tuple[float, NDArray[Any]]:
        """Return (loss, direction in which the image should move), the latter (n_features,)."""

    def run(self) -> Iterator[AttackStep]:
        """Yield the start and every step after it: ``config.steps + 1`` in all.

        Fewer where the numbers run away (a step size times pull above 2 overshoots ever further):
        the last step yielded is then the last whose numbers are finite. The start always comes.
        """
        image = self.start
        if self.config.box:
            image = np.clip(image, 0.0, 1.0)
        for step in range(self.config.steps + 1):
            state, image = self._advance(step, image)
            if step and not state.is_finite:
                return
            yield state

    def _advance(self, step: int, image: NDArray[Any]) -> tuple[AttackStep, NDArray[Any]]:
        """Return the state at ``image`` and the image after it."""
        # An overflow is looked for by the caller; it is no accident to warn of.
        with np.errstate(over="ignore", invalid="ignore"):
            probabilities = self.model.probabilities(image)
            loss, direction = self.direction(image, probabilities)
            change = image - self.reference
            state = AttackStep(
                step=step,
                image=read_only(image),
                probabilities=read_only(probabilities),
                loss=loss,
                gradient_norm=float(np.linalg.norm(direction)),
                l2=float(np.linalg.norm(change)),
                linf=float(np.abs(change).max()),
            )
            following = image + self.config.rate * direction
            if self.config.box:
                np.clip(following, 0.0, 1.0, out=following)
        return state, following

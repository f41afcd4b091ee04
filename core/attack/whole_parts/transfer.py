"""Transfer: images crafted on one model, shown to others.

Models that learnt the same data point in much the same directions, so that what fools one often
fools another that was never attacked. Random noise of the same size, image by image, tells how much
of that any change at all would have done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack.methods.exact import Exact
from core.attack.methods.random_noise import noise_of_sizes
from core.attack.methods.universal import Universal
from core.attack.norms import NORMS
from core.attack.step import as_wanted, can_be_fooled
from core.attack.whole_parts.universal_search import UniversalSearch
from core.data.dataset import read_only
from core.errors import SettingError
from core.learning.perceptron import SoftmaxPerceptron
from core.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from numpy.typing import NDArray

    from core.attack.base import Attack
    from core.attack.settings import AttackSettings
    from core.data.dataset import Split

MOST_EXAMPLES = 96
"""So many images of either kind are kept to be looked at."""

_SEEDS = 2**31
_CHUNK_NUMBERS = 500_000
_MOST_ROWS, _FEWEST_ROWS = 256, 8


@dataclass(frozen=True, slots=True)
class ModelTransfer:
    """What the images did to one model: counts.

    Attributes
    ----------
    n_images : looked at
    n_right, n_right_crafted, n_right_noise : read as their label: as they are, as crafted, and with
        noise of the same size
    n_reached : images that fool the crafting model and could fool this one, which does not read
        them as wanted as they are
    n_fooled, n_fooled_noise : of those the ones this model reads as wanted, crafted and with noise
    """

    n_images: int = 0
    n_right: int = 0
    n_right_crafted: int = 0
    n_right_noise: int = 0
    n_reached: int = 0
    n_fooled: int = 0
    n_fooled_noise: int = 0

    def __add__(self, other: ModelTransfer) -> ModelTransfer:
        """Return the counts of both together."""
        sums = (getattr(self, name) + getattr(other, name) for name in self.__slots__)
        return ModelTransfer(*sums)

    @property
    def accuracy(self) -> float:
        """Fraction read rightly as they are; NaN without an image."""
        return _share(self.n_right, self.n_images)

    @property
    def crafted_accuracy(self) -> float:
        """Fraction of the crafted images read rightly."""
        return _share(self.n_right_crafted, self.n_images)

    @property
    def noise_accuracy(self) -> float:
        """Fraction read rightly with noise of the same size."""
        return _share(self.n_right_noise, self.n_images)

    @property
    def transfer_rate(self) -> float:
        """Fraction of what fools the crafting model, and could fool this one, that does."""
        return _share(self.n_fooled, self.n_reached)

    @property
    def noise_rate(self) -> float:
        """Fraction of the same images that noise of the same size fools this one with."""
        return _share(self.n_fooled_noise, self.n_reached)


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One crafted image.

    Attributes
    ----------
    index : its number in the part
    label : its true class
    image : (n_features,), crafted; read-only
    size : of its change, in the attack's norm
    before, after : (n_models,) int64, what each model reads
    """

    index: int
    label: int
    image: NDArray[Any]
    size: float
    before: NDArray[np.int64]
    after: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TransferResult:
    """What is known after ``n_images`` of ``n_total`` images.

    Attributes
    ----------
    models : of each model, the crafting one first: what fools it, and did not before, was crafted
    n_all, n_only : images that fool every model, and the crafting one alone
    fool_all, fool_only : the first of those
    target : the class wanted, or None for any but the label
    norm : what sizes are measured in
    """

    n_images: int
    n_total: int
    models: tuple[ModelTransfer, ...]
    n_all: int
    n_only: int
    fool_all: tuple[Example, ...]
    fool_only: tuple[Example, ...]
    target: int | None
    norm: str


def chunk_rows(n_features: int, n_classes: int) -> int:
    """Return how many images are attacked together for each step to take far below 0.1 s.

    The slowest single step of all attacks, the choice of rivals of the fewest pixels, sorts all
    pixels of each image once for every class.
    """
    rows = _CHUNK_NUMBERS // max(n_features * n_classes, 1)
    return min(max(rows, _FEWEST_ROWS), _MOST_ROWS)


class Transfer:
    """Craft images of a part on the first model and test them on all.

    The images are taken in an order drawn once, so that those done by any time are a fair sample.
    Only images that the crafting model does not read as wanted already are changed. What is random
    in the attack begins anew, with the next seed, at every few images.

    Parameters
    ----------
    weights : of each model (n_classes, n_features + 1), the crafting one first
    split : the images; measured by their true labels
    attack, config : what crafts
    n_images : how many of them, by default all
    seed : of the order and the noise

    Raises
    ------
    SettingError
        If there is no model or the models are not for the same images and classes.
    """

    def __init__(
        self,
        weights: Sequence[NDArray[Any]],
        split: Split,
        attack: type[Attack],
        config: AttackSettings,
        n_images: int | None = None,
        seed: int = 0,
    ) -> None:
        if not weights:
            raise SettingError("There is no model to craft on; train one first")
        if any(other.shape != weights[0].shape for other in weights):
            raise SettingError("The models are for different images or classes")
        self._models = [SoftmaxPerceptron(each) for each in weights]
        self._split, self._attack, self._config = split, attack, config
        n_images = split.n_samples if n_images is None else min(n_images, split.n_samples)
        self._seed = seed
        self._order = np.random.default_rng(seed).permutation(split.n_samples)[:n_images]
        self._done = self._told = 0
        self._counts = [ModelTransfer() for _ in self._models]
        self._n_all = self._n_only = 0
        self._examples: tuple[list[Example], list[Example]] = ([], [])
        self._norm = NORMS[config.get("norm")]
        self._shared: UniversalSearch | None = None
        if issubclass(attack, Universal):  # one change for all, not one for every few images
            self._shared = UniversalSearch(
                model=self._models[0],
                config=config,  # type: ignore[arg-type]
                images=split.images,
                labels=split.true_labels,
                rows=self._order,
            )

    def run(self) -> Generator[Progress, None, None]:
        """Craft and test a few images after the other, telling after each small step.

        Left and called again it goes on with the first images that are not done.

        Raises
        ------
        SettingError
            In words, as the attack.
        """
        if self._shared is not None:
            for _ in self._shared.run():
                yield self._tell()
        n_rows = chunk_rows(self._models[0].n_features, self._models[0].n_classes)
        if issubclass(self._attack, Exact):
            n_rows = 1  # each is solved alone, toward a target in tens of milliseconds
        while self._done < len(self._order):
            rows = self._order[self._done : self._done + n_rows]
            yield from self._do(rows, self._done // n_rows)
            yield self._tell()

    def _tell(self, done: int = 0) -> Progress:
        """Return how far it is: never less than was told before."""
        self._told = max(self._told, self._done, done)
        return Progress(self._told, len(self._order), "images")

    def _do(self, rows: NDArray[np.int64], number: int) -> Iterator[Progress]:
        images, labels = self._split.images[rows], self._split.true_labels[rows]
        before = self._read(images)
        opened = np.flatnonzero(can_be_fooled(before[0], labels, self._config.target))
        crafted = images.astype(self._models[0].weights.dtype)
        if self._shared is not None:
            moved = crafted[opened] + self._shared.found().change
            crafted[opened] = np.clip(moved, 0.0, 1.0) if self._config.get("box") else moved
        elif len(opened):
            crafted[opened] = yield from self._craft(images[opened], labels[opened], number)
        sizes = self._norm.sizes(crafted - images)
        yield self._tell()
        rng = np.random.default_rng((self._seed, number))
        noise = noise_of_sizes(images, sizes, self._norm, rng, box=self._config.get("box"))
        yield self._tell()
        after = self._read(crafted)
        fooling = self._count(labels, before, after, self._read(images + noise))
        for examples, chosen in zip(self._examples, fooling, strict=True):
            for i in np.flatnonzero(chosen)[: MOST_EXAMPLES - len(examples)]:
                examples.append(
                    Example(
                        index=int(rows[i]),
                        label=int(labels[i]),
                        image=read_only(crafted[i].copy()),
                        size=float(sizes[i]),
                        before=read_only(before[:, i].copy()),
                        after=read_only(after[:, i].copy()),
                    )
                )
        self._done += len(rows)

    def _craft(
        self, images: NDArray[Any], labels: NDArray[np.int64], number: int
    ) -> Generator[Progress, None, NDArray[Any]]:
        config = self._config
        if hasattr(config, "seed"):
            config = replace(config, seed=(config.seed + number) % _SEEDS)  # type: ignore[call-arg]
        attack = self._attack(self._models[0], config, images, labels)
        self._norm = attack.norm
        for step in attack.run():
            part = len(images) * step.step // (attack.n_steps + 1)
            yield self._tell(self._done + part)
        return attack.result().images

    def _read(self, images: NDArray[Any]) -> NDArray[np.int64]:
        """Return what each model reads, (n_models, n)."""
        return np.stack([model.predict(images) for model in self._models])

    def _count(
        self,
        labels: NDArray[np.int64],
        before: NDArray[np.int64],
        after: NDArray[np.int64],
        by_noise: NDArray[np.int64],
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Count what all models read, (n_models, n) each.

        Returns
        -------
        (n,) each: which images fool every model, and which the crafting one alone
        """
        target = self._config.target
        reachable = can_be_fooled(before, labels, target)
        wanted, wanted_by_noise = (as_wanted(each, labels, target) for each in (after, by_noise))
        fooled = reachable & wanted
        reached = reachable & fooled[0]
        for i, counts in enumerate(self._counts):
            self._counts[i] = counts + ModelTransfer(
                n_images=len(labels),
                n_right=int((before[i] == labels).sum()),
                n_right_crafted=int((after[i] == labels).sum()),
                n_right_noise=int((by_noise[i] == labels).sum()),
                n_reached=int(reached[i].sum()),
                n_fooled=int((reached[i] & wanted[i]).sum()),
                n_fooled_noise=int((reached[i] & wanted_by_noise[i]).sum()),
            )
        everyone = np.asarray(fooled.all(axis=0))
        alone = np.asarray(fooled[0] & ~wanted[1:].any(axis=0))
        self._n_all += int(everyone.sum())
        self._n_only += int(alone.sum())
        return everyone, alone

    def found(self) -> TransferResult:
        """Return what is known of the images done so far, at any time."""
        return TransferResult(
            n_images=self._done,
            n_total=len(self._order),
            models=tuple(self._counts),
            n_all=self._n_all,
            n_only=self._n_only,
            fool_all=tuple(self._examples[0]),
            fool_only=tuple(self._examples[1]),
            target=self._config.target,
            norm=self._norm.name,
        )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")

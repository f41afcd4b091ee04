"""How a perceptron is trained: every setting, its range and what it does."""

from __future__ import annotations

from dataclasses import dataclass

from core.learning.adversary import ADVERSARIES
from core.learning.perceptron import INITIAL_WEIGHTS, SMALL_NORMAL_SCALE
from core.parameters import Settings, parameter


@dataclass(frozen=True, slots=True)
class TrainingConfig(Settings):
    """How the perceptron is trained."""

    learning_rate: float = parameter(
        0.1,
        "float",
        "Learning rate",
        "How far each update moves the weights. Too small learns slowly, too large overshoots.",
        low=1e-6,
        high=1000.0,
        log_scale=True,
        symbol="η",
        live=True,
        formula="w += (eta / BS) sum x (t - y),   eta = {value:g}",
    )
    batch_size: int = parameter(
        20,
        "int",
        "Batch size",
        "How many images are averaged into one update; as many as there are training images, or "
        "more, makes every epoch one full-batch step.",
        low=1,
        high=1_000_000,
        unit="images",
        symbol="BS",
        live=True,
        formula="w += (eta / BS) sum over BS images,   BS = {value}",
    )
    l2: float = parameter(
        0.0,
        "float",
        "L2 decay",
        "Pulls every weight (not the bias) toward zero at each update: smoother weight images, "
        "less learning by heart.",
        low=0.0,
        high=10.0,
        symbol="λ",
        live=True,
        formula="w -= eta lambda w,   lambda = {value:g}",
    )
    momentum: float = parameter(
        0.0,
        "float",
        "Momentum",
        "How much of the last move is kept in the next: with 0.9 ten moves add up where they agree "
        "and cancel where they do not.",
        low=0.0,
        high=0.999,
        symbol="μ",
        live=True,
        formula="v = mu v + (1 / BS) sum x (t - y);  w += eta v,   mu = {value:g}",
    )
    epochs: int = parameter(
        50,
        "int",
        "Stop at epoch",
        "The run pauses after this many passes over the training images.",
        low=1,
        high=5000,
        unit="epochs",
        symbol="end",
        live=True,
        formula="one epoch = n / BS updates",
    )
    init: str = parameter(
        "zeros",
        "choice",
        "Start",
        "The weights before the first update. The practical draws them uniformly from [0, 1); "
        f"small normal has standard deviation {SMALL_NORMAL_SCALE}.",
        choices=INITIAL_WEIGHTS,
        formula="w at epoch 0",
    )
    shuffle: bool = parameter(
        True,
        "bool",
        "Shuffle",
        "Visit the images in a new random order each epoch; the practical keeps file order. The "
        "order follows from seed and epoch alone, so that a branch goes on as its parent would.",
        formula="a new permutation of the n images every epoch",
    )
    seed: int = parameter(
        0,
        "int",
        "Seed",
        "Start and shuffling follow from this number: same seed, same run, bit for bit.",
        low=0,
        high=2**31 - 1,
        formula="numpy.random.default_rng(seed)",
    )
    adversary: str = parameter(
        "off",
        "choice",
        "Adversary",
        "Learn every batch as the worst images around it: each is first moved up the gradient of "
        "its loss, as far as the budget allows. The model becomes harder to fool, at some cost.",
        choices=ADVERSARIES,
        formula="x' = clip(x + size step(W^T (y - t)), 0, 1);  step = sign, or divided by its "
        "length",
    )
    adversary_size: float = parameter(
        0.1,
        "float",
        "Budget",
        "How far the adversary may move an image: each pixel by so much (ink is 0 to 1), or so "
        "much in length over all pixels. Without an adversary it means nothing.",
        low=0.0,
        high=10.0,
        formula="largest |x' - x| or ||x' - x||_2 <= {value:g}",
        of_ink=True,
    )

"""Which data, how much of them, and how they are divided and spoilt: declared once."""

from __future__ import annotations

from dataclasses import dataclass

from core.parameters import Settings, parameter

DEFAULT_TEST_PERCENT = 15.0
"""Close to MNIST's own: 10,000 of 70,000."""


@dataclass(frozen=True)
class DataConfig(Settings):
    """Which data set, and how much of it."""

    dataset: str = parameter(
        "strokes",
        "text",
        "Data",
        "What is learnt: strokes (drawn digits), digits8 (8 x 8 handwritten digits), a set of the "
        "catalogue by its name (mnist, fashion-mnist, ...), or the path of a file or folder.",
    )
    train_size: int = parameter(
        5000,
        "int",
        "Training images",
        "How many of the first training images are learnt from; all of them where there are "
        "fewer. Few images are learnt by heart: the two curves part.",
        low=1,
        high=1_000_000,
        unit="images",
        formula="the sum in the update runs over these images",
    )
    test_size: int = parameter(
        3000,
        "int",
        "Test images",
        "How many of the first test images measure what was learnt; all of them where there are "
        "fewer. They are never learnt from.",
        low=1,
        high=1_000_000,
        unit="images",
        formula="score = correct / n,   log-likelihood = (1/n) sum of log y_true",
    )
    validation_size: int = parameter(
        0,
        "int",
        "Validation images",
        "How many images are taken from the end of the training set to choose the best epoch, so "
        "that the test set stays unseen.",
        low=0,
        high=500_000,
        unit="images",
        zero_word="none: the test set chooses",
        formula="best epoch = argmax of the held-out log-likelihood",
    )
    test_share: float = parameter(
        DEFAULT_TEST_PERCENT,
        "float",
        "Test share (%)",
        "How much of each class is set aside for testing, where the data come without a test part "
        "of their own. Data that have one keep it.",
        low=1.0,
        high=90.0,
        unit="%",
        formula="of n_k images of class k, round(share n_k) are set aside",
    )
    split_seed: int = parameter(
        0,
        "int",
        "Split seed",
        "Which images are set aside, where the data come without a test part of their own.",
        low=0,
        high=2**31 - 1,
        formula="each class is shuffled with this seed; its first images are set aside",
    )
    label_noise: float = parameter(
        0.0,
        "float",
        "Label noise (%)",
        "How many of the training images get a wrong label, drawn by chance. Test and validation "
        "images keep theirs, so the curves show what wrong labels do.",
        low=0.0,
        high=100.0,
        unit="%",
        formula="round(p n) labels become one of the other K - 1 classes",
    )
    pixel_noise: float = parameter(
        0.0,
        "float",
        "Pixel noise",
        "How much every image is blurred by noise, in training, validation and test alike.",
        low=0.0,
        high=2.0,
        formula="x = clip(x + s n, 0, 1),   n from the standard normal distribution",
        of_ink=True,
    )
    noise_seed: int = parameter(
        0,
        "int",
        "Noise seed",
        "Which labels are wrong and how the pixels are disturbed; the same seed, the same noise.",
        low=0,
        high=2**31 - 1,
        formula="all draws of label and pixel noise begin from this seed",
    )

    @property
    def copies_pixels(self) -> bool:
        """Whether taking this part of a data set makes new pixels, not only views of its own."""
        own_split = (self.test_share, self.split_seed) != (DEFAULT_TEST_PERCENT, 0)
        return own_split or self.pixel_noise > 0

"""Named sets of settings: what people try first, and what is worth having seen go wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.data.config import DataConfig
from core.learning.config import TrainingConfig

TP_PRESET = TrainingConfig(init="uniform", shuffle=False)
"""As in the practical; its 5,000 training and 3,000 test images are ``DataConfig``'s defaults."""

TINY_SIZE = 100
"""So few training images that they are soon known by heart."""

Settings = tuple[TrainingConfig, DataConfig]


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of settings; seeds, data and their other settings are not part of it.

    Attributes
    ----------
    label, help : what people call it, and what there is to see
    config : how is trained
    train_size : of how many images; None for as many as there are now
    full_batch : whether every batch holds all training images
    """

    label: str
    help: str
    config: TrainingConfig
    train_size: int | None = None
    full_batch: bool = False

    def apply(self, training: TrainingConfig, data: DataConfig) -> Settings:
        """Return the preset with the seed and the data of these settings.

        Whoever leaves the tiny training set gets the usual size again.
        """
        size = self.train_size
        if size is None:
            size = DataConfig().train_size if data.train_size == TINY_SIZE else data.train_size
        batch_size = size if self.full_batch else self.config.batch_size
        wanted = replace(self.config, seed=training.seed, batch_size=batch_size)
        return wanted, replace(data, train_size=size)

    def fits(self, training: TrainingConfig, data: DataConfig) -> bool:
        """Whether these settings are this preset."""
        return self.apply(training, data) == (training, data)


PRESETS = {
    "sensible": Preset(
        "Sensible",
        "zero start, shuffled, batches of 20: what to begin with",
        TrainingConfig(),
    ),
    "tp": Preset(
        "As in the practical",
        "uniform start, no shuffling: the figures of the practical come out",
        TP_PRESET,
    ),
    "fast": Preset(
        "Too fast (watch it overshoot)",
        "a rate a hundred times too large: every update overshoots, the curves jump, and the "
        "log-likelihood falls below that of a guess: wrong, and sure of it. The weights grow but "
        "stay numbers: t - y lies within -1 and 1, so no update moves one by more than eta",
        TrainingConfig(learning_rate=10.0),
    ),
    "full": Preset(
        "Full batch",
        "one update an epoch, of all training images: smooth, sure, and slow",
        TrainingConfig(learning_rate=0.3, epochs=200),
        full_batch=True,
    ),
    "tiny": Preset(
        "Tiny training set (watch it overfit)",
        f"{TINY_SIZE} images are soon known by heart, and the others suffer",
        TrainingConfig(epochs=200, batch_size=10),
        train_size=TINY_SIZE,
    ),
}
"""Name on the command line -> preset."""

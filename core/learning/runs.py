"""One run among several: what it was trained on, where it came from, how it differs from others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.samples import same_samples
from core.parameters import Parameter, parameters_of

if TYPE_CHECKING:
    from core.data.config import DataConfig
    from core.data.samples import Split
    from core.learning.history import Change, History
    from core.sources.reading import ReadingConfig


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a run left another one: the ``key`` of that run, and the epoch."""

    parent: int
    epoch: int


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A run, going on or over.

    Attributes
    ----------
    key : a number no other run has
    history : its curves and weights
    data_config, reading, dataset_name : the data, which part of them, and how they were read
    added : samples that a person added to the training part, or None
    branch : where it left another run, or None
    is_own_start : whether it began from the start that its settings draw, not from given weights
    """

    key: int
    history: History
    data_config: DataConfig
    reading: ReadingConfig
    dataset_name: str
    added: Split | None = None
    branch: Branch | None = None
    is_own_start: bool = True

    @property
    def n_added(self) -> int:
        """Number of samples that a person added."""
        return 0 if self.added is None else self.added.n_samples

    def is_on(self, data_config: DataConfig, reading: ReadingConfig) -> bool:
        """Whether it learnt those data, however many of them, read in the same way."""
        return self.data_config.dataset == data_config.dataset and self.reading == reading

    def is_twin_of(self, other: Run) -> bool:
        """Whether both must have the same curve, as far as the shorter goes."""
        mine, others = self.history, other.history
        if not mine.records or not others.records:
            return False
        return (
            self.data_config == other.data_config
            and self.reading == other.reading
            and same_samples(self.added, other.added)
            and _but_epochs(mine) == _but_epochs(others)
            and mine.records[0].epoch == others.records[0].epoch
            and np.array_equal(mine.records[0].weights, others.records[0].weights)
            and not _changes(mine)
            and not _changes(others)
        )


def _but_epochs(history: History) -> dict[str, Any]:
    """Return how a run began to learn; when it was to stop changes nothing on its way."""
    config = history.config
    return {n: getattr(config, n) for n in parameters_of(config) if n != "epochs"}


def _changes(history: History) -> list[Change]:
    return [change for change in history.acted_changes if change.name != "epochs"]


def differences(run: Run, other: Run) -> tuple[str, ...]:
    """Return in words what of ``run`` differs from ``other``: data, settings, changes, images.

    Each is a setting's name with the value it has in ``run``, or the values one after another
    where it was changed on the way; the epoch to stop at is no difference in what is learnt.
    """
    words = []
    if run.data_config.dataset != other.data_config.dataset:
        words.append(f"data {run.dataset_name}")
    for declared, mine, others in _settings(run, other):
        if mine != others:
            words.append(f"{declared.label.lower()} {' → '.join(mine)}")
    if run.reading != other.reading:
        words.append("read in another way")
    if not same_samples(run.added, other.added):
        words.append(f"{run.n_added} added image{'' if run.n_added == 1 else 's'}")
    return tuple(words)


def _settings(run: Run, other: Run) -> list[tuple[Parameter, list[str], list[str]]]:
    """Return each setting with the values it went through in either run, in words."""
    found = []
    for name, declared in parameters_of(run.data_config).items():
        if name == "dataset":
            continue  # a path; it has a name
        pair = [declared.words(getattr(each.data_config, name)) for each in (run, other)]
        found.append((declared, pair[:1], pair[1:]))
    for name, declared in parameters_of(run.history.config).items():
        if name != "epochs":
            mine, others = (_values(each.history, name, declared) for each in (run, other))
            found.append((declared, mine, others))
    return found


def _values(history: History, name: str, declared: Parameter) -> list[str]:
    values = [getattr(history.config, name)]
    values += [change.new for change in history.acted_changes if change.name == name]
    return [declared.words(value) for value in values]

"""One run among several: what it was trained on, where it came from, how it differs from others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.data.config import DataConfig
from core.data.samples import same_samples
from core.learning.config import TrainingConfig
from core.learning.course import Course
from core.parameters import parameters_of
from core.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.data.samples import Split
    from core.learning.history import History
    from core.sources.reading import ReadingConfig

DECLARED = {
    name: declared
    for config in (DataConfig, TrainingConfig)
    for name, declared in parameters_of(config).items()
    if name != "dataset"
}
"""Every setting of a run; its data set, a path, has a name."""


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
    past : what the run that it left had been told up to there; None where there is none, or where
        that was learnt from other images
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
    past: Course | None = None

    @property
    def n_added(self) -> int:
        """Number of samples that a person added."""
        return 0 if self.added is None else self.added.n_samples

    def course(self, *, goes_on: bool) -> Course | None:
        """Return what it was told from its start on; None if that was on other images.

        Parameters
        ----------
        goes_on : whether it learns on: then what was changed last counts, too
        """
        history, first = self.history, self.history.records[0]
        if self.branch is None:
            found = Course(history.config, None if self.is_own_start else first.checkpoint)
        elif self.past is None:
            return None
        else:
            found = replace(self.past, epoch=first.epoch).then(first.step, history.config)
        last = history.records[-1].step
        for change in history.log:
            if goes_on or change.step < last:
                config = replace(found.last_config, **{change.name: change.new})
                found = found.then(change.step, config)
        return found

    @property
    def recorded_course(self) -> Course:
        """What it was told up to its last record; since it left a run that learnt other images."""
        whole = self.course(goes_on=False)
        alone = replace(self, branch=None, is_own_start=False)
        found = whole or alone.course(goes_on=False)
        assert found is not None
        return found

    def is_on(self, data_config: DataConfig, reading: ReadingConfig) -> bool:
        """Whether it learnt those data, however many of them, read in the same way."""
        return self.data_config.dataset == data_config.dataset and self.reading == reading


def differences(run: Run, other: Run) -> tuple[str, ...]:
    """Return in words what of ``run`` differs from ``other``: data, settings, changes, images.

    Each is a setting's name with the value it has in ``run``, or the values one after another
    where it was changed on the way; the epoch to stop at is no difference in what is learnt.
    """
    words = []
    if run.data_config.dataset != other.data_config.dataset:
        words.append(f"data {run.dataset_name}")
    mine, others = settings_of(run), settings_of(other)
    for name, values in mine.items():
        if name != "epochs" and values != others.get(name):
            words.append(f"{DECLARED[name].label.lower()} {values_in_words(name, values)}")
    if run.reading != other.reading:
        words.append("read in another way")
    if not same_samples(run.added, other.added):
        words.append(added_in_words(run))
    return tuple(words)


def settings_of(run: Run) -> dict[str, tuple[Any, ...]]:
    """Return the values that each setting of a run went through, those of its data first.

    The data set, which has a name, is none of them, nor the budget of an adversary that is off.
    """
    data, history = run.data_config, run.history
    found = {name: (getattr(data, name),) for name in parameters_of(data) if name != "dataset"}
    for name in parameters_of(history.config):
        later = (change.new for change in history.acted_changes if change.name == name)
        found[name] = (getattr(history.config, name), *later)
    if history.config.adversary == "off":
        del found["adversary_size"]
    return found


def varying(runs: Iterable[Run]) -> tuple[str, ...]:
    """Return the names of the settings in which any of some runs differ, in their order.

    The epoch to stop at is no difference in what is learnt.
    """
    found = [settings_of(run) for run in runs]
    return tuple(
        name
        for name in DECLARED
        if name != "epochs" and len({settings.get(name) for settings in found}) > 1
    )


def values_in_words(name: str, values: Iterable[Any]) -> str:
    """Return the values that a setting went through, as people read them."""
    return " → ".join(DECLARED[name].words(value) for value in values)


def added_in_words(run: Run) -> str:
    """Return how many images a person added."""
    return counted(run.n_added, "added image")

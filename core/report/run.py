"""Everything a report measures: one training, its diagnoses and one attack."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.attack import AttackConfig, AttackStep, Outcome, frames, summarise
from core.insight.diagnostics import Diagnosis, diagnose
from core.learning.history import History
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import BatchRecord, EpochRecord, Trainer
from core.sources import open_dataset
from core.sources.catalogue.downloads import download
from core.sources.catalogue.entries import CATALOGUE, NotDownloaded
from core.words import sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from core.command_line import Arguments
    from core.data.dataset import Dataset
    from core.sources.reading import ReadingConfig

    Progress = Callable[[str, float], None]
    """Called with what is being done and the fraction of the whole report that is done."""

TRAINING_SHARE = (0.05, 0.85)
"""Where training begins and ends within the whole, by its usual share of the time."""


@dataclass(frozen=True, slots=True)
class AttackResult:
    """An attack on the model of the last recorded epoch.

    Attributes
    ----------
    steps : never empty; step 0 first, up to the last whose numbers are finite
    stopped_at : first step whose numbers are not finite, or None
    start : (n_features,), what it begins as and the change is measured from
    first_class : class that the start was read as, noise included
    toward : class of the image that it is pulled toward, or None
    away : length of the way from that image to the result
    """

    config: AttackConfig
    steps: tuple[AttackStep, ...]
    stopped_at: int | None
    start: NDArray[Any]
    first_class: int
    toward: int | None
    away: float
    outcome: Outcome

    def sentence(self, dataset: Dataset) -> str:
        """Return what came out of it, in words."""
        if self.stopped_at is None:
            names = dataset.class_names
            toward = "" if self.toward is None else f"class {names[self.toward]}"
            return self.outcome.sentence(names, toward)
        if self.stopped_at == 0:
            return "no attack: the model's weights are too large to compute with"
        return (
            f"the attack overflowed at step {self.stopped_at}; a smaller step size or pull keeps "
            "it finite"
        )


@dataclass(frozen=True, slots=True)
class RunResult:
    """What :func:`run_everything` found; diagnoses are of the last recorded epoch.

    Attributes
    ----------
    notes : what was done to the data, and where the run is not quite what was asked for
    started : by the clock of :func:`time.perf_counter`
    evaluate_seconds : what measuring took; NaN where nobody looked at the clock
    available : the data before they were cut, where they were opened for this run
    """

    arguments: Arguments
    dataset: Dataset
    history: History
    train_diagnosis: Diagnosis
    test_diagnosis: Diagnosis
    attack: AttackResult
    notes: tuple[str, ...]
    started: float
    evaluate_seconds: float = math.nan
    available: Dataset | None = None

    @property
    def last(self) -> EpochRecord:
        """The record of the last epoch, whose weights the pictures show."""
        return self.history.records[-1]


def size_notes(arguments: Arguments, available: Dataset) -> list[str]:
    """Return a sentence where more images were asked for than there are, else none."""
    found = []
    for name, part in (("train_size", available.train), ("test_size", available.test)):
        asked = getattr(arguments.data, name)
        if name in arguments.explicit and asked > part.n_samples:
            option = "--" + name.replace("_", "-")
            found.append(f"{option} {asked} asked for more than the {part.n_samples} there are")
    return [f"{available.name}: {'; '.join(found)}; all of them are used."] if found else []


def run_attack(
    model: SoftmaxPerceptron, config: AttackConfig, dataset: Dataset, progress: Progress
) -> AttackResult:
    """Run the practical's attack as far as its numbers are finite."""
    attack = config.attack(model, dataset)
    assert attack.start is not None
    steps: list[AttackStep] = []
    for step in frames(attack, attack.start):
        steps.append(step)
        if step.step % 256 == 0:
            progress("attacking", TRAINING_SHARE[1] + 0.05 * step.step / config.steps)
    if not steps[0].is_finite:
        stopped_at: int | None = 0
    else:
        stopped_at = None if len(steps) > config.steps else len(steps)
    read_as = int(model.predict(attack.start[None])[0])
    is_pulled = config.toward is not None and config.pull > 0
    return AttackResult(
        config=config,
        steps=tuple(steps),
        stopped_at=stopped_at,
        start=attack.start,
        first_class=read_as,
        toward=int(dataset.split(config.part).labels[config.toward]) if is_pulled else None,
        away=float(np.linalg.norm(steps[-1].image - attack.originals[0])),
        outcome=summarise(steps, config.target, None if config.start is None else read_as),
    )


def _train(trainer: Trainer, progress: Progress) -> History:
    history = History(trainer.config)
    first, last = TRAINING_SHARE
    for event in trainer.run():
        done = float(event.epoch)
        if isinstance(event, EpochRecord):
            history.append(event)
        elif isinstance(event, BatchRecord):
            done += event.batch / event.n_batches
        share = done / trainer.config.epochs
        progress(f"epoch {event.epoch}/{trainer.config.epochs}", first + (last - first) * share)
    return history


def open_data(name: str, reading: ReadingConfig, progress: Progress) -> Dataset:
    """Open the data set asked for, downloaded first where it is of the catalogue and not here."""
    try:
        return open_dataset(name, reading)
    except NotDownloaded as missing:
        entry = CATALOGUE[missing.key]
    for state in download(entry):
        share = state.done / state.total
        words = f"{sized(state.done)} of {sized(state.total)}"
        progress(f"downloading {entry.label}, {words}", TRAINING_SHARE[0] * share)
    return open_dataset(name, reading)


def run_everything(
    arguments: Arguments, progress: Progress, note: Callable[[str], None]
) -> RunResult:
    """Open the data, train, diagnose and attack; ``note`` is given each note before training.

    Raises
    ------
    DatasetError
        If the data cannot be opened.
    SettingError
        If the attack names a class or an image that is not there; before training begins.
    """
    started = time.perf_counter()
    progress("reading the data", 0.0)
    available = open_data(arguments.data.dataset, arguments.reading, progress)
    dataset = available.sized(arguments.data)
    attack_config = arguments.attack_for(dataset)
    notes = (*dataset.notes, *size_notes(arguments, available))
    # A run that diverges computes with enormous numbers up to the last; that is not a warning.
    with np.errstate(all="ignore"):
        trainer = Trainer(dataset, arguments.training)
        # Only to learn of a wrong class or image number now and not after minutes of training.
        attack_config.attack(trainer.model, dataset)
        for words in notes:
            note(words)
        history = _train(trainer, progress)
    history.divergence = trainer.diverged
    run = look_at(arguments, dataset, history, progress, notes=notes, started=started)
    return replace(run, evaluate_seconds=trainer.evaluate_seconds, available=available)


def look_at(
    arguments: Arguments,
    dataset: Dataset,
    history: History,
    progress: Progress,
    *,
    notes: tuple[str, ...],
    started: float,
) -> RunResult:
    """Diagnose and attack the last model of a run."""
    weights = history.records[-1].weights
    progress("diagnosing", TRAINING_SHARE[1])
    with np.errstate(all="ignore"):  # as above
        return RunResult(
            arguments=arguments,
            dataset=dataset,
            history=history,
            train_diagnosis=diagnose(weights, dataset.train),
            test_diagnosis=diagnose(weights, dataset.test),
            attack=run_attack(
                SoftmaxPerceptron(weights), arguments.attack_for(dataset), dataset, progress
            ),
            notes=notes,
            started=started,
        )

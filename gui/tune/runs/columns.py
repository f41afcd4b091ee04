"""The columns of the table of runs: what stands in each, and by what it is sorted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.data.samples import same_samples
from core.learning.runs import (
    DECLARED,
    added_in_words,
    settings_of,
    values_in_words,
    varying,
)
from core.report.numbers import number
from core.words import DOWN, UP, counted, fixed, significant
from gui.session.run_state import RunState
from gui.session.runs import BandEntry, RunEntry
from gui.shared.words import PARTS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from core.learning.history import History
    from core.learning.runs import Run
    from core.learning.sweep.seed_band import SeedBand
    from gui.session.runs import Entry, RunList
    from gui.session.view import View


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it can be chosen.

    Attributes
    ----------
    key : unique; a setting's is its name
    head, help : its title, and what stands in it
    usual : whether it is there unless a person hides it
    """

    key: str
    head: str
    help: str
    usual: bool = True

    @property
    def is_words(self) -> bool:
        """Whether it holds no numbers."""
        return self.key in ("run", "data", "else", "state", "notes")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a place: words, what they are sorted by (None last), and the exact value."""

    words: str = ""
    order: Any = None
    tip: str = ""


RUN = Column(
    "run",
    "run",
    "Click: every view shows this run. Tick: its curves are drawn. Double-click or F2: another "
    "name. In the order in which they began",
)
DATA = Column("data", "data", "Which data it learnt: scores of others are of other images", False)
ELSE = Column("else", "what else", "Where it branched off, added images", False)
RESULTS = (
    Column("best", "best", "The epoch of its best held-out log-likelihood"),
    Column("train", "train", "Share of the training images read rightly at its best epoch"),
    Column("test", "test", "Share of the test images read rightly at its best epoch"),
    Column(
        "validation",
        "validation",
        "Share of the validation images read rightly at its best epoch",
        usual=False,
    ),
    Column(
        "like", "log-likelihood", "Held-out log-likelihood at its best epoch; 0 is certainty", False
    ),
    Column("last", "last", "Held-out score at the last epoch", False),
)
"""Beside the name, so that they are in sight however many settings there are."""

COURSE = (
    Column("done", "epochs", "Epochs done"),
    Column("state", "state", "Which run is live, and how the others ended"),
    Column(
        "speed", "epochs/s", "Epochs a second when nothing holds it up: time spent on updates alone"
    ),
    Column("notes", "notes", "What you write about it: double-click"),
)
_HEADS = {"learning_rate": "rate", "batch_size": "batch", "l2": "decay"}
"""Short titles where the label of a setting is long."""


_SETTINGS = (
    Column(
        name,
        _HEADS.get(name, declared.label.lower()),
        f"{declared.label}: {declared.help}",
        usual=False,
    )
    for name, declared in DECLARED.items()
)
COLUMNS = (RUN, DATA, *RESULTS, *_SETTINGS, ELSE, *COURSE)
"""All there are to choose from, in their order."""

PLACES = {column.key: place for place, column in enumerate(COLUMNS)}
"""The key of a column -> where it stands."""

_FIRST_OUT = ("speed", "done", "state", "train", "else", "best", "notes")


def first_out(shown: Collection[str], *, has_notes: bool) -> list[str]:
    """Return what is left out of these where there is no room for all, the first of it first.

    Then the settings, from the right; name and held-out score stay.
    """
    order = [*_FIRST_OUT, *(key for key in reversed(PLACES) if key in DECLARED)]
    if not has_notes:
        order.insert(0, "notes")
    if "validation" in shown:
        order.append("test")
    return [key for key in dict.fromkeys(order) if key in shown]


def needed(entries: Sequence[Entry]) -> frozenset[str]:
    """Return which columns say something of some runs, beside those that always do."""
    runs = [entry.run for entry in entries]
    found = set(varying(runs))
    if any(run.branch is not None for run in runs) or len({_otherwise(run) for run in runs}) > 1:
        found.add("else")
    if len({run.data_config.dataset for run in runs}) > 1:
        found.add("data")
    if any(run.history.has_validation for run in runs):
        found.add("validation")
    return frozenset(found)


def _otherwise(run: Run) -> tuple[Any, ...]:
    return run.reading, run.n_added


def cells_of(view: View, entry: Entry) -> dict[str, Cell]:
    """Return what stands in every column of a run or band."""
    runs = view.runs
    cells = {
        "run": Cell(entry.name, entry.key, entry.name),
        "notes": Cell(entry.notes, entry.notes or None),
    }
    for name, values in settings_of(entry.run).items():
        words = values_in_words(name, values)
        last = values[-1]
        order = last if isinstance(last, (int, float)) else words
        cells[name] = Cell(words, order, f"{DECLARED[name].label} {words}")
    words = ", ".join(_else(runs, entry.run))
    cells["else"] = Cell(words, words or None, words)
    data, source = entry.run.dataset_name, entry.run.data_config.dataset
    is_other = not runs.of_same_data(entry.run)
    tip = f"{source}: other images than those of the run shown; its curves are not drawn beside"
    cells["data"] = Cell(data, data, tip if is_other else source)
    if isinstance(entry, BandEntry):
        cells["run"] = Cell(entry.name, entry.key, f"{entry.name}: {entry.band.chance}")
        return cells | _band_cells(entry.band)
    cells["state"] = _state(view, entry)
    history, reference = entry.run.history, runs.run(runs.reference_key)
    if reference is not None and not entry.run.is_on(reference.data_config, reference.reading):
        reference = None  # nobody is ahead of what read other images
    return cells | _run_cells(history, reference) if history.records else cells


def _run_cells(history: History, reference: Run | None) -> dict[str, Cell]:
    best, part, last = history.best.epoch, history.held_out_part, history.last_epoch
    likelihood = history.value(part, "log_likelihood", best)
    speed = history.epochs_per_second
    cells = {
        "done": Cell(f"{last:,}", last),
        "best": Cell(f"{best:,}", best, f"{significant(likelihood, 6)} held out at epoch {best:,}"),
        "like": _number(likelihood),
        "last": _score(history.value(part, "score", last), PARTS[part]),
    }
    if speed is not None:
        cells["speed"] = Cell(significant(speed) if speed < 1000 else f"{speed:,.0f}", speed)
    theirs = None if reference is None else reference.history
    for each in history.parts:
        value = history.value(each, "score", best)
        cells[each] = cell = _score(value, PARTS[each])
        if theirs is not None and theirs is not history and each in theirs.parts:
            ahead = value - theirs.value(each, "score", theirs.best.epoch)
            tip = f"{cell.tip}; {ahead:+.4f} against the run kept on top"
            cells[each] = Cell(cell.words, cell.order, tip)
    return cells


def _band_cells(band: SeedBand) -> dict[str, Cell]:
    """Return the medians of all seeds at the median of their best epochs."""
    last, best = int(band.epochs[-1]), band.median_best_epoch
    place = int(np.abs(band.epochs - best).argmin())
    part, n = band.held_out_part, len(band.seeds)
    seeds = f"seeds {band.seeds[0]} to {band.seeds[-1]}" if n > 1 else f"seed {band.seeds[0]}"
    firsts, lasts = band.best_epochs.min(), band.best_epochs.max()
    cells = {
        "seed": Cell(f"{band.seeds[0]}–{band.seeds[-1]}", band.seeds[0], seeds),
        "state": Cell("median", "median", f"The median of {seeds}: every number of this row"),
        "done": Cell(f"{last:,}", last),
        "best": Cell(f"{best:g}", best, f"Best epochs {firsts} to {lasts}"),
        "like": _number(float(band.band(part, "log_likelihood").median[place])),
        "last": _score(float(band.band(part, "score").median[-1]), PARTS[part]),
    }
    for each in ("train", "test", *(["validation"] if band.has_validation else [])):
        one = band.band(each, "score")
        low, high = float(one.low[place]), float(one.high[place])
        cell = _score(float(one.median[place]), PARTS[each])
        between = f"{fixed(low, 4, DOWN)} to {fixed(high, 4, UP)}"
        cells[each] = Cell(cell.words, cell.order, f"{cell.tip} at epoch {best:g}; {between}")
    return cells


def _else(runs: RunList, run: Run) -> list[str]:
    words = []
    if run.branch is not None:
        parent = runs.entry(run.branch.parent)
        name = "a removed run" if parent is None else parent.name
        words.append(f"branch of {name} at epoch {run.branch.epoch}")
    elif not run.is_own_start:
        words.append("from given weights")
    shown = runs.shown
    if shown is not None and run.reading != shown.reading:
        words.append("read in another way")
    if run.added is not None and (shown is None or not same_samples(run.added, shown.added)):
        words.append(added_in_words(run))
    return words


_LIVE = {
    RunState.LOADING: "waiting",
    RunState.RUNNING: "learning",
    RunState.PAUSED: "held",
    RunState.FINISHED: "finished",
    RunState.DIVERGED: "diverged",
    RunState.FAILED: "failed",
}


def _state(view: View, entry: RunEntry) -> Cell:
    """Say which run is live, and how the others ended."""
    history = entry.run.history
    if history.divergence is not None:
        return Cell("diverged", "diverged", str(history.divergence))
    if entry.key == view.runs.live_key:
        words = _LIVE[view.run_state]
        return Cell(words, words, "The run that Play goes on with")
    if history.records and history.last_epoch >= history.last_config.epochs:
        return Cell("finished", "finished", f"It learnt its {counted(history.last_epoch, 'epoch')}")
    words = f"It was left at epoch {history.last_epoch:,}, before its last one"
    return Cell("stopped", "stopped", words)


def _score(value: float, part: str) -> Cell:
    if not math.isfinite(value):
        return Cell("–", None, "Not a number: the run diverged")
    words = f"{value:.4f}"
    return Cell(
        words.removeprefix("0") if value < 1 else words[:5],
        value,
        f"{significant(value, 6)} {part}",
    )


def _number(value: float) -> Cell:
    """Return a number that a run that ran away makes no wider than the others."""
    if not math.isfinite(value):
        return Cell("–", None, "Not a number: the run diverged")
    return Cell(number(value, ".4f" if abs(value) < 100 else ".1e"), value, f"{value!r}")

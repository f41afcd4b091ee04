"""What the table of runs says of each, in words and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.learning.runs import differences

if TYPE_CHECKING:
    from core.learning.runs import Run
    from core.learning.sweep.seed_band import SeedBand
    from gui.session.runs import RunList


def run_cells(runs: RunList, run: Run) -> list[str]:
    """Return what stands in the columns after the name."""
    history = run.history
    state = []
    if run.key == runs.live_key:
        state.append("live")
    if run.key == runs.reference_key:
        state.append("reference")
    cells = [", ".join(state), _differences(runs, run)]
    if not history.records:
        return [*cells, "", "", "", "", ""]
    part, best, last = history.held_out_part, history.best.epoch, history.last_epoch
    reference = runs.run(runs.reference_key)
    numbers = []
    for metric in ("log_likelihood", "score"):
        words = f"{history.value(part, metric, best):.4f}"
        if reference is not None and _is_measured_alike(run, reference):
            theirs = reference.history
            base = theirs.value(theirs.held_out_part, metric, theirs.best.epoch)
            words += f" ({history.value(part, metric, best) - base:+.3f})"
        numbers.append(words)
    return [
        *cells,
        str(last),
        str(best),
        *numbers,
        f"{history.value(part, 'score', last):.4f}",
    ]


def _differences(runs: RunList, run: Run) -> str:
    words = []
    if run.branch is not None:
        parent = runs.entry(run.branch.parent)
        name = "a removed run" if parent is None else parent.name
        words.append(f"branches off {name} at epoch {run.branch.epoch}")
    if runs.shown is not None and run is not runs.shown:
        words += differences(run, runs.shown)
    return ", ".join(words)


def band_cells(band: SeedBand) -> list[str]:
    """Return what stands in the columns after the name of repeated runs: medians."""
    last = int(band.epochs[-1])
    part, best = band.held_out_part, band.median_best_epoch
    place = int(np.abs(band.epochs - best).argmin())
    likes, scores = (band.band(part, metric).median for metric in ("log_likelihood", "score"))
    return [
        "median",
        f"seeds {band.seeds[0]} to {band.seeds[-1]}; best epochs {band.best_epochs.min()} to "
        f"{band.best_epochs.max()}",
        str(last),
        f"{best:g}",
        f"{likes[place]:.4f}",
        f"{scores[place]:.4f}",
        f"{scores[-1]:.4f}",
    ]


def _is_measured_alike(run: Run, reference: Run) -> bool:
    """Whether the numbers of two different runs can be taken from each other."""
    same_data = reference.is_on(run.data_config, run.reading)
    mine, theirs = run.history, reference.history
    same_part = mine.held_out_part == theirs.held_out_part
    return reference is not run and bool(theirs.records) and same_data and same_part

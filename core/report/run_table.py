"""All that is known of some runs in one row each, every number exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from core.learning.history import METRICS, PARTS
from core.learning.runs import DECLARED, settings_of
from core.report.figures import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.learning.history import History
    from core.learning.runs import Run
    from core.learning.sweep.seed_band import SeedBand


class Named(Protocol):
    """A run as a list of runs has it; one that was repeated has a ``band``."""

    @property
    def run(self) -> Run:
        """What it is."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def notes(self) -> str:
        """What people say about it."""
        ...


def run_table(entries: Iterable[Named]) -> Table:
    """Return a row for each run: its settings, how far it came, its scores at its best epoch.

    Of a run that was repeated with other seeds they are medians, at the median best epoch.

    Returns
    -------
    Table
        ``run``, ``data``, ``seeds``, every setting (one that was changed on the way with all its
        values), ``epochs``, ``best_epoch``, ``train_score``, ``train_log_likelihood`` and so on
        for the other parts, ``last_score`` of the held-out part, ``epochs_per_second``, ``notes``.
        Cells are empty where nothing is known.
    """
    results = [f"{part}_{metric}" for part in PARTS for metric in METRICS]
    numbers = ("epochs", "best_epoch", *results, "last_score", "epochs_per_second")
    header = ("run", "data", "seeds", *DECLARED, *numbers, "notes")
    rows = []
    for entry in entries:
        run, band = entry.run, getattr(entry, "band", None)
        settings = {name: _value(values) for name, values in settings_of(run).items()}
        found = _of_history(run.history) if band is None else _of_band(band)
        rows.append(
            (
                *(entry.name, run.dataset_name, 1 if band is None else len(band.seeds)),
                *(settings.get(name, "") for name in DECLARED),
                *(found.get(name, "") for name in numbers),
                entry.notes,
            )
        )
    return Table(header, tuple(rows))


def _value(values: tuple[Any, ...]) -> Any:
    return values[0] if len(values) == 1 else " → ".join(map(str, values))


def _of_history(history: History) -> dict[str, Any]:
    if not history.records:
        return {}
    best, last = history.best.epoch, history.last_epoch
    found: dict[str, Any] = {
        f"{part}_{metric}": history.value(part, metric, best)
        for part in history.parts
        for metric in METRICS
    }
    speed = history.epochs_per_second
    return found | {
        "epochs": last,
        "best_epoch": best,
        "last_score": history.value(history.held_out_part, "score", last),
        "epochs_per_second": "" if speed is None else speed,
    }


def _of_band(band: SeedBand) -> dict[str, Any]:
    place = int(np.abs(band.epochs - band.median_best_epoch).argmin())
    parts = PARTS if band.has_validation else PARTS[:2]
    found: dict[str, Any] = {
        f"{part}_{metric}": float(band.band(part, metric).median[place])
        for part in parts
        for metric in METRICS
    }
    return found | {
        "epochs": int(band.epochs[-1]),
        "best_epoch": band.median_best_epoch,
        "last_score": float(band.band(band.held_out_part, "score").median[-1]),
    }

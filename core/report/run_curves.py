"""The curves of several runs as one tidy table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.learning.history import METRICS, PARTS
from core.parameters import parameters_of
from core.report.figures import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from core.learning.history import Change
    from core.learning.runs import Run
    from core.learning.sweep.seed_band import SeedBand

GIVEN_WEIGHTS = "given weights"
"""The start of a run that went on from weights instead of drawing its own."""

_NO_DIFFERENCE = frozenset({"dataset", "epochs", "seed"})
"""A path, which has a name; where a run is to stop, which changes nothing on its way; and what has
a column anyway."""


@dataclass(frozen=True, slots=True, eq=False)
class RunCurves:
    """What one run with one seed has recorded by now.

    Attributes
    ----------
    name, data, seed : of the run, of its data
    epochs : (n_epochs,)
    values : part -> score or log-likelihood -> (n_epochs,)
    settings, changes : with what it began, and what was changed on the way
    """

    name: str
    data: str
    seed: int
    epochs: NDArray[Any]
    values: Mapping[str, Mapping[str, NDArray[Any]]]
    settings: Mapping[str, Any]
    changes: tuple[Change, ...] = ()

    def settings_at(self, epoch: float) -> dict[str, Any]:
        """Return every setting as it was when an epoch was learnt."""
        changed = {change.name: change.new for change in self.changes if change.epoch < epoch}
        return {name: changed.get(name, value) for name, value in self.settings.items()}


def curves_table(curves: Sequence[RunCurves]) -> Table:
    """Return the curves of runs on the same data, long by run, part and epoch, wide by metric.

    One row is one measurement, as pandas and R like it: group by ``run`` and ``part`` (and
    ``seed``), draw any of the last three columns against ``epoch``.

    Returns
    -------
    Table
        ``run``, ``data``, ``seed``, the settings that differ between any two rows, each with the
        value in force when the epoch of the row was learnt, ``part``, ``epoch`` (0 is the start),
        ``score``, ``error`` and ``log_likelihood``.
    """
    settings = [[one.settings_at(epoch) for epoch in one.epochs] for one in curves]
    seen: dict[str, set[Any]] = {}
    for name, value in (item for rows in settings for row in rows for item in row.items()):
        seen.setdefault(name, set()).add(value)
    differing = [name for name, values in seen.items() if len(values) > 1]
    rows = (
        row
        for one, known in zip(curves, settings, strict=True)
        for row in _rows(one, [tuple(at[name] for name in differing) for at in known])
    )
    header = ("run", "data", "seed", *differing, "part", "epoch")
    return Table((*header, "score", "error", "log_likelihood"), tuple(rows))


def _rows(one: RunCurves, settings: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of each part, its epochs rising."""
    epochs = [int(epoch) for epoch in one.epochs]
    for part, metrics in one.values.items():
        scores, likes = (metrics[metric].tolist() for metric in METRICS)
        for epoch, chosen, score, like in zip(epochs, settings, scores, likes, strict=True):
            yield (one.name, one.data, one.seed, *chosen, part, epoch, score, 1.0 - score, like)


def curves_of_run(name: str, run: Run) -> RunCurves:
    """Return what a run has recorded by now, under the name that people call it."""
    history = run.history
    return RunCurves(
        name=name,
        data=run.dataset_name,
        seed=history.config.seed,
        epochs=history.epochs,
        values={part: {m: history.curve(part, m) for m in METRICS} for part in history.parts},
        settings=_settings(run, history.config),
        changes=tuple(history.changes),
    )


def curves_of_seeds(name: str, run: Run, band: SeedBand) -> list[RunCurves]:
    """Return what came of a run repeated with other seeds, one for each seed."""
    parts = PARTS if band.has_validation else PARTS[:2]
    return [
        RunCurves(
            name=name,
            data=run.dataset_name,
            seed=seed,
            epochs=band.epochs,
            values={p: {m: band.curves[f"{p}_{m}"][:, member] for m in METRICS} for p in parts},
            settings=_settings(run, run.history.config),
            changes=tuple(run.history.acted_changes),
        )
        for member, seed in enumerate(band.seeds)
    ]


def _settings(run: Run, training: Any) -> dict[str, Any]:
    """Return the settings of a run by name, those of its data first."""
    found = {name: getattr(run.data_config, name) for name in parameters_of(run.data_config)}
    found["added_images"] = run.n_added
    found |= {name: getattr(training, name) for name in parameters_of(training)}
    if not run.is_own_start:
        found["init"] = GIVEN_WEIGHTS
    return {name: value for name, value in found.items() if name not in _NO_DIFFERENCE}

"""Runs that a file keeps, looked at again on the data that they learnt."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import DatasetError, StoreError
from core.learning.records import epoch_words
from core.report.run import look_at, open_data

if TYPE_CHECKING:
    from core.command_line import Arguments
    from core.data.dataset import Dataset
    from core.report.run import Progress, RunResult
    from core.store.kept import KeptData, KeptRun


def kept_data(data: KeptData, progress: Progress) -> Dataset:
    """Open the data that a run learnt.

    Raises
    ------
    StoreError
        If they are not where they were, or are others by now.
    """
    try:
        found = open_data(data.source, data.reading, progress)
    except DatasetError as error:
        raise StoreError(
            f"The runs learnt {data.name}, opened from {data.source}, which cannot be opened here: "
            f"{error}"
        ) from error
    if found.content_hash != data.hash:
        raise StoreError(
            f"The runs learnt {data.name}, opened from {data.source}; what lies there now is other "
            "data: bring back those they learnt"
        )
    return found


def kept_run(
    kept: KeptRun, available: Dataset, arguments: Arguments, progress: Progress
) -> RunResult:
    """Diagnose the last model of a run, and attack it as ``arguments`` say."""
    run, history = kept.run, kept.run.history
    dataset = replace(available, extra=run.added).sized(run.data_config)
    said = replace(arguments, data=run.data_config, reading=run.reading, training=history.config)
    changes = (f"{epoch_words(change.epoch)}: {change}." for change in history.acted_changes)
    notes = (*dataset.notes, *([kept.notes] if kept.notes else []), *changes)
    return look_at(said, dataset, history, progress, notes=notes, started=time.perf_counter())

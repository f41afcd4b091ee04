"""Writing runs into a database, and a whole database into a file."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import StoreError
from core.store.schema import SCORES, create
from core.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from core.learning.course import Course
    from core.learning.records import Checkpoint, Divergence, EpochRecord
    from core.learning.runs import Run
    from core.store.kept import KeptData, KeptRun, Workspace


def save_workspace(path: Path, workspace: Workspace) -> None:
    """Write all of it, whole or not at all.

    Raises
    ------
    StoreError
        If it cannot be written; an earlier file of that name is then still there.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        create(connection)
        with connection:
            keys: dict[KeptData, int] = {}
            for kept in workspace.runs:
                if kept.data not in keys:
                    keys[kept.data] = put_data(connection, kept.data)
                put_run(connection, kept, keys[kept.data])
        content = connection.serialize()
    try:
        write_whole(path, content)
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(f"{path} cannot be written: {reason}; choose another folder") from error


def put_data(connection: sqlite3.Connection, data: KeptData) -> int:
    """Add the identity of a data set and return its key."""
    row = {
        "name": _words(data.name),
        "source": _json(data.source),
        "reading": _json(asdict(data.reading)),
        "height": data.image_shape[0],
        "width": data.image_shape[1],
        "class_names": _json(data.class_names),
        "hash": data.hash,
    }
    key = _insert(connection, "dataset", row)
    assert key is not None
    return key


def put_run(connection: sqlite3.Connection, kept: KeptRun, data_key: int) -> None:
    """Add a run with all that it has learnt so far."""
    run, history = kept.run, kept.run.history
    branch = run.branch
    row = {
        "key": run.key,
        "dataset": data_key,
        "name": _words(kept.name),
        "colour": kept.colour,
        "is_visible": kept.is_visible,
        "is_touched": kept.is_touched,
        "notes": _words(kept.notes),
        "data": _json(asdict(run.data_config)),
        "training": _json(asdict(history.config)),
        "is_own_start": run.is_own_start,
        "parent": None if branch is None else branch.parent,
        "left_at": None if branch is None else branch.epoch,
        "stride": history.stride,
        "diverged": None if history.divergence is None else _divergence(history.divergence),
    }
    _insert(connection, "run", row)
    if run.past is not None:
        _insert(connection, "past", {"run": run.key, **_course(run.past)})
    if run.added is not None:
        images = np.ascontiguousarray(run.added.images, "<f4").tobytes()
        labels = np.ascontiguousarray(run.added.labels, "<i8").tobytes()
        _insert(connection, "added", {"run": run.key, "images": images, "labels": labels})
    put_changes(connection, run)
    put_epochs(connection, run, 0)
    put_models(connection, run.key, history.records)


def put_changes(connection: sqlite3.Connection, run: Run) -> None:
    """Write what was set while a run learnt."""
    for place, change in enumerate(run.history.log):
        row = {"run": run.key, "place": place, **asdict(change), "epoch": float(change.epoch)}
        _insert(connection, "change", row)


def put_epochs(connection: sqlite3.Connection, run: Run, first: int) -> None:
    """Add the points of the curves from place ``first`` on."""
    history = run.history
    columns = [history.epochs[first:].astype(int).tolist()]
    for name in SCORES:
        values = history.curve(*name.split("_", 1))[first:].tolist()
        columns.append(values or [None] * len(columns[0]))
    rows = (
        (run.key, *(None if value is None or math.isnan(value) else value for value in row))
        for row in zip(*columns, strict=True)
    )
    marks = ", ".join("?" * (2 + len(SCORES)))
    connection.executemany(f"INSERT INTO epoch VALUES ({marks})", rows)


def put_models(connection: sqlite3.Connection, key: int, records: Iterable[EpochRecord]) -> None:
    """Add the weights of these epochs."""
    for record in records:
        row = {
            "run": key,
            "epoch": record.epoch,
            "step": record.step,
            "seconds": record.seconds,
            "weights": _numbers(record.weights),
            "velocity": _numbers(record.velocity),
        }
        _insert(connection, "model", row)


def _insert(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> int | None:
    marks = ", ".join(f":{name}" for name in row)
    words = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})"
    return connection.execute(words, row).lastrowid


def _json(value: dict[str, Any] | Sequence[Any]) -> str:
    return json.dumps(value)  # ASCII alone: a path may hold half a surrogate pair


def _words(text: str) -> str:
    """Return what people call something; what UTF-8 cannot hold is written as an escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _divergence(divergence: Divergence) -> str:
    return _json({"at": asdict(divergence.at), "learning_rate": divergence.learning_rate})


def _course(course: Course) -> dict[str, Any]:
    start: Checkpoint | None = course.start
    return {
        "config": _json(asdict(course.config)),
        "later": _json([(step, asdict(config)) for step, config in course.later]),
        "epoch": course.epoch,
        "start_epoch": None if start is None else start.epoch,
        "start_step": None if start is None else start.step,
        "start_weights": None if start is None else _numbers(start.weights),
        "start_velocity": None if start is None else _numbers(start.velocity),
    }


def _numbers(array: NDArray[Any] | None) -> bytes | None:
    return None if array is None else np.ascontiguousarray(array, "<f4").tobytes()

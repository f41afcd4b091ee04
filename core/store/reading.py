"""Reading a file that may come from a stranger: nothing in it is run, and every value is checked.

It is opened read-only, refused unless it holds our tables word for word, and bounded in time, in
bytes and in counts, as data are (https://sqlite.org/security.html).
"""

from __future__ import annotations

import json
import math
import sqlite3
import time
from contextlib import closing, contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from core.data.config import DataConfig
from core.data.dataset import read_only
from core.data.samples import Split
from core.errors import SettingError, StoreError, printable
from core.learning.config import TrainingConfig
from core.learning.course import Course
from core.learning.history import Change, History
from core.learning.records import BatchRecord, Checkpoint, Divergence, EpochRecord
from core.learning.runs import Branch, Run
from core.parameters import Settings, parameters_of
from core.sources import limits
from core.sources.reading import ReadingConfig
from core.store import SUFFIX
from core.store.kept import KeptData, KeptRun, Workspace
from core.store.schema import APPLICATION_ID, SCORES, VERSION, is_ours
from core.words import UP, sized

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_Config = TypeVar("_Config", bound=Settings)

MAX_FILE_BYTES = 2 * 2**30
"""All weights that the window keeps are at most 512 MB; the rest are curves."""

MAX_RUNS = 1_000
"""The list of runs is read by people."""

MAX_EPOCHS = 100_000
"""Of one run: twenty times as many as can be set."""

MAX_CHANGES = 100_000
"""Of one run: a slider dragged for an hour."""

MAX_TEXT = 100_000
"""Bytes of one text: notes that a person wrote, or settings."""

MAX_NAME = _MAX_REASON = 200

MAX_SECONDS = 20.0
"""A whole file of the largest size is read in less."""

_STEPS = 100_000
"""Of the database's machine, a few milliseconds: so often the time is looked at."""


def open_workspace(path: Path) -> Workspace:
    """Return what a file keeps; what is damaged in it is left out and named in ``missing``.

    Raises
    ------
    StoreError
        If it is no file of this program, is of a newer version, or nothing of it can be read.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise StoreError(f"{path}: this is no file; give one that ends in {SUFFIX}")
        with path.open("rb") as stream:
            head = stream.read(100)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise StoreError(f"{path}: cannot be read: {reason}") from error
    if size > MAX_FILE_BYTES:
        raise StoreError(f"{path}: {sized(size, UP)} are more than {sized(MAX_FILE_BYTES)}")
    if head[:16] != b"SQLite format 3\0" or int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise StoreError(f"{path}: no file of this program; expected one that ends in {SUFFIX}")
    version = int.from_bytes(head[60:64], "big")
    if version != VERSION:
        raise StoreError(
            f"{path}: of version {version}, and this program reads version {VERSION}: open it "
            "with a newer one"
        )
    try:
        with closing(_opened(path)) as connection:
            if not is_ours(connection):
                raise StoreError(f"{path}: its tables are not those that this program writes")
            return _workspace(connection)
    except (sqlite3.Error, ValueError) as error:
        raise StoreError(f"{path}: damaged ({error}); nothing in it can be read") from error


def _opened(path: Path) -> sqlite3.Connection:
    """Return a connection that writes nothing, runs nothing and ends in bounded time."""
    address = path.resolve().as_uri() + "?mode=ro"
    connection = sqlite3.connect(address, uri=True)
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
        connection.execute(f"PRAGMA {pragma}")
    most = 8 * limits.MAX_CLASSES * (limits.MAX_IMAGE_SIDE**2 + 1)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(most, limits.MAX_FILE_BYTES))
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    ends = time.monotonic() + MAX_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
    connection.row_factory = sqlite3.Row
    return connection


def _workspace(connection: sqlite3.Connection) -> Workspace:
    """Return all that can be read."""
    runs: dict[int, KeptRun] = {}
    data: dict[int, KeptData] = {}
    missing: list[str] = []
    for row in _rows(connection, "dataset", MAX_RUNS):
        with _left_out(f"data set {row['key']}", missing):
            data[row["key"]] = _data(row)
    for row in _rows(connection, "run", MAX_RUNS):
        with _left_out(f"run {row['key']}", missing):
            if row["dataset"] not in data:
                raise ValueError("the data it learnt are not there")
            runs[row["key"]] = _run(connection, row, data[row["dataset"]])
    for key, kept in tuple(runs.items()):
        if not _ends(runs, key):
            del runs[key]
            missing.append(f"{kept.name} is left out: it is its own ancestor")
    return Workspace(tuple(runs.values()), tuple(missing))


_WRONG = (SettingError, sqlite3.Error, ValueError, TypeError, KeyError, RecursionError)
"""What values lead to that this program cannot have written; JSON's error is a ValueError."""


@contextmanager
def _left_out(name: str, missing: list[str]) -> Iterator[None]:
    """Note what cannot be read, and go on."""
    try:
        yield
    except _WRONG as error:
        missing.append(f"{name} is left out: {printable(str(error)[:_MAX_REASON])}")


def _rows(
    connection: sqlite3.Connection, table: str, most: int, run: int | None = None
) -> list[sqlite3.Row]:
    """Return the rows of a table, in the order of its key."""
    where = "" if run is None else " WHERE run = ?"
    words = f"SELECT * FROM {table}{where} ORDER BY 1, 2 LIMIT {most + 1}"
    rows = connection.execute(words, () if run is None else (run,)).fetchall()
    if len(rows) > most:
        raise ValueError(f"more than {most:,} rows of {table}")
    return rows


def _data(row: sqlite3.Row) -> KeptData:
    names = _list(row["class_names"], limits.MAX_CLASSES)
    if len(names) < limits.MIN_CLASSES:
        raise ValueError("it has fewer than two classes")
    return KeptData(
        source=_text(json.loads(row["source"])),
        reading=_settings(ReadingConfig, row["reading"]),
        name=_shown(row["name"], MAX_NAME),
        image_shape=(
            _whole(row["height"], 1, limits.MAX_IMAGE_SIDE),
            _whole(row["width"], 1, limits.MAX_IMAGE_SIDE),
        ),
        class_names=tuple(_shown(name, limits.MAX_CLASS_NAME) for name in names),
        hash=_text(row["hash"]),
    )


def _run(connection: sqlite3.Connection, row: sqlite3.Row, data: KeptData) -> KeptRun:
    key, height_width = row["key"], data.image_shape
    shape = (len(data.class_names), 1 + height_width[0] * height_width[1])
    data_config = _settings(DataConfig, row["data"])
    branch = None
    if row["parent"] is not None:
        branch = Branch(row["parent"], _whole(row["left_at"], 0, MAX_EPOCHS))
    pasts = _rows(connection, "past", 1, key)
    run = Run(
        key=key,
        history=_history(connection, row, shape, bool(data_config.validation_size)),
        data_config=data_config,
        reading=data.reading,
        dataset_name=data.name,
        added=_added(connection, key, shape),
        branch=branch,
        is_own_start=bool(row["is_own_start"]),
        past=_course(pasts[0], shape) if pasts else None,
    )
    return KeptRun(
        run=run,
        data=data,
        name=_shown(row["name"], MAX_NAME),
        notes=_text(row["notes"]),
        colour=_whole(row["colour"], 0, MAX_RUNS),
        is_visible=bool(row["is_visible"]),
        is_touched=bool(row["is_touched"]),
    )


def _history(
    connection: sqlite3.Connection, row: sqlite3.Row, shape: tuple[int, int], is_validated: bool
) -> History:
    key = row["key"]
    points = _rows(connection, "epoch", MAX_EPOCHS, key)
    epochs = np.array([point["epoch"] for point in points], dtype=np.float64)
    if len(epochs) and not np.array_equal(epochs, epochs[0] + np.arange(len(epochs))):
        raise ValueError("an epoch of its curves is not there")
    names = SCORES if is_validated else SCORES[:4]
    curves = {
        name: np.array([np.nan if point[name] is None else point[name] for point in points])
        for name in names
    }
    for name, values in curves.items():
        if name.endswith("score") and not ((values >= 0) & (values <= 1)).all():
            raise ValueError(f"{name} is no fraction")
        if (values > 0).any() and name.endswith("likelihood"):
            raise ValueError(f"{name} is above 0")
    places = {int(epoch): place for place, epoch in enumerate(epochs)}
    records = []
    for model in _rows(connection, "model", MAX_EPOCHS, key):
        place = places[model["epoch"]]
        found = {name: float(values[place]) for name, values in curves.items()}
        records.append(
            EpochRecord(
                epoch=model["epoch"],
                step=_whole(model["step"], 0, 2**53),
                **{name: found.get(name) for name in SCORES},  # type: ignore[arg-type]
                weights=_weights(model["weights"], shape),
                velocity=None if model["velocity"] is None else _weights(model["velocity"], shape),
                seconds=_finite(model["seconds"]),
            )
        )
    return History.restored(
        _settings(TrainingConfig, row["training"]),
        {"epoch": epochs, **curves} if len(epochs) else {},
        records,
        [_change(change) for change in _rows(connection, "change", MAX_CHANGES, key)],
        stride=_whole(row["stride"], 1, MAX_EPOCHS),
        divergence=None if row["diverged"] is None else _divergence(row["diverged"]),
    )


def _change(row: sqlite3.Row) -> Change:
    declared = parameters_of(TrainingConfig).get(row["name"])
    if declared is None or not declared.live:
        raise ValueError(f"{row['name']!r} cannot be set while a run learns")
    for value in (row["old"], row["new"]):
        if declared.problem(value):
            raise ValueError(f"{declared.label} {declared.problem(value)}")
    epoch, step = _finite(row["epoch"]), _whole(row["step"], 0, 2**53)
    return Change(epoch, step, row["name"], row["old"], row["new"])


def _divergence(words: str) -> Divergence:
    content = _object(words)
    at = {name: _whole(value, 0, 2**53) for name, value in dict(content["at"]).items()}
    return Divergence(BatchRecord(**at), _finite(content["learning_rate"]))


def _course(row: sqlite3.Row, shape: tuple[int, int]) -> Course:
    start = None
    if row["start_weights"] is not None:
        velocity = row["start_velocity"]
        start = Checkpoint(
            weights=_weights(row["start_weights"], shape),
            velocity=None if velocity is None else _weights(velocity, shape),
            epoch=_whole(row["start_epoch"], 0, MAX_EPOCHS),
            step=_whole(row["start_step"], 0, 2**53),
        )
    later = tuple(
        (_whole(step, 0, 2**53), TrainingConfig(**config))
        for step, config in _list(row["later"], MAX_CHANGES)
    )
    if any(a[0] > b[0] for a, b in pairwise(later)):
        raise ValueError("what it was told is not in order")
    config, epoch = _settings(TrainingConfig, row["config"]), _whole(row["epoch"], 0, MAX_EPOCHS)
    return Course(config, start, later, epoch)


def _added(connection: sqlite3.Connection, key: int, shape: tuple[int, int]) -> Split | None:
    rows = _rows(connection, "added", 1, key)
    if not rows:
        return None
    n_classes, n_features = shape[0], shape[1] - 1
    labels = np.frombuffer(rows[0]["labels"], "<i8").astype(np.int64)
    images = _array(rows[0]["images"], (len(labels), n_features))
    if not len(labels) or not ((labels >= 0) & (labels < n_classes)).all():
        raise ValueError("an added image is of no class")
    if not ((images >= 0) & (images <= 1)).all():
        raise ValueError("an added image has more ink than there is")
    return Split(images, read_only(labels))


def _ends(runs: dict[int, KeptRun], key: int) -> bool:
    """Whether the way from branch to parent comes to an end."""
    seen: set[int] = set()
    at: int | None = key
    while at is not None and at not in seen:
        seen.add(at)
        kept = runs.get(at)
        branch = None if kept is None else kept.run.branch
        at = None if branch is None else branch.parent
    return at is None


def _settings(config: type[_Config], words: str) -> _Config:
    return config(**_object(words))


def _object(words: str) -> dict[str, Any]:
    content = json.loads(_text(words))
    if type(content) is not dict:
        raise TypeError("settings are no settings")
    return content


def _list(words: str, most: int) -> list[Any]:
    content = json.loads(words)
    if type(content) is not list or len(content) > most:
        raise TypeError(f"no list of at most {most:,}")
    return content


def _text(words: Any) -> str:
    if type(words) is not str or len(words) > MAX_TEXT:
        raise TypeError("no words, or too many of them")
    return words


def _shown(words: Any, most: int) -> str:
    """Return words as they may be shown."""
    return printable(_text(words)[:most])


def _whole(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{value!r} is no whole number from {low} to {high}")
    return value


def _finite(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return float(value)


def _array(content: Any, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return float32 numbers, a copy; ValueError if they are not as many."""
    return read_only(np.frombuffer(content, "<f4").reshape(shape).astype(np.float32))


def _weights(content: Any, shape: tuple[int, int]) -> NDArray[np.float32]:
    weights = _array(content, shape)
    if not np.isfinite(weights).all():
        raise ValueError("some weights are not finite numbers")
    return weights

"""Files of runs: all that was kept comes back, and what a stranger sends does no harm."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
import tracemalloc
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import tiny_dataset

from core.data.config import DataConfig
from core.errors import StoreError
from core.learning.config import TrainingConfig
from core.learning.course import Course
from core.learning.history import Change, History
from core.learning.records import BatchRecord, Divergence, EpochRecord
from core.learning.runs import Branch, Run
from core.learning.training import Trainer
from core.sources.reading import ReadingConfig
from core.store.kept import KeptData, KeptRun, Workspace
from core.store.reading import MAX_EPOCHS, open_workspace
from core.store.schema import SCORES, VERSION
from core.store.writing import save_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.data.dataset import Dataset
    from core.learning.records import Checkpoint

WHOLE = tiny_dataset()
READING = ReadingConfig(ink="dark", label_column="last")
SOURCE = "/home/a person/\udcff.npz"  # half of a surrogate pair: bytes that are no UTF-8
DATA = KeptData.of(WHOLE, SOURCE, READING)
CONFIG = TrainingConfig(epochs=6, batch_size=7, momentum=0.9, seed=3)


def learnt(
    config: TrainingConfig = CONFIG,
    dataset: Dataset = WHOLE,
    start: Checkpoint | None = None,
    budget: int | None = None,
) -> History:
    history = History(config)
    if budget is not None:
        history.limit(budget)
    trainer = Trainer(dataset, config, start=start)
    for event in trainer.run():
        if isinstance(event, EpochRecord):
            history.append(event)
        elif isinstance(event, Divergence):
            history.divergence = event
    return history


def run(key: int = 1, history: History | None = None, **more: Any) -> Run:
    data = more.pop("data_config", DataConfig(dataset=SOURCE))
    return Run(key, history or learnt(), data, READING, WHOLE.name, **more)


def kept(made: Run, **more: Any) -> KeptRun:
    return KeptRun(made, DATA, **({"name": f"run {made.key}"} | more))


def changed() -> History:
    """Return a history with a slider dragged, taken back, and set again."""
    history = learnt()
    for epoch, old, new in ((1.0, 0.1, 0.2), (1.1, 0.2, 0.3), (3.0, 0.3, 0.1), (3.0, 0.1, 0.3)):
        history.add_change(Change(epoch, int(epoch * 5), "learning_rate", old, new))
    history.add_change(Change(4.0, 20, "batch_size", 7, 9))
    return history


def branched() -> tuple[Run, Run]:
    """Return a run and one that left it, with images of its own."""
    parent = run(1, changed())
    left = parent.history.nearest(3).checkpoint
    other = replace(CONFIG, momentum=0.0, l2=0.01)
    course = parent.course(goes_on=True)
    assert course is not None
    more = WHOLE.with_sample(np.linspace(0, 1, 12), 2)
    made = run(
        5,
        learnt(other, WHOLE, left),
        branch=Branch(1, 3),
        past=course.until(left.step),
        added=more.extra,
        is_own_start=False,
    )
    return parent, made


def of_validation() -> Run:
    dataset = WHOLE.sized(DataConfig(validation_size=5))
    return run(
        2, learnt(dataset=dataset), data_config=DataConfig(dataset=SOURCE, validation_size=5)
    )


def given_start() -> Run:
    start = learnt().records[2].checkpoint
    course = Course(CONFIG, start, ((30, replace(CONFIG, l2=0.5)),), 2)
    return run(7, learnt(start=start), branch=Branch(99, 2), past=course)


def diverged() -> Run:
    history = learnt(replace(CONFIG, learning_rate=0.5))
    history.divergence = Divergence(BatchRecord(6, 1, 5, 31, 7, 7), 0.5)
    return run(8, history)


def without_numbers() -> Run:
    """Return a run whose log-likelihoods are no numbers from some epoch on."""
    history = History(CONFIG)
    for record in learnt().records:
        lost = record.epoch > 3
        history.append(replace(record, test_log_likelihood=np.nan) if lost else record)
    return run(9, history)


RUNS: dict[str, Callable[[], Run]] = {
    "plain": run,
    "changes": lambda: run(1, changed()),
    "branch": lambda: branched()[1],
    "validation": of_validation,
    "given start": given_start,
    "diverged": diverged,
    "no numbers": without_numbers,
    "thinned": lambda: run(1, learnt(replace(CONFIG, epochs=40), budget=4_000)),
    "not begun": lambda: run(1, History(CONFIG)),
}


def same_weights(some: Any, others: Any) -> None:
    assert (some is None) == (others is None)
    if some is not None:
        np.testing.assert_array_equal(some, others)
        assert not others.flags.writeable


def same_history(some: History, other: History) -> None:
    assert other.config == some.config
    np.testing.assert_array_equal(other.epochs, some.epochs)
    for name in SCORES:
        part, metric = name.split("_", 1)
        np.testing.assert_array_equal(other.curve(part, metric), some.curve(part, metric))
    assert other.kept_epochs.tolist() == some.kept_epochs.tolist()
    for record, found in zip(some.records, other.records, strict=True):
        same_weights(record.weights, found.weights)
        same_weights(record.velocity, found.velocity)
        for name in ("step", "seconds", *SCORES):
            np.testing.assert_equal(getattr(found, name), getattr(record, name))
    assert (other.log, other.changes) == (some.log, some.changes)
    assert (other.stride, other.divergence) == (some.stride, some.divergence)
    assert other.kept_bytes == some.kept_bytes
    if some.records:
        assert other.best.epoch == some.best.epoch
        assert other.best_index == some.best_index


def same_course(some: Course | None, other: Course | None) -> None:
    assert (some is None) == (other is None)
    if some is not None and other is not None:
        told = some.config, some.later, some.epoch
        assert (other.config, other.later, other.epoch) == told
        assert (some.start is None) == (other.start is None)
        if some.start is not None and other.start is not None:
            same_weights(some.start.weights, other.start.weights)
            same_weights(some.start.velocity, other.start.velocity)
            assert (other.start.epoch, other.start.step) == (some.start.epoch, some.start.step)


@pytest.mark.parametrize("name", RUNS)
def test_what_was_kept_comes_back(tmp_path: Path, name: str) -> None:
    made = RUNS[name]()
    shown = KeptRun(made, DATA, "mine, <b>ours</b>", "notes\nof mine", 4, False, True)
    save_workspace(tmp_path / "a.perceptron", Workspace((shown,)))
    found = open_workspace(tmp_path / "a.perceptron")
    assert found.missing == ()
    (again,) = found.runs
    words = (again.name, again.notes, again.colour, again.is_visible, again.is_touched, again.data)
    assert words == ("mine, <b>ours</b>", "notes\nof mine", 4, False, True, DATA)
    same_history(made.history, again.run.history)
    same_course(made.past, again.run.past)
    for field in ("key", "data_config", "reading", "dataset_name", "branch", "is_own_start"):
        assert getattr(again.run, field) == getattr(made, field)
    assert (made.added is None) == (again.run.added is None)
    if made.added is not None and again.run.added is not None:
        np.testing.assert_array_equal(again.run.added.images, made.added.images)
        np.testing.assert_array_equal(again.run.added.labels, made.added.labels)


def test_a_run_that_comes_back_learns_on_as_it_would_have(tmp_path: Path) -> None:
    made = run()
    save_workspace(tmp_path / "a.perceptron", Workspace((kept(made),)))
    (again,) = open_workspace(tmp_path / "a.perceptron").runs
    last = [one.history.records[-1].checkpoint for one in (made, again.run)]
    longer = replace(CONFIG, epochs=9)
    some, other = (learnt(longer, start=checkpoint) for checkpoint in last)
    np.testing.assert_array_equal(other.records[-1].weights, some.records[-1].weights)
    again.run.history.append(some.records[1])
    assert again.run.history.last_epoch == 7


def test_many_runs_share_what_they_learnt(tmp_path: Path) -> None:
    file = tmp_path / "a.perceptron"
    other = replace(DATA, name="other")
    parent, branch = branched()
    runs = kept(branch), kept(parent), KeptRun(of_validation(), other, "third")
    save_workspace(file, Workspace(runs))
    found = open_workspace(file)
    assert {one.run.key: (one.name, one.data) for one in found.runs} == {
        one.run.key: (one.name, one.data) for one in runs
    }
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM dataset").fetchone() == (2,)


def test_a_file_is_replaced_only_by_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.perceptron"
    save_workspace(file, Workspace((kept(run()),)))
    before = file.read_bytes()
    more = Workspace((kept(run()), kept(run(2))))
    monkeypatch.setattr("os.fsync", raising(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
    with pytest.raises(StoreError, match="No space left"):
        save_workspace(file, more)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.perceptron"]
    with pytest.raises(StoreError, match="choose another folder"):
        save_workspace(tmp_path / "none" / "a.perceptron", Workspace(()))


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A file of two runs, one of which left the other."""
    file = tmp_path / "a.perceptron"
    save_workspace(file, Workspace(tuple(map(kept, branched()))))
    return file


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail


def execute(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_what_is_no_file_of_ours_says_so(tmp_path: Path, stored: Path) -> None:
    other = tmp_path / "other.perceptron"
    for content in (b"", b"SQLite format 3\0", b"x" * 5000):
        other.write_bytes(content)
        with pytest.raises(StoreError, match="no file of this program"):
            open_workspace(other)
    with closing(sqlite3.connect(tmp_path / "plain.db")) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(StoreError, match="no file of this program"):
        open_workspace(tmp_path / "plain.db")
    with pytest.raises(StoreError, match="this is no file"):
        open_workspace(tmp_path)
    with pytest.raises(StoreError, match="No such file"):
        open_workspace(tmp_path / "none.perceptron")
    execute(stored, f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StoreError, match=f"of version {VERSION + 1}, .* newer"):
        open_workspace(stored)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE more (x)",
        "CREATE TRIGGER t AFTER INSERT ON run BEGIN SELECT 1; END",
        "CREATE INDEX i ON run (name)",
        "CREATE VIRTUAL TABLE v USING fts5(x)",
        "ALTER TABLE run ADD COLUMN more TEXT",
        "DROP TABLE added",
    ],
)
def test_only_our_tables_are_read(stored: Path, statement: str) -> None:
    execute(stored, statement)
    with pytest.raises(StoreError, match="its tables are not those"):
        open_workspace(stored)


DEEP = "[" * 50_000


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE run SET training = '{}x' WHERE key = 5", "run 5 is left out"),
        ("UPDATE run SET training = '[]' WHERE key = 5", "no settings"),
        (f"UPDATE run SET training = '{DEEP}' WHERE key = 5", "run 5 is left out"),
        ("""UPDATE run SET training = '{"epochs": -1}' WHERE key = 5""", "Stop at epoch must be"),
        ("""UPDATE run SET training = '{"seed": true}' WHERE key = 5""", "Seed must be"),
        ("""UPDATE run SET training = '{"a": 1}' WHERE key = 5""", "unexpected keyword"),
        ("""UPDATE run SET training = '{"l2": NaN}' WHERE key = 5""", "L2 decay must be"),
        ("UPDATE run SET dataset = 77 WHERE key = 5", "the data it learnt are not there"),
        ("UPDATE run SET stride = 0 WHERE key = 5", "0 is no whole number"),
        ("UPDATE run SET left_at = NULL WHERE key = 5", "None is no whole number"),
        ("""UPDATE run SET diverged = '{"at": 3}' WHERE key = 5""", "run 5 is left out"),
        ("UPDATE model SET weights = x'00' WHERE run = 5", "run 5 is left out"),
        (
            f"UPDATE model SET weights = x'{'00' * 204 + '0000c07f'}' WHERE run = 5",
            "some weights are not finite",
        ),
        ("UPDATE model SET step = -3 WHERE run = 5", "-3 is no whole number"),
        ("UPDATE model SET seconds = 9e999 WHERE run = 5", "inf is no number"),
        ("DELETE FROM model WHERE run = 5 AND epoch = 6", "weights of its first, last or best"),
        ("DELETE FROM epoch WHERE run = 5 AND epoch = 4", "an epoch of its curves"),
        ("DELETE FROM epoch WHERE run = 5", "run 5 is left out"),
        ("UPDATE epoch SET train_score = 1.5 WHERE run = 5", "train_score is no fraction"),
        ("UPDATE epoch SET train_score = NULL WHERE run = 5", "train_score is no fraction"),
        ("UPDATE epoch SET test_log_likelihood = 1 WHERE run = 5", "is above 0"),
        ("UPDATE added SET labels = x'0900000000000000'", "an added image is of no class"),
        ("UPDATE added SET labels = x'00'", "run 5 is left out"),
        ("UPDATE added SET images = zeroblob(9)", "run 5 is left out"),
        ("UPDATE past SET later = '[[9, {}], [3, {}]]'", "is not in order"),
        ("UPDATE past SET later = '{}'", "no list"),
        ("UPDATE past SET later = '[[1, 2, 3]]'", "run 5 is left out"),
    ],
)
def test_a_run_with_a_wrong_value_is_left_out(stored: Path, statement: str, words: str) -> None:
    execute(stored, statement)
    found = open_workspace(stored)
    assert [one.run.key for one in found.runs] == [1]
    (missing,) = found.missing
    assert words in missing
    assert len(missing) < 300


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE change SET name = 'init'", "cannot be set while a run learns"),
        ("UPDATE change SET new = 'x'", "must be a number"),
        ("UPDATE change SET new = 1e9", "Learning rate must be"),
        ("UPDATE change SET epoch = 9e999", "inf is no number"),
        ("UPDATE run SET parent = 5, left_at = 0 WHERE key = 1", "its own ancestor"),
        ("UPDATE dataset SET class_names = '[\"one\"]'", "fewer than two classes"),
        ("UPDATE dataset SET height = 1000000", "1000000 is no whole number"),
        ('UPDATE dataset SET reading = \'{"ink": "x"}\'', "Ink must be"),
        ("UPDATE dataset SET class_names = '[1, 2]'", "no words"),
    ],
)
def test_other_wrong_values_are_named(stored: Path, statement: str, words: str) -> None:
    execute(stored, statement)
    found = open_workspace(stored)
    assert any(words in one for one in found.missing), found.missing
    assert len(found.runs) < 2


def test_too_many_rows_are_not_read(stored: Path) -> None:
    execute(
        stored,
        "WITH RECURSIVE n(i) AS (SELECT 7 UNION ALL SELECT i + 1 FROM n "
        f"WHERE i < {MAX_EPOCHS + 9}) INSERT INTO epoch (run, epoch) SELECT 5, i FROM n",
    )
    assert "more than 100,000 rows of epoch" in open_workspace(stored).missing[0]
    execute(
        stored,
        "WITH RECURSIVE n(i) AS (SELECT 9 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
        "INSERT INTO dataset SELECT i, '', '', '', 1, 1, '', '' FROM n",
    )
    with pytest.raises(StoreError, match="more than 1,000 rows of dataset"):
        open_workspace(stored)


def test_names_are_shown_as_they_are_written(stored: Path) -> None:
    execute(stored, "UPDATE run SET name = char(27) || '[31m' || char(8238) || 'x' WHERE key = 5")
    names = {one.name for one in open_workspace(stored).runs}
    assert names == {"run 1", r"\x1b[31m\u202ex"}


def test_reading_writes_nothing(stored: Path) -> None:
    before = stored.read_bytes()
    stored.chmod(0o400)
    open_workspace(stored)
    assert stored.read_bytes() == before
    assert [path.name for path in stored.parent.iterdir()] == ["a.perceptron"]


@pytest.mark.fuzz
def test_damaged_files_are_refused_or_read_in_part(tmp_path: Path, stored: Path) -> None:
    rng = np.random.default_rng(8)
    whole = np.frombuffer(stored.read_bytes(), np.uint8)
    file, opened, slowest = tmp_path / "b.perceptron", 0, 0.0
    refusals: set[str] = set()
    tracemalloc.start()
    for _ in range(2_000):
        content = whole.copy()
        match rng.integers(4):
            case 0:
                places = rng.integers(0, len(content), rng.integers(1, 9))
                content[places] = rng.integers(0, 256, len(places))
            case 1:
                content[rng.integers(len(content)) :] = 0
            case 2:
                content = content[: rng.integers(1, len(content))]
            case 3:
                first, other = rng.integers(0, len(content) // 512, 2) * 512
                content[first : first + 512] = content[other : other + 512]
        file.write_bytes(content.tobytes())
        began = time.process_time()
        try:
            found = open_workspace(file)
        except StoreError as error:
            refusals.add(str(error))
        else:
            opened += 1
            assert len(found.runs) <= 2
            assert all(word.isprintable() for word in found.missing)
            for one in found.runs:
                assert np.isfinite(one.run.history.records[-1].weights).all()
        slowest = max(slowest, time.process_time() - began)
    assert slowest < 2
    assert opened > 200
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()
    assert all(words.isprintable() for words in refusals)

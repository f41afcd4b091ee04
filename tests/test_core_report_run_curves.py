"""All curves of several runs in one tidy table."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
from core_samples import tiny_dataset

from core.data.config import DataConfig
from core.learning.config import TrainingConfig
from core.learning.course import Course
from core.learning.history import Change, History
from core.learning.runs import Run
from core.learning.sweep.seed_band import SeedSearch
from core.learning.training import EpochRecord, Trainer
from core.report.run_curves import (
    GIVEN_WEIGHTS,
    curves_of_run,
    curves_of_seeds,
    curves_table,
)
from core.sources.reading import ReadingConfig

CONFIG = TrainingConfig(epochs=3, batch_size=10, seed=4)
DATA = DataConfig(dataset="some/set.npz")


def run(config=CONFIG, data=DATA, changes=(), dataset=None, **more):
    history = History(config)
    for event in Trainer(dataset or tiny_dataset(), config).run():
        if isinstance(event, EpochRecord):
            history.append(event)
    for change in changes:
        history.add_change(change)
    return Run(1, history, data, ReadingConfig(), "a set", **more)


def read(*curves):
    """Return the header and the rows of the table, as another program reads them."""
    reader = csv.DictReader(io.StringIO(curves_table(curves).to_csv(), newline=""))
    return reader.fieldnames, list(reader)


def test_a_row_for_each_run_part_and_epoch_and_a_column_for_what_differs():
    one, other = run(), run(replace(CONFIG, seed=9, learning_rate=0.25))
    header, rows = read(curves_of_run("a", one), curves_of_run("b", other))
    assert header == [
        *("run", "data", "seed", "learning_rate", "part", "epoch"),
        *("score", "error", "log_likelihood"),
    ]
    assert len(rows) == 2 * 2 * 4  # runs, parts, epochs with the start
    assert len({(row["run"], row["part"], row["epoch"]) for row in rows}) == len(rows)
    for name, which, seed, rate in (("a", one, 4, CONFIG.learning_rate), ("b", other, 9, 0.25)):
        for part in ("train", "test"):
            mine = [row for row in rows if row["run"] == name and row["part"] == part]
            assert [int(row["epoch"]) for row in mine] == [0, 1, 2, 3]
            assert {(row["data"], int(row["seed"])) for row in mine} == {("a set", seed)}
            assert {float(row["learning_rate"]) for row in mine} == {rate}
            for metric in ("score", "error", "log_likelihood"):
                values = [float(row[metric]) for row in mine]
                assert values == which.history.curve(part, metric).tolist()  # exactly


def test_of_runs_that_differ_in_nothing_but_the_seed_no_setting_is_told():
    header, _ = read(curves_of_run("a", run()), curves_of_run("b", run(replace(CONFIG, seed=5))))
    assert header[:5] == ["run", "data", "seed", "part", "epoch"]


def test_a_setting_changed_on_the_way_has_the_value_that_was_learnt_with():
    changes = (Change(1.5, 9, "learning_rate", 0.1, 0.5), Change(2.0, 12, "epochs", 3, 9))
    header, rows = read(curves_of_run("a", run(changes=changes)))
    assert header[3] == "learning_rate"
    assert "epochs" not in header
    rates = [float(row["learning_rate"]) for row in rows if row["part"] == "test"]
    assert rates == [0.1, 0.1, 0.5, 0.5]


def test_data_images_added_and_given_weights_tell_runs_apart():
    added = tiny_dataset().with_sample(np.zeros(12), 1).extra
    header, rows = read(
        curves_of_run("a", run()),
        curves_of_run("b", run(data=replace(DATA, train_size=77), added=added)),
        curves_of_run("c", run(is_own_start=False)),
    )
    assert header[3:6] == ["train_size", "added_images", "init"]
    firsts = {row["run"]: [row[name] for name in header[3:6]] for row in rows}
    assert firsts["a"] == [str(DATA.train_size), "0", CONFIG.init]
    assert firsts["b"] == ["77", "1", CONFIG.init]
    assert firsts["c"] == [str(DATA.train_size), "0", GIVEN_WEIGHTS]


def test_a_validation_part_is_one_more_part():
    dataset = tiny_dataset().sized(DataConfig(train_size=50, validation_size=10))
    _, rows = read(curves_of_run("a", run(dataset=dataset)))
    assert {row["part"] for row in rows} == {"train", "test", "validation"}


def test_a_run_repeated_with_seeds_has_the_rows_of_each():
    repeated, search = run(), SeedSearch(tiny_dataset(), Course(CONFIG), 3)
    for _ in search.run():
        pass
    band = search.found()
    _, rows = read(*curves_of_seeds("3 seeds", repeated, band))
    assert len(rows) == 3 * 2 * len(band.epochs)
    for member, seed in enumerate(band.seeds):
        likes = [
            float(row["log_likelihood"])
            for row in rows
            if int(row["seed"]) == seed and row["part"] == "test"
        ]
        assert likes == band.curves["test_log_likelihood"][:, member].tolist()


def test_what_is_no_number_is_written_as_pandas_and_r_read_it():
    diverged = run()
    diverged.history.append(
        replace(
            diverged.history.records[-1],
            epoch=4,
            train_log_likelihood=float("-inf"),
            test_log_likelihood=float("nan"),
        )
    )
    _, rows = read(curves_of_run("a", diverged))
    last = {row["part"]: row["log_likelihood"] for row in rows if row["epoch"] == "4"}
    assert last == {"train": "-Inf", "test": "NaN"}

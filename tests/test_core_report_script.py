"""A run as a script: a clean interpreter with NumPy alone learns the same."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from core.command_line import parse_arguments
from core.data.config import DataConfig
from core.errors import SettingError
from core.learning.config import TrainingConfig
from core.learning.course import Course
from core.learning.history import History
from core.learning.training import EpochRecord, Trainer
from core.report.script import images_of, script_of
from core.report.writing import run_report
from core.sources import DEFAULT_SOURCE, open_dataset

if TYPE_CHECKING:
    from pathlib import Path

    from core.data.dataset import Dataset
    from core.learning.records import Checkpoint

STEPS = 10
"""Updates of an epoch, of 100 images in batches of 10."""


def strokes(**settings: Any) -> Dataset:
    settings = {"train_size": 100, "test_size": 80} | settings
    return open_dataset(DEFAULT_SOURCE).sized(DataConfig(dataset=DEFAULT_SOURCE, **settings))


def of_many_classes() -> Dataset:
    """Return 47 classes of fractions of grey."""
    rng = np.random.default_rng(3)
    dataset = strokes()
    names = tuple(f"letter {k}" for k in range(47))
    parts = {}
    for part in ("train", "test"):
        labels = rng.integers(0, 47, 90)
        images = rng.random((90, dataset.n_features), np.float32)
        for array in (images, labels):
            array.flags.writeable = False
        parts[part] = replace(dataset.split(part), images=images, labels=labels)
    return replace(dataset, class_names=names, **parts)


def learnt(
    dataset: Dataset,
    config: TrainingConfig,
    changes: dict[int, dict[str, Any]],
    start: Checkpoint | None = None,
) -> tuple[History, Course]:
    """Learn as the window does: one update at a time, with changes before some of them."""
    trainer, history = Trainer(dataset, config, start=start), History(config)
    course = Course(config, start)
    trainer.batches_per_record = 1
    for event in trainer.run():
        if isinstance(event, EpochRecord):
            history.append(event)
        if event.step in changes:
            trainer.change(**changes[event.step])
            course = course.then(event.step, trainer.config)
    return history, course


def told(history: History) -> list[str]:
    """Return what the script has to print of each epoch."""
    lines = []
    for record in history.records:
        words = f"epoch {record.epoch}"
        for part in ("train", "test", "validation"):
            score = getattr(record, f"{part}_score")
            if score is not None:
                like = getattr(record, f"{part}_log_likelihood")
                words += f"  {part} {score:.4f} {like:.4f}"
        lines.append(words)
    return lines


def printed(folder: Path, dataset: Dataset, course: Course, last: int, title: str = "") -> str:
    """Write the script and what it needs, run it with NumPy alone, and return what it prints."""
    script = folder / "run.py"
    script.write_bytes(script_of(dataset, course, last, title))
    (folder / "run.images.npz").write_bytes(images_of(dataset, course))
    assert len(script.read_text().splitlines()) < 120
    # Isolated: neither this project nor its directory is on the path, and only NumPy is imported.
    watched = (
        "import runpy, sys; names = runpy.run_path(sys.argv[1]);"
        "assert not {'core', 'gui', 'PySide6'} & set(sys.modules);"
        "names['np'].save(sys.argv[2], names['W'])"
    )
    words = [sys.executable, "-I", "-W", "error", "-c", watched, script, folder / "W.npy"]
    done = subprocess.run(words, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


USUAL = TrainingConfig(batch_size=10, epochs=3)
RUNS: dict[str, tuple[Dataset, TrainingConfig, dict[int, dict[str, Any]]]] = {
    "zeros, file order": (strokes(), replace(USUAL, shuffle=False), {}),
    "changes within an epoch": (
        strokes(),
        replace(USUAL, init="uniform", seed=5),
        {3: {"learning_rate": 0.02, "batch_size": 7}, 17: {"l2": 0.01}},
    ),
    "momentum and decay": (
        strokes(train_size=93),
        replace(USUAL, momentum=0.9, l2=0.003, init="normal"),
        {12: {"momentum": 0.0}, 15: {"momentum": 0.5}},
    ),
    "validation, wrong labels, noise": (
        strokes(validation_size=30, label_noise=10.0, pixel_noise=0.1),
        replace(USUAL, batch_size=1000),
        {2: {"batch_size": 20}},
    ),
    "47 classes": (of_many_classes(), USUAL, {}),
    "adversary of the largest change": (strokes(), replace(USUAL, adversary="linf"), {}),
    "adversary of the length": (
        strokes(),
        replace(USUAL, adversary="l2", adversary_size=0.5, momentum=0.3),
        {},
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_the_script_learns_and_prints_the_same(tmp_path: Path, name: str) -> None:
    dataset, config, changes = RUNS[name]
    history, course = learnt(dataset, config, changes)
    lines = printed(tmp_path, dataset, course, history.records[-1].epoch).splitlines()
    best = history.best
    held = "test" if best.validation_score is None else "validation"
    like = getattr(best, f"{held}_log_likelihood")
    assert lines == [
        *told(history),
        f"best: epoch {best.epoch}, {held} log-likelihood {like:.4f}",
    ]
    np.testing.assert_array_equal(np.load(tmp_path / "W.npy"), history.records[-1].weights)


def test_a_branch_and_a_start_that_was_given(tmp_path: Path) -> None:
    dataset = strokes()
    config = replace(USUAL, momentum=0.9, seed=2)
    parent, course = learnt(dataset, config, {4: {"learning_rate": 0.05}})
    left = parent.records[1].checkpoint
    other = replace(course.last_config, adversary="linf", l2=0.01, seed=9, shuffle=False)
    branch, _ = learnt(dataset, other, {}, left)
    told_to_both = replace(course.until(left.step), epoch=1).then(left.step, other)
    lines = printed(tmp_path, dataset, told_to_both, 3).splitlines()
    assert lines[1:-1] == told(branch)
    np.testing.assert_array_equal(np.load(tmp_path / "W.npy"), branch.records[-1].weights)

    alone, course = learnt(dataset, other, {}, left)
    lines = printed(tmp_path, dataset, course, 3).splitlines()
    assert lines[:-1] == told(alone)
    np.testing.assert_array_equal(np.load(tmp_path / "W.npy"), branch.records[-1].weights)


def test_it_says_only_what_the_run_has(tmp_path: Path) -> None:
    plain = script_of(strokes(), Course(replace(USUAL, shuffle=False)), 2, "").decode()
    for word in ("momentum", "decay", "Worst", "CHANGES", "seed", "shuffle", "budget", "#?", "$"):
        assert word not in plain, word
    shuffled = script_of(strokes(), Course(USUAL), 2, "").decode()
    assert "permutation" in shuffled
    assert "momentum" not in shuffled


def test_a_title_is_a_comment_whatever_it_holds(tmp_path: Path) -> None:
    title = 'a"""\nimport os\rraise SystemExit(3)\x0c\u2028$last \\N \udcff {x}'
    out = printed(tmp_path, strokes(), Course(replace(USUAL, epochs=1)), 1, title)
    assert out.count("epoch 1") >= 1


def test_the_command_line_writes_the_run_it_describes(tmp_path: Path) -> None:
    words = ["--script", str(tmp_path / "run.py"), "--train-size", "90", "--test-size", "70"]
    arguments = parse_arguments([*words, "--epochs", "2", "--init", "normal", "--seed", "4"])
    out, err = io.StringIO(), io.StringIO()
    assert run_report(arguments, err, out) == 0
    assert (out.getvalue(), err.getvalue()) == (f"{tmp_path / 'run.py'}\n", "")
    history, _ = learnt(strokes(train_size=90, test_size=70), arguments.training, {})
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "run.py"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[:-1] == told(history)


def test_bad_input_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"--script must be a file that ends in \.py, not 'run'"):
        parse_arguments(["--script", "run"])
    err = io.StringIO()
    nowhere = parse_arguments(["--script", str(tmp_path / "none" / "run.py")])
    assert run_report(nowhere, err) == 2
    assert "cannot be written" in err.getvalue()
    no_data = parse_arguments(["--script", str(tmp_path / "run.py"), "--dataset", "nothing"])
    assert run_report(no_data, io.StringIO()) == 2
    assert not list(tmp_path.iterdir())

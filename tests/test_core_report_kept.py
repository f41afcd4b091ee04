"""Reports of runs that a file keeps, and files that a report keeps."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import write_idx

from core.command_line import parse_arguments
from core.errors import SettingError
from core.learning.history import Change
from core.report.writing import FILES, run_report
from core.store.kept import Workspace
from core.store.reading import open_workspace
from core.store.writing import save_workspace

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """IDX files of 30 by 20 images."""
    write_images(tmp_path / "data", seed=1)
    return tmp_path / "data"


def write_images(folder: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    folder.mkdir(exist_ok=True)
    for part, n in (("train", 30), ("t10k", 20)):
        images = rng.integers(0, 256, (n, 4, 5), np.uint8)
        images[:, 0] = 0  # a ground
        write_idx(folder / f"{part}-images-idx3-ubyte", images)
        write_idx(folder / f"{part}-labels-idx1-ubyte", (np.arange(n) % 3).astype(np.uint8))


def report(*words: object) -> tuple[int, str]:
    err = io.StringIO()
    return run_report(parse_arguments([str(word) for word in words]), err, io.StringIO()), (
        err.getvalue()
    )


def summary(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "summary.json").read_text(encoding="utf-8")))


@pytest.fixture
def kept(tmp_path: Path, data: Path) -> Path:
    """A file that a report has kept its run in."""
    file = tmp_path / "runs.perceptron"
    words = "--dataset", data, "--epochs", 3, "--momentum", 0.5, "--batch-size", 7, "--init"
    told = report("--report", tmp_path / "one", "--save", file, *words, "uniform", "--seed", 4)
    assert told == (0, "")
    return file


def test_a_run_that_was_kept_gives_the_same_report(tmp_path: Path, kept: Path) -> None:
    assert report("--report", tmp_path / "two", "--workspace", kept) == (0, "")
    one, two = summary(tmp_path / "one"), summary(tmp_path / "two")
    (again,) = two["runs"]
    assert two["missing"] == []
    assert again.pop("name") == "run 1"
    for found in (one, again):
        del found["seconds"]
    assert again == one
    names = {f"run-1-{name}" for name in FILES if name != "summary.json"}
    assert {path.name for path in (tmp_path / "two").iterdir()} == names | {
        "index.html",
        "summary.json",
    }
    for name in FILES:
        if name.endswith((".png", ".csv")):
            assert (tmp_path / "two" / f"run-1-{name}").read_bytes() == (
                tmp_path / "one" / name
            ).read_bytes()
    page = (tmp_path / "two" / "run-1-index.html").read_text(encoding="utf-8")
    assert 'src="run-1-curves.png"' in page
    assert "What run 1 learnt" in page
    assert "measuring" not in page
    assert 'href="run-1-index.html"' in (tmp_path / "two" / "index.html").read_text("utf-8")


def test_several_runs_with_changes_notes_and_other_attacks(tmp_path: Path, kept: Path) -> None:
    (first,) = open_workspace(kept).runs
    first.run.history.add_change(Change(1.0, 5, "learning_rate", 0.1, 0.2))
    second = replace(
        first, run=replace(first.run, key=2), name="<b>slow</b>", notes="the one of Monday"
    )
    save_workspace(kept, Workspace((first, second)))
    words = "--attack-target", "2", "--attack-steps", 9
    assert report("--report", tmp_path / "two", "--workspace", kept, *words) == (0, "")
    runs = summary(tmp_path / "two")["runs"]
    assert [run["name"] for run in runs] == ["run 1", "<b>slow</b>"]
    assert all(run["config"]["attack"]["steps"] == 9 for run in runs)
    assert runs[0]["notes"][-1] == "epoch 1: learning rate 0.1 → 0.2."
    assert "the one of Monday" in runs[1]["notes"]
    index = (tmp_path / "two" / "index.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;slow&lt;/b&gt;" in index
    assert "What 2 perceptrons learnt" in index


def test_other_data_or_none_are_named(tmp_path: Path, data: Path, kept: Path) -> None:
    write_images(data, seed=2)
    code, told = report("--report", tmp_path / "two", "--workspace", kept)
    assert code == 2
    assert "what lies there now is other data" in told
    for path in data.iterdir():
        path.unlink()
    data.rmdir()
    code, told = report("--report", tmp_path / "two", "--workspace", kept)
    assert code == 2
    assert f"opened from {data}, which cannot be opened here" in told
    save_workspace(kept, Workspace(()))
    code, told = report("--report", tmp_path / "two", "--workspace", kept)
    assert (code, "there is no run in it" in told) == (2, True)
    assert not (tmp_path / "two").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--save", "a.perceptron"], "--save goes with --report DIR"),
        (["--workspace", "a.perceptron"], "--workspace goes with --report DIR"),
        (["--report", "d", "--save", "a.db"], "must end in .perceptron, not 'a.db'"),
        (["--report", "d", "--workspace", "a.perceptron", "--seed", "3"], "leave out --seed"),
        (["--report", "d", "--workspace", "a.perceptron", "--preset", "tp"], "out --preset"),
        (
            ["--report", "d", "--workspace", "a.perceptron", "--save", "b.perceptron"],
            "leave out --save",
        ),
    ],
)
def test_options_that_mean_nothing_together_are_refused(words: list[str], told: str) -> None:
    with pytest.raises(SettingError) as caught:
        parse_arguments(words)
    assert told in str(caught.value)

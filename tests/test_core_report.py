from __future__ import annotations

import csv
import errno
import gzip
import io
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from core_samples import write_content, write_idx
from PIL import Image

import core.report.files
import core.report.run
import core.report.writing
from core.command_line import parse_arguments
from core.data.dataset import make_dataset
from core.errors import ReportError
from core.learning.config import TrainingConfig
from core.learning.history import History
from core.learning.training import EpochRecord
from core.report.drawing import draw
from core.report.pictures import curves_figure
from core.report.writing import FILES, PICTURES, run_report, write_report
from core.sources import open_dataset
from core.words import one_line

REPOSITORY = Path(__file__).resolve().parents[1]
TINY_OPTIONS = ["--epochs", "6", "--batch-size", "8", "--init", "uniform", "--no-shuffle"]


def make_samples(n: int, n_classes: int, shape: tuple[int, int], seed: int):
    """Noisy prototypes in 0..255: learnable, never perfectly."""
    prototypes = np.random.default_rng(7).random((n_classes, *shape))
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) % n_classes).astype(np.uint8)
    images = prototypes[labels] + 0.6 * rng.standard_normal((n, *shape))
    return (255 * np.clip(images, 0, 1)).astype(np.uint8), labels


@pytest.fixture
def idx_folder(tmp_path):
    """A folder with the four IDX files: 3 classes of 4 x 6 images."""
    folder = tmp_path / "idx"
    folder.mkdir()
    for part, n, seed in (("train", 61, 1), ("t10k", 30, 2)):
        images, labels = make_samples(n, 3, (4, 6), seed)
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", labels)
    return folder


def made_up(n_classes: int, shape: tuple[int, int], names: list[str], absent: int = 0):
    """A data set in memory; the last ``absent`` classes have no sample."""
    parts = []
    for n, seed in ((4 * n_classes, 1), (3 * n_classes, 2)):
        images, labels = make_samples(n, n_classes - absent, shape, seed)
        parts.append((images, labels.astype(np.int64)))
    return make_dataset("made up & <odd>", "here", *parts, image_shape=shape, class_names=names)


def listing(folder: Path) -> dict[str, bytes | None]:
    """Every path below ``folder`` with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def has_colour(pixels: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((np.abs(pixels - colour).max(axis=-1) <= 12).any())


class Page(HTMLParser):
    """Checks nesting and gathers what the page links to."""

    VOID = ("meta", "img", "br", "link")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.alts: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.links += [found[name] for name in ("src", "href") if name in found]
        if tag == "img":
            self.alts.append(found["alt"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def run(words: list[str]) -> tuple[int, str, str]:
    stderr, stdout = io.StringIO(), io.StringIO()
    code = run_report(parse_arguments(words), stderr, stdout)
    return code, stdout.getvalue(), stderr.getvalue()


def plain_softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def plain_run(dataset, seed, epochs, batch, rate=0.1):
    """Weights after each epoch, epoch 0 first: the notebook's loop."""
    x = np.hstack([np.ones((dataset.train.n_samples, 1)), dataset.train.images]).astype(float)
    t = np.eye(dataset.n_classes)[dataset.train.labels]
    w = np.random.default_rng(seed).random((dataset.n_classes, x.shape[1]))
    found = [w]
    for _ in range(epochs):
        for i in range(0, len(x), batch):
            xb, tb = x[i : i + batch], t[i : i + batch]
            w = w + rate * (tb - plain_softmax(xb @ w.T)).T @ xb / len(xb)
        found.append(w)
    return found


def plain_probabilities(w, images):
    return plain_softmax(images.astype(float) @ w[:, 1:].T + w[:, 0])


def test_summary_holds_what_plain_numpy_computes(idx_folder, tmp_path):
    words = [*TINY_OPTIONS, "--dataset", str(idx_folder), "--seed", "3", "--attack-target", "1"]
    words += ["--attack-toward", "2", "--attack-steps", "40"]
    summary = write_report(parse_arguments(words), tmp_path / "out")
    assert json.loads((tmp_path / "out" / "summary.json").read_text()) == summary

    dataset = open_dataset(str(idx_folder))
    assert summary["dataset"] == {
        "name": "idx",
        "source": str(idx_folder),
        "n_train": 61,
        "n_test": 30,
        "n_validation": 0,
        "image_shape": [4, 6],
        "classes": ["0", "1", "2"],
        "hash": dataset.content_hash,
    }
    assert summary["config"]["dataset"] == str(idx_folder)
    assert summary["config"]["learning_rate"] == 0.1
    assert summary["config"]["batch_size"] == 8
    assert summary["config"]["shuffle"] is False
    assert summary["config"]["attack"]["toward"] == 2
    assert summary["config"]["attack"]["start"] is None

    weights = plain_run(dataset, seed=3, epochs=6, batch=8)
    assert [row["epoch"] for row in summary["epochs"]] == list(range(7))
    for w, row in zip(weights, summary["epochs"], strict=True):
        assert len(row) == 5
        for part in ("train", "test"):
            split = dataset.split(part)
            y = plain_probabilities(w, split.images)
            true = y[np.arange(split.n_samples), split.labels]
            assert row[f"{part}_score"] == pytest.approx((y.argmax(1) == split.labels).mean())
            assert row[f"{part}_log_likelihood"] == pytest.approx(np.log(true).mean(), abs=1e-4)
    held_out = [row["test_log_likelihood"] for row in summary["epochs"]]
    assert summary["best_epoch"] == int(np.argmax(held_out))

    y = plain_probabilities(weights[-1], dataset.train.images)
    expected = []
    for k in range(3):
        wrong = np.flatnonzero((dataset.train.labels == k) & (y.argmax(1) != k))
        if len(wrong):
            i = wrong[y[wrong].max(axis=1).argmax()]
            expected.append((k, int(y[i].argmax()), int(i), float(y[i].max())))
    found = [(m["class"], m["predicted"], m["index"], m["probability"]) for m in summary["worst"]]
    assert expected
    assert [m[:3] for m in found] == [m[:3] for m in expected]
    assert [m[3] for m in found] == pytest.approx([m[3] for m in expected], abs=1e-4)

    attack = summary["attack"]
    assert attack["target"] == 1
    w, chosen = weights[-1], dataset.train.images[2].astype(float)
    x = noise = np.random.default_rng(0).random(24) / 100
    for row in attack["probabilities"]:
        p = plain_probabilities(w, x)
        assert row == pytest.approx(p, abs=2e-4)
        last = x
        jacobian = np.diag(p) - np.outer(p, p)
        residual = np.eye(3)[1] - p
        x = x + 0.1 * (w[:, 1:].T @ jacobian @ residual) - 0.1 * 0.12 * (x - chosen)
    assert len(attack["probabilities"]) == 41
    assert attack["l2"] == pytest.approx(np.linalg.norm(last - noise), abs=1e-3)
    assert attack["linf"] == pytest.approx(np.abs(last - noise).max(), abs=1e-3)
    assert attack["sentence"].startswith(f"Noise pulled toward class {dataset.train.labels[2]} ")
    away = f"The result is {np.linalg.norm(last - chosen):.2f}"
    assert away in Page((tmp_path / "out" / "index.html").read_text()).text
    assert attack["pixel_min"] == pytest.approx(last.min(), abs=1e-3)
    assert attack["pixel_max"] == pytest.approx(last.max(), abs=1e-3)
    assert set(summary["seconds"]) == {"train", "evaluate", "total"}
    assert 0 < summary["seconds"]["train"] < summary["seconds"]["total"]


@pytest.fixture(scope="module")
def digits_report(tmp_path_factory):
    """A report on the 8 x 8 digits, with a validation part."""
    folder = tmp_path_factory.mktemp("digits") / "report"
    words = ["--dataset", "digits8", "--epochs", "8", "--validation-size", "200"]
    return folder, write_report(parse_arguments(words), folder)


def test_report_has_exactly_its_files(digits_report):
    folder, _ = digits_report
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


def test_validation_is_reported_and_chooses_the_best_epoch(digits_report):
    _, summary = digits_report
    assert summary["dataset"]["n_train"] == 1097
    assert summary["dataset"]["n_validation"] == 200
    curve = [row["validation_log_likelihood"] for row in summary["epochs"]]
    assert summary["best_epoch"] == int(np.argmax(curve))
    assert summary["epochs"][-1]["train_score"] > 0.9
    assert summary["attack"]["probabilities"][-1][7] > summary["attack"]["probabilities"][0][7]
    assert len(summary["attack"]["probabilities"]) == 201


def test_curves_csv_agrees_with_the_summary(digits_report):
    folder, summary = digits_report
    rows = list(csv.DictReader((folder / "curves.csv").read_text().splitlines()))
    assert len(rows) == len(summary["epochs"]) == 9
    for row, epoch in zip(rows, summary["epochs"], strict=True):
        assert {name: float(value) for name, value in row.items()} == epoch


def test_pictures_are_large_and_show_what_they_should(digits_report):
    folder, _ = digits_report
    for name in PICTURES:
        pixels = picture(folder / name)
        assert pixels.shape[1] >= 1400
        assert pixels.shape[0] >= 800
        assert has_colour(pixels, (255, 255, 255))
        # A margin all around: nothing is clipped.
        assert (pixels[:10] == 255).all()
        assert (pixels[:, :10] == 255).all()
        assert (pixels[:, -10:] == 255).all()
    weights = picture(folder / "weights.png")
    assert has_colour(weights, (103, 0, 31))
    assert has_colour(weights, (5, 48, 97))
    for name in ("means.png", "worst.png"):
        grey = picture(folder / name)
        assert (grey[..., 0] < 40).mean() > 0.1
        assert not has_colour(grey, (178, 24, 43))
    curves = picture(folder / "curves.png")
    for colour in ((0, 114, 178), (213, 94, 0), (0, 132, 96), (255, 205, 40)):
        assert has_colour(curves, colour)
    attack = picture(folder / "attack.png")
    assert has_colour(attack, (0, 0, 0))
    assert has_colour(attack, (103, 0, 31)) or has_colour(attack, (5, 48, 97))


def test_page_shows_every_picture_and_the_numbers(digits_report):
    folder, summary = digits_report
    page = Page((folder / "index.html").read_text("utf-8"))
    for name in (*PICTURES, "curves.csv", "summary.json"):
        assert name in page.links
    assert all(not link.startswith(("http", "/")) for link in page.links)
    assert len(page.alts) == len(PICTURES)
    assert all(page.alts)
    assert f"epoch {summary['best_epoch']}" in page.text
    assert summary["attack"]["sentence"] in page.text
    assert f"{100 * summary['epochs'][-1]['test_score']:.1f} %" in page.text
    assert "--learning-rate" in page.text


@pytest.mark.parametrize(
    ("n_classes", "shape", "absent"),
    [(2, (28, 28), 0), (47, (12, 20), 1), (3, (30, 5), 0), (2, (1, 1), 0)],
)
def test_any_number_of_classes_and_any_shape(n_classes, shape, absent, tmp_path, monkeypatch):
    names = [f"class {k}, whose name is rather long – déjà 日" for k in range(n_classes)]
    dataset = made_up(n_classes, shape, names, absent)
    monkeypatch.setattr(core.report.run, "open_dataset", lambda *_: dataset)
    arguments = parse_arguments(["--epochs", "2", "--attack-steps", "5"])
    summary = write_report(arguments, tmp_path / "out")
    assert summary["attack"]["target"] == min(7, n_classes - 1)
    assert len(summary["attack"]["probabilities"][0]) == n_classes
    assert summary["dataset"]["classes"] == names
    for name in PICTURES:
        pixels = picture(tmp_path / "out" / name)
        assert (pixels[:, :10] == 255).all()
        assert (pixels[:, -10:] == 255).all()
        assert pixels.min() < 100
    text = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "<odd>" not in text
    assert "made up & <odd>" in Page(text).text


def test_diverged_run_is_reported_up_to_its_last_finite_epoch(tmp_path):
    words = ["--dataset", "digits8", "--learning-rate", "1000", "--l2", "1", "--batch-size", "300"]
    code, stdout, stderr = run([*words, "--epochs", "40", "--report", str(tmp_path / "out")])
    assert (code, stdout, stderr) == (0, f"{tmp_path / 'out'}\n", "")
    summary = json.loads(
        (tmp_path / "out" / "summary.json").read_text(), parse_constant=pytest.fail
    )
    assert "learning rate 1000" in summary["diverged"]
    assert 1 <= len(summary["epochs"]) < 41
    assert summary["diverged"] in Page((tmp_path / "out" / "index.html").read_text()).text
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)


def test_attack_that_overflows_stops_at_its_last_finite_step(tmp_path):
    words = ["--dataset", "digits8", "--epochs", "1", "--attack-toward", "0"]
    words += ["--attack-rate", "1000", "--attack-pull", "100"]
    summary = write_report(parse_arguments(words), tmp_path / "out")
    stopped = summary["attack"]["stopped_at"]
    assert len(summary["attack"]["probabilities"]) == stopped < 200
    assert f"overflowed at step {stopped}" in summary["attack"]["sentence"]


def test_images_asked_for_but_not_there_are_noted(tmp_path):
    words = ["--dataset", "digits8", "--epochs", "1", "--train-size", "999999"]
    code, _, stderr = run([*words, "--report", str(tmp_path / "out")])
    assert code == 0
    assert stderr.startswith("note: ")
    assert stderr.count("\n") == 1
    assert "--train-size 999999" in stderr
    assert "1297" in stderr
    code, _, stderr = run([*words[:-2], "--report", str(tmp_path / "out")])
    assert (code, stderr) == (0, "")


def test_what_is_said_of_the_data_stands_in_the_report(tmp_path):
    """All that the window says: a part left out, turned over, another scale, a split."""
    rows = [f"{k},{k % 2}," + ",".join(["100"] * 5 + ["3"] * 2 + ["100"] * 9) for k in range(12)]
    header = ["", "label", *(f"pixel{k}" for k in range(16))]
    path = tmp_path / "train.csv"
    path.write_text("\n".join([",".join(header), *rows]))
    (tmp_path / "test.csv").write_text("1,2\n")
    notes = open_dataset(str(path)).notes
    for words in ("left out", "numbers the rows", "turned over", "full ink", "no test part"):
        assert any(words in note for note in notes), words
    words = ["--dataset", str(path), "--epochs", "1", "--train-size", "500"]
    code, _, stderr = run([*words, "--report", str(tmp_path / "out")])
    said = json.loads((tmp_path / "out" / "summary.json").read_text())
    page = Page((tmp_path / "out" / "index.html").read_text()).text
    assert code == 0
    assert said["notes"][:-1] == list(notes)
    assert "--train-size 500 asked for more" in said["notes"][-1]
    assert stderr.splitlines() == [f"note: {note}" for note in said["notes"]]
    assert all(note in page for note in said["notes"])


def test_how_the_data_were_read_stands_in_the_report(tmp_path):
    words = ["--dataset", "digits8", "--epochs", "1", "--ink", "light", "--full-ink", "16"]
    summary = write_report(parse_arguments(words), tmp_path / "out")
    assert summary["config"]["ink"] == "light"
    assert summary["config"]["full_ink"] == 16
    page = Page((tmp_path / "out" / "index.html").read_text()).text
    assert "--ink" in page
    assert "--full-ink" in page


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


def spoil(folder: Path, how: str) -> None:
    images = folder / "train-images-idx3-ubyte.gz"
    labels = folder / "train-labels-idx1-ubyte.gz"
    if how == "truncated":
        truncate(images)
    elif how == "empty":
        images.write_bytes(b"")
    elif how == "empty gzip":
        write_content(images, b"")
    elif how == "mismatch":
        write_idx(labels, np.zeros(60, dtype=np.uint8))
    elif how == "label":
        content = bytearray(gzip.decompress(labels.read_bytes()))
        content[-1] = 200
        write_content(labels, bytes(content))


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("truncated", "ends early"),
        ("empty", "empty"),
        ("empty gzip", "header"),
        ("mismatch", "61 images"),
        ("label", "label 200"),
    ],
)
def test_damaged_data_leave_nothing_behind(how, expected, idx_folder, tmp_path):
    spoil(idx_folder, how)
    before = listing(tmp_path)
    code, stdout, stderr = run(
        ["--dataset", str(idx_folder), "--report", str(tmp_path / "a" / "b")]
    )
    assert (code, stdout) == (2, "")
    assert stderr.startswith("error: ")
    assert stderr.count("\n") == 1
    assert expected in stderr
    assert listing(tmp_path) == before


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--dataset", "/no/such\nplace"], "no such file"),
        (["--dataset", "digits8", "--attack-target", "12"], "its classes are 0, 1, 2"),
        (["--dataset", "digits8", "--attack-start", "99999"], "choose 0 to 1296"),
        (["--dataset", "digits8", "--attack-toward", "1297"], "choose 0 to 1296"),
        (["--dataset", "digits8", "--validation-size", "5000"], "choose fewer than 1297"),
    ],
)
def test_bad_settings_are_found_before_training(words, expected, tmp_path, monkeypatch):
    monkeypatch.setattr(core.report.run, "_train", lambda *_: pytest.fail("trained"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    before = listing(tmp_path)
    code, stdout, stderr = run([*words, "--report", str(tmp_path / "out")])
    assert (code, stdout) == (2, "")
    assert stderr.startswith("error: ")
    assert stderr.count("\n") == 1
    assert expected in stderr
    assert listing(tmp_path) == before


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/no/such/place", "out", "x" * 300])
def test_folder_that_cannot_be_written_is_found_before_training(place, tmp_path, monkeypatch):
    monkeypatch.setattr(core.report.writing, "run_everything", lambda *_: pytest.fail("trained"))
    (tmp_path / "file").write_text("mine")
    (tmp_path / "out" / "index.html").mkdir(parents=True)
    before = listing(tmp_path)
    code, stdout, stderr = run(["--dataset", "digits8", "--report", str(tmp_path / place)])
    assert (code, stdout) == (2, "")
    assert stderr.startswith("error: ")
    assert stderr.count("\n") == 1
    assert place.split("/")[-1] in stderr
    assert "after --report" in stderr
    assert listing(tmp_path) == before


@pytest.mark.parametrize("place", ["new", "a/b/c", "existing"])
@pytest.mark.parametrize("n_written", [0, 1, 5])
def test_full_disk_leaves_everything_as_it_was(place, n_written, tmp_path, monkeypatch):
    (tmp_path / "existing").mkdir()
    (tmp_path / "existing" / "summary.json").write_text("an earlier report")
    before = listing(tmp_path)
    write, written = core.report.files.write_through, []

    def full(path, content):
        if len(written) >= n_written:
            write(path, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(path)
        write(path, content)

    monkeypatch.setattr(core.report.files, "write_through", full)
    words = ["--dataset", "digits8", "--epochs", "1", "--report", str(tmp_path / place)]
    code, stdout, stderr = run(words)
    assert (code, stdout) == (2, "")
    assert stderr.count("\n") == 1
    assert "No space left on device" in stderr
    assert listing(tmp_path) == before


def test_failing_move_brings_the_earlier_report_back(tmp_path, monkeypatch):
    (tmp_path / "curves.png").write_text("earlier")
    (tmp_path / "notes.txt").write_text("mine")
    before = listing(tmp_path)
    replace, calls = os.replace, []

    def third_fails(source, target):
        calls.append(target)
        if len(calls) == 3:
            raise OSError(errno.EIO, "Input/output error")
        replace(source, target)

    monkeypatch.setattr(core.report.files.os, "replace", third_fails)
    with pytest.raises(ReportError, match="Input/output error"):
        write_report(parse_arguments(["--dataset", "digits8", "--epochs", "1"]), tmp_path)
    assert len(calls) > 3
    assert listing(tmp_path) == before


def test_interrupted_run_leaves_nothing_and_says_so(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(core.report.run, "_train", interrupted)
    code, stdout, stderr = run(["--dataset", "digits8", "--report", str(tmp_path / "a" / "b")])
    assert (code, stdout) == (130, "")
    assert stderr.count("\n") == 1
    assert listing(tmp_path) == {}


def test_second_report_replaces_the_first_and_nothing_else(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for epochs in ("1", "2"):
        words = ["--dataset", "digits8", "--epochs", epochs, "--report", str(tmp_path)]
        assert run(words)[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((*FILES, "notes.txt"))
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert len(json.loads((tmp_path / "summary.json").read_text())["epochs"]) == 3


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_bar_on_a_terminal_only_and_cleared_at_the_end(tmp_path):
    terminal, stdout = Terminal(), io.StringIO()
    arguments = parse_arguments(
        ["--dataset", "digits8", "--epochs", "3", "--report", str(tmp_path)]
    )
    assert run_report(arguments, terminal, stdout) == 0
    shown = terminal.getvalue().split("\r")
    assert any("epoch 2/3" in line for line in shown)
    assert "\n" not in terminal.getvalue()
    assert not shown[-1]
    assert not shown[-2].strip()
    assert stdout.getvalue() == f"{tmp_path}\n"


def test_messages_are_one_line_whatever_a_path_contains():
    assert one_line("a\nb\r\x1b[31mc\u2028d") == "a b [31mc d"


def run_main(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", str(REPOSITORY / "main.py"), *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={k: v for k, v in os.environ.items() if k not in ("DISPLAY", "QT_QPA_PLATFORM")},
    )


def test_main_writes_a_report_without_a_display(idx_folder, tmp_path):
    done = run_main("--report", str(tmp_path / "out"), "--dataset", str(idx_folder), *TINY_OPTIONS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path / 'out'}\n"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)


@pytest.mark.parametrize(
    "words",
    [
        ["--dataset", "digits8", "--attack-target", "10"],
        pytest.param(["--dataset", "/no/such/place"], marks=pytest.mark.long),
        pytest.param(["--dataset", "digits8", "--learning-rate", "1e9"], marks=pytest.mark.long),
    ],
)
def test_main_answers_bad_input_with_one_line_and_code_2(words, tmp_path):
    done = run_main("--report", str(tmp_path / "out"), *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert listing(tmp_path) == {}


def test_curves_cope_with_values_that_are_huge_or_not_finite():
    for likes in ([-2.3, -1e5, -1e30, np.nan, -2e38, -np.inf], [np.nan, np.nan], [-2.3]):
        history = History(TrainingConfig())
        for epoch, like in enumerate(likes):
            values = {"train_score": 0.5, "test_score": 0.4, "validation_score": None}
            values |= {f"{part}_log_likelihood": like for part in ("train", "test")}
            record = EpochRecord(
                epoch=epoch,
                step=epoch,
                validation_log_likelihood=None,
                weights=np.zeros((2, 3)),
                **values,
            )
            history.append(record)
        with Image.open(io.BytesIO(draw(curves_figure(history, "subtitle " * 50)))) as image:
            assert image.size[0] == 1600

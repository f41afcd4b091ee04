"""The film of an attack as files: read back with Pillow, csv and NumPy."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import tiny_dataset
from PIL import Image

from core.attack import AttackConfig
from core.attack import Film as AttackFilm
from core.errors import ReportError
from core.learning.config import TrainingConfig
from core.learning.training import Trainer
from core.report.drawing import draw
from core.report.files import keep
from core.report.film import (
    ANIMATIONS,
    MOST_FRAMES,
    frame_places,
    frames,
    images_npz,
    save_animation,
    step_figure,
    traces_csv,
)
from core.report.kept import Film

if TYPE_CHECKING:
    from pathlib import Path


def film_of(n_steps: int) -> Film:
    data = tiny_dataset()
    trainer = Trainer(data, TrainingConfig(epochs=5))
    list(trainer.run())
    config = AttackConfig(start=0, toward=0, target=2, steps=n_steps, pull=0.0)
    steps = list(AttackFilm(config.attack(trainer.model, data)).run())
    return Film(steps, data.train.images[0], data.image_shape, data.class_names, 2)


@pytest.fixture(scope="module")
def film() -> Film:
    return film_of(200)


@pytest.mark.parametrize(
    ("suffix", "n_steps"),
    [
        *((suffix, 40) for suffix in ANIMATIONS),
        *(pytest.param(suffix, 200, marks=pytest.mark.long) for suffix in ANIMATIONS),
    ],
)
def test_an_animation_reads_back(tmp_path: Path, suffix: str, n_steps: int) -> None:
    path, n_frames = tmp_path / f"film{suffix}", min(n_steps + 1, MOST_FRAMES)
    told = list(save_animation(path, film_of(n_steps), frames_per_second=25.0))
    assert [progress.done for progress in told] == list(range(1, n_frames + 1))
    assert {progress.total for progress in told} == {n_frames}
    with Image.open(path) as picture:
        # Pillow leaves out frames that differ in nothing, and shows the one before for longer.
        assert 10 < picture.n_frames <= n_frames
        assert picture.info.get("loop", 0) == 0
        first = np.asarray(picture.convert("RGB"), dtype=int)
        length = 0.0
        for i in range(picture.n_frames):
            picture.seek(i)
            picture.load()
            length += picture.info["duration"]
        last = np.asarray(picture.convert("RGB"), dtype=int)
    assert length == pytest.approx(40 * (n_frames - 1) + 1500, rel=0.02)
    assert (abs(first - last).max(axis=2) > 40).sum() > 200  # the change has grown
    assert list(tmp_path.iterdir()) == [path]


def test_leaving_early_leaves_no_file(film: Film, tmp_path: Path) -> None:
    making = save_animation(tmp_path / "film.gif", film)
    next(making)
    making.close()
    assert list(tmp_path.iterdir()) == []


def test_frames_are_chosen_evenly_with_both_ends() -> None:
    assert frame_places(7).tolist() == list(range(7))
    places = frame_places(1001, most=11)
    assert places.tolist() == list(range(0, 1001, 100))
    assert frame_places(151)[[0, -1]].tolist() == [0, 150]


def test_traces_read_back_exactly(film: Film) -> None:
    rows = list(csv.DictReader(io.StringIO(traces_csv(film))))
    assert len(rows) == len(film.steps)
    for row, step in zip(rows, film.steps, strict=True):
        assert int(row["step"]) == step.step
        assert row["read_as"] == film.class_names[step.predicted]
        for name in ("loss", "gradient_norm", "l2", "linf"):
            assert float(row[name]) == getattr(step, name)
        for k, name in enumerate(film.class_names):
            assert float(row[f"p {name}"]) == step.probabilities[k]


def test_images_read_back_without_pickles(film: Film) -> None:
    with np.load(io.BytesIO(images_npz(film)), allow_pickle=False) as found:
        assert found["images"].shape == (len(film.steps), *film.image_shape)
        for i, step in enumerate(film.steps):
            np.testing.assert_array_equal(found["images"][i].reshape(-1), step.image)
        np.testing.assert_array_equal(found["l2"], [step.l2 for step in film.steps])
        assert tuple(found["class_names"]) == film.class_names
        assert found["target"] == 2


def test_a_frame_shows_chosen_image_and_result_sharply(film: Film) -> None:
    (picture,) = frames(film, np.array([150]))
    pixels = np.asarray(picture.convert("RGB"), dtype=int)
    height, width = film.image_shape
    side = max(196 // max(height, width), 1)
    for image in (film.chosen, film.steps[150].image):
        levels = np.rint(255 * np.clip(image.reshape(height, width), 0, 1)).astype(int)
        large = levels.repeat(side, axis=0).repeat(side, axis=1)
        h, w = large.shape
        assert any(
            (abs(pixels[y : y + h, x : x + w, 0] - large) <= 1).all()
            for y in range(pixels.shape[0] - h)
            for x in range(pixels.shape[1] - w)
            if pixels[y, x, 0] == large[0, 0]
        )


def test_a_step_is_a_figure_with_its_numbers(film: Film) -> None:
    figure, step = step_figure(film, 150), film.steps[150]
    rows = list(csv.DictReader(io.StringIO(figure.table().to_csv())))
    found = {row["heading"].split(" ")[0]: row for row in rows[:3]}
    n = film.chosen.size
    for word, expected in (("chosen", film.chosen), ("read", step.image)):
        assert [float(found[word][f"pixel {i}"]) for i in range(n)] == expected.tolist()
    assert [float(row["probability"]) for row in rows[3:]] == step.probabilities.tolist()
    svg = draw(figure, "svg").decode()
    assert f"step {step.step}: length {step.l2:.3f}" in svg
    assert f"read as {film.class_names[step.predicted]}" in svg


def test_class_names_of_any_script_and_number_are_filmed(film: Film) -> None:
    names = ("お o", "Łódź", "العربية of a very long name")
    wide = replace(film, class_names=(*names, *map(str, range(len(film.class_names) - 3))))
    (picture,) = frames(wide, np.array([3]))
    assert picture.size[1] == next(iter(frames(film, np.array([3])))).size[1]


def test_no_film_and_wrong_names_are_refused_in_words(film: Film, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="choose an image and a target"):
        Film((), film.chosen, film.image_shape, film.class_names, 2)
    with pytest.raises(ReportError, match=r"one of \.gif, \.png, \.webp"):
        next(save_animation(tmp_path / "film.mp4", film))
    with pytest.raises(ReportError, match="choose another folder"):
        keep(tmp_path / "missing" / "a.csv", b"")

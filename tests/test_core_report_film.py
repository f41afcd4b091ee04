"""The film of an attack as files: read back with Pillow, csv and NumPy."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from core_samples import tiny_dataset
from PIL import Image

from core.attack import AttackConfig, AttackStep, frames
from core.data.dataset import read_only
from core.learning.config import TrainingConfig
from core.learning.training import Trainer
from core.report.drawing.frames import ANIMATIONS, MOST_FRAMES, Frames, animation, frame_places
from core.report.film import Film
from core.search import Drained


def film_of(n_steps: int) -> Film:
    data = tiny_dataset()
    trainer = Trainer(data, TrainingConfig(epochs=5))
    list(trainer.run())
    config = AttackConfig(start=0, toward=0, target=2, steps=n_steps, pull=0.0)
    steps = list(frames(config.attack(trainer.model, data)))
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
def test_an_animation_reads_back(suffix: str, n_steps: int) -> None:
    n_frames = min(n_steps + 1, MOST_FRAMES)
    made = Drained(lambda: animation(film_of(n_steps), suffix, frames_per_second=25.0))
    told = list(made.run())
    assert [progress.done for progress in told] == list(range(1, n_frames + 1))
    assert {progress.total for progress in told} == {n_frames}
    with Image.open(io.BytesIO(made.found())) as picture:
        assert picture.format == ANIMATIONS[suffix]
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


def test_frames_are_chosen_evenly_with_both_ends() -> None:
    assert frame_places(7).tolist() == list(range(7))
    places = frame_places(1001, most=11)
    assert places.tolist() == list(range(0, 1001, 100))
    assert frame_places(151)[[0, -1]].tolist() == [0, 150]


def test_traces_read_back_exactly(film: Film) -> None:
    rows = list(csv.DictReader(io.StringIO(film.traces().to_csv())))
    assert len(rows) == len(film.steps)
    for row, step in zip(rows, film.steps, strict=True):
        assert int(row["step"]) == step.step
        assert row["read_as"] == film.class_names[step.predicted]
        for name in ("loss", "gradient_norm", "l2", "linf"):
            assert float(row[name]) == getattr(step, name)
        for k, name in enumerate(film.class_names):
            assert float(row[f"p {name}"]) == step.probabilities[k]


def test_images_read_back_without_pickles(film: Film) -> None:
    with np.load(io.BytesIO(film.to_npz()), allow_pickle=False) as found:
        assert found["images"].shape == (len(film.steps), *film.image_shape)
        for i, step in enumerate(film.steps):
            np.testing.assert_array_equal(found["images"][i].reshape(-1), step.image)
        np.testing.assert_array_equal(found["l2"], [step.l2 for step in film.steps])
        assert tuple(found["class_names"]) == film.class_names
        assert found["target"] == 2


def test_a_frame_shows_chosen_image_and_result_sharply(film: Film) -> None:
    picture = Frames(film).draw(film.steps[150])
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


def test_class_names_of_any_script_and_number_are_filmed(film: Film) -> None:
    names = ("お o", "Łódź", "العربية of a very long name")
    wide = replace(film, class_names=(*names, *map(str, range(len(film.class_names) - 3))))
    picture = Frames(wide).draw(wide.steps[3])
    assert picture.size[1] == Frames(film).draw(film.steps[3]).size[1]


@pytest.mark.parametrize("side", [8, 20, 28])
def test_a_saved_film_has_a_bar_for_every_class(side: int) -> None:
    rng = np.random.default_rng(0)
    image = rng.random(side * side)
    probabilities = read_only(np.full(12, 1 / 12))
    step = AttackStep(0, read_only(image), probabilities, 0.0, 0.0, 0.0, 0.0)
    names = tuple(f"class {k}" for k in range(12))
    frames = Frames(Film([step], image, (side, side), names, 3))
    assert sorted(frames._shown) == list(range(12))
    picture = np.asarray(frames.draw(step))
    bars = (picture == np.array([0, 114, 178])).all(axis=-1) | (picture == [213, 94, 0]).all(
        axis=-1
    )
    assert len(np.flatnonzero(np.diff(bars.any(axis=1).astype(int)) == 1)) == 12


def test_of_noise_the_images_are_stretched() -> None:
    image = np.linspace(0.0, 0.01, 64)
    step = AttackStep(0, read_only(image), read_only(np.full(2, 0.5)), 0.0, 0.0, 0.0, 0.0)
    frames = Frames(Film([step], image, (8, 8), ("a", "b"), 0, stretched=True))
    picture = np.asarray(frames.draw(step))
    assert picture[44:236, 16:208].max() == 255
    assert picture[44:236, 16:208].min() == 0

"""Which part of an image is ink, and what full ink is: one check, whatever the file is."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pytest
from core_samples import idx_bytes, mnist_folder
from PIL import Image, ImageDraw, ImageFont

from core.errors import DatasetError
from core.sources import open_dataset
from core.sources.reading import ReadingConfig

N, SIDE = 60, 12
LABELS = np.arange(N) % 3


def drawings(n=N, side=SIDE):
    """Return bytes (n, side, side): a stroke somewhere on black."""
    rng = np.random.default_rng(5)
    images = np.zeros((n, side, side), dtype=np.uint8)
    for image in images:
        row, column = rng.integers(2, side - 4, size=2)
        image[row : row + 2, 2 : side - 2] = 255
        image[2 : side - 2, column] = rng.integers(120, 255)
    return images


def as_idx(folder, images):
    (folder / "train-images-idx3-ubyte").write_bytes(idx_bytes(images))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx_bytes(LABELS.astype(np.uint8)))
    return folder


def as_npz(folder, images):
    np.savez(folder / "set.npz", X=images, y=LABELS)
    return folder / "set.npz"


def as_pickle(folder, images):
    (folder / "set.pkl").write_bytes(pickle.dumps((images, LABELS)))
    return folder / "set.pkl"


def as_table(folder, images):
    rows = np.column_stack((LABELS, images.reshape(N, -1)))
    lines = [",".join(f"{value:g}" for value in row) for row in rows]
    (folder / "set.csv").write_text("\n".join(lines))
    return folder / "set.csv"


def as_pictures(folder, images):
    for k, image in enumerate(images):
        (folder / f"class {LABELS[k]}").mkdir(exist_ok=True)
        content = io.BytesIO()
        Image.fromarray(image).save(content, "PNG")
        (folder / f"class {LABELS[k]}" / f"{k:02}.png").write_bytes(content.getvalue())
    return folder


SOURCES = {
    "IDX": as_idx, "npz": as_npz, "pickle": as_pickle, "table": as_table, "pictures": as_pictures
}  # fmt: skip


def everything(dataset):
    """Return all images in an order of their own."""
    images = np.concatenate((dataset.train.images, dataset.test.images))
    return images[np.lexsort(images.T)]


def in_order(images):
    rows = images.reshape(len(images), -1).astype(np.float64)
    return rows[np.lexsort(rows.T)]


def assert_opens_as(path, images, **reading):
    dataset = open_dataset(str(path), ReadingConfig(**reading))
    np.testing.assert_allclose(everything(dataset), in_order(images), atol=2e-7)
    return " ".join(dataset.notes)


@pytest.mark.parametrize("source", SOURCES)
def test_dark_ink_is_turned_over_whatever_the_file_is(tmp_path, source):
    images = drawings()
    path = SOURCES[source](tmp_path, 255 - images)
    assert "dark on light and was turned over" in assert_opens_as(path, images / 255)
    assert "turned" not in assert_opens_as(path, 1 - images / 255, ink="light")


@pytest.mark.parametrize("source", SOURCES)
def test_light_ink_stays(tmp_path, source):
    images = drawings()
    path = SOURCES[source](tmp_path, images)
    assert "turned" not in assert_opens_as(path, images / 255)
    assert "turned" in assert_opens_as(path, 1 - images / 255, ink="dark")


@pytest.mark.parametrize("source", SOURCES)
def test_a_faint_scale_is_found_whatever_the_file_is(tmp_path, source):
    """Percent, in a file of bytes: 100 of 255 would be grey."""
    percent = (drawings() // 2.55).astype(np.uint8)
    assert percent.max() == 100
    path = SOURCES[source](tmp_path, percent)
    notes = assert_opens_as(path, percent / 100)
    assert "No pixel is above 100, where 255 is usual: 100 was taken as full ink." in notes
    assert "usual" not in assert_opens_as(path, percent / 255, full_ink=255)


@pytest.mark.parametrize(
    ("factor", "kind", "full"),
    [
        (16, np.uint16, 4080),  # 12 bits
        (257, np.uint16, 65535),
        (1, np.int64, 255),
        (100 / 255, np.float64, 100),
        (1 / 255, np.float32, 1),
        (1 / 255**2, np.float64, 1 / 255),  # divided twice
    ],
)
def test_full_ink_of_arrays(tmp_path, factor, kind, full):
    stored = (drawings() * float(factor)).astype(kind)
    stored[0, 0, 0] = full
    assert_opens_as(as_npz(tmp_path, stored), stored / full)


def test_half_of_full_ink_is_no_other_scale(tmp_path):
    images = drawings() // 2 + 1
    assert images.max() == 128
    assert "usual" not in assert_opens_as(as_npz(tmp_path, images), images / 255)


def test_pixels_around_0_may_be_faint_too(tmp_path):
    stored = drawings() / 255 * 0.2 - 0.1
    assert "taken as full ink" in assert_opens_as(as_npz(tmp_path, stored), stored / 0.2 + 0.5)


@pytest.mark.parametrize("low", [-0.04, -0.49])
def test_what_overshoots_is_not_taken_for_pixels_around_0(tmp_path, low):
    stored = drawings() / 255
    stored[:, 0, 0] = low
    with pytest.raises(DatasetError, match="say which value is full ink"):
        open_dataset(str(as_npz(tmp_path, stored)))
    notes = assert_opens_as(tmp_path / "set.npz", np.clip(stored, 0, 1), full_ink=1)
    assert "outside of 0..1 were brought back" in notes


def test_full_ink_may_be_said(tmp_path):
    stored = drawings().astype(np.int16) - 128
    with pytest.raises(DatasetError, match="say which value is full ink"):
        open_dataset(str(as_npz(tmp_path, stored)))
    assert_opens_as(tmp_path / "set.npz", (stored + 128) / 256, full_ink=128)
    stored = drawings() * 300.7
    with pytest.raises(DatasetError, match="say which value is full ink"):
        open_dataset(str(as_npz(tmp_path, stored)))
    notes = assert_opens_as(tmp_path / "set.npz", np.clip(stored / 50000, 0, 1), full_ink=50000)
    assert "divided by 50000" in notes
    assert "outside of 0..50000 were brought back" in notes


def test_parts_of_different_scales_are_each_looked_at(tmp_path):
    images = drawings()
    fine = images.astype(np.uint16) * 16
    np.savez(
        tmp_path / "set.npz", x_train=fine, y_train=LABELS, x_test=images, y_test=LABELS
    )  # fmt: skip
    dataset = open_dataset(str(tmp_path / "set.npz"))
    for split in (dataset.train, dataset.test):
        np.testing.assert_allclose(in_order(split.images), in_order(images) / 255, atol=2e-7)
    assert any("4080 was taken as full ink" in note for note in dataset.notes)


def letters():
    """As notMNIST: letters cut out at their edges, so that many have ink in most of the frame."""
    images = []
    for size in (30, 40, 50, 64):
        for letter in "ABCDEFGHIJ":
            sheet = Image.new("L", (120, 120))
            ImageDraw.Draw(sheet).text((20, 20), letter, 255, font=ImageFont.load_default(size))
            images.append(np.asarray(sheet.crop(sheet.getbbox()).resize((28, 28))))
    return np.array(images)


def clothes():
    """As Fashion-MNIST: shapes that fill the image from edge to edge, of any brightness."""
    rng = np.random.default_rng(1)
    images = np.zeros((200, 28, 28), dtype=np.uint8)
    for image in images:
        side = rng.integers(0, 10)  # a coat of full height, with or without room beside it
        image[rng.integers(0, 3) :, side : 28 - side] = rng.integers(100, 256)
    return images


def scenes():
    """As CIFAR in grey: 1/f noise, as natural pictures are."""
    rng = np.random.default_rng(2)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(32), np.fft.fftfreq(32)))
    frequency[0, 0] = 1
    fields = np.fft.ifft2(np.fft.fft2(rng.normal(size=(300, 32, 32))) / frequency).real
    fields -= fields.mean(axis=(1, 2), keepdims=True)
    fields /= fields.std(axis=(1, 2), keepdims=True)
    bright = 0.55 + rng.normal(0, 0.15, size=(300, 1, 1))
    return np.rint(np.clip(bright + 0.2 * fields, 0, 1) * 255).astype(np.uint8)


def noise():
    return np.random.default_rng(3).integers(256, size=(50, 8, 8), dtype=np.uint8)


@pytest.mark.parametrize("make", [letters, clothes, scenes, noise])
def test_what_is_doubtful_or_light_stays(tmp_path, make):
    images = make()
    np.savez(tmp_path / "set.npz", X=images, y=np.arange(len(images)) % 2)
    assert "turned" not in assert_opens_as(tmp_path / "set.npz", images / 255)


def test_clothes_on_a_bright_ground_are_turned_over(tmp_path):
    images = clothes()
    np.savez(tmp_path / "set.npz", X=255 - images, y=np.arange(len(images)) % 2)
    assert "turned over" in assert_opens_as(tmp_path / "set.npz", images / 255)


def test_a_photographed_paper_is_turned_over(tmp_path):
    """Its light falls from one side, and its ground is grey."""
    shade = np.linspace(-0.15, 0.15, SIDE)
    grain = np.random.default_rng(4).normal(0, 0.03, size=(N, SIDE, SIDE))
    paper = np.clip(0.8 - drawings() / 255 * 0.6 + shade + grain, 0, 1)
    assert "turned over" in assert_opens_as(as_npz(tmp_path, paper), 1 - paper)


def test_images_one_after_the_other_by_class_are_drawn_at_random(tmp_path):
    """Every tenth image would be of one class: here the only one with another ground."""
    images = np.resize(drawings(), (6000, SIDE, SIDE)).copy()
    images[::10] = 255 - images[::10]
    np.savez(tmp_path / "set.npz", X=images, y=np.arange(6000) % 10)
    assert "turned over" not in " ".join(open_dataset(str(tmp_path / "set.npz")).notes)


def test_mnist_is_what_it_was_and_on_paper_the_same(tmp_path):
    folder = mnist_folder()
    if folder is None:
        pytest.skip("real MNIST is not on this machine")
    mnist = open_dataset(str(folder))
    assert not mnist.notes
    images = np.rint(mnist.test.images.reshape(-1, 28, 28) * 255).astype(np.uint8)
    for stored, is_turned in ((images, False), (255 - images, True)):
        np.savez(tmp_path / "set.npz", X=stored, y=mnist.test.labels)
        notes = assert_opens_as(tmp_path / "set.npz", images / 255)
        assert ("turned over" in notes) == is_turned

"""Archives are folders: every form that opens from a folder opens from one, alike."""

from __future__ import annotations

import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.errors import DatasetError
from core.sources import open_dataset

GENERATOR = np.random.default_rng(3)
PIXELS = GENERATOR.integers(0, 256, (8, 5, 5), dtype=np.uint8)
PIXELS[:, 0] = PIXELS[:, -1] = PIXELS[:, :, 0] = PIXELS[:, :, -1] = 0


def pictures(folder):
    for i, pixels in enumerate(PIXELS):
        file = folder / ("cat", "dog")[i % 2] / f"{i}.png"
        file.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(file)


def parts_of_pictures(folder):
    for part in ("train", "test"):
        (folder / part).mkdir()
        pictures(folder / part)


def table(folder, name="train.csv"):
    rows = [f"{i % 2}," + ",".join(map(str, row.ravel())) for i, row in enumerate(PIXELS)]
    (folder / name).write_text("\n".join(rows) + "\n")


def tables(folder):
    table(folder)
    table(folder, "test.csv")


def arrays(folder):
    np.save(folder / "X.npy", PIXELS)
    np.save(folder / "y.npy", np.arange(8) % 2)


def npz(folder):
    np.savez(folder / "set.npz", X=PIXELS, y=np.arange(8) % 2)


FOLDERS = {make.__name__: make for make in (pictures, parts_of_pictures, table, tables, arrays)}
PACKED = {"zip": "zip"}


@pytest.mark.parametrize("inside", ["", "set", "set/deeper"])
@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("kind", FOLDERS)
def test_an_archive_opens_as_the_folder_that_it_holds(tmp_path, kind, packed, inside):
    folder = tmp_path / "top" / inside
    folder.mkdir(parents=True)
    FOLDERS[kind](folder)
    file = shutil.make_archive(str(tmp_path / "packed"), PACKED[packed], tmp_path / "top")
    before = sorted(tmp_path.rglob("*"))
    one, other = open_dataset(str(tmp_path / "top")), open_dataset(file)
    for part in ("train", "test"):
        mine, its = getattr(one, part), getattr(other, part)
        np.testing.assert_array_equal(mine.images, its.images)
        np.testing.assert_array_equal(mine.labels, its.labels)
    assert one.class_names == other.class_names
    assert other.name.startswith("packed.")
    assert one.notes == other.notes
    assert sorted(tmp_path.rglob("*")) == before  # nothing was unpacked


@pytest.mark.parametrize("inner", ["set", "set/train.csv"])
def test_what_is_in_an_archive_opens_by_its_path_there(tmp_path, inner):
    (tmp_path / "top" / "set").mkdir(parents=True)
    table(tmp_path / "top" / "set")
    file = shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path / "top")
    assert open_dataset(f"{file}/{inner}").n_classes == 2
    with pytest.raises(DatasetError, match="no such file or folder"):
        open_dataset(f"{file}/nothing")


def test_names_of_windows_are_folders_too(tmp_path):
    table(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("./set\\.\\train.csv", (tmp_path / "train.csv").read_bytes())
    assert open_dataset(str(tmp_path / "a.zip")).n_classes == 2

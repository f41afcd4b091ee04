"""Folders as people have them: packed and unpacked, wrapped, with texts and other sets beside."""

from __future__ import annotations

import gzip
import pickle
import shutil
import zipfile

import numpy as np
import pytest
from core_samples import write_idx_folder
from test_core_sources_pictures import GREY, drawing, encoded, two_classes, write_set

from core.errors import DatasetError
from core.sources import open_dataset
from core.sources.arrays.roles import ArraysUnclear
from core.sources.reading import ReadingConfig


def refusal(path):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path))
    return str(caught.value)


def idx(folder, n_train=24):
    write_idx_folder(folder, n_train=n_train, n_test=12)
    return folder


def zipped(folder, file):
    with zipfile.ZipFile(file, "w") as archive:
        for source in sorted(folder.rglob("*")):
            archive.write(source, source.relative_to(folder))
    return file


def pickled(file):
    rng = np.random.default_rng(0)
    pair = rng.integers(256, size=(30, 4, 4), dtype=np.uint8), np.arange(30) % 3
    file.write_bytes(gzip.compress(pickle.dumps(pair)))


def beside_a_text(top):
    idx(top / "mnist")
    (top / "README.md").write_text("# The MNIST database")
    return "mnist", ["Of what is in it mnist was opened: nothing else opens."]


def beside_its_archive(top):
    zipped(idx(top / "mnist"), top / "mnist.zip")
    return "mnist", ["Left out beside it: mnist.zip (named as the folder that opens)."]


def beside_an_archive_of_another_name(top):
    zipped(idx(top / "mnist"), top / "archive.zip")
    return "mnist", ["Left out beside it: archive.zip (the same images and labels)."]


def as_torchvision_kept_it(top):
    idx(top / "MNIST" / "raw")
    (top / "MNIST" / "processed").mkdir()
    (top / "MNIST" / "processed" / "training.pt").write_bytes(pickle.dumps({"a": 1}, 2))
    return "MNIST/raw", ["Of what is in it MNIST/raw was opened: nothing else opens."]


def one_pickle(top):
    pickled(top / "mnist.pkl.gz")
    return "mnist.pkl.gz", []


def one_pickle_and_litter(top):
    pickled(top / "mnist.pkl.gz")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._mnist.pkl.gz"):
        (top / name).write_bytes(b"\0\0\0\1Bud1")
    return "mnist.pkl.gz", []


def one_zip(top):
    zipped(idx(top / "x"), top / "mnist.zip")
    shutil.rmtree(top / "x")
    return "mnist.zip", []


def pictures_beside_others(top):
    write_set(top / "digits", two_classes(GREY))
    write_set(top, {"notes": []})
    (top / "preview.png").write_bytes(encoded(GREY))
    (top / "report.txt").write_text("hello")
    return "digits", ["Of what is in it digits was opened: nothing else opens."]


def one_table_that_opens(top):
    rows = [",".join(map(str, [k % 3, *np.arange(16) * k % 256])) for k in range(20)]
    (top / "digits.csv").write_text("\n".join(rows))
    (top / "weather.csv").write_text("day,sun\n1,2.5\n2,3.5\n")
    return "digits.csv", ["Of what is in it digits.csv was opened: nothing else opens."]


CASES = [
    beside_a_text, beside_its_archive, beside_an_archive_of_another_name, as_torchvision_kept_it,
    one_pickle, one_pickle_and_litter, one_zip, pictures_beside_others, one_table_that_opens,

]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__.replace("_", " "))
def test_the_only_thing_that_opens_is_opened(tmp_path, case):
    name, notes = case(tmp_path)
    dataset = open_dataset(str(tmp_path))
    alone = open_dataset(str(tmp_path / name))
    assert dataset.content_hash == alone.content_hash
    assert (dataset.name, dataset.source) == (tmp_path.name, str(tmp_path / name))
    told = [note for note in dataset.notes if "Of what" in note or "beside it" in note]
    assert told == notes


def test_of_several_that_open_two_are_named_and_each_opens(tmp_path):
    idx(tmp_path / "one", n_train=21)
    idx(tmp_path / "two" / "raw", n_train=24)
    idx(tmp_path / "three", n_train=27)
    message = refusal(tmp_path)
    assert "one and three open (two/raw not tried); open one of them instead" in message
    for name in ("one", "two/raw", "three"):
        assert open_dataset(str(tmp_path / name)).n_classes


def test_where_none_opens_each_says_why(tmp_path):
    for name in ("a", "b"):
        (idx(tmp_path / name) / "train-labels-idx1-ubyte.gz").unlink()
    message = refusal(tmp_path)
    assert "2 things in it look like data sets, and none opens: " in message
    for name in ("a", "b"):
        assert f"{tmp_path / name}/train-images-idx3-ubyte.gz: its labels are missing" in message
    shutil.rmtree(tmp_path / "b")
    assert refusal(tmp_path).startswith(f"{tmp_path / 'a'}/train-images-idx3-ubyte.gz: its labels")


def test_a_damaged_archive_alone_in_a_folder_is_told_of(tmp_path):
    one_zip(tmp_path)
    content = (tmp_path / "mnist.zip").read_bytes()
    (tmp_path / "mnist.zip").write_bytes(content[: len(content) // 2])
    assert refusal(tmp_path).startswith(f"{tmp_path / 'mnist.zip'}: the archive ends early")


def test_a_choice_of_arrays_is_asked_for_inside_a_folder_too(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "README.md").write_text("hello")
    images = np.arange(20 * 9).reshape(20, 3, 3) % 256
    np.savez(tmp_path / "sub" / "set.npz", a=images, b=images, c=np.arange(20) % 2)
    with pytest.raises(ArraysUnclear):
        open_dataset(str(tmp_path))
    said = ReadingConfig(arrays="train_images=a,train_labels=c")
    assert open_dataset(str(tmp_path), said).n_classes == 2


def test_a_damaged_set_is_not_replaced_by_what_lies_beside_it(tmp_path):
    rows = "\n".join(f"{k % 3},0,9,{k},0" for k in range(20))
    (tmp_path / "train.csv").write_text(rows + "\n1,2,x,4,5\n")
    (tmp_path / "test.csv").write_text(rows)
    assert "train.csv, line 21" in refusal(tmp_path)


TREES = {
    "with single pictures beside": (
        {"training_set/cats": 3, "training_set/dogs": 3, "test_set/cats": 2, "test_set/dogs": 2,
         "single_prediction": 1},
        "single_prediction",
    ),
    "doubled": (
        {"training_set/training_set/cats": 3, "training_set/training_set/dogs": 3,
         "test_set/test_set/cats": 2, "test_set/test_set/dogs": 2},
        "",
    ),
    "named after the set": (
        {"MNIST - JPG - training/cats": 3, "MNIST - JPG - training/dogs": 3,
         "MNIST - JPG - testing/cats": 2, "MNIST - JPG - testing/dogs": 2},
        "",
    ),
    "a copy of all in itself": (
        {f"{top}{part}/{name}": n for top in ("", "pets/") for name in ("cats", "dogs")
         for part, n in (("train", 3), ("test", 2))},
        "pets",
    ),
    "each class in a folder of its name": (
        {f"{part}/{name}/{name}": n for name in ("cats", "dogs")
         for part, n in (("train", 3), ("test", 2))},
        "",
    ),
    "wrapped and doubled": (
        {f"archive/x_{part}/x_{part}/{name}": n for name in ("cats", "dogs")
         for part, n in (("train", 3), ("test", 2))},
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TREES)
def test_parts_of_pictures_are_found_however_they_are_kept(tmp_path, case):
    tree, left_out = TREES[case]
    write_set(tmp_path, {name: [drawing(len(name))] * n for name, n in tree.items()})
    dataset = open_dataset(str(tmp_path))
    assert dataset.class_names == ("cats", "dogs")
    assert (dataset.train.n_samples, dataset.test.n_samples, dataset.has_own_test) == (6, 4, True)
    left = [note for note in dataset.notes if note.startswith("Left out beside")]
    assert len(left) == bool(left_out)
    assert all(note.endswith(f": {left_out}.") for note in left)


def test_test_pictures_without_classes_are_left_out_and_said(tmp_path):
    """As the ASL alphabet of Kaggle keeps them."""
    write_set(tmp_path / "asl_train" / "asl_train", two_classes(GREY))
    write_set(tmp_path / "asl_test", {"asl_test": [GREY] * 3})
    dataset = open_dataset(str(tmp_path))
    assert dataset.class_names == ("a", "b")
    assert not dataset.has_own_test
    assert "asl_test was left out: no folder in it is one of asl_train." in dataset.notes


def test_folders_of_two_sets_are_no_parts_of_one(tmp_path):
    for k, name in enumerate(("mnist_train", "fashion_train")):
        write_set(tmp_path / name, two_classes(drawing(k)))
    assert "fashion_train and mnist_train open; open one of them" in refusal(tmp_path)


@pytest.mark.parametrize("damage", [b"\x89PNG\r\n\x1a\n", encoded(GREY)[:60]], ids=["empty", "cut"])
def test_a_few_damaged_pictures_are_left_out_and_said(tmp_path, damage):
    write_set(tmp_path, {"a": [GREY] * 150, "b": [*[GREY] * 147, damage, damage, damage]})
    dataset = open_dataset(str(tmp_path))
    assert dataset.train.n_samples + dataset.test.n_samples == 297
    (note,) = (note for note in dataset.notes if "damaged" in note)
    assert note.startswith("3 pictures left out as damaged or too large (up to 1 in 100 may be). ")
    assert f"{tmp_path / 'b' / '147.png'}: " in note
    (tmp_path / "a" / "7.png").write_bytes(damage)
    message = refusal(tmp_path)
    assert "4 of 300 pictures are damaged or too large, more than the 1 in 100" in message
    assert f"The first is {tmp_path / 'a' / '7.png'}: " in message


def test_what_programs_leave_is_not_counted(tmp_path):
    write_set(tmp_path, two_classes(GREY))
    for folder in (tmp_path, tmp_path / "a", tmp_path / "b"):
        for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._0.png", ".directory"):
            (folder / name).write_bytes(b"\0\5\x16\7")
    assert not any("left out" in note for note in open_dataset(str(tmp_path)).notes)


def test_a_search_comes_to_an_end(tmp_path):
    """Ten thousand folders within each other, each with a text and itself: some hundred looks."""
    for path in ("a", "b", "c"):
        for inner in range(20):
            for deep in range(20):
                (tmp_path / path / str(inner) / str(deep)).mkdir(parents=True)
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert "no images were found in this folder" in refusal(tmp_path)

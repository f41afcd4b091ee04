"""Pictures that lie together: their classes in a table beside them, or in their names."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from core.errors import DatasetError
from core.sources import open_dataset
from core.sources.pictures.labelled import classes_in

N = 12
CLASSES = [("cat", "dog", "eel")[i % 3] for i in range(N)]
IMAGES = np.zeros((N, 5, 5), dtype=np.uint8)
IMAGES[:, 1:4, 1:4] = np.random.default_rng(1).integers(1, 256, (N, 3, 3))
IMAGES[:, 2, 2] = 20 * np.arange(N) + 5
"""Which picture it is."""


def write(folder, names, which=range(N)):
    folder.mkdir(parents=True, exist_ok=True)
    for name, i in zip(names, which, strict=True):
        Image.fromarray(IMAGES[i]).save(folder / name, "PNG")


def found(dataset, part="train"):
    """Return {number of the picture: its class}."""
    part = getattr(dataset, part)
    middle = np.rint(part.images.reshape(-1, 5, 5)[:, 2, 2] * 255).astype(int)
    names = [dataset.class_names[label] for label in part.labels]
    return dict(zip(((middle - 5) // 20).tolist(), names, strict=True))


def of_all(dataset):
    return found(dataset) | found(dataset, "test")


NAMES = [f"{i:04}.png" for i in range(N)]
EXPECTED = dict(enumerate(CLASSES))


def lines(*columns, header="", separator=","):
    rows = [separator.join(map(str, row)) for row in zip(*columns, strict=True)]
    return "\n".join([header] * bool(header) + rows) + "\n"


STEMS = [name[:-4] for name in NAMES]
HOT = [",".join(str(float(word == name)) for name in ("cat", "dog", "eel")) for word in CLASSES]
TABLES = {
    "file, label": lines(NAMES, CLASSES, header="file,label"),
    "no header": lines(NAMES, CLASSES),
    "label first": lines(CLASSES, NAMES, header="breed;picture", separator=";"),
    "stems": lines(STEMS, CLASSES, header="id,breed"),
    "folders": lines([f"pictures/{name}" for name in NAMES], CLASSES, header="path,class"),
    "numbers beside": lines(range(N), NAMES, CLASSES, [7] * N, header="n,file,label,width"),
    "only one can be": lines(range(N), NAMES, CLASSES, [7] * N, header="n,file,kind,width"),
    "a column each": lines(NAMES, HOT, header="image,cat,dog,eel"),
    "quotes": lines([f'"{name}"' for name in NAMES], CLASSES, header="file,label"),
}


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("place", ["", "pictures"])
def test_a_table_beside_pictures_tells_their_classes(tmp_path, kind, place):
    write(tmp_path / place, NAMES)
    (tmp_path / "labels.csv").write_text(TABLES[kind])
    for name, content in {"a.txt": b"", "b.txt.gz": b"\x1f\x8b", "c.txt": b"a,b\0"}.items():
        (tmp_path / name).write_bytes(content)  # not meant, and no harm
    dataset = open_dataset(str(tmp_path))
    assert of_all(dataset) == EXPECTED
    assert any("those in labels.csv" in note for note in dataset.notes)


def test_each_part_has_its_table(tmp_path):
    write(tmp_path / "train", NAMES[:8], range(8))
    write(tmp_path / "test", NAMES[:4], range(8, 12))
    (tmp_path / "train.csv").write_text(lines(NAMES[:8], CLASSES[:8], header="id,label"))
    (tmp_path / "test.csv").write_text(lines(NAMES[:4], CLASSES[8:], header="id,label"))
    dataset = open_dataset(str(tmp_path))
    assert found(dataset) == dict(enumerate(CLASSES[:8]))
    assert found(dataset, "test") == dict(enumerate(CLASSES[8:], 8))


def test_pictures_without_a_class_are_left_out_and_said(tmp_path):
    write(tmp_path / "train", NAMES[:8], range(8))
    write(tmp_path / "test1", NAMES[8:], range(8, 12))
    rows = lines([*NAMES[:7], "gone.png"], [*CLASSES[:6], "", "cat"], header="id,label")
    (tmp_path / "train_labels.csv").write_text(rows)
    dataset = open_dataset(str(tmp_path))
    assert of_all(dataset) == dict(enumerate(CLASSES[:6]))
    notes = " ".join(dataset.notes)
    assert "2 pictures in train of which nothing tells the class were left out: 0006.png" in notes
    assert "4 pictures in test1" in notes
    assert "1 line names no picture that is there (train_labels.csv)." in notes


NAMED = {
    "cat.1.png": [f"{name}.{i}.png" for i, name in enumerate(CLASSES)],
    "catdog_12": [f"{name}_{name}_{i}.png" for i, name in enumerate(CLASSES)],
    "cat12": [f"{name}{i}.png" for i, name in enumerate(CLASSES)],
    "cat (12)": [f"{name} ({i}).png" for i, name in enumerate(CLASSES)],
    "12_cat": [f"{i:05}_{name}.png" for i, name in enumerate(CLASSES)],
    "label": [f"img_{i:04}_label{name}.png" for i, name in enumerate(CLASSES)],
}


@pytest.mark.parametrize("kind", NAMED)
def test_names_tell_the_classes_where_all_do(tmp_path, kind):
    write(tmp_path / "set", NAMED[kind])
    dataset = open_dataset(str(tmp_path / "set"))
    expected = [f"{name}_{name}" if kind == "catdog_12" else name for name in CLASSES]
    assert of_all(dataset) == dict(enumerate(expected))
    assert any("tell their classes: " in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("stems", "classes"),
    [
        (["3_0001", "4_0002", "3_0003", "4_0004"], ["3", "4", "3", "4"]),
        (["0001_3", "0002_4", "0003_3", "0004_4"], ["3", "4", "3", "4"]),
        (["train_3_01", "train_4_02", "train_3_03", "train_4_04"], ["3", "4", "3", "4"]),
        (["img_0001_label7", "img_0002_label8"] * 2, ["7", "8", "7", "8"]),
        (["polar_bear_1", "cat_2", "polar_bear_3", "cat_4"], ["polar_bear", "cat"] * 2),
        (["cat.1", "cat.2", "dog.1", "dog.2"], ["cat", "cat", "dog", "dog"]),
        (["0001", "0002", "0003", "0004"], None),
        (["IMG_20210101_1010", "IMG_20210102_1111"] * 4, None),
        (["a", "b", "c", "d"], None),
        (["cat", "dog", "eel", "fox_1"], None),
        (["_" * 200 + "1"] * 4, None),
        ([""] * 4, None),
    ],
)
def test_what_names_say(stems, classes):
    assert classes_in(stems) == classes


def test_names_of_each_part_tell_its_classes(tmp_path):
    write(tmp_path / "train", NAMED["cat.1.png"][:8], range(8))
    write(tmp_path / "test", NAMED["cat.1.png"][6:], range(6, 12))
    dataset = open_dataset(str(tmp_path))
    assert found(dataset) == dict(enumerate(CLASSES[:8]))
    assert found(dataset, "test") == dict(enumerate(CLASSES[6:], 6))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (lines(NAMES, CLASSES, CLASSES, header="file,kind,colour"), "may be in kind, colour"),
        (None, "12 pictures lie in it without a class"),
    ],
)
def test_what_does_not_tell_the_classes_is_named(tmp_path, table, words):
    write(tmp_path / "set", NAMES)
    if table is not None:
        (tmp_path / "set" / "list.csv").write_text(table)
    with pytest.raises(DatasetError, match=words):
        open_dataset(str(tmp_path / "set"))


def test_more_classes_than_are_accepted(tmp_path, monkeypatch):
    monkeypatch.setattr("core.sources.limits.MAX_CLASSES", 2)
    write(tmp_path, NAMES)
    (tmp_path / "list.csv").write_text(TABLES["file, label"])
    with pytest.raises(DatasetError, match="3 different classes in its column 'label' are more"):
        open_dataset(str(tmp_path))

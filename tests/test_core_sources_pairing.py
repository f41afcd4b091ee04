"""Images in one file, labels in another: whatever the formats, each image keeps its own."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from data_forms import IMAGES, LABELS, WORDS
from data_forms.pairs import FORMS, PIXELS, files, idx, lines, npy, pickled, table
from data_forms.tables import text

from core.errors import DatasetError
from core.sources import limits, open_dataset
from core.sources.arrays.roles import ArraysUnclear, arrays_text
from core.sources.pairing import stem
from core.sources.reading import ReadingConfig

OPENS = [form for form in FORMS if form.opens]


def assert_pairs(dataset, labels=LABELS):
    """Check that each image has the label that it was stored with."""
    images = np.concatenate((dataset.train.images, dataset.test.images))
    found = np.concatenate((dataset.train.labels, dataset.test.labels))
    places = [
        int(np.abs(IMAGES.reshape(12, -1) / 255 - image).sum(axis=1).argmin()) for image in images
    ]
    words = [dataset.class_names[label] for label in found]
    assert words in ([str(labels[i]) for i in places], [WORDS[i] for i in places])
    assert set(places) == set(range(12))


def refusal(path, **reading):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path), ReadingConfig(**reading))
    return str(caught.value)


@pytest.mark.parametrize("form", OPENS, ids=lambda form: form.words)
def test_each_image_keeps_its_label(tmp_path, form):
    assert_pairs(open_dataset(str(form.make(tmp_path))))


KINDS = {
    "npy": (npy(IMAGES), npy(LABELS)),
    "pickle": (pickled(IMAGES), pickled(LABELS)),
    "csv": (table(PIXELS), lines(LABELS)),
    "idx": (idx(IMAGES), idx(LABELS)),
}


@pytest.mark.parametrize("one", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_any_images_go_with_any_labels_opened_from_either_side(tmp_path, one, other):
    make = files("", **{f"x__{one}": KINDS[one][0], f"y__{other}": KINDS[other][1]})
    folder = make(tmp_path)
    for name in ("", f"x.{one}", f"y.{other}"):
        assert_pairs(open_dataset(str(folder / name)))


def test_the_number_tells_before_the_name(tmp_path):
    others = dict.fromkeys(("labels__npy", "y__csv"), lines(LABELS[:7]))
    others["labels__npy"] = npy(LABELS[:5])
    folder = files("", x__npy=npy(IMAGES), b__csv=lines(LABELS), **others)(tmp_path)
    assert_pairs(open_dataset(str(folder / "b.csv")))


def test_of_several_partners_one_is_said(tmp_path):
    path = files("x.npy", x__npy=npy(IMAGES), a__csv=lines(LABELS), b__csv=lines(2 - LABELS))(
        tmp_path
    )
    with pytest.raises(ArraysUnclear) as caught:
        open_dataset(str(path))
    assert [info.name for info in caught.value.candidates] == ["x", "a", "b"]
    assert_pairs(open_dataset(str(path), ReadingConfig(arrays=arrays_text(caught.value.guess))))
    said = ReadingConfig(arrays="train_images=x,train_labels=b")
    for place in (path, path.parent):
        assert_pairs(open_dataset(str(place), said), 2 - LABELS)


def test_files_of_one_name_are_told_apart_by_their_ends(tmp_path):
    folder = files("", x__npy=npy(IMAGES), x__csv=lines(LABELS))(tmp_path)
    assert_pairs(open_dataset(str(folder)))
    assert_pairs(open_dataset(str(folder / "x.csv")))


def test_a_pair_in_an_archive_opens(tmp_path):
    folder = files("", images__csv=table(PIXELS), labels__csv=lines(WORDS))(tmp_path)
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"data/{file.name}")
    assert_pairs(open_dataset(str(tmp_path / "set.zip")))
    assert_pairs(open_dataset(str(tmp_path / "set.zip" / "data" / "images.csv")))


def test_classes_in_an_archive_open_from_one_of_them(tmp_path):
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for i, name in enumerate(["cat", "dog", "eel"]):
            archive.writestr(f"data/{name}.csv", text(PIXELS[i::3].tolist()))
    assert_pairs(open_dataset(str(tmp_path / "set.zip" / "data" / "cat.csv")))


def test_labels_without_images_beside_texts_say_so(tmp_path):
    path = files("labels.txt", labels__txt=lines(LABELS), README__txt=lines(WORDS))(tmp_path)
    assert "their images are missing. No file beside it holds 12 images, either" in refusal(path)


def test_kaggles_example_to_hand_in_is_no_labels(tmp_path):
    rows = np.column_stack((np.arange(1, 13), np.zeros(12, dtype=int)))
    path = files(
        "test.csv",
        test__csv=table(PIXELS),
        sample_submission__csv=table(rows, ["ImageId", "Label"]),
    )(tmp_path)
    assert "No file beside it holds 12 labels, either" in refusal(path)


def test_a_damaged_partner_is_named(tmp_path):
    path = files("x.csv", x__csv=table(PIXELS), y__csv=lines(["a b"] * 11 + ["x,y"]))(tmp_path)
    assert f"{path.parent / 'y.csv'}, line 12: 2 columns, not 1 as above" in refusal(path)


@pytest.mark.parametrize("header", ["label", "class", "y", "labels"])
def test_a_header_is_no_label(tmp_path, header):
    folder = files("", x__npy=npy(IMAGES), a__csv=lines(WORDS, header))(tmp_path)
    assert_pairs(open_dataset(str(folder)))


@pytest.mark.parametrize("opened", ["", "x.npy", "a.csv"])
@pytest.mark.parametrize(
    ("labels", "header"), [(LABELS, "0"), (WORDS, "0"), (WORDS, "species"), (LABELS, "species")]
)
def test_one_line_more_than_images_is_a_header(tmp_path, opened, labels, header):
    path = files(opened, x__npy=npy(IMAGES), a__csv=lines(labels, header))(tmp_path)
    dataset = open_dataset(str(path))
    assert_pairs(dataset)
    noted = f"The first line of the labels, '{header}', was taken for a header."
    assert noted in dataset.notes or (labels is LABELS and header != "0")


@pytest.mark.parametrize("values", [[7, *LABELS], [1, 0, *LABELS], ["cat", *WORDS], [0, 0, 0]])
def test_other_lines_too_many_are_no_header(tmp_path, values):
    path = files("x.npy", x__npy=npy(IMAGES), y__csv=lines(values))(tmp_path)
    assert "12 images but" in refusal(path)


def test_headers_of_both_parts_are_left_out(tmp_path):
    parts = {"train": slice(0, 6), "test": slice(6, 13)}
    made = {f"X_{part}__npy": npy(IMAGES[which]) for part, which in parts.items()}
    made |= {f"y_{part}__csv": lines(LABELS[which], "0") for part, which in parts.items()}
    dataset = open_dataset(str(files("", **made)(tmp_path)))
    assert_pairs(dataset)
    assert dataset.test.n_samples == 6


NAMED_IDX = {
    "images": ("train-images-idx3-ubyte", idx(IMAGES), {"lab__csv": lines(LABELS)}),
    "images, IDX labels": ("train-images-idx3-ubyte", idx(IMAGES), {"lab": idx(LABELS)}),
    "labels": ("train-labels-idx1-ubyte", idx(LABELS), {"x__npy": npy(IMAGES)}),
}


@pytest.mark.parametrize("kind", NAMED_IDX)
def test_idx_files_named_as_mnists_go_with_a_file_of_another_name(tmp_path, kind):
    name, write, other = NAMED_IDX[kind]
    folder = files("", **{name: write}, **other)(tmp_path)
    for opened in (tmp_path, folder, folder / name, folder / next(iter(other)).replace("__", ".")):
        assert_pairs(open_dataset(str(opened)))


def test_emnists_images_are_not_read_with_labels_of_another_name(tmp_path):
    name = "emnist-letters-train-images-idx3-ubyte"
    folder = files("", **{name: idx(IMAGES), "lab__csv": lines(LABELS)})(tmp_path)
    for opened in (folder, folder / name):
        assert "its labels are missing; expected emnist-letters-train-labels" in refusal(opened)


@pytest.mark.parametrize("opened", ["", "cat", "eel"])
@pytest.mark.parametrize("end", ["csv", "npy"])
def test_files_of_one_class_each_open_as_a_folder_and_from_each_file(tmp_path, opened, end):
    made = {
        f"{name}__{end}": table(PIXELS[i::3]) if end == "csv" else npy(IMAGES[i::3])
        for i, name in enumerate(["cat", "dog", "eel"])
    }
    folder = files("", **made)(tmp_path)
    dataset = open_dataset(str(folder / f"{opened}.{end}" if opened else folder))
    assert_pairs(dataset)
    assert "Each array holds the images of one class, and is called as it." in dataset.notes
    beside = [name for name in ("cat", "dog", "eel") if name != opened]
    read_with = f"Read together with {', '.join(beside)} beside it."
    assert dataset.name == "download"
    assert (read_with in dataset.notes) == bool(opened)


def test_arrays_of_other_shapes_are_no_classes(tmp_path):
    path = files("cat.npy", cat__npy=npy(IMAGES), dog__npy=npy(IMAGES[:5, :3]))(tmp_path)
    assert "No file beside it holds 12 labels, either" in refusal(path)


def test_no_more_labels_than_images_may_be_are_read(tmp_path, monkeypatch):
    path = files("y.csv", y__csv=lines(np.arange(400) % 200))(tmp_path)
    assert f"different label number {limits.MAX_CLASSES + 1}" in refusal(path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("X_train.npy", "X_train"), ("y.csv.gz", "y"), ("a.bin", "a.bin"), (".csv", ".csv")],
)
def test_an_array_is_called_as_its_file(name, expected):
    assert stem(name) == expected


@pytest.mark.parametrize("copy", ["train-images-idx3-ubyte (1)", "train-images-idx3-ubyte(2)"])
def test_a_browsers_copy_beside_the_file_counts_once(tmp_path, copy):
    files(
        "",
        **{
            "train-images-idx3-ubyte": idx(IMAGES),
            copy: idx(IMAGES[::-1]),
            "train-labels-idx1-ubyte (1)": idx(LABELS),
        },
    )(tmp_path)
    assert_pairs(open_dataset(str(tmp_path / "download")))

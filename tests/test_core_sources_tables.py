"""Tables of images: whatever real programs write opens, and what is wrong is named by its line."""

from __future__ import annotations

import csv
import gzip
import io

import numpy as np
import pytest
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits, open_dataset, opening_dataset
from core.sources.reading import ReadingConfig
from core.sources.tables import lines as table_lines


def sample(n=40, *, side=4, n_classes=4, seed=0, low=0, high=256):
    """Return images (n, side * side), whose first and last pixel are always ground, and labels."""
    rng = np.random.default_rng(seed)
    images = rng.integers(low, high, size=(n, side * side))
    images[:, [0, -1]] = 0
    images[0, 1] = high - 1  # the largest value always occurs
    return images, np.arange(n) % n_classes


IMAGES, LABELS = sample()
LABEL_FIRST = np.column_stack((LABELS, IMAGES))
LABEL_LAST = np.column_stack((IMAGES, LABELS))
PIXEL_NAMES = [f"pixel{i}" for i in range(16)]
WORDS = np.array(["cat", "dog", "eel", "fox"])[LABELS]


def csv_text(rows, header=(), **how):
    """Return rows as Python's csv module writes them."""
    file = io.StringIO()
    writer = csv.writer(file, **how)
    if header:
        writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


def numpy_text(rows, **how):
    """Return rows as np.savetxt writes them."""
    file = io.StringIO()
    np.savetxt(file, rows, **how)
    return file.getvalue()


def everything(dataset):
    """Return all images (n, pixels) and labels, in a fixed order."""
    images = np.concatenate((dataset.train.images, dataset.test.images))
    labels = np.concatenate((dataset.train.labels, dataset.test.labels))
    order = np.lexsort((*images.T, labels))
    return images[order], labels[order]


def assert_holds(dataset, images, labels, full=255, atol=1e-12):
    found, found_labels = everything(dataset)
    order = np.lexsort((*images.T, labels))
    np.testing.assert_array_equal(found_labels, labels[order])
    np.testing.assert_allclose(found, images[order] / full, rtol=3e-7, atol=atol)


def write(folder, text, name="digits.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def refusal(path, **reading):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path), ReadingConfig(**reading))
    return str(caught.value)


KAGGLE = csv_text(LABEL_FIRST, ["label", *PIXEL_NAMES], lineterminator="\n")
FORMS = {
    "Kaggle": KAGGLE,
    "Kaggle, as the csv module ends lines": KAGGLE.replace("\n", "\r\n"),
    "lines ended as on old Macs": KAGGLE.replace("\n", "\r"),
    "no newline at the end": KAGGLE.rstrip("\n"),
    "blank lines at the end": KAGGLE + "\n\n  \n",
    "blank lines between": KAGGLE.replace("\n", "\n\n", 9),
    "a byte order mark": b"\xef\xbb\xbf" + KAGGLE.encode(),
    "no header, label first": csv_text(LABEL_FIRST),
    "no header, label last": csv_text(LABEL_LAST),
    "OpenML: quoted header, class last": csv_text(
        LABEL_LAST, [*PIXEL_NAMES, "class"], quoting=csv.QUOTE_NONNUMERIC
    ),
    "1x1, 1x2 ... as pixel names": csv_text(
        LABEL_FIRST, ["label", *(f"{i}x{j}" for i in range(1, 5) for j in range(1, 5))]
    ),
    "pandas without names": csv_text(LABEL_FIRST, range(17)),
    "pandas, only the label named": csv_text(LABEL_FIRST, ["label", *range(16)]),
    "pandas with its index": csv_text(
        np.column_stack((np.arange(40), LABEL_FIRST)), ["", "label", *PIXEL_NAMES]
    ),
    "an unknown name for the label": csv_text(LABEL_FIRST, ["Ziffer", *PIXEL_NAMES]),
    "an unknown name for the last column": csv_text(LABEL_LAST, [*PIXEL_NAMES, "Ziffer"]),
    "semicolons": csv_text(LABEL_FIRST, ["label", *PIXEL_NAMES], delimiter=";"),
    "tabs": csv_text(LABEL_FIRST, ["label", *PIXEL_NAMES], delimiter="\t"),
    "Excel's own first line": "sep=;\r\n"
    + csv_text(LABEL_FIRST, ["label", *PIXEL_NAMES], delimiter=";"),
    "a number of the row of any name": csv_text(
        np.column_stack((np.arange(40), LABEL_FIRST)), ["sample_no", "label", *PIXEL_NAMES]
    ),
    "a separator too many in every line": KAGGLE.replace("\n", ",\n"),
    "labels in the middle": csv_text(
        np.column_stack((np.arange(40), np.arange(40) % 7, LABEL_FIRST)),
        ["a", "b", "label", *PIXEL_NAMES],
    ),
    "two numbers of the row": csv_text(
        np.column_stack((np.arange(40), np.arange(40), LABEL_FIRST)),
        ["", "id", "label", *PIXEL_NAMES],
    ),
    "a file name between": csv_text(
        np.column_stack((LABEL_FIRST[:, :1], [f"{i}.png" for i in range(40)], LABEL_FIRST[:, 1:])),
        ["label", "file", *PIXEL_NAMES],
    ),
    "a column for each class": csv_text(
        np.column_stack((np.eye(4, dtype=int)[LABELS], IMAGES)),
        [*(f"label_{i}" for i in range(4)), *PIXEL_NAMES],
    ),
    "all pixels in one": csv_text(
        [[label, " ".join(map(str, image))] for label, image in zip(LABELS, IMAGES, strict=True)],
        ["emotion", "pixels"],
    ),
    "everything quoted": csv_text(LABEL_FIRST, ["label", *PIXEL_NAMES], quoting=csv.QUOTE_ALL),
    "blanks after commas": KAGGLE.replace(",", ", "),
    "np.savetxt": numpy_text(LABEL_FIRST),
    "np.savetxt, whole numbers and a header": numpy_text(
        LABEL_FIRST, fmt="%d", delimiter=",", header="label," + ",".join(PIXEL_NAMES)
    ),
    "np.savetxt, aligned": numpy_text(LABEL_FIRST, fmt="%7.1f"),
    "decimals": numpy_text(LABEL_LAST, fmt="%.3f", delimiter=","),
}


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
@pytest.mark.parametrize("form", FORMS)
def test_what_programs_write_opens(tmp_path, form, suffix):
    dataset = open_dataset(str(write(tmp_path, FORMS[form], "digits" + suffix)))
    assert dataset.image_shape == (4, 4)
    assert dataset.class_names == ("0", "1", "2", "3")
    assert not dataset.has_own_test
    assert_holds(dataset, IMAGES, LABELS)


WORD_FORMS = {
    "first": csv_text(np.column_stack((WORDS, IMAGES))),
    "last": csv_text(np.column_stack((IMAGES, WORDS))),
    "with a header": csv_text(np.column_stack((WORDS, IMAGES)), ["class", *PIXEL_NAMES]),
    "quoted": csv_text(np.column_stack((WORDS, IMAGES)), quoting=csv.QUOTE_ALL),
    "quoted, last": csv_text(np.column_stack((IMAGES, WORDS)), quoting=csv.QUOTE_ALL),
    "blanks around them": csv_text(np.column_stack((WORDS, IMAGES))).replace(",", " , "),
    "tabs": csv_text(np.column_stack((WORDS, IMAGES)), delimiter="\t"),
    "a file name in every row": csv_text(
        np.column_stack(([f"img_{i}.png" for i in range(40)], WORDS, IMAGES)),
        ["id", "label", *PIXEL_NAMES],
    ),
}


@pytest.mark.parametrize("form", WORD_FORMS)
def test_labels_may_be_words(tmp_path, form):
    dataset = open_dataset(str(write(tmp_path, WORD_FORMS[form])))
    assert dataset.class_names == ("cat", "dog", "eel", "fox")
    assert_holds(dataset, IMAGES, LABELS)


@pytest.mark.parametrize(
    ("spellings", "names"),
    [
        (["a,b", 'say "x"', "c;d", "plain"], ("a,b", "c;d", "plain", 'say "x"')),
        (
            ["class 10", "class 9", "Class 1", "class 2"],
            ("Class 1", "class 2", "class 9", "class 10"),
        ),
        (["9", "a", "10", "f"], ("9", "10", "a", "f")),
        (["7", "7.0", "07", "8"], ("7", "8")),
        (["-1", "+1", "-1.0", "1e0"], ("-1", "1")),
        (["300", "1000000", "2", "0"], ("0", "2", "300", "1000000")),
        ([" a", "a\t", "\u00a0a \u3000", "b"], ("a", "b")),
    ],
    ids=[
        "separators and quotes",
        "sorted as people do",
        "hex",
        "one number",
        "signs",
        "large",
        "blanks",
    ],
)
def test_spellings_of_labels(tmp_path, spellings, names):
    labels = [spellings[k] for k in LABELS]
    rows = [[label, *row] for label, row in zip(labels, IMAGES, strict=True)]
    dataset = open_dataset(str(write(tmp_path, csv_text(rows, ["label", *PIXEL_NAMES]))))
    assert dataset.class_names == names
    numbers = {"7.0": "7", "07": "7", "+1": "1", "-1.0": "-1", "1e0": "1"}
    plain = [numbers.get(label, label.strip()) for label in labels]
    expected = np.array([names.index(label) for label in plain])
    assert_holds(dataset, IMAGES, expected)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_words_of_western_europe(tmp_path, encoding):
    text = csv_text(np.column_stack((np.array(["Käse", "naïf", "x", "y"])[LABELS], IMAGES)))
    dataset = open_dataset(str(write(tmp_path, text.encode(encoding))))
    assert dataset.class_names == ("Käse", "naïf", "x", "y")


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\u2009 "], ids=ascii)
@pytest.mark.parametrize("words", [False, True], ids=["numbers", "words"])
def test_unusual_blanks_beside_numbers(tmp_path, blank, words):
    rows = [[WORDS[i] if words else LABELS[i], *IMAGES[i]] for i in range(len(IMAGES))]
    text = csv_text(rows, ["label", *PIXEL_NAMES]).replace(",", f",{blank}")
    assert_holds(open_dataset(str(write(tmp_path, text))), IMAGES, LABELS)


@pytest.mark.parametrize("name", ["optdigits.tra", "digits", "digits.txt", "digits.data"])
def test_uci_digits_open_whatever_they_are_called(tmp_path, name):
    images, labels = sample(n=60, side=8, n_classes=10, high=17)
    text = numpy_text(np.column_stack((images, labels)), fmt="%d", delimiter=",")
    dataset = open_dataset(str(write(tmp_path, text, name)))
    assert dataset.image_shape == (8, 8)
    assert_holds(dataset, images, labels, full=16)
    assert any("divided by 16" in note for note in dataset.notes)
    assert any("last column" in note for note in dataset.notes)


def test_kaggle_without_a_name_that_says_so_opens(tmp_path):
    assert open_dataset(str(write(tmp_path, KAGGLE, "train"))).n_classes == 4


def test_normalised_pixels_open(tmp_path):
    images = np.round(IMAGES / 127.5 - 1, 4)
    dataset = open_dataset(str(write(tmp_path, csv_text(np.column_stack((WORDS, images))))))
    assert_holds(dataset, (images + 1) / 2, LABELS, full=1, atol=6e-8)


@QUICK
@given(
    n=st.integers(4, 30),
    side=st.integers(2, 6),
    high=st.sampled_from([2, 17, 256, 1000, 65536]),
    seed=st.integers(0, 10_000),
    delimiter=st.sampled_from(",;\t"),
    fmt=st.sampled_from(["%d", "%.2f", "%.6e", "%5d"]),
    last=st.booleans(),
    pieces=st.integers(20, 400),
)
def test_any_table_reads_back_as_written(
    tmp_path_factory, n, side, high, seed, delimiter, fmt, last, pieces
):
    images, labels = sample(n, side=side, n_classes=2, seed=seed, high=high)
    rows = np.column_stack((images, labels) if last else (labels, images))
    text = numpy_text(rows, fmt=fmt, delimiter=delimiter)
    path = write(tmp_path_factory.mktemp("csv"), text)
    full = next(value for value in (1, 16, 255, 65535) if high - 1 <= value)
    with pytest.MonkeyPatch.context() as patch:  # lines that are cut anywhere between two reads
        patch.setattr(table_lines, "_PIECE_BYTES", pieces)
        place = "last" if last else "first"
        reading = ReadingConfig(ink="light", full_ink=full, label_column=place)
        dataset = open_dataset(str(path), reading)
    assert_holds(dataset, images, labels, full)


def test_progress_is_told_in_small_steps(tmp_path):
    images, labels = sample(n=3000, side=8)
    path = write(tmp_path, numpy_text(np.column_stack((labels, images)), fmt="%d", delimiter=","))
    told = [step for step in opening_dataset(str(path)) if step.unit == "bytes"]
    size = path.stat().st_size
    assert told[-1] == Progress(size, size, "bytes")
    assert len(told) >= size / 2**17


def _table(first, last, n=60):
    """Return a table with these ends and 15 columns of noise between them."""
    inner = np.random.default_rng(1).integers(256, size=(n, 15))
    return np.column_stack((np.resize(first, n), inner, np.resize(last, n)))


@pytest.mark.parametrize(
    ("first", "last", "expected", "words"),
    [
        (range(4), [0], "first", "first column, as its values tell"),
        ([0], range(4), "last", "last column, as its values tell"),
        (range(4), [0.5, 1], "first", "first column, as its values tell"),
        (range(4), range(60, 0, -1), "first", "the last could be labels too"),
        (range(4), [0, 0, 0, 7], "first", "first column, as its values tell"),
        ([0, 0, 0, 7], range(4), "last", "last column, as its values tell"),
        ([0, 0, 0, 7], [0, 0, 0, 0, 5], "first", "the last could be labels too"),
    ],
    ids=["ground last", "ground first", "decimals", "both", "rare last", "rare first", "both rare"],
)
def test_the_values_tell_where_labels_are(tmp_path, first, last, expected, words):
    rows = _table(list(first), list(last))
    dataset = open_dataset(str(write(tmp_path, numpy_text(rows, fmt="%g", delimiter=","))))
    column = rows[:, 0] if expected == "first" else rows[:, -1]
    assert dataset.class_names == tuple(f"{value:g}" for value in np.unique(column))
    assert any(words in note for note in dataset.notes)


def test_a_column_of_too_many_values_is_no_label(tmp_path):
    rows = _table(range(120), range(4), n=240)
    dataset = open_dataset(str(write(tmp_path, numpy_text(rows, fmt="%d", delimiter=","))))
    assert dataset.n_classes == 4


@pytest.mark.parametrize("choice", ["first", "last"])
def test_a_person_can_say_where_labels_are(tmp_path, choice):
    path = write(tmp_path, csv_text(_table(range(4), range(5)), ["label", *PIXEL_NAMES]))
    dataset = open_dataset(str(path), ReadingConfig(label_column=choice))
    assert dataset.n_classes == {"first": 4, "last": 5}[choice]


def test_images_that_are_not_square_need_their_height(tmp_path):
    images = np.column_stack((IMAGES, IMAGES[:, :4]))
    path = write(tmp_path, csv_text(np.column_stack((LABELS, images)), ["y", *range(20)]))
    assert "20 pixels do not make a square image" in refusal(path)
    dataset = open_dataset(str(path), ReadingConfig(image_height=4))
    assert dataset.image_shape == (4, 5)
    assert_holds(dataset, images, LABELS)


TEST_IMAGES, TEST_LABELS = sample(n=12, seed=7)
TEST_PART = csv_text(np.column_stack((TEST_LABELS, TEST_IMAGES)), ["label", *PIXEL_NAMES])
KAGGLE_TEST = csv_text(TEST_IMAGES, PIXEL_NAMES)
PAIRS = [
    ("mnist_train.csv", "mnist_test.csv"),
    ("train.csv", "test.csv"),
    ("MNIST-Training.CSV", "MNIST-Testing.CSV"),
    ("train.csv.gz", "test.csv"),
    ("optdigits.tra", "optdigits.tes"),
]


@pytest.mark.parametrize("whole", [True, False], ids=["the folder", "the file"])
@pytest.mark.parametrize("names", PAIRS, ids=lambda names: names[0])
def test_a_training_and_a_test_table_belong_together(tmp_path, names, whole):
    train = write(tmp_path, KAGGLE, names[0])
    write(tmp_path, TEST_PART, names[1])
    (tmp_path / "README.md").write_text("digits")
    dataset = open_dataset(str(tmp_path if whole else train))
    assert dataset.has_own_test
    assert dataset.train.n_samples == 40
    np.testing.assert_allclose(dataset.test.images, TEST_IMAGES / 255, rtol=2e-7)
    np.testing.assert_array_equal(dataset.test.labels, TEST_LABELS)
    assert any(f"{names[1]} beside it" in note for note in dataset.notes) != whole


def test_words_have_the_same_numbers_in_both_tables(tmp_path):
    write(tmp_path, csv_text(np.column_stack((WORDS, IMAGES))), "train.csv")
    other = np.array(["fox", "ant"])[np.arange(12) % 2]
    write(tmp_path, csv_text(np.column_stack((other, TEST_IMAGES))), "test.csv")
    dataset = open_dataset(str(tmp_path))
    assert dataset.class_names == ("ant", "cat", "dog", "eel", "fox")
    np.testing.assert_array_equal(dataset.test.labels, np.resize([4, 0], 12))


@pytest.mark.parametrize("whole", [True, False], ids=["the folder", "the file"])
def test_kaggles_folder_opens_without_the_part_that_has_no_labels(tmp_path, whole):
    train = write(tmp_path, KAGGLE, "train.csv")
    write(tmp_path, KAGGLE_TEST, "test.csv")
    write(tmp_path, "ImageId,Label\n1,0\n2,0\n", "sample_submission.csv")
    dataset = open_dataset(str(tmp_path if whole else train))
    assert not dataset.has_own_test
    assert_holds(dataset, IMAGES, LABELS)
    assert any("test.csv was left out: it has no labels" in note for note in dataset.notes)


def test_a_folder_with_one_table_opens(tmp_path):
    write(tmp_path, KAGGLE)
    (tmp_path / "notes.txt").write_text("hello")
    assert open_dataset(str(tmp_path)).name == tmp_path.name


def test_the_test_table_alone_opens_as_a_set(tmp_path):
    write(tmp_path, KAGGLE, "mnist_train.csv")
    dataset = open_dataset(str(write(tmp_path, TEST_PART, "mnist_test.csv")))
    assert_holds(dataset, TEST_IMAGES, TEST_LABELS)


def _changed(line, column, value, text=KAGGLE):
    """Return a table with one field changed; lines and columns count from 1."""
    lines = text.split("\n")
    fields = lines[line - 1].split(",")
    fields[column - 1] = value
    lines[line - 1] = ",".join(fields)
    return "\n".join(lines)


def _long_labels():
    return csv_text(
        np.column_stack((np.arange(120), np.resize(IMAGES, (120, 16)))), ["y", *"p" * 16]
    )


WRONG = {
    "a word for a pixel": (_changed(7, 5, "x"), ["line 7:", "column 5 is 'x'", "number"]),
    "a word for a pixel, by line 1": (
        _changed(3, 2, "x", csv_text(LABEL_FIRST, lineterminator="\n")),
        ["line 3:", "column 2 is 'x'"],
    ),
    "an empty pixel": (_changed(12, 17, ""), ["line 12:", "column 17 is empty"]),
    "not a number": (_changed(2, 4, "NaN"), ["line 2:", "column 4 is 'NaN'"]),
    "infinite": (_changed(2, 4, "inf"), ["line 2:", "column 4 is 'inf'"]),
    "too large a number": (_changed(2, 4, "1e400"), ["line 2:", "column 4 is '1e400'"]),
    "digits with underscores": (_changed(2, 4, "1_0"), ["line 2:", "column 4 is '1_0'"]),
    "hexadecimal": (_changed(2, 4, "0x10"), ["line 2:", "column 4 is '0x10'"]),
    "two numbers": (_changed(2, 4, "1 2"), ["line 2:", "column 4 is '1 2'"]),
    "decimal commas": (
        csv_text([["3", "0,5", "1", "1", "1"]] * 4, delimiter=";"),
        ["line 1:", "column 2 is '0,5'", "decimals with a point"],
    ),
    "one column more": (_changed(9, 5, "1,2"), ["line 9:", "18 columns", "expected 17"]),
    "one column less": (
        KAGGLE.rsplit(",", 1)[0] + "\n",
        ["line 41:", "16 columns", "expected 17"],
    ),
    "cut in a line": (KAGGLE[:-20], ["line 41:", "columns"]),
    "after a blank line": (
        "\n\n" + _changed(7, 5, "x"),
        ["line 9:", "column 5 is 'x'"],
    ),
    "lines of Windows": (
        _changed(7, 5, "x").replace("\n", "\r\n"),
        ["line 7:", "column 5 is 'x'"],
    ),
    "an empty label": (_changed(30, 1, ""), ["line 30:", "label, in the column 1, is empty"]),
    "a label that is no number": (_changed(30, 1, "nan"), ["line 30:", "is nan: no value"]),
    "a label with decimals": (_changed(30, 1, "2.5"), ["line 30:", "is 2.5", "whole number"]),
    "a label of 300 letters": (_changed(30, 1, "w" * 300), ["line 30:", "300 characters"]),
    "a huge label": (_changed(30, 1, "1e300"), ["line 30:", "is 1e300"]),
    "more than 100 labels": (
        _long_labels(),
        ["line 102:", "is 100, different label number 101", "label column"],
    ),
    "one class": (
        csv_text(np.column_stack((LABELS * 0, IMAGES)), ["y", *PIXEL_NAMES]),
        ["two classes at least"],
    ),
    "a quote left open": (_changed(5, 3, '"1'), ["line 5:", "quotes"]),
    "a quote within": (_changed(5, 3, '"1"2'), ["line 5:", "quotes"]),
    "a quote over two lines": (
        _changed(5, 17, '"1').replace("\n1,", '\n1",', 1),
        ["line 5:", "quotes"],
    ),
    "Kaggle's test.csv": (KAGGLE_TEST, ["16 columns of pixels and no labels", "train.csv"]),
    "pixels alone, without a header": (csv_text(IMAGES), ["16 columns of pixels and no labels"]),
    "no column of labels": (
        csv_text(_table([0.5, 0.25], [0])),
        ["neither the first nor the last column can be labels", "label column"],
    ),
    "one column": ("1\n2\n3\n", ["these are labels", "No file beside it holds 3 images"]),
    "labels alone below the header": (
        KAGGLE.split("\n")[0] + "\ncat\ndog\n",
        ["line 2:", "1 column;", "expected 17"],
    ),
    "numbers of rows alone": (
        csv_text([[1], [2]], ["id", "label", *PIXEL_NAMES]),
        ["line 2:", "1 column;", "expected 18"],
    ),
    "an id and a label": (
        "ImageId,Label\n1,0\n2,0\n",
        ["these are labels", "No file beside it holds 2 images"],
    ),
    "a header alone": (KAGGLE.split("\n")[0], ["only a header"]),
    "blank lines alone": ("\n \n\n", ["only blank lines"]),
    "a zero byte": (KAGGLE.replace(",", "\0", 17 + 16), ["line 1:", "value 0"]),
    "UTF-16": (KAGGLE.encode("utf-16"), ["UTF-16", "UTF-8"]),
    "negative pixels": (_changed(2, 4, "-300"), ["pixels lie between -300"]),
    "a line too long": (KAGGLE + "1," * 600_000, ["line 42:", "longer than 1,048,576 bytes"]),
    "too many columns": ("1," * 262_200 + "1", ["line 1:", "262,201 columns", "512 x 512"]),
}


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(tmp_path, case, suffix):
    text, words = WRONG[case]
    path = write(tmp_path, text, "digits" + suffix)
    message = refusal(path)
    assert message.startswith((str(path), path.name))
    missing = [word for word in words if word not in message]
    assert not missing, message


@pytest.mark.parametrize("line", [2, 100, 999, 2001])
def test_the_line_is_counted_over_all_blocks(tmp_path, line):
    rows = np.column_stack((np.resize(LABELS, 2000), np.resize(IMAGES, (2000, 16))))
    text = csv_text(rows, ["label", *PIXEL_NAMES], lineterminator="\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_lines, "_PIECE_BYTES", 700)
        message = refusal(write(tmp_path, _changed(line, 6, "six", text)))
    assert f"line {line:,}: column 6 is 'six'" in message


def test_the_bad_line_of_the_test_part_is_named_with_its_file(tmp_path):
    write(tmp_path, KAGGLE, "train.csv")
    test = write(tmp_path, _changed(4, 6, "six", TEST_PART), "test.csv")
    assert refusal(tmp_path).startswith(f"{test}, line 4: column 6")


def test_a_test_part_of_another_size_is_refused(tmp_path):
    write(tmp_path, KAGGLE, "train.csv")
    images, labels = sample(n=10, side=5)
    test = csv_text(np.column_stack((labels, images)), ["label", *range(25)])
    path = write(tmp_path, test, "test.csv")
    assert f"{path}: 26 columns, but train.csv has 17" in refusal(tmp_path)


def test_several_tables_in_a_folder_are_listed(tmp_path):
    write(tmp_path, KAGGLE, "a.csv")
    write(tmp_path, KAGGLE[: KAGGLE.rindex("\n", 0, -1) + 1], "b.csv")
    assert "a.csv and b.csv open; open one of them instead" in refusal(tmp_path)


@pytest.mark.parametrize(
    "content",
    ["<!DOCTYPE html>\n<p>1,2,3,4,5,6</p>", "[[1,2,3,4,5,6,7]]", "Dear all,\nhello\n", "1\n2\n"],
    ids=["a web page", "JSON", "a letter", "one number in a line"],
)
def test_other_text_is_no_table(tmp_path, content):
    message = refusal(write(tmp_path, content, "some.txt"))
    assert "expected one of" in message or "this is JSON, which is not read" in message


def test_a_web_page_named_as_a_table_is_told_apart(tmp_path):
    assert "this is a web page" in refusal(write(tmp_path, "<html>,,,,,,</html>", "train.csv"))


@pytest.mark.parametrize("damage", ["cut", "flipped", "followed"])
def test_damaged_gzip_is_told_as_such(tmp_path, damage):
    path = write(tmp_path, KAGGLE, "train.csv.gz")
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[:-200]
    elif damage == "flipped":
        content[len(content) // 2] ^= 0xFF
    else:
        content += b"more"
    path.write_bytes(content)
    words = {"cut": "ends early", "flipped": "damaged", "followed": "more data after the end"}
    assert words[damage] in refusal(path)


@pytest.mark.parametrize(
    ("bound", "value", "rows"),
    [
        ("MAX_ELEMENTS", 17 * 40, 40),
        ("MAX_ELEMENTS", 17 * 39, 39),
        ("MAX_IMAGES", 30, 30),
        ("MAX_FILE_BYTES", 100, 40),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
def test_of_more_rows_than_are_held_the_first_are_read(
    tmp_path, monkeypatch, bound, value, rows, suffix
):
    monkeypatch.setattr(limits, bound, value)
    dataset = open_dataset(str(write(tmp_path, KAGGLE, f"digits{suffix}")))
    assert_holds(dataset, IMAGES[:rows], LABELS[:rows])
    cut = [note for note in dataset.notes if f"Only the first {rows} images of digits.csv" in note]
    assert len(cut) == (rows < 40)


def test_of_a_large_text_the_beginning_is_read(tmp_path, monkeypatch):
    text = KAGGLE + "".join(KAGGLE.split("\n", 1)[1] for _ in range(1000))
    monkeypatch.setattr(limits, "MAX_INFLATED_BYTES", 1_500_000)
    assert len(text) > 1_500_000
    dataset = open_dataset(str(write(tmp_path, text)))
    assert dataset.n_classes == 4
    n = dataset.train.n_samples + dataset.test.n_samples
    assert 5_000 < n < 30_000
    assert any(f"Only the first {n:,} images" in note for note in dataset.notes)


def test_of_a_large_training_table_room_is_left_for_the_test_part(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_IMAGES", 50)
    train = write(tmp_path, KAGGLE, "train.csv")
    write(tmp_path, KAGGLE, "test.csv")
    dataset = open_dataset(str(train))
    assert (dataset.train.n_samples, dataset.test.n_samples) == (40, 10)
    assert any("Only the first 10 images of test.csv" in note for note in dataset.notes)


def letters_text(labels, seed=0):
    """Return a table as Kaggle has EMNIST's, each image transposed, and the upright images."""
    upright = np.random.default_rng(seed).integers(256, size=(len(labels), 4, 4))
    upright[0, 0, 0] = 255
    stored = upright.transpose(0, 2, 1).reshape(len(labels), -1)
    return csv_text(np.column_stack((labels, stored))), upright.reshape(len(labels), -1)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(
    ("name", "first", "names"),
    [
        ("letters", 1, "abcdefghijklmnopqrstuvwxyz"),
        ("balanced", 0, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"),
        ("digits", 0, "0123456789"),
    ],
    ids=["letters", "balanced", "digits"],
)
def test_emnist_tables_are_turned_upright_and_named(tmp_path, name, first, names, suffix):
    labels = np.random.default_rng(3).permutation(np.arange(len(names) * 3) % len(names))
    text, images = letters_text(labels + first)
    train = write(tmp_path, text, f"emnist-{name}-train.csv{suffix}")
    alone = open_dataset(str(train), ReadingConfig(label_column="first"))
    assert alone.class_names == tuple(names)
    assert_holds(alone, images, labels)
    write(tmp_path, letters_text(labels[:30] + first, seed=1)[0], f"emnist-{name}-test.csv{suffix}")
    whole = open_dataset(str(tmp_path), ReadingConfig(label_column="first"))
    assert whole.class_names == tuple(names)
    np.testing.assert_array_equal(whole.train.labels, labels)
    np.testing.assert_array_equal(whole.test.labels, labels[:30])
    np.testing.assert_allclose(whole.train.images, images / 255, rtol=3e-7)


def test_emnist_tables_take_the_names_beside_them(tmp_path):
    text, _ = letters_text(np.random.default_rng(0).integers(3, size=40))
    path = write(tmp_path, text, "emnist-own-train.csv")
    write(tmp_path, "0 48\n1 66 98\n2 233\n", "emnist-own-mapping.txt")
    reading = ReadingConfig(label_column="first")
    assert open_dataset(str(path), reading).class_names == ("0", "b", "\u00e9")


def numbered(header):
    """Return a table whose first column counts the images, as Kaggle's tests have it."""
    return csv_text(np.column_stack((np.arange(40), IMAGES)), header)


@pytest.mark.parametrize("whole", [True, False])
def test_a_test_part_without_the_column_of_labels_is_left_out(tmp_path, whole):
    path = write(tmp_path, KAGGLE, "train.csv")
    write(tmp_path, numbered(["sample_no", *PIXEL_NAMES]), "test.csv")
    dataset = open_dataset(str(tmp_path if whole else path))
    assert_holds(dataset, IMAGES, LABELS)
    assert any("test.csv was left out: it has no column 'label'" in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("other", "words"),
    [("name,score,age\na,1,2\n", "it has 3 columns, but train.csv has 17"), ("one\n", "one col")],
)
def test_a_table_that_only_is_called_test_keeps_nobody_from_the_one_asked_for(
    tmp_path, other, words
):
    path = write(tmp_path, KAGGLE, "train.csv")
    write(tmp_path, other, "test.csv")
    dataset = open_dataset(str(path))
    assert_holds(dataset, IMAGES, LABELS)
    assert any(words in note for note in dataset.notes)


def test_a_folder_means_both_of_its_tables(tmp_path):
    write(tmp_path, KAGGLE, "train.csv")
    write(tmp_path, "one\n", "test.csv")
    assert "test.csv, line 1: only one column" in refusal(tmp_path)


def test_what_a_mac_leaves_beside_a_table_is_no_table(tmp_path):
    write(tmp_path, KAGGLE, "train.csv")
    (tmp_path / "._train.csv").write_bytes(b"\0\5\x16\7" + bytes(100))
    assert_holds(open_dataset(str(tmp_path)), IMAGES, LABELS)


@pytest.mark.parametrize("names", [("na", "none", "o", "ki"), ("'cat'", "'dog'", "'eel'", "'x'")])
def test_words_that_only_look_like_no_value(tmp_path, names):
    rows = np.column_stack((np.array(names)[LABELS], IMAGES))
    dataset = open_dataset(str(write(tmp_path, csv_text(rows, ["'class'", *PIXEL_NAMES]))))
    assert dataset.class_names == tuple(sorted(name.strip("'") for name in names))


def test_labels_may_have_another_usual_name_in_the_test_part(tmp_path):
    path = write(tmp_path, KAGGLE, "train.csv")
    write(tmp_path, csv_text(LABEL_FIRST, ["class", *PIXEL_NAMES]), "test.csv")
    dataset = open_dataset(str(path))
    assert dataset.has_own_test
    np.testing.assert_array_equal(dataset.test.labels, LABELS)


def test_of_fer2013_the_private_test_is_the_test_part(tmp_path):
    usage = ["Training"] * 20 + ["PublicTest"] * 10 + ["PrivateTest"] * 10
    pixels = [" ".join(map(str, image)) for image in IMAGES]
    rows = list(zip(LABELS, pixels, usage, strict=True))
    dataset = open_dataset(str(write(tmp_path, csv_text(rows, ["emotion", "pixels", "Usage"]))))
    assert dataset.has_own_test
    assert (dataset.train.n_samples, dataset.test.n_samples) == (30, 10)
    np.testing.assert_array_equal(np.sort(dataset.test.labels), np.sort(LABELS[30:]))
    assert_holds(dataset, IMAGES, LABELS)
    notes = " ".join(dataset.notes)
    assert "All pixels of an image are in the column 'pixels'." in notes
    assert "The images for validation were put with those for training." in notes


TWO = np.column_stack((WORDS, LABELS, IMAGES))
TWO_NAMES = ["kind", "Number", *PIXEL_NAMES]


@pytest.mark.parametrize(
    ("reading", "names"),
    [
        ({"label_column": "kind", "ignored_columns": "number"}, ("cat", "dog", "eel", "fox")),
        ({"label_column": "Number"}, ("0", "1", "2", "3")),
        ({"label_column": "number", "ignored_columns": " kind "}, ("0", "1", "2", "3")),
    ],
)
def test_the_label_is_said_by_its_name_and_columns_are_ignored(tmp_path, reading, names):
    path = write(tmp_path, csv_text(TWO, TWO_NAMES))
    dataset = open_dataset(str(path), ReadingConfig(**reading))
    assert dataset.class_names == names
    assert_holds(dataset, IMAGES, LABELS)


def test_names_of_the_classes_in_the_file_are_taken(tmp_path):
    path = write(tmp_path, csv_text(TWO, ["class_name", "label", *PIXEL_NAMES]))
    dataset = open_dataset(str(path))
    assert dataset.class_names == ("cat", "dog", "eel", "fox")
    assert_holds(dataset, IMAGES, LABELS)
    assert any("left out: label" in note for note in dataset.notes)


FER = [[label, "1 2 3 4", "Training"] for label in LABELS]


@pytest.mark.parametrize(
    ("text", "reading", "words"),
    [
        (KAGGLE, {"label_column": "nothing"}, "no column is called 'nothing'; there are label"),
        (KAGGLE, {"ignored_columns": "nothing"}, "no column is called 'nothing'"),
        (csv_text(LABEL_FIRST), {"label_column": "kind"}, "its columns have no names"),
        (
            csv_text([*FER, [1, "1 2 3", "Training"]], ["emotion", "pixels", "Usage"]),
            {},
            "line 42: 3 pixels; expected 4, as in the first image",
        ),
        (
            csv_text([*FER * 2, [1, "1 2 3 4", "other"]], ["emotion", "pixels", "Usage"]),
            {},
            "line 82: the part is 'other'; expected one of training or test",
        ),
        (
            csv_text([*FER, [1, "1 2 3 4"]], ["emotion", "pixels", "Usage"]),
            {},
            "line 42: 2 columns; expected 3, as in the first line",
        ),
        (
            csv_text([[1, 2, *row[1:]] for row in LABEL_FIRST], ["label", "class", *PIXEL_NAMES]),
            {"ignored_columns": "pixel0"},
            "the labels may be in label, class",
        ),
        (
            csv_text(
                [[*np.eye(4, dtype=int)[i % 4], 1, 2, 3, 4, 5, 6, 7, 8, 9] for i in range(30)]
                + [[0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
                ["a", "b", "c", "d", *PIXEL_NAMES[:9]],
            ),
            {},
            "line 32: 0 classes are marked; expected one, with a 1 in its column",
        ),
    ],
)
def test_what_is_wrong_with_columns_in_another_order_is_named(tmp_path, text, reading, words):
    assert words in refusal(write(tmp_path, text), **reading)

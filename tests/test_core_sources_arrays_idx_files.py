"""Which IDX files belong together: by name, by content, in EMNIST's many sets, in a zip."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import string
import zipfile

import hostile
import numpy as np
import pytest
from core_samples import idx_bytes, mnist_folder, write_content, write_idx, write_idx_folder

from core.errors import DatasetError
from core.sources import open_dataset
from core.sources.catalogue import dataset_cache
from core.sources.catalogue.entries import CATALOGUE
from core.sources.catalogue.mirrors import MIRROR_VARIABLE
from core.sources.reading import ReadingConfig

BALANCED = string.digits + string.ascii_uppercase + "abdefghnqrt"  # Table II of the EMNIST paper


def refusal(path):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path))
    return str(caught.value)


def sizes(path):
    """Return how many images were found for training and testing, and whether both came along."""
    dataset = open_dataset(str(path))
    return dataset.train.n_samples, dataset.test.n_samples, dataset.has_own_test


def rename(folder, **names):
    for old, new in names.items():
        part, kind = old.split("_")
        digit = 3 if kind == "images" else 1
        (folder / f"{part}-{kind}-idx{digit}-ubyte").rename(folder / new)


def test_files_of_other_names_are_paired_by_their_number(tmp_path):
    _, train_labels, _, _ = write_idx_folder(tmp_path, n_train=21, n_test=9, suffix="")
    rename(tmp_path, train_images="a.bin", train_labels="b", t10k_images="c.dat", t10k_labels="d")
    (tmp_path / "README.txt").write_text("hello")
    assert sizes(tmp_path) == (21, 9, True)
    np.testing.assert_array_equal(open_dataset(str(tmp_path)).train.labels, train_labels)


def test_the_longer_part_is_for_training_unless_names_say_otherwise(tmp_path):
    write_idx_folder(tmp_path, n_train=9, n_test=21, suffix="")
    rename(tmp_path, train_images="a", train_labels="b", t10k_images="c", t10k_labels="d")
    assert sizes(tmp_path) == (21, 9, True)
    (tmp_path / "c").rename(tmp_path / "test c")
    assert sizes(tmp_path) == (9, 21, True)


@pytest.mark.parametrize("opened", ["a.bin", "b"])
def test_one_file_of_another_name_finds_its_other_half(tmp_path, opened):
    write_idx_folder(tmp_path, n_train=60, n_test=30, suffix="")
    rename(tmp_path, train_images="a.bin", train_labels="b", t10k_images="c", t10k_labels="d")
    assert sizes(tmp_path / opened) == (51, 9, False)


@pytest.mark.parametrize(
    ("change", "opened", "words"),
    [
        (
            lambda f: (f / "b").unlink(),
            "",
            "it is unclear which array is what. It holds a.bin (6 x",
        ),
        (lambda f: (f / "b").unlink(), "a.bin", "/a.bin: its labels are missing"),
        (lambda f: (f / "a.bin").unlink(), "b", "/b: its images are missing"),
        (
            lambda f: (f / "b2").write_bytes((f / "b").read_bytes()),
            "a.bin",
            "/a.bin: several files beside it hold as many labels as it holds images: b (12",
        ),
        (
            lambda f: write_idx(f / "e", np.zeros((3, 5, 6))) and write_idx(f / "f", np.zeros(3)),
            "",
            "it is unclear which array is what. It holds a.bin (12 x",
        ),
    ],
    ids=["folder without labels", "images alone", "labels alone", "two labels", "three sets"],
)
def test_what_cannot_be_paired_is_named(tmp_path, change, opened, words):
    write_idx_folder(tmp_path, suffix="")
    rename(tmp_path, train_images="a.bin", train_labels="b", t10k_images="c", t10k_labels="d")
    change(tmp_path)
    assert words in refusal(tmp_path / opened)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("a", "b", "c", "d"), "it is unclear which array is what. It holds a (12 x 5 x 6, uint8)"),
        (("a", "b", "c", "test d"), "it is unclear which array is what. It holds a (12 x 5 x 6"),
    ],
    ids=["no name tells", "one name tells"],
)
def test_parts_of_equal_length_ask(tmp_path, names, words):
    write_idx_folder(tmp_path, n_train=12, n_test=12, suffix="")
    keys = ("train_images", "train_labels", "t10k_images", "t10k_labels")
    rename(tmp_path, **dict(zip(keys, names, strict=True)))
    assert words in refusal(tmp_path)


def test_parts_of_equal_length_are_told_apart_by_the_word_test(tmp_path):
    _, train_labels, _, _ = write_idx_folder(tmp_path, n_train=12, n_test=12, suffix="")
    rename(tmp_path, train_images="b", train_labels="l", t10k_images="a test", t10k_labels="l test")
    write_idx(tmp_path / "l", train_labels[::-1])
    dataset = open_dataset(str(tmp_path))
    np.testing.assert_array_equal(dataset.train.labels, train_labels[::-1])


def test_a_folder_of_pictures_is_not_searched_for_ever(tmp_path):
    """Two hundred files that are no IDX come first: what follows is not found, and quickly so."""
    for i in range(200):
        (tmp_path / f"{i:03}").write_bytes(b"\x89PNG")
    write_idx_folder(tmp_path, suffix="")
    rename(tmp_path, train_images="a", train_labels="b", t10k_images="c", t10k_labels="d")
    assert "no images were found in this folder" in refusal(tmp_path)


@pytest.mark.parametrize("opened", ["", "train-images-idx3-ubyte", "train-labels-idx1-ubyte"])
def test_labels_of_another_name_are_not_taken_for_those_of_the_images(tmp_path, opened):
    """Noisy labels beside the clean ones, to compare them: any order of the names is tried."""
    _, labels, _, _ = write_idx_folder(tmp_path, suffix="")
    noisy = (labels + 1) % 3
    for name in ("a-train", "train-worse", "zz-train"):
        write_idx(tmp_path / f"{name}-labels-idx1-ubyte", noisy)
    write_idx(tmp_path / "t10k-worse-labels-idx1-ubyte", noisy)
    dataset = open_dataset(str(tmp_path / opened))
    np.testing.assert_array_equal(dataset.train.labels, labels)


def test_labels_of_another_name_alone_are_not_taken_either(tmp_path):
    _, labels, _, _ = write_idx_folder(tmp_path, suffix="")
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    write_idx(tmp_path / "train-worse-labels-idx1-ubyte", labels)
    assert "train-images-idx3-ubyte: its labels are missing" in refusal(tmp_path)


def test_two_files_of_the_same_labels_are_named(tmp_path):
    _, labels, _, _ = write_idx_folder(tmp_path, suffix="")
    write_idx(tmp_path / "training-labels-idx1-ubyte.gz", labels[::-1])
    words = (
        "it is unclear which labels are meant "
        "(train-labels-idx1-ubyte, training-labels-idx1-ubyte.gz)"
    )
    assert words in refusal(tmp_path)
    assert words in refusal(tmp_path / "train-images-idx3-ubyte")
    for name, expected in (("train", labels), ("training", labels[::-1])):
        suffix = ".gz" if name == "training" else ""
        dataset = open_dataset(str(tmp_path / f"{name}-labels-idx1-ubyte{suffix}"))
        np.testing.assert_array_equal(dataset.train.labels, expected)


def test_the_same_file_with_a_dot_and_with_a_hyphen_counts_once(tmp_path):
    """Kaggle's copy of MNIST has ``train-images.idx3-ubyte`` and ``train-images-idx3-ubyte``."""
    write_idx_folder(tmp_path, n_train=21, n_test=9, suffix="")
    for file in list(tmp_path.iterdir()):
        (tmp_path / file.name.replace("-idx", ".idx")).write_bytes(file.read_bytes())
    assert sizes(tmp_path) == (21, 9, True)


def write_emnist(folder, name, labels, *, n_test=0, seed=0):
    """Write a set as the NIST does, each image transposed; return the upright training images."""
    rng = np.random.default_rng(seed)
    folder.mkdir(exist_ok=True)
    labels = np.asarray(labels, dtype=np.uint8)
    for part, n in (("train", len(labels)), ("test", n_test)):
        upright = rng.integers(256, size=(n, 4, 5), dtype=np.uint8)
        if n:
            start = folder / f"emnist-{name}-{part}"
            write_idx(
                start.with_name(start.name + "-images-idx3-ubyte.gz"), upright.transpose(0, 2, 1)
            )
            write_idx(start.with_name(start.name + "-labels-idx1-ubyte.gz"), labels[:n])
        if part == "train":
            kept = upright
    return kept


LETTERS = np.tile(np.arange(1, 27), 2)


@pytest.mark.parametrize("opened", ["", "emnist-letters-train-images-idx3-ubyte.gz"])
def test_emnist_letters_are_turned_upright_and_named(tmp_path, opened):
    rng = np.random.default_rng(5)
    labels = rng.permutation(LETTERS)
    upright = write_emnist(tmp_path / "set", "letters", labels, n_test=30)
    dataset = open_dataset(str(tmp_path / "set" / opened))
    assert dataset.image_shape == (4, 5)
    assert dataset.class_names == tuple(string.ascii_lowercase)
    assert [dataset.class_names[k] for k in dataset.train.labels] == [chr(96 + k) for k in labels]
    np.testing.assert_allclose(dataset.train.images.reshape(-1, 4, 5), upright / 255, rtol=2e-7)
    assert dataset.test.n_samples == 30
    assert "Images are stored column by column and were turned upright." in dataset.notes


def test_emnist_can_be_left_as_it_is_stored(tmp_path):
    labels = np.random.default_rng(0).permutation(LETTERS)
    upright = write_emnist(tmp_path, "letters", labels, n_test=26)
    dataset = open_dataset(str(tmp_path), ReadingConfig(orientation="rows"))
    assert dataset.image_shape == (5, 4)
    stored = upright.transpose(0, 2, 1).reshape(52, -1)
    np.testing.assert_allclose(dataset.train.images, stored / 255, rtol=2e-7)


def test_emnist_balanced_has_the_names_of_its_paper(tmp_path):
    labels = np.random.default_rng(0).permutation(np.tile(np.arange(47), 2))
    write_emnist(tmp_path, "balanced", labels, n_test=47)
    dataset = open_dataset(str(tmp_path))
    assert "".join(dataset.class_names) == BALANCED
    np.testing.assert_array_equal(dataset.train.labels, labels)


def into_cache(key, folder):
    """Move the files of ``folder`` to where a download puts them, and note them as it does."""
    home = dataset_cache.entry_folder(CATALOGUE[key])
    home.parent.mkdir(parents=True)
    folder.rename(home)
    for file in list(home.iterdir()):
        dataset_cache.note_hash(file)


@pytest.mark.parametrize("place", ["mirror", "the set's own folder", "unpacked", "cache"])
@pytest.mark.parametrize(
    ("name", "first", "names"),
    [("letters", 1, string.ascii_lowercase), ("balanced", 0, BALANCED)],
    ids=["letters", "balanced"],
)
def test_emnist_opens_by_its_name(tmp_path, monkeypatch, name, first, names, place):
    monkeypatch.setenv(dataset_cache.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(MIRROR_VARIABLE, raising=False)
    key = f"emnist-{name}"
    folder = tmp_path / "stick" / key
    folder.parent.mkdir()
    labels = np.random.default_rng(1).permutation(np.tile(np.arange(len(names)), 3)) + first
    upright = write_emnist(folder, name, labels, n_test=30)
    if place == "unpacked":
        for file in list(folder.iterdir()):
            file.with_suffix("").write_bytes(gzip.decompress(file.read_bytes()))
            file.unlink()
    if place == "cache":
        into_cache(key, folder)
    mirror = {"cache": "", "the set's own folder": str(folder)}.get(place, str(folder.parent))
    dataset = open_dataset(key, mirror=mirror)
    assert dataset.name == CATALOGUE[key].label
    assert dataset.n_classes == len(names)
    assert "".join(dataset.class_names) == names
    np.testing.assert_array_equal(dataset.train.labels, labels - first)
    np.testing.assert_array_equal(dataset.test.labels, labels[:30] - first)
    assert dataset.image_shape == (4, 5)
    np.testing.assert_allclose(dataset.train.images.reshape(-1, 4, 5), upright / 255, rtol=2e-7)
    copied = any("were not checked against the published ones" in note for note in dataset.notes)
    assert copied == (place != "cache")


def test_emnist_by_its_name_keeps_the_names_of_a_table_beside_it(tmp_path, monkeypatch):
    monkeypatch.setenv(dataset_cache.CACHE_VARIABLE, str(tmp_path / "cache"))
    folder = tmp_path / "emnist-letters"
    write_emnist(folder, "letters", np.random.default_rng(1).permutation(LETTERS), n_test=26)
    lines = [f"{k} {64 + k}\n" for k in range(1, 27)]
    (folder / "emnist-letters-mapping.txt").write_text("".join(lines))
    dataset = open_dataset("emnist-letters", mirror=str(tmp_path))
    assert "".join(dataset.class_names) == string.ascii_uppercase


def test_emnist_by_its_name_refuses_labels_that_it_cannot_have(tmp_path, monkeypatch):
    monkeypatch.setenv(dataset_cache.CACHE_VARIABLE, str(tmp_path / "cache"))
    write_emnist(tmp_path / "emnist-letters", "letters", np.tile([1, 26, 27], 5), n_test=9)
    with pytest.raises(DatasetError, match="label 27 is none of EMNIST letters, whose labels are"):
        open_dataset("emnist-letters", mirror=str(tmp_path))


def test_the_table_of_names_beside_the_files_decides(tmp_path):
    labels = np.random.default_rng(0).permutation(np.tile(np.arange(3), 8))
    write_emnist(tmp_path, "own", labels, n_test=9)
    table = tmp_path / "emnist-own-mapping.txt"
    table.write_text("0 48\n1 66 98\n\n2 233\n")
    assert open_dataset(str(tmp_path)).class_names == ("0", "b", "é")
    table.unlink()
    assert open_dataset(str(tmp_path)).class_names == ("0", "1", "2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 48\n1 x\n", "emnist-own-mapping.txt, line 2: '1 x' is no label"),
        ("0 48\n1\n", "line 2: '1' is no label"),
        ("0 48\n1 1114112\n", "line 2: '1 1114112' is no label"),
        ("0 48\n2 50\n", "the labels in it do not follow each other"),
        ("", "emnist-own-mapping.txt: the file is empty"),
        ("\n", "the labels in it do not follow each other"),
        ("0 48\n" * 10_000, "the labels in it do not follow each other"),
    ],
    ids=["word", "no code", "beyond Unicode", "gap", "empty", "blank", "endless"],
)
def test_a_damaged_table_of_names_is_named(tmp_path, text, words):
    write_emnist(tmp_path, "own", np.arange(9) % 3, n_test=9)
    (tmp_path / "emnist-own-mapping.txt").write_text(text)
    assert words in refusal(tmp_path)


def test_labels_beyond_the_known_letters_name_themselves(tmp_path):
    write_emnist(tmp_path, "letters", np.tile([1, 26, 27], 5), n_test=9)
    assert open_dataset(str(tmp_path)).class_names == ("1", "26", "27")


def test_a_folder_of_several_emnist_sets_names_them_and_one_file_opens(tmp_path):
    folder = tmp_path / "gzip"
    write_emnist(folder, "letters", LETTERS, n_test=26)
    write_emnist(folder, "digits", np.tile(np.arange(10), 5), n_test=20)
    message = refusal(folder)
    assert "emnist-digits-train-images-idx3-ubyte.gz" in message
    assert "emnist-letters-train-images-idx3-ubyte.gz" in message
    assert "open one of them instead" in message
    assert sizes(folder / "emnist-digits-test-labels-idx1-ubyte.gz") == (50, 20, True)
    assert sizes(folder / "emnist-letters-train-images-idx3-ubyte.gz") == (52, 26, True)


def zip_folder(folder, file, *, inside="", method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(file, "w", method) as archive:
        for source in sorted(folder.iterdir()):
            archive.write(source, inside + source.name)
    return file


@pytest.mark.parametrize("suffix", ["", ".gz"], ids=["plain", "gzip inside"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=str)
@pytest.mark.parametrize("inside", ["", "mnist/raw/"])
def test_a_zip_of_four_files_opens(tmp_path, suffix, method, inside):
    train, train_labels, _, _ = write_idx_folder(tmp_path / "set", suffix=suffix)
    file = zip_folder(tmp_path / "set", tmp_path / "all.zip", inside=inside, method=method)
    before = sorted(tmp_path.rglob("*"))
    dataset = open_dataset(str(file))
    assert dataset.name == "all.zip"
    assert (dataset.train.n_samples, dataset.test.n_samples) == (12, 6)
    np.testing.assert_allclose(dataset.train.images, train.reshape(12, -1) / 255, rtol=2e-7)
    np.testing.assert_array_equal(dataset.train.labels, train_labels)
    assert sorted(tmp_path.rglob("*")) == before


def test_what_lies_deeper_or_comes_from_a_mac_does_not_count(tmp_path):
    write_idx_folder(tmp_path / "set", suffix="")
    file = zip_folder(tmp_path / "set", tmp_path / "all.zip")
    with zipfile.ZipFile(file, "a") as archive:
        archive.mkdir("folder")
        archive.writestr("train-images-idx3-ubyte/train-images-idx3-ubyte", b"something else")
        archive.writestr("__MACOSX/train-images-idx3-ubyte", b"something else")
    assert sizes(file) == (12, 6, True)


def test_a_zip_of_files_of_other_names_opens(tmp_path):
    write_idx_folder(tmp_path / "set", suffix="")
    rename(tmp_path / "set", train_images="a", train_labels="b", t10k_images="c", t10k_labels="d")
    assert sizes(zip_folder(tmp_path / "set", tmp_path / "all.zip")) == (12, 6, True)


def test_the_archive_of_the_nist_names_its_sets_or_opens_the_only_one(tmp_path):
    write_emnist(tmp_path / "set", "letters", LETTERS, n_test=26)
    codes = [f"{k} {64 + k} {96 + k}\n" for k in range(1, 27)]
    (tmp_path / "set" / "emnist-letters-mapping.txt").write_text("".join(codes).upper())
    file = zip_folder(tmp_path / "set", tmp_path / "gzip.zip", inside="gzip/")
    assert open_dataset(str(file)).class_names == tuple(string.ascii_lowercase)
    write_emnist(tmp_path / "set", "digits", np.tile(np.arange(10), 5), n_test=20)
    message = refusal(zip_folder(tmp_path / "set", tmp_path / "gzip.zip", inside="gzip/"))
    assert f"{tmp_path / 'gzip.zip'}/gzip: several sets" in message
    assert "emnist-letters-train-images-idx3-ubyte.gz" in message
    assert "emnist-digits-train-images-idx3-ubyte.gz" in message
    assert "open one of them instead" in message
    one = tmp_path / "gzip.zip" / "gzip" / "emnist-digits-train-images-idx3-ubyte.gz"
    assert open_dataset(str(one)).n_classes == 10


def with_member(change):
    """Return a maker of an archive of one damaged member."""

    def make(file):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            change(archive)

    return make


def four(archive, **instead):
    contents = {
        "train-images-idx3-ubyte": idx_bytes(np.zeros((6, 4, 4))),
        "train-labels-idx1-ubyte": idx_bytes(np.arange(6) % 2),
    }
    for name, content in contents.items():
        archive.writestr(instead.get("prefix", "") + name, instead.get(name[6:12], content))


def two_folders(archive):
    four(archive, prefix="mnist/")
    four(archive, prefix="fashion/", labels=idx_bytes(np.arange(6) // 4))


ZIPS = {
    "one picture": (
        with_member(lambda a: a.writestr("cat/1.png", b"\x89PNG")),
        "pictures of only one class, in the sub-folder cat",
    ),
    "nothing": (with_member(lambda a: None), "this archive is empty"),
    "two sets": (with_member(two_folders), "fashion and mnist open; open one of them instead"),
    "images cut": (
        with_member(lambda a: four(a, images=idx_bytes(np.zeros((6, 4, 4)))[:-7])),
        "train-images-idx3-ubyte: cut short: the header promises 112 bytes (6 x 4 x 4 values)",
    ),
    "labels missing": (
        with_member(lambda a: a.writestr("train-images-idx3-ubyte", idx_bytes(np.ones((6, 4, 4))))),
        "train-images-idx3-ubyte: its labels are missing",
    ),
    "gzip inside cut": (
        with_member(lambda a: four(a, images=gzip.compress(idx_bytes(np.ones((6, 4, 4))))[:-9])),
        "train-images-idx3-ubyte: the gzip stream ends early",
    ),
}


@pytest.mark.parametrize("case", ZIPS)
def test_what_is_wrong_in_a_zip_is_named(tmp_path, case):
    make, words = ZIPS[case]
    make(tmp_path / "all.zip")
    message = refusal(tmp_path / "all.zip")
    assert message.startswith(str(tmp_path / "all.zip"))
    assert words in message


def test_a_compressed_set_beside_a_plain_one_of_the_same_name_counts_once(tmp_path):
    write_idx_folder(tmp_path, suffix=".gz")
    plain = write_content(tmp_path / "train-images-idx3-ubyte", idx_bytes(np.zeros((12, 5, 6))))
    assert open_dataset(str(plain)).train.images.max() == 0  # the one that was opened
    assert open_dataset(str(tmp_path / "train-images-idx3-ubyte.gz")).train.images.max() > 0


@pytest.mark.skipif(mnist_folder() is None, reason="../shared/data/mnist is not there")
def test_real_mnist_is_read_bit_by_bit():
    """The checksums are those of the original release; the file is made again from the pixels."""
    dataset = open_dataset(str(mnist_folder()))
    pixels = np.rint(dataset.train.images * 255).astype(np.uint8).reshape(60_000, 28, 28)
    digests = [
        hashlib.md5(idx_bytes(array), usedforsecurity=False).hexdigest()
        for array in (pixels, dataset.train.labels)
    ]
    assert digests == ["6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624"]


@pytest.mark.skipif(mnist_folder() is None, reason="../shared/data/mnist is not there")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="measures in forks of a process")
def test_real_mnist_takes_less_than_500_mb():
    opened = hostile.open_bounded(mnist_folder())
    assert opened.message == ""
    assert opened.peak_bytes < 500 * 1024**2


def unpacked_by_7_zip(folder):
    """Move each file into a folder of its own name."""
    for file in [*folder.iterdir()]:
        file.rename(folder / "moving")
        file.mkdir()
        (folder / "moving").rename(file / file.name)


def test_files_each_in_a_folder_of_its_name_open(tmp_path):
    write_idx_folder(tmp_path / "plain")
    write_idx_folder(tmp_path / "wrapped")
    unpacked_by_7_zip(tmp_path / "wrapped")
    plain, wrapped = (open_dataset(str(tmp_path / name)) for name in ("plain", "wrapped"))
    assert plain.content_hash == wrapped.content_hash


def test_folders_named_as_files_are_none(tmp_path):
    for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"):
        (tmp_path / name).mkdir()
    assert "no images were found in this folder" in refusal(tmp_path)


def test_a_folder_alone_in_folders_is_opened(tmp_path):
    """As torchvision keeps it: data/MNIST/raw."""
    write_idx_folder(tmp_path / "data" / "MNIST" / "raw")
    (tmp_path / "data" / ".DS_Store").write_bytes(b"x")
    dataset = open_dataset(str(tmp_path / "data"))
    assert dataset.name == "data"
    assert dataset.source == str(tmp_path / "data" / "MNIST" / "raw")


def test_folders_that_only_hold_folders_come_to_an_end(tmp_path):
    deep = tmp_path.joinpath(*"abcdefghi")
    write_idx_folder(deep)
    assert "no images were found in this folder" in refusal(tmp_path)
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "again").symlink_to(tmp_path / "loop", target_is_directory=True)
    assert "no images were found in this folder" in refusal(tmp_path / "loop")


def test_bytes_of_0_and_1_are_black_and_white(tmp_path):
    write_idx_folder(tmp_path / "grey")
    images = np.random.default_rng(0).integers(2, size=(20, 5, 5), dtype=np.uint8)
    images[0, 0, 0] = 1
    folder = tmp_path / "set"
    folder.mkdir()
    write_idx(folder / "train-images-idx3-ubyte", images)
    write_idx(folder / "train-labels-idx1-ubyte", np.arange(20, dtype=np.uint8) % 2)
    dataset = open_dataset(str(folder))
    assert set(np.unique(dataset.train.images)) == {0, 1}
    assert any("1 was taken as full ink" in note for note in dataset.notes)


def test_a_zip_of_arrays_made_on_a_mac_opens(tmp_path):
    images = np.random.default_rng(0).integers(256, size=(20, 5, 5), dtype=np.uint8)
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for name, array in (("X", images), ("y", np.arange(20) % 2)):
            content = io.BytesIO()
            np.save(content, array)
            archive.writestr(f"data/{name}.npy", content.getvalue())
            archive.writestr(f"__MACOSX/data/._{name}.npy", b"\0\5\x16\7")
    assert open_dataset(str(tmp_path / "set.zip")).n_classes == 2

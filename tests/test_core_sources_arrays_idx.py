"""IDX files from strangers: four that belong together, and what is wrong with one is named."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from core_samples import QUICK, idx_bytes, write_content, write_idx, write_idx_folder
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DatasetError
from core.sources import limits, open_dataset
from core.sources.reading import ReadingConfig

TRAIN_IMAGES = "train-images-idx3-ubyte"
TRAIN_LABELS = "train-labels-idx1-ubyte"
TEST_IMAGES = "t10k-images-idx3-ubyte"
TEST_LABELS = "t10k-labels-idx1-ubyte"
BOTH_KINDS = pytest.mark.parametrize("suffix", ["", ".gz"])


def refusal(path):
    """Return the words with which ``path`` is refused."""
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path))
    return str(caught.value)


def samples(dataset):
    """Return every image with the name of its class, in an order of their own."""
    return sorted(
        (dataset.class_names[label], np.rint(image * 255).tolist())
        for split in (dataset.train, dataset.test)
        for image, label in zip(split.images, split.labels, strict=True)
    )


def assert_same_images(split, images, labels):
    np.testing.assert_allclose(split.images, images.reshape(len(images), -1) / 255, rtol=2e-7)
    np.testing.assert_array_equal(split.labels, labels)


@BOTH_KINDS
def test_a_folder_of_four_files_opens(tmp_path, suffix):
    train, train_labels, test, test_labels = write_idx_folder(tmp_path / "set", suffix=suffix)
    dataset = open_dataset(str(tmp_path / "set"))
    assert dataset.image_shape == (5, 6)
    assert dataset.class_names == ("0", "1", "2")
    assert dataset.name == "set"
    assert dataset.source == str(tmp_path / "set")
    assert_same_images(dataset.train, train, train_labels)
    assert_same_images(dataset.test, test, test_labels)


@QUICK
@given(data=st.data())
def test_any_small_idx_reads_back_as_written(tmp_path_factory, data):
    shape = data.draw(st.tuples(st.integers(3, 12), st.integers(1, 6), st.integers(1, 6)))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    images = rng.integers(256, size=shape, dtype=np.uint8)
    labels = rng.integers(limits.MAX_CLASSES, size=shape[0], dtype=np.uint8)
    labels[:3] = (8, 8, 21)  # two classes at least, one of which can be split
    folder = tmp_path_factory.mktemp("idx")
    write_idx(folder / TRAIN_IMAGES, images)
    write_idx(folder / TRAIN_LABELS, labels)
    reading = ReadingConfig(ink="light", full_ink=255)
    dataset = open_dataset(str(folder / TRAIN_IMAGES), reading)
    assert dataset.image_shape == shape[1:]
    assert dataset.class_names == tuple(map(str, np.unique(labels)))
    names = map(str, labels)
    written = zip(names, images.reshape(shape[0], -1).tolist(), strict=True)
    assert samples(dataset) == sorted(written)


@BOTH_KINDS
@pytest.mark.parametrize("name", [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS])
def test_any_one_of_the_four_files_finds_the_others(tmp_path, suffix, name):
    train, train_labels, test, test_labels = write_idx_folder(tmp_path, suffix=suffix)
    dataset = open_dataset(str(tmp_path / (name + suffix)))
    assert dataset.name == name + suffix
    assert dataset.has_own_test
    assert_same_images(dataset.train, train, train_labels)
    assert_same_images(dataset.test, test, test_labels)


@pytest.mark.parametrize(
    ("gone", "opened"),
    [
        ("t10k", ""),
        ("t10k", TRAIN_IMAGES),
        ("t10k", TRAIN_LABELS),
        ("train", TEST_IMAGES),
        ("train", TEST_LABELS),
    ],
)
def test_a_pair_alone_has_a_share_of_each_class_set_aside(tmp_path, gone, opened):
    write_idx_folder(tmp_path, n_train=60, n_test=60, suffix="")
    for file in tmp_path.glob(f"{gone}-*"):
        file.unlink()
    dataset = open_dataset(str(tmp_path / opened))
    assert not dataset.has_own_test
    assert "There is no test part; a share of each class is set aside for it." in dataset.notes
    assert np.bincount(dataset.train.labels).tolist() == [17, 17, 17]
    assert np.bincount(dataset.test.labels).tolist() == [3, 3, 3]  # 15 % of 20


def test_labels_may_be_compressed_where_images_are_not(tmp_path):
    write_idx_folder(tmp_path, suffix="")
    labels = tmp_path / TRAIN_LABELS
    write_content(tmp_path / (TRAIN_LABELS + ".gz"), labels.read_bytes())
    labels.unlink()
    assert open_dataset(str(tmp_path)).train.n_samples == 12


def test_the_same_file_plain_and_compressed_counts_once(tmp_path):
    write_idx_folder(tmp_path, suffix="")
    write_idx_folder(tmp_path, suffix=".gz")
    assert open_dataset(str(tmp_path)).train.n_samples == 12


def test_other_names_and_other_files_in_the_folder_do_no_harm(tmp_path):
    write_idx_folder(tmp_path, suffix="")
    for file in list(tmp_path.iterdir()):  # as some mirrors spell them
        file.rename(tmp_path / file.name.replace("-idx", ".idx").upper())
    (tmp_path / "README.txt").write_text("hello")
    assert open_dataset(str(tmp_path)).test.n_samples == 6


def test_content_not_the_name_says_whether_a_file_is_compressed(tmp_path):
    write_idx_folder(tmp_path, suffix="")
    file = tmp_path / TRAIN_IMAGES
    file.write_bytes(gzip.compress(file.read_bytes()))
    assert open_dataset(str(tmp_path)).train.n_samples == 12


def test_an_idx_file_of_another_name_is_recognised_and_asks_for_its_labels(tmp_path):
    file = write_idx(tmp_path / "digits.bin", np.zeros((3, 4, 4)))
    message = refusal(file)
    assert str(file) in message
    assert "its labels are missing; it holds digits.bin (3 x 4 x 4, uint8) alone" in message


def test_a_home_directory_is_understood(tmp_path, monkeypatch):
    write_idx_folder(tmp_path / "set")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert open_dataset("~/set").train.n_samples == 12


def test_missing_path_names_what_would_be_right(tmp_path):
    message = refusal(tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in message
    assert "no such file or folder" in message
    assert "strokes, digits8" in message


@pytest.mark.parametrize("name", ["", "\0", "a" * 5000])
def test_a_path_no_system_has_is_refused_too(name):
    with pytest.raises(DatasetError):
        open_dataset(name)


def test_a_folder_without_idx_files_says_what_was_expected(tmp_path):
    message = refusal(tmp_path)
    assert str(tmp_path) in message
    assert "this folder is empty" in message
    assert "IDX files as MNIST's" in message


@BOTH_KINDS
def test_missing_labels_are_named(tmp_path, suffix):
    write_idx_folder(tmp_path, suffix=suffix)
    (tmp_path / (TEST_LABELS + suffix)).unlink()
    message = refusal(tmp_path)
    assert str(tmp_path / (TEST_IMAGES + suffix)) in message
    assert f"labels are missing; expected {TEST_LABELS}{suffix} in the same folder" in message


def test_a_missing_training_part_is_named(tmp_path):
    write_idx_folder(tmp_path)
    for file in tmp_path.glob("train-*"):
        file.unlink()
    message = refusal(tmp_path)
    assert f"{tmp_path}: the training images are missing" in message
    assert "train-images-idx3-ubyte.gz" in message
    assert "open the images file itself" in message


@BOTH_KINDS
@pytest.mark.parametrize("opened", [TRAIN_LABELS, TRAIN_IMAGES, ""])
def test_labels_without_their_images_are_named(tmp_path, suffix, opened):
    write_idx_folder(tmp_path, suffix=suffix)
    (tmp_path / (TEST_IMAGES + suffix)).unlink()
    message = refusal(tmp_path / (opened and opened + suffix))
    assert str(tmp_path / (TEST_LABELS + suffix)) in message
    assert f"images are missing; expected {TEST_IMAGES}{suffix} in the same folder" in message


def test_several_training_files_ask_which(tmp_path):
    write_idx_folder(tmp_path)
    write_idx(tmp_path / "extra-images-idx3-ubyte", np.zeros((3, 4, 4)))
    message = refusal(tmp_path)
    assert "extra-images-idx3-ubyte" in message
    assert "open one of them instead" in message


@BOTH_KINDS
@pytest.mark.parametrize("name", [TRAIN_IMAGES, TEST_LABELS])
def test_a_file_without_content_is_named(tmp_path, suffix, name):
    write_idx_folder(tmp_path, suffix=suffix)
    file = tmp_path / (name + suffix)
    file.write_bytes(b"")
    message = refusal(tmp_path)
    assert f"{file}: the file is empty; copy or download it again" == message


@pytest.mark.parametrize("name", [TRAIN_IMAGES, TRAIN_LABELS])
def test_a_compressed_nothing_is_named(tmp_path, name):
    write_idx_folder(tmp_path)
    file = write_content(tmp_path / (name + ".gz"), b"")
    message = refusal(tmp_path)
    assert f"{file}: only 0 bytes, not even the" in message
    assert "copy or download it again" in message


@BOTH_KINDS
@pytest.mark.parametrize("kept", [1, 3, 9, 15, 17, 200])
def test_content_cut_short_is_named(tmp_path, suffix, kept):
    images, _, _, _ = write_idx_folder(tmp_path, suffix=suffix)
    file = write_content(tmp_path / (TRAIN_IMAGES + suffix), idx_bytes(images)[:kept])
    message = refusal(tmp_path)
    assert str(file) in message
    assert "cut short" in message or f"only {kept} bytes" in message
    assert "copy or download it again" in message


@pytest.mark.parametrize("kept", [0.02, 0.1, 0.5, 0.9, -1])
def test_a_gzip_stream_cut_short_is_named(tmp_path, kept):
    write_idx_folder(tmp_path)
    file = tmp_path / (TRAIN_IMAGES + ".gz")
    raw = file.read_bytes()
    file.write_bytes(raw[:kept] if kept < 0 else raw[: max(3, int(kept * len(raw)))])
    message = refusal(tmp_path)
    assert str(file) in message
    assert "the gzip stream ends early" in message
    assert "copy or download it again" in message


@pytest.mark.parametrize("place", [12, -6, -2])
def test_a_damaged_gzip_stream_is_named(tmp_path, place):
    write_idx_folder(tmp_path)
    file = tmp_path / (TRAIN_IMAGES + ".gz")
    raw = bytearray(file.read_bytes())
    raw[place] ^= 0xFF
    file.write_bytes(raw)
    message = refusal(tmp_path)
    assert f"{file}: the gzip stream is damaged" in message
    assert "copy or download it again" in message


@BOTH_KINDS
@pytest.mark.parametrize("name", [TRAIN_IMAGES, TRAIN_LABELS])
def test_trailing_garbage_is_named(tmp_path, suffix, name):
    images, labels, _, _ = write_idx_folder(tmp_path, suffix=suffix)
    arrays = {TRAIN_IMAGES: images, TRAIN_LABELS: labels}
    file = write_content(tmp_path / (name + suffix), idx_bytes(arrays[name]) + b"more")
    message = refusal(tmp_path)
    assert f"{file}: too long: the header promises" in message


def test_garbage_after_the_gzip_stream_is_named(tmp_path):
    write_idx_folder(tmp_path)
    file = tmp_path / (TEST_IMAGES + ".gz")
    file.write_bytes(file.read_bytes() + b"more")
    assert refusal(tmp_path).startswith(
        f"{file}: there is more data after the end of the gzip stream; unpack it"
    )


def test_images_and_labels_that_do_not_match_are_both_named(tmp_path):
    write_idx_folder(tmp_path)
    write_idx(tmp_path / (TRAIN_LABELS + ".gz"), np.zeros(11))
    message = refusal(tmp_path)
    assert str(tmp_path / (TRAIN_IMAGES + ".gz")) in message
    assert f"has 12 images but {TRAIN_LABELS}.gz has 11 labels" in message
    assert "must belong together" in message


def test_a_label_out_of_range_is_named_with_its_place(tmp_path):
    write_idx_folder(tmp_path)
    labels = np.zeros(12)
    labels[[4, 9]] = 255
    file = write_idx(tmp_path / (TRAIN_LABELS + ".gz"), labels)
    message = refusal(tmp_path)
    assert f"{file}: label 255 of image 4 is out of range" in message
    assert "between 0 and 99" in message


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((2**32 - 1, 28, 28), "4,294,967,295 images promised by the header are more than"),
        ((2**31, 2, 1), "2,147,483,648 images promised by the header are more than"),
        ((65536, 128, 128), "1,073,741,824 values promised by the header are more than"),
        ((13, 5, 6), "cut short: the header promises 406 bytes (13 x 5 x 6 values)"),
        ((11, 5, 6), "too long: the header promises 346 bytes (11 x 5 x 6 values)"),
    ],
)
def test_a_header_that_lies_about_the_number_is_caught(tmp_path, sizes, words):
    """In 32 bits 2**31 * 2 * 1 would be nothing at all, and 65,536 * 128 * 128 a gigabyte."""
    images, _, _, _ = write_idx_folder(tmp_path)
    file = write_idx(tmp_path / (TRAIN_IMAGES + ".gz"), images, sizes=sizes)
    assert f"{file}: {words}" in refusal(tmp_path)


@pytest.mark.parametrize("sizes", [(12, 0, 6), (12, 5, 0), (1, 513, 1), (1, 1, 2**32 - 1)])
def test_a_header_of_impossible_images_is_caught(tmp_path, sizes):
    images, _, _, _ = write_idx_folder(tmp_path)
    file = write_idx(tmp_path / (TRAIN_IMAGES + ".gz"), images, sizes=sizes)
    message = refusal(tmp_path)
    assert f"{file}: images of {sizes[1]} x {sizes[2]} pixels" in message
    assert "each side must be between 1 and 512" in message


@pytest.mark.parametrize("name", [TRAIN_IMAGES, TRAIN_LABELS])
def test_a_file_of_no_image_is_named(tmp_path, name):
    write_idx_folder(tmp_path)
    empty = np.zeros((0, 5, 6) if name == TRAIN_IMAGES else 0)
    file = write_idx(tmp_path / (name + ".gz"), empty)
    assert f"{file}: there is no image in it" in refusal(tmp_path)


@BOTH_KINDS
def test_the_web_page_a_dead_mirror_sends_is_recognised(tmp_path, suffix):
    write_idx_folder(tmp_path, suffix=suffix)
    page = b"\n  <!DOCTYPE html><html><body>This site has moved</body></html>"
    file = write_content(tmp_path / (TRAIN_IMAGES + suffix), page)
    message = refusal(tmp_path)
    assert f"{file}: this is a web page; an IDX file begins with two zero bytes" == message


def test_something_else_entirely_is_not_idx(tmp_path):
    write_idx_folder(tmp_path)
    file = write_content(tmp_path / (TRAIN_IMAGES + ".gz"), bytes(range(1, 100)))
    assert f"{file}: this is not IDX" in refusal(tmp_path)
    text = tmp_path / "notes.txt"
    text.write_text("not at all images")
    assert str(text) in refusal(text)


def test_another_value_type_is_named(tmp_path):
    images, _, _, _ = write_idx_folder(tmp_path)
    file = write_idx(tmp_path / (TRAIN_IMAGES + ".gz"), images, type_byte=0)
    message = refusal(tmp_path)
    assert f"{file}: holds type 0x00 in 3 dimensions; expected a type of 0x08, 0x09," in message
    assert "in 2 or 3 or 4 dimensions for images" in message


@pytest.mark.parametrize(
    ("change", "type_byte"),
    [
        (lambda images: images[..., np.newaxis], 0x08),
        (lambda images: images.reshape(len(images), -1), 0x08),
        (lambda images: images.astype(">f4"), 0x0D),
        (lambda images: (images / 255).astype(">f8"), 0x0E),
        (lambda images: images.astype(">i2"), 0x0B),
    ],
    ids=["a channel", "rows", "float", "double in 0..1", "short"],
)
def test_images_may_be_rows_have_a_channel_or_be_floats(tmp_path, change, type_byte):
    images, labels = np.zeros((12, 6, 6), np.uint8), (np.arange(12) % 3).astype(np.uint8)
    images[:, 1:5, 1:5] = np.random.default_rng(0).integers(1, 256, size=(12, 4, 4))
    images[0, 1, 1] = 255
    stored = change(images)
    header = bytes([0, 0, type_byte, stored.ndim])
    header += b"".join(size.to_bytes(4, "big") for size in stored.shape)
    (tmp_path / TRAIN_IMAGES).write_bytes(header + stored.tobytes())
    write_idx(tmp_path / TRAIN_LABELS, labels)
    for name in ("", TRAIN_IMAGES):
        dataset = open_dataset(str(tmp_path / name))
        assert dataset.image_shape == (6, 6)
        whole = np.concatenate((dataset.train.images, dataset.test.images))
        expected = images.reshape(12, 36) / 255
        np.testing.assert_allclose(np.sort(whole, axis=0), np.sort(expected, axis=0), atol=1e-6)


@pytest.mark.parametrize(
    ("type_byte", "dtype"), [(0x09, "i1"), (0x0B, ">i2"), (0x0C, ">i4")], ids=str
)
def test_labels_may_be_other_whole_numbers(tmp_path, type_byte, dtype):
    train, train_labels, *_ = write_idx_folder(tmp_path)
    header = bytes([0, 0, type_byte, 1]) + (12).to_bytes(4, "big")
    content = header + train_labels.astype(dtype).tobytes()
    write_content(tmp_path / (TRAIN_LABELS + ".gz"), content)
    assert_same_images(open_dataset(str(tmp_path)).train, train, train_labels)
    content = header + np.array([0, 1, -5] + [0] * 9).astype(dtype).tobytes()
    file = write_content(tmp_path / (TRAIN_LABELS + ".gz"), content)
    assert f"{file}: label -5 of image 2 is out of range" in refusal(tmp_path)


def test_labels_that_are_no_whole_numbers_are_named(tmp_path):
    write_idx_folder(tmp_path)
    header = bytes([0, 0, 0x0D, 1]) + (12).to_bytes(4, "big")
    halves = (np.arange(12) / 2).astype(">f4")
    write_content(tmp_path / (TRAIN_LABELS + ".gz"), header + halves.tobytes())
    assert "label 0.5 of image 1 is no whole number" in refusal(tmp_path)


def test_images_where_labels_belong_are_named(tmp_path):
    images, _, _, _ = write_idx_folder(tmp_path)
    file = write_idx(tmp_path / (TRAIN_LABELS + ".gz"), images)
    message = refusal(tmp_path)
    assert f"{file}: holds type 0x08 in 3 dimensions" in message
    assert "in 1 or 2 dimensions for labels" in message


def test_parts_of_different_sizes_are_refused(tmp_path):
    write_idx_folder(tmp_path)
    write_idx(tmp_path / (TEST_IMAGES + ".gz"), np.zeros((6, 4, 4)))
    message = refusal(tmp_path)
    assert "training and test images have different sizes (5 x 6 and 4 x 4)" in message


def test_classes_of_one_image_cannot_be_split(tmp_path):
    write_idx_folder(tmp_path, n_train=1)
    for file in tmp_path.glob("t10k-*"):
        file.unlink()
    file = write_idx(tmp_path / (TRAIN_IMAGES + ".gz"), np.zeros((2, 5, 6)))
    write_idx(tmp_path / (TRAIN_LABELS + ".gz"), np.arange(2))
    assert "no class has two images, so that none can be split off" in refusal(file)


@QUICK
@given(
    content=st.binary(max_size=60),
    place=st.sampled_from([TRAIN_IMAGES, TRAIN_LABELS]),
    header=st.booleans(),
)
def test_no_content_whatever_escapes_as_another_error(tmp_path_factory, content, place, header):
    folder = tmp_path_factory.mktemp("any")
    write_idx_folder(folder, suffix="")
    file = folder / place
    file.write_bytes((b"\0\0\x08\x03" if header else b"") + content)
    assert str(file) in refusal(folder)


@pytest.mark.parametrize(
    ("bound", "most", "words"),
    [
        ("MAX_ELEMENTS", 500, "540 values are more than the 500 accepted"),
        ("MAX_IMAGES", 15, "18 images are more than the 15 accepted"),
        ("MAX_ELEMENTS", 300, "train-images-idx3-ubyte.gz: 360 values promised by"),
        ("MAX_IMAGES", 10, "train-images-idx3-ubyte.gz: 12 images promised by"),
    ],
    ids=["pixels of both parts", "images of both parts", "pixels of one", "images of one"],
)
def test_a_set_too_large_is_refused(tmp_path, monkeypatch, bound, most, words):
    write_idx_folder(tmp_path)
    monkeypatch.setattr(limits, bound, most)
    message = refusal(tmp_path)
    assert words in message
    assert "open a smaller part of them" in message

"""Folders of pictures: every format and mode that Pillow writes, and what is wrong with one."""

from __future__ import annotations

import io
import os
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from core_samples import QUICK
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import DatasetError
from core.progress import Progress
from core.sources import limits, open_dataset, opening_dataset
from core.sources.fitting import fitted
from core.sources.names import natural_key
from core.sources.pictures.files import decoded
from core.sources.reading import ReadingConfig

MAX_ROUNDING = 1 / 255


def drawing(seed=0, height=12, width=12, ground=0, ink=255):
    """Return grey levels (height, width): a block of noise in the middle of plain ground."""
    rng = np.random.default_rng(seed)
    image = np.full((height, width), ground, dtype=np.uint8)
    inner = rng.integers(0, 256, size=(height - 6, width - 6)) / 255
    image[3:-3, 3:-3] = np.rint(ground + inner * (ink - ground))
    image[3, 3] = ink
    return image


def encoded(image, kind="PNG", **how):
    """Return a picture as Pillow writes it."""
    file = io.BytesIO()
    if not isinstance(image, Image.Image):
        image = Image.fromarray(image)
    image.save(file, kind, **how)
    return file.getvalue()


def write_set(folder, pictures, suffix=".png"):
    """Write {class: [bytes or grey levels]} as sub-folders of ``folder``."""
    for name, contents in pictures.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for i, content in enumerate(contents):
            data = content if isinstance(content, bytes) else encoded(content)
            (folder / name / f"{i}{suffix}").write_bytes(data)
    return folder


def two_classes(content, n=3):
    return {"a": [content] * n, "b": [content] * n}


def refusal(path, **reading):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path), ReadingConfig(**reading))
    return str(caught.value)


def whole(dataset):
    """Return all images (n, height, width)."""
    images = np.concatenate((dataset.train.images, dataset.test.images))
    return images.reshape(-1, *dataset.image_shape)


def luminance(colours):
    """ITU-R BT.601, of colours (..., 3)."""
    return colours @ np.array([0.299, 0.587, 0.114])


GREY = drawing()
RGB = np.random.default_rng(3).integers(0, 256, size=(12, 12, 3), dtype=np.uint8)
RGB[[0, -1]] = RGB[:, [0, -1]] = (10, 20, 30)
BITS = (GREY > 100).astype(np.uint8) * 255
FEW_COLOURS = Image.fromarray(RGB).quantize(16)
DEEP = np.random.default_rng(4).integers(0, 65536, size=(12, 12)).astype(np.uint16)
DEEP[[0, -1]] = DEEP[:, [0, -1]] = 0
WITH_ALPHA = np.dstack((RGB, GREY))


def _over(ground, grey, alpha):
    return grey * alpha / 255 + ground * (1 - alpha / 255)


MODES = {
    "grey PNG": (encoded(GREY), GREY),
    "interlaced by nobody, but optimised": (encoded(GREY, optimize=True), GREY),
    "bits in PNG": (encoded(Image.fromarray(BITS).convert("1")), BITS),
    "colours in PNG": (encoded(RGB), luminance(RGB)),
    "a palette in PNG": (encoded(FEW_COLOURS), luminance(np.asarray(FEW_COLOURS.convert("RGB")))),
    "16 bits in PNG": (encoded(DEEP), DEEP / 257),
    "grey BMP": (encoded(GREY, "BMP"), GREY),
    "bits in BMP": (encoded(Image.fromarray(BITS).convert("1"), "BMP"), BITS),
    "colours in BMP": (encoded(RGB, "BMP"), luminance(RGB)),
    "a palette in BMP": (
        encoded(FEW_COLOURS, "BMP"),
        luminance(np.asarray(FEW_COLOURS.convert("RGB"))),
    ),
    "grey GIF": (encoded(GREY, "GIF"), GREY),
    "a palette in GIF": (
        encoded(FEW_COLOURS, "GIF"),
        luminance(np.asarray(FEW_COLOURS.convert("RGB"))),
    ),
    "the first frame of a GIF": (
        encoded(GREY, "GIF", save_all=True, append_images=[Image.fromarray(255 - GREY)] * 3),
        GREY,
    ),
    "the first frame of an animated PNG": (
        encoded(GREY, save_all=True, append_images=[Image.fromarray(255 - GREY)] * 3),
        GREY,
    ),
    **{
        f"{words} TIFF, {how or 'plain'}": (encoded(image, "TIFF", compression=how), expected)
        for words, image, expected in (
            ("grey", GREY, GREY),
            ("bits in", Image.fromarray(BITS).convert("1"), BITS),
            ("colours in", RGB, luminance(RGB)),
            ("a palette in", FEW_COLOURS, luminance(np.asarray(FEW_COLOURS.convert("RGB")))),
            ("16 bits in", DEEP, DEEP / 257),
        )
        for how in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits")
    },
    "a fax in TIFF": (
        encoded(Image.fromarray(BITS).convert("1"), "TIFF", compression="group4"),
        BITS,
    ),
    "fractions in TIFF": (encoded((GREY / 255).astype(np.float32), "TIFF"), GREY),
    "values of 32 bits in TIFF": (encoded(DEEP.astype(np.int32), "TIFF"), DEEP / 257),
    "the first page of a TIFF": (
        encoded(GREY, "TIFF", save_all=True, append_images=[Image.fromarray(255 - GREY)] * 3),
        GREY,
    ),
    "a TIFF with notes": (
        encoded(GREY, "TIFF", description="x" * 500, icc_profile=b"y" * 500, artist="z"),
        GREY,
    ),
    "colours in WebP": (encoded(RGB, "WEBP", lossless=True), luminance(RGB)),
    "a WebP with notes": (
        encoded(RGB, "WEBP", lossless=True, icc_profile=b"y" * 500, xmp=b"x" * 99),
        luminance(RGB),
    ),
    "the first frame of a WebP": (
        encoded(
            RGB,
            "WEBP",
            lossless=True,
            save_all=True,
            append_images=[Image.fromarray(255 - RGB)] * 3,
        ),
        luminance(RGB),
    ),
    "PBM": (encoded(Image.fromarray(BITS).convert("1"), "PPM"), BITS),
    "PGM": (encoded(GREY, "PPM"), GREY),
    "PPM": (encoded(RGB, "PPM"), luminance(RGB)),
    "16 bits in PGM": (b"P5 12 12 65535\n" + DEEP.astype(">u2").tobytes(), DEEP / 257),
    "10 bits in PGM": (b"P5 12 12\n1023\n" + (DEEP // 64).astype(">u2").tobytes(), DEEP / 257),
    "4 bits in PGM": (b"P5\n# by hand\n12 12 15 " + (GREY // 17).tobytes(), GREY // 17 * 17),
    "plain PBM": (b"P1\n# by hand\n12 12\n" + b"".join(b"%d" % (v < 128) for v in BITS.flat), BITS),
    "plain PGM": (
        b"P2 # a\n12 12 # b\n255 " + b" ".join(b"%d" % v for v in GREY.flat) + b"\n",
        GREY,
    ),
    "plain PPM": (
        b"P3\n12 12\n255\n" + b"\n".join(b"%d # c" % v for v in RGB.flat) + b"\n",
        luminance(RGB),
    ),
}


@pytest.mark.parametrize("kind", MODES)
def test_every_lossless_mode_is_read_as_its_luminance(tmp_path, kind):
    content, expected = MODES[kind]
    dataset = open_dataset(str(write_set(tmp_path / "set", two_classes(content))), LIGHT)
    assert dataset.name == "set"
    assert dataset.image_shape == (12, 12)
    assert dataset.class_names == ("a", "b")
    for image in whole(dataset):
        np.testing.assert_allclose(image, expected / 255, atol=MAX_ROUNDING)


LIGHT = ReadingConfig(ink="light")
SMOOTH = np.rint(np.add.outer(np.arange(64), np.arange(64)) * 2).astype(np.uint8)
SMOOTH_RGB = np.dstack((SMOOTH, 255 - SMOOTH, SMOOTH // 2))
JPEGS = {
    "grey": (encoded(SMOOTH, "JPEG", quality=95), SMOOTH),
    "colours": (encoded(SMOOTH_RGB, "JPEG", quality=95, subsampling=0), luminance(SMOOTH_RGB)),
    "progressive": (encoded(SMOOTH, "JPEG", quality=95, progressive=True), SMOOTH),
    "CMYK": (
        encoded(Image.fromarray(SMOOTH_RGB).convert("CMYK"), "JPEG", quality=95),
        luminance(SMOOTH_RGB),
    ),
    "with a preview and a comment": (
        encoded(SMOOTH, "JPEG", quality=95, comment=b"x" * 500, icc_profile=b"y" * 500),
        SMOOTH,
    ),
}


@pytest.mark.parametrize("kind", JPEGS)
def test_jpegs_are_read_up_to_their_loss(tmp_path, kind):
    content, expected = JPEGS[kind]
    dataset = open_dataset(str(write_set(tmp_path, two_classes(content), ".jpg")), LIGHT)
    assert dataset.image_shape == (64, 64)
    for image in whole(dataset):
        assert np.abs(image - expected / 255).mean() < 4 / 255


def test_a_large_jpeg_is_shrunk_as_any_other(tmp_path):
    large = np.kron(drawing(height=26, width=26), np.ones((80, 80), dtype=np.uint8))
    jpeg = open_dataset(str(write_set(tmp_path / "j", two_classes(encoded(large, "JPEG")))))
    png = open_dataset(str(write_set(tmp_path / "p", two_classes(encoded(large)))))
    assert jpeg.image_shape == png.image_shape == (28, 28)
    assert np.abs(whole(jpeg) - whole(png)).mean() < 2 / 255


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_pictures_of_a_tilted_camera_stand_upright(tmp_path, orientation, kind):
    upright = np.zeros((40, 24), dtype=np.uint8)
    upright[4:20, 4:12] = 255  # in one corner, larger one way than the other
    # How a camera held so stores it (CIPA DC-008: where row 0 and column 0 are).
    stored = {
        1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1],
        5: upright.T, 6: upright.T[::-1], 7: upright.T[::-1, ::-1], 8: upright.T[:, ::-1],
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    how = {"lossless": True} if kind == "WEBP" else {}
    content = encoded(np.ascontiguousarray(stored), kind, exif=exif, **how)
    dataset = open_dataset(str(write_set(tmp_path, two_classes(content))))
    assert dataset.image_shape == (40, 24)
    assert np.abs(whole(dataset) - upright / 255).mean() < 0.02
    assert any("turned upright" in note for note in dataset.notes) == (orientation != 1)


@pytest.mark.parametrize("kind", ["RGBA", "LA", "P"])
def test_transparent_pictures_are_laid_on_white(tmp_path, kind):
    image = Image.fromarray(WITH_ALPHA)
    expected = _over(255, luminance(RGB), GREY.astype(float))
    how = {}
    if kind == "LA":
        image = image.convert("LA")
    elif kind == "P":
        image = FEW_COLOURS
        see_through = FEW_COLOURS.getpixel((0, 0))
        how["transparency"] = see_through
        seen = np.asarray(FEW_COLOURS) != see_through
        expected = np.where(seen, luminance(np.asarray(FEW_COLOURS.convert("RGB"))), 255)
    content = encoded(image, **how)
    dataset = open_dataset(str(write_set(tmp_path, two_classes(content))), LIGHT)
    np.testing.assert_allclose(whole(dataset)[0], expected / 255, atol=2 * MAX_ROUNDING)
    assert any("6 pictures with a transparent ground" in note for note in dataset.notes)


@pytest.mark.parametrize("ink", [0, 255], ids=["dark", "light"])
def test_ink_on_a_transparent_ground_is_ink(tmp_path, ink):
    shape = np.where(GREY > 100, 255, 0).astype(np.uint8)
    picture = np.dstack((np.full((12, 12, 3), ink, dtype=np.uint8), shape))
    dataset = open_dataset(str(write_set(tmp_path, two_classes(encoded(picture)))))
    np.testing.assert_allclose(whole(dataset)[0], shape / 255, atol=MAX_ROUNDING)


@pytest.mark.parametrize("kind", ["TIFF", "WEBP"])
def test_transparent_pictures_of_other_formats_are_laid_on_white_too(tmp_path, kind):
    how = {"lossless": True} if kind == "WEBP" else {}
    opaque = np.dstack((RGB, np.where(GREY > 100, 255, 0).astype(np.uint8)))
    content = encoded(opaque, kind, **how)
    expected = np.where(GREY > 100, luminance(RGB), 255)
    dataset = open_dataset(str(write_set(tmp_path, two_classes(content))), LIGHT)
    np.testing.assert_allclose(whole(dataset)[0], expected / 255, atol=2 * MAX_ROUNDING)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"P5 12 12 255\n" + bytes(100), "cut short: the header promises 144 values"),
        (b"P4 12 12\n" + bytes(10), "cut short"),
        (b"P2 4 4 255\n" + b"1 " * 15, "cut short"),
        (b"P2 4 4 255\n" + b"x " * 16, "cut short"),
        (b"P1 4 4\n" + b"2" * 16, "cut short"),
        (b"P5 12 x", "the header of this PNM picture is damaged"),
        (b"P5 0 12 255\n", "a PNM picture of 0 x 12 pixels"),
        (b"P5 99999 99999 255\n", "values of one picture, 99,999 x 99,999, are more than"),
        (b"P2 2000 2000 255\n", "values of one picture, 2,000 x 2,000, are more than"),
        (encoded(GREY, "TIFF", compression="jpeg"), "compressed by method 7"),
        (encoded(GREY, "TIFF")[:40], "damaged"),
        (encoded(RGB, "WEBP")[:40], "damaged"),
    ],
)
def test_what_is_wrong_with_a_picture_of_netpbm_tiff_or_webp_is_named(tmp_path, content, words):
    assert words in refusal(write_set(tmp_path, two_classes(content)))


def test_an_opaque_alpha_changes_nothing(tmp_path):
    picture = np.dstack((GREY, GREY, GREY, np.full_like(GREY, 255)))
    dataset = open_dataset(str(write_set(tmp_path, two_classes(encoded(picture)))))
    np.testing.assert_allclose(whole(dataset)[0], GREY / 255, atol=MAX_ROUNDING)
    assert not any("transparent" in note for note in dataset.notes)


def test_names_are_sorted_as_people_do(tmp_path):
    names = ["10", "9", "2", "Zebra", "apple", "class 12", "class 3"]
    write_set(tmp_path, {name: [drawing(k)] * 2 for k, name in enumerate(names)})
    dataset = open_dataset(str(tmp_path))
    expected = ("2", "9", "10", "apple", "class 3", "class 12", "Zebra")
    assert dataset.class_names == expected
    for images, label in zip(dataset.train.images, dataset.train.labels, strict=True):
        k = names.index(expected[label])
        np.testing.assert_allclose(images, drawing(k).ravel() / 255, atol=MAX_ROUNDING)


@QUICK
@given(st.lists(st.text(alphabet="ab019AB", max_size=6), max_size=6))
def test_the_natural_order_is_an_order_of_numbers(names):
    assert sorted(names, key=natural_key) == sorted(sorted(names), key=natural_key)
    numbers = [name for name in names if name.isdigit()]
    by_value = [int(name) for name in sorted(numbers, key=natural_key)]
    assert by_value == sorted(by_value)


@pytest.mark.parametrize(
    "folders",
    [("train", "test"), ("training", "testing"), ("Train", "TEST"), ("train", "val")],
    ids="/".join,
)
def test_a_training_and_a_test_folder_are_parts(tmp_path, folders):
    train, test = folders
    write_set(tmp_path / train, {"x": [drawing(1)] * 4, "y": [drawing(2)] * 3})
    write_set(tmp_path / test, {"y": [drawing(3)] * 2, "z": [drawing(4)]})
    dataset = open_dataset(str(tmp_path))
    assert dataset.has_own_test
    assert dataset.class_names == ("x", "y", "z")
    assert sorted(dataset.train.labels) == [0] * 4 + [1] * 3
    assert sorted(dataset.test.labels) == [1, 1, 2]
    assert any("are the test part" in note for note in dataset.notes) == (test == "val")


def test_validation_pictures_are_learnt_from_where_there_is_a_test_part(tmp_path):
    for k, part in enumerate(("train", "test", "valid")):
        write_set(tmp_path / part, {"x": [drawing(k)] * 2, "y": [drawing(k)] * 2})
    dataset = open_dataset(str(tmp_path))
    assert dataset.train.n_samples == 8
    np.testing.assert_allclose(dataset.test.images[0], drawing(1).ravel() / 255, rtol=1e-6)
    assert any("valid were put with those of train" in note for note in dataset.notes)


def test_a_class_may_be_called_test(tmp_path):
    dataset = open_dataset(str(write_set(tmp_path, {"test": [GREY] * 2, "other": [GREY] * 2})))
    assert dataset.class_names == ("other", "test")


def test_other_files_and_empty_folders_are_left_out_and_said(tmp_path):
    write_set(tmp_path, {"a": [GREY] * 3, "b": [GREY] * 3, "empty": [], "texts": [b"hello"]})
    (tmp_path / "a" / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0" * 100)
    (tmp_path / "b" / ".DS_Store").write_bytes(b"\0\0\0\1Bud1" * 10)
    (tmp_path / "b" / "BMW.txt").write_text("BMW and other names that begin like a BMP")
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / ".git").mkdir()
    write_set(tmp_path, {".ipynb_checkpoints": [GREY]})
    dataset = open_dataset(str(tmp_path))
    assert dataset.class_names == ("a", "b")
    notes = " ".join(dataset.notes)
    assert "Folders without pictures were left out: empty, texts." in notes
    assert "2 files that are no pictures were left out: BMW.txt, 0.png." in notes


@pytest.mark.parametrize("suffix", ["", ".txt", ".jpg", ".csv"])
def test_the_content_decides_and_not_the_name(tmp_path, suffix):
    write_set(tmp_path, {"a": [GREY] * 3, "b": [encoded(GREY, "BMP")] * 3}, suffix)
    assert open_dataset(str(tmp_path)).train.n_samples == 4


def test_a_table_beside_some_pictures_is_the_set(tmp_path):
    rows = "\n".join(f"{k % 3},0,9,{k},0" for k in range(12))
    (tmp_path / "digits.csv").write_text(rows)
    (tmp_path / "preview.png").write_bytes(encoded(GREY))
    assert open_dataset(str(tmp_path)).image_shape == (2, 2)


def test_progress_counts_pictures(tmp_path):
    told = list(opening_dataset(str(write_set(tmp_path, two_classes(GREY)))))
    assert told[:-2] == [Progress(k, 6, "pictures") for k in range(6)]
    assert {progress.unit for progress in told[-2:]} == {"images"}, "each part is converted"


@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (9, 30), (128, 128)])
def test_small_pictures_that_are_alike_keep_their_size(tmp_path, shape):
    image = np.random.default_rng(0).integers(256, size=shape, dtype=np.uint8)
    as_stored = ReadingConfig(ink="light", full_ink=255)
    dataset = open_dataset(str(write_set(tmp_path, two_classes(image))), as_stored)
    assert dataset.image_shape == shape
    np.testing.assert_allclose(whole(dataset)[0], image / 255, rtol=3e-7)


@pytest.mark.parametrize("order", [1, -1])
def test_pictures_of_different_sizes_are_brought_to_one(tmp_path, order):
    images = [drawing(height=40, width=40), drawing(height=20, width=60)][::order]
    dataset = open_dataset(str(write_set(tmp_path, {"a": images, "b": images})))
    assert dataset.image_shape == (28, 28)
    assert any("of 20 x 60 to 40 x 40 pixels were brought to 28 x 28" in n for n in dataset.notes)
    for image in whole(dataset):
        assert image.max() > 0.5
        assert image[0].max() < 0.1


def test_large_pictures_are_brought_to_the_usual_size(tmp_path):
    path = write_set(tmp_path, two_classes(drawing(height=129, width=100)))
    assert open_dataset(str(path)).image_shape == (28, 28)
    dataset = open_dataset(str(path), ReadingConfig(picture_side=50))
    assert dataset.image_shape == (50, 50)
    assert any("were brought to 50 x 50" in note for note in dataset.notes)


@pytest.mark.parametrize("side", [8, 28, 100])
@pytest.mark.parametrize("shape", [(200, 200), (60, 200), (200, 60), (1, 300), (30, 5)])
def test_a_picture_is_fitted_whole_and_in_its_proportions(shape, side):
    height, width = shape
    image = np.full(shape, 200, dtype=np.uint8)
    image[height // 4 : -(height // 4) or None, width // 4 : -(width // 4) or None] = 40
    small = fitted(image, side)
    assert small.shape == (side, side)
    # The ground of the frame goes on around it; the mean over what it covers stays.
    assert small[0, 0] == small[-1, -1] in range(190, 211) or min(shape) == 1
    covered = (max(1, round(side * height / max(shape))), max(1, round(side * width / max(shape))))
    darkness = (200 - small.astype(float)).sum() / (covered[0] * covered[1])
    assert abs(darkness - (200.0 - image).mean()) < 8 or min(shape) == 1


def test_shrinking_averages_and_does_not_pick(tmp_path):
    stripes = np.zeros((280, 280), dtype=np.uint8)
    stripes[:, ::2] = 255
    small = fitted(stripes, 28)[2:-2, 2:-2]
    assert np.abs(small - 127.5).max() < 4


@pytest.mark.parametrize(("ground", "ink"), [(0, 255), (255, 0), (200, 30), (40, 220)])
def test_ink_is_recognised_and_can_be_switched(tmp_path, ground, ink):
    image = drawing(ground=ground, ink=ink)
    path = write_set(tmp_path, two_classes(image))
    is_dark = ground > ink
    as_stored = image / 255
    expected = 1 - as_stored if is_dark else as_stored
    np.testing.assert_allclose(whole(open_dataset(str(path)))[0], expected, atol=MAX_ROUNDING)
    for choice, pixels in (("light", as_stored), ("dark", 1 - as_stored)):
        dataset = open_dataset(str(path), ReadingConfig(ink=choice))
        np.testing.assert_allclose(whole(dataset)[0], pixels, atol=MAX_ROUNDING)


def test_a_set_of_both_kinds_is_read_alike_and_says_so(tmp_path):
    light, dark = drawing(), drawing(ground=255, ink=0)
    path = write_set(tmp_path, {"a": [light] * 6 + [dark] * 3, "b": [light] * 6})
    dataset = open_dataset(str(path))
    grounds = whole(dataset)[:, 0, 0]
    assert (grounds == 1).sum() == 3
    assert any(
        "3 of 15 images that were looked at seem to have a bright ground" in note
        for note in dataset.notes
    )


def png_chunk(kind, content):
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png_header(width, height, depth=8, colour=0):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header)


def resized_header(content, kind, width, height):
    """Return a picture whose header claims another size."""
    content = bytearray(content)
    if kind == "PNG":
        return png_header(width, height) + bytes(content[33:])
    if kind == "GIF":
        content[6:10] = struct.pack("<HH", width, height)
    elif kind == "BMP":
        content[18:26] = struct.pack("<ii", width, height)
    else:
        at = content.index(b"\xff\xc0")
        content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


KINDS = ["PNG", "JPEG", "BMP", "GIF"]
NOISE = np.random.default_rng(0).integers(256, size=(40, 40), dtype=np.uint8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_cut_picture_is_named(tmp_path, kind, share):
    content = encoded(NOISE, kind)
    content = content[: max(30, int(len(content) * share))]
    path = write_set(tmp_path, {"a": [NOISE, content], "b": [NOISE]})
    message = refusal(path)
    assert message.startswith(f"{path / 'a' / '1.png'}: ")
    assert f"this {kind} picture is damaged" in message
    assert "copy or download it again" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(5000, 5000), (20000, 20000), (60000, 60000)])
def test_a_picture_of_too_many_pixels_is_named_before_it_is_decoded(tmp_path, kind, size):
    content = resized_header(encoded(NOISE, kind), kind, *size)
    path = write_set(tmp_path, two_classes(content))
    message = refusal(path)
    assert message.startswith(f"{path / 'a' / '0.png'}: ")
    assert "the 16,777,216" in message
    assert "accepted" in message


WRONG_FOLDERS = {
    "pictures without classes": (
        {".": [GREY] * 3},
        ["3 pictures lie in it without a class", "one sub-folder per class"],
    ),
    "one class": (
        {"a": [GREY] * 3},
        ["only one class", "sub-folder a", "one sub-folder per class"],
    ),
    "one class with pictures": ({"a": [GREY] * 3, "b": []}, ["only one class"]),
    "one class with pictures, the other with texts": (
        {"a": [GREY] * 3, "b": [b"hello"]},
        ["all labels are a; there must be two classes at least"],
    ),
    "101 classes": ({str(k): [GREY] for k in range(101)}, ["more than 100 sub-folders"]),
    "one picture of each class": ({"a": [GREY], "b": [GREY]}, ["no class has two images"]),
}


@pytest.mark.parametrize("case", WRONG_FOLDERS)
def test_folders_that_are_no_set_are_explained(tmp_path, case):
    pictures, words = WRONG_FOLDERS[case]
    message = refusal(write_set(tmp_path, pictures))
    missing = [word for word in words if word not in message]
    assert not missing, message


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_PICTURE_BYTES", 50)
    message = refusal(write_set(tmp_path, two_classes(NOISE)))
    assert re.search(r"0\.png: [1-9][.\d]* (kB|bytes) are more than the 50 bytes accepted", message)


def test_too_many_pictures_are_refused_while_reading(tmp_path, monkeypatch):
    write_set(tmp_path, two_classes(GREY))
    monkeypatch.setattr(limits, "MAX_PICTURES", 5)
    assert "6 pictures are more than the 5 accepted" in refusal(tmp_path)
    monkeypatch.setattr(limits, "MAX_PICTURES", 6)
    monkeypatch.setattr(limits, "MAX_ELEMENTS", 5 * 144)
    assert "pixels in all are more than the 720 accepted" in refusal(tmp_path)
    assert open_dataset(str(tmp_path), ReadingConfig(picture_side=4)).image_shape == (4, 4)


def test_too_many_files_are_refused_while_looking(tmp_path, monkeypatch):
    write_set(tmp_path, {"a": [b"text"] * 20, "b": [b"text"] * 20}, ".txt")
    monkeypatch.setattr(limits, "MAX_FOLDER_ENTRIES", 30)
    assert "31 files in it and its sub-folders are more than the 30" in refusal(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_cannot_be_a_picture_is_never_opened(tmp_path):
    write_set(tmp_path, two_classes(GREY))
    os.mkfifo(tmp_path / "a" / "pipe.png")
    (tmp_path / "a" / "gone.png").symlink_to(tmp_path / "nowhere")
    (tmp_path / "b" / "linked.png").symlink_to(tmp_path / "a" / "0.png")
    (tmp_path / "b" / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "c").symlink_to(tmp_path / "a")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    dataset = open_dataset(str(tmp_path))
    assert dataset.class_names == ("a", "b")
    assert dataset.train.n_samples + dataset.test.n_samples == 7
    assert any("2 links to folders were not followed" in note for note in dataset.notes)


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    write_set(tmp_path, two_classes(GREY))
    real = os.scandir

    def guarded(folder):
        if Path(folder).name == "b":
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", guarded)
    assert refusal(tmp_path) == f"{tmp_path / 'b'}: cannot be read: Permission denied"


def test_pillows_own_words_name_no_object_in_memory():
    for kind in KINDS:
        for share in (0.1, 0.5):
            content = encoded(NOISE, kind)
            content = content[: max(30, int(share * len(content)))]
            with pytest.raises(DatasetError) as caught:
                decoded("x", content)
            assert "0x" not in str(caught.value)


@pytest.mark.parametrize("litter", [".DS_Store", "Thumbs.db", "._0.png"])
def test_what_file_managers_leave_does_no_harm(tmp_path, litter):
    for part in ("train", "test"):
        write_set(tmp_path / part, two_classes(GREY))
        for folder in (tmp_path / part, tmp_path / part / "a"):
            (folder / litter).write_bytes(b"\0\5\x16\7")
    dataset = open_dataset(str(tmp_path))
    assert dataset.class_names == ("a", "b")
    assert (dataset.train.n_samples, dataset.test.n_samples) == (6, 6)


@pytest.mark.parametrize("inside", ["wrapping", "a/b"])
def test_a_wrapped_folder_of_pictures_opens(tmp_path, inside):
    write_set(tmp_path / inside, two_classes(GREY))
    dataset = open_dataset(str(tmp_path))
    assert dataset.class_names == ("a", "b")
    assert dataset.source == str(tmp_path / inside)


def test_a_training_folder_alone_is_no_wrapping(tmp_path):
    write_set(tmp_path / "train", two_classes(GREY))
    assert any("there is no other part" in note for note in open_dataset(str(tmp_path)).notes)

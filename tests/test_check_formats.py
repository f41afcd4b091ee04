"""HDF5 and parquet, and scipy's Matlab files: ``uv run --extra check --extra formats pytest``."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from test_core_sources_formats import FILES, IMAGES, LABELS, LAST, N, assert_holds, refusal

from core.sources import open_dataset
from core.sources.reading import ReadingConfig

h5py = pytest.importorskip("h5py", reason="the extra `formats` is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra `formats` is not installed")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra `formats` is not installed")

WORDS = np.array(["cat", "dog", "eel"])[LABELS]


@pytest.mark.parametrize("deflate", [False, True])
@pytest.mark.parametrize("case", [case for case in FILES if case != "other things"])
def test_what_scipy_writes_is_read_as_scipy_reads_it(tmp_path, case, deflate):
    sio = pytest.importorskip("scipy.io", reason="the extra `check` is not installed")
    value = dict(FILES[case])
    if "class_names" in value:
        value["class_names"] = np.array(value["class_names"], dtype=object)
    sio.savemat(tmp_path / "a.mat", value, do_compression=deflate)
    names = ("cat", "dog", "eel") if case == "names" else "012"
    images = 255 * (IMAGES > 100) if case == "truth values" else IMAGES
    assert_holds(open_dataset(str(tmp_path / "a.mat")), names, images)


def hdf5(path, **arrays):
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name.replace("__", "/"), data=array)
    return path


HDF5 = {
    "plain": {"X": IMAGES, "y": LABELS},
    "in groups": {"train__images": IMAGES, "train__labels": LABELS},
    "images last": {"X": LAST, "y": LABELS},
    "words": {"X": IMAGES, "y": LABELS, "class_names": np.array(["cat", "dog", "eel"], object)},
    "bytes": {"X": IMAGES, "y": LABELS, "list_classes": np.array([b"cat", b"dog", b"eel"])},
    "fractions": {"X": IMAGES / 255, "y": LABELS.astype("f4")},
}


@pytest.mark.parametrize("case", HDF5)
def test_hdf5_opens(tmp_path, case):
    dataset = open_dataset(str(hdf5(tmp_path / "a.h5", **HDF5[case])))
    assert dataset.image_shape == (4, 6)
    assert_holds(dataset, ("cat", "dog", "eel") if case in ("words", "bytes") else "012")


def test_hdf5_in_pieces_opens(tmp_path):
    images = np.random.default_rng(1).integers(256, size=(3000, 40, 40)).astype("u1")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("X", data=images, chunks=(7, 40, 40), compression="gzip")
        file["y"] = np.arange(3000) % 2
    dataset = open_dataset(str(tmp_path / "a.h5"))
    found = np.concatenate((dataset.train.images, dataset.test.images)) * 255
    assert sorted(found.sum(axis=1).round()) == sorted(images.sum(axis=(1, 2)))


def test_matlabs_7_3_is_read_in_matlabs_order(tmp_path):
    with h5py.File(tmp_path / "a.mat", "w", userblock_size=512) as file:
        file["X"], file["y"] = LAST.T, LABELS[:, None]
    content = bytearray((tmp_path / "a.mat").read_bytes())
    content[:126] = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(126)
    (tmp_path / "a.mat").write_bytes(content)
    assert_holds(open_dataset(str(tmp_path / "a.mat")))


def test_nothing_leads_out_of_an_hdf5_file(tmp_path):
    hdf5(tmp_path / "secret.h5", X=IMAGES)
    (tmp_path / "raw").write_bytes(IMAGES.tobytes())
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["y"] = LABELS
        file["X"] = h5py.ExternalLink("secret.h5", "/X")
        external = [(str(tmp_path / "raw"), 0, IMAGES.nbytes)]
        file.create_dataset("Z", IMAGES.shape, "u1", external=external)
        layout = h5py.VirtualLayout(IMAGES.shape, "u1")
        layout[:] = h5py.VirtualSource(str(tmp_path / "secret.h5"), "X", IMAGES.shape)
        file.create_virtual_dataset("V", layout)
    message = refusal(tmp_path, (tmp_path / "a.h5").read_bytes())
    assert "Z (12 x 4 x 6, object)" in message
    assert "V (12 x 4 x 6, object)" in message


def test_sizes_are_checked_before_an_hdf5_file_is_read(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("X", (1000, 2**12, 2**12), "u1", chunks=True)
        file["y"] = np.arange(1000) % 3
    content = (tmp_path / "a.h5").read_bytes()
    assert "16,777,216,000 pixels are more than the" in refusal(tmp_path, content)


def test_a_damaged_hdf5_file_is_named(tmp_path):
    content = bytearray(hdf5(tmp_path / "a.h5", X=IMAGES, y=LABELS).read_bytes())
    for cut in (100, 800, len(content) - 10):
        assert "data.mat: this HDF5 file is damaged" in refusal(tmp_path, bytes(content[:cut]))


def png(image):
    content = io.BytesIO()
    Image.fromarray(image).save(content, "png")
    return content.getvalue()


def columns(words=False):
    flat = IMAGES[:, :, 1:5].reshape(N, 16)
    made = {f"pixel{i}": flat[:, i] for i in range(16)}
    return made | {"label": WORDS if words else LABELS}


TABLES = {
    "columns": columns(),
    "columns and words": columns(words=True),
    "pictures": {"image": [{"bytes": png(x), "path": None} for x in IMAGES], "label": LABELS},
    "bytes": {"img": [png(x) for x in IMAGES], "label": LABELS},
    "lists": {"image": [x[:, 1:5].ravel().tolist() for x in IMAGES], "label": LABELS},
    "lists of lists": {"pixels": [x.tolist() for x in IMAGES], "label": LABELS.astype("i2")},
    "row numbers": {"id": np.arange(N)} | columns(),
}


@pytest.mark.parametrize("compression", ["snappy", "gzip", "none"])
@pytest.mark.parametrize("case", TABLES)
def test_parquet_opens(tmp_path, case, compression):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table(TABLES[case]), path, compression=compression, row_group_size=5)
    flat = case in ("lists", "row numbers") or case.startswith("columns")
    names = ("cat", "dog", "eel") if "words" in case else "012"
    assert_holds(open_dataset(str(path)), names, IMAGES[:, :, 1:5] if flat else IMAGES)


def test_without_names_the_values_tell_where_labels_are(tmp_path):
    values = np.column_stack([LABELS, IMAGES[:, :, 1:5].reshape(N, 16)])
    pq.write_table(pa.table({str(i): values[:, i] for i in range(17)}), tmp_path / "a.parquet")
    dataset = open_dataset(str(tmp_path / "a.parquet"))
    assert_holds(dataset, "012", IMAGES[:, :, 1:5])
    assert any(note.startswith("Labels ") for note in dataset.notes)


def test_names_of_classes_that_hugging_face_writes_are_taken(tmp_path):
    about = b'{"info": {"features": {"label": {"names": ["eel", "cat", "dog"]}}}}'
    table = pa.table(TABLES["pictures"]).replace_schema_metadata({b"huggingface": about})
    pq.write_table(table, tmp_path / "a.parquet")
    assert_holds(open_dataset(str(tmp_path / "a.parquet")), ("eel", "cat", "dog"))


def test_pictures_of_several_sizes_are_brought_to_one(tmp_path):
    sizes = [IMAGES[0], *(np.zeros((9, 9), "u1"),) * 11]
    table = pa.table({"image": [png(x) for x in sizes], "label": LABELS})
    pq.write_table(table, tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    assert "say to which side they are brought (--picture-side 28)" in refusal(tmp_path, content)
    reading = ReadingConfig(picture_side=28)
    assert open_dataset(str(tmp_path / "a.parquet"), reading).image_shape == (28, 28)


PARQUET_WRONG = {
    "no value": (columns() | {"pixel3": [None] * N}, "a row has no value in the column 'pixel3'"),
    "uneven lists": (
        {"image": [[0] * (16 + (i == 3)) for i in range(N)], "label": LABELS},
        "its images are lists of different lengths",
    ),
    "no pictures": (
        {"image": [b"none"] * N, "label": LABELS},
        "a cell of images holds no picture",
    ),
}


@pytest.mark.parametrize("case", PARQUET_WRONG)
def test_what_is_wrong_in_a_parquet_file_is_named(tmp_path, case):
    table, words = PARQUET_WRONG[case]
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    assert words in refusal(tmp_path, (tmp_path / "a.parquet").read_bytes())


def test_a_damaged_parquet_file_is_named(tmp_path):
    pq.write_table(pa.table(columns()), tmp_path / "a.parquet")
    content = (tmp_path / "a.parquet").read_bytes()
    for cut in (20, len(content) // 2, len(content) - 6):
        assert "this parquet file is damaged" in refusal(tmp_path, content[:cut])

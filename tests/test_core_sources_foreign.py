"""Files of other programs are named for what they are, with what to do; and that works."""

from __future__ import annotations

import csv
import io
import json
import pickle
import sqlite3
import zipfile

import numpy as np
import pytest

from core.errors import DatasetError
from core.sources import open_dataset
from core.sources.foreign import _BEGINNINGS

N = 12
IMAGES = np.zeros((N, 4, 4), dtype=np.uint8)
IMAGES[:, 1:3, 1:3] = np.random.default_rng(0).integers(1, 256, size=(N, 2, 2))
LABELS = np.arange(N) % 3


def refusal(path):
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path))
    return str(caught.value)


def zipped(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, b"<?xml?>")
    return content.getvalue()


OFFICE = ("[Content_Types].xml", "_rels/.rels", "docProps/app.xml")
FILES = {
    "data.xlsx": (zipped(*OFFICE, "xl/workbook.xml", "xl/a.csv"), "an Excel file"),
    "data.docx": (zipped(*OFFICE, "word/document.xml"), "a Word file"),
    "data.pptx": (zipped(*OFFICE, "ppt/media/image1.png"), "a PowerPoint file"),
    "data.ods": (zipped("mimetype", "content.xml"), "an OpenDocument file"),
    "data.keras": (zipped("metadata.json", "config.json", "model.weights.h5"), "a model of keras"),
    "data.pt": (zipped("data/data.pkl", "data/version", "data/data/0"), "a file of PyTorch"),
    "old.pt": (pickle.dumps(0x1950A86A20F9469CFC6C, 2) + b"\x80\x02M\xe9\x03.", "of PyTorch"),
    "a.tfrecord": (
        bytes.fromhex("0a00000000000000") + bytes.fromhex("aea3bf3a") + b"0123456789",
        "a TFRecord of TensorFlow",
    ),
    "a.arff": (b"% comment\n\n@RELATION digits\n@ATTRIBUTE a NUMERIC\n@DATA\n", "an ARFF file"),
    "a.json": (b'{"images": [[0, 1]]}', "this is JSON"),
    "a.ipynb": (b'{\n "cells": [],\n "metadata": {}}', "a Jupyter notebook"),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_named_and_said_what_to_do(tmp_path, name):
    content, words = FILES[name]
    (tmp_path / name).write_bytes(content)
    message = refusal(tmp_path / name)
    assert message.startswith(f"{tmp_path / name}: this is ")
    assert words in message
    assert "which is not read; " in message


@pytest.mark.parametrize(("at", "magic", "what", "advice"), _BEGINNINGS)
def test_how_files_begin(tmp_path, at, magic, what, advice):
    (tmp_path / "a").write_bytes(bytes(at) + magic + bytes(64))
    said = refusal(tmp_path / "a").removeprefix(f"{tmp_path / 'a'}: ")
    assert said == f"this is {what}, which is not read; {advice}"


def opens(path):
    dataset = open_dataset(str(path))
    assert dataset.train.n_samples + dataset.test.n_samples == N
    assert dataset.image_shape == (4, 4)


ROWS = [[*image.ravel().tolist(), f"c{k}"] for image, k in zip(IMAGES, LABELS, strict=True)]


def test_the_advice_for_arff_opens(tmp_path):
    head = "@relation a\n" + "".join(f"@attribute p{i} numeric\n" for i in range(16))
    body = "".join(",".join(map(str, row)) + "\n" for row in ROWS)
    (tmp_path / "a.arff").write_text(f"{head}@attribute class {{c0,c1,c2}}\n@data\n{body}")
    assert "delete all lines up to @data and that one" in refusal(tmp_path / "a.arff")
    text = (tmp_path / "a.arff").read_text()
    (tmp_path / "train.csv").write_text(text.partition("@data\n")[2])
    opens(tmp_path / "train.csv")


def test_the_advice_for_sqlite_opens(tmp_path):
    names = [*(f"p{i}" for i in range(16)), "label"]
    with sqlite3.connect(tmp_path / "a.db") as file:
        file.execute(f"create table digits ({', '.join(names)})")
        file.executemany(f"insert into digits values ({', '.join('?' * 17)})", ROWS)
    rows = file.execute("select * from digits").fetchall()
    file.close()
    assert "sqlite3 -header -csv" in refusal(tmp_path / "a.db")
    with (tmp_path / "train.csv").open("w", newline="") as table:
        csv.writer(table).writerows([names, *rows])
    opens(tmp_path / "train.csv")


def test_the_advice_for_json_opens(tmp_path):
    value = {"images": IMAGES.tolist(), "labels": LABELS.tolist()}
    (tmp_path / "a.json").write_text(json.dumps(value))
    assert "np.savez('data.npz', X=images, y=labels)" in refusal(tmp_path / "a.json")
    np.savez(tmp_path / "data.npz", X=value["images"], y=value["labels"])
    opens(tmp_path / "data.npz")


def test_a_pickle_of_tensors_says_how_they_become_arrays(tmp_path):
    (tmp_path / "a.pkl").write_bytes(b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n.")
    assert "make each tensor one by .numpy(), and store them by np" in refusal(tmp_path / "a.pkl")


def test_a_folder_of_such_names_is_none(tmp_path):
    for name in ("xl", "[Content_Types].xml"):
        (tmp_path / name).mkdir()
    assert "Excel" not in refusal(tmp_path)

"""Whatever files, folders and classes are called, opening them shows it harmlessly."""

from __future__ import annotations

import os

import pytest
from test_core_sources_pictures import GREY, encoded, write_set

from core.errors import DatasetError
from core.sources import open_dataset

NAMES = {
    "newline": "new\nline",
    "terminal": "\x1b[2J\x1b]0;owned\x07red",
    "direction": "\u202egnp.exe",
    "not UTF-8": b"caf\xe9".decode("utf-8", "surrogateescape"),
    "separators": "a,b;c\td",
    "longest": "w" * 255,
    "blank": " ",
    "markup": "<b onclick=x>&amp;",
}


def mischief(text):
    return [char for char in text if not char.isprintable()]


@pytest.mark.parametrize("kind", NAMES)
def test_names_of_folders_and_files_never_act(tmp_path, kind):
    name = NAMES[kind]
    write_set(tmp_path / name, {name: [GREY] * 3, "b": [GREY] * 3})
    os.rename(tmp_path / name / name / "0.png", tmp_path / name / name / name)
    (tmp_path / name / name / (name[:-4] + ".txt")).write_text("no picture")
    dataset = open_dataset(str(tmp_path / name))
    words = [dataset.name, dataset.source, *dataset.class_names, *dataset.notes]
    assert not any(mischief(word) for word in words)
    assert len(set(dataset.class_names)) == 2
    (tmp_path / name / name / name).write_bytes(encoded(GREY)[:60])
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(tmp_path / name))
    assert not mischief(str(caught.value))
    str(caught.value).encode()


@pytest.mark.parametrize("kind", NAMES)
def test_names_of_tables_and_their_classes_never_act(tmp_path, kind):
    name = NAMES[kind][-200:] + ".csv"
    path = tmp_path / name
    label = NAMES[kind].replace("\n", " ").encode("utf-8", "surrogateescape").strip() or b"x"
    rows = [b'"%s",0,0,%d,0\n' % (label if k % 2 else b"other", k) for k in range(20)]
    path.write_bytes(b"".join(rows))
    dataset = open_dataset(str(path))
    assert dataset.n_classes == 2
    words = [dataset.name, dataset.source, *dataset.class_names, *dataset.notes]
    assert not any(mischief(word) for word in words)
    path.write_bytes(b"".join(rows) + b'"x",0,0,\x1b[2J,0\n')
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(path))
    assert not mischief(str(caught.value))
    assert "line 21: column 4" in str(caught.value)

"""Archives are folders: every form that opens from a folder opens from one, alike."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import zipfile

import hostile
import numpy as np
import pytest
from hostile_files import entry, gz, repeated, written, zip_of
from PIL import Image

from core.errors import DatasetError
from core.sources import open_dataset
from core.sources.archives import tars

GENERATOR = np.random.default_rng(3)
PIXELS = GENERATOR.integers(0, 256, (8, 5, 5), dtype=np.uint8)
PIXELS[:, 0] = PIXELS[:, -1] = PIXELS[:, :, 0] = PIXELS[:, :, -1] = 0


def pictures(folder):
    for i, pixels in enumerate(PIXELS):
        file = folder / ("cat", "dog")[i % 2] / f"{i}.png"
        file.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(file)


def parts_of_pictures(folder):
    for part in ("train", "test"):
        (folder / part).mkdir()
        pictures(folder / part)


def table(folder, name="train.csv"):
    rows = [f"{i % 2}," + ",".join(map(str, row.ravel())) for i, row in enumerate(PIXELS)]
    (folder / name).write_text("\n".join(rows) + "\n")


def tables(folder):
    table(folder)
    table(folder, "test.csv")


def arrays(folder):
    np.save(folder / "X.npy", PIXELS)
    np.save(folder / "y.npy", np.arange(8) % 2)


def npz(folder):
    np.savez(folder / "set.npz", X=PIXELS, y=np.arange(8) % 2)


FOLDERS = {make.__name__: make for make in (pictures, parts_of_pictures, table, tables, arrays)}
PACKED = ("zip", "tar", "gztar")


@pytest.mark.parametrize("inside", ["", "set", "set/deeper"])
@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("kind", FOLDERS)
def test_an_archive_opens_as_the_folder_that_it_holds(tmp_path, kind, packed, inside):
    folder = tmp_path / "top" / inside
    folder.mkdir(parents=True)
    FOLDERS[kind](folder)
    file = shutil.make_archive(str(tmp_path / "packed"), packed, tmp_path / "top")
    before = sorted(tmp_path.rglob("*"))
    one, other = open_dataset(str(tmp_path / "top")), open_dataset(file)
    for part in ("train", "test"):
        mine, its = getattr(one, part), getattr(other, part)
        np.testing.assert_array_equal(mine.images, its.images)
        np.testing.assert_array_equal(mine.labels, its.labels)
    assert one.class_names == other.class_names
    assert other.name.startswith("packed.")
    assert one.notes == other.notes
    assert sorted(tmp_path.rglob("*")) == before  # nothing was unpacked


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("inner", ["set", "set/train.csv"])
def test_what_is_in_an_archive_opens_by_its_path_there(tmp_path, inner, packed):
    (tmp_path / "top" / "set").mkdir(parents=True)
    table(tmp_path / "top" / "set")
    file = shutil.make_archive(str(tmp_path / "packed"), packed, tmp_path / "top")
    assert open_dataset(f"{file}/{inner}").n_classes == 2
    with pytest.raises(DatasetError, match="no such file or folder"):
        open_dataset(f"{file}/nothing")


def test_names_of_windows_are_folders_too(tmp_path):
    table(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("./set\\.\\train.csv", (tmp_path / "train.csv").read_bytes())
    assert open_dataset(str(tmp_path / "a.zip")).n_classes == 2


@pytest.mark.parametrize("how", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("longest", [20, 90, 140, 240])
def test_long_names_and_links_in_every_kind_of_tar(tmp_path, how, longest):
    pictures(tmp_path)
    with tarfile.open(tmp_path / "a.tgz", "w:gz", format=how) as archive:
        for name in ("cat", "dog"):
            for file in (tmp_path / name).iterdir():
                middle = "b" * min(longest - 20, 150)
                end = "c" * (longest - 20 - len(middle))
                archive.add(file, f"{middle}/{name}/{end}{file.name}")
        link = tarfile.TarInfo("cat/link.png")
        link.type, link.linkname, link.size = tarfile.SYMTYPE, "/etc/passwd", 5000
        archive.addfile(link)
    opened = open_dataset(str(tmp_path / "a.tgz"))
    assert opened.class_names == ("cat", "dog")
    assert opened.train.n_samples + opened.test.n_samples == len(PIXELS)


def test_of_a_name_that_a_tar_has_twice_the_later_one_counts(tmp_path):
    table(tmp_path)
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("./train.csv"), io.BytesIO())
        archive.add(tmp_path / "train.csv", "train.csv")
    assert open_dataset(str(tmp_path / "a.tar")).n_classes == 2


def test_a_gzip_tar_is_read_at_any_place(tmp_path, monkeypatch):
    monkeypatch.setattr(tars, "_PIECE_BYTES", 1000)
    monkeypatch.setattr(tars, "_PIECES_KEPT", 2)
    monkeypatch.setattr(tars, "_READ_BYTES", 64)
    contents = {f"{i:02}": GENERATOR.bytes(700) + bytes(i) for i in range(30)}
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as archive:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    tar = tars.Tar(tmp_path / "a.tgz")
    assert len(list(tar.listing())) > 30
    assert dict(tar.files()) == {name: len(content) for name, content in contents.items()}
    for name in GENERATOR.permutation(sorted(contents)):
        assert tar.open(name).read() == contents[name]
    tar.close()


def changed(at, to):
    def change(content):
        return content[:at] + to + content[at + len(to) :]

    return change


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda content: content[:700], "ends early"),
        (changed(1600, b"?"), "the tar archive is damaged at byte 1,536"),
    ],
)
def test_what_is_wrong_in_a_tar_is_named(tmp_path, packed, change, words):
    table(tmp_path)
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        archive.add(tmp_path / "train.csv", "train.csv")
        archive.add(tmp_path / "train.csv", "test.csv")
    content = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "a.tar").write_bytes(packed(change(content)))
    with pytest.raises(DatasetError, match=words):
        open_dataset(str(tmp_path / "a.tar"))


@pytest.mark.parametrize("name", ["../evil.csv", "/tmp/evil.csv", "a/../../evil.csv"])
def test_a_tar_that_leads_out_writes_nothing(tmp_path, name):
    table(tmp_path)
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = archive.gettarinfo(tmp_path / "train.csv")
        info.name = name
        archive.addfile(info, io.BytesIO((tmp_path / "train.csv").read_bytes()))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DatasetError, match="leads out of the archive"):
        open_dataset(str(tmp_path / "a.tar"))
    assert sorted(tmp_path.rglob("*")) == before


def tar_header(name, size=0, kind=b"0"):
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


def same_headers(folder):
    block = repeated(tar_header("a", kind=b"5"), 1_400_000)
    return written(folder / "a.tgz", b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block)


def long_names(folder):
    pieces = []
    for i in range(2000):
        name = f"{i:05}".encode() + b"/a" * 497
        pieces.append(tar_header("././@LongLink", len(name), b"L") + name + bytes(-len(name) % 512))
        pieces.append(tar_header("a"))
    return gz(folder / "a.tgz", b"".join(pieces) * 10)


def endless_name(folder):
    return gz(folder / "a.tgz", tar_header("a", 600_000_000, b"L"), 600_000_000)


def zeros(folder):
    return gz(folder / "a.tgz", tar_header("train.csv", 2**31), 2**31)


def endless_pax(folder):
    record = b"20 path=" * 8000
    start = tar_header("a", len(record), b"x") + record + bytes(-len(record) % 512)
    return gz(folder / "a.tgz", start + start, tar_header("b.csv", 5), b"1,2,3", 507 + 1024)


def deep_folders(folder):
    return zip_of(
        folder / "a.zip", *[entry("/".join("a" * 490) + str(i), b"") for i in range(5000)]
    )


def tar_in_tars(folder):
    content = b""
    for level in "abcdef":
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w:gz") as archive:
            info = tarfile.TarInfo(f"{level}.tgz")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        content = stream.getvalue()
    return written(folder / "z.tgz", content)


HOSTILE = {
    "many folders": (same_headers, "300,001 entries in it are more than the 300,000"),
    "long names": (long_names, "bytes of names in it are more than"),
    "endless name": (endless_name, "600,000,000 bytes of one name are more than"),
    "zeros": (zeros, "bytes inflated are more than"),
    "endless pax": (endless_pax, "no images were found"),
    "deep folders in a zip": (deep_folders, "this archive is empty"),
    "tar in tar in tar": (tar_in_tars, "an archive within an archive within another"),
}


@pytest.mark.long
@pytest.mark.parametrize("case", HOSTILE)
def test_archives_that_would_fill_memory_or_take_for_ever_are_refused(tmp_path, case):
    make, words = HOSTILE[case]
    hostile.assert_refused(make(tmp_path), words)

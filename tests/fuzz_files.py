"""Small honest files of every format, and ways to damage them that get past a checksum."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from core_samples import idx_bytes
from foreign_pickles import PICKLES
from hostile_files import npy
from mat_files import mat
from PIL import Image
from test_core_sources_pickles import Python2

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Files = dict[str, bytes]
"""What is in a folder: path -> content."""


@dataclass(frozen=True)
class Subject:
    """An honest data set whose files are to be damaged.

    Attributes
    ----------
    files : all of it
    target : what is opened; "" for the folder
    seal : makes of damaged content what is stored, so that the damage lies within: packs it anew,
        or corrects its checksums
    unseal : its inverse
    tokens : bytes that mean something in this format
    """

    files: Files
    target: str = ""
    unseal: Callable[[bytes], bytes] = bytes
    seal: Callable[[bytes], bytes] = bytes
    tokens: tuple[bytes, ...] = ()


_RNG = np.random.default_rng(20261124)
_N, _SIDE = 12, 5
_IMAGES = _RNG.integers(256, size=(_N, _SIDE, _SIDE), dtype=np.uint8)
_IMAGES[:, 0, 0] = _IMAGES[:, -1, -1] = 0
_LABELS = (np.arange(_N) % 3).astype(np.uint8)
_FLOATS = (_IMAGES.reshape(_N, -1) / np.float32(255)).astype(np.float32)
_WHOLE = _LABELS.astype(np.int64)
_PAIR = (_FLOATS, _WHOLE)


def _gz(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _idx(suffix: str = "", pack: Callable[[bytes], bytes] = bytes) -> Files:
    contents = {"images-idx3": _IMAGES, "labels-idx1": _LABELS}
    return {
        f"{part}-{kind}-ubyte{suffix}": pack(idx_bytes(array))
        for part in ("train", "t10k")
        for kind, array in contents.items()
    }


def _npz(*, compressed: bool) -> bytes:
    content = io.BytesIO()
    save = np.savez_compressed if compressed else np.savez
    save(content, x_train=_IMAGES, y_train=_LABELS, x_test=_IMAGES[:6], y_test=_LABELS[:6])
    return content.getvalue()


def _saved(**arrays: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def zip_members(content: bytes) -> list[tuple[str, bytes]]:
    """Return names and contents of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    """Return an archive of these members."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members:
            archive.writestr(name, member)
    return content.getvalue()


_MARK = b"\0--member--\0"


def tarred(members: list[tuple[str, bytes]]) -> bytes:
    """Return a tar archive of these members."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, member in members:
            info = tarfile.TarInfo(name)
            info.size, info.pax_headers = len(member), {"comment": "\u00e9"}
            archive.addfile(info, io.BytesIO(member))
    return content.getvalue()


def _unzip(content: bytes) -> bytes:
    """Return the members of an archive in one string of bytes, which can be damaged."""
    return _MARK.join(member for _, member in zip_members(content))


def _zip_like(content: bytes) -> Callable[[bytes], bytes]:
    names = [name for name, _ in zip_members(content)]
    return lambda joined: zipped(list(zip(names, joined.split(_MARK), strict=False)))


def _encoded(kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    image = Image.fromarray(np.kron(_IMAGES[0], np.ones((3, 3), dtype=np.uint8)))
    if how.pop("colours", False):
        image = Image.merge("RGB", (image, image.rotate(90), image.rotate(180)))
    if how.pop("palette", False):
        image = image.convert("RGB").quantize(8)
    image.save(file, kind, **how)
    return file.getvalue()


def checked_png(content: bytes) -> bytes:
    """Return a PNG whose chunks have right checksums, as far as there are chunks."""
    done, at = [content[:8]], 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        body = content[at + 4 : at + 8 + length]
        done.append(content[at : at + 4] + body + struct.pack(">I", zlib.crc32(body)))
        at += 12 + length
    return b"".join(done) + content[at:]


def _pictures(content: bytes) -> Files:
    other = _encoded("PNG")
    return {"a/0.png": content, "a/1.png": other, "b/0.png": other, "b/1.png": other}


def _beside(*columns: object, header: str = "") -> bytes:
    """Return columns beside each other as a table; each is one value a row, or some."""
    rows = [",".join(map(str, row)) for row in zip(*columns, strict=True)]
    return "\n".join([header] * bool(header) + rows + [""]).encode()


def _rows(separator: str, quote: str = "", words: tuple[str, ...] = ("0", "1", "2")) -> bytes:
    lines = [separator.join(["label", *(f"pixel{i}" for i in range(_SIDE**2))])]
    for label, image in zip(_LABELS, _IMAGES.reshape(_N, -1), strict=True):
        fields = [words[label], *map(str, image.tolist())]
        lines.append(separator.join(quote + field + quote for field in fields))
    return "\n".join([*lines, ""]).encode()


_EXIF = Image.Exif()
_EXIF[0x0112] = 6
_EXIF[0x010E] = "a picture"

_TABLE_TOKENS = tuple(
    b'\n|\r\n|\r|,|;|\t| |"|""|","|nan|-1|1e400|1e30|0x1|1_0|.|-|+|e5|label|256|65536|2.5|\xff|\xc3'
    b"|\xef\xbb\xbf|#|\0|\x1b[2J".split(b"|")
)
_NUMPY_TOKENS = tuple(
    b"|".join(
        (
            b"'|u1'|'>f4'|'<f8'|'O'|'<U4'|'|S3'|'<c16'|'?'|(|)|,|12|-1|True|False|{|}|None|[|]|0|L",
            b"999999999999|fortran_order|shape|descr|\x93NUMPY|('a', '<i4')|(2, 2, 2, 2, 2, 2)",
        )
    ).split(b"|")
)
_PICKLE_TOKENS = (
    *(bytes([code]) for code in b"(.012FIJKLMNPQRSTUVXabcdeghijlopqrstu]}"),
    *(bytes([code]) for code in range(0x80, 0x99)),
    b"cnumpy\nndarray\n",
    b"cnumpy.core.multiarray\n_reconstruct\n",
    b"cnumpy\ndtype\n",
    b"c_codecs\nencode\n",
    b"cnumpy.core.numeric\n_frombuffer\n",
    b"cbuiltins\neval\n",
    b"\x8c\x05numpy\x8c\x07ndarray\x93",
)
_PICTURE_TOKENS = (
    b"IHDR",
    b"IDAT",
    b"IEND",
    b"PLTE",
    b"tRNS",
    b"iCCP",
    b"zTXt",
    b"acTL",
    b"fcTL",
    b"eXIf",
    *(b"\xff" + bytes([marker]) for marker in range(0xC0, 0xFF, 3)),
    b"\xff\xda",
    b"\xff\xd9",
    b"!\xf9\4",
    b"!\xff\x0b",
    b"!\xfe",
    b",",
    b";",
    b"BM",
    b"Exif\0\0",
)

_ZIP = zipped(list(_idx().items()))
_TAR = tarred(list(_idx().items()))
_NPZ, _NPZ_DEFLATED = _npz(compressed=False), _npz(compressed=True)
_CSV = _rows(",")
_UCI = b"\n".join(line for line in _rows(",").split(b"\n")[1:])
_TRIPLE = (_PAIR, _PAIR, _PAIR)
_PYTHON_2 = Python2(2).dumps(_TRIPLE)
_WORDS = ("cat", "a,b", 'say ""x""')

_PIXEL_NAMES = ",".join(f"pixel{i}" for i in range(_SIDE**2))
_JOINED = [",".join(map(str, image)) for image in _IMAGES.reshape(_N, -1).tolist()]
_SPREAD = [image.replace(",", " ") for image in _JOINED]
_HOT = [",".join(map(str, row)) for row in np.eye(3, dtype=int)[_LABELS].tolist()]
_PARTS = ["Training"] * 6 + ["PublicTest"] * 3 + ["PrivateTest"] * 3

_MATLAB_ARRAYS = {
    "dataset": {"X": np.moveaxis(_IMAGES, 0, -1), "y": _WHOLE[:, None].astype("u1")},
    "class_names": ["cat", "dog"],
}
_MATLAB = mat(**_MATLAB_ARRAYS)

SUBJECTS: dict[str, Subject] = {
    "IDX": Subject(_idx()),
    "IDX, gzip": Subject(_idx(".gz", _gz)),
    "IDX, within gzip": Subject(_idx(".gz", _gz), "", gzip.decompress, _gz),
    "npz": Subject({"mnist.npz": _NPZ}, "mnist.npz", tokens=_NUMPY_TOKENS),
    "npz, deflated": Subject({"mnist.npz": _NPZ_DEFLATED}, "mnist.npz"),
    "npz, fractions": Subject(
        {"X.npz": _saved(X=_IMAGES / 255 - 1e-9, y=_WHOLE)}, "X.npz", tokens=_NUMPY_TOKENS
    ),
    "npz, within": Subject(
        {"mnist.npz": _NPZ}, "mnist.npz", _unzip, _zip_like(_NPZ), _NUMPY_TOKENS
    ),
    "npy": Subject(
        {"X.npy": npy(_FLOATS), "y.npy": npy(np.asfortranarray(_WHOLE))}, tokens=_NUMPY_TOKENS
    ),
    "npy, within gzip": Subject(
        {"X.npy.gz": _gz(npy(_IMAGES)), "y.npy.gz": _gz(npy(np.array(["cat", "dog"] * 6)))},
        "",
        gzip.decompress,
        _gz,
        _NUMPY_TOKENS,
    ),
    **{
        f"pickle {protocol}": Subject(
            {"digits.pkl": pickle.dumps({"x": _IMAGES, "y": _WHOLE.tolist()}, protocol=protocol)},
            "digits.pkl",
            tokens=_PICKLE_TOKENS,
        )
        for protocol in range(6)
    },
    "pickle, lists of words": Subject(
        {"digits.pkl": pickle.dumps({"x": _IMAGES, "y": ["cat", "dog"] * 6}, protocol=2)},
        "digits.pkl",
        tokens=_PICKLE_TOKENS,
    ),
    **{
        kind: Subject({"digits.pkl": content}, "digits.pkl", tokens=_PICKLE_TOKENS)
        for kind, content in {
            "pickle, lists": pickle.dumps((_IMAGES.tolist(), _WHOLE.tolist()), protocol=4),
            "pickle, DataFrame": PICKLES["words, pandas 3"],
            "pickle, DataFrame with Arrow": PICKLES["words, pandas 3 with Arrow"],
            "pickle, Bunch of frames": PICKLES["Bunch of frames"],
            "joblib": PICKLES["frame by joblib"],
        }.items()
    },
    "Matlab": Subject({"data.mat": _MATLAB}, "data.mat"),
    "Matlab, deflated": Subject({"data.mat": mat(deflate=True, **_MATLAB_ARRAYS)}, "data.mat"),
    "pickle, NumPy's numbers": Subject(
        {"digits.pkl": pickle.dumps({"x": _IMAGES, "y": list(_WHOLE)}, protocol=4)},
        "digits.pkl",
        tokens=_PICKLE_TOKENS,
    ),
    "mnist.pkl.gz": Subject({"mnist.pkl.gz": _gz(_PYTHON_2)}, "mnist.pkl.gz"),
    "mnist.pkl.gz, within": Subject(
        {"mnist.pkl.gz": _gz(_PYTHON_2)}, "mnist.pkl.gz", gzip.decompress, _gz, _PICKLE_TOKENS
    ),
    "CSV": Subject({"train.csv": _CSV, "test.csv": _CSV}, tokens=_TABLE_TOKENS),
    "CSV, words": Subject(
        {"words.csv": _rows(";", '"', _WORDS)}, "words.csv", tokens=_TABLE_TOKENS
    ),
    "CSV, UCI": Subject({"optdigits.tra": _UCI}, "optdigits.tra", tokens=_TABLE_TOKENS),
    "CSV, gzip": Subject({"train.csv.gz": _gz(_CSV)}, "train.csv.gz"),
    "CSV, within gzip": Subject(
        {"train.csv.gz": _gz(_CSV)}, "train.csv.gz", gzip.decompress, _gz, _TABLE_TOKENS
    ),
    "CSV, label in the middle": Subject(
        {"data.csv": _beside(range(_N), _LABELS, _JOINED, header=f"id,label,{_PIXEL_NAMES}")},
        "data.csv",
        tokens=_TABLE_TOKENS,
    ),
    "CSV, a column for each class": Subject(
        {"data.csv": _beside(_HOT, _JOINED, header=f"cat,dog,eel,{_PIXEL_NAMES}")},
        "data.csv",
        tokens=_TABLE_TOKENS,
    ),
    "CSV, pixels in one column": Subject(
        {"data.csv": _beside(_LABELS, _SPREAD, _PARTS, header="emotion,pixels,Usage")},
        "data.csv",
        tokens=_TABLE_TOKENS,
    ),
    "CSV, a table for each class": Subject(
        {f"{name}.csv": _beside(_JOINED[i::3]) for i, name in enumerate(("cat", "dog", "eel"))},
        tokens=_TABLE_TOKENS,
    ),
    "labels in lines": Subject(
        {"labels.csv": _beside(_LABELS, header="0"), "images.csv": _beside(_JOINED)},
        tokens=_TABLE_TOKENS,
    ),
    "labels with numbers, opened": Subject(
        {"y.txt": _beside(range(_N), ["cat", "a dog"] * 6), "X.npy": npy(_IMAGES)},
        "y.txt",
        tokens=_TABLE_TOKENS,
    ),
    "zip": Subject({"emnist.zip": _ZIP}, "emnist.zip"),
    "zip, within": Subject({"emnist.zip": _ZIP}, "emnist.zip", _unzip, _zip_like(_ZIP)),
    "tar": Subject({"emnist.tar": _TAR}, "emnist.tar"),
    "tar, within gzip": Subject({"a.tgz": _gz(_TAR)}, "a.tgz", gzip.decompress, _gz),
    "PNG": Subject(_pictures(_encoded("PNG", exif=_EXIF)), tokens=_PICTURE_TOKENS),
    "PNG, checksums right": Subject(
        _pictures(_encoded("PNG", palette=True, transparency=3, exif=_EXIF)),
        seal=checked_png,
        tokens=_PICTURE_TOKENS,
    ),
    "JPEG": Subject(_pictures(_encoded("JPEG", exif=_EXIF)), tokens=_PICTURE_TOKENS),
    "JPEG, progressive": Subject(
        _pictures(_encoded("JPEG", colours=True, progressive=True)), tokens=_PICTURE_TOKENS
    ),
    "BMP": Subject(_pictures(_encoded("BMP", colours=True)), tokens=_PICTURE_TOKENS),
    "BMP, palette": Subject(_pictures(_encoded("BMP", palette=True)), tokens=_PICTURE_TOKENS),
    "TIFF": Subject(_pictures(_encoded("TIFF", exif=_EXIF)), tokens=_PICTURE_TOKENS),
    "TIFF, deflated": Subject(
        _pictures(_encoded("TIFF", colours=True, compression="tiff_adobe_deflate")),
        tokens=_PICTURE_TOKENS,
    ),
    "WebP": Subject(_pictures(_encoded("WEBP", lossless=True, exif=_EXIF)), tokens=_PICTURE_TOKENS),
    "PGM": Subject(_pictures(_encoded("PPM")), tokens=_PICTURE_TOKENS),
    "GIF": Subject(_pictures(_encoded("GIF", palette=True)), tokens=_PICTURE_TOKENS),
}


_LENGTHS = (0, 1, 2, 3, 4, 127, 128, 129, 255, 256, 4096, 32767, 32768, 65535, 65536, 1 << 24)
_WIDE = (*_LENGTHS, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 63) - 1, (1 << 64) - 1)


def _flip(content: bytearray, rng: Random, _: Subject) -> None:
    for _i in range(rng.choice((1, 1, 2, 8))):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def _flip_early(content: bytearray, rng: Random, _: Subject) -> None:
    content[rng.randrange(min(len(content), 64))] ^= 1 << rng.randrange(8)


def _overwrite(content: bytearray, rng: Random, _: Subject) -> None:
    content[rng.randrange(len(content))] = rng.choice((0, 1, 127, 128, 255, rng.randrange(256)))


def _cut(content: bytearray, rng: Random, _: Subject) -> None:
    del content[rng.randrange(len(content)) :]


def _remove(content: bytearray, rng: Random, _: Subject) -> None:
    start = rng.randrange(len(content))
    del content[start : start + rng.choice((1, 1, 2, 4, 8, 50))]


def _double(content: bytearray, rng: Random, _: Subject) -> None:
    start, n = rng.randrange(len(content)), rng.choice((1, 2, 4, 8, 50, 200))
    content[start:start] = content[start : start + n]


def _exchange(content: bytearray, rng: Random, _: Subject) -> None:
    n = rng.choice((1, 4, 16))
    a, b = rng.randrange(len(content)), rng.randrange(len(content))
    content[a : a + n], content[b : b + n] = content[b : b + n], content[a : a + n]


def _length(content: bytearray, rng: Random, _: Subject) -> None:
    size = rng.choice((1, 2, 4, 4, 8))
    at = rng.randrange(min(len(content), rng.choice((24, 200, len(content)))))
    value = rng.choice(_WIDE) % (1 << 8 * size)
    content[at : at + size] = value.to_bytes(size, rng.choice(("big", "little")))


def _near_length(content: bytearray, rng: Random, _: Subject) -> None:
    """Change a number that is there already by little."""
    size = rng.choice((1, 2, 4))
    at = rng.randrange(len(content))
    order = rng.choice(("big", "little"))
    value = int.from_bytes(content[at : at + size], order) + rng.choice((-2, -1, 1, 2))
    content[at : at + size] = (value % (1 << 8 * size)).to_bytes(size, order)


def _insert(content: bytearray, rng: Random, subject: Subject) -> None:
    at = rng.randrange(len(content) + 1)
    content[at:at] = rng.choice(subject.tokens or (rng.randbytes(rng.randrange(1, 9)),))


def _replace(content: bytearray, rng: Random, subject: Subject) -> None:
    token = rng.choice(subject.tokens or (rng.randbytes(rng.randrange(1, 9)),))
    at = rng.randrange(len(content))
    content[at : at + len(token)] = token


def _splice(content: bytearray, rng: Random, _: Subject) -> None:
    other_subject = rng.choice(list(SUBJECTS.values()))
    other = rng.choice(list(other_subject.files.values()))
    start = rng.randrange(len(other))
    at = rng.randrange(len(content))
    content[at : at + rng.choice((0, 50, 10_000))] = other[start : start + rng.choice((20, 10_000))]


_DAMAGES = (
    _flip,
    _flip_early,
    _overwrite,
    _cut,
    _remove,
    _double,
    _exchange,
    _length,
    _length,
    _near_length,
    _insert,
    _replace,
    _replace,
    _splice,
)


def damaged(subject: Subject, rng: Random) -> Files:
    """Return the files of ``subject``, one of them with one to four damages."""
    files = dict(subject.files)
    # The first file matters most: in the others a set looks the same.
    name = rng.choice((next(iter(files)), *files))
    content = bytearray(subject.unseal(files[name]))
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        if content:
            rng.choice(_DAMAGES)(content, rng, subject)
    files[name] = subject.seal(bytes(content))
    return files

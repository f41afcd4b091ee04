"""Files of other programs that are not read: what they are, by their content, and what to do.

One table of how files begin; what has no such beginning (ARFF, tfrecord) is told by its form.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.sources.parts import Head

_SAVEZ = "np.savez('data.npz', X=images, y=labels) and open that"
_AS_CSV = "save its sheet as CSV, one image a row with its label, and open that"
_PICTURES = "store each page or frame as PNG, in one folder per class, and open the folder above"
_UNPACK = "unpack it, or pack it anew as zip or tar.gz, and open that"
_TORCH = (
    "a file of PyTorch",
    "load it by torch.load, write its tensors by np.savez('data.npz', X=images.numpy(), "
    "y=labels.numpy()) and open that",
)
_NUMPY = "write images and labels by " + _SAVEZ

_BEGINNINGS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", *_TORCH),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file", _AS_CSV),
    (
        0,
        b"SQLite format 3\0",
        "an SQLite database",
        "write its table by sqlite3 -header -csv FILE 'select * from TABLE' > train.csv and open "
        "that",
    ),
    (
        0,
        b"version https://git-lfs.github.com/spec/",
        "a pointer of Git LFS in place of the file",
        "type git lfs pull in its repository, or download the file itself",
    ),
    (0, b"%PDF-", "a PDF", _PICTURES),
    (0, b"ARROW1", "an Arrow or Feather file", "write it by frame.to_parquet and open that"),
    (0, b"FEA1", "a Feather file", "write it by frame.to_parquet and open that"),
    (0, b"ORC", "an ORC file", "write it by frame.to_parquet and open that"),
    (0, b"Obj\x01", "an Avro file", "write it by frame.to_parquet and open that"),
    (
        0,
        b"RDX",
        "R's data",
        "write its table in R by write.csv(data, 'train.csv', row.names = FALSE) and open that",
    ),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (0, b"\xfd7zXZ\0", "a file packed by xz", _UNPACK),
    (0, b"BZh", "a file packed by bzip2", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a file packed by zstd", _UNPACK),
    (0, b"\x04\x22\x4d\x18", "a file packed by lz4", _UNPACK),
    (4, b"ftyp", "a film or a picture of a telephone (MP4, HEIC)", _PICTURES),
    (8, b"AVI LIST", "a film (AVI)", _PICTURES),
    (8, b"WAVEfmt ", "a sound", "open images: there are none in it"),
    (128, b"DICM", "a DICOM picture", _PICTURES),
    (0, b"\x7fELF", "a program", "open the data and not what reads them"),
    (
        3,
        b'\0\0\0\0\0{"',
        "a model's weights (safetensors)",
        "open a set of images: there are none in it",
    ),
)
"""Where, what stands there, what the file is, what to do."""

_IN_ARCHIVES = {
    "xl": ("an Excel file", _AS_CSV),
    "word": ("a Word file", "copy its table into a sheet, save that as CSV and open it"),
    "ppt": ("a PowerPoint file", _PICTURES),
    "content.xml": ("an OpenDocument file", _AS_CSV),
    "model.weights.h5": ("a model of keras", "open the set of images that it was trained on"),
}
"""A name at the top of a zip that is a document."""

_TORCH_NAMES = {"data.pkl", "version"}
_ARFF = re.compile(rb"\s*(?:%[^\n]*\n\s*)*@relation\b", re.IGNORECASE)
_NOTEBOOK = re.compile(rb'\s*\{\s*"(?:cells|nbformat|metadata)"')


def foreign(head: Head, inner: Iterable[str] = ()) -> str:
    """Return what a file of another program is and what to do, in words; "" for all else.

    Parameters
    ----------
    head : of the file, or of the archive that it is
    inner : the names in the only folder of an archive
    """
    found = _found(head, set(inner))
    return f"this is {found[0]}, which is not read; {found[1]}" if found else ""


def _found(head: Head, inner: set[str]) -> tuple[str, str] | None:
    if head.is_folder:
        if _TORCH_NAMES <= inner:
            return _TORCH
        is_document = {"[Content_Types].xml", "mimetype", "model.weights.h5"} & set(head.names)
        names = [name for name in _IN_ARCHIVES if name in head.names]
        return _IN_ARCHIVES[names[0]] if is_document and names else None
    content = head.content or head.raw
    for at, magic, what, advice in _BEGINNINGS:
        if content.startswith(magic, at):
            return what, advice
    if _ARFF.match(content):
        return (
            "an ARFF file of Weka",
            "delete all lines up to @data and that one, store the rest as train.csv and open that",
        )
    if _is_tfrecord(content):
        return "a TFRecord of TensorFlow", f"read it by tf.data.TFRecordDataset, {_NUMPY}"
    if _NOTEBOOK.match(content):
        return "a Jupyter notebook", "open the data and not what reads them"
    if content.lstrip()[:1] in (b"{", b"["):
        return (
            "JSON",
            "write it by pandas.read_json(FILE).to_csv('train.csv', index=False) where it is a "
            f"table; otherwise {_NUMPY}",
        )
    return None


def _is_tfrecord(content: bytes) -> bool:
    """Whether it begins with a length and the masked CRC-32C of that.

    Format: https://www.tensorflow.org/tutorials/load_data/tfrecord.
    """
    if len(content) < 12:
        return False
    crc = 0xFFFFFFFF
    for byte in content[:8]:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    return int.from_bytes(content[8:12], "little") == masked

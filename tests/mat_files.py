"""Matlab's files, version 5, written by hand."""

from __future__ import annotations

import struct
import zlib

import numpy as np

_KINDS = {"i1": 1, "u1": 2, "i2": 3, "u2": 4, "i4": 5, "u4": 6, "f4": 7, "f8": 9, "i8": 12} | {
    "u8": 13
}
_CLASSES = {"f8": 6, "f4": 7, "i1": 8, "u1": 9, "i2": 10, "u2": 11, "i4": 12, "u4": 13} | {
    "i8": 14,
    "u8": 15,
}


def element(kind, raw, order="<"):
    """Return an element; one of at most four bytes is written small, as Matlab does."""
    if 0 < len(raw) <= 4:
        return struct.pack(f"{order}I", len(raw) << 16 | kind) + raw.ljust(4, b"\0")
    return struct.pack(f"{order}II", kind, len(raw)) + raw + bytes(-len(raw) % 8)


def matrix(name, kind, sizes, content, order="<", flags=0):
    body = element(6, struct.pack(f"{order}II", kind | flags, 0), order)
    body += element(5, struct.pack(f"{order}{len(sizes)}i", *sizes), order)
    body += element(1, name.encode(), order) + content
    return struct.pack(f"{order}II", 14, len(body)) + body


def written(value, name="", order="<"):
    """Return an array, a word, a list or a dictionary as an element."""
    if isinstance(value, dict):
        fields = element(5, struct.pack(f"{order}i", 32), order)
        fields += element(1, b"".join(key.encode().ljust(32, b"\0") for key in value), order)
        fields += b"".join(written(one, "", order) for one in value.values())
        return matrix(name, 2, (1, 1), fields, order)
    if isinstance(value, list):
        entries = b"".join(written(one, "", order) for one in value)
        return matrix(name, 1, (1, len(value)), entries, order)
    if isinstance(value, str):
        letters = element(4, value.encode("utf-16-le" if order == "<" else "utf-16-be"), order)
        return matrix(name, 4, (1, len(value)), letters, order)
    value = np.atleast_2d(value)
    flags = 0x0200 if value.dtype.kind == "b" else 0
    code = "u1" if flags else value.dtype.str[1:]
    raw = value.astype(f"{order}{code}").tobytes("F")
    content = element(_KINDS[code], raw, order)
    return matrix(name, _CLASSES[code], value.shape, content, order, flags)


def deflated(one, level=6):
    raw = zlib.compress(one, level)
    return struct.pack("<II", 15, len(raw)) + raw


def header(order="<"):
    mark = {"<": b"IM", ">": b"MI"}[order]
    return b"MATLAB 5.0 MAT-file, written by hand".ljust(124) + struct.pack(f"{order}H", 256) + mark


def mat(order="<", *, deflate=False, **arrays):
    """Return a file of these arrays."""
    elements = [written(value, name, order) for name, value in arrays.items()]
    return header(order) + b"".join(map(deflated, elements) if deflate else elements)

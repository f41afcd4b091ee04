"""Hostile files by the thousand: forms that open, damaged, and what is damaged blown up."""

from __future__ import annotations

import functools
import gzip
import importlib.util
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from data_forms import forms
from fuzz_files import SUBJECTS, Files, Subject, damaged

if TYPE_CHECKING:
    from core.sources.reading import ReadingConfig

LARGEST_FILE = 2_000_000
"""Bytes of a file as it is stored: the limits hold for files below that."""
LARGEST_INSIDE = 64_000_000
"""Bytes within what is packed."""


@functools.cache
def subjects() -> dict[str, tuple[Subject, ReadingConfig | None]]:
    """Return every form that opens: those of the fuzzer, and of docs/data.md."""
    found: dict[str, tuple[Subject, ReadingConfig | None]] = {
        name: (subject, None) for name, subject in SUBJECTS.items()
    }
    for title, some in forms():
        for form in some:
            if form.opens and not (form.needs and importlib.util.find_spec(form.needs) is None):
                with tempfile.TemporaryDirectory() as folder:
                    target = form.make(Path(folder)).relative_to(folder)
                    paths = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()]
                    files = {str(path.relative_to(folder)): path.read_bytes() for path in paths}
                is_packed = all(name.endswith("gz") for name in files)
                packing = (gzip.decompress, gzip.compress) if is_packed else (bytes, bytes)
                subject = Subject(files, str(target) if str(target) != "." else "", *packing)
                found[f"{title}: {form.words}"] = subject, form.reading
    return found


def hostile(seed: int) -> tuple[str, Files, str, ReadingConfig | None]:
    """Return the name of the form, the files, which of them is opened, and how it is read."""
    rng = random.Random(seed)
    name, (subject, reading) = rng.choice(list(subjects().items()))
    files = damaged(subject, rng)
    kind = rng.choice(("small", "repeated", "token", "run", "copies"))
    if kind == "copies":
        path = Path(rng.choice(list(files)))
        for i in range(rng.choice((10, 100))):
            files[str(path.with_name(f"{i}{path.name}"))] = files[str(path)]
    elif kind != "small":
        path = rng.choice(list(files))
        files[path] = _blown_up(subject, files[path], kind, rng)
    return f"{name}, {kind}", files, subject.target, reading


def _blown_up(subject: Subject, stored: bytes, kind: str, rng: random.Random) -> bytes:
    """Return a file in which a piece comes again and again, as often as its size allows."""
    try:
        content = subject.unseal(stored)
    except Exception:  # it is damaged
        return stored
    piece = rng.choice(subject.tokens or (b"9", b"\0", b",", b"\n")) or b"\0"
    at = rng.randrange(len(content) + 1)
    if kind == "repeated" and content:
        start = rng.randrange(len(content))
        piece = content[start : start + rng.choice((1, 10, 100, 10_000))]
        at = start + len(piece)
    if kind == "run":
        piece = bytes([rng.choice((0, 9, 32, 44, 57, 255))])
    is_packed = subject.unseal is not bytes
    for most in (LARGEST_INSIDE if is_packed else LARGEST_FILE, LARGEST_FILE, 100_000):
        n = max(1, min(most, 10 ** rng.randrange(3, 9)) - len(content)) // len(piece)
        blown = subject.seal(content[:at] + piece * n + content[at:])
        if len(blown) <= LARGEST_FILE:
            return blown
    return stored

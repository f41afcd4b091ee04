"""Opening all of MNIST from gzip IDX, against the least that must be done: inflate and reinterpret.

The plain way inflates each of the four files with zlib and reads it with ``np.frombuffer``. Opening
also finds the files, checks every bound, and makes the read-only float32 images that are trained
on. Both take turns within one run. Peak memory is that of a process that does nothing else.
"""

from __future__ import annotations

import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # as a process of its own

import numpy as np
from material import mnist_folder
from memory import peak_mb
from result import Result, at_most

from core.sources import open_dataset

if TYPE_CHECKING:
    from collections.abc import Callable

TOPIC = "opening"
TARGET_RATIO = 1.5
TARGET_MB = 500
_HEADERS = {"images": 16, "labels": 8}


def plainly(folder: Path) -> list[np.ndarray]:
    """Return the bytes of the four files, as little checked as can be."""
    arrays = []
    for file in sorted(folder.glob("*-ubyte*")):
        content = gzip.decompress(file.read_bytes())  # zlib in one piece
        header = _HEADERS["images" if "images" in file.name else "labels"]
        arrays.append(np.frombuffer(content, np.uint8, offset=header))
    return arrays


def made_up(folder: Path) -> Path:
    """Write four files of MNIST's sizes that compress about as MNIST does."""
    rng = np.random.default_rng(0)
    for part, n in (("train", 60_000), ("t10k", 10_000)):
        images = np.zeros((n, 28, 28), np.uint8)
        images[:, 6:21, 9:19] = rng.integers(256, size=(n, 15, 10), dtype=np.uint8)
        for what, array in (("images-idx3", images), ("labels-idx1", np.arange(n) % 10)):
            head = bytes([0, 0, 8, array.ndim])
            head += b"".join(size.to_bytes(4, "big") for size in array.shape)
            content = head + array.astype(np.uint8).tobytes()
            (folder / f"{part}-{what}-ubyte.gz").write_bytes(gzip.compress(content, 6))
    return folder


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    result = work()
    took = time.perf_counter() - started
    del result  # freed outside of what is timed
    return took


def measure(quick: bool) -> list[Result]:
    """Return how many times the plain way opening takes, and the peak of memory."""
    with tempfile.TemporaryDirectory() as temporary:
        found = mnist_folder()
        folder = found or made_up(Path(temporary))
        plain, opened = [], []
        for _ in range(3 if quick else 9):
            plain.append(_seconds(lambda: plainly(folder)))
            opened.append(_seconds(lambda: open_dataset(str(folder))))
        command = [sys.executable, str(Path(__file__).resolve()), str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the measured process failed: {done.stderr.strip()[-500:]}")
        told = json.loads(done.stdout)
    # The least of each: what is added to it is the machine giving out fresh memory, at times four
    # times as slowly as at others, and nothing of what is compared.
    ratio = min(opened) / min(plain)
    words = (
        f"{told['images']:,} images of {'MNIST' if found else 'made-up data'}; best of "
        f"{len(plain)}: {min(opened) * 1e3:.0f} and {min(plain) * 1e3:.0f} ms; medians "
        f"{statistics.median(opened) * 1e3:.0f} and {statistics.median(plain) * 1e3:.0f} ms"
    )
    return [
        at_most(
            topic=TOPIC,
            what="opening / zlib and frombuffer",
            value=ratio,
            unit="x",
            target=TARGET_RATIO,
            note=words,
        ),
        at_most(TOPIC, "peak of a process that opens it", told["peak"], "MB", TARGET_MB),
    ]


if __name__ == "__main__":
    dataset = open_dataset(sys.argv[1])
    print(json.dumps({"images": dataset.train.n_samples + dataset.test.n_samples,
                      "peak": peak_mb()}))  # fmt: skip

"""Ten thousand hostile files, each opened by itself: it opens or is refused, at little cost.

``uv run pytest -m hostile -s``: a seeded part of them; ``PERCEPTRON_HOSTILE_FILES=10000`` all.
``PERCEPTRON_FUZZ_SEED`` gives others.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from hostile import open_bounded, quiet_bytes
from hostile_many import LARGEST_FILE, hostile

if TYPE_CHECKING:
    from pathlib import Path

N_FILES = int(os.environ.get("PERCEPTRON_HOSTILE_FILES", "800"))
SEED = int(os.environ.get("PERCEPTRON_FUZZ_SEED", "20261201"))
MAX_SECONDS, MAX_BYTES = 2.0, 500_000_000
"""Processor time, and memory beyond that of a process that opens nothing."""


@pytest.mark.hostile
def test_every_one_opens_or_is_refused_at_little_cost(tmp_path: Path) -> None:
    quiet, started = quiet_bytes(), time.perf_counter()
    wrong: list[str] = []
    tally: Counter[str] = Counter()
    slowest, largest = (0.0, ""), (0, "")
    for i in range(N_FILES):
        name, files, target, reading = hostile(SEED + i)
        folder = tmp_path / str(i)
        for path, content in files.items():
            assert len(content) <= LARGEST_FILE
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        how = {} if reading is None else asdict(reading)
        try:
            opened = open_bounded(folder / target, **how)
            if opened.seconds >= MAX_SECONDS:  # or it shared its caches with something else
                opened = min(opened, open_bounded(folder / target, **how), key=lambda o: o.seconds)
        except AssertionError as error:
            wrong.append(f"{SEED + i} {name}: {str(error)[-1500:]}")
            opened = None
        shutil.rmtree(folder)
        if opened is None:
            continue
        extra = opened.peak_bytes - quiet
        slowest, largest = max(slowest, (opened.seconds, name)), max(largest, (extra, name))
        if opened.seconds >= MAX_SECONDS or extra >= MAX_BYTES:
            wrong.append(f"{SEED + i} {name}: {opened.seconds:.2f} s, {extra / 1e6:.0f} MB")
        tally["refused" if opened.message else "opened"] += 1
    seconds = time.perf_counter() - started
    print(f"\n{N_FILES} files in {seconds:.0f} s: {dict(tally)}; slowest {slowest}, most {largest}")
    assert not wrong, f"{len(wrong)} of {N_FILES}:\n" + "\n".join(wrong[:30])

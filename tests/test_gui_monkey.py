"""Thousands of things done at random, from a seed, on every page while the program learns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from core_samples import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

N_THINGS = int(os.environ.get("PERCEPTRON_EXPLORER_MONKEY", "1000"))
SEED = 3
FAR_TOO_LONG = 0.5
"""Seconds; each thing may take half of that."""


@pytest.mark.monkey
def test_nothing_done_at_random_breaks_or_holds_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(folder, str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    done = subprocess.run(
        [
            sys.executable,
            "-X",
            "faulthandler",
            "tests/monkey.py",
            tmp_path,
            str(SEED),
            str(N_THINGS),
        ],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    came = json.loads(done.stdout)
    assert sum(came["done"].values()) == N_THINGS
    assert came["told"] == []
    # None is on a quiet machine; other processes cost a thread processor time, too.
    assert len(came["slow"]) <= N_THINGS / 500, came["slow"]
    assert all(one["seconds"] < FAR_TOO_LONG for one in came["slow"]), came["slow"]
    assert came["left"] == []
    assert came["warnings"] == []

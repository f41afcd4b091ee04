"""Whatever is being saved over an earlier file when the program is killed: one of them is whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from killed import REPOSITORY, SAVERS

if TYPE_CHECKING:
    from pathlib import Path

N_KILLS = 8
"""Of each of the eight savers: 64 in all."""
LONGEST = 0.08
"""Seconds until the kill: a handful of savings of the largest file."""
LEFT = re.compile(
    r"\.explorer-[0-9a-f]{16}\.part|\.report-[0-9a-f]{16}\.part|settings\.conf\.lock(\.rmlock)?"
)

pytestmark = [
    pytest.mark.kill,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no such kill"),
]


def files_in(folder: Path) -> dict[str, bytes]:
    """Return what is there, but for what a kill may leave."""
    found = {}
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        is_left = LEFT.fullmatch(relative.parts[0]) or ".part-" in str(relative)
        if path.is_file() and not is_left:
            found[str(relative)] = path.read_bytes()
    return found


@pytest.mark.parametrize("saver", SAVERS)
def test_a_kill_leaves_the_whole_old_or_the_whole_new_file(saver: str, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    command = [sys.executable, str(REPOSITORY / "tests" / "killed.py"), saver, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def asked(seconds: float) -> int:
            process.stdin.write(f"{seconds}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        contents = []
        for which in (0, -1):
            assert asked(which) == 0
            contents.append(files_in(folder))
        first, second = contents
        assert first.keys() == second.keys()
        assert all(first[name] != second[name] for name in first)
        rng = np.random.default_rng(list(saver.encode()))
        for seconds in rng.uniform(0.001, LONGEST, N_KILLS):
            assert asked(float(seconds)) == 9
            found = files_in(folder)
            if saver != "cache":  # a file that is not the published one goes before the new comes
                assert found.keys() == first.keys()
            for name, content in found.items():
                assert content in (first[name], second[name]), f"{name}: {len(content)} bytes"
        # What is old enough that nobody can be writing it goes with the next saving.
        long_ago = time.time() - 30 * 86_400
        for path in sorted(folder.rglob("*"), reverse=True):
            if "part" in path.name or "part" in str(path.parent.relative_to(folder)):
                os.utime(path, (long_ago, long_ago))
        assert asked(0) == 0
        assert files_in(folder) == first
        assert [path.name for path in folder.rglob("*") if ".part" in path.name] == []
        process.stdin.close()

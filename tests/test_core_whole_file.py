"""What a full disk or a kill cuts short destroys no earlier file and leaves none for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest

from core.errors import ExplorerError
from core.learning.model_file import SavedModel, save_model
from core.report.files import keep, report_folder
from core.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MUCH = b"0123456789" * 2000
OLD = b"the earlier file"


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond 4,000 bytes: nor what the tests say, so not a moment longer."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def save_large_model(path: Path) -> None:
    weights = np.zeros((10, 785), np.float32)
    classes = tuple("abcdefghij")
    save_model(path, SavedModel(weights, (28, 28), classes, "digits", 5.0, {}))


def write_report(path: Path) -> None:
    with report_folder(path.parent, [path.name]) as write:
        write({path.name: MUCH})


SAVERS: dict[str, Callable[[Path], None]] = {
    "whole": lambda path: write_whole(path, MUCH),
    "kept": lambda path: keep(path, MUCH),
    "model": save_large_model,
    "report": write_report,
}


@pytest.mark.parametrize("name", SAVERS)
def test_a_full_disk_leaves_the_earlier_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(OLD)
    with full_disk(), pytest.raises((OSError, ExplorerError)):
        SAVERS[name](path)
    assert [each.name for each in tmp_path.iterdir()] == ["file.bin"]
    assert path.read_bytes() == OLD


@pytest.mark.parametrize("name", SAVERS)
def test_it_is_brought_to_the_disk_before_it_takes_the_place_of_another(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "file.bin", []
    path.write_bytes(OLD)
    fsync = os.fsync

    def noted(place: int) -> None:
        synced.append(path.read_bytes() == OLD)
        fsync(place)

    monkeypatch.setattr(os, "fsync", noted)
    SAVERS[name](path)
    assert len(path.read_bytes()) > 4000
    assert synced[-2:] == [True, False], "first the content, then the folder that has its name"


KILLED = """
import os, signal, sys
from pathlib import Path
from core.whole_file import write_whole
os.fsync = lambda place: os.kill(os.getpid(), signal.SIGKILL)
write_whole(Path(sys.argv[1]), b"new" * 1000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such kill")
def test_a_kill_leaves_the_earlier_file_and_the_next_one_tidies(tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(OLD)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert ended.returncode < 0
    assert path.read_bytes() == OLD
    (left,) = tmp_path.glob(".explorer-*.part")
    write_whole(path, b"at once")
    assert left.exists(), "another process may be writing it"
    os.utime(left, (time.time() - 3600,) * 2)
    write_whole(path, b"later")
    assert [each.name for each in tmp_path.iterdir()] == ["file.bin"]


def test_what_others_keep_beside_it_stays(tmp_path: Path) -> None:
    others = ["0123456789abcdef.part", "film.part", ".explorer-x.part"]
    for name in others:
        (tmp_path / name).write_bytes(OLD)
        os.utime(tmp_path / name, (0, 0))
    write_whole(tmp_path / "file.bin", MUCH)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([*others, "file.bin"])


def test_what_killed_reports_left_is_tidied(tmp_path: Path) -> None:
    old, new = tmp_path / ".report-0.part", tmp_path / ".report-1.part"
    for left in (old, new):
        left.mkdir()
        (left / "index.html").write_bytes(OLD)
    os.utime(old, (0, 0))
    write_report(tmp_path / "file.bin")
    assert not old.exists()
    assert new.exists()

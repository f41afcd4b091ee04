"""From the command to the first picture in the window, and from asking it to end to its end.

The window appends ``first_paint <unix seconds>`` and ``first_learning <unix seconds>`` to the file
named by ``PERCEPTRON_EXPLORER_TIMING``; this starts it, waits for those lines, and ends it.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from material import REPOSITORY
from result import Result, at_most, interquartile_range

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOPIC = "startup"
TARGET_SECONDS = 1.5
TARGET_END_SECONDS = 1.0
GIVE_UP_SECONDS = 60.0
"""Far beyond anything worth waiting for; it only keeps a broken window from holding up the rest."""

PAINT = "first_paint"
LEARNING = "first_learning"
END = "end"
_POLL_SECONDS = 0.01
_END_SECONDS = 10.0


class NoWindowError(RuntimeError):
    """The window did not show itself."""


def commands(main: Path) -> dict[str, list[str]]:
    """Return the ways a person starts the program here."""
    ways = {"python main.py": [sys.executable, str(main)]}
    uv = shutil.which("uv")
    if uv:
        ways["uv run main.py"] = [uv, "run", str(main)]
    return ways


def window_environment(folder: Path) -> tuple[dict[str, str], str]:
    """Return the environment of a window that leaves the person's settings alone, and its screen.

    The caches stay in ``folder`` between starts: the machine is to be warm.
    """
    environment = dict(os.environ)
    # A person's Python keeps what it has compiled; some containers forbid it.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["XDG_CONFIG_HOME"] = str(folder / "config")
    environment["PERCEPTRON_EXPLORER_CACHE"] = str(folder / "cache")
    if "QT_QPA_PLATFORM" in environment:
        return environment, environment["QT_QPA_PLATFORM"]
    if sys.platform.startswith("linux") and not environment.get("DISPLAY"):
        environment["QT_QPA_PLATFORM"] = "offscreen"
        return environment, "offscreen, there is no DISPLAY"
    return environment, environment.get("DISPLAY", "native")


def read_marks(file: Path) -> dict[str, float]:
    """Return the complete lines the window has written so far: mark -> unix seconds."""
    marks: dict[str, float] = {}
    text = file.read_text() if file.exists() else ""
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):  # the last line may still be on its way
            mark, seconds = line.split()
            marks.setdefault(mark, float(seconds))
    return marks


def wait_for_marks(process: subprocess.Popen[bytes], file: Path, said: Path) -> dict[str, float]:
    """Return the marks once both are there, or the first alone if the second does not come.

    Raises
    ------
    NoWindowError
        If the process ends first, or nothing is painted in time.
    """
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < give_up:
        marks = read_marks(file)
        if PAINT in marks and LEARNING in marks:
            return marks
        if process.poll() is not None:
            words = said.read_text(errors="replace").strip()[-500:]
            raise NoWindowError(f"it ended with exit code {process.returncode}: {words}")
        time.sleep(_POLL_SECONDS)
    marks = read_marks(file)
    if PAINT not in marks:
        raise NoWindowError(f"nothing was painted within {GIVE_UP_SECONDS:g} s")
    return marks


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the process to end; if it will not, end its whole group: uv has a child of its own."""
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)  # the group start_once made for it
        process.kill()
        process.wait()


def start_once(command: Sequence[str], environment: Mapping[str, str]) -> dict[str, float]:
    """Start the window once; return the seconds to each mark, and from SIGTERM to the end."""
    with tempfile.TemporaryDirectory() as folder:
        file, said = Path(folder) / "timing", Path(folder) / "stderr"
        with said.open("wb") as stderr:  # a file: a full pipe would stop the window
            started = time.time()
            process = subprocess.Popen(
                command,
                env={**environment, "PERCEPTRON_EXPLORER_TIMING": str(file)},
                cwd=REPOSITORY,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )
            try:
                marks = wait_for_marks(process, file, said)
            finally:
                asked = time.time()
                end(process)
    seconds = {mark: when - started for mark, when in marks.items()}
    return {**seconds, END: time.time() - asked}


def measure_command(
    way: str, command: Sequence[str], environment: Mapping[str, str], screen: str, repeats: int
) -> list[Result]:
    """Return the medians over ``repeats`` starts after one that only warms the caches."""
    start_once(command, environment)
    starts = [start_once(command, environment) for _ in range(repeats)]
    results = []
    for mark, words, target in (
        (PAINT, "first picture", TARGET_SECONDS),
        (LEARNING, "learning", TARGET_SECONDS),
        (END, "end once asked", TARGET_END_SECONDS),
    ):
        seconds = [start[mark] for start in starts if mark in start]
        if not seconds:
            continue
        value, noise = statistics.median(seconds), interquartile_range(seconds)
        note = f"{len(seconds)} starts, longest {max(seconds):.2f} s; screen: {screen}"
        what = f"{way} to {words}"
        results.append(at_most(TOPIC, what, value, "s", target, noise=noise, note=note))
    return results


def measure(quick: bool, main: Path = REPOSITORY / "main.py") -> list[Result]:
    """Measure every way of starting the program."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        environment, screen = window_environment(Path(folder))
        for way, command in commands(main).items():
            results += measure_command(way, command, environment, screen, 2 if quick else 5)
    return results

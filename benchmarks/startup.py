"""From the command to the first picture, the first epoch learnt and the full look, and to the end.

What counts is the ratio to a window that is empty (``empty_window.py``), started just before and
just after, from the command to its end. The very first start finds an empty home, no caches and
nothing compiled: neither Python's library nor the packages nor the program; so does the empty
window beside it. The tenth, and those after it, find what the nine before have left.

The window appends ``<mark> <unix seconds>`` to the file named by ``PERCEPTRON_EXPLORER_TIMING``;
this starts it, waits for those lines, and ends it.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from material import REPOSITORY
from result import Result, at_most, interquartile_range

from gui.session.training import DEFAULT_PACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TOPIC = "startup"
EMPTY_WINDOW = Path(__file__).with_name("empty_window.py")
TARGET_END_SECONDS = 1.0
GIVE_UP_SECONDS = 60.0
"""Far beyond anything worth waiting for; it only keeps a broken window from holding up the rest."""

PAINT, LEARNING, FULL = "first_paint", "first_learning", "full_look"
END = "end"
TARGETS = {
    PAINT: ("first picture", 2.0),
    LEARNING: ("first epoch learnt", 3.0),
    FULL: ("full look, plots included", 3.8),
}
"""Mark -> in words, and at most how many times an empty window."""

_STARTS_BEFORE = 9
_POLL_SECONDS = 0.01
_END_SECONDS = 10.0


class NoWindowError(RuntimeError):
    """The window did not show itself."""


def commands() -> dict[str, list[str]]:
    """Return the ways a person starts a Python file here."""
    ways = {"python": [sys.executable]}
    uv = shutil.which("uv")
    if uv:
        # Its own cache stays where it is: the XDG_CACHE_HOME of a start would move it.
        cache = subprocess.run([uv, "cache", "dir"], capture_output=True, text=True, check=True)
        ways["uv run"] = [uv, "--cache-dir", cache.stdout.strip(), "run"]
    return ways


def screen() -> str:
    """Return where windows show themselves."""
    platform = os.environ.get("QT_QPA_PLATFORM")
    if platform is None and sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        return "offscreen"
    return platform or os.environ.get("DISPLAY") or "native"


def environment_in(folder: Path, *, compiled: bool) -> dict[str, str]:
    """Return the environment of a program whose home is ``folder``.

    Unless it may use what is ``compiled``, what it compiles goes to ``folder``, too.
    """
    environment = dict(os.environ)
    # A person's Python keeps what it has compiled; some containers forbid it.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if not compiled:
        environment["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    for name in ("CONFIG", "CACHE", "STATE", "DATA"):
        environment[f"XDG_{name}_HOME"] = str(folder / name.lower())
    environment["PERCEPTRON_EXPLORER_CACHE"] = str(folder / "cache" / "perceptron-explorer")
    if screen() == "offscreen":
        environment["QT_QPA_PLATFORM"] = "offscreen"
    return environment


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
    """Return the marks once all are there.

    Raises
    ------
    NoWindowError
        If the process ends first, or a mark does not come in time.
    """
    give_up = time.monotonic() + GIVE_UP_SECONDS
    while time.monotonic() < give_up:
        marks = read_marks(file)
        if marks.keys() >= TARGETS.keys():
            return marks
        if process.poll() is not None:
            words = said.read_text(errors="replace").strip()[-500:]
            raise NoWindowError(f"it ended with exit code {process.returncode}: {words}")
        time.sleep(_POLL_SECONDS)
    missing = ", ".join(TARGETS.keys() - read_marks(file).keys())
    raise NoWindowError(f"no {missing} within {GIVE_UP_SECONDS:g} s")


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


def empty_once(command: Sequence[str], environment: Mapping[str, str]) -> dict[str, float]:
    """Open an empty window once; return the seconds to its first picture and to its end."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "timing"
        started = time.time()
        process = subprocess.Popen(
            command, env={**environment, "PERCEPTRON_EXPLORER_TIMING": str(file)}, cwd=REPOSITORY
        )
        impatience = threading.Timer(GIVE_UP_SECONDS, process.kill)
        impatience.start()
        process.wait()
        ended = time.time()
        impatience.cancel()
        marks = read_marks(file)
    if process.returncode or PAINT not in marks:
        raise NoWindowError(f"the empty window ended with exit code {process.returncode}")
    return {PAINT: marks[PAINT] - started, END: ended - started}


@contextmanager
def home(folder: Path | None) -> Iterator[dict[str, str]]:
    """Give the environment of a home, of a new one without ``folder``."""
    if folder is not None:
        yield environment_in(folder, compiled=True)
    else:
        with tempfile.TemporaryDirectory() as new:
            yield environment_in(Path(new), compiled=False)


@dataclass(frozen=True, slots=True)
class Starts:
    """Seconds to each mark: of starts of the program, and of the empty windows around them."""

    ours: list[dict[str, float]]
    empty: list[dict[str, float]]

    def ratios(self, mark: str, less: float = 0.0) -> list[float]:
        """Return how many empty windows each start took to ``mark``, ``less`` some seconds."""
        around = [(before[END] + after[END]) / 2 for before, after in pairwise(self.empty)]
        seconds = [start[mark] - less for start in self.ours]
        return [ours / empty for ours, empty in zip(seconds, around, strict=True)]


def starts(command: Sequence[str], main: Path, repeats: int, folder: Path | None) -> Starts:
    """Start the program again and again, each between two empty windows.

    ``command`` is what starts a Python file. All starts are in the home ``folder``, after some that
    are not counted; or each in a new one.
    """
    ours, empty = [*command, str(main)], [*command, str(EMPTY_WINDOW)]
    for _ in range(_STARTS_BEFORE if folder else 0):
        with home(folder) as environment:
            start_once(ours, environment)
    done = Starts([], [])
    for turn in range(2 * repeats + 1):
        with home(folder) as environment:
            if turn % 2:
                done.ours.append(start_once(ours, environment))
            else:
                done.empty.append(empty_once(empty, environment))
    return done


def results_of(way: str, done: Starts) -> list[Result]:
    """Return the medians, and what they are held against."""
    whole = [empty[END] for empty in done.empty]
    shown = statistics.median([empty[PAINT] for empty in done.empty])
    value, noise = statistics.median(whole), interquartile_range(whole)
    note = f"{shown:.2f} s of it to its first picture; screen: {screen()}"
    results = [Result(TOPIC, f"{way}: an empty window", value, "s", noise=noise, note=note)]
    for mark, (words, target) in TARGETS.items():
        ratios, seconds = done.ratios(mark), [start[mark] for start in done.ours]
        value, noise = statistics.median(ratios), interquartile_range(ratios)
        note = f"{statistics.median(seconds):.2f} s, the longest {max(seconds):.2f} s"
        what = f"{way}: {words} / empty window"
        results.append(at_most(TOPIC, what, value, "x", target, noise=noise, note=note))
    unpaced = statistics.median(done.ratios(LEARNING, less=1 / DEFAULT_PACE))
    note = f"less the {1 / DEFAULT_PACE:g} s that {DEFAULT_PACE:g} epochs a second ask for"
    what = f"{way}: first epoch at full speed / empty window"
    results.append(Result(TOPIC, what, unpaced, "x", note=note))
    ends = [start[END] for start in done.ours]
    value, noise = statistics.median(ends), interquartile_range(ends)
    what = f"{way}: end once asked"
    results.append(at_most(TOPIC, what, value, "s", TARGET_END_SECONDS, noise=noise))
    return results


def measure(quick: bool, main: Path = REPOSITORY / "main.py") -> list[Result]:
    """Measure the very first start, and later ones in every way to start the program."""
    repeats = 3 if quick else 7
    ways = commands()
    results = results_of("very first start", starts(ways["python"], main, repeats, None))
    for way, command in ways.items():
        with tempfile.TemporaryDirectory() as folder:
            done = starts(command, main, repeats, Path(folder))
        results += results_of(f"tenth, {way}", done)
    return results

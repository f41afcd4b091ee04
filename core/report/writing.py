"""The headless report: train, look, attack, and write a folder for a handout."""

from __future__ import annotations

import struct
from contextlib import closing
from typing import TYPE_CHECKING, Any

from core.errors import ExplorerError, SettingError
from core.learning.course import Course
from core.report.drawing import draw
from core.report.files import keep, report_folder
from core.report.page import make_page
from core.report.pictures import (
    attack_figure,
    curves_figure,
    curves_words,
    means_figure,
    weights_figure,
    worst_figure,
)
from core.report.run import open_data, run_everything
from core.report.script import IMAGES_SUFFIX, data_words, images_of, script_of
from core.report.summary import make_summary, to_json
from core.words import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TextIO

    from core.command_line import Arguments
    from core.report.figures import Figure
    from core.report.run import Progress, RunResult

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
"""As a shell reports a program that was stopped with Ctrl+C: 128 + SIGINT."""

PICTURES: dict[str, Callable[[RunResult], Figure]] = {
    "curves.png": lambda run: curves_figure(run.history, curves_words(run)),
    "weights.png": weights_figure,
    "means.png": means_figure,
    "worst.png": worst_figure,
    "attack.png": attack_figure,
}
FILES = (*PICTURES, "curves.csv", "index.html", "summary.json")

_BAR_CELLS = 30


def write_report(
    arguments: Arguments,
    folder: Path,
    *,
    progress: Progress | None = None,
    note: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Train, diagnose, attack, and write everything into ``folder``.

    Parameters
    ----------
    arguments : Arguments
        Data, training and attack settings; its own ``report`` is not looked at.
    folder : Path
        Made, with its parents, where it does not exist. Files of an earlier report are replaced,
        anything else in it is left alone.
    progress : callable
        Given what is being done and the fraction of the whole that is done.
    note : callable
        Given what was done to the data, and where the run is not quite what was asked for, a
        sentence or two at a time, before training begins.

    Returns
    -------
    dict
        The content of ``summary.json``.

    Raises
    ------
    DatasetError, SettingError
        If the data or a setting is wrong.
    ReportError
        If the folder cannot be written. In every case nothing half-written remains.
    """
    tell = progress or (lambda _what, _fraction: None)
    with report_folder(folder.expanduser(), FILES) as publish:
        run = run_everything(arguments, tell, note or (lambda _: None))
        files = {}
        for i, (name, figure) in enumerate(PICTURES.items()):
            tell(f"drawing {name}", 0.9 + 0.02 * i)
            files[name] = draw(figure(run))
        # Width and height are in the header of a PNG file.
        sizes = {name: struct.unpack(">II", png[16:24]) for name, png in files.items()}
        files["curves.csv"] = run.history.to_csv().encode("utf-8")
        # Class names and paths may hold what UTF-8 cannot: half a surrogate pair from the system.
        files["index.html"] = make_page(run, sizes).encode("utf-8", "xmlcharrefreplace")
        tell("writing", 0.99)
        summary = make_summary(run)
        files["summary.json"] = to_json(summary)
        publish(files)
        tell("done", 1.0)
    return summary


def write_script(arguments: Arguments, path: Path, progress: Progress) -> None:
    """Write the run that the arguments describe as a script, and its images beside it.

    Raises
    ------
    DatasetError
        If the data cannot be opened.
    ReportError
        If it cannot be written there.
    """
    progress("reading the data", 0.0)
    dataset = open_data(arguments, progress).sized(arguments.data)
    course = Course(arguments.training)
    progress("writing", 0.5)
    keep(path.with_suffix(IMAGES_SUFFIX), images_of(dataset, course))
    keep(path, script_of(dataset, course, course.config.epochs, data_words(dataset)))


def say(stream: TextIO, text: str) -> None:
    """Write one line, whatever the stream's encoding cannot express replaced."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    line = one_line(text).encode(encoding, "backslashreplace").decode(encoding)
    stream.write(line + "\n")
    stream.flush()


class ProgressBar:
    """One line on a terminal that is rewritten in place; nothing anywhere else."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._on = stream.isatty()
        self._shown = ""

    def __call__(self, what: str, fraction: float) -> None:
        """Show what is being done and the fraction done."""
        if not self._on:
            return
        n_full = int(fraction * _BAR_CELLS)
        bar = "#" * n_full + "." * (_BAR_CELLS - n_full)
        line = f"[{bar}] {100 * fraction:3.0f} %  {what}"
        if line != self._shown:
            self._stream.write(f"\r{line:<{len(self._shown)}}")
            self._stream.flush()
            self._shown = line

    def close(self) -> None:
        """Take the bar off the screen, so that a message gets the line for itself."""
        if self._shown:
            self._stream.write(f"\r{'':<{len(self._shown)}}\r")
            self._stream.flush()
            self._shown = ""


def run_report(arguments: Arguments, stderr: TextIO, stdout: TextIO | None = None) -> int:
    """Write the script and the report that the command line asked for; return the exit code.

    Parameters
    ----------
    arguments : Arguments
        With ``report`` or ``script`` set.
    stderr : text stream
        Takes the progress bar (on a terminal only), ``note:`` and at most one ``error:`` line.
    stdout : text stream
        Takes the name of what was written; by default ``stderr`` does.

    Returns
    -------
    int
        0, 2 after an error a person can act on, 130 if interrupted.
    """
    bar = ProgressBar(stderr)

    def note(text: str) -> None:
        bar.close()
        say(stderr, f"note: {text}")

    try:
        if arguments.report is None and arguments.script is None:
            raise SettingError("--report must name a folder")
        with closing(bar):
            if arguments.script is not None:
                write_script(arguments, arguments.script.expanduser(), bar)
                bar.close()
                say(stdout or stderr, str(arguments.script))
            if arguments.report is not None:
                write_report(arguments, arguments.report, progress=bar, note=note)
                say(stdout or stderr, str(arguments.report))
    except ExplorerError as error:
        say(stderr, f"error: {error}")
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        say(stderr, "stopped: nothing was written")
        return EXIT_INTERRUPTED
    return 0

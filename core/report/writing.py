"""The headless report: train, look, attack, and write a folder for a handout."""

from __future__ import annotations

import struct
from contextlib import closing
from typing import TYPE_CHECKING, Any

from core.errors import ExplorerError, SettingError, StoreError
from core.learning.course import Course
from core.learning.runs import Run
from core.report.drawing import draw
from core.report.files import keep, report_folder
from core.report.kept import kept_data, kept_run
from core.report.page import make_list, make_page
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
from core.store.kept import KeptData, KeptRun, Workspace
from core.store.reading import open_workspace
from core.store.writing import save_workspace
from core.words import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TextIO

    from core.command_line import Arguments
    from core.data.dataset import Dataset
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
        files = _files(run, tell)
        tell("writing", 0.99)
        summary = make_summary(run)
        files["summary.json"] = to_json(summary)
        publish(files)
        if arguments.save is not None:
            assert run.available is not None
            save_workspace(arguments.save.expanduser(), _workspace_of(run, run.available))
        tell("done", 1.0)
    return summary


def write_kept_report(arguments: Arguments, folder: Path, progress: Progress) -> None:
    """Write the handout of all runs that a file keeps: a page for each, and one that leads there.

    Raises
    ------
    StoreError
        If the file cannot be read, keeps no run that has begun, or other data lie where a run's
        were.
    DatasetError, SettingError, ReportError
        As :func:`write_report`.
    """
    assert arguments.workspace is not None
    workspace = open_workspace(arguments.workspace.expanduser())
    begun = [kept for kept in workspace.runs if kept.run.history.records]
    if not begun:
        more = " ".join(workspace.missing)
        raise StoreError(f"{arguments.workspace}: there is no run in it that has begun. {more}")
    prefixes = [f"run-{place}-" for place in range(1, len(begun) + 1)]
    names = [f"{prefix}{name}" for prefix in prefixes for name in FILES if name != "summary.json"]
    with report_folder(folder.expanduser(), (*names, "index.html", "summary.json")) as publish:
        opened: dict[KeptData, Dataset] = {}
        files: dict[str, bytes] = {}
        found = []
        for place, (prefix, kept) in enumerate(zip(prefixes, begun, strict=True)):
            tell = _share(progress, place, len(begun))
            if kept.data not in opened:
                opened[kept.data] = kept_data(kept.data, tell)
            run = kept_run(kept, opened[kept.data], arguments, tell)
            files |= {
                f"{prefix}{name}": made
                for name, made in _files(run, tell, kept.name, prefix).items()
            }
            found.append((prefix, kept.name, run))
        summary = {"runs": [{"name": name} | make_summary(run) for _, name, run in found]}
        files["index.html"] = _html(make_list(found, workspace.missing))
        files["summary.json"] = to_json(summary | {"missing": list(workspace.missing)})
        publish(files)
        progress("done", 1.0)


def _share(progress: Progress, place: int, n_places: int) -> Progress:
    """Return what tells how far one of several is."""

    def tell(what: str, fraction: float) -> None:
        progress(what, (place + fraction) / n_places)

    return tell


def _files(run: RunResult, tell: Progress, name: str = "", prefix: str = "") -> dict[str, bytes]:
    """Return the files of one run but its numbers."""
    files = {}
    for i, (picture, figure) in enumerate(PICTURES.items()):
        tell(f"drawing {picture}", 0.9 + 0.02 * i)
        files[picture] = draw(figure(run))
    # Width and height are in the header of a PNG file.
    sizes = {picture: struct.unpack(">II", png[16:24]) for picture, png in files.items()}
    files["curves.csv"] = run.history.to_csv().encode("utf-8")
    files["index.html"] = _html(make_page(run, sizes, name, prefix))
    return files


def _html(page: str) -> bytes:
    # Class names and paths may hold what UTF-8 cannot: half a surrogate pair from the system.
    return page.encode("utf-8", "xmlcharrefreplace")


def _workspace_of(run: RunResult, available: Dataset) -> Workspace:
    """Return what the window needs to go on with a run of the command line."""
    arguments = run.arguments
    data, reading = arguments.data, arguments.reading
    identity = KeptData.of(available, data.dataset, reading)
    made = Run(1, run.history, data, reading, available.name)
    return Workspace((KeptRun(made, identity, "run 1"),))


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
    dataset = open_data(arguments.data.dataset, arguments.reading, progress).sized(arguments.data)
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
            if arguments.report is not None and arguments.workspace is not None:
                write_kept_report(arguments, arguments.report, bar)
                say(stdout or stderr, str(arguments.report))
            elif arguments.report is not None:
                write_report(arguments, arguments.report, progress=bar, note=note)
                say(stdout or stderr, str(arguments.report))
    except ExplorerError as error:
        say(stderr, f"error: {error}")
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        say(stderr, "stopped: nothing was written")
        return EXIT_INTERRUPTED
    return 0

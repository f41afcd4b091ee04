"""Perceptron Explorer: the window; with ``--report`` or ``--script`` files, without a display."""

from __future__ import annotations

import sys

if getattr(sys, "frozen", False):
    # A worker of the frozen program starts as the program itself. Elsewhere there is nothing to
    # do, and the import would cost every start 20 ms.
    from multiprocessing import freeze_support

    freeze_support()

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

if __package__ == "perceptron_explorer":
    # Installed: `core` and `gui` lie inside that package, not at the top of site-packages.
    sys.path.insert(0, str(Path(__file__).resolve().parent))

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks for and return the exit code.

    0 is success, 2 bad input or a machine that cannot show a window, 130 an interrupted report.
    """
    # More threads do not help products of this size and would fight with the painter. Libraries
    # read this when NumPy is imported.
    for name in ("OPENBLAS_NUM", "MKL_NUM", "OMP_NUM", "VECLIB_MAXIMUM"):
        os.environ.setdefault(f"{name}_THREADS", "1")
    from core.command_line import parse_arguments
    from core.errors import ExplorerError

    try:
        arguments = parse_arguments(argv)
    except ExplorerError as error:
        from core.report.writing import say

        say(sys.stderr, f"error: {error}")
        return 2
    if arguments.report is not None or arguments.script is not None:
        from core.report.writing import run_report

        return run_report(arguments, sys.stderr, sys.stdout)

    # Only now: the report must run where Qt's system libraries are missing.
    from gui.preflight import missing_requirements

    problem = missing_requirements()
    if problem is not None:
        print(problem, file=sys.stderr)
        return 2
    # Among what is imported and built there is no rubbish, and looking for it takes a tenth of the
    # start; the window lets it be looked for again.
    gc.disable()
    from gui.app import run_window

    return run_window(arguments)


if __name__ == "__main__":
    sys.exit(run())

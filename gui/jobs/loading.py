"""Reading modules beside the window: what takes long to load must not hold up the first picture."""

from __future__ import annotations

import sys
import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtGui, QtWidgets

from gui.jobs.worker import Done, Failed, SteppedJob

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from gui.jobs.job_pool import JobPool
    from gui.jobs.mailbox import Letter

SWITCH_SECONDS = 2e-4
PIECE_SECONDS = 0.008
"""How long Qt's classes are made without a look at what else the window has to do."""

_USUAL_SECONDS = sys.getswitchinterval()
"""Asked here and not by each job: of two at once the one that ends last would keep the other's."""

_to_make = [
    (module, name) for module in (QtCore, QtGui, QtWidgets) for name in reversed(dir(module))
]
"""Classes that PySide makes when somebody first asks for them; empty once all are made."""


def load_beside(
    pool: JobPool,
    loads: Sequence[Callable[[], object]],
    then: Callable[[], object] = lambda: None,
) -> None:
    """Call what imports modules in a thread, then ``then``; what cannot be read is told instead.

    First Qt's classes are made, here and in pieces. PySide makes them when they are first asked
    for, pyqtgraph asks for all of them, and where two threads make some at once the program now and
    then ends without a word.
    """

    def read(letter: Letter) -> None:
        if isinstance(letter.payload, Failed):
            pool.failed.emit(letter.payload)
        elif isinstance(letter.payload, Done):
            then()

    _start(pool, SteppedJob("loading", pool.mailbox.channel(read), partial(_loading, loads)))


def _start(pool: JobPool, job: SteppedJob) -> None:
    end = time.perf_counter() + PIECE_SECONDS
    while _to_make and time.perf_counter() < end:
        module, name = _to_make.pop()
        getattr(module, name)
    if _to_make:
        QtCore.QTimer.singleShot(0, pool, partial(_start, pool, job))
    else:
        pool.start(job)


def _loading(loads: Sequence[Callable[[], object]]) -> Generator[None, None, None]:
    """Call what imports modules, one after the other.

    Only imports: nothing of Qt's may be made outside the window's thread.
    """
    # Imports hold Python's lock for as long as they may. A training asks for it hundreds of times
    # an epoch, and would wait that long each time.
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        for load in loads:
            yield
            load()
    finally:
        sys.setswitchinterval(_USUAL_SECONDS)

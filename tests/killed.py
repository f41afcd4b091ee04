"""Saves over an earlier file again and again, in a fork that is killed after some time.

``killed.py SAVER FOLDER``: for each number of seconds on the standard input a fork of this process
saves two contents in turn into the folder until it is killed; how it ended is answered. With 0 the
first is saved once, with -1 the second.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[1]

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = {"curves.csv": 300_000, "figure.png": 200_000, "film.gif": 3_000_000, "runs.csv": 20_000}
"""Bytes of what the window writes."""


def content_of(name: str, which: int) -> bytes:
    """Return one of the two contents of a file."""
    n_bytes = SIZES.get(name, 100_000) + 1000 * which
    return np.random.default_rng(which).bytes(n_bytes)


def _window_saver(name: str) -> Callable[[Path, int], None]:
    from gui.shared.writing import Order, _made

    def save(folder: Path, which: int) -> None:
        for _ in _made(Order(lambda: content_of(name, which), lambda _: None, folder / name)):
            pass

    return save


def _model_saver() -> Callable[[Path, int], None]:
    from core.learning.model_file import SavedModel, save_model

    def save(folder: Path, which: int) -> None:
        weights = np.full((47, 785), which, np.float32)
        names = tuple(f"class {k}" for k in range(47))
        saved = SavedModel(weights, (28, 28), names, "digits", float(which), {})
        save_model(folder / "model.safetensors", saved)

    return save


def _report_saver() -> Callable[[Path, int], None]:
    from core.report.files import report_folder
    from core.report.writing import FILES

    def save(folder: Path, which: int) -> None:
        with report_folder(folder, FILES) as publish:
            publish({name: content_of(name, which) for name in FILES})

    return save


def _settings_saver() -> Callable[[Path, int], None]:
    from PySide6.QtCore import QSettings

    from core.sources.reading import ReadingConfig
    from gui.settings import Settings

    def save(folder: Path, which: int) -> None:
        store = QSettings(str(folder / "settings.conf"), QSettings.Format.IniFormat)
        settings = Settings(store)
        settings.forget_opened()
        settings.remember_opened(f"set {which} " * 2000, ReadingConfig())
        store.sync()

    return save


def _cache_saver() -> Callable[[Path, int], None]:
    from core.sources.catalogue import web  # noqa: F401 - before the forks
    from core.sources.catalogue.downloads import download
    from core.sources.catalogue.entries import CatalogueEntry, RemoteFile
    from core.sources.catalogue.mirrors import MIRROR_VARIABLE

    def save(folder: Path, which: int) -> None:
        # The published file is another one each time, so that the earlier one is replaced.
        name, content = "set.bin", content_of("set.bin", which)
        os.environ["PERCEPTRON_EXPLORER_CACHE"] = str(folder)
        mirror = folder.parent / f"mirror{which}"
        os.environ[MIRROR_VARIABLE] = str(mirror)
        if not (mirror / name).exists():
            mirror.mkdir(exist_ok=True)
            (mirror / name).write_bytes(content)
        file = RemoteFile(name, len(content), hashlib.sha256(content).hexdigest())
        entry = CatalogueEntry("made-up", "Made up", "", "", "", 1, 1, ("a", "b"), (file,), ())
        for _ in download(entry):
            pass

    return save


SAVERS = {
    **{name: lambda name=name: _window_saver(name) for name in SIZES},
    "model": _model_saver,
    "report": _report_saver,
    "settings": _settings_saver,
    "cache": _cache_saver,
}
"""Name -> makes what saves one of two contents into a folder."""


def _serve(saver: str, folder: Path) -> None:
    save = SAVERS[saver]()
    for line in sys.stdin:
        seconds = float(line)
        child = os.fork()
        if not child:
            for turn in itertools.count() if seconds > 0 else (-int(seconds),):
                save(folder, turn % 2)
            os._exit(0)
        if seconds > 0:
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print(status, flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(REPOSITORY))
    _serve(sys.argv[1], Path(sys.argv[2]))

"""Take the pictures of README from the real window: ``uv run docs/take_screenshots.py``.

Drives the window as a person does: it learns, one goes to the other pages, changes the theme. With
``--check`` nothing is kept; the run only has to succeed and the pictures to show something.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from PySide6.QtCore import QEventLoop, QSettings, QTimer  # noqa: E402
from PySide6.QtGui import QImage  # noqa: E402
from threadpoolctl import threadpool_limits  # noqa: E402

from core.attack import FROM_IMAGE  # noqa: E402
from core.data.config import DataConfig  # noqa: E402
from core.learning.config import TrainingConfig  # noqa: E402
from gui.app import make_application  # noqa: E402
from gui.attack.robustness.panel import RobustnessPanel  # noqa: E402
from gui.session.run_state import RunState  # noqa: E402
from gui.session.session import Session  # noqa: E402
from gui.settings import Settings  # noqa: E402
from gui.tune.page import TunePage  # noqa: E402
from gui.window.main_window import MainWindow  # noqa: E402

SIZES = {"": (1280, 720), "-large": (1920, 1000)}
LIMIT_SECONDS = 300


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_for(condition: Callable[[], object], what: str) -> None:
    for _ in range(LIMIT_SECONDS * 20):
        if condition():
            return
        wait(50)
    sys.exit(f"{what} did not happen within {LIMIT_SECONDS} s")


def shoot(window: MainWindow, folder: Path, name: str) -> None:
    file = folder / f"{name}.png"
    picture = QImage()

    def grabbed() -> bool:
        wait(400)
        nonlocal picture
        picture = window.screen().grabWindow(window.winId()).toImage()
        grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
        return len(np.unique(np.frombuffer(grey.constBits(), np.uint8))) >= 32

    wait_for(grabbed, f"anything to be seen in {name}")
    if not picture.save(str(file)):
        sys.exit(f"{file} cannot be written")
    print(f"{file.name}: {picture.width()} x {picture.height()}")


def tour(window: MainWindow, folder: Path) -> None:
    session = window.session
    session.open("strokes")
    wait_for(lambda: session.view.run_state is RunState.FINISHED, "the end of the run")
    session.view.show_best()
    wait_for(lambda: session.readings.diagnosis.is_settled, "the diagnosis of the best epoch")
    for suffix, size in SIZES.items():
        window.resize(*size)
        for theme in ("light", "dark"):
            if window.theme.name != theme:
                window.switch_theme()
            window.show_page("learn")
            shoot(window, folder, f"learn-{theme}{suffix}")
            window.show_page("attack")
            wait_for(
                lambda: session.attack.film.steps and not session.attack.film.is_growing,
                "the attack",
            )
            shoot(window, folder, f"attack-{theme}{suffix}")
            window.show_page("images")
            wait_for(lambda: session.readings.part.is_settled, "the reading of all images")
            shoot(window, folder, f"images-{theme}{suffix}")


def laboratory(window: MainWindow, folder: Path) -> None:
    """Several runs, a branch and seeds; where learning should stop."""
    session = window.session
    window.resize(*SIZES[""])
    window.show_page("learn")
    for settings in ({"learning_rate": 0.5}, {"learning_rate": 0.1, "momentum": 0.9}):
        for name, value in settings.items():
            session.wanted.set_setting(name, value)
        finish(session)
    session.view.show_epoch(10)
    session.training.fork()
    wait_for(lambda: session.view.history and len(session.view.history) == 1, "the branch")
    session.wanted.set_setting("learning_rate", 0.01)
    session.training.play()
    wait_for(lambda: session.view.run_state is RunState.FINISHED, "the end of the branch")
    learn = window.page("learn")
    seeds = window.page("tune").runs.seeds
    seeds.repeat(16)
    wait_for(lambda: not seeds.is_computing, "the seeds")
    session.view.show_run(session.runs.entries[0].key)
    band = learn.tabs.panel("When to stop").band
    for theme in ("light", "dark"):
        if window.theme.name != theme:
            window.switch_theme()
        window.notice.close_message()
        window.show_page("tune")
        wait_for(partial(_is_compared, window.page("tune")), "the comparison")
        shoot(window, folder, f"runs-{theme}")
        window.show_page("learn")
        learn.show_tab("When to stop")
        wait_for(lambda: band.found is not None and band.is_settled, "the band")
        shoot(window, folder, f"stopping-{theme}")


def attack_laboratory(window: MainWindow, folder: Path) -> None:
    """What each class costs to be made each other; two runs, one with an adversary."""
    session = window.session
    window.show_page("attack")
    window.page("attack").show_tab("the costs")
    pairs = window.page("attack").tabs.panel("the costs").study
    wait_for(lambda: pairs.is_settled, "the cost of every pair")
    for theme in ("light", "dark"):
        if window.theme.name != theme:
            window.switch_theme()
        window.notice.close_message()
        window.show_page("attack")
        shoot(window, folder, f"pairs-{theme}")
    window.show_page("learn")
    for name, value in {"learning_rate": 0.1, "momentum": 0.0, "adversary": "l2"}.items():
        session.wanted.set_setting(name, value)
    session.wanted.set_setting("adversary_size", 0.7)
    finish(session)
    for theme in ("light", "dark"):
        if window.theme.name != theme:
            window.switch_theme()
        window.notice.close_message()
        window.show_page("attack")
        window.page("attack").show_tab("the curves")
        curves = window.page("attack").tabs.panel("the curves")
        wait_for(partial(_is_complete, curves), "the curves")
        shoot(window, folder, f"robustness-{theme}")


def _is_compared(page: TunePage) -> bool:
    compared = page.comparison.comparison.study
    return compared.found is not None and compared.is_settled


def _is_complete(panel: RobustnessPanel) -> bool:
    return panel.state.curves is not None and panel.state.curves.is_complete


def finish(session: Session) -> None:
    session.training.start_again()
    view = session.view
    wait_for(
        lambda: view.history and view.history.last_epoch >= view.training_config.epochs, "a run"
    )
    wait_for(lambda: view.run_state is RunState.FINISHED, "the end of a run")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="keep nothing")
    folder = ROOT / "docs" / "images"
    with tempfile.TemporaryDirectory() as scratch, threadpool_limits(limits=1):
        if parser.parse_args().check:
            folder = Path(scratch)
        app = make_application(sys.argv[:1])
        settings = Settings(QSettings(str(Path(scratch) / "s.ini"), QSettings.Format.IniFormat))
        session = Session(DataConfig(), TrainingConfig(), FROM_IMAGE, pace=None)
        window = MainWindow(app, session, settings)
        window.resize(1280, 720)
        window.show()
        tour(window, folder)
        laboratory(window, folder)
        attack_laboratory(window, folder)
        if not window.close() or session.view.is_running:
            sys.exit("the window did not close")


if __name__ == "__main__":
    main()

"""What the window tests share: sessions, waiting, real clicks and keys, and looking at pixels."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from core_samples import write_idx
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QKeySequence, QMouseEvent, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QMenu,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from core.attack import FROM_IMAGE, AttackConfig, AttackStep, frames
from core.data.config import DataConfig
from core.insight.readings import read_images
from core.learning.config import TrainingConfig
from core.learning.perceptron import SoftmaxPerceptron
from core.learning.training import EpochRecord, Trainer
from core.progress import Progress
from gui.images.page import CLASSES, DRAW, SPLIT
from gui.jobs.study import Study
from gui.learn.page import ATLAS
from gui.session.run_state import RunState
from gui.session.session import Session
from gui.theme import ICONS, Theme, apply_theme, give_theme, make_icon
from gui.widgets.basics.tooltips import Hovered
from gui.window.registry import ATTACK_SCOPES, LEARN_TABS
from gui.window.text_window import TextWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    import pytest
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from core.data.dataset import Dataset
    from core.learning.runs import Run
    from core.sources.reading import ReadingConfig
    from gui.attack.page import AttackPage
    from gui.session.runs import RunList
    from gui.shared.tabs import Scope
    from gui.widgets.basics.drop_down import DropDown
    from gui.widgets.basics.number_field import NumberField
    from gui.window.main_window import MainWindow

WAIT = 60_000
"""Milliseconds; only reached when something is wrong."""

PAGE_SIZE, PANEL_SIZE, LEARN_PANEL_SIZE = (948, 548), (948, 403), (922, 300)
"""Of a page, and of what a tab of the Attack and of the Learn page shows, in 1280 x 720."""

TAB_SIZE = (340, 500)
"""Of what a tab of the Images page shows."""

EPOCHS = 12
SMALL = DataConfig(dataset="digits8", train_size=300, test_size=200)
SHORT = TrainingConfig(epochs=EPOCHS)
LEFT = Qt.MouseButton.LeftButton


def make_session(
    data: DataConfig = SMALL,
    training: TrainingConfig = SHORT,
    attack: AttackConfig = FROM_IMAGE,
    *,
    pace: float | None = None,
    **options: Any,
) -> Session:
    """Return a session on a small part of the UCI digits, as fast as possible."""
    return Session(data, training, attack, pace=pace, **options)


def wait_until(qtbot: QtBot, condition: Any) -> None:
    """Wait for something that must come."""
    qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT)


def offer(session: Session, words: str, name: str) -> None:
    """Offer to open data, as a download that has ended does."""
    opening = partial(session.downloads.taken.emit, name)
    session.messages.offer(words, "Open it now", opening, name)


def wait_for_state(qtbot: QtBot, session: Session, state: RunState) -> None:
    """Wait until the run is in this state."""
    wait_until(qtbot, lambda: session.view.run_state is state)


def another_run(qtbot: QtBot, session: Session, **settings: object) -> int:
    """Learn another run with other settings to its end; return its number."""
    before = session.runs.live_key
    for name, value in settings.items():
        session.wanted.set_setting(name, value)
    session.training.start_again(play=False)
    wait_until(qtbot, lambda: session.runs.live_key != before)
    session.training.play()
    over = (RunState.FINISHED, RunState.DIVERGED)
    wait_until(qtbot, lambda: session.view.run_state in over)
    assert session.runs.live_key is not None
    return session.runs.live_key


def wait_for_diagnosis(qtbot: QtBot, session: Session) -> None:
    """Wait until the mistakes are those of the model shown, for whoever looks at them."""
    diagnosis = session.readings.diagnosis
    diagnosis.watch(True)
    wait_until(qtbot, lambda: diagnosis.found is not None and diagnosis.is_settled)


def open_and_finish(qtbot: QtBot, session: Session) -> Session:
    """Open the data and wait for the end of the run."""
    session.open(session.wanted.data.dataset)
    wait_for_state(qtbot, session, RunState.FINISHED)
    return session


def play_endlessly(session: Session) -> None:
    """Begin a run that outlasts any test: 5,000 epochs, a hundred a second at most."""
    session.training.set_pace(100.0)
    session.wanted.set_setting("epochs", 5000)
    session.training.start_again(play=False)
    session.training.play()


def open_paused(qtbot: QtBot, session: Session) -> Session:
    """Open the data and hold the run before its first batch."""

    def hold() -> None:
        if session.view.is_running:
            session.view.run_state_changed.disconnect(hold)
            session.training.pause()

    session.view.run_state_changed.connect(hold)
    session.open(session.wanted.data.dataset)
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_until(qtbot, lambda: session.view.shown is not None)
    return session


def plain_records(session: Session, config: TrainingConfig | None = None) -> list[EpochRecord]:
    """Return what the same run gives without any window."""
    assert session.view.dataset is not None
    trainer = Trainer(session.view.dataset, config or session.view.training_config)
    return [event for event in trainer.run() if isinstance(event, EpochRecord)]


def core_attack(session: Session, config: AttackConfig, weights: NDArray[Any]) -> list[AttackStep]:
    """Return the film that the core makes, without any window."""
    assert session.view.dataset is not None
    model = SoftmaxPerceptron(weights)
    return list(frames(config.attack(model, session.view.dataset)))


class Slowly:
    """How long each step of a search takes that is made slow."""

    seconds = 0.0


def slow_down(patch: pytest.MonkeyPatch, search: type, where: str, seconds: float) -> Slowly:
    """Make each step of a search take its time, wherever ``where`` makes one."""
    slowly = Slowly()
    slowly.seconds = seconds

    class Slow(search):  # type: ignore[misc]
        def run(self) -> Generator[Progress, None, None]:
            for step in super().run():
                time.sleep(slowly.seconds)
                yield step

    patch.setattr(f"{where}.{search.__name__}", Slow)
    return slowly


def begin_as_noise(page: AttackPage, qtbot: QtBot) -> None:
    """Choose faint noise in the popup of the image."""
    with unfolded(qtbot, page.controls.image):
        choose(qtbot, page.controls.part, page.controls.part.findData("noise"))


def wait_for_film(qtbot: QtBot, session: Session) -> None:
    """Wait until the film of the present choice is whole."""
    attack = session.attack

    def whole() -> bool:
        shown = session.view.shown
        return (
            shown is not None
            and attack.film.weights is shown.weights
            and not attack.film.is_growing
            and attack.film.is_settled
            and len(attack.film.steps) == attack.film.n_steps + 1
        )

    wait_until(qtbot, whole)


def wall_is_right(window: MainWindow) -> bool:
    """Whether the wall shows what the model shown reads in the part chosen."""
    page, session = window.page("images"), window.session
    assert session.view.shown is not None
    view, split = page.view, data_of(session).split(page.part)
    if view is None or view.seen is None or view.seen.weights is not session.view.shown.weights:
        return False
    expected = read_images(session.view.shown.weights, split).predicted
    return view.seen.split is split and np.array_equal(view.seen.readings.predicted, expected)


def made_up_images(
    n: int, shape: tuple[int, int], n_classes: int, seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return noisy class prototypes, the classes going round: images and labels."""
    prototypes = np.random.default_rng(0).random((n_classes, *shape))
    labels = (np.arange(n) % n_classes).astype(np.uint8)
    noise = 0.25 * np.random.default_rng(seed).standard_normal((n, *shape))
    return (255 * np.clip(prototypes[labels] + noise, 0, 1)).astype(np.uint8), labels


def write_data(
    folder: Path, shape: tuple[int, int], n_classes: int, n_train: int, n_test: int
) -> str:
    """Write four IDX files of made-up images; return the folder as a person would give it."""
    folder.mkdir(parents=True)
    for part, n, seed in (("train", n_train, 1), ("t10k", n_test, 2)):
        images, labels = made_up_images(n, shape, n_classes, seed)
        write_idx(folder / f"{part}-images-idx3-ubyte", images)
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels)
    return str(folder)


def opening_of(dataset: Dataset) -> Callable[..., Generator[Progress, None, Dataset]]:
    """Return what stands in for opening: it gives these data, whatever is asked for."""

    def opening(
        name: str, reading: ReadingConfig, mirror: str
    ) -> Generator[Progress, None, Dataset]:
        yield Progress(0, 1, "files")
        return dataset

    return opening


def pixels(widget: QWidget, rect: QRect | None = None) -> NDArray[np.uint8]:
    """Return what a widget paints, (height, width, 3)."""
    picture = widget.grab() if rect is None else widget.grab(rect)
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB888)
    height, width, stride = image.height(), image.width(), image.bytesPerLine()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, stride)
    return rows[:, : 3 * width].reshape(height, width, 3).copy()


def rgb(colour: str) -> tuple[int, int, int]:
    """Return ``#rrggbb`` as numbers."""
    made = QColor(colour)
    return made.red(), made.green(), made.blue()


def has_colour(picture: NDArray[np.uint8], colour: str) -> NDArray[np.bool_]:
    """Return where a picture has exactly this colour, (height, width)."""
    return (picture == np.array(rgb(colour), dtype=np.uint8)).all(axis=-1)


def cell_pixels(window: MainWindow, row: int, column: int) -> NDArray[np.uint8]:
    """Return one image of the atlas as painted."""
    atlas = window.page("learn").atlas
    atlas.grab()  # lays out
    return pixels(atlas, atlas.cell_rect(row, column))


def row_pixels(window: MainWindow, row: int) -> NDArray[np.uint8]:
    """Return all images of one row of the atlas as painted, side by side."""
    assert window.session.view.dataset is not None
    columns = range(window.session.view.dataset.n_classes)
    return np.concatenate([cell_pixels(window, row, column) for column in columns], axis=1)


def enlarged(rgb_image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return an image at another size by nearest neighbours, as the painter draws it."""
    h, w = rgb_image.shape[:2]
    rows = ((np.arange(height) + 0.5) * h / height).astype(int)
    columns = ((np.arange(width) + 0.5) * w / width).astype(int)
    return rgb_image[rows][:, columns]


def activate(qtbot: QtBot, window: QWidget) -> None:
    """Make keys go to this window, as clicking on its title would."""
    window.activateWindow()
    with qtbot.waitActive(window, timeout=WAIT):
        pass


def put_on(app: QApplication, widget: QWidget, theme: Theme) -> None:
    """Give a widget without a window, and all in it, the colours and icons of a theme."""
    apply_theme(app, theme)
    give_theme(widget, theme)
    if hasattr(widget, "set_icons"):
        widget.set_icons({file.stem: make_icon(file, theme.text) for file in ICONS.glob("*.svg")})


def click(qtbot: QtBot, widget: QWidget, point: QPoint | None = None) -> None:
    """Click with the left button, on a widget that a person could click."""
    assert widget.isVisible(), f"{widget} is not visible"
    assert widget.isEnabled(), f"{widget} is disabled"
    if point is None:
        qtbot.mouseClick(widget, LEFT)
    else:
        qtbot.mouseClick(widget, LEFT, pos=point)


def press(qtbot: QtBot, widget: QWidget, shortcut: str) -> None:
    """Press a key sequence as written in the menus."""
    keys = QKeySequence(shortcut)[0]
    qtbot.keyClick(widget, keys.key(), keys.keyboardModifiers())


def type_number(qtbot: QtBot, field: NumberField, text: str) -> None:
    """Type into a number field in place of what stands there, and press Enter."""
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    if text:
        qtbot.keyClicks(field, text)
    else:
        qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def earlier_runs(runs: RunList) -> list[Run]:
    """Return all runs but the live one, in the order in which they began."""
    others = [entry.run for entry in runs.entries if entry.key != runs.live_key]
    return sorted(others, key=lambda run: run.key)


def choose(qtbot: QtBot, combo: QComboBox, index: int) -> None:
    """Open a list with the mouse, go to one of its entries and press Enter."""
    click(qtbot, combo)
    view = combo.view()
    wait_until(qtbot, view.isVisible)
    view.setCurrentIndex(view.model().index(index, 0))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    wait_until(qtbot, lambda: not view.isVisible())


def hover(widget: QWidget, point: QPoint) -> str | None:
    """Move the mouse over a widget; return the words that reach the window, if any.

    Sent to the widget itself: the offscreen platform knows no order of windows, and a window that
    lies below may get what is meant for the one above.
    """
    none = Qt.MouseButton.NoButton
    place = QPointF(point)
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        QPointF(widget.mapToGlobal(point)),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    heard = Overheard(widget.window())
    QApplication.sendEvent(widget, event)
    heard.deleteLater()
    return heard.words[-1] if heard.words else None


class Overheard(QObject):
    """Remembers the words about what is hovered in a widget, the newest last."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.words: list[str] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Listen, and let it go on."""
        if isinstance(event, Hovered):
            self.words.append(event.tip())
        return False


def handle_centre(slider: QSlider) -> QPoint:
    """Return where the handle of a slider is."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    part = QStyle.SubControl.SC_SliderHandle
    return (
        slider.style()
        .subControlRect(QStyle.ComplexControl.CC_Slider, option, part, slider)
        .center()
    )


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Drag with the left button held."""
    QTest.mousePress(widget, LEFT, Qt.KeyboardModifier.NoModifier, start)
    middle = QPoint((start.x() + end.x()) // 2, (start.y() + end.y()) // 2)
    for point in (middle, end):
        QTest.mouseMove(widget, point)
    QTest.mouseRelease(widget, LEFT, Qt.KeyboardModifier.NoModifier, end)


def click_menu(qtbot: QtBot, window: MainWindow, menu_title: str, action_name: str) -> None:
    """Open a menu with the mouse and click one of its entries."""
    click(qtbot, window.head.menu)
    everything, menu = window.menus.all, window.menus.by_name[menu_title]
    wait_until(qtbot, everything.isVisible)
    click(qtbot, everything, everything.actionGeometry(menu.menuAction()).center())
    wait_until(qtbot, menu.isVisible)
    action = window.actions_by_name[action_name]
    assert action.isEnabled(), f"{action_name} is disabled"
    click(qtbot, menu, menu.actionGeometry(action).center())
    wait_until(qtbot, lambda: not menu.isVisible())


@contextmanager
def unfolded(qtbot: QtBot, choice: DropDown) -> Iterator[None]:
    """Unfold what a choice has, and fold it in the end."""
    choice.showPopup()
    wait_until(qtbot, choice.unfolded.isVisible)
    yield
    choice.hidePopup()


def type_setting(qtbot: QtBot, page: AttackPage, name: str, text: str) -> None:
    """Type a setting of the attack into the popup of the sentence."""
    with unfolded(qtbot, page.controls.settings):
        type_number(qtbot, page.controls.settings.rows[name].editor, text)


def scopes_of(*views: str) -> tuple[Scope, ...]:
    """Return the scopes of the Attack page with the film and these views alone."""
    names = ("the film", *views)
    some = ((s, tuple(tab for tab in s.views if tab.words in names)) for s in ATTACK_SCOPES)
    return tuple(replace(scope, views=tabs) for scope, tabs in some if tabs)


def open_view(qtbot: QtBot, page: AttackPage, words: str) -> None:
    """Click the scope that a view of the Attack page belongs to, then the view in its menu."""
    scope = next(s for s in ATTACK_SCOPES if words in [tab.words for tab in s.views])
    click(qtbot, page.switch.button(scope.words))
    button = page.more_views
    if page.shown != words:
        QTimer.singleShot(0, lambda: _choose_action(qtbot, button.menu(), words))
        click(qtbot, button)  # which returns when the menu has closed
    activate(qtbot, page.window())
    assert page.shown == words
    assert button.text() == (words if words != scope.views[0].words else "more views")


def _choose_action(qtbot: QtBot, menu: QMenu, words: str) -> None:
    wait_until(qtbot, menu.isVisible)
    action = next(action for action in menu.actions() if action.text() == words)
    click(qtbot, menu, menu.actionGeometry(action).center())


class Painted(QObject):
    """Remembers which part of a widget is painted anew, and how often."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self.forget()
        widget.installEventFilter(self)

    def forget(self) -> None:
        """Begin anew, once all that is asked for has been painted."""
        QTest.qWait(20)
        self.region, self.n_paints = QRegion(), 0

    def settle(self) -> None:
        """Wait for what is asked for."""
        QTest.qWait(20)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at paints."""
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
            self.n_paints += 1
        return False


def take_figure(qtbot: QtBot, title: str) -> None:
    """Go down the list of a page's figures, of which the first is marked, and press Enter."""
    wait_until(qtbot, QApplication.activePopupWidget)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.objectName() == "figures"
    for _ in range([action.text() for action in menu.actions()].index(title)):
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)


def text_window(window: MainWindow) -> TextWindow:
    """Return the window of words, which is open."""
    (texts,) = window.findChildren(TextWindow)
    assert texts.isVisible()
    return texts


def data_of(session: Session) -> Dataset:
    """Return the data of the present run."""
    assert session.view.dataset is not None
    return session.view.dataset


PLACES = {
    "learn": (ATLAS, *(tab.words for tab in LEARN_TABS)),
    "attack": tuple(tab.words for scope in ATTACK_SCOPES for tab in scope.views),
    "tune": ("",),
    "images": (DRAW, CLASSES, SPLIT),
}
"""Pages and their tabs: everything there is to see."""


def wait_for_rest(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until nothing is computed for what is seen, and it is laid out."""
    studies = [*window.findChildren(Study), *window.session.findChildren(Study)]
    wait_until(qtbot, lambda: not any(study.is_computing for study in studies))
    window.session.pool.read_letters()
    window.grab()


def places(window: MainWindow, page: str) -> Iterator[str]:
    """Go through the tabs of a page; of one without tabs, stay there."""
    window.show_page(page)
    for tab in PLACES[page]:
        if tab:
            window.page(page).show_tab(tab)
        yield tab

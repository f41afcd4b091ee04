"""The bar above everything: the run's buttons, its speed, and the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QSlider, QToolButton

from gui.shared.columns import label
from gui.shared.training_transport import SPEED_STEPS, pace_at, place_of
from gui.widgets.basics.controls import switch
from gui.widgets.basics.layouts import beside
from gui.window.registry import PAGES

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session

_RUN = ("toggle", "step_batch", "step_epoch", "rewind", "new_seed")
_RIGHT = ("panel", "theme", "help")


class TopBar(QFrame):
    """Buttons of the declared commands."""

    def __init__(
        self, session: Session, actions: dict[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("topBar")
        self.buttons: dict[str, QToolButton] = {}
        run = [self._button(name, actions[name]) for name in _RUN]
        self.buttons["toggle"].setObjectName("primary")
        self.buttons["toggle"].setMinimumWidth(112)
        self.speed = QSlider(Qt.Orientation.Horizontal, self)
        self.speed.setObjectName("speed")
        self.speed.setRange(0, SPEED_STEPS)
        self.speed.setFixedWidth(64)
        self.speed.setAccessibleName("speed of the run")
        self.speed.valueChanged.connect(self._speed_changed)
        self.speed_words = label("", self, "muted")
        self.speed_words.setMinimumWidth(
            self.speed_words.fontMetrics().horizontalAdvance("99.9 epochs/s ")
        )
        names = [f"{page.name}_page" for page in PAGES]
        for name in names:
            button = switch(actions[name].text(), self, actions[name].toolTip(), "page")
            button.setAutoExclusive(True)
            button.clicked.connect(actions[name].trigger)
            self.buttons[name] = button
        pages = [self.buttons[name] for name in names]
        right = [self._button(name, actions[name]) for name in _RIGHT]
        for button in right:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        speed = (self.speed, self.speed_words)
        row = beside(*run, 10, *speed, None, *pages, 16, *right, spacing=4, margins=(10, 5, 10, 5))
        self.setLayout(row)
        session.training.pace_changed.connect(self._refresh_speed)
        self._refresh_speed()

    def _button(self, name: str, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setIconSize(QSize(20, 20))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.buttons[name] = button
        return button

    def show_page(self, name: str) -> None:
        """Mark the page shown."""
        self.buttons[f"{name}_page"].setChecked(True)

    @Slot()
    def _refresh_speed(self) -> None:
        pace = self._session.training.pace
        with QSignalBlocker(self.speed):
            self.speed.setValue(place_of(pace))
        words = "full speed" if pace is None else f"{pace:.3g} epochs/s"
        self.speed_words.setText(words)
        self.speed.setToolTip(f"How fast the run goes at most: {words}. It acts at once.")

    @Slot(int)
    def _speed_changed(self, place: int) -> None:
        self._session.training.set_pace(pace_at(place))

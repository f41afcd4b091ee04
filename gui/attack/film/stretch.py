"""Whether a result is shown from 0 to 1, or stretched over its own range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from gui.widgets.basics.controls import switch
from gui.widgets.basics.layouts import beside

if TYPE_CHECKING:
    from gui.widgets.images.image_view import ImageView

_PLAIN = "Black is 0 and white is 1, as in a real image"
_STRETCHED = "Black is the result's own smallest value, white its largest: so faint ones are seen"


class StretchSwitch(QWidget):
    """Two buttons beside an image's title; of each kind of start it remembers what was chosen."""

    changed = Signal()

    def __init__(self, view: ImageView) -> None:
        super().__init__(view)
        self._view = view
        view.set_title(view.title, "")  # a part of it would say nothing
        self._chosen = {False: False, True: True}
        """Whether the result is stretched, of an image and of noise."""
        self._of_noise = False
        self.plain = switch("0..1", self, _PLAIN, "way")
        self.stretched = switch("stretched", self, _STRETCHED, "way")
        for button in (self.plain, self.stretched):
            button.setAccessibleName(f"result {button.text()}")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.plain.clicked.connect(lambda: self._choose(False))
        # A click on what is stretched already takes it back: it may be there without the other.
        self.stretched.clicked.connect(self._choose)
        self.setLayout(beside(self.plain, self.stretched, spacing=0))

    def _choose(self, stretched: bool) -> None:
        self._chosen[self._of_noise] = stretched
        self.show_for(self._of_noise)
        self.changed.emit()

    @property
    def is_stretched(self) -> bool:
        """Whether the result of the present kind of start is stretched."""
        return self._chosen[self._of_noise]

    def show_for(self, of_noise: bool) -> None:
        """Show what was chosen for such a start."""
        self._of_noise = of_noise
        self.stretched.setChecked(self.is_stretched)
        self.plain.setChecked(not self.is_stretched)

    def fit(self, line: int) -> None:
        """Leave the title of the image its room: shorter, or one of the two says it all."""
        view = self._view
        room = view.width() - view.fontMetrics().horizontalAdvance(f" {view.title}")
        for words, has_both in (("stretched", True), ("stretch", True), ("stretch", False)):
            self.stretched.setText(words)
            self.plain.setVisible(has_both)
            for button in (self.plain, self.stretched):
                button.setFixedHeight(line)
            self.adjustSize()
            if self.width() <= room:
                break
        view.title_room = 0 if self.isHidden() else self.width()
        self.move(view.width() - self.width(), 0)

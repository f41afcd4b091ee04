"""How the data are divided, spoilt by noise and read; a new start of the run takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot

from gui.images.split.settings import HowItIsRead, SplitAndNoise
from gui.shared.panel import Panel
from gui.shared.who_chooses import WhoChooses
from gui.widgets.basics.controls import button
from gui.widgets.basics.layouts import below, holding, scrolled

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session

_AGAIN_HELP = (
    "Some settings wait for a new start of the run. The run so far stays, for comparison. (R)"
)


class SplitPanel(Panel):
    """Who chooses the best epoch, the settings of the data, and how they were read."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.chooses = WhoChooses(session, self)
        self.form = SplitAndNoise(session, self)
        self.reading = HowItIsRead(session, self)
        self.again = button("Start again", self, _AGAIN_HELP, pressed=self._start_again)
        self.again.setProperty("waiting", "true")  # there is none but while something waits
        inside = holding(below(self.chooses, 4, self.form, 8, self.reading, None), self)
        self.area = scrolled(inside, sideways=False)
        again = (self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self.setLayout(below((self.area, 1), again))
        session.wanted.changed.connect(self._refresh_again)
        self._refresh_again()

    def figure_words(self) -> None:
        """Say that no run has to do with it."""

    @Slot()
    def _start_again(self) -> None:
        self._session.training.start_again()

    @Slot()
    def _refresh_again(self) -> None:
        self.again.setVisible(self._session.wanted.waits)

"""How much change the model withstands: accuracy against size, image by image, run beside run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Slot

from core.attack.whole_parts.sized import SIZED_ATTACKS
from gui.attack.robustness.attack_progress import AttackProgress
from gui.attack.robustness.epochs import RobustnessEpochs
from gui.attack.robustness.images import RobustnessImages
from gui.attack.robustness.pair import RobustnessPair
from gui.attack.robustness.per_class import RobustnessPerClass
from gui.attack.robustness.plot import RobustnessPlot
from gui.attack.robustness.sentence import EverySentence
from gui.attack.robustness.study import Robustness
from gui.attack.robustness.words import known_words, outcome
from gui.attack.view import AttackView
from gui.theme import grow
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside, holding

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.attack.whole_parts.sized import SizedAttack
    from gui.session.session import Session


_TOLD = 24


class RobustnessPanel(AttackView):
    """What half of the images withstand, the curves, the images fooled first and last, and why.

    Parameters
    ----------
    attacks : what is tried
    """

    norms = ("l2", "linf")

    def __init__(
        self,
        session: Session,
        parent: QWidget | None = None,
        attacks: tuple[SizedAttack, ...] = SIZED_ATTACKS,
    ) -> None:
        super().__init__(session, parent)
        self.state = Robustness(session, self, attacks)
        self.head: EverySentence = EverySentence(session, self.state, self)
        self.outcome, self.words = FittingLabel("", self), FittingLabel("", self)
        self.outcome.setObjectName("outcome")
        self.words.setObjectName("caption")
        self.attacks = AttackProgress(session.view, self.state, self)
        self.curves = RobustnessPlot(session, self.state, self.head, self)
        self.images = RobustnessImages(session, self)
        self.per_class = RobustnessPerClass(session, self.state, self.head, self)
        self.epochs = RobustnessEpochs(session, self.state, self)
        self.pair = RobustnessPair(session, self.state, self.head, self)
        self._parts = (self.head, self.curves, self.per_class, self.epochs, self.pair)
        self._lay_out()
        self._connect()
        self.follow(*self.state.studies)
        self._dataset_changed()

    def _lay_out(self) -> None:
        told = holding(beside((self.outcome, 6), (self.words, 1), self.attacks, spacing=12), self)
        grow(told, minimum_height=_TOLD)  # whether a button is in it or not
        above = beside((self.curves, 12), (self.images, 6), spacing=8)
        under = beside((self.per_class, 3), (self.epochs, 3), (self.pair, 7), spacing=8)
        self.setLayout(below(told, (above, 8), (under, 6), spacing=8))

    def _connect(self) -> None:
        self.head.chosen.connect(self.refresh)
        self.images.opened.connect(self._opened)
        self.pair.content_requested.connect(self.content_requested)
        view, state = self._session.view, self.state
        view.dataset_changed.connect(self._dataset_changed)
        for signal in (state.measure.changed, self._session.runs.changed, view.run_shown):
            signal.connect(self.refresh)
        view.run_state_changed.connect(self.attacks.refresh)

    def figure_words(self) -> str:
        """Return what is said of the curves: all else is of the same."""
        return self.curves.figure_words()

    @Slot()
    def _dataset_changed(self) -> None:
        self.head.dataset_changed()
        self.refresh()

    @Slot(int, QPoint)
    def _opened(self, index: int) -> None:
        self.sample_requested.emit(self.state.part, index)

    def show_known(self) -> None:
        """Show what is known."""
        self.attacks.refresh()
        for part in self._parts:
            part.refresh()
        curves, head = self.state.curves, self.head
        if curves is None:
            self.images.show_nothing()
            self.outcome.set_wordings(self.why_nothing("", "computing ..."))
            self.words.set_wordings("")
            return
        label = head.chosen_class
        self.images.show_curves(curves, label)
        self.outcome.set_wordings(*outcome(curves, label, head.class_name))
        self.words.set_wordings(*known_words(curves, self.state.measure.norm))

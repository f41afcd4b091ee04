"""How much change the model withstands: accuracy against size, image by image, run beside run."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    from gui.attack.robustness.part import RobustnessPart
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
        self.outcome = FittingLabel("", self, look="outcome")
        self.words = FittingLabel("", self, look="caption")
        self.attacks = AttackProgress(session, self.state, self)
        self.curves = RobustnessPlot(session, self.state, self)
        self.images = RobustnessImages(session, self.state, self)
        self.per_class = RobustnessPerClass(session, self.state, self)
        self.epochs = RobustnessEpochs(session, self.state, self)
        self.pair = RobustnessPair(session, self.state, self)
        shown = (self.attacks, self.curves, self.images, self.per_class, self.epochs, self.pair)
        self._parts: tuple[RobustnessPart, ...] = shown
        self._lay_out()
        self._connect()
        self.follow(*self.state.studies)

    def _lay_out(self) -> None:
        told = holding(beside((self.outcome, 6), (self.words, 1), self.attacks, spacing=12), self)
        grow(told, minimum_height=_TOLD)  # whether a button is in it or not
        above = beside((self.curves, 12), (self.images, 6), spacing=8)
        under = beside((self.per_class, 3), (self.epochs, 3), (self.pair, 7), spacing=8)
        self.setLayout(below(told, (above, 8), (under, 6), spacing=8))

    def _connect(self) -> None:
        self.images.sample_requested.connect(self.sample_requested)
        self.pair.content_requested.connect(self.content_requested)
        view, state = self._session.view, self.state
        runs = (self._session.runs.changed, view.run_shown, view.dataset_changed)
        for signal in (state.chosen, state.measure.changed, *runs):
            signal.connect(self.refresh)

    def figure_words(self) -> str:
        """Return what is said of the curves: all else is of the same."""
        return self.curves.figure_words()

    def show_known(self) -> None:
        """Show what is known."""
        self.head.refresh()
        for part in self._parts:
            part.refresh()
        state, curves = self.state, self.state.curves
        if curves is None:
            self.outcome.set_wordings(self.why_nothing("", "computing ..."))
            self.words.set_wordings("")
            return
        self.outcome.set_wordings(*outcome(curves, state.label, state.class_name))
        self.words.set_wordings(*known_words(curves, state.measure.norm))

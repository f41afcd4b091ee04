"""How much change the model withstands: accuracy against size, image by image, run beside run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from core.attack.whole_parts.sized import SIZED_ATTACKS
from gui.attack.robustness.epochs import RobustnessEpochs
from gui.attack.robustness.images import RobustnessImages
from gui.attack.robustness.pair import RobustnessPair
from gui.attack.robustness.plot import RobustnessPlot
from gui.attack.robustness.study import Robustness
from gui.attack.view import AttackView
from gui.widgets.basics.card import card
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.lazy_tabs import LazyTabs, TabRow

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.attack.whole_parts.sized import SizedAttack
    from gui.session.session import Session

DURING, TWO = "During training", "Two runs"
TABS = {
    DURING: "Median exact size and score at every kept epoch of the visible runs",
    TWO: "The weights of two runs in one scale: with an adversary and without one, say",
}
"""What there is to see below the plot -> in words."""


class RobustnessPanel(AttackView):
    """Curves on the left; on the right the images that are fooled first and last.

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
        self._pair: RobustnessPair | None = None
        session.view.dataset_changed.connect(self._dataset_changed)
        self.state = Robustness(session, self, attacks)
        self.curves = RobustnessPlot(session, self.state, self)
        self.epochs = RobustnessEpochs(session, self.state, self)
        self.images = RobustnessImages(session, self)
        self.switch = TabRow(TABS, self)
        self.tabs = LazyTabs((DURING, self.epochs), self)
        self.tabs.set_makers({TWO: self._make_pair})
        self._lay_out()
        self._connect()
        self.follow(*self.state.studies)
        self._dataset_changed()

    def _make_pair(self) -> RobustnessPair:
        pair = self._pair = RobustnessPair(self._session, self.state, self)
        pair.content_requested.connect(self.content_requested)
        self._head.addWidget(pair.tools)
        pair.tools.setVisible(self.switch.button(TWO).isChecked())
        self.switch.button(TWO).toggled.connect(pair.tools.setVisible)
        return pair

    def _lay_out(self) -> None:
        self._head = beside(self.switch, None)
        lower = holding(below(self._head, (self.tabs, 1), spacing=4), self)
        curves = card(self.curves, (12, 8, 12, 4))
        left = below((curves, 5), (card(lower, (12, 6, 12, 4)), 4), spacing=10)
        images = card(self.images, (12, 8, 12, 8))
        self.setLayout(beside((left, 12), (images, 5), spacing=10))

    def _connect(self) -> None:
        self.curves.label.activated.connect(self.refresh)
        self.images.opened.connect(partial(self.sample_requested.emit, "test"))
        self.switch.chosen.connect(self.tabs.show_panel)
        view, state = self._session.view, self.state
        for signal in (state.measure.changed, self._session.runs.changed, view.run_shown):
            signal.connect(self.refresh)
        view.run_state_changed.connect(self.curves.attacks.refresh)

    def figure_words(self) -> str:
        """Return what is said of the plot: the images are of the same."""
        return self.curves.figure_words()

    @Slot()
    def _dataset_changed(self) -> None:
        self.curves.dataset_changed()
        self.refresh()

    def show_known(self) -> None:
        """Show what is known."""
        for part in (self.curves, self.epochs, self._pair):
            if part is not None:
                part.refresh()
        curves = self.state.curves
        if curves is None:
            self.images.show_nothing(self.why_nothing("", "computing ..."))
        else:
            self.images.show_curves(curves, self.curves.chosen_class)

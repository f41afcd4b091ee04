"""How the weights of the classes are shown, and how many worst mistakes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QRadioButton, QWidget

from core.insight.diagnostics import WEIGHTS_SEEN, usual_weights
from gui.learn.worst_per_class import WorstPerClass
from gui.widgets.basics.drop_down import DropDown
from gui.widgets.basics.layouts import below, holding

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from gui.session.session import Session
    from gui.settings import Settings

_HELP = "What is subtracted from the weights of each class, and how many worst mistakes are shown."
_TIPS = {
    "plain": "w_k. A random start is seen for long as noise that was never learnt.",
    "mean": "w_k - mean of all w_j: what all classes share changes no probability.",
    "start": "w_k - w_k at the start: what was learnt, without the noise of a random start.",
}

_NO_START = "Nobody knows from which start these weights were learnt."


class WeightsChoice(DropDown):
    """One list for both; what is chosen is remembered, apart for random starts and for zero ones.

    Until somebody chooses, weights of a random start are shown minus it.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        self._session = session
        self._settings: Settings | None = None
        self._chosen: dict[str, str] = {}
        """What is usual for the start -> what a person wants to see of such a run."""
        self._is_short = False
        inside = QWidget(parent)
        self.ways = {how: QRadioButton(f"weights {words}") for how, words in WEIGHTS_SEEN.items()}
        self.n_worst = WorstPerClass(session, inside)
        content = below(*self.ways.values(), self.n_worst, spacing=6)
        super().__init__("weights and worst", holding(content, inside), parent, _HELP)
        for how, way in self.ways.items():
            way.setToolTip(_TIPS[how])
            way.clicked.connect(self._way_clicked)
        self.n_worst.changed.connect(self.refresh)
        session.view.run_started.connect(self.refresh)
        session.view.run_shown.connect(self.refresh)
        self.refresh()

    def remember(self, settings: Settings) -> None:
        """Remember what is chosen, and show what was chosen last."""
        self._settings = settings
        kept = settings.weights_seen.split()
        pairs = (each.partition(":")[::2] for each in kept)
        self._chosen = {usual: how for usual, how in pairs if how in WEIGHTS_SEEN}
        self.refresh()
        self.changed.emit()

    @property
    def start(self) -> NDArray[Any] | None:
        """The weights that the run shown began with; those of its parent where it is a branch.

        None where there are none: weights from a file have been learnt somewhere, from a start that
        nobody knows, and so has a branch whose parent is gone.
        """
        runs = self._session.view.runs
        run = runs.shown
        while run is not None and run.branch is not None:
            parent = runs.run(run.branch.parent)
            if parent is None or parent is run:
                break
            run = parent
        if run is None or not run.is_own_start or not run.history.records:
            return None
        return run.history.records[0].weights

    @property
    def how(self) -> str:
        """What is shown now, one of ``WEIGHTS_SEEN``."""
        start = self.start
        usual = usual_weights(start)
        how = self._chosen.get(usual, usual)
        return "plain" if how == "start" and start is None else how

    def shorten(self, is_short: bool) -> None:
        """Say less where there is little room."""
        self._is_short = is_short
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what is shown."""
        how = self.how
        self.ways[how].setChecked(True)
        is_known = self.start is not None
        self.ways["start"].setEnabled(is_known)
        self.ways["start"].setToolTip(_TIPS["start"] if is_known else _NO_START)
        weights = WEIGHTS_SEEN[how].split(" of ")[0]
        worst = f"worst {self._session.readings.n_worst}"
        self.set_words(f"{weights}, {worst}" if self._is_short else f"weights {weights}, {worst}")

    @Slot()
    def _way_clicked(self) -> None:
        how = next(how for how, way in self.ways.items() if way.isChecked())
        self._chosen[usual_weights(self.start)] = how
        if self._settings is not None:
            self._settings.weights_seen = " ".join(f"{a}:{b}" for a, b in self._chosen.items())
        self.refresh()
        self.changed.emit()

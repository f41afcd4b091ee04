"""What the lower card of the Learn page can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, Signal, Slot

from gui.learn.confusion import ConfusionPanel
from gui.learn.over_epochs import OverEpochsPanel
from gui.learn.stopping.panel import StoppingPanel
from gui.tune.comparison.panel import ComparisonPanel
from gui.tune.comparison.study import Side
from gui.tune.runs.panel import RunsPanel
from gui.widgets.basics.lazy_tabs import LazyTabs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session

TABS = {
    "Class atlas": "Weights, means and worst mistakes, one column per class",
    "Runs": "Every run so far: show, hide, rename, compare, repeat with other seeds",
    "Compare": "Two models side by side: best against now, a run against another",
    "Confusion": "How often each class is taken for each other; click a cell to see the images",
    "When to stop": "How sure the best epoch is, and what early stopping would have done",
    "Over epochs": "The score of each class at every epoch, and which images flip",
}
"""What the lower card can show -> what there is to see."""


class LearnTabs(LazyTabs):
    """The class atlas, and the panels beside it."""

    hovered = Signal(str)
    images_requested = Signal(str, object)
    """A part, and an :class:`~core.insight.readings.ImageFilter`."""
    sample_requested = Signal(str, int, QPoint)
    """Part, index and place on the screen of an image that is to be opened."""
    content_requested = Signal(object, QPoint)
    """What makes the content of a card, and its place on the screen."""
    tab_requested = Signal(str)

    def __init__(self, session: Session, atlas: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(("Class atlas", atlas), parent)
        self._session = session
        self.set_makers(
            {
                "Runs": self._make_runs,
                "Compare": self._make_comparison,
                "Confusion": self._make_confusion,
                "When to stop": self._make_stopping,
                "Over epochs": self._make_over_epochs,
            }
        )

    @property
    def runs(self) -> RunsPanel:
        """The list of runs."""
        return cast("RunsPanel", self.panel("Runs"))

    @property
    def comparison(self) -> ComparisonPanel:
        """Two models side by side."""
        return cast("ComparisonPanel", self.panel("Compare"))

    @property
    def confusion(self) -> ConfusionPanel:
        """What is taken for what."""
        return cast("ConfusionPanel", self.panel("Confusion"))

    @property
    def stopping(self) -> StoppingPanel:
        """Where learning should stop."""
        return cast("StoppingPanel", self.panel("When to stop"))

    @property
    def over_epochs(self) -> OverEpochsPanel:
        """Classes and flips over epochs."""
        return cast("OverEpochsPanel", self.panel("Over epochs"))

    def _make_runs(self) -> QWidget:
        panel = RunsPanel(self._session, self)
        panel.comparison_requested.connect(self._compare_run)
        return panel

    def _make_comparison(self) -> QWidget:
        panel = ComparisonPanel(self._session, self)
        panel.hovered.connect(self.hovered)
        panel.sample_requested.connect(self.sample_requested)
        panel.content_requested.connect(self.content_requested)
        panel.images_requested.connect(self.images_requested)
        return panel

    def _make_confusion(self) -> QWidget:
        panel = ConfusionPanel(self._session, self)
        panel.hovered.connect(self.hovered)
        panel.images_requested.connect(self.images_requested)
        return panel

    def _make_stopping(self) -> QWidget:
        panel = StoppingPanel(self._session, self)
        panel.offer_comparison(self._compare_best)
        return panel

    def _make_over_epochs(self) -> QWidget:
        panel = OverEpochsPanel(self._session, self)
        panel.hovered.connect(self.hovered)
        panel.image_requested.connect(self.sample_requested)
        return panel

    @Slot(int)
    def _compare_run(self, key: int) -> None:
        """Compare a run with the one shown, both at their best."""
        self._session.comparison.compare(Side(key, "best"), Side(None, "best"))
        self.tab_requested.emit("Compare")

    @Slot(int)
    def _compare_best(self, _: int) -> None:
        """Compare the best epoch of the run shown with where it is now."""
        self._session.comparison.compare(Side(None, "best"), Side(None, "now"))
        self.tab_requested.emit("Compare")

"""What all panels have in common: they follow while they are seen, and say why there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from core.learning.records import epoch_words
from gui.jobs.question import model_of
from gui.widgets.basics.controls import button
from gui.widgets.basics.job_progress import JobProgress

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from gui.jobs.study import Study
    from gui.session.session import Session

NO_MODEL = "There is no model yet: open data and let it learn."


class Panel(QWidget):
    """What a tab or page shows of the session: kept true while somebody looks.

    A subclass makes its studies and hands them to :meth:`follow`, and paints in :meth:`show_known`.
    """

    sample_requested = Signal(str, int)
    """Part and index of an image that is to be opened."""
    images_requested = Signal(str, object)
    """A part, and an :class:`~core.insight.readings.ImageFilter`."""
    content_requested = Signal(object)
    """What makes the content of a card."""
    tab_requested = Signal(str)
    """The words of another tab."""
    asked = Signal(str, object)
    """The words of another tab or page, and what it is to show: see :meth:`show_wanted`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._followed: list[Study[Any, Any]] = []

    @property
    def studies(self) -> tuple[Study[Any, Any], ...]:
        """What it follows."""
        return tuple(self._followed)

    def follow(self, *studies: Study[Any, Any]) -> None:
        """Keep these studies up to date while the panel is seen, and show what they find."""
        for study in studies:
            self._followed.append(study)
            study.changed.connect(self.refresh)
            if self.isVisible():
                study.watch(True)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow the model."""
        super().showEvent(event)
        self.watch_anew()

    @Slot()
    def watch_anew(self) -> None:
        """Follow what is asked for now: another part, perhaps, or another run."""
        if self.isVisible():
            self.watch(True)
            self.show_known()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing be computed for what nobody sees."""
        super().hideEvent(event)
        self.watch(False)

    def watch(self, is_watched: bool) -> None:
        """Keep what is shown up to date, or let nothing be computed for what nobody sees."""
        for study in self._followed:
            study.watch(is_watched)

    @Slot()
    def refresh(self) -> None:
        """Show what is known, where somebody looks."""
        if self.isVisible():
            self.show_known()

    def show_known(self) -> None:
        """Show what is known now; called while the panel is seen."""

    def show_wanted(self, wanted: object) -> None:
        """Show what another tab has asked for."""
        raise TypeError(f"{type(self).__name__} shows nothing on demand")

    def figure_words(self) -> str | None:
        """Return what its figures are of beside data and run: the epoch, as far as it is known.

        None: no run has to do with them.
        """
        shown = self._session.view.shown
        for answer in (study.answer for study in self._followed):
            epoch = None if answer is None else getattr(answer.question, "epoch", None)
            if epoch is not None:
                return epoch_words(epoch)
            if answer is not None and (
                shown is None or model_of(answer.question) is not shown.weights
            ):
                return ""  # it lags behind the model shown
        return "" if shown is None else epoch_words(shown.epoch)

    def why_nothing(self, problem: str, computing: str) -> str:
        """Return why nothing can be seen: no model, a problem, or that it is being computed."""
        if problem:
            return problem
        return NO_MODEL if self._session.view.shown is None else computing


class StudyProgress(QHBoxLayout):
    """How far a study is, with *Cancel*; where a person stopped it, *Go on*; else no room at all.

    Parameters
    ----------
    what : what is being done, in words, for a screen reader
    cancel_help, go_on_help : what the buttons do
    parent : the panel they are on
    """

    def __init__(
        self,
        study: Study[Any, Any],
        what: str,
        cancel_help: str,
        go_on_help: str,
        parent: QWidget,
    ) -> None:
        super().__init__()
        self._study = study
        self.progress = JobProgress(what, cancel_help, parent)
        self.bar, self.cancel = self.progress.bar, self.progress.button
        self.go_on = button("Go on", parent, go_on_help, "small", study.go_on)
        self.setSpacing(10)
        self.addWidget(self.progress)
        self.addWidget(self.go_on)
        self.progress.cancelled.connect(study.call_off)
        study.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show how far it is."""
        study = self._study
        self.progress.show_progress(study.progress, is_running=study.is_under_way)
        self.go_on.setVisible(study.is_held)

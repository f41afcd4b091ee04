"""Which images choose the best epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QWidget

from core.data.dataset import VALIDATION_PART, validation_share
from gui.widgets.basics.controls import button
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from gui.session.session import Session

_TEST_CHOOSES = "The test set chooses the best epoch, so its score flatters"
_WHY_FLATTERS = "the epoch was picked for doing well on it"


def _share(session: Session) -> int:
    """Return how many validation images the button sets aside; 0 where there are too few."""
    full, wanted = session.wanted.full_dataset, session.wanted.data
    return 0 if full is None else validation_share(min(wanted.train_size, full.train.n_samples))


class WhoChooses(QWidget):
    """Says which images choose the best epoch, and offers to take others than the test set.

    Lying it takes one line, and the reason stands in the tooltip.
    """

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, lying: bool = False
    ) -> None:
        super().__init__(parent)
        self._session, self._lying = session, lying
        self.words = QLabel("", self, wordWrap=True)
        look = "small" if lying else "set_aside"
        self.button = button("", self, look=look, pressed=self.set_aside)
        if lying:
            self.setLayout(beside((self.words, 1), self.button))
        else:
            self.setLayout(below(self.words, self.button))
        session.wanted.changed.connect(self.refresh)
        session.view.dataset_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say it of the present run."""
        dataset = self._session.view.dataset
        self.setVisible(dataset is not None)
        if dataset is None:
            return
        share = _share(self._session)
        words = "set {:,} aside to choose" if self._lying else "Set {:,} training images aside"
        self.button.setText(words.format(share))
        self.button.setVisible(dataset.validation is None and share > 0)
        self.button.setToolTip(
            wrapped(
                f"Take {share:,} of the training images, one in {VALIDATION_PART}, to choose the "
                "best epoch with, and begin again from the same start: the test set stays unseen."
            )
        )
        if dataset.validation is None:
            if self._lying:
                self.words.setText("<b>The test set chooses: its score flatters.</b>")
            else:
                self.words.setText(f"<b>{_TEST_CHOOSES}</b>: {_WHY_FLATTERS}.")
            self.words.setToolTip(wrapped(f"{_WHY_FLATTERS}."))
        else:
            n = dataset.validation.n_samples
            images = "validation image chooses" if n == 1 else "validation images choose"
            self.words.setText(f"{n:,} {images} the best epoch; the test set stays unseen.")
            self.words.setToolTip("")

    @Slot()
    def set_aside(self) -> None:
        """Set validation images aside and begin again; a run that had ended is played anew."""
        self._session.wanted.set_setting("validation_size", _share(self._session))
        self._session.training.start_again()

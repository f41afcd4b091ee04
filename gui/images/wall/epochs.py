"""The kept epochs of the run, played beside the wall."""

from __future__ import annotations

from core.learning.records import epoch_words
from gui.shared.epochs_transport import EpochsTransport


class WallEpochs(EpochsTransport):
    """Plays through the epochs of the run; says what stands below the images."""

    def _shown_words(self) -> str:
        shown = self._session.view.shown
        if shown is None:
            return ""
        what = "the label, what it is read as where that is wrong, and how sure"
        return f"Every caption is of {epoch_words(shown.epoch)}: {what}."

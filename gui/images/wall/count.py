"""How many images hang on the wall, and how many of them have a mark."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from core.learning.records import epoch_words
from core.words import counted
from gui.theme import LIGHT, Theme
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.wall_view import NOTCH, NOTCH_EDGE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from gui.session.run_state import Shown
    from gui.shared.words import PartView

_HELP = (
    "How many images of this part the filters leave, how many of those the model reads as "
    "something else than their label (they have a frame), and whose label the label noise has "
    "changed (they have a corner)."
)


class CountWords(QLabel):
    """One line that gives way: it says the longest of its wordings that fits."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._counts: tuple[str, ...] = ("",)
        self._n_wrong: int | None = None
        self._n_changed: int | None = None
        self.setObjectName("muted")
        self.setToolTip(wrapped(_HELP))
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # What the words need must not move the wall while a run is live.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self._say()

    def show_counts(
        self, counts: tuple[str, ...], n_wrong: int | None = None, n_changed: int | None = None
    ) -> None:
        """Say how many there are, the longest wording first, and how many have marks."""
        self._counts, self._n_wrong, self._n_changed = counts, n_wrong, n_changed
        self._say()

    def show_view(
        self,
        view: PartView,
        order: NDArray[np.int64] | None,
        predicted: int | None,
        shown: Shown | None,
    ) -> None:
        """Say how many images are shown, and how many of them have which mark.

        Parameters
        ----------
        order : those that are shown; None before that is known
        predicted : the class they are read as, where that is asked for
        shown : the model that is shown elsewhere
        """
        n = view.split.n_samples
        images = counted(n, "image")
        if order is None:
            self.show_counts((f"reading {images} ...", "reading ..."))
            return
        short = f"{n:,}"
        if len(order) != n:
            images, short = f"{len(order):,} of {images}", f"{len(order):,} of {n:,}"
        more = "" if predicted is None else f" read as {view.dataset.class_names[predicted]}"
        late = ""
        if view.seen is not None and shown is not None and shown.epoch != view.seen.epoch:
            late = f", {epoch_words(view.seen.epoch)}"
        marks = (view.wrong, view.changed)
        counts = [None if mark is None else int(np.count_nonzero(mark[order])) for mark in marks]
        self.show_counts((images + more + late, images + late, images, short), *counts)

    @property
    def said(self) -> str:
        """The longest wording, without colours."""
        return _plain(self._wordings()[0])

    def _wordings(self) -> list[str]:
        """Return what can be said, the longest first."""
        marks = []
        if self._n_wrong is not None:
            marks.append(f'<span style="color:{self._theme.bad}">{self._n_wrong:,} wrong</span>')
        only_wrong = marks[:1]
        if self._n_changed is not None:
            corner = f'<span style="color:{NOTCH}; background-color:{NOTCH_EDGE}">◤</span>'
            marks.append(f"{corner}&nbsp;{self._n_changed:,} changed")
        counts = [escape(count) for count in self._counts]
        wordings = [", ".join([count, *marks]) for count in counts]
        return [
            *wordings,
            ", ".join([counts[-1], *only_wrong]),
            *(only_wrong if self._n_wrong else counts[-1:]),
        ]

    def _say(self) -> None:
        metrics, wordings = self.fontMetrics(), self._wordings()
        fits = (it for it in wordings if metrics.horizontalAdvance(_plain(it)) <= self.width())
        self.setText(next(fits, ""))
        self.setAccessibleName(self.said)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say what fits now."""
        super().resizeEvent(event)
        self._say()

    def minimumSizeHint(self) -> QSize:
        """Return next to nothing in width: others may need the room."""
        return QSize(0, super().minimumSizeHint().height())


def _plain(words: str) -> str:
    """Return rich words as they are read."""
    return unescape(re.sub("<[^>]*>", "", words)).replace("\N{NO-BREAK SPACE}", " ")

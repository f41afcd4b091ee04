"""How much of a whole is gone: a bar, with words above it that say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from gui.theme import on_paper
from gui.widgets.basics.fitting_words import as_title, fitting
from gui.widgets.basics.painted import Painted
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from core.report.figures import Bars

_BAR = 10
_OVERHANG = 2
"""A mark stands out of the bar by so much at either end."""


class ShareBar(Painted):
    """A bar that is full at 1; what is beyond stays at its end and has another colour.

    Parameters
    ----------
    name : for those who hear the window
    help_text : for the tooltip
    """

    def __init__(self, name: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._words: tuple[str, ...] = ("",)
        self.share = 0.0
        """What is shown, 1 for the whole."""
        self.mark: float | None = None
        """Where the mark is, if there is one."""
        self._is_bad = False
        self.setToolTip(wrapped(help_text))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """The words above the bar, in full."""
        return self._words[0]

    def show_share(
        self, share: float, *words: str, mark: float | None = None, is_bad: bool = False
    ) -> None:
        """Show how much is gone.

        Parameters
        ----------
        share : 1 is the whole
        words : the longest first; the first that fits is shown
        mark : a place of its own on the bar
        is_bad : whether it is more than there may be
        """
        self.share, self._words, self.mark, self._is_bad = share, words or ("",), mark, is_bad
        self.setAccessibleDescription(self.words)
        self.update()

    def figure(self) -> Bars:
        """Return the share, and the mark where there is one."""
        from core.report.figures import Bars, Series

        name = self.accessibleName()
        shares = {name: self.share} | ({} if self.mark is None else {"enough": self.mark})
        return Bars(
            title=as_title(name),
            subtitle=self.words,
            labels=tuple(shares),
            series=(Series(name, np.array(list(shares.values())), on_paper("accent")),),
            value_label="share of the whole",
            limits=(0.0, max(1.0, *shares.values())),
            form=".3f",
        )

    def sizeHint(self) -> QSize:
        """Return room for a line and the bar."""
        return QSize(180, self.fontMetrics().height() + _BAR + 2 * _OVERHANG + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest readable size."""
        return QSize(90, self.sizeHint().height())

    def bar_rect(self) -> QRectF:
        """Return where the bar is when it is full."""
        top = self.height() - _BAR - _OVERHANG
        return QRectF(0.5, top - 0.5, self.width() - 1, _BAR)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint words, bar and mark."""
        theme, bar = self._theme, self.bar_rect()
        with QPainter(self) as painter:
            painter.setPen(QColor(theme.text))
            box = QRectF(0, 0, self.width(), bar.top() - _OVERHANG)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            text = fitting(painter.fontMetrics(), self._words, self.width())
            painter.drawText(box, flags, text)
            painter.setPen(QColor(theme.border))
            painter.setBrush(QColor(theme.raised))
            painter.drawRect(bar)
            width = bar.width() * min(max(self.share, 0.0), 1.0)
            colour = theme.bad if self._is_bad else theme.accent
            filled = QRectF(bar.left(), bar.top(), width, bar.height()).adjusted(0.5, 0.5, 0, 0.5)
            painter.fillRect(filled, QColor(colour))
            if self.mark is not None and 0 <= self.mark <= 1:
                x = bar.left() + bar.width() * self.mark
                painter.setPen(QPen(QColor(theme.text), 2))
                painter.drawLine(
                    round(x),
                    round(bar.top() - _OVERHANG),
                    round(x),
                    round(bar.bottom() + _OVERHANG),
                )

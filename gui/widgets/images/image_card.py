"""One image opened from a page: what it is read as, why, since when; ready to be attacked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QWidget

from core.learning.perceptron import SoftmaxPerceptron
from gui.theme import grow
from gui.widgets.bars.likeliest_bars import LikeliestBars
from gui.widgets.basics.arrow_keys import ARROWS
from gui.widgets.basics.controls import button
from gui.widgets.basics.fitting_words import as_title
from gui.widgets.basics.layouts import below, beside, holding, scrolled
from gui.widgets.images.beside import WIDTH
from gui.widgets.images.evidence_panel import EvidencePanel
from gui.widgets.images.history_panel import HistoryPanel
from gui.widgets.images.whole_pixels import WholePixels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QCloseEvent, QShowEvent

    from core.learning.records import EpochRecord
    from core.report.figures import Sheet

_MARGINS = (12, 8, 12, 6)
_SIDE, _ALONE = 112, 224
"""Pixels of the image at most, beside its probabilities and where there are none."""


@dataclass(frozen=True, slots=True)
class CardContent:
    """What a card shows.

    ``index`` is None for what is no single sample; ``weights`` are those of the model that reads
    the image, None where none does. ``snapshots`` gives the kept epochs of the run, asked only
    where the history is looked at, None where there is none; ``marked_epoch`` is the one shown
    elsewhere, None for the live model. ``learnt_class`` is the one whose rank the history shows,
    where the label noise made it another than the true one. ``limit`` is that of signed values,
    None for ink.
    """

    title: str
    words: str
    values: NDArray[np.floating]
    class_names: tuple[str, ...]
    probabilities: NDArray[np.floating] | None = None
    true_class: int | None = None
    part: str = ""
    index: int | None = None
    weights: NDArray[np.floating] | None = None
    snapshots: Callable[[], Sequence[EpochRecord]] | None = None
    learnt_class: int | None = None
    marked_epoch: float | None = None
    limit: float | None = None


def _label(parent: QWidget, look: str) -> QLabel:
    """Return words that wrap; names of classes come from strangers."""
    made = QLabel("", parent, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
    made.setObjectName(look)
    return made


class ImageCard(QFrame):
    """Stands beside what the image was opened from; Escape or its cross closes it."""

    attack_requested = Signal(str, int)
    epoch_requested = Signal(int)
    """An epoch of the history was clicked."""
    walked = Signal(int, int)
    """An arrow key: so many rows down and columns to the right."""
    seen = Signal()
    """It is shown again: what it says may be old."""
    finished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName("opened image")
        grow(self, fixed_width=WIDTH)
        self.hide()
        self.content: CardContent | None = None
        """What is shown."""
        self._can_walk = False
        self.title = _label(self, "sentence")
        self.words = _label(self, "caption")
        self.hint = _label(self, "caption")
        self.view = WholePixels(_SIDE, "image", "Hover to read the value of each pixel.", self)
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view.installEventFilter(self)
        self.bars = LikeliestBars(self)
        self.evidence = EvidencePanel(self)
        self.history = HistoryPanel(self)
        self.history.epoch_clicked.connect(self.epoch_requested)
        self.close_button = QToolButton(self)
        self.close_button.setText("\N{MULTIPLICATION X}")
        self.close_button.setAccessibleName("Close this image")
        self.close_button.setToolTip("Close this image (Esc)")
        self.close_button.clicked.connect(self.close)
        tip = "Change this image until it is read as something else"
        self.attack_button = button("Attack it", self, tip, "small", self._attack)
        for each in (self.close_button, self.attack_button):
            # Space plays and pauses beside an image too; Tab leads to the buttons.
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()

    def _lay_out(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        head = beside((self.title, 1), (self.close_button, 0, top), spacing=8)
        attack = (self.attack_button, 0, Qt.AlignmentFlag.AlignLeft)
        right = below(self.bars, self.hint, attack, None, spacing=4)
        image = beside((self.view, 0, top), (right, 1), spacing=14)
        parts = below(image, self.evidence, self.history, self.words, None, spacing=6)
        self._parts = parts
        self._inside = holding(parts, self)
        self.area = scrolled(self._inside, self, sideways=False)
        self.setLayout(below(head, (self.area, 1), spacing=4, margins=_MARGINS))

    def minimumSizeHint(self) -> QSize:
        """Return the width in which what is scrolled is whole."""
        inside = self._inside.minimumSizeHint().width()
        inside += self.area.verticalScrollBar().sizeHint().width()
        left, _, right, _ = _MARGINS
        return QSize(left + inside + right, super().minimumSizeHint().height())

    def figure(self) -> Sheet | None:
        """Return all that is shown; None before there is anything."""
        content = self.content
        if content is None:
            return None
        from core.report.figures import Sheet

        rows = ((self.view, self.bars), (self.evidence.map,), (self.history.plot,))
        figures = (
            tuple(f for part in row if part.isVisible() and (f := part.figure()) is not None)
            for row in rows
        )
        return Sheet(as_title(content.title), content.words, tuple(filter(None, figures)))

    def set_content(self, content: CardContent) -> None:
        """Show an image, where the card is."""
        self.content = content
        self.title.setText(content.title)
        self.words.setText(content.words)
        self.words.setVisible(bool(content.words))
        self.view.set_side(_ALONE if content.probabilities is None else _SIDE)
        if content.limit is None:
            self.view.show_grey(content.values)
        else:
            self.view.show_signed(content.values, content.limit)
        self.bars.setVisible(content.probabilities is not None)
        if content.probabilities is not None:
            logits = None
            if content.weights is not None:
                logits = SoftmaxPerceptron(content.weights).logits(content.values.reshape(-1))
            self.bars.set_probabilities(
                content.class_names, content.probabilities, true=content.true_class, logits=logits
            )
        self.attack_button.setVisible(content.index is not None)
        self.hint.setVisible(self._can_walk and content.probabilities is not None)
        self._explain(content)

    def _explain(self, content: CardContent) -> None:
        """Say why it is read so, and how it was read at other epochs."""
        values, names, true = content.values, content.class_names, content.true_class
        weights, probabilities = content.weights, content.probabilities
        self.evidence.setVisible(weights is not None)
        if weights is not None:
            assert probabilities is not None
            self.evidence.show_image(weights, values, names, probabilities, true)
        self.history.setVisible(content.snapshots is not None and true is not None)
        if content.snapshots is None or true is None or probabilities is None:
            self.history.forget()
            return
        label = true if content.learnt_class is None else content.learnt_class
        read, snapshots = int(probabilities.argmax()), content.snapshots()
        self.history.show_image(values, label, read, names, snapshots, content.marked_epoch)

    def show_content(self, content: CardContent, walk_words: str = "") -> None:
        """Show an image.

        Parameters
        ----------
        walk_words : where the arrow keys lead, if they lead anywhere
        """
        self.evidence.forget_choice()
        self._can_walk = bool(walk_words)
        self.hint.setText(walk_words)
        self.set_content(content)
        self.show()
        self.area.verticalScrollBar().setValue(0)
        self.view.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk on with the arrow keys, which elsewhere move what is played."""
        if self._can_walk and isinstance(event, QKeyEvent) and event.key() in ARROWS:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.walked.emit(*ARROWS[Qt.Key(event.key())])
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that somebody looks."""
        super().showEvent(event)
        self._parts.update()  # Qt scrolls what it laid out while hidden, but leaves it as it lay
        self.seen.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell of the end."""
        super().closeEvent(event)
        self.finished.emit()

    @Slot()
    def _attack(self) -> None:
        if self.content is not None and self.content.index is not None:
            self.attack_requested.emit(self.content.part, self.content.index)
            self.close()

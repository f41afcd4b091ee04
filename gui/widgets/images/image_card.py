"""One image opened from an atlas: large, with its probabilities, ready to be attacked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QPushButton,
    QWidget,
)

from core.learning.perceptron import SoftmaxPerceptron
from gui.widgets.bars.probability_bars import ProbabilityBars
from gui.widgets.basics.figured import FigureRequest, ask_for
from gui.widgets.basics.fitting_words import as_title
from gui.widgets.basics.layouts import below, beside
from gui.widgets.images.evidence_panel import EvidencePanel
from gui.widgets.images.history_panel import HistoryPanel
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QContextMenuEvent, QScreen

    from core.learning.records import EpochRecord
    from core.report.figures import Sheet

_HISTORY_HEIGHT = 200


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


class ImageCard(QDialog):
    """A small window beside the image it was opened from; Escape closes it."""

    attack_requested = Signal(str, int)
    epoch_requested = Signal(int)
    """An epoch of the history was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Image")
        self.content: CardContent | None = None
        """What is shown."""
        self.title = QLabel(self)
        self.title.setObjectName("sentence")
        self.title.setWordWrap(True)
        self.words = QLabel(self)
        self.words.setObjectName("muted")
        self.words.setWordWrap(True)
        for label in (self.title, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)  # names come from strangers
        self.view = ImageView("", "Hover to read the value of each pixel.", self)
        self.view.setAccessibleName("image")
        self.bars = ProbabilityBars(self)
        self.evidence = EvidencePanel(self)
        self.evidence.hide()
        self.why_button = self._button(
            "Why?",
            "Show which pixels speak for what the image is read as, and against another class",
        )
        self.history_button = self._button(
            "History",
            "Show at which epochs of the run this image was read rightly, and how far its class "
            "was from being first",
        )
        for button in (self.why_button, self.history_button):
            button.setCheckable(True)
            button.toggled.connect(self._unfold)
        self.history = HistoryPanel(self)
        self.history.setFixedHeight(_HISTORY_HEIGHT)
        self.history.hide()
        self.history.epoch_clicked.connect(self.epoch_requested)
        self.close_button = self._button("Close", "Close this image (Esc)")
        self.close_button.clicked.connect(self.close)
        self.attack_button = self._button(
            "Attack this image", "Change this image until it is read as something else"
        )
        self.attack_button.setObjectName("call")
        self.attack_button.clicked.connect(self._attack)
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()

    def _button(self, words: str, tip: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setToolTip(tip)
        # Space plays and pauses in front of an image too; Tab leads to the buttons.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        buttons = beside(
            *(self.why_button, self.history_button),
            *(None, self.close_button, self.attack_button),
            spacing=8,
        )
        column = below(
            self.title,
            (beside((self.view, 3), (self.bars, 3), (self.evidence, 4), spacing=16), 1),
            *(self.history, self.words, buttons),
            spacing=8,
        )
        column.setContentsMargins(16, 14, 16, 14)
        self.setLayout(column)

    def figure(self) -> Sheet | None:
        """Return all that is unfolded; None before there is anything."""
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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave it to the window that the card lies before."""
        under, parent = self.childAt(event.pos()) or self, self.parentWidget()
        if parent is not None:
            ask_for(parent.window(), FigureRequest(under, place=event.globalPos()))

    def set_content(self, content: CardContent) -> None:
        """Show an image, where the card is."""
        self.content = content
        self.title.setText(content.title)
        self.words.setText(content.words)
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
        self.why_button.setVisible(content.weights is not None)
        has_history = content.snapshots is not None and content.true_class is not None
        self.history_button.setVisible(has_history)
        self._refresh()

    @Slot(bool)
    def _unfold(self, is_open: bool) -> None:
        self._refresh()
        layout = self.layout()
        assert layout is not None
        layout.activate()  # else what has just been folded still takes its room
        self.resize(self._usual_size())
        self._move_onto(self.screen(), self.x(), self.y())

    def _refresh(self) -> None:
        """Compute the ledger, and what the epochs make of the image, only where looked at."""
        content = self.content
        assert content is not None
        for button, part in (
            (self.why_button, self.evidence),
            (self.history_button, self.history),
        ):
            part.setVisible(button.isChecked() and not button.isHidden())
        values, names, true = content.values, content.class_names, content.true_class
        if not self.evidence.isHidden():
            assert content.weights is not None
            assert content.probabilities is not None
            self.evidence.show_image(content.weights, values, names, content.probabilities, true)
        if self.history.isHidden():
            self.history.forget()
            return
        assert content.snapshots is not None
        assert true is not None
        label = true if content.learnt_class is None else content.learnt_class
        self.history.show_image(values, label, names, content.snapshots(), content.marked_epoch)

    def _usual_size(self) -> QSize:
        width = 360 if self.content is None or self.content.probabilities is None else 560
        return QSize(
            width + (360 if self.evidence.isVisibleTo(self) else 0),
            420 + (_HISTORY_HEIGHT if self.history.isVisibleTo(self) else 0),
        )

    def show_content(self, content: CardContent, near: QPoint) -> None:
        """Show an image beside a point of the screen."""
        self.evidence.forget_choice()
        self.set_content(content)
        self.resize(self._usual_size())
        # Not where it was last: the window may have gone to the projector since.
        screen = QGuiApplication.screenAt(near) or self.screen()
        self._move_onto(screen, near.x() - self.width() // 2, near.y() - self.height())
        self.view.setFocus()
        self.show()
        self.raise_()

    def _move_onto(self, screen: QScreen, x: int, y: int) -> None:
        """Move there, or as near as leaves all of the card on the screen."""
        area = screen.availableGeometry()
        x = max(min(x, area.right() - self.width()), area.left())
        y = max(min(y, area.bottom() - self.height()), area.top())
        self.move(x, y)

    @Slot()
    def _attack(self) -> None:
        if self.content is not None and self.content.index is not None:
            self.attack_requested.emit(self.content.part, self.content.index)
            self.close()

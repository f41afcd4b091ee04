"""RIGHT: how much each run reads rightly, at the epoch shown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.learning.records import epoch_words
from gui.shared.columns import heading, label
from gui.theme import LIGHT, Theme
from gui.widgets.basics.fitting_button import FittingButton
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.swatch import swatch
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from gui.session.runs import RunEntry
    from gui.session.session import Session

MOST_ROWS = 5
_END = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_SWATCH = 14, 10


class Right(QWidget):
    """A row for the run shown, and for each of the others whose curves are drawn."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._theme = session, LIGHT
        self.rows: list[tuple[QLabel, FittingLabel | FittingButton, QLabel, QLabel]] = []
        self._filled: dict[int, tuple[str, ...]] = {}
        """What each row says: it is asked twice a frame while a run learns."""
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        title = heading("RIGHT", self)
        title.setToolTip(wrapped("How much of the images each run reads rightly."))
        grid.addWidget(title, 0, 0, 1, 2)
        for column, words in ((2, "train"), (3, "test")):
            head = label(words, self, "caption")
            head.setAlignment(_END)
            grid.addWidget(head, 0, column)
        for line in range(1, MOST_ROWS + 1):
            # The run shown comes first: its name leads nowhere.
            name = FittingLabel("", self) if line == 1 else FittingButton(self)
            row = (QLabel(self), name, QLabel(self), QLabel(self))
            for column, part in enumerate(row):
                grid.addWidget(part, line, column)
            if isinstance(name, FittingButton):
                name.clicked.connect(partial(self._show_run, line - 1))
            else:
                name.setObjectName("small")
            for number in row[2:]:
                number.setAlignment(_END)
                number.setObjectName("small")
            self.rows.append(row)
        for signal in (session.runs.changed, session.view.run_shown, session.view.run_started):
            signal.connect(self.refresh)
        session.view.shown_changed.connect(self.refresh)
        session.view.progressed.connect(self.refresh)
        self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.refresh()

    def entries(self) -> list[RunEntry]:
        """Return the run shown, and those drawn behind it, the newest first."""
        view, runs = self._session.view, self._session.runs
        shown = runs.entry(runs.shown_key)
        if shown is None:
            return []
        others = [
            entry
            for entry in runs.on(view.data_config, view.reading)
            if entry.is_visible and entry is not shown and entry.run.history.records
        ]
        others.sort(key=lambda entry: entry.key, reverse=True)
        return [shown, *others][:MOST_ROWS]

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is true now."""
        super().showEvent(event)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the scores at the epoch shown."""
        if not self.isVisible():
            return
        entries = self.entries()
        for line, row in enumerate(self.rows):
            entry = entries[line] if line < len(entries) else None
            said = () if entry is None else self._said(entry, is_shown=line == 0)
            if self._filled.get(line) == said:
                continue
            self._filled[line] = said
            for part in row:
                part.setVisible(entry is not None)
            if entry is not None:
                self._fill(line, *said)

    def _said(self, entry: RunEntry, *, is_shown: bool) -> tuple[str, ...]:
        """Return the colour, the name, both scores and the tooltip of a run."""
        colour = self._theme.colour(self._session.runs.colour_of(entry))
        train, test, words = self._scores(entry, is_shown=is_shown)
        scores = (
            "" if score is None else f"{score:.3f}".removeprefix("0") for score in (train, test)
        )
        return (colour, entry.name, *scores, f"{entry.name}, {words}")

    def _fill(self, line: int, colour: str, name: str, train: str, test: str, tip: str) -> None:
        row, is_shown = self.rows[line], line == 0
        row[0].setPixmap(swatch(colour).pixmap(*_SWATCH))
        row[1].set_wordings(name)
        row[1].setAccessibleName(f"{tip}: shown" if is_shown else f"show {tip}")
        row[2].setText(train)
        row[3].setText(test)
        for part in row:
            part.setToolTip(wrapped(tip, "" if is_shown else "Click its name: show it everywhere."))
            if part.font().bold() is not is_shown:
                font = part.font()
                font.setBold(is_shown)
                part.setFont(font)

    def _show_run(self, line: int) -> None:
        entries = self.entries()
        if line < len(entries):
            self._session.view.show_run(entries[line].key)

    def _scores(self, entry: RunEntry, *, is_shown: bool) -> tuple[float | None, float | None, str]:
        """Return train and test score at the epoch shown, or the last before it."""
        view, history = self._session.view, entry.run.history
        if not history.records:
            return None, None, "nothing measured yet"
        if is_shown and view.shown_scores is not None:
            place, scores = view.shown_scores
            return scores.train_score, scores.test_score, epoch_words(place)
        shown = view.shown
        wanted = int(shown.epoch) if shown is not None else history.last_epoch
        first = int(history.epochs[0])
        epoch = min(max(wanted, first), history.last_epoch)
        train, test = (history.value(part, "score", epoch) for part in ("train", "test"))
        last = ", its last" if epoch < wanted else ""
        return train, test, f"epoch {epoch}{last}"

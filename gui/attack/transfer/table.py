"""What crafted images did to the model of each run, one row for each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from core.learning.records import epoch_words
from core.words import percent as share_words
from gui.theme import LIGHT, Theme
from gui.widgets.basics.swatch import SIZE, swatch
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.attack.whole_parts.transfer import ModelTransfer
    from core.report.figures import Matrix
    from gui.session.runs import RunList
    from gui.shared.run_models import RunModel

_COLUMNS = (
    ("run", "The images are changed to fool the first model, and every other one reads them."),
    ("epoch", "Of the other runs the kept epoch nearest to the one shown."),
    ("as they are", "The share of the images that are read rightly before anything is changed."),
    ("changed", "The share of the changed images that are read rightly."),
    ("with noise", "The share read rightly when each image is changed as much at random."),
    (
        "transfer",
        "Of the images that fool the first model, the source, and that this one does not read so "
        "anyway, the share that fools this one too.",
    ),
    (
        "noise fools",
        "The share of the same images that random noise of the same size fools this model with: "
        "what any change at all would do.",
    ),
)
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WORDS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_FEWEST_ROWS = 4
"""Seen without scrolling where there is hardly any room."""

_UNKNOWN = "–"
REMOVED = "a removed run"


Filled = tuple["tuple[RunModel, ...]", "tuple[ModelTransfer, ...]", "RunList"]


class TransferTable(QTableWidget):
    """The crafting model first; numbers appear, and sharpen, as the images are done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_COLUMNS), parent)
        self._theme = LIGHT
        self._shares: list[list[float]] = []
        self._filled: Filled | None = None
        self.setAccessibleName("transfer to the models of other runs")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)  # Tab goes on to what comes after the table
        self.setShowGrid(False)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setIconSize(SIZE)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(48)
        for column, (words, help_text) in enumerate(_COLUMNS):
            head = QTableWidgetItem(words)
            head.setToolTip(wrapped(help_text))
            head.setTextAlignment(_NUMBER if column else _WORDS)
            self.setHorizontalHeaderItem(column, head)

    def figure(self) -> Matrix | None:
        """Return the shares of every model; None before any is known."""
        if not self._shares:
            return None
        from core.report.figures import Matrix

        n_words = len(_COLUMNS) - len(self._shares[0])
        model = self.model()
        rows = [
            [model.index(row, column).data() for column in range(len(_COLUMNS))]
            for row in range(self.rowCount())
        ]
        return Matrix(
            title="Transfer of crafted images",
            subtitle="",
            values=np.array(self._shares),
            row_names=tuple(f"{run}, epoch {epoch}" for run, epoch, *_ in rows),
            column_names=tuple(words for words, _ in _COLUMNS[n_words:]),
            row_label="model",
            column_label="share of the images",
            value_label="share",
            texts=tuple(tuple(row[n_words:]) for row in rows),
        )

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        if self._filled is not None:
            self.fill(*self._filled)

    def fill(
        self, models: tuple[RunModel, ...], counts: tuple[ModelTransfer, ...], runs: RunList
    ) -> None:
        """Show these models, and what is known of them: of none, or of each, the crafting first."""
        self._filled = models, counts, runs
        self.setRowCount(len(models))
        self._fit(len(models))
        self._shares = [_shares(one) for one in counts]
        for row, model in enumerate(models):
            known = counts[row] if counts else None
            self._fill_row(row, model, known, runs)

    def _fill_row(
        self, row: int, model: RunModel, counts: ModelTransfer | None, runs: RunList
    ) -> None:
        entry, is_first = runs.entry(model.key), row == 0
        name = REMOVED if entry is None else entry.name
        numbers, tip = [_UNKNOWN] * 5, ""
        if counts is not None:
            numbers = [percent(share) for share in _shares(counts)]
            tip = wrapped(_sentence(name, counts, is_first=is_first))
            if is_first:
                numbers[3] = "source"
        epoch = epoch_words(model.epoch).removeprefix("epoch ")
        font = self.font()
        font.setBold(is_first)
        for column, text in enumerate((name, epoch, *numbers)):
            item = QTableWidgetItem(text)
            item.setToolTip(tip)
            item.setFont(font)
            if column:
                item.setTextAlignment(_NUMBER)
            elif entry is not None:
                item.setIcon(swatch(self._theme.colour(runs.colour_of(entry))))
            self.setItem(row, column, item)

    def sizeHint(self) -> QSize:
        """Ask for room for all rows: what is left is for the images."""
        return QSize(super().sizeHint().width(), self.maximumHeight())

    def _fit(self, n_rows: int) -> None:
        """Be as high as the rows, and no higher."""
        row = self.fontMetrics().height() + 8
        self.verticalHeader().setDefaultSectionSize(row)
        head = self.horizontalHeader().sizeHint().height()
        self.setMinimumHeight(head + min(n_rows, _FEWEST_ROWS) * row)
        self.setMaximumHeight(head + max(n_rows, 1) * row)
        self.updateGeometry()


def percent(share: float) -> str:
    """Return a share as ``12.3 %``; a dash where there is none."""
    return _UNKNOWN if math.isnan(share) else share_words(share, 1, "")


def _shares(counts: ModelTransfer) -> list[float]:
    return [
        counts.accuracy,
        counts.crafted_accuracy,
        counts.noise_accuracy,
        counts.transfer_rate,
        counts.noise_rate,
    ]


def _sentence(name: str, counts: ModelTransfer, *, is_first: bool) -> str:
    read = (
        f"{name} reads {counts.n_right:,} of {counts.n_images:,} images rightly as they are, "
        f"{counts.n_right_crafted:,} crafted, {counts.n_right_noise:,} with noise of the same size."
    )
    if is_first:
        noise = f"noise does with {counts.n_fooled_noise:,} of those"
        return f"{read} {counts.n_fooled:,} fool it; {noise}."
    return (
        f"{read} Of {counts.n_reached:,} images that fool the first model {counts.n_fooled:,} "
        f"fool this one too; noise does with {counts.n_fooled_noise:,}."
    )

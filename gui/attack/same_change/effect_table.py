"""What a change did to the images of a part, beside what noise as long did: a few numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from core.words import percent
from gui.shared.columns import label
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLabel

    from core.attack.whole_parts.same_change import SameChangeResult
    from core.report.figures import Matrix

_COLUMNS = {
    "before": "The images as they are",
    "change": "Every image with the change",
    "noise": "Every image with random noise, as long as what is left of the change in it",
}
_ROWS = {
    "right": ("read rightly", "The share of all images that are read as what they are."),
    "fooled": ("fooled", "The share of the images read rightly before that are not any more."),
    "pushed": (
        "to the target",
        "The share of the images now read as the target, of those that neither are it nor were "
        "read as it.",
    ),
}
_UNKNOWN = "–"
_LONGEST_NAME = 10


class EffectTable(QWidget):
    """Rows: read rightly, fooled, pushed to the target; columns: before, change, noise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: dict[tuple[str, str], QLabel] = {}
        """Row and column -> its label."""
        self._shares: dict[tuple[str, str], float] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        for column, (words, help_text) in enumerate(_COLUMNS.items(), 1):
            grid.addWidget(self._label(words, help_text, "muted"), 0, column, _RIGHT)
        self._heads: dict[str, QLabel] = {}
        for row, (name, (words, help_text)) in enumerate(_ROWS.items(), 1):
            self._heads[name] = self._label(words, help_text, "muted")
            grid.addWidget(self._heads[name], row, 0)
            for column, key in enumerate(_COLUMNS, 1):
                cell = self._label("", help_text, "sentence" if key == "change" else "")
                cell.setAccessibleName(f"{words}, {key}")
                self.cells[name, key] = cell
                grid.addWidget(cell, row, column, _RIGHT)
        grid.setColumnStretch(0, 1)

    def figure(self) -> Matrix | None:
        """Return the shares as far as they are known; None where none is."""
        if not self._shares:
            return None
        from core.report.figures import Matrix

        cells = [[self._shares.get((row, key), np.nan) for key in _COLUMNS] for row in _ROWS]
        texts = [[self.cells[row, key].text() for key in _COLUMNS] for row in _ROWS]
        return Matrix(
            title="Effect of the same change",
            subtitle="",
            values=np.array(cells),
            row_names=tuple(self._heads[row].text() for row in _ROWS),
            column_names=tuple(_COLUMNS),
            row_label="what",
            column_label="images",
            value_label="share",
            texts=tuple(map(tuple, texts)),
        )

    def _label(self, words: str, help_text: str, name: str) -> QLabel:
        made = label(words, self, name)
        made.setToolTip(wrapped(help_text))
        return made

    def show_result(self, result: SameChangeResult | None, target: str) -> None:
        """Show what is known, or that nothing is; ``target`` is the name of the class."""
        self._heads["pushed"].setText(f"to {short(target, _LONGEST_NAME)}")
        self._shares = {}
        if result is not None and result.n_images:
            self._shares["right", "before"] = _share(result.n_right, result.n_images)
            for key, effect in (("change", result.change), ("noise", result.noise)):
                self._shares["right", key] = _share(effect.n_right, result.n_images)
                self._shares["fooled", key] = _share(effect.n_fooled, result.n_right)
                self._shares["pushed", key] = _share(effect.n_pushed, result.n_open)
        for place, cell in self.cells.items():
            share = self._shares.get(place, np.nan)
            unknown = "" if place[1] == "before" else _UNKNOWN
            cell.setText(unknown if np.isnan(share) else percent(share, 1, ""))


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _share(part: int, whole: int) -> float:
    return part / whole if whole else np.nan

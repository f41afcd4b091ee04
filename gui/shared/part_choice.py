"""The list of the parts of the data: training, validation, test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from gui.shared.words import PARTS
from gui.widgets.basics.controls import FittingList, offer
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session


class PartChoice(FittingList):
    """Offers the parts that the present data have; one that is gone gives way to the test part.

    Parameters
    ----------
    parts : those that may be chosen, where there are such
    words : how a part is called in the list
    """

    part_changed = Signal(str)
    """A person chose another part, or it gave way."""

    def __init__(
        self,
        session: Session,
        help_text: str,
        parent: QWidget | None = None,
        parts: Sequence[str] = tuple(PARTS),
        words: str = "{} images",
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._parts, self._words = tuple(parts), words
        self.chosen = "test"
        self.setAccessibleName("Part")
        self.setToolTip(wrapped(help_text))
        self.activated.connect(self._activated)
        session.view.dataset_changed.connect(self._fill)
        self._fill()

    @Slot()
    def _fill(self) -> None:
        dataset = self._session.view.dataset
        if dataset is None:
            return
        parts = [
            part for part in self._parts if part != "validation" or dataset.validation is not None
        ]
        if self.chosen not in parts:
            self.chosen = "test"
        offer(self, {part: self._words.format(PARTS[part]) for part in parts})
        self.setCurrentIndex(self.findData(self.chosen))
        self.part_changed.emit(self.chosen)

    @Slot(int)
    def _activated(self, index: int) -> None:
        self.chosen = self.itemData(index)
        self.part_changed.emit(self.chosen)

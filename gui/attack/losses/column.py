"""One loss of the microscope: the image it has come to, the change, and what that is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QWidget

from core.words import at_most, significant
from gui.attack.losses.words import fooled_words, size_words
from gui.shared.words import read_words
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside
from gui.widgets.images.change_picture import NO_CHANGE
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.attack.microscope import Descents


class LossColumn(QWidget):
    """Result and change beside each other, and what they are worth below.

    Parameters
    ----------
    label, short : the loss for people, and in one word
    help_text : its formula and gradient, in words
    colour : field of the theme, that of its curves
    """

    def __init__(
        self, label: str, short: str, help_text: str, colour: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.result_view = ImageView(label, help_text, self)
        self.result_view.set_title(label, short)
        self.change_view = ImageView(
            "change",
            "Result minus chosen image, amplified so that its largest pixel has full colour; red "
            "is added ink, blue ink taken away.",
            self,
        )
        self.fooled_line = FittingLabel("", self)
        self.size_line = FittingLabel("", self)
        self.size_line.setObjectName("muted")
        self.fooled_line.setToolTip("After how many steps this image is first read as the target")
        self.size_line.setToolTip("Size of the change at the step shown: L2 norm and largest pixel")
        self.change_view.setAccessibleName(f"{short}: change")
        self.result_view.set_title_colour(colour)
        views = beside((self.result_view, 1), (self.change_view, 1), spacing=4)
        self.setLayout(below((views, 1), self.fooled_line, self.size_line, spacing=1))

    def clear(self) -> None:
        """Show nothing."""
        for view in (self.result_view, self.change_view):
            view.clear()
        for line in (self.fooled_line, self.size_line):
            line.set_wordings("")

    def show_step(
        self,
        descents: Descents,
        column: int,
        step: int,
        shape: tuple[int, int],
        names: Sequence[str],
    ) -> None:
        """Show where its descent stands at a step."""
        result = descents.images[step, column].reshape(shape)
        seen = int(descents.predicted[step, column])
        p = float(descents.probabilities[step, column, seen])
        self.result_view.show_grey(result, *read_words(names[seen], p))
        change = result.astype(np.float64) - descents.original.reshape(shape)
        largest = float(np.abs(change).max())
        if largest <= NO_CHANGE:
            words = f"none: at most {at_most(largest, 1)}" if largest else "none"
            self.change_view.show_signed(change, 1.0, words)
        else:
            times = f"× {significant(1 / largest)}" if largest <= 1 else f"÷ {significant(largest)}"
            self.change_view.show_signed(change, largest, times)
        self.fooled_line.set_wordings(*fooled_words(descents, column))
        self.size_line.set_wordings(*size_words(descents, column, step))

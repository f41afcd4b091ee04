"""The row above the wall: which images, in which order, how large."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QWidget,
)

from core.insight.readings import ImageFilter
from core.parameters import parameters_of
from gui.shared.columns import label
from gui.shared.words import PARTS
from gui.theme import grow
from gui.widgets.basics.controls import button, chooser, offer
from gui.widgets.basics.drop_down import DropDown
from gui.widgets.basics.layouts import Folding, below, beside
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.parameter_form import tooltip
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

_DECLARED = parameters_of(ImageFilter)
_PART_HELP = (
    "Which images hang on the wall: those learnt from, those that choose the best epoch, or those "
    "that only measure."
)
_FIND_HELP = "Type the number of an image and press Enter: the wall scrolls to it."
_SIZE_HELP = "How large the images are. Ctrl and the wheel over the wall, + and - do the same."
_LAST_HELP = (
    "In which order the images hang, and more: how sure the model must be of them, an image by its "
    "number, how large they are."
)
_FIELD_WIDTH = 64
_SLIDER_WIDTH = 150
_LETTERS = {"part": 6, "label": 7, "read": 10, "last": 6}
"""Characters that each choice shows at least; the rest of a longer one is cut."""


class FilterBar(QWidget):
    """Says what a person wants to see; knows nothing of the images.

    Part, class and what is read stand in the row; the last choice unfolds order, surety, number
    and size.
    """

    part_chosen = Signal(str)
    changed = Signal(object)
    """An :class:`ImageFilter`."""
    refused = Signal(str)
    find_requested = Signal(str)
    zoom_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = ImageFilter()
        """What is asked for."""
        inside = QWidget(self)
        self.part = self._combo("Part", wrapped(_PART_HELP), "part")
        self.label = self._combo("Class", wrapped(_DECLARED["label"].help), "label")
        self.read = self._combo("Read right or wrong", _tip("read"), "read")
        self.last = DropDown("Order, surety, number and size", inside, self, _LAST_HELP)
        self.order = chooser("Order", inside)
        self.order.setToolTip(_tip("order"))
        offer(self.order, _DECLARED["order"].choices)
        self.low = self._field("low", inside)
        self.high = self._field("high", inside)
        self.find_field = QLineEdit(inside)
        self.find_field.setPlaceholderText("number")
        self.find_field.setAccessibleName("Find an image by its number")
        self.find_field.setToolTip(wrapped(_FIND_HELP))
        grow(self.find_field, fixed_width=_FIELD_WIDTH + 24)
        self.size_slider = QSlider(Qt.Orientation.Horizontal, inside)
        self.size_slider.setAccessibleName("Size of the images")
        self.size_slider.setToolTip(wrapped(_SIZE_HELP))
        self.size_slider.setMinimumWidth(_SLIDER_WIDTH)
        self.size_slider.setPageStep(1)
        tip = "Leave no image out; part and order stay."
        self.reset = button("Show all", inside, tip, pressed=self.show_all)
        self._lay_out(inside)
        self.set_classes(())
        self.set_parts(("train",))
        self.set_filter(ImageFilter(), has_changed=False)

        chosen, choose = QComboBox.currentData, self.choose
        self.part.activated.connect(lambda: self.part_chosen.emit(chosen(self.part)))
        self.label.activated.connect(lambda: choose(label=chosen(self.label), predicted=None))
        self.read.activated.connect(lambda: choose(read=chosen(self.read)))
        self.order.activated.connect(lambda: choose(order=chosen(self.order)))
        self.low.committed.connect(self._low_chosen)
        self.high.committed.connect(self._high_chosen)
        for field in (self.low, self.high):
            field.refused.connect(self.refused)
        find = self.find_field
        find.returnPressed.connect(lambda: self.find_requested.emit(find.text().strip()))
        self.size_slider.valueChanged.connect(self.zoom_chosen)

    def _combo(self, name: str, tip: str, kind: str) -> QComboBox:
        combo = chooser(name, self, shortest=_LETTERS[kind])
        combo.setToolTip(tip)
        combo.setMaxVisibleItems(20)
        combo.setIconSize(QSize(0, 0))  # there are none, and none is made room for
        return combo

    def _field(self, name: str, parent: QWidget) -> NumberField:
        field = NumberField(_DECLARED[name], parent)
        grow(field, fixed_width=_FIELD_WIDTH)
        return field

    def _lay_out(self, inside: QWidget) -> None:
        self.last.setMinimumContentsLength(_LETTERS["last"])
        self.last.setSizeAdjustPolicy(self.part.sizeAdjustPolicy())
        self.last.setIconSize(QSize(0, 0))
        first, more = (self.part, self.label), (self.read, self.last)
        halves = (beside(*half, spacing=8) for half in (first, more))
        self.setLayout(Folding(*halves, spacing=8))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        word = partial(label, parent=inside)
        rows = (
            (word("order", buddy=self.order), (self.order, 1)),
            (word("sure", buddy=self.low), self.low, word("to", buddy=self.high), self.high,
             word("%"), None),
            (word("find", buddy=self.find_field), self.find_field, None),
            (word("size", buddy=self.size_slider), (self.size_slider, 1)),
        )  # fmt: skip
        widest = max(row[0].sizeHint().width() for row in rows)
        for row in rows:
            row[0].setFixedWidth(widest)
        lines = (beside(*row, spacing=8) for row in rows)
        inside.setLayout(below(*lines, beside(None, self.reset), spacing=8))

    def set_parts(self, parts: Sequence[str]) -> None:
        """Offer these parts."""
        chosen = self.part.currentData()
        offer(self.part, {part: PARTS[part] for part in parts})
        self.part.setCurrentIndex(max(0, self.part.findData(chosen)))

    def show_part(self, part: str) -> None:
        """Show which part is chosen."""
        self.part.setCurrentIndex(self.part.findData(part))

    def set_classes(self, names: Sequence[str]) -> None:
        """Offer these classes."""
        offer(self.label, {None: "all classes", **dict(enumerate(names))})

    def set_filter(self, wanted: ImageFilter, *, has_changed: bool) -> None:
        """Show a filter without telling anybody; whether there are changed labels to ask for."""
        self.filter = wanted
        reads = _DECLARED["read"].choices.items()
        offer(self.read, {key: words for key, words in reads if key != "changed" or has_changed})
        self.label.setCurrentIndex(0 if wanted.label is None else wanted.label + 1)
        self.read.setCurrentIndex(self.read.findData(wanted.read))
        self.order.setCurrentIndex(self.order.findData(wanted.order))
        for name, field in (("low", self.low), ("high", self.high)):
            field.show_value(getattr(wanted, name))
            field.setToolTip(tooltip(_DECLARED[name], getattr(wanted, name)))
        self.reset.setEnabled(not wanted.chooses_all)
        self.last.set_words(self._last_words())

    def _last_words(self) -> str:
        """Return the order, and the surety where that leaves images out."""
        wanted, usual = self.filter, ImageFilter()
        if (wanted.low, wanted.high) == (usual.low, usual.high):
            return self.order.currentText().removesuffix(" first")
        return f"{wanted.low:g} to {wanted.high:g} % sure"

    @Slot(int, int)
    def show_zoom(self, index: int, n_zooms: int) -> None:
        """Show which of how many sizes is used."""
        with QSignalBlocker(self.size_slider):
            self.size_slider.setRange(0, n_zooms - 1)
            self.size_slider.setValue(index)
        self.size_slider.setEnabled(n_zooms > 1)

    def choose(self, **changes: object) -> None:
        """Ask for something else."""
        self.changed.emit(replace(self.filter, **changes))  # type: ignore[arg-type]

    @Slot()
    def show_all(self) -> None:
        """Leave no image out."""
        self.changed.emit(ImageFilter(order=self.filter.order))

    @Slot(object)
    def _low_chosen(self, low: float) -> None:
        self.choose(low=low, high=max(low, self.filter.high))

    @Slot(object)
    def _high_chosen(self, high: float) -> None:
        self.choose(high=high, low=min(high, self.filter.low))


def _tip(name: str) -> str:
    declared = _DECLARED[name]
    return wrapped(declared.help, declared.formula)

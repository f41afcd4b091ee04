"""The bar above the wall: which images, in which order, how large."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
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
from gui.widgets.basics.controls import button, chooser, offer
from gui.widgets.basics.layouts import below, beside
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
_FIELD_WIDTH = 54


class FilterBar(QWidget):
    """Says what a person wants to see; knows nothing of the images."""

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
        self.part = self._combo("Part", wrapped(_PART_HELP))
        self.label = self._combo("Class", wrapped(_DECLARED["label"].help))
        self.read = self._combo("Read right or wrong", _tip("read"))
        self.order = self._combo("Order", _tip("order"))
        offer(self.order, _DECLARED["order"].choices)
        self.low = self._field("low")
        self.high = self._field("high")
        self.find_field = QLineEdit(self)
        self.find_field.setPlaceholderText("number")
        self.find_field.setAccessibleName("Find an image by its number")
        self.find_field.setToolTip(wrapped(_FIND_HELP))
        self.find_field.setFixedWidth(_FIELD_WIDTH + 12)
        self.size_slider = QSlider(Qt.Orientation.Horizontal, self)
        self.size_slider.setAccessibleName("Size of the images")
        self.size_slider.setToolTip(wrapped(_SIZE_HELP))
        self.size_slider.setMinimumWidth(60)
        self.size_slider.setMaximumWidth(160)
        self.size_slider.setPageStep(1)
        tip = "Leave no image out; part and order stay."
        self.reset = button("Show all", self, tip, pressed=self.show_all)
        self._lay_out()
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

    def _combo(self, name: str, tip: str) -> QComboBox:
        combo = chooser(name, self, shortest=4)
        combo.setToolTip(tip)
        combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        combo.setMaxVisibleItems(20)
        return combo

    def _field(self, name: str) -> NumberField:
        field = NumberField(_DECLARED[name], self)
        field.setButtonSymbols(NumberField.ButtonSymbols.NoButtons)
        field.setFixedWidth(_FIELD_WIDTH)
        return field

    def _lay_out(self) -> None:
        choices = ((self.part, 5), (self.label, 6), (self.read, 8), (self.order, 11))
        muted = partial(label, parent=self, name="muted")
        low, high = muted("sure", buddy=self.low), muted("to", buddy=self.high)
        range_ = (low, self.low, high, self.high, muted("%"))
        find = (muted("find", buddy=self.find_field), self.find_field)
        size = (muted("size", buddy=self.size_slider), (self.size_slider, 1))
        first = beside(*choices, spacing=8)
        second = beside(*range_, self.reset, None, *find, 6, *size, spacing=8)
        self.setLayout(below(first, second))

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

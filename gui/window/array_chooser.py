"""The question which array of a file is what, where the names do not tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QWidget

from core.sources.arrays.roles import ROLES, arrays_text
from gui.shared.columns import label
from gui.widgets.basics.controls import FittingList
from gui.widgets.basics.layouts import below

if TYPE_CHECKING:
    from core.sources.arrays.roles import ArraysUnclear
    from core.sources.reading import ReadingConfig

_WORDS = {
    "train_images": "Training images",
    "train_labels": "Training labels",
    "test_images": "Test images",
    "test_labels": "Test labels",
}
_NONE = "none: a share of the others"


class ArrayChooser(QDialog):
    """Lists the arrays of a file with their shapes and lets a person say what they are."""

    chosen = Signal(str, object)
    """The path, and the reading with the arrays named in it."""

    def __init__(
        self, path: str, question: ArraysUnclear, reading: ReadingConfig, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Which array is which?")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._path, self._reading = path, reading
        name = path.rstrip("/").rsplit("/", 1)[-1]
        words = label(
            f"{name} holds {len(question.candidates)} arrays, and their names do not say which are "
            "the images and which the labels. Images have one entry per image first, then its "
            "pixels; labels have one number or word per image.",
            self,
            wraps=True,
        )
        self.combos: dict[str, FittingList] = {}
        form = QFormLayout()
        for role in ROLES:
            combo = FittingList(self)
            combo.setObjectName(f"array_{role}")
            combo.setAccessibleName(_WORDS[role])
            combo.addItem(_NONE if role.startswith("test") else "choose ...", "")
            for array in question.candidates:
                shape = " x ".join(map(str, array.shape)) or "one value"
                combo.addItem(f"{array.name}   {shape}, {array.dtype}", array.name)
            combo.setCurrentIndex(max(combo.findData(question.guess.get(role, "")), 0))
            combo.currentIndexChanged.connect(self._refresh)
            form.addRow(_WORDS[role], combo)
            self.combos[role] = combo
        self.problem = label("", self, "muted")
        self.buttons = QDialogButtonBox(self)
        self.open_button = self.buttons.addButton("Open", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        parts = (words, form, self.problem, self.buttons)
        self.setLayout(below(*parts, spacing=12, margins=(18, 16, 18, 14)))
        self.setMinimumWidth(460)
        self._refresh()

    def _roles(self) -> dict[str, str]:
        chosen = {role: combo.currentData() for role, combo in self.combos.items()}
        return {role: name for role, name in chosen.items() if name}

    @Slot()
    def _refresh(self) -> None:
        problem = self._problem()
        self.problem.setText(problem)
        self.open_button.setEnabled(not problem)

    def _problem(self) -> str:
        roles = self._roles()
        for role in ("train_images", "train_labels"):
            if role not in roles:
                return f"Choose the {_WORDS[role].lower()}."
        if ("test_images" in roles) != ("test_labels" in roles):
            return "Choose both test images and test labels, or neither."
        if len(set(roles.values())) < len(roles):
            return "Each array can be one thing only."
        return ""

    @Slot()
    def _accept(self) -> None:
        self.chosen.emit(self._path, replace(self._reading, arrays=arrays_text(self._roles())))
        self.accept()

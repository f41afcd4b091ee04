"""The controls of the Attack page: what is attacked and how, and the film's own buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QLabel, QScrollArea, QToolButton, QWidget

from core.attack import AttackConfig
from core.parameters import Parameter, parameters_of
from gui.attack.settings_line import AttackSettingsLine
from gui.widgets.basics.controls import chooser
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.parameter_form import ParameterRow, tooltip
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QIcon

    from gui.session.session import Session

_ANY_OTHER = -2
"""Id of the button for any class but the one read; -1 would be one that Qt makes up."""

_DRAWN = "drawn"
"""The entry of the parts that stands for the image a person has drawn, in no part of the data."""

_LONGEST_TARGET = 14
"""Characters of a class name on a button."""

_LEAST_TARGET = 30
_TARGETS_WIDTH = 740
"""What the buttons have in the smallest window."""


class AttackControls(QWidget):
    """Three lines: the image, the attack, the target."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._attack = session.attack
        self._rng = np.random.default_rng()
        declared = parameters_of(AttackConfig)

        self.part = chooser("Images from", self, choices=declared["part"].choices)
        self.part.setToolTip(tooltip(declared["part"], None))
        self.part.activated.connect(self._part_chosen)
        whole = Parameter("int", "Image", "Number of the image.", low=0, high=10_000_000)
        self.index = NumberField(whole, self)
        self.index.setFixedWidth(84)
        self.index.setToolTip("Number of the chosen image; the arrows go through them.")
        self.index.committed.connect(self._index_committed)
        self.index.refused.connect(session.messages.warn)
        self.random = self._button("random", "Choose an image by chance")
        self.random.clicked.connect(self._random_clicked)
        self.mistake = self._button("a mistake", "The next image the model reads wrongly (M)")
        self.mistake.clicked.connect(self._attack.choose_mistake)
        starts = {False: "from the image", True: "from noise"}
        self.start = chooser("Start from", self, choices=starts)
        self.start.activated.connect(self._start_chosen)
        self.noise = self._button("new noise", "Start from other noise")
        self.noise.clicked.connect(self._noise_clicked)

        self.targets = QButtonGroup(self)
        self.targets.setExclusive(True)
        self.targets.idClicked.connect(self._target_clicked)
        self._target_buttons: list[QToolButton] = []
        self._target_names: tuple[str, ...] = ()
        self._target_row = beside(None, spacing=3)
        self.any_other = QToolButton(self)
        self.any_other.setObjectName("target")
        self.any_other.setText("any other")
        self.any_other.setCheckable(True)
        self.any_other.setToolTip("No target: whatever else it is read as will do.")
        self.targets.addButton(self.any_other, _ANY_OTHER)
        self._box = ParameterRow("box", declared["box"], self)
        self._box.changed.connect(self._attack.set_setting)
        self.settings = AttackSettingsLine(session, self)
        self.settings.refused.connect(session.messages.warn)
        self._lay_out()
        self._attack.config_changed.connect(self.refresh)
        session.view.dataset_changed.connect(self.refresh)
        self.refresh()

    def _button(self, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(words)
        button.setToolTip(tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    @property
    def rows(self) -> dict[str, ParameterRow]:
        """The settings of the chosen attack."""
        return {"box": self._box, **self.settings.rows}

    def _lay_out(self) -> None:
        image = (QLabel("image", self), self.part, self.index, self.random, self.mistake, 10)
        start = (QLabel("start", self), self.start, self.noise, None)
        first = beside(*image, *start, self._box.label, self._box.editor)
        second = beside()
        self._target_label = QLabel("target", self)
        second.addWidget(self._target_label, 0, Qt.AlignmentFlag.AlignTop)
        second.addWidget(self.any_other, 0, Qt.AlignmentFlag.AlignTop)
        self._target_scroll = QScrollArea(self)
        self._target_scroll.setWidget(holding(self._target_row, self))
        self._target_scroll.setWidgetResizable(True)
        self._target_scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        second.addWidget(self._target_scroll, 1)
        self.setLayout(below(first, self.settings, second, spacing=4))

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons."""
        self.random.setIcon(icons["seed"])
        self.mistake.setIcon(icons["mistake"])
        self.noise.setIcon(icons["replay"])

    @Slot()
    def refresh(self) -> None:
        """Show what the session holds."""
        attack, dataset = self._attack, self._session.view.dataset
        config = attack.config
        self._refresh_own(has_own=attack.own is not None)
        self.part.setCurrentIndex(self.part.findData(_DRAWN if attack.on_own else config.part))
        self.index.show_value(attack.index)
        self.index.setEnabled(not attack.on_own)
        self.start.setCurrentIndex(self.start.findData(config.start is None))
        self.noise.setVisible(config.start is None)
        self.start.setEnabled(attack.chosen.begins_anywhere)
        self.start.setToolTip(self._start_words())
        self.any_other.setEnabled(config.start is not None)
        has_box = "box" in attack.chosen.parameters
        self._box.editor.setEnabled(has_box)
        self._box.show_value(attack.chosen.boxed)
        self.settings.refresh()
        if dataset is not None:
            self._refresh_targets(dataset.class_names, config.target)
        if attack.target is None:
            self.any_other.setChecked(True)

    def _start_words(self) -> str:
        """Return what the start can be."""
        if self._attack.chosen.begins_anywhere:
            return tooltip(parameters_of(AttackConfig)["start"], None)
        return "Only the practical's descent can begin from noise; this attack changes the image."

    def _refresh_own(self, *, has_own: bool) -> None:
        """Offer the image a person has drawn, as long as there is one."""
        place = self.part.findData(_DRAWN)
        if has_own and place < 0:
            self.part.addItem("your drawing", _DRAWN)
        elif not has_own and place >= 0:
            self.part.removeItem(place)

    def _refresh_targets(self, names: tuple[str, ...], target: int) -> None:
        if self._target_names != names:
            self._target_names = names
            for button in self._target_buttons:
                self.targets.removeButton(button)
                self._target_row.removeWidget(button)
                button.deleteLater()
            self._target_buttons = []
            for k, name in enumerate(names):
                button = QToolButton(self)
                button.setObjectName("target")
                button.setText(short(name, _LONGEST_TARGET))
                # As wide as its words: where that is too much, all of them scroll. (A least width
                # in the style sheet would take the place of this one.)
                button.ensurePolished()
                button.setMinimumWidth(max(button.sizeHint().width(), _LEAST_TARGET))
                button.setCheckable(True)
                button.setAccessibleName(f"target class {name}")
                button.setToolTip(wrapped(f"Push the image toward class {name}"))
                self.targets.addButton(button, k)
                self._target_row.insertWidget(k, button)  # before the stretch at the end
                self._target_buttons.append(button)
            # Many classes, or long names, scroll sideways and need room for the scroll bar.
            width = sum(button.minimumWidth() + 3 for button in self._target_buttons)
            bar = 14 if width > _TARGETS_WIDTH else 0
            height = self._target_buttons[0].sizeHint().height()
            self._target_scroll.setFixedHeight(height + 4 + bar)
            self._target_label.setFixedHeight(height + 4)
            self.any_other.setFixedHeight(height + 4)
        if 0 <= target < len(self._target_buttons):
            self._target_buttons[target].setChecked(True)
            self._target_scroll.ensureWidgetVisible(self._target_buttons[target])

    @Slot(int)
    def _part_chosen(self, index: int) -> None:
        part = self.part.itemData(index)
        dataset, own = self._session.view.dataset, self._attack.own
        if part == _DRAWN and own is not None:
            self._attack.choose_own(own)
        elif dataset is not None:
            last = dataset.split(part).n_samples - 1
            self._attack.choose(part, min(self._attack.index, last))

    @Slot(object)
    def _index_committed(self, value: Any) -> None:
        self._attack.choose(self._attack.config.part, int(value))

    @Slot()
    def _random_clicked(self) -> None:
        dataset = self._session.view.dataset
        if dataset is not None:
            part = self._attack.config.part
            self._attack.choose(part, int(self._rng.integers(dataset.split(part).n_samples)))

    @Slot(int)
    def _start_chosen(self, index: int) -> None:
        self._attack.set_start_from_noise(self.start.itemData(index))

    @Slot()
    def _noise_clicked(self) -> None:
        self._attack.set_setting("seed", int(self._rng.integers(1_000_000)))

    @Slot(int)
    def _target_clicked(self, target: int) -> None:
        if target == _ANY_OTHER:
            self._attack.set_untargeted()
        else:
            self._attack.set_setting("target", target)

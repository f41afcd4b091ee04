"""The sentence of the Attack page: which image is to be made what, by what attack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from core.attack import ATTACKS, AttackConfig
from core.parameters import Parameter, parameters_of
from core.pictures import grey_rgb
from gui.attack.settings_button import AttackSettingsButton
from gui.attack.view import AttackView
from gui.session.attack import PART_WORDS
from gui.shared.crafting import in_sentence
from gui.shared.words import an
from gui.theme import pixels
from gui.widgets.basics.controls import chooser, offer
from gui.widgets.basics.drop_down import DropDown
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import beside
from gui.widgets.basics.number_field import NumberField
from gui.widgets.basics.numpy_image import to_qimage
from gui.widgets.basics.parameter_form import tooltip
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QIcon

    from gui.session.session import Session

ANY_OTHER = -1
"""The entry of the targets for any class but the one read."""

_DRAWN, _NOISE = "drawn", "noise"
"""Entries of the parts for what is in no part of the data: a drawing, and faint noise."""

_LONGEST_NAME = 14
"""Characters of a class in the sentence; its list has all of them."""

_SHORTEST_ATTACK, _LONGEST_ATTACK = 6, 25
"""Characters of an attack in the sentence, where there is little room and where there is more."""

_PICTURE = 28


class AttackControls(QWidget):
    """Words with choices in them; those that mean nothing now are not there."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._attack = session.attack
        self._rng = np.random.default_rng()
        self.picture = QLabel(self)
        self.picture.setAccessibleName("the image that is changed")
        tip = "Which image is changed: of the data, your own, or noise."
        self.image = DropDown("image", self._choices(), self, tip)
        self.random = self._button("another by chance", self._random_clicked)
        self.mistake = self._button(
            "The next image the model reads wrongly (M)", self._attack.choose_mistake
        )
        self._article = QLabel("", self)
        tip = "What the image is to be read as; any other: whatever else it is read as will do."
        self.target = chooser("target class", self, tip, shortest=1)
        self.target.activated.connect(self._target_chosen)
        labels = {name: in_sentence(attack.label) for name, attack in ATTACKS.items()}
        self.attack = chooser("attack", self, choices=labels, shortest=_SHORTEST_ATTACK)
        self.attack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.attack.activated.connect(self._attack_chosen)
        self.settings = AttackSettingsButton(session, self)
        self._make, self._by = QLabel("Make", self), QLabel("by", self)
        image = self._make, self.picture, self.image, self.random, self.mistake, 4
        how = self._article, self.target, 4, self._by, (self.attack, 9), 4, self.settings, None
        self.setLayout(beside(*image, *how, spacing=6))
        self._uses: tuple[str, ...] = ()
        self._attack.config_changed.connect(self.refresh)
        session.view.dataset_changed.connect(self.refresh)
        self.show_for(AttackView.uses)

    @property
    def words(self) -> str:
        """The sentence, as it is read."""
        target = f", {self._article.text()} {self.target.currentText()}"
        if self._attack.target is None:
            target = ", whatever else it is read as"
        return f"Make {self.image.currentText()}{target} by {self.attack.currentText()}"

    def show_for(self, uses: tuple[str, ...]) -> None:
        """Say only what a view obeys beside the image: the target, the attack, or some of it."""
        self._uses = uses
        for part in (self._make, self.target):
            part.setVisible("target" in uses)
        self.attack.setVisible("attack" in uses)
        self.settings.limit(None if "attack" in uses else uses)
        self.refresh()

    def _button(self, tip: str, pressed: Any) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(wrapped(tip))
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(pressed)
        return button

    def _choices(self) -> QWidget:
        """Return the choice of the image: whence, and which."""
        inside = QWidget(self)
        declared = parameters_of(AttackConfig)
        self.part = chooser("image from", inside, choices=self._parts())
        self.part.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.part.setToolTip(tooltip(declared["part"], None))
        self.part.activated.connect(self._part_chosen)
        whole = Parameter("int", "Image", "Number of the image.", low=0, high=10_000_000)
        self.index = NumberField(whole, inside)
        self.index.setToolTip("Number of the image; the arrows go through them.")
        self.index.committed.connect(self._index_committed)
        self.seed = NumberField(declared["seed"], inside)
        self.seed.setToolTip(tooltip(declared["seed"], None))
        self.seed.committed.connect(lambda value: self._attack.set_setting("seed", int(value)))
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        self._rows = []
        for line, (words, editor) in enumerate(
            (("image", self.part), ("number", self.index), ("seed", self.seed))
        ):
            label = QLabel(words, inside)
            label.setBuddy(editor)
            editor.setAccessibleName(words if editor is not self.part else "image from")
            grid.addWidget(label, line, 0)
            grid.addWidget(editor, line, 1)
            self._rows.append((label, editor))
            if isinstance(editor, NumberField):
                editor.refused.connect(self._session.messages.warn)
        return inside

    def _parts(self) -> dict[str, str]:
        """Return what an image can be taken from."""
        own = {_DRAWN: "your drawing"} if self._attack.own is not None else {}
        return {**PART_WORDS, **own, _NOISE: "faint noise"}

    def set_icons(self, icons: Mapping[str, QIcon]) -> None:
        """Use these icons."""
        self.random.setIcon(icons["seed"])
        self.mistake.setIcon(icons["mistake"])

    @property
    def _from(self) -> str:
        """What the image is taken from now."""
        attack = self._attack
        if attack.chosen.begins_as_noise:
            return _NOISE
        return _DRAWN if attack.on_own else attack.config.part

    @Slot()
    def refresh(self) -> None:
        """Show what the session holds."""
        attack, dataset, came = self._attack, self._session.view.dataset, self._from
        offer(self.part, self._parts())
        self.part.setCurrentIndex(self.part.findData(came))
        self.index.show_value(attack.index)
        self.seed.show_value(attack.config.seed)
        for (label, editor), is_shown in zip(
            self._rows, (True, came in PART_WORDS, came == _NOISE), strict=True
        ):
            label.setVisible(is_shown)
            editor.setVisible(is_shown)
        self.random.setVisible(came != _DRAWN)
        self.mistake.setVisible(came in PART_WORDS)
        tip = "Other noise" if came == _NOISE else "An image by chance"
        self.random.setToolTip(tip)
        self.random.setAccessibleName(tip)
        self.attack.setCurrentIndex(self.attack.findData(attack.chosen.name))
        chosen = ATTACKS[attack.chosen.name]
        self.attack.setToolTip(
            f"<qt><p>{chosen.help}</p><p><code>{chosen.formula}</code></p>"
            f"<p>Source: {chosen.source}.</p></qt>"
        )
        room = self.fontMetrics().averageCharWidth() * _LONGEST_ATTACK + 40
        self.attack.setMaximumWidth(room)
        self.settings.refresh()
        has_settings = "attack" in self._uses or bool(self.settings.offered)
        for part in (self._by, self.settings):
            part.setVisible(has_settings)
        if dataset is None:
            self.image.set_words("an image")
            return
        self._refresh_target(dataset.class_names)
        name = an(short(dataset.class_names[attack.label], _LONGEST_NAME))
        own = f"your drawing, {name if attack.true_label is not None else f'read as {name}'}"
        words = {_NOISE: f"faint noise, seed {attack.config.seed}", _DRAWN: own}
        place = f"{PART_WORDS[attack.config.part]} {attack.index:,}, {name}"
        self.image.set_words(words.get(came, place))
        self._show_picture()

    def _show_picture(self) -> None:
        image, dataset = self._attack.chosen_image, self._session.view.dataset
        if image is None or dataset is None:
            return
        values = image.reshape(dataset.image_shape)
        white = float(values.max()) or 1.0
        picture = QPixmap.fromImage(to_qimage(grey_rgb(values / white)))
        side, keep = pixels(_PICTURE), Qt.AspectRatioMode.KeepAspectRatio
        self.picture.setPixmap(picture.scaled(side, side, keep))
        self.picture.setFixedSize(self.picture.pixmap().size())

    def _refresh_target(self, names: tuple[str, ...]) -> None:
        other = {} if self._from == _NOISE else {ANY_OTHER: "any other"}
        offer(self.target, {**dict(enumerate(names)), **other})
        widest = max(self.fontMetrics().horizontalAdvance(name) for name in names) + 40
        view = self.target.view()
        view.setMinimumWidth(min(widest, pixels(480)))
        target = self._attack.target
        self.target.setCurrentIndex(self.target.findData(ANY_OTHER if target is None else target))
        # As wide as any class, so that nothing moves from one to the next.
        longest = max(max(map(len, names), default=1), len(self.target.currentText()))
        self.target.setMinimumContentsLength(min(longest, _LONGEST_NAME))
        self._article.setVisible(target is not None and "target" in self._uses)
        if target is not None:
            self._article.setText(an(names[target]).split(" ")[0])

    @Slot(int)
    def _part_chosen(self, index: int) -> None:
        part = self.part.itemData(index)
        dataset, own = self._session.view.dataset, self._attack.own
        if part == _NOISE:
            self._attack.set_start_from_noise(True)
        elif part == _DRAWN and own is not None:
            self._attack.choose_own(own)
        elif dataset is not None:
            last = dataset.split(part).n_samples - 1
            self._attack.choose(part, min(self._attack.index, last))

    @Slot(object)
    def _index_committed(self, value: Any) -> None:
        self._attack.choose(self._attack.config.part, int(value))

    @Slot()
    def _random_clicked(self) -> None:
        dataset, attack = self._session.view.dataset, self._attack
        if self._from == _NOISE:
            attack.set_setting("seed", int(self._rng.integers(1_000_000)))
        elif dataset is not None:
            part = attack.config.part
            attack.choose(part, int(self._rng.integers(dataset.split(part).n_samples)))

    @Slot(int)
    def _target_chosen(self, index: int) -> None:
        target = self.target.itemData(index)
        if target == ANY_OTHER:
            self._attack.set_untargeted()
        else:
            self._attack.set_setting("target", target)

    @Slot(int)
    def _attack_chosen(self, index: int) -> None:
        self._attack.choose_attack(self.attack.itemData(index))

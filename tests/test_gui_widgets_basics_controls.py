"""Lists to choose from, as they are painted, and what keys do in what is unfolded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import pixels
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFrame,
    QMainWindow,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)

from core.learning.config import TrainingConfig
from core.parameters import parameters_of
from gui.widgets.basics.controls import chooser
from gui.widgets.basics.drop_down import DropDown, Unfolded
from gui.widgets.basics.layouts import below
from gui.widgets.basics.number_field import NumberField
from gui.window.input_habits import InputHabits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

SAID = "training 2, a class with a long name"


def test_what_a_list_says_ends_with_an_ellipsis_where_there_is_no_room(qtbot: QtBot) -> None:
    holder = QFrame()
    qtbot.addWidget(holder)
    unfolding = DropDown("image", QWidget(holder), holder, "")
    unfolding.set_words(SAID)
    for each in (chooser("image", holder, choices={0: SAID}), unfolding):
        each.resize(150, 30)
        option = QStyleOptionComboBox()
        each.initStyleOption(option)
        kind, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        room = each.style().subControlRect(kind, option, field, each).width()
        short = each.fontMetrics().elidedText(SAID, Qt.TextElideMode.ElideRight, room)
        assert short.endswith("\N{HORIZONTAL ELLIPSIS}")
        cut = pixels(each)
        each.setItemText(0, short)
        np.testing.assert_array_equal(pixels(each), cut)
    assert unfolding.minimumSizeHint().width() < unfolding.sizeHint().width()


@pytest.fixture
def unfolded(app: QApplication, qtbot: QtBot) -> Iterator[tuple[Unfolded, QComboBox, NumberField]]:
    """Return what is unfolded in a window, with a list and a number field in it."""
    window = QMainWindow()
    qtbot.addWidget(window)
    content = QWidget()
    combo = chooser("image", content, choices={0: "training", 1: "test", 2: "noise"})
    field = NumberField(parameters_of(TrainingConfig)["epochs"], content)
    field.show_value(30)
    content.setLayout(below(combo, field))
    made = Unfolded(window, content)
    habits = InputHabits(app, window, lambda event: False)
    habits.guard(content)
    window.show()
    made.show_at(window)
    combo.setFocus()
    yield made, combo, field
    app.focusChanged.disconnect(habits._focus_changed)


def press_as_a_keyboard(made: Unfolded, key: Qt.Key) -> None:
    """Press a key where the keyboard's go: Qt announces it first, and lists fold at that."""
    QTest.keyClick(made.windowHandle(), key)
    QApplication.processEvents()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_a_key_that_folds_a_list_does_nothing_else(
    unfolded: tuple[Unfolded, QComboBox, NumberField], key: Qt.Key
) -> None:
    made, combo, _ = unfolded
    press_as_a_keyboard(made, Qt.Key.Key_Return)
    assert combo.view().isVisible()
    combo.view().setCurrentIndex(combo.model().index(2, 0))
    press_as_a_keyboard(made, key)
    assert not combo.view().isVisible()
    assert made.isVisible()
    assert combo.currentText() == ("training" if key == Qt.Key.Key_Escape else "noise")
    press_as_a_keyboard(made, Qt.Key.Key_Escape)
    assert not made.isVisible()


def test_escape_folds_at_once_where_nothing_was_typed(
    unfolded: tuple[Unfolded, QComboBox, NumberField],
) -> None:
    made, _, field = unfolded
    field.setFocus()
    press_as_a_keyboard(made, Qt.Key.Key_Escape)
    assert not made.isVisible()
    made.show()
    field.setFocus()
    field.lineEdit().setText("0.15")
    QTest.mouseDClick(field.lineEdit(), Qt.MouseButton.LeftButton, pos=QPoint(4, 8))
    assert field.lineEdit().selectedText() == "0.15", "not what stands before the point alone"
    QTest.keyClicks(field.lineEdit(), "7")
    press_as_a_keyboard(made, Qt.Key.Key_Escape)  # forgets what was typed
    assert (field.value(), field.text()) == (30, "30")
    assert made.isVisible()
    press_as_a_keyboard(made, Qt.Key.Key_Escape)
    assert not made.isVisible()

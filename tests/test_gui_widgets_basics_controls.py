"""Lists to choose from, as they are painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gui_helpers import pixels
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStyle, QStyleOptionComboBox, QWidget

from gui.widgets.basics.controls import chooser
from gui.widgets.basics.drop_down import DropDown

if TYPE_CHECKING:
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

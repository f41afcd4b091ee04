"""The sheet one draws on: mouse, pen, finger and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gui_drawing
import numpy as np
import pytest
from gui_drawing import (
    NONE,
    assert_same_ink,
    draw,
    expected_ink,
    on_sheet,
    on_widget,
    painted_ink,
)
from gui_helpers import (
    LEFT,
    TAB_SIZE,
    click,
    earlier_runs,
    has_colour,
    hover,
    pixels,
    press,
    put_on,
    wait_until,
)
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent, QTouchEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.drawing.drawing import plain
from core.drawing.ink import SHEET_SIDE
from gui.images.draw.panel import DrawPanel
from gui.theme import DARK, LIGHT
from gui.widgets.canvas.canvas import ERASER, GROUND, INK, THICKEST, THINNEST, USUAL_WIDTH, Canvas
from gui.window.actions import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytestqt.qtbot import QtBot

    from gui.session.session import Session
    from gui.window.main_window import MainWindow


@pytest.fixture
def page(new_panel: Callable[..., DrawPanel], session: Session) -> DrawPanel:
    """Return the Draw tab alone, of a run on 8 x 8 digits that has ended."""
    page = new_panel(DrawPanel, session, size=TAB_SIZE)
    page.canvas.setFocus()  # as the window does it
    return page


@pytest.fixture
def page_in_window(window: MainWindow, qtbot: QtBot) -> DrawPanel:
    """Return the Draw tab of a window whose run on 8 x 8 digits has ended."""
    press(qtbot, window, "Ctrl+4")
    page = window.page("images")
    assert window.pages.currentWidget() is page
    click(qtbot, page.tile)
    assert page.draw.canvas.hasFocus(), "its keys work at once"
    return page.draw


@pytest.fixture
def canvas(page: DrawPanel) -> Canvas:
    """Return the sheet of the page."""
    return page.canvas


def test_a_stroke_of_the_mouse_is_the_line_of_the_core(canvas: Canvas) -> None:
    assert canvas.is_empty
    points = draw(canvas)
    assert_same_ink(canvas.ink, expected_ink(canvas, points))


def test_the_ink_is_painted_where_it_is(canvas: Canvas) -> None:
    point = on_widget(canvas, (0.3, 0.7))
    around = QRect(point - QPoint(4, 4), point + QPoint(4, 4))
    assert not has_colour(pixels(canvas, around), INK).any()
    draw(canvas, [(0.3, 0.7)])
    hover(canvas, on_widget(canvas, (0.9, 0.1)))
    assert has_colour(pixels(canvas, around), INK).mean() > 0.5


def test_the_right_button_erases(canvas: Canvas) -> None:
    draw(canvas, [(0.2, 0.5), (0.8, 0.5)])
    before = canvas.ink
    points = draw(canvas, [(0.5, 0.5)], Qt.MouseButton.RightButton)
    row, column = (int(v) for v in reversed(on_sheet(canvas, points[0])))
    assert before[row, column] == 1
    assert canvas.ink[row, column] == 0
    assert 0 < canvas.ink.sum() < before.sum()
    assert not canvas.erasing, "only this stroke"


def test_the_eraser_is_a_tool(page: DrawPanel, canvas: Canvas, qtbot: QtBot) -> None:
    draw(canvas, [(0.2, 0.5), (0.8, 0.5)])
    before = canvas.ink.sum()
    click(qtbot, page.tools.eraser)
    assert canvas.erasing
    draw(canvas, [(0.5, 0.5)])
    lost = before - canvas.ink.sum()
    radius = ERASER * USUAL_WIDTH * SHEET_SIDE / 2
    assert USUAL_WIDTH * SHEET_SIDE * radius < lost < np.pi * radius**2
    click(qtbot, page.tools.pen)
    assert not canvas.erasing
    draw(canvas, [(0.5, 0.5)])
    assert canvas.ink.sum() > before - lost


def test_a_thicker_pen_leaves_more_ink(page: DrawPanel, canvas: Canvas, qtbot: QtBot) -> None:
    amounts = []
    slider = page.tools.width_slider
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        slider.setFocus()
        qtbot.keyClick(slider, key)
        click(qtbot, page.tools.clear) if amounts else None
        points = draw(canvas, [(0.5, 0.5)])
        assert_same_ink(canvas.ink, expected_ink(canvas, points))
        amounts.append(float(canvas.ink.sum()))
    for amount, width in zip(amounts, (THINNEST, THICKEST), strict=True):
        assert amount == pytest.approx(np.pi * (width * SHEET_SIDE) ** 2 / 4, rel=0.02)
    assert page.tools.width_slider.toolTip().count("20 %") == 1


def test_strokes_are_taken_back_and_brought_back(
    page: DrawPanel, canvas: Canvas, qtbot: QtBot
) -> None:
    tools = page.tools
    assert not tools.undo.isEnabled()
    assert not tools.redo.isEnabled()
    assert not tools.clear.isEnabled()
    draw(canvas, [(0.2, 0.2), (0.8, 0.2)])
    one = canvas.ink
    draw(canvas, [(0.2, 0.8), (0.8, 0.8)])
    two = canvas.ink
    click(qtbot, tools.undo)
    np.testing.assert_array_equal(canvas.ink, one)
    click(qtbot, tools.undo)
    assert canvas.is_empty
    assert not tools.undo.isEnabled()
    click(qtbot, tools.redo)
    click(qtbot, tools.redo)
    np.testing.assert_array_equal(canvas.ink, two)
    assert not tools.redo.isEnabled()
    click(qtbot, tools.clear)
    assert canvas.is_empty
    click(qtbot, tools.undo)
    np.testing.assert_array_equal(canvas.ink, two)


def test_a_click_beside_the_ink_with_the_eraser_is_no_stroke(canvas: Canvas) -> None:
    draw(canvas, [(0.5, 0.5)], Qt.MouseButton.RightButton)
    assert not canvas.drawn.can_undo


def test_the_keyboard_takes_back_brings_back_clears_and_changes_the_pen(
    page_in_window: DrawPanel, window: MainWindow, qtbot: QtBot
) -> None:
    canvas = page_in_window.canvas
    window.session.training.start_again(play=False)
    draw(canvas)
    assert canvas.hasFocus()
    ink = canvas.ink
    press(qtbot, canvas, "Backspace")
    assert canvas.is_empty
    press(qtbot, canvas, "Shift+Backspace")
    np.testing.assert_array_equal(canvas.ink, ink)
    press(qtbot, canvas, "Delete")
    assert canvas.is_empty
    press(qtbot, canvas, "Backspace")
    np.testing.assert_array_equal(canvas.ink, ink)
    press(qtbot, canvas, "]")
    assert canvas.pen_width == pytest.approx(USUAL_WIDTH + 0.01)
    press(qtbot, canvas, "[")
    press(qtbot, canvas, "[")
    assert canvas.pen_width == pytest.approx(USUAL_WIDTH - 0.01)
    press(qtbot, canvas, "X")
    assert canvas.erasing
    assert window.page("images").draw.tools.eraser.isChecked()


def test_its_keys_are_no_commands_of_the_window() -> None:
    own = {"Backspace", "Shift+Backspace", "Delete", "X", "[", "]", "Left", "Right", "Up", "Down"}
    assert not own & {command.shortcut for command in COMMANDS}


def test_the_keys_of_the_window_still_work(
    page_in_window: DrawPanel, window: MainWindow, qtbot: QtBot
) -> None:
    canvas = page_in_window.canvas
    draw(canvas)
    press(qtbot, canvas, "Home")
    assert window.session.view.shown is not None
    assert window.session.view.shown.epoch == 0


@pytest.mark.parametrize(
    ("key", "axis", "by"), [("Right", 1, 1), ("Left", 1, -1), ("Down", 0, 1), ("Up", 0, -1)]
)
def test_the_arrow_keys_move_the_drawing_by_one_pixel_of_the_image(
    canvas: Canvas, qtbot: QtBot, key: str, axis: int, by: int
) -> None:
    draw(canvas, [(0.4, 0.4), (0.6, 0.6)])
    before = plain(canvas.ink, (8, 8)).image
    press(qtbot, canvas, key)
    after = plain(canvas.ink, (8, 8)).image
    np.testing.assert_allclose(after, np.roll(before, by, axis=axis), atol=1e-6)
    press(qtbot, canvas, "Backspace")
    np.testing.assert_allclose(plain(canvas.ink, (8, 8)).image, before, atol=1e-6)


def test_the_arrow_keys_still_move_the_drawing_after_another_form_was_chosen(
    page_in_window: DrawPanel, window: MainWindow, qtbot: QtBot
) -> None:
    canvas, buttons = page_in_window.canvas, page_in_window
    draw(canvas, [(0.4, 0.4), (0.6, 0.6)])
    presses = [
        *(row for row in page_in_window.rows.values() if row.isVisible()),
        *(buttons.tools.eraser, buttons.tools.pen, buttons.tools.undo),
    ]
    for button in presses:
        click(qtbot, button)
        assert canvas.hasFocus(), "a click on a button takes no keys from the sheet"
        before = plain(canvas.ink, (8, 8)).image
        press(qtbot, window.focusWidget(), "Right")
        after = plain(canvas.ink, (8, 8)).image
        np.testing.assert_allclose(after, np.roll(before, 1, axis=1), atol=1e-6)
        press(qtbot, window.focusWidget(), "Left")


def test_the_sheet_does_not_depend_on_the_size_of_the_window(
    page_in_window: DrawPanel, window: MainWindow, qtbot: QtBot
) -> None:
    canvas = page_in_window.canvas
    draw(canvas)
    ink, rect = canvas.ink, canvas.sheet_rect()
    window.resize(1900, 1040)
    wait_until(qtbot, lambda: canvas.sheet_rect().width() > rect.width())
    np.testing.assert_array_equal(canvas.ink, ink)


def a_pen(kind: QPointingDevice.PointerType, *, pressure: bool = True) -> QPointingDevice:
    can = QInputDevice.Capability.Position
    if pressure:
        can |= QInputDevice.Capability.Pressure
    return QPointingDevice("pen", 7, QInputDevice.DeviceType.Stylus, kind, can, 1, 3)


PEN, RUBBER = QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser


def pen_stroke(
    canvas: Canvas,
    device: QPointingDevice,
    points: Sequence[QPoint],
    pressures: Sequence[float],
) -> None:
    kinds = [QEvent.Type.TabletPress] + [QEvent.Type.TabletMove] * (len(points) - 1)
    for kind, point, pressure in [
        *zip(kinds, points, pressures, strict=True),
        (QEvent.Type.TabletRelease, points[-1], 0.0),
    ]:
        place, anywhere = QPointF(point), QPointF(canvas.mapToGlobal(point))
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletRelease else LEFT
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletMove else LEFT
        event = QTabletEvent(
            kind,
            device,
            place,
            anywhere,
            pressure,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            NONE,
            button,
            held,
        )
        QApplication.sendEvent(canvas, event)
        assert event.isAccepted(), "or Qt would send it again as the mouse's"


def test_a_pen_draws_wider_the_harder_it_is_pressed(canvas: Canvas) -> None:
    points = [on_widget(canvas, place) for place in ((0.2, 0.5), (0.5, 0.5), (0.8, 0.5))]
    pressures = (0.0, 0.5, 1.0)
    pen_stroke(canvas, a_pen(PEN), points, pressures)
    widths = [USUAL_WIDTH * SHEET_SIDE * (0.5 + pressure) for pressure in pressures]
    assert_same_ink(canvas.ink, expected_ink(canvas, points, widths))
    thick = [(canvas.ink[:, int(x * 336)] > 0.5).sum() for x in (0.25, 0.5, 0.75)]
    assert thick == sorted(thick)
    assert thick[0] < thick[2]
    assert canvas.drawn.can_undo


def test_a_pen_that_feels_no_pressure_draws_as_the_mouse(canvas: Canvas) -> None:
    points = [on_widget(canvas, place) for place in ((0.2, 0.5), (0.8, 0.5))]
    pen_stroke(canvas, a_pen(PEN, pressure=False), points, (0.0, 0.0))
    assert_same_ink(canvas.ink, expected_ink(canvas, points))


def test_the_other_end_of_the_pen_erases(canvas: Canvas) -> None:
    draw(canvas, [(0.2, 0.5), (0.8, 0.5)])
    points = [on_widget(canvas, place) for place in ((0.1, 0.5), (0.9, 0.5))]
    pen_stroke(canvas, a_pen(RUBBER), points, (0.8, 0.8))
    assert canvas.is_empty


SCREEN = QTest.createTouchDevice()


def touch(canvas: Canvas, *fingers: tuple[str, int, QPoint]) -> None:
    """Press, move or release fingers at the same time, through all of Qt."""
    sequence = QTest.touchEvent(canvas, SCREEN, False)
    for what, number, place in fingers:
        getattr(sequence, what)(number, place, canvas)
    sequence.commit()


def test_a_finger_draws_one_stroke(canvas: Canvas) -> None:
    points = [on_widget(canvas, place) for place in ((0.3, 0.3), (0.5, 0.5), (0.7, 0.3))]
    touch(canvas, ("press", 1, points[0]))
    for point in points[1:]:
        touch(canvas, ("move", 1, point))
    touch(canvas, ("release", 1, points[-1]))
    assert_same_ink(canvas.ink, expected_ink(canvas, points))
    canvas.undo()
    assert canvas.is_empty, "not another one of a mouse that follows the finger"


def test_a_second_finger_does_not_draw(canvas: Canvas) -> None:
    points = [on_widget(canvas, place) for place in ((0.3, 0.3), (0.5, 0.3), (0.7, 0.3))]
    heel, away = on_widget(canvas, (0.5, 0.9)), on_widget(canvas, (0.6, 0.8))
    touch(canvas, ("press", 4, points[0]))
    touch(canvas, ("move", 4, points[1]), ("press", 5, heel))
    touch(canvas, ("move", 4, points[2]), ("move", 5, away))
    touch(canvas, ("release", 4, points[2]), ("move", 5, heel))
    touch(canvas, ("release", 5, heel))
    assert_same_ink(canvas.ink, expected_ink(canvas, points))


def test_what_the_screen_takes_for_a_gesture_leaves_no_ink(canvas: Canvas) -> None:
    draw(canvas, [(0.2, 0.8)])
    before = canvas.ink
    points = [on_widget(canvas, place) for place in ((0.3, 0.3), (0.7, 0.3))]
    touch(canvas, ("press", 1, points[0]))
    touch(canvas, ("move", 1, points[1]))
    assert canvas.ink.sum() > before.sum()
    QApplication.sendEvent(canvas, QTouchEvent(QEvent.Type.TouchCancel, SCREEN, NONE, []))
    np.testing.assert_array_equal(canvas.ink, before)
    touch(canvas, ("release", 1, points[1]))
    np.testing.assert_array_equal(canvas.ink, before)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_ink_is_white_on_black_as_in_the_images(
    app: QApplication, page: DrawPanel, theme: Any
) -> None:
    put_on(app, page, theme)
    empty = painted_ink(page.canvas, INK)
    draw(page.canvas, [(0.2, 0.2), (0.8, 0.8)])
    assert painted_ink(page.canvas, INK) > empty + 1000
    assert painted_ink(page.canvas, GROUND) > 1000


def test_other_data_during_a_stroke_end_it(canvas: Canvas) -> None:
    """An error in the release would end the program: it is answered within Qt."""
    point = on_widget(canvas, (0.3, 0.3))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=point)
    assert not canvas.is_empty
    canvas.set_image_shape((10, 20))
    assert canvas.is_empty
    gui_drawing.move(canvas, on_widget(canvas, (0.6, 0.6)), Qt.MouseButton.LeftButton)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=point)
    assert canvas.is_empty
    assert not canvas.drawn.can_undo
    draw(canvas)
    assert not canvas.is_empty


def test_control_z_takes_strokes_back_and_no_run(
    page_in_window: DrawPanel, window: MainWindow, qtbot: QtBot
) -> None:
    session, canvas = window.session, page_in_window.canvas
    session.training.start_again(play=False)
    (earlier,) = earlier_runs(session.runs)
    session.view.remove_run(earlier.key)
    draw(canvas)
    canvas.setFocus()
    press(qtbot, canvas, "Ctrl+Z")
    assert canvas.is_empty
    press(qtbot, canvas, "Ctrl+Shift+Z")
    assert not canvas.is_empty
    assert earlier_runs(session.runs) == []


@pytest.mark.parametrize("side", [28, 32, 64, 128])
def test_many_arrows_move_as_far_as_they_say(canvas: Canvas, side: int) -> None:
    canvas.set_image_shape((side, side))
    canvas.clear()
    draw(canvas, [(0.2, 0.2), (0.25, 0.3)])
    before = np.array(np.nonzero(canvas.ink)).mean(axis=1)
    steps = side // 4
    for _ in range(steps):
        canvas.shift(1, 1)
    moved = np.array(np.nonzero(canvas.ink)).mean(axis=1) - before
    np.testing.assert_allclose(moved * side / canvas.ink.shape[0], steps, atol=0.5)

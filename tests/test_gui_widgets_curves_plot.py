"""The curve plot by real mouse and keys, by what is read from it, and by what is painted."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_helpers import (
    LEFT,
    Painted,
    activate,
    click,
    drag,
    has_colour,
    hover,
    pixels,
    rgb,
    wait_until,
)
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.learning.smoothing import SMOOTHINGS, moving_mean
from core.words import MINUS
from gui.theme import DARK, LIGHT, STAGE, Theme
from gui.widgets.basics.short_number import exact_number, short_number
from gui.widgets.basics.ticks import round_below, round_ends
from gui.widgets.curves.legend import Entry, Legend
from gui.widgets.curves.lines import CurveLine, peaks
from gui.widgets.curves.plot import Curve, CurvePlot, PlotOptions
from gui.widgets.curves.runs import Band, RunCurves, nearest_index
from gui.widgets.curves.scale import Scale, ScaledAxis, log_ticks

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

EPOCHS = np.arange(51, dtype=float)
TRAIN = 0.05 + 0.85 * np.exp(-EPOCHS / 4) + 0.01 * np.sin(9 * EPOCHS)
TEST = 0.09 + 0.81 * np.exp(-EPOCHS / 5) + 0.01 * np.cos(7 * EPOCHS)
CURVES = (Curve("train", "train"), Curve("test", "test", Qt.PenStyle.DashLine))
BOTH = [LIGHT, DARK]
THEMES = pytest.mark.parametrize("theme", BOTH, ids=lambda theme: theme.name)
LOG_LOG = PlotOptions(log_x=True, log_y=True)


def make(qtbot: QtBot, theme: Theme = LIGHT, *, negative: bool = False) -> CurvePlot:
    """Return a shown plot of two curves, as large as in the smallest window."""
    plot = CurvePlot("ERROR", "epoch", CURVES, "help", negative=negative)
    qtbot.addWidget(plot)
    plot.set_theme(theme)
    plot.resize(470, 230)
    sign = -1.0 if negative else 1.0
    plot.set_data("train", EPOCHS, sign * TRAIN)
    plot.set_data("test", EPOCHS, sign * TEST)
    plot.set_x_range(0, 50)
    plot.set_y_range(*((-1.0, 0.0) if negative else (0.0, 1.0)))
    plot.show()
    activate(qtbot, plot)
    settle(plot)
    return plot


def settle(plot: CurvePlot) -> None:
    """Wait until the axes are as wide as their numbers: painting them may move the curves."""
    before = None
    while before != inside(plot):
        before = inside(plot)
        pixels(plot.view)
        QApplication.processEvents()


@pytest.fixture
def plot(qtbot: QtBot) -> CurvePlot:
    return make(qtbot)


def test_the_end_of_an_upright_axis_has_its_number(plot: CurvePlot) -> None:
    axis = plot.view.axes["left"]
    foot = QRect(0, 0, round(axis.width()) - 8, 14)
    foot.moveCenter(QPoint(foot.width() // 2, inside(plot).bottom()))
    assert (pixels(plot.view, foot).std(axis=(0, 1)) > 10).all()


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("most", [3e-9, 1.0])
def test_a_small_plot_has_all_its_numbers(qtbot: QtBot, most: float, percent: int) -> None:
    small = CurvePlot("SIZE", "step", CURVES[:1], "help", compact=True)
    qtbot.addWidget(small)
    font = small.font()
    font.setPointSizeF(font.pointSizeF() * percent / 100)
    small.setFont(font)
    small.resize(390, 180)
    small.set_data("train", EPOCHS, EPOCHS * most / 50)
    small.show()
    settle(small)
    axis, picture = small.view.axes["left"], pixels(small.view)
    ((_, places),) = axis.tickValues(*view_range(small)[1], inside(small).height())
    assert len(places) > 1
    for place in places:
        at = small.view.mapFromScene(small.box.mapViewToScene(QPointF(0, place))).y()
        number = picture[max(at - 4, 0) : at + 4, : round(axis.width()) - 6]
        assert number.std() > 10, place


@pytest.mark.parametrize("value", [0.0, 0.25, -0.5])
def test_a_flat_curve_is_seen_with_zero(qtbot: QtBot, value: float) -> None:
    flat = CurvePlot("SIZE", "step", CURVES[:1], "help")
    qtbot.addWidget(flat)
    flat.set_data("train", EPOCHS, np.full(len(EPOCHS), value))
    low, high = view_range(flat)[1]
    assert low <= min(value, 0) <= max(value, 0) <= high
    assert low > -0.1 or value < 0


@given(st.floats(1e-300, 1e300) | st.integers(-300, 300).map(lambda n: math.nextafter(10.0**n, 0)))
def test_a_round_number_below_is_never_far(value: float) -> None:
    assert 0.399 * value < round_below(value) <= value


@given(st.integers(0, 1000), st.integers(0, 1000))
@example(300, 700)
def test_round_ends_hold_what_lies_between(low: int, high: int) -> None:
    least, most = sorted((low / 1000, high / 1000))  # 0.7 - 0.3 is a little less than 0.4
    ends = round_ends(least, most)
    assert ends == pytest.approx((least, most), abs=0.26 * (most - least or most or 1))
    assert ends[0] <= least + 1e-12
    assert ends[1] >= most - 1e-12


def view_range(plot: CurvePlot) -> NDArray[np.float64]:
    """Return ((x low, x high), (y low, y high)) of what is in view, in places."""
    return np.array(plot.box.viewRange())


def point(plot: CurvePlot, x: float, y: float) -> QPoint:
    """Return where values are painted in the viewport, by the definition of the axes."""
    options = plot.options
    place_x = np.log10(x) if options.log_x else x
    place_y = (np.log10(y) if y > 0 else -np.log10(-y)) if options.log_y else y
    box = plot.box
    return plot.view.mapFromScene(box.mapViewToScene(QPointF(place_x, place_y)))


def inside(plot: CurvePlot) -> QRect:
    """Return the rectangle of the curves in the viewport."""
    box = plot.box
    return plot.view.mapFromScene(box.sceneBoundingRect()).boundingRect()


def hover_at(qtbot: QtBot, plot: CurvePlot, place: QPoint, words: str) -> str:
    """Move the pointer until the plot says these words; return all it says, without marks."""

    def moved() -> bool:
        for at in (place + QPoint(0, 1), place):
            hover(plot.view.viewport(), at)
        return plot.values.isVisible() and words in plot.values.text()

    wait_until(qtbot, moved)
    return plain(plot.values.text())


def plain(html: str) -> str:
    """Return rich text without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.replace("&nbsp;", " ")).split())


def turn_wheel(plot: CurvePlot, place: QPoint, notches: int) -> None:
    """Turn the wheel over the plot."""
    viewport = plot.view.viewport()
    none = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        QPointF(place),
        QPointF(viewport.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def near_colour(picture: NDArray[np.uint8], colour: str, tolerance: int = 30) -> NDArray[np.bool_]:
    """Return where a picture has about this colour."""
    return (np.abs(picture.astype(int) - np.array(rgb(colour))) <= tolerance).all(axis=-1)


def between(theme: Theme, colour: str, alpha: int) -> str:
    """Return what a translucent colour looks like on the surface of the plot."""
    mixed = [
        round((alpha * a + (255 - alpha) * b) / 255)
        for a, b in zip(rgb(colour), rgb(theme.surface), strict=True)
    ]
    return "#" + "".join(f"{value:02x}" for value in mixed)


def run(key: int, colour: str = "#c2185b", start: int = 0, **options: Any) -> RunCurves:
    """Return a run a little worse than the present one."""
    x = EPOCHS[start:]
    curves = (("train", x, TRAIN[start:] + 0.1), ("test", x, TEST[start:] + 0.15))
    return RunCurves(key, f"run {key}", colour, curves, **options)


@pytest.mark.parametrize("negative", [False, True], ids=["errors", "log-likelihoods"])
@pytest.mark.parametrize(
    "options", [PlotOptions(log_x=True), PlotOptions(log_y=True), LOG_LOG], ids=["x", "y", "xy"]
)
def test_everything_is_where_the_axes_say(
    qtbot: QtBot, options: PlotOptions, negative: bool
) -> None:
    plot = make(qtbot, negative=negative)
    plot.set_star(30, plot.main.data("test")[1][30])
    plot.marks.set_marker(5)
    plot.marks.set_ticks([(20, "learning rate 0.1 -> 0.5", "η 0.5")])
    plot.set_options(options)
    settle(plot)
    assert (plot.marks.star, plot.marks.marker, len(plot.marks.ticks)) == (
        (30, plot.main.data("test")[1][30]),
        5,
        1,
    )
    _, ys = plot.main.data("test")
    painted = pixels(plot.view)
    for epoch in (2, 3, 12, 40):
        at = point(plot, epoch, ys[epoch])
        near = painted[at.y() - 3 : at.y() + 4, at.x() - 5 : at.x() + 6]
        assert has_colour(near, LIGHT.test).any(), f"the curve misses epoch {epoch}"
    star = point(plot, 30, ys[30])
    middle = painted[star.y() - 3 : star.y() + 4, star.x() - 3 : star.x() + 4]
    assert near_colour(middle, LIGHT.best).sum() > 15
    assert column_colour(plot, painted, 5, LIGHT.text) > 0.5 * inside(plot).height()
    assert column_colour(plot, painted, 20, LIGHT.best) > 0.4 * inside(plot).height()
    for epoch in (2, 7, 41):
        words = hover_at(qtbot, plot, point(plot, epoch, ys[epoch]), f"epoch {epoch} ")
        assert f"test {exact_number(ys[epoch])}" in words
        with qtbot.waitSignal(plot.x_clicked) as clicked:
            click(qtbot, plot.view.viewport(), point(plot, epoch, ys[epoch]))
        assert clicked.args == [epoch]
    assert "learning rate" in hover_at(qtbot, plot, point(plot, 20, ys[20]), "epoch 20 ")


def column_colour(plot: CurvePlot, painted: NDArray[np.uint8], x: float, colour: str) -> int:
    """Return how many rows have a colour where an epoch is painted."""
    rect, at = inside(plot), point(plot, x, plot.main.data("test")[1][20]).x()
    strip = painted[rect.top() : rect.bottom(), at - 1 : at + 3]
    return int(near_colour(strip, colour, 125).any(axis=1).sum())  # it may lie between pixels


def test_better_stays_up_and_numbers_keep_their_sign(qtbot: QtBot) -> None:
    plot = make(qtbot, negative=True)
    plot.set_options(PlotOptions(log_y=True))
    assert point(plot, 20, -0.1).y() < point(plot, 20, -0.5).y()
    low, high = view_range(plot)[1]
    axis = plot.view.axes["left"]
    (_, places), _ = axis.tickValues(low, high, 150)
    strings = axis.tickStrings(places, 1.0, 1.0)
    assert axis.tickStrings([6.0, 8.0], 1.0, 1.0) == ["−1e−6", "−1e−8"]
    assert len(places) >= 2
    for place, words in zip(places, strings, strict=True):
        assert words.startswith(MINUS)
        assert -np.log10(float(words[1:])) == pytest.approx(place)


def test_epoch_0_is_left_out_of_a_log_axis_and_said_so(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.set_options(PlotOptions(log_x=True))
    assert plot.main.lines["train"].n_points == len(EPOCHS) - 1
    assert view_range(plot)[0][0] == pytest.approx(0.0, abs=0.1)  # 10^0: epoch 1
    left = inside(plot).topLeft() + QPoint(2, 40)
    assert "epoch 1 " in hover_at(qtbot, plot, left, "epoch 1 ")
    assert "Epoch 0 has no place" in plot.title.toolTip()
    plot.marks.set_marker(0)
    plot.set_star(0, 0.9)
    assert plot.marks.marker == 0  # known, but nowhere to be seen
    assert not has_colour(pixels(plot.view), LIGHT.best).any()
    plot.set_options(PlotOptions())
    assert has_colour(pixels(plot.view), LIGHT.best).any()


def test_the_tooltip_says_how_a_log_likelihood_is_drawn(qtbot: QtBot) -> None:
    plot = make(qtbot, negative=True)
    assert "|y|" not in plot.title.toolTip()
    plot.set_options(PlotOptions(log_y=True))
    assert "|y|" in plot.title.toolTip()


def test_a_log_plot_of_nothing_is_a_plot(qtbot: QtBot) -> None:
    empty = CurvePlot("LOSS", "step", CURVES, "help", log_y=True, negative=True)
    qtbot.addWidget(empty)
    empty.set_options(LOG_LOG)
    empty.set_x_range(0, 1)
    empty.set_y_range(-2.5, 0.0)
    empty.set_data("train", np.array([0.0]), np.array([0.0]))
    empty.show()
    assert np.isfinite(view_range(empty)).all()
    assert empty.main.lines["train"].n_points == 0


@pytest.mark.parametrize("scale", list(Scale))
def test_places_and_values_are_inverse(scale: Scale) -> None:
    sign = -1.0 if scale is Scale.NEGATIVE_LOG else 1.0
    values = np.sort(sign * np.array([1e-7, 0.02, 1.0, 3.5, 4e4]))
    places = scale.places(values)
    assert (np.diff(places) > 0).all()  # larger is always farther right or up
    np.testing.assert_allclose([scale.value_at(place) for place in places], values, rtol=1e-12)
    if scale.is_log:
        assert np.isnan(scale.places(np.array([0.0, -sign, np.nan]))).all()


@pytest.mark.parametrize("span", [(-3, 2), (0, 1.7), (-0.9, -0.1), (1.0, 1.02), (-12, 9)])
@pytest.mark.parametrize("size", [60, 150, 430, 1500])
def test_log_ticks_keep_their_distance_and_are_round(span: tuple[float, float], size: int) -> None:
    places = log_ticks(*span, size, 22)
    assert all(span[0] <= place <= span[1] for place in places)
    gaps = np.diff(places) * size / (span[1] - span[0])
    assert (gaps >= 22).all()
    if size >= 150:
        assert len(places) >= 2
    for place in places:
        digits = f"{10**place:.6e}".split("e")[0].rstrip("0").replace(".", "")
        assert len(digits) <= 4, f"{10**place} is not round"


def smoothed(values: NDArray[np.float64], n_points: int) -> list[float]:
    """Return the means that are drawn: the start stands alone."""
    return [float(values[0]), *moving_mean(values[1:], n_points)]


def test_the_start_pulls_no_mean_away(plot: CurvePlot) -> None:
    flat = np.full_like(EPOCHS, 0.2)
    flat[0] = 0.9
    plot.set_data("train", EPOCHS, flat)
    plot.set_options(PlotOptions(smoothing=9))
    np.testing.assert_allclose(plot.main.lines["train"].yData, flat)


@pytest.mark.parametrize("n_points", [n for n in SMOOTHINGS if n > 1])
def test_the_mean_is_drawn_before_the_curve_itself(qtbot: QtBot, n_points: int) -> None:
    plot = make(qtbot)
    plot.set_options(PlotOptions(smoothing=n_points))
    expected = smoothed(TRAIN, n_points)
    np.testing.assert_array_equal(plot.main.lines["train"].yData, expected)
    np.testing.assert_array_equal(plot.main.raw_line("train").yData, TRAIN)
    words = hover_at(qtbot, plot, point(plot, 9, TRAIN[9]), "epoch 9 ")
    assert f"train {TRAIN[9]:.4g} (mean {expected[9]:.4g})" in words
    assert f"n = {n_points}" in plot.title.toolTip()


def test_a_mean_that_is_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match=r"smoothing is one of .*, not 4"):
        PlotOptions(smoothing=4)


@THEMES
def test_the_curve_itself_is_faint_behind(qtbot: QtBot, theme: Theme) -> None:
    plot = make(qtbot, theme)
    plot.set_y_range(0, 0.4)
    plot.set_data("test", EPOCHS[:0], EPOCHS[:0])
    noisy = 0.2 + 0.15 * (-1.0) ** EPOCHS
    plot.set_data("train", EPOCHS, noisy)
    assert has_colour(pixels(plot.view), theme.train).sum() > 1500
    plot.set_options(PlotOptions(smoothing=21))
    painted = pixels(plot.view)
    faint = near_colour(painted, between(theme, theme.train, 85), 12)
    middle = point(plot, 25, 0.2).y()
    assert has_colour(painted[middle - 10 : middle + 10], theme.train).sum() > 400
    assert faint[: middle - 20].sum() > 200, "the curve itself is not behind"
    assert not has_colour(painted[: middle - 20, 150:400], theme.train).any()
    plot.set_options(PlotOptions())
    assert plot.main.raw_line("train").n_points == 0
    assert has_colour(pixels(plot.view), theme.train).sum() > 1500


def drag_values(plot: CurvePlot, start: tuple[float, float], end: tuple[float, float]) -> None:
    QTest.qWait(20)  # pyqtgraph looks at a hundred moves a second only
    drag(plot.view.viewport(), point(plot, *start), point(plot, *end))


def test_a_dragged_rectangle_is_what_is_seen(plot: CurvePlot, qtbot: QtBot) -> None:
    whole = view_range(plot)
    with qtbot.assertNotEmitted(plot.x_clicked):
        drag_values(plot, (10, 0.5), (30, 0.1))
    np.testing.assert_allclose(view_range(plot), [(10, 30), (0.1, 0.5)], atol=0.15)
    assert plot.box.depth
    assert plot.zoom_sign.isVisible()
    assert "zoomed, double-click for all" in plot.zoom_sign.toolTip()
    assert plot.zoom_sign.width() >= plot.zoom_sign.sizeHint().width()  # its words are not cut
    click(qtbot, plot.zoom_sign)
    np.testing.assert_allclose(view_range(plot), whole)
    assert not plot.box.depth
    assert not plot.zoom_sign.isVisible()


def test_a_flat_drag_chooses_epochs_only(plot: CurvePlot) -> None:
    _, y = view_range(plot)
    drag_values(plot, (10, 0.5), (30, 0.5))
    np.testing.assert_allclose(view_range(plot), [(10, 30), y], atol=0.15)


def test_back_goes_step_by_step_and_by_three_ways(plot: CurvePlot, qtbot: QtBot) -> None:
    views = [view_range(plot)]
    for start, end in (((5, 0.8), (40, 0.1)), ((10, 0.6), (30, 0.2)), ((12, 0.5), (20, 0.3))):
        drag_values(plot, start, end)
        views.append(view_range(plot))
    viewport = plot.view.viewport()
    middle = inside(plot).center()
    with qtbot.assertNotEmitted(plot.x_clicked, wait=600):  # it was no click, however slow
        qtbot.mousePress(viewport, LEFT, pos=middle)
        qtbot.mouseRelease(viewport, LEFT, pos=middle)
        qtbot.wait(QApplication.doubleClickInterval() - 50)
        qtbot.mouseDClick(viewport, LEFT, pos=middle)
        qtbot.mouseRelease(viewport, LEFT, pos=middle)
    np.testing.assert_allclose(view_range(plot), views[2])
    plot.view.setFocus()
    qtbot.keyClick(plot.view, Qt.Key.Key_Backspace)
    np.testing.assert_allclose(view_range(plot), views[1])
    plot.menu.back.trigger()
    np.testing.assert_allclose(view_range(plot), views[0])
    assert not plot.box.depth


def test_escape_shows_the_whole_at_once(plot: CurvePlot, qtbot: QtBot) -> None:
    whole = view_range(plot)
    drag_values(plot, (5, 0.8), (40, 0.1))
    drag_values(plot, (10, 0.6), (30, 0.2))
    plot.view.setFocus()
    qtbot.keyClick(plot.view, Qt.Key.Key_Escape)
    np.testing.assert_allclose(view_range(plot), whole)


def test_a_click_goes_to_the_epoch_zoomed_or_not(plot: CurvePlot, qtbot: QtBot) -> None:
    viewport = plot.view.viewport()
    with qtbot.waitSignal(plot.x_clicked) as clicked:
        click(qtbot, viewport, point(plot, 17, 0.4))
    assert clicked.args == [17]
    drag_values(plot, (10, 0.5), (30, 0.1))
    with qtbot.waitSignal(plot.x_clicked) as clicked:
        click(qtbot, viewport, point(plot, 21, 0.3))
    assert clicked.args == [21]
    assert plot.box.depth


def test_the_ranges_told_meanwhile_wait_for_the_way_back(plot: CurvePlot, qtbot: QtBot) -> None:
    drag_values(plot, (10, 0.5), (30, 0.1))
    zoomed = view_range(plot)
    plot.set_x_range(0, 80)
    plot.set_y_range(0, 0.7)
    plot.set_data("train", EPOCHS, TRAIN)
    np.testing.assert_array_equal(view_range(plot), zoomed)
    qtbot.keyClick(plot.view, Qt.Key.Key_Backspace)
    fresh = make(qtbot)
    fresh.set_x_range(0, 80)
    fresh.set_y_range(0, 0.7)
    np.testing.assert_allclose(view_range(plot), view_range(fresh))


def test_the_wheel_zooms_about_the_pointer_and_back_out(plot: CurvePlot, qtbot: QtBot) -> None:
    whole = view_range(plot)
    at = point(plot, 12, 0.3)
    for _ in range(3):
        turn_wheel(plot, at, 1)
    assert (np.diff(view_range(plot)) < 0.6 * np.diff(whole)).all()
    assert (point(plot, 12, 0.3) - at).manhattanLength() <= 3
    assert plot.box.depth
    qtbot.keyClick(plot.view, Qt.Key.Key_Backspace)  # all of the turning is one step
    np.testing.assert_allclose(view_range(plot), whole)
    turn_wheel(plot, at, 2)
    for _ in range(6):
        turn_wheel(plot, inside(plot).center(), -2)
    np.testing.assert_allclose(view_range(plot), whole)
    assert not plot.box.depth


def test_the_keyboard_zooms_and_moves(plot: CurvePlot, qtbot: QtBot) -> None:
    whole = view_range(plot)
    plot.view.setFocus()
    for _ in range(4):
        qtbot.keyClick(plot.view, Qt.Key.Key_Plus)
    before = view_range(plot)
    assert (np.diff(before) < 0.5 * np.diff(whole)).all()
    qtbot.keyClick(plot.view, Qt.Key.Key_Right)
    qtbot.keyClick(plot.view, Qt.Key.Key_Up)
    assert (view_range(plot) > before).all()
    for _ in range(40):
        qtbot.keyClick(plot.view, Qt.Key.Key_Right)
    assert view_range(plot)[0][1] == pytest.approx(whole[0][1])  # no farther than the whole
    for _ in range(12):
        qtbot.keyClick(plot.view, Qt.Key.Key_Minus)
    np.testing.assert_allclose(view_range(plot), whole)


def test_a_zoom_keeps_its_values_on_other_axes(plot: CurvePlot) -> None:
    drag_values(plot, (10, 0.5), (30, 0.1))
    plot.set_options(LOG_LOG)
    np.testing.assert_allclose(10 ** view_range(plot), [(10, 30), (0.1, 0.5)], rtol=0.03)
    plot.box.show_whole()
    QTest.qWait(20)
    drag(plot.view.viewport(), inside(plot).center() - QPoint(60, 40), inside(plot).center())
    assert plot.box.depth
    plot.set_options(PlotOptions())
    assert plot.box.depth


def test_following_the_curves_is_what_a_zoom_comes_back_to(qtbot: QtBot) -> None:
    plot = CurvePlot("SIZE", "step", CURVES, "help", compact=True)
    qtbot.addWidget(plot)
    plot.resize(300, 130)
    plot.set_x_range(0, 50)
    plot.show()
    assert plot.options_menu is None
    plot.set_data("train", EPOCHS, TRAIN)
    pixels(plot)
    drag(plot.view.viewport(), point(plot, 10, 0.4), point(plot, 30, 0.4))
    plot.set_data("train", EPOCHS, 100 * TRAIN)
    pixels(plot)
    assert view_range(plot)[1][1] < 2
    plot.box.show_whole()
    pixels(plot)
    assert view_range(plot)[1][1] > 80


def test_the_menu_chooses_and_tells(plot: CurvePlot) -> None:
    told: list[PlotOptions] = []
    plot.options_changed.connect(told.append)
    assert plot.options_menu is plot.menu
    plot.menu.log_x.trigger()
    plot.menu.smoothing[9].trigger()
    assert told == [PlotOptions(log_x=True), PlotOptions(log_x=True, smoothing=9)]
    assert plot.options == told[-1]
    assert plot.menu.smoothing[9].isChecked()
    assert not plot.menu.smoothing[1].isChecked()
    assert plot.legend.notes == "log, mean of 9"
    plot.set_options(told[-1])
    assert len(told) == 2  # nothing new


def test_a_smoothing_that_is_not_offered_is_refused() -> None:
    with pytest.raises(ValueError, match="not 4"):
        PlotOptions(smoothing=4)


def test_sister_plots_can_follow_each_other(qtbot: QtBot) -> None:
    one, other = make(qtbot), make(qtbot, negative=True)
    one.options_changed.connect(other.set_options)
    other.options_changed.connect(one.set_options)
    other.menu.log_x.trigger()
    assert one.options == other.options == PlotOptions(log_x=True)


def test_zooming_back_is_offered_only_where_there_is_a_back(plot: CurvePlot) -> None:
    assert not plot.menu.back.isEnabled()
    drag_values(plot, (10, 0.5), (30, 0.1))
    assert plot.menu.back.isEnabled()
    plot.menu.whole.trigger()
    assert not plot.menu.whole.isEnabled()


@THEMES
def test_runs_are_seen_in_their_colours(qtbot: QtBot, theme: Theme) -> None:
    plot = make(qtbot, theme)
    colours = ["#c2185b", "#2e7d32"]
    plot.set_runs([run(2, colours[0]), run(3, colours[1], strong=True)])
    painted = pixels(plot.view)
    thin = near_colour(painted, between(theme, colours[0], 175), 70).sum()
    assert thin > 40
    assert has_colour(painted, colours[1]).sum() > 300  # bold and opaque
    assert plot.runs.lines(3)[0].pen.widthF() == 2
    assert plot.runs.lines(2)[0].pen.widthF() == 1
    assert plot.runs.lines(2)[1].pen.style() == Qt.PenStyle.DashLine
    assert has_colour(painted, theme.train).any()
    plot.set_runs([])
    assert not near_colour(pixels(plot.view), colours[1], 10).any()


def count_stills(plot: CurvePlot, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Return a list that grows whenever all that stands still is painted."""
    painted: list[None] = []
    render = plot.view.render

    def counted(*args: Any) -> None:
        painted.append(None)
        render(*args)

    monkeypatch.setattr(plot.view, "render", counted)
    QTest.qWait(50)
    painted.clear()
    return painted


def test_a_curve_that_grows_costs_no_axes_and_no_other_curves(
    plot: CurvePlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot.set_runs([run(1)])
    plot.set_bands([Band(2, "band", "#2e7d32", EPOCHS, TRAIN, TRAIN + 0.1, TRAIN + 0.2)])
    stills = count_stills(plot, monkeypatch)
    painted = Painted(plot.view.viewport())
    for n in range(40, 51):
        painted.forget()
        plot.set_data("train", EPOCHS[:n], TRAIN[:n])
        plot.set_star(EPOCHS[n - 1], TRAIN[n - 1])
        plot.marks.set_marker(EPOCHS[n - 2])
        plot.marks.set_ticks([(EPOCHS[n - 3], "learning rate 1", "lr 1")])
        painted.settle()
        assert painted.n_paints >= 1
        assert inside(plot).adjusted(-12, -2, 12, 2).contains(painted.region.boundingRect())
    assert not stills


def test_a_pointer_that_moves_costs_no_axes_and_no_curves(
    plot: CurvePlot, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stills = count_stills(plot, monkeypatch)
    for epoch in (5, 20, 45):
        hover_at(qtbot, plot, point(plot, epoch, 0.5), f"epoch {epoch} ")
        QTest.qWait(20)
    assert not stills


@pytest.mark.parametrize(
    "change",
    [
        lambda plot: plot.set_y_range(0.0, 0.5),
        lambda plot: plot.set_x_range(0.0, 90.0),
        lambda plot: plot.set_runs([run(1)]),
        lambda plot: plot.set_bands([Band(2, "", "#2e7d32", EPOCHS, TRAIN, TRAIN, TRAIN + 1)]),
        lambda plot: plot.set_options(LOG_LOG),
        lambda plot: plot.set_theme(DARK),
        lambda plot: plot.resize(500, 260),
    ],
    ids=["y range", "x range", "runs", "bands", "options", "theme", "size"],
)
def test_what_stands_still_is_painted_anew_once_it_is_another(
    plot: CurvePlot, change: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stills = count_stills(plot, monkeypatch)
    change(plot)
    wait_for_paint = Painted(plot.view.viewport())
    wait_for_paint.settle()
    assert stills
    shown = pixels(plot.view)
    QTest.qWait(50)
    np.testing.assert_array_equal(pixels(plot.view), shown)  # nothing was still to come


def test_a_plot_told_the_same_again_is_not_painted(plot: CurvePlot) -> None:
    plot.set_star(7.0, 0.2)
    plot.marks.set_marker(5.0)
    painted = Painted(plot.view.viewport())
    plot.set_star(7.0, 0.2)
    plot.marks.set_marker(5.0)
    plot.set_x_range(0, 50)
    plot.set_y_range(0.0, 1.0)
    plot.set_theme(LIGHT)
    painted.settle()
    assert painted.n_paints == 0


def test_only_what_differs_is_touched(plot: CurvePlot, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[CurveLine] = []
    original = CurveLine.set_points

    def set_points(line: CurveLine, x: Any, y: Any) -> None:
        drawn.append(line)
        original(line, x, y)

    monkeypatch.setattr(CurveLine, "set_points", set_points)
    plot.set_runs([run(1), run(2), run(3)])
    assert len(drawn) == 6
    lines = {key: plot.runs.lines(key) for key in (1, 2, 3)}
    drawn.clear()
    plot.set_runs([run(3), run(2, "#000000"), run(1, strong=True)])  # equal values, new arrays
    assert not drawn
    assert {key: plot.runs.lines(key) for key in (1, 2, 3)} == lines
    assert plot.runs.lines(2)[0].pen.color().name() == "#000000"
    longer = replace(run(2), curves=(("train", EPOCHS, 2 * TRAIN), run(2).curves[1]))
    plot.set_runs([run(1), longer, run(4)])
    assert set(drawn) == {*lines[2], *plot.runs.lines(4)}
    assert [r.key for r in plot.runs.runs] == [1, 2, 4]
    plot.set_runs([replace(run(1), curves=run(1).curves[:1])])
    assert len(plot.runs.lines(1)) == 1


@THEMES
def test_a_branch_begins_with_a_dot(qtbot: QtBot, theme: Theme) -> None:
    plot = make(qtbot, theme)
    plot.set_runs([run(2, "#c2185b", start=20)])
    at = point(plot, 20, TRAIN[20] + 0.1)
    around = pixels(plot.view)[at.y() - 4 : at.y() + 5, at.x() - 4 : at.x() + 5]
    assert near_colour(around, "#c2185b", 80).sum() > 22
    plot.set_runs([run(2, "#c2185b", start=0)])
    around = pixels(plot.view)[at.y() - 4 : at.y() + 5, at.x() - 4 : at.x() + 5]
    assert near_colour(around, "#c2185b", 80).sum() < 20


def test_the_present_run_may_be_a_branch(plot: CurvePlot) -> None:
    plot.set_data("train", EPOCHS[10:], TRAIN[10:])
    at = point(plot, 10, TRAIN[10])
    around = pixels(plot.view)[at.y() - 4 : at.y() + 5, at.x() - 5 : at.x()]
    assert near_colour(around, LIGHT.train, 80).sum() > 9


def test_runs_are_smoothed_alike_but_read_exactly(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.set_runs([run(2)])
    plot.set_options(PlotOptions(smoothing=9))
    np.testing.assert_allclose(plot.runs.lines(2)[0].yData, smoothed(TRAIN + 0.1, 9))
    words = hover_at(qtbot, plot, point(plot, 9, 0.5), "epoch 9 ")
    assert f"run 2 {TRAIN[9] + 0.1:.4g} {TEST[9] + 0.15:.4g}" in words


def test_hovering_reads_all_runs_that_were_there(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.resize(900, 600)
    short = tuple((name, x[:20], y[:20]) for name, x, y in run(5).curves)
    plot.set_runs([run(2), run(3, start=20), run(4, strong=True), replace(run(5), curves=short)])
    words = hover_at(qtbot, plot, point(plot, 12, 0.5), "epoch 12 ")
    assert "run 3" not in words  # not begun
    assert "run 5" in words
    assert words.index("run 4") < words.index("run 2")  # the reference first
    assert f"train {TRAIN[12]:.4g} test {TEST[12]:.4g}" in words
    words = hover_at(qtbot, plot, point(plot, 30, 0.5), "epoch 30 ")
    assert "run 3" in words
    assert "run 5" not in words  # ended


def test_what_has_no_room_is_counted_and_nothing_leaves_the_plot(
    plot: CurvePlot, qtbot: QtBot
) -> None:
    plot.set_runs([run(key) for key in range(20)])
    for epoch in (3, 20, 26, 48):
        words = hover_at(qtbot, plot, point(plot, epoch, 0.5), f"epoch {epoch} ")
        found = re.search(r"and (\d+) more", words)
        assert found is not None
        assert len(re.findall(r"run \d+", words)) + int(found.group(1)) == 20
        rect = inside(plot).translated(plot.view.pos())
        assert rect.contains(plot.values.geometry()), f"{plot.values.geometry()} leaves {rect}"


def test_the_box_keeps_away_from_the_pointer(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.set_runs([run(2), run(3)])
    rect = inside(plot)
    for x in [*range(rect.left() + 2, rect.right(), 7), *range(rect.right() - 2, rect.left(), -7)]:
        place = QPoint(x, rect.top() + 30)
        hover_at(qtbot, plot, place, "epoch")
        wait_until(qtbot, lambda place=place: moved_away(plot, place))
    assert plot.values.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def moved_away(plot: CurvePlot, place: QPoint) -> bool:
    for at in (place + QPoint(0, 1), place):
        hover(plot.view.viewport(), at)
    return not plot.values.geometry().contains(place + plot.view.pos())


def test_a_small_plot_reads_its_curves_within_itself(qtbot: QtBot) -> None:
    plot = CurvePlot("PROBABILITY", "step", CURVES, "help", compact=True)
    qtbot.addWidget(plot)
    plot.set_x_range(0, 50)
    plot.set_data("train", EPOCHS, TRAIN)
    plot.set_data("test", EPOCHS, TEST)
    plot.show()
    heights = []
    for width in (420, 220):
        plot.resize(width, 140)
        pixels(plot)
        words = hover_at(qtbot, plot, inside(plot).center() + QPoint(30, 20), "step ")
        assert "train" in words
        assert "test" in words
        assert inside(plot).translated(plot.view.pos()).contains(plot.values.geometry())
        heights.append(plot.values.height())
    assert heights[1] > heights[0]  # where it is narrow, one value a line


def test_strange_names_are_shown_as_they_are(plot: CurvePlot, qtbot: QtBot) -> None:
    plot.set_runs([replace(run(2), name="<b>&x</b>")])
    hover_at(qtbot, plot, point(plot, 12, 0.5), "epoch 12 ")
    assert "&lt;b&gt;&amp;x&lt;/b&gt;" in plot.values.text()


@pytest.mark.parametrize("scale", [Scale.LINEAR, Scale.LOG])
def test_the_nearest_point_is_that_of_a_plain_search(scale: Scale) -> None:
    rng = np.random.default_rng(0)
    x = np.unique(np.concatenate(([0.0], np.round(rng.uniform(0, 100, 40), 1))))
    for at in rng.uniform(0.05, 110, 300):
        places = scale.places(x)
        expected = int(np.nanargmin(np.abs(places - scale.place(at))))
        assert nearest_index(x, at, scale) == expected


@THEMES
@pytest.mark.parametrize("options", [PlotOptions(), LOG_LOG], ids=["linear", "log"])
def test_a_band_is_filled_behind_everything(
    qtbot: QtBot, theme: Theme, options: PlotOptions
) -> None:
    plot = make(qtbot, theme)
    plot.set_options(options)
    flat = np.ones_like(EPOCHS)
    band = Band(7, "5 seeds", "#2e7d32", EPOCHS, 0.4 * flat, 0.6 * flat, 0.9 * flat)
    plot.set_bands([band])
    painted = pixels(plot.view)
    filled = near_colour(painted, between(theme, "#2e7d32", 50), 14)
    for y, is_in in ((0.45, True), (0.77, True), (0.3, False), (0.98, False)):
        at = point(plot, 33.5, y)
        assert filled[at.y() - 1 : at.y() + 2, at.x()].all() == is_in, f"at {y}"
    median = point(plot, 33.5, 0.6)
    # Its edges are smooth: between two rows of pixels it is paler than its colour.
    assert near_colour(painted[median.y() - 2 : median.y() + 3, median.x()], "#2e7d32", 90).any()
    words = hover_at(qtbot, plot, point(plot, 33, 0.95), "epoch 33 ")
    assert "5 seeds 0.6 [0.4, 0.9]" in words
    plot.set_bands([])
    assert plot.bands.bands == ()
    assert not near_colour(pixels(plot.view), between(theme, "#2e7d32", 50), 4).any()


def test_a_band_has_a_gap_where_nothing_is_known(plot: CurvePlot) -> None:
    high = np.full_like(EPOCHS, 0.9)
    high[20:30] = np.nan
    plot.set_bands([Band(1, "b", "#2e7d32", EPOCHS, high - 0.4, high - 0.2, high)])
    filled = near_colour(pixels(plot.view), between(LIGHT, "#2e7d32", 50), 14)
    for epoch, is_in in ((15, True), (25, False), (35, True)):
        at = point(plot, epoch + 0.5, 0.85)
        assert filled[at.y(), at.x()] == is_in


@THEMES
def test_a_label_stands_beside_its_line(qtbot: QtBot, theme: Theme) -> None:
    plot = make(qtbot, theme)
    plot.marks.set_ticks([(25, "learning rate 0.1 -> 0.5", "η 0.5")])
    assert plot.marks.tick_labels == ["η 0.5"]
    at, top = point(plot, 25, 0.5).x(), inside(plot).top()
    label = near_colour(pixels(plot.view)[top : top + 18, at + 3 : at + 40], theme.best, 60)
    assert label.sum() > 15
    plot.marks.set_ticks([(25, "learning rate 0.1 -> 0.5", "")])
    assert plot.marks.tick_labels == []
    label = near_colour(pixels(plot.view)[top : top + 18, at + 3 : at + 40], theme.best, 60)
    assert not label.any()
    assert len(plot.marks.ticks) == 1


@pytest.mark.parametrize("at_foot", [False, True])
def test_a_label_keeps_off_curves_or_is_left_out(qtbot: QtBot, at_foot: bool) -> None:
    x = np.arange(51.0)
    plot = CurvePlot("Error", "epoch", (Curve("test", "test"),), "", negative=at_foot)
    qtbot.addWidget(plot)
    plot.resize(470, 230)
    plot.set_x_range(0, 50)
    plot.set_y_range(-1.0, 0.0)
    plot.marks.set_ticks([(25, "learning rate 0.1 -> 0.5", "η 0.5")])
    head, foot, middle = (np.full(51, y) for y in (-0.01, -0.99, -0.5))
    for y in (middle, foot if at_foot else head, head if at_foot else foot):
        plot.set_data("test", x, y)
        settle(plot)
        assert plot.marks.tick_labels == ["η 0.5"]
        (label,) = plot.marks.boxes()
        place = plot.box.childTransform().map(QPointF(25, float(y[0])))
        assert not label.top() - 1 < place.y() < label.bottom() + 1
        assert plot.box.rect().contains(label)
    plot.set_data("test", np.array([0.0, 25.5, 26.0, 50.0]), np.array([0.0, 0.0, -1.0, -1.0]))
    settle(plot)
    assert plot.marks.tick_labels == []  # the line still says at which epoch


def test_many_labels_leave_each_other_room(plot: CurvePlot) -> None:
    plot.marks.set_ticks([(5 + 1.5 * i, f"change {i}", f"η {i}") for i in range(30)])
    assert len(plot.marks.ticks) == 30
    assert "η 29" in plot.marks.tick_labels
    n_narrow = len(plot.marks.tick_labels)
    assert 2 < n_narrow < 30
    plot.resize(1400, 400)
    pixels(plot)
    assert len(plot.marks.tick_labels) > n_narrow
    drag_values(plot, (10, 0.5), (16, 0.5))
    assert all(10 <= 5 + 1.5 * int(label[2:]) <= 16 for label in plot.marks.tick_labels)


def test_of_a_long_curve_every_peak_is_kept() -> None:
    rng = np.random.default_rng(1)
    x, y = np.arange(10_000.0), rng.standard_normal(10_000)
    xs, ys = peaks(x, y, np.arange(400) * 25.0)
    assert len(xs) == len(ys) == 800
    for column in range(400):
        inside_column = y[(x >= 25 * column) & (x < 25 * (column + 1))]
        pair = ys[2 * column : 2 * column + 2]
        assert list(pair) == [inside_column.min(), inside_column.max()]


def test_a_long_curve_follows_view_and_size(plot: CurvePlot) -> None:
    x = np.arange(100_000.0)
    y = 0.5 + 0.1 * np.sin(x / 3000)
    y[44_444] = 0.95  # one point of many must be seen
    plot.set_data("train", x, y)
    plot.set_data("test", x, y - 0.3)
    plot.set_x_range(0, 100_000)
    line = plot.main.lines["train"]
    assert line.n_points == 100_000
    assert len(line.xData) < 3000
    assert line.yData.max() == 0.95
    at = point(plot, 44_444, 0.93)
    around = pixels(plot.view)[at.y() - 2 : at.y() + 3, at.x() - 3 : at.x() + 4]
    assert has_colour(around, LIGHT.train).any()
    assert has_colour(pixels(plot.view), LIGHT.test).sum() > 200  # in dashes
    before = len(line.xData)
    plot.resize(1400, 500)
    pixels(plot)
    assert len(line.xData) > 2 * before
    drag_values(plot, (42_000, 0.5), (48_000, 0.5))
    assert line.xData[0] >= 40_000
    assert 0.95 in line.yData


def test_a_long_curve_is_whole_at_the_left_of_a_log_axis(plot: CurvePlot) -> None:
    x = np.arange(100_000.0)
    plot.set_data("train", x, 0.5 + 0.2 * np.sin(x))
    plot.set_x_range(0, 100_000)
    plot.set_options(PlotOptions(log_x=True))
    assert set(np.log10(np.arange(1.0, 20))) <= set(plot.main.lines["train"].xData)


def entries(plot: CurvePlot) -> list[str]:
    """Return what the legend says of each curve."""
    return plot.legend.words


def test_the_legend_tells_the_values_at_the_pointer_else_at_the_mark(
    plot: CurvePlot, qtbot: QtBot
) -> None:
    def values(epoch: int) -> list[str]:
        return [f"train {TRAIN[epoch]:.3f}", f"test {TEST[epoch]:.3f}"]

    assert entries(plot) == values(50)  # the last
    plot.marks.set_marker(31)
    assert entries(plot) == values(31)
    before = pixels(plot.legend)
    hover_at(qtbot, plot, point(plot, 12, 0.5), "epoch 12 ")
    assert entries(plot) == values(12)
    assert not np.array_equal(pixels(plot.legend), before)
    QApplication.sendEvent(plot.view, QEvent(QEvent.Type.Leave))
    assert entries(plot) == values(31)


def test_where_it_is_narrow_the_legend_keeps_the_lines(plot: CurvePlot) -> None:
    plot.legend.set_words(star="best 21", notes="log")
    plot.resize(900, 230)
    assert has_colour(pixels(plot.legend), LIGHT.best).any()
    for width in (240, 170):
        plot.resize(width, 230)
        painted = pixels(plot.legend)
        assert has_colour(painted, LIGHT.train).any(), f"{width} wide"
        assert has_colour(painted, LIGHT.test).any(), f"{width} wide"
        assert not has_colour(painted[:, -2:], LIGHT.test).any()  # nothing is cut


def test_a_legend_gives_up_long_names_before_values_and_values_before_names(
    qtbot: QtBot,
) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    solid = Qt.PenStyle.SolidLine
    legend.set_entries(
        [Entry("read as 3", "0.983", "bad", solid, "as 3"), Entry("as 5", "0.015", "good", solid)]
    )
    legend.set_words(star="best 21", notes="log")

    def told(width: int) -> tuple[list[str], str, str]:
        legend.resize(width, 20)
        words, _, notes, star = legend.fitting()
        return words, notes, star

    full, short = ["read as 3 0.983", "as 5 0.015"], ["as 3 0.983", "as 5 0.015"]
    wide = [told(width) for width in range(600, 20, -1)]
    order = [said for i, said in enumerate(wide) if i == 0 or said != wide[i - 1]]
    assert order[:2] == [(full, "log", "best 21"), (full, "", "best 21")]
    names, nothing = (["as 3", "as 5"], "", ""), (["", ""], "", "")
    assert order.index((short, "", "")) < order.index(names) < order.index(nothing)
    legend.is_named_beside = True
    beside = [told(width) for width in range(600, 20, -1)]
    assert beside.index((["0.983", "0.015"], "", "")) < beside.index(names)


@pytest.mark.parametrize("size", [(470, 230), (1200, 700)], ids=str)
def test_on_the_stage_names_stand_at_the_ends_and_on_nothing_else(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    plot = make(qtbot)
    plot.set_runs([run(3), run(4, "#00796b"), run(5, "run 2")])
    pixels(plot.view)
    assert plot.ends.placed == ()
    plot.set_theme(STAGE)
    plot.resize(*size)
    plot.set_star(50, float(TEST[-1]))
    settle(plot)
    names = plot.ends.placed
    assert {"train", "test"} <= {name.words for name in names} or size[0] < 1000
    assert names
    painted = pixels(plot.view)
    for i, name in enumerate(names):
        assert plot.box.rect().contains(name.rect)
        assert not any(name.rect.intersects(other.rect) for other in names[i + 1 :])
        assert not any(name.rect.intersects(box) for box in plot.marks.boxes())
        place = plot.box.mapRectToScene(name.rect)
        there = plot.view.mapFromScene(place).boundingRect().intersected(plot.view.rect())
        part = painted[there.top() : there.bottom(), there.left() : there.right()]
        others = () if name.is_main else (*plot.runs.lines(3), *plot.runs.lines(4))
        for line in (*plot.main.lines.values(), *others):
            x, y = line.places
            across = np.linspace(name.rect.left(), name.rect.right(), 200)
            scene = [plot.box.mapToView(QPointF(at, 0)).x() for at in across]
            heights = np.interp(scene, x, y)
            low, high = (plot.box.mapToView(QPointF(0, at)).y() for at in (
                name.rect.bottom(), name.rect.top()))  # fmt: skip
            assert ((heights < low) | (heights > high)).all(), name.words
        assert near_colour(part, STAGE.colour(name.colour), 60).sum() > 20, name.words


def test_own_curves_are_named_whatever_other_runs_are_beside_them(qtbot: QtBot) -> None:
    plot = make(qtbot, STAGE)
    others = [
        replace(run(key), curves=(("train", EPOCHS, TRAIN + off), ("test", EPOCHS, TEST + off)))
        for key, off in enumerate(np.arange(-2, 13) * 0.02, 3)
    ]
    plot.set_runs(others)
    plot.resize(1200, 700)
    settle(plot)
    placed = [name.words for name in plot.ends.placed]
    assert placed[:2] == ["train", "test"]
    for name in plot.ends.placed[:2]:
        line = plot.main.lines[name.words]
        end = plot.box.mapFromView(QPointF(*(float(at[-1]) for at in line.places))).y()
        away = max(name.rect.top() - end, end - name.rect.bottom())
        assert away < name.rect.height(), name.words


def test_a_curve_of_one_point_has_its_name_beside_it(qtbot: QtBot) -> None:
    plot = make(qtbot, STAGE)
    for name in ("train", "test"):
        plot.set_data(name, EPOCHS[20:21], np.array([0.5 if name == "train" else 0.2]))
    settle(plot)
    assert [name.words for name in plot.ends.placed] == ["train", "test"]
    train, test = (name.rect.center().y() for name in plot.ends.placed)
    assert train < test


def test_a_runaway_is_cut_at_the_edge_with_an_arrow_and_short_words(qtbot: QtBot) -> None:
    plot = make(qtbot, negative=True)
    before = pixels(plot.view)
    wild = -TEST.copy()
    wild[40:] = -8.123e34
    plot.set_data("test", EPOCHS, wild)
    plot.set_runs([replace(run(3), curves=(("test", EPOCHS, wild * 100),))])
    assert [end.words for end in plot.edges.found()] == [
        f"test down to {MINUS}8e34",
        f"run 3 down to {MINUS}8e36",
    ]
    foot = inside(plot)
    strip = np.s_[foot.bottom() - 20 : foot.bottom() + 1, foot.center().x() :]
    assert near_colour(pixels(plot.view)[strip], LIGHT.test, 60).sum() > 100
    assert not near_colour(before[strip], LIGHT.test, 60).any()
    assert entries(plot)[1] == f"test {MINUS}8e34"
    assert view_range(plot)[1] == pytest.approx((-1.02, 0.02))
    drag_values(plot, (10, -0.5), (30, -0.1))
    assert plot.edges.found() == []  # who looks closer knows that there is more


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_number_is_long(value: float) -> None:
    assert len(short_number(value)) <= 9


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_lines_are_as_thick_on_a_screen_with_more_pixels(plot: CurvePlot, ratio: float) -> None:
    plot.set_runs([run(2), run(3, strong=True)])
    plot.set_thickness(ratio)
    assert plot.main.lines["train"].pen.widthF() == 2 * ratio
    assert plot.runs.lines(2)[0].pen.widthF() == ratio
    assert plot.runs.lines(3)[0].pen.widthF() == 2 * ratio


def test_a_range_is_found_again_after_a_runaway(plot: CurvePlot) -> None:
    plot.set_y_range(-4e24, 0.0)
    plot.set_y_range(-0.7, -0.1)
    assert view_range(plot)[1] == pytest.approx((-0.712, -0.088))


def test_what_stands_still_lies_under_the_curves_on_a_screen_with_more_pixels(
    plot: CurvePlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plot.view, "devicePixelRatioF", lambda: 2.0)
    plot.set_runs([replace(run(2, "#c2185b", strong=True), curves=(("train", EPOCHS, TRAIN),))])
    plot.set_data("train", EPOCHS[:0], EPOCHS[:0])
    pixels(plot.view)
    still = plot.view._still.toImage()
    assert still.devicePixelRatio() == 2
    assert still.width() == 2 * plot.view.viewport().width()
    at = point(plot, 20, TRAIN[20]) * 2
    near = [still.pixelColor(at.x(), at.y() + d).name() for d in range(-5, 6)]
    assert "#c2185b" in near


@pytest.mark.parametrize("epoch", [10, 20, 30])
def test_no_line_of_the_grid_lies_over_the_curve_of_a_run(plot: CurvePlot, epoch: int) -> None:
    plot.set_runs([replace(run(2, "#c2185b", strong=True), curves=(("train", EPOCHS, TRAIN),))])
    plot.set_data("train", EPOCHS[:0], EPOCHS[:0])
    settle(plot)
    assert epoch in plot.view.axes["bottom"].tickValues(0, 50, 400)[0][1]
    at = point(plot, epoch, TRAIN[epoch])
    around = near_colour(
        pixels(plot.view)[at.y() - 4 : at.y() + 5, at.x() - 3 : at.x() + 4], "#c2185b"
    )
    assert around.any(axis=0).all()


def test_a_star_at_the_end_is_whole(plot: CurvePlot) -> None:
    plot.set_star(50, TEST[50])
    at = point(plot, 50, TEST[50])
    around = near_colour(pixels(plot.view)[at.y() - 9 : at.y() + 10, at.x() - 9 :], LIGHT.best)
    columns = np.nonzero(around)[1]
    assert columns.min() <= 6
    assert columns.max() >= 12


@pytest.mark.parametrize(("n_points", "is_smooth"), [(51, True), (4000, False)])
def test_short_curves_are_smooth_and_long_ones_quick(
    plot: CurvePlot, n_points: int, is_smooth: bool
) -> None:
    x = np.linspace(0.0, 50.0, n_points)
    plot.set_data("test", x[:0], x[:0])
    plot.set_data("train", x, 0.5 + 0.3 * np.sin(x * (0.3 if is_smooth else 60.0)))
    painted = pixels(plot.view, inside(plot).adjusted(4, 4, -4, -4)).astype(int)
    ink = np.abs(painted - np.array(rgb(LIGHT.train))).sum(axis=2)
    paper = np.abs(painted - np.array(rgb(LIGHT.surface))).sum(axis=2)
    grid = np.abs(painted - np.array(rgb(LIGHT.line))).sum(axis=2)
    between_both = (ink > 60) & (paper > 60) & (grid > 60)
    assert (between_both.sum() > 100) == is_smooth


def test_words_of_what_leaves_lie_over_no_other_curve(qtbot: QtBot) -> None:
    plot = make(qtbot)
    plot.set_y_range(0.0, 1.0)
    wild = TRAIN + 9.0 * (EPOCHS >= 25)
    plot.set_runs([replace(run(3), curves=(("train", EPOCHS, wild),))])
    settle(plot)
    (words,) = [words for *_, words in plot.edges._placed]
    assert words.startswith("run 3 up to")
    plot.set_data("test", EPOCHS, np.full(len(EPOCHS), 0.97))  # where they would stand
    settle(plot)
    assert [end.words for end in plot.edges.found()] == [words]
    assert [words for *_, words in plot.edges._placed] == [""], "the arrow alone"


def test_a_share_is_never_said_to_be_more_than_all_or_less_than_none() -> None:
    axis = ScaledAxis("left")
    axis.is_percent = True
    places = [-0.05, 0.0, 0.5, 1.0, 1.05]
    assert axis.tickStrings(places, 1.0, 0.05) == ["", "0 %", "50 %", "100 %", ""]

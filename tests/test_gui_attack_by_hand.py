"""Painting against the gradient: brush and keys, rules, the optimiser's side, and what is kept."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gui_drawing import NONE, move
from gui_helpers import (
    LEFT,
    PAGE_SIZE,
    choose,
    click,
    data_of,
    handle_centre,
    has_colour,
    hover,
    open_paused,
    open_view,
    pixels,
    press,
    scopes_of,
    wait_for_film,
    wait_for_state,
    wait_until,
)
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest

from core.attack.by_hand.painting import Painting, size_of
from core.attack.by_hand.score import Goal, score
from core.errors import ExplorerError
from core.exact.smallest import smallest_change
from core.learning.perceptron import SoftmaxPerceptron
from core.pictures import diverging_rgb, grey_rgb, tinted_rgb
from core.words import DOWN, at_least, fixed, percent
from gui.attack.by_hand.panel import ByHandPanel
from gui.attack.by_hand.study import DEFAULT_FACTOR, LEAST_FACTOR, MOST_FACTOR
from gui.attack.page import AttackPage
from gui.session.run_state import RunState
from gui.theme import LIGHT
from gui.widgets.canvas.change_canvas import FAINTEST, NARROWEST, WIDEST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.attack.by_hand.study import Game
    from gui.session.session import Session
    from gui.widgets.canvas.change_canvas import ChangeCanvas

NUMBER, OTHER = 17, 30
"""Of the image that most tests paint on, and of another one."""

RIGHT = Qt.MouseButton.RightButton
PATH = ((2.5, 2.5), (5.0, 2.5), (5.5, 5.0))
"""Places of a stroke, (x, y) in pixels of the image of 8 x 8."""


def is_settled(game: Game) -> bool:
    """Whether the optimiser has answered for the model shown, the image and the rules."""
    answer = game.answer
    if answer is None or not game.is_ready or not game.optimiser.is_settled:
        return False
    return answer.budget == game.budget


@pytest.fixture
def page(session: Session, new_panel: Callable[..., Any], qtbot: QtBot) -> AttackPage:
    """Return the Attack page on its tab, of a known image."""
    session.attack.choose("train", NUMBER)
    page: AttackPage = new_panel(AttackPage, session, scopes=scopes_of("your turn"), size=PAGE_SIZE)
    wait_for_film(qtbot, session)
    open_view(qtbot, page, "your turn")
    return page


@pytest.fixture
def panel(page: AttackPage, qtbot: QtBot) -> ByHandPanel:
    """Return the panel, the optimiser's answer there."""
    panel = page.tabs.panel("your turn")
    assert isinstance(panel, ByHandPanel)
    assert panel.isVisible()
    wait_until(qtbot, lambda: is_settled(panel.game))
    panel.grab()  # lays out
    return panel


@pytest.fixture
def game(panel: ByHandPanel) -> Game:
    """Return the state behind it."""
    return panel.game


def on_canvas(canvas: ChangeCanvas, place: tuple[float, float]) -> QPoint:
    """Return where a place of the image, (x, y) in its pixels, is on the widget."""
    rect, (height, width) = canvas.sheet_rect(), canvas.sheet_size
    x, y = place[0] / width * rect.width(), place[1] / height * rect.height()
    return (rect.topLeft() + QPointF(x, y)).toPoint()


def on_image(canvas: ChangeCanvas, point: QPoint) -> tuple[float, float]:
    """Return where a point of the widget is on the image."""
    rect, (height, width) = canvas.sheet_rect(), canvas.sheet_size
    x = (point.x() - rect.left()) / rect.width() * width
    return x, (point.y() - rect.top()) / rect.height() * height


def paint(
    canvas: ChangeCanvas,
    places: Sequence[tuple[float, float]] = PATH,
    button: Qt.MouseButton = LEFT,
) -> list[tuple[float, float]]:
    """Paint one stroke with the mouse; return its places on the image."""
    points = [on_canvas(canvas, place) for place in places]
    QTest.mousePress(canvas, button, NONE, points[0])
    for point in points[1:]:
        move(canvas, point, button)
    QTest.mouseRelease(canvas, button, NONE, points[-1])
    return [on_image(canvas, point) for point in points]


def stroke_of(
    painting: Painting, tool: Any, places: Sequence[tuple[float, float]], **how: float
) -> NDArray[np.float64]:
    """Return what the core makes of a stroke on what is painted."""
    painting.begin(tool, how["strength"])
    for start, end in zip([places[0], *places], places, strict=False):
        painting.line(start, end, (how["width"], how["width"]))
    painting.end()
    return painting.change


def fresh(game: Game) -> Painting:
    """Return an empty painting of the same image by the same rules."""
    assert game.painting is not None
    return Painting(game.painting.original, game.rules)


def change_of(game: Game) -> NDArray[np.float64]:
    assert game.painting is not None
    return game.painting.change


def needed_by(session: Session, norm: Any = "l2", *, boxed: bool = True) -> float:
    """Return the exact size for what is attacked now, computed here."""
    image, shown = session.attack.chosen_image, session.view.shown
    assert image is not None
    assert shown is not None
    target = session.attack.target
    return smallest_change(shown.weights, image, norm, target=target, boxed=boxed).size


def assert_canvas_paints(canvas: ChangeCanvas, rgb: NDArray[np.uint8]) -> None:
    """Compare the middle of each pixel, as painted, with a picture."""
    hover(canvas, QPoint(0, 0))  # the brush's outline is away
    rect = canvas.sheet_rect()
    painted = pixels(canvas, QRect(rect.toRect()))
    height, width = rgb.shape[:2]
    rows = ((np.arange(height) + 0.5) * painted.shape[0] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * painted.shape[1] / width).astype(int)
    np.testing.assert_array_equal(painted[rows][:, columns], rgb)


def assert_says_what_is_true(panel: ByHandPanel, session: Session) -> None:
    """Compare all that is live with the model and what is painted."""
    game = panel.game
    assert session.view.shown is not None
    assert game.painting is not None
    assert game.budget is not None
    assert game.answer is not None
    image = game.painting.original + game.painting.change
    model = SoftmaxPerceptron(session.view.shown.weights.astype(np.float64))
    probabilities = model.probabilities(image.ravel())
    shown = panel.bars.probabilities
    assert shown is not None
    np.testing.assert_allclose(shown, probabilities, atol=1e-12)
    goal = Goal(session.view.shown.weights, game.painting.original.ravel(), session.attack.target)
    standing = goal.standing(game.painting.change)
    size = size_of(game.painting.change, game.norm)
    name = data_of(session).class_names[standing.predicted]
    said = score(standing, size, game.rules, game.answer.needed, name, game.answer.at_least)
    assert panel.sentence.text() == said
    assert panel.used.share == pytest.approx(size / game.budget)
    assert panel.used.mark == pytest.approx(game.answer.needed / game.budget)
    assert panel.way.share == pytest.approx(standing.way)


def test_the_budget_is_twice_what_the_exact_change_needs(
    panel: ByHandPanel, session: Session, game: Game
) -> None:
    needed = needed_by(session)
    assert game.answer is not None
    assert game.answer.needed == pytest.approx(needed, rel=1e-12)
    assert game.budget == pytest.approx(DEFAULT_FACTOR * needed, rel=1e-12)
    assert "Nothing is painted yet" in panel.sentence.text()
    assert f"{fixed(2 * needed, 2, DOWN)} = 2 × " in panel.rules.words.text()
    assert game.painting is not None
    assert_canvas_paints(panel.canvas, grey_rgb(game.painting.original))
    assert_says_what_is_true(panel, session)


def test_the_mouse_adds_ink_and_all_follows(
    panel: ByHandPanel, session: Session, game: Game
) -> None:
    canvas = panel.canvas
    places = paint(canvas)
    how = {"width": canvas.pen_pixels(), "strength": canvas.ink}
    expected = stroke_of(fresh(game), "add", places, **how)
    np.testing.assert_array_equal(change_of(game), expected)
    assert expected.max() > 0
    assert game.painting is not None
    assert_canvas_paints(canvas, grey_rgb(game.painting.original + expected))
    assert_says_what_is_true(panel, session)
    bar = pixels(panel.used, panel.used.bar_rect().toRect())
    share = has_colour(bar, LIGHT.accent)[5].mean()
    assert share == pytest.approx(panel.used.share, abs=0.03)


def test_everything_is_live_in_the_midst_of_a_stroke(
    panel: ByHandPanel, session: Session, game: Game
) -> None:
    canvas = panel.canvas
    points = [on_canvas(canvas, place) for place in PATH]
    QTest.mousePress(canvas, LEFT, NONE, points[0])
    for point in points[1:]:
        before = panel.used.share
        move(canvas, point, LEFT)
        assert panel.used.share > before
        assert_says_what_is_true(panel, session)
    QTest.mouseRelease(canvas, LEFT, NONE, points[-1])


def test_the_right_button_takes_ink_away(panel: ByHandPanel, game: Game) -> None:
    canvas = panel.canvas
    places = paint(canvas, button=RIGHT)
    how = {"width": canvas.pen_pixels(), "strength": canvas.ink}
    expected = stroke_of(fresh(game), "take", places, **how)
    np.testing.assert_array_equal(change_of(game), expected)
    assert expected.min() < 0
    assert canvas.tool == "add", "for this stroke alone"


def test_each_tool_does_what_its_button_says(panel: ByHandPanel, game: Game, qtbot: QtBot) -> None:
    canvas, tools = panel.canvas, panel.tools
    assert tools.buttons["add"].isChecked()
    click(qtbot, tools.buttons["take"])
    assert canvas.tool == "take"
    assert not tools.buttons["add"].isChecked()
    paint(canvas)
    assert change_of(game).min() < 0 <= change_of(game).max()
    before = change_of(game).copy()
    click(qtbot, tools.buttons["soften"])
    paint(canvas)
    assert np.abs(change_of(game)).sum() < np.abs(before).sum()
    assert (np.abs(change_of(game)) <= np.abs(before)).all()
    click(qtbot, tools.buttons["add"])
    paint(canvas)
    assert canvas.tool == "add"


def test_brush_and_strength_are_set_with_their_sliders(
    panel: ByHandPanel, game: Game, qtbot: QtBot
) -> None:
    canvas, tools = panel.canvas, panel.tools
    tools.width_slider.setFocus()
    press(qtbot, tools.width_slider, "Home")
    assert canvas.pen_width == pytest.approx(NARROWEST)
    assert canvas.pen_pixels() == 1, "never less than a pixel"
    press(qtbot, tools.width_slider, "End")
    assert canvas.pen_width == pytest.approx(WIDEST)
    assert tools.brush_words.text() == f"brush {WIDEST * 8:.1f} px"
    tools.strength.setFocus()
    press(qtbot, tools.strength, "Home")
    assert canvas.strength == pytest.approx(FAINTEST)
    assert tools.strength_words.text() == f"strength {percent(FAINTEST)}"
    assert f"takes {percent(FAINTEST / 2)} of the budget" in unescape(tools.strength.toolTip())
    paint(canvas, [(4.0, 4.0)])
    assert 0 < change_of(game).max() <= FAINTEST


def test_a_stroke_stops_at_the_budget(panel: ByHandPanel, session: Session, game: Game) -> None:
    canvas = panel.canvas
    canvas.set_strength(1.0)
    for row in (1.0, 3.0, 5.0, 7.0):
        paint(canvas, [(0.5, row), (7.5, row)])
    assert game.budget is not None
    assert np.linalg.norm(change_of(game)) == pytest.approx(game.budget, rel=1e-12)
    assert panel.used.share == pytest.approx(1.0)
    assert panel.used.words.endswith("0 left") or panel.used.words.endswith("0.00 left")
    assert panel.canvas.drawn is not None
    assert_says_what_is_true(panel, session)
    image = game.painting.image if game.painting is not None else np.zeros(1)
    assert image.min() >= 0
    assert image.max() <= 1


def test_strokes_are_taken_back_by_button_and_by_key(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    canvas, tools = panel.canvas, panel.tools
    assert not tools.undo.isEnabled()
    assert not tools.clear.isEnabled()
    paint(canvas)
    first = change_of(game).copy()
    paint(canvas, [(1.5, 6.5), (6.5, 6.5)])
    second = change_of(game).copy()
    click(qtbot, tools.undo)
    np.testing.assert_array_equal(change_of(game), first)
    assert_says_what_is_true(panel, session)
    click(qtbot, tools.redo)
    np.testing.assert_array_equal(change_of(game), second)
    click(qtbot, tools.clear)
    assert not change_of(game).any()
    assert not tools.clear.isEnabled()
    press(qtbot, canvas, "Backspace")
    np.testing.assert_array_equal(change_of(game), second)
    press(qtbot, canvas, "Ctrl+Z")
    np.testing.assert_array_equal(change_of(game), first)
    press(qtbot, canvas, "Shift+Backspace")
    np.testing.assert_array_equal(change_of(game), second)
    press(qtbot, canvas, "Delete")
    assert not change_of(game).any()


def test_the_keyboard_paints_at_its_cursor(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    canvas = panel.canvas
    canvas.setFocus()
    canvas.set_pen_width(NARROWEST)
    was_running = session.view.is_running
    assert canvas.cursor_place == (4, 4)
    for key in ("Up", "Up", "Left"):
        press(qtbot, canvas, key)
    assert canvas.cursor_place == (2, 3)
    has_ring = has_colour(pixels(canvas), LIGHT.accent).sum()
    press(qtbot, canvas, "Space")
    expected = fresh(game)
    how = {"width": 1.0, "strength": canvas.ink}
    stroke_of(expected, "add", [(3.5, 2.5), (3.5, 2.5)], **how)
    np.testing.assert_array_equal(change_of(game), expected.change)
    assert session.view.is_running is was_running, "Space painted, it did not start the run"
    press(qtbot, canvas, "X")
    assert canvas.tool == "take"
    press(qtbot, canvas, "Shift+Right")
    stroke_of(expected, "take", [(3.5, 2.5), (4.5, 2.5)], **how)
    np.testing.assert_array_equal(change_of(game), expected.change)
    assert canvas.cursor_place == (2, 4)
    press(qtbot, canvas, "Return")
    assert_says_what_is_true(panel, session)
    brush, strength = canvas.pen_width, canvas.strength
    press(qtbot, canvas, "]")
    press(qtbot, canvas, "+")
    assert canvas.pen_width > brush
    assert canvas.strength > strength
    press(qtbot, canvas, "[")
    press(qtbot, canvas, "-")
    assert canvas.pen_width == pytest.approx(brush)
    assert canvas.strength == pytest.approx(strength)
    assert has_ring > 50, "the cursor was to be seen"
    for key in ["Left"] * 9:
        press(qtbot, canvas, key)
    assert canvas.cursor_place == (2, 0), "it stays on the image"
    paint(canvas, [(4.0, 7.0)])
    hover(canvas, QPoint(0, 0))
    edge = has_colour(pixels(canvas), LIGHT.accent)
    rect = canvas.sheet_rect().toRect().adjusted(4, 4, -4, -4)
    inside = edge[rect.top() : rect.bottom(), rect.left() : rect.right()]
    assert not inside.any(), "with the mouse the cursor is away"


def test_the_hint_is_the_gradient_where_there_is_room(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    canvas = panel.canvas
    assert canvas.hint is None
    plain = pixels(canvas)
    click(qtbot, panel.tools.hint, QPoint(9, panel.tools.hint.height() // 2))
    assert session.view.shown is not None
    assert game.standing is not None
    assert game.painting is not None
    weights = session.view.shown.weights.astype(np.float64)
    standing = game.standing
    expected = (weights[session.attack.config.target] - weights[standing.leader])[1:].reshape(8, 8)
    image = game.painting.original
    no_room = ((expected > 0) & (image >= 1)) | ((expected < 0) & (image <= 0))
    hint = canvas.hint
    assert hint is not None
    np.testing.assert_array_equal(hint, np.where(no_room, 0.0, expected))
    assert no_room.any()
    limit = float(np.abs(hint).max())
    assert_canvas_paints(canvas, tinted_rgb(grey_rgb(image), hint, limit))
    click(qtbot, panel.tools.hint, QPoint(9, panel.tools.hint.height() // 2))
    assert canvas.hint is None
    hover(canvas, QPoint(0, 0))
    np.testing.assert_array_equal(pixels(canvas), plain)


def test_the_change_can_be_seen_alone(panel: ByHandPanel, game: Game, qtbot: QtBot) -> None:
    paint(panel.canvas)
    paint(panel.canvas, [(1.5, 6.5), (6.5, 6.5)], RIGHT)
    click(qtbot, panel.tools.change_only)
    change = change_of(game)
    assert_canvas_paints(panel.canvas, diverging_rgb(change, float(np.abs(change).max())))
    click(qtbot, panel.tools.change_only)
    assert game.painting is not None
    assert_canvas_paints(panel.canvas, grey_rgb(game.painting.image))


def test_a_win_is_said_with_what_the_gradient_needs(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    """Paint along the exact change with the keys, pixel by pixel, until the image is read so."""
    canvas = panel.canvas
    assert game.answer is not None
    canvas.set_pen_width(NARROWEST)
    canvas.setFocus()
    wanted = game.answer.smallest[-1].reshape(8, 8)
    for flat in np.argsort(-np.abs(wanted).ravel())[:40]:
        row, column = divmod(int(flat), 8)
        canvas.set_tool("add" if wanted[row, column] > 0 else "take")
        most = canvas.ink / canvas.strength
        canvas.set_strength(float(min(1.4 * abs(wanted[row, column]) / most, 1.0)))
        while canvas.cursor_place != (row, column):
            at = canvas.cursor_place
            down, right = np.sign(row - at[0]), np.sign(column - at[1])
            key = {(1, 0): "Down", (-1, 0): "Up"}.get((down, 0)) or (
                "Right" if right > 0 else "Left"
            )
            press(qtbot, canvas, key)
        press(qtbot, canvas, "Return")
    assert game.standing is not None
    assert game.standing.won
    said = panel.sentence.text()
    assert said.startswith(f"You win: read as {session.attack.config.target} with ")
    size = size_of(change_of(game), "l2")
    times = size / needed_by(session)
    assert f"yours is {times:.3g} times as large" in said
    assert_says_what_is_true(panel, session)
    assert panel.way.words.startswith("1"), "more than 100 %"


@pytest.mark.parametrize("norm", ["linf", "l0"])
def test_another_norm_is_another_game(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot, norm: str
) -> None:
    session.attack.measure.measure(norm=norm)  # type: ignore[arg-type]
    wait_until(qtbot, lambda: is_settled(game))
    needed = needed_by(session, norm)
    assert game.answer is not None
    assert game.answer.needed == pytest.approx(needed)
    assert game.budget == pytest.approx(DEFAULT_FACTOR * needed)
    panel.canvas.set_strength(1.0)
    for row in 5 * (1.0, 3.0, 5.0, 7.0):
        paint(panel.canvas, [(0.5, row), (7.5, row)])
    assert size_of(change_of(game), norm) == pytest.approx(game.budget)  # type: ignore[arg-type]
    assert_says_what_is_true(panel, session)
    if norm == "l0":
        assert "pixels" in panel.sentence.text()
        session.attack.measure.measure(boxed=False)
        assert game.boxed, "one pixel without limits would be enough"


def test_without_the_box_the_budget_is_what_the_plain_formula_needs(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    session.attack.measure.measure(boxed=False)
    wait_until(qtbot, lambda: is_settled(game))
    assert not game.boxed
    assert game.answer is not None
    assert game.answer.needed == pytest.approx(needed_by(session, boxed=False))
    panel.canvas.set_strength(1.0)
    assert game.painting is not None
    row, column = np.unravel_index(game.painting.original.argmax(), (8, 8))
    paint(panel.canvas, [(column + 0.5, row + 0.5)])
    assert game.painting.image.max() > 1
    row, column = np.argwhere(game.painting.original == 0)[-1]
    paint(panel.canvas, [(column + 0.5, row + 0.5)])
    session.attack.measure.measure(boxed=True)
    wait_until(qtbot, lambda: is_settled(game))
    assert game.painting.image.max() <= 1, "what is outside does not stay"
    assert not game.painting.is_empty


def test_the_budget_slider_goes_from_half_to_ten_times_what_is_needed(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    slider, needed = panel.rules.budget, needed_by(session)
    middle = handle_centre(slider)
    qtbot.mousePress(slider, LEFT, pos=middle)
    qtbot.mouseMove(slider, middle + QPoint(20, 0))
    qtbot.mouseRelease(slider, LEFT, pos=middle + QPoint(20, 0))
    assert game.budget is not None
    assert game.budget > DEFAULT_FACTOR * needed
    slider.setFocus()
    press(qtbot, slider, "End")
    assert game.budget == pytest.approx(MOST_FACTOR * needed)
    assert panel.rules.words.text().startswith(f"{MOST_FACTOR * needed:.2f} = 10 × ")
    panel.canvas.set_strength(1.0)
    for row in (1.0, 3.0, 5.0, 7.0):
        paint(panel.canvas, [(0.5, row), (7.5, row)])
    before, size = change_of(game).copy(), size_of(change_of(game), "l2")
    assert size > needed
    press(qtbot, slider, "Home")
    assert game.budget == pytest.approx(LEAST_FACTOR * needed)
    np.testing.assert_array_equal(change_of(game), before)
    assert panel.sentence.text().startswith("Over the budget")
    assert "over by" in panel.used.words
    bar = pixels(panel.used, panel.used.bar_rect().toRect())
    assert has_colour(bar, LIGHT.bad).any()
    press(qtbot, panel.canvas, "Delete")
    wait_until(qtbot, lambda: is_settled(game))
    assert game.budget == pytest.approx(LEAST_FACTOR * needed)
    paint(panel.canvas)
    assert "nobody can win" in panel.sentence.text()


def test_norm_and_box_of_the_attack_act_here_too(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    attack = session.attack
    attack.choose_attack("pgd")
    attack.set_setting("norm", "linf")
    assert game.norm == "linf"
    attack.set_setting("box", not attack.chosen.boxed)
    assert game.boxed is attack.chosen.boxed
    wait_until(qtbot, lambda: is_settled(game))
    assert game.answer is not None
    assert game.answer.needed == pytest.approx(needed_by(session, "linf", boxed=game.boxed))


def test_the_optimiser_is_hidden_until_asked(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    rival = panel.rival
    assert rival.image_view.values is None
    assert f"Needs {at_least(needed_by(session), 4)}:" in rival.words.text()
    click(qtbot, rival.reveal)
    assert game.answer is not None
    assert game.painting is not None
    change = game.answer.smallest[-1].reshape(8, 8)
    image = game.painting.original + change
    painted = pixels(rival.image_view, rival.image_view.image_rect())
    expected = grey_rgb(image)
    step = painted.shape[0] / 8
    middles = ((np.arange(8) + 0.5) * step).astype(int)
    np.testing.assert_array_equal(painted[middles][:, middles], expected)
    target = session.attack.config.target
    assert rival.image_view.caption.startswith(f"read as {target} ")
    assert rival.change_view.caption == f"size {size_of(change, 'l2'):.2f}"
    said = hover(rival.change_view, rival.change_view.image_rect().center())
    assert said.startswith("its change")
    click(qtbot, rival.reveal)
    assert rival.image_view.values is None


def test_the_most_within_the_budget_goes_further(
    panel: ByHandPanel, game: Game, qtbot: QtBot
) -> None:
    rival = panel.rival
    choose(qtbot, rival.kind, rival.kind.findData("most"))
    click(qtbot, rival.reveal)
    assert game.goal is not None
    assert game.budget is not None
    end = game.goal.standing(rival.changes[-1])
    assert end.way > 1
    assert size_of(rival.changes[-1], "l2") <= game.budget * (1 + 1e-12)
    assert rival.words.text().startswith(f"Goes {int(100 * end.way)} % of the way")


def test_its_change_is_seen_growing(panel: ByHandPanel, game: Game, qtbot: QtBot) -> None:
    rival = panel.rival
    sizes = []
    panel.transport.toggle()
    assert panel.transport.is_playing
    assert rival.reveal.isChecked(), "what is played is seen"

    def ended() -> bool:
        sizes.append(float(np.abs(rival.change_view.values).max()))
        return not rival.player.playing

    wait_until(qtbot, ended)
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 5
    assert rival.place == len(rival.changes) - 1
    panel.transport.toggle()
    panel.transport.toggle()
    assert not rival.player.playing, "held"
    panel.transport.go_to(3)
    assert rival.place == 3
    panel.transport.move(-1)
    assert rival.place == 2
    expected = rival.changes[2].reshape(8, 8)
    np.testing.assert_array_equal(rival.change_view.values, expected)


def test_another_game_hides_what_was_revealed(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    for do in (
        lambda: session.attack.choose("train", OTHER),
        lambda: click(qtbot, panel.rules.again),
    ):
        panel.rival.reveal.setChecked(True)
        do()
        assert not panel.rival.reveal.isChecked()
        wait_until(qtbot, lambda: is_settled(game))


def test_same_again_clears_and_can_be_taken_back(
    panel: ByHandPanel, game: Game, qtbot: QtBot
) -> None:
    paint(panel.canvas)
    before = change_of(game).copy()
    budget = game.budget
    click(qtbot, panel.rules.again)
    assert not change_of(game).any()
    assert game.budget == budget
    assert "Nothing is painted yet" in panel.sentence.text()
    click(qtbot, panel.tools.undo)
    np.testing.assert_array_equal(change_of(game), before)


@pytest.mark.parametrize("norm", ["l2", "linf", "l0"])
def test_one_dab_never_spends_the_budget(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot, norm: Any
) -> None:
    session.attack.measure.measure(norm=norm)
    wait_until(qtbot, lambda: is_settled(game))
    canvas = panel.canvas
    canvas.set_strength(1.0)
    for width in (NARROWEST, 0.25, WIDEST):
        canvas.clear()
        canvas.set_pen_width(width)
        assert game.painting is not None
        row, column = np.argwhere(game.painting.original == 0)[-1]
        paint(canvas, [(column + 0.5, row + 0.5)])
        assert game.budget is not None
        used = size_of(change_of(game), norm)
        assert 0 < used <= max(0.6 * game.budget, float(norm == "l0"))


def test_a_stroke_that_could_do_nothing_says_why(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    told: list[str] = []
    session.messages.notified.connect(lambda words, _: told.append(words))
    canvas = panel.canvas
    assert game.painting is not None
    canvas.set_pen_width(NARROWEST)
    blank = np.argwhere(game.painting.original == 0)[0]
    place = [(blank[1] + 0.5, blank[0] + 0.5)]
    paint(canvas, place, RIGHT)
    assert "black already" in told[-1]
    canvas.set_tool("soften")
    paint(canvas, place)
    assert "nothing to soften" in told[-1]
    rect = canvas.sheet_rect()
    beside = QPoint(round(rect.left()) - 30, round(rect.center().y()))
    QTest.mouseClick(canvas, LEFT, NONE, beside)
    assert "beside the image" in told[-1]
    canvas.set_tool("add")
    canvas.set_strength(1.0)
    canvas.set_pen_width(WIDEST)
    for row in (1.0, 3.0, 5.0, 7.0, 1.0, 3.0):
        paint(canvas, [(0.5, row), (7.5, row)])
    assert "budget is spent" in told[-1]
    n = len(told)
    press(qtbot, canvas, "Delete")
    paint(canvas, [(4.0, 4.0)])
    assert len(told) == n, "one that did something says nothing"


def test_the_same_target_costs_the_same_here_as_in_the_film(
    panel: ByHandPanel, page: AttackPage, session: Session, game: Game, qtbot: QtBot
) -> None:
    box = page.size_choice.boxed
    needed = []
    for _ in range(2):
        click(qtbot, box, QPoint(9, box.height() // 2))
        wait_until(qtbot, lambda: is_settled(game))
        assert game.answer is not None
        assert game.boxed is box.isChecked() is session.attack.measure.boxed
        needed.append(needed_by(session, boxed=box.isChecked()))
        assert game.answer.needed == pytest.approx(needed[-1])
    assert needed[0] != needed[1], "one box, for all that is said of this image"


def test_what_is_painted_stays_with_its_image_and_through_other_tabs(
    panel: ByHandPanel, page: AttackPage, session: Session, game: Game, qtbot: QtBot
) -> None:
    paint(panel.canvas)
    before = change_of(game).copy()
    open_view(qtbot, page, "the film")
    assert not panel.isVisible()
    open_view(qtbot, page, "your turn")
    np.testing.assert_array_equal(change_of(game), before)
    session.attack.choose("train", OTHER)
    wait_until(qtbot, lambda: is_settled(game))
    assert not change_of(game).any()
    paint(panel.canvas, [(1.0, 1.0)])
    session.attack.choose("train", NUMBER)
    wait_until(qtbot, lambda: is_settled(game))
    np.testing.assert_array_equal(change_of(game), before)
    assert panel.tools.undo.isEnabled()
    assert_says_what_is_true(panel, session)


def test_another_target_keeps_the_painting_and_has_its_own_budget(
    panel: ByHandPanel, page: AttackPage, session: Session, game: Game, qtbot: QtBot
) -> None:
    paint(panel.canvas)
    before, attack = change_of(game).copy(), session.attack
    target = next(k for k in range(10) if k not in (attack.label, attack.config.target))
    choose(qtbot, page.controls.target, target)
    wait_until(qtbot, lambda: is_settled(game))
    np.testing.assert_array_equal(change_of(game), before)
    assert game.budget == pytest.approx(2 * needed_by(session))
    assert_says_what_is_true(panel, session)
    choose(qtbot, page.controls.target, 10)
    wait_until(qtbot, lambda: is_settled(game))
    assert game.goal is not None
    assert game.goal.target is None
    assert "anything else" in panel.task.text()
    assert_says_what_is_true(panel, session)


def test_another_epoch_reads_the_same_painting_and_the_budget_stays(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    session.view.show_epoch(3)
    wait_until(qtbot, lambda: is_settled(game))
    assert game.budget == pytest.approx(2 * needed_by(session)), "nothing was painted by the other"
    paint(panel.canvas)
    before, budget = change_of(game).copy(), game.budget
    session.view.show_epoch(9)
    wait_until(qtbot, lambda: is_settled(game))
    np.testing.assert_array_equal(change_of(game), before)
    assert game.budget == budget
    assert game.factor == pytest.approx(budget / needed_by(session))  # type: ignore[operator]
    assert_says_what_is_true(panel, session)


def test_other_data_clear_it_and_say_so(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    paint(panel.canvas)
    told: list[str] = []
    session.messages.notified.connect(lambda words, _: told.append(words))
    session.wanted.set_setting("train_size", 200)
    session.training.start_again()
    wait_until(qtbot, lambda: any("painted by hand is cleared" in words for words in told))
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_until(qtbot, lambda: is_settled(game))
    assert not change_of(game).any()
    assert_says_what_is_true(panel, session)


def test_an_image_that_is_read_so_already_is_said(
    panel: ByHandPanel, page: AttackPage, session: Session, game: Game, qtbot: QtBot
) -> None:
    assert game.goal is not None
    read = game.goal.read
    choose(qtbot, page.controls.target, read)
    assert not game.is_ready
    assert f"read as {read} as it is" in panel.sentence.text()
    assert panel.canvas.drawn is None
    assert not panel.canvas.isEnabled()
    assert not panel.tools.isEnabled()
    assert not panel.rival.reveal.isEnabled()
    assert not panel.rules.again.isEnabled(), "what is painted but not seen is not cleared"
    session.attack.choose("train", OTHER)
    wait_until(qtbot, lambda: is_settled(game))
    assert panel.canvas.isEnabled()


def test_a_model_that_has_learnt_nothing_is_explained(
    new_session: Callable[..., Session],
    new_panel: Callable[..., Any],
    qtbot: QtBot,
) -> None:
    session = new_session()
    page = new_panel(AttackPage, session, scopes=scopes_of("your turn"), size=PAGE_SIZE)
    open_view(qtbot, page, "your turn")
    panel = page.tabs.panel("your turn")
    assert panel.sentence.text() == "Waiting for data ..."
    open_paused(qtbot, session)
    wait_until(qtbot, lambda: "Train the model first" in panel.sentence.text())
    session.training.play()
    wait_for_state(qtbot, session, RunState.FINISHED)
    wait_until(qtbot, lambda: is_settled(panel.game) or bool(panel.game.problem))
    session.attack.choose("train", NUMBER)
    wait_until(qtbot, lambda: is_settled(panel.game))
    assert_says_what_is_true(panel, session)


def test_where_no_change_is_enough_that_is_said(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    assert session.view.shown is not None
    weights = session.view.shown.weights.copy()
    target = session.attack.config.target
    weights[target, 0] -= 1e4  # no ink within 0..1 makes good such a bias
    session.training.start_from(weights)
    wait_until(qtbot, lambda: "No change makes" in panel.sentence.text())
    assert "Let pixels leave 0..1" in panel.sentence.text()
    assert not panel.canvas.isEnabled()
    session.attack.measure.measure(boxed=False)
    wait_until(qtbot, lambda: is_settled(game))
    assert panel.canvas.isEnabled()


def test_a_question_without_an_answer_is_said_where_it_was_asked(
    panel: ByHandPanel,
    session: Session,
    game: Game,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise ExplorerError("It does not settle")

    monkeypatch.setattr("core.attack.by_hand.optimiser.smallest_change", refuse)
    session.attack.choose("train", OTHER)
    wait_until(qtbot, lambda: bool(game.problem))
    assert panel.sentence.text() == "The optimiser finds no answer: It does not settle."
    assert not panel.canvas.isEnabled()
    monkeypatch.undo()
    session.attack.choose("train", NUMBER)
    wait_until(qtbot, lambda: is_settled(game))
    assert panel.canvas.isEnabled()


def test_while_the_model_learns_the_game_goes_on(
    panel: ByHandPanel, session: Session, game: Game, qtbot: QtBot
) -> None:
    session.training.set_pace(20.0)
    session.wanted.set_setting("epochs", 200)
    session.training.start_again()

    def has_learnt() -> bool:
        return game.is_ready and session.view.shown is not None and session.view.shown.epoch > 1

    wait_until(qtbot, has_learnt)
    paint(panel.canvas)
    before, budget = change_of(game).copy(), game.budget
    assert before.any()
    assert session.view.shown is not None
    epoch = session.view.shown.epoch
    wait_until(
        qtbot, lambda: session.view.shown is not None and session.view.shown.epoch > epoch + 3
    )
    np.testing.assert_array_equal(change_of(game), before)
    assert game.budget == budget
    session.training.pause()
    wait_for_state(qtbot, session, RunState.PAUSED)
    wait_until(qtbot, lambda: is_settled(game))
    assert_says_what_is_true(panel, session)


def test_nothing_is_asked_for_what_nobody_sees(
    panel: ByHandPanel, page: AttackPage, session: Session, game: Game, qtbot: QtBot
) -> None:
    open_view(qtbot, page, "the film")
    answer = game.answer
    session.attack.choose("train", OTHER)
    wait_for_film(qtbot, session)
    assert game.answer is answer
    open_view(qtbot, page, "your turn")
    wait_until(qtbot, lambda: is_settled(game))
    image = data_of(session).train.images[OTHER]
    assert game.painting is not None
    np.testing.assert_array_equal(game.painting.original.ravel(), image)

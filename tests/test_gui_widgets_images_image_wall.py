from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from core_samples import QUICK
from gui_helpers import WAIT, Overheard, activate, click, enlarged, has_colour, pixels, rgb
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.pictures import grey_rgb
from gui.theme import DARK, LIGHT
from gui.widgets.bars.class_counts import ClassCounts, PartCounts
from gui.widgets.basics.fitting_words import fitting
from gui.widgets.images import wall_view
from gui.widgets.images.image_wall import ImageWall
from gui.widgets.images.wall_levels import WallLevels
from gui.widgets.images.wall_picture import (
    LARGEST_SIDE,
    SMALLEST_SIDE,
    Inks,
    WallContent,
    WallLayout,
    Zoom,
    nearest_zoom,
    paint_rows,
    zooms,
)
from gui.widgets.images.wall_view import NOTCH, WallView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

SHAPES = [(4, 4), (28, 28), (12, 20), (64, 16), (128, 128), (1, 1)]
PLAIN = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def content(n: int = 500, shape: tuple[int, int] = (8, 8), **changes: Any) -> WallContent:
    """Return images that are all different, each naming itself."""
    images = np.random.default_rng(0).random((n, shape[0] * shape[1]), dtype=np.float32)
    given: dict[str, Any] = {
        "images": images,
        "image_shape": shape,
        "order": np.arange(n),
        "as_stored": True,
        "framed": None,
        "notched": None,
        "captions": lambda row: (f"{row} long words", f"{row}"),
        "describe": lambda row: f"image {row}",
    }
    return WallContent(**(given | changes))


@pytest.fixture
def wall(qtbot: QtBot, app: QApplication) -> Iterator[ImageWall]:
    """Return a shown wall of 500 images of 8 x 8."""
    made = ImageWall()
    qtbot.addWidget(made)
    made.resize(660, 420)
    made.set_content(content(), keep_place=False)
    made.show()
    activate(qtbot, made)
    made.setFocus()
    yield made
    made.close()


def layout_of(wall: ImageWall) -> WallLayout:
    assert wall.layout_now is not None
    return wall.layout_now


def image_on(wall: ImageWall, cell: int) -> NDArray[np.uint8]:
    """Return one image as painted, without marks."""
    return pixels(wall.viewport(), wall.cell_rect(cell))


def whole_cells(wall: ImageWall) -> list[int]:
    """Return the cells that are wholly in view."""
    inside = wall.viewport().rect()
    return [cell for cell in wall.visible_cells() if inside.contains(wall.cell_rect(cell))]


def wheel(wall: ImageWall, point: QPoint, notches: int, keys: Qt.KeyboardModifier) -> None:
    """Turn the wheel over a point of the viewport."""
    place = QPointF(point)
    event = QWheelEvent(
        place,
        QPointF(wall.viewport().mapToGlobal(point)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(wall.viewport(), event)


@QUICK
@given(
    st.integers(1, 3000),
    st.tuples(st.integers(1, 128), st.integers(1, 128)),
    st.integers(50, 2500),
    st.integers(0, 30),
    st.sampled_from([1.0, 1.25, 2.0]),
    st.integers(0, 1000),
)
def test_every_point_of_a_cell_leads_back_to_it(
    n_cells: int, shape: tuple[int, int], width: int, caption: int, ratio: float, pick: int
) -> None:
    choices = zooms(shape, ratio)
    layout = WallLayout(n_cells, shape, choices[pick % len(choices)], 4, caption, width)
    cell = pick % n_cells
    top, left = layout.corner(cell)
    height, cell_width = layout.cell_size
    for y in (0, height // 2, height - 1):
        for x in (0, cell_width // 2, cell_width - 1):
            assert layout.cell_at(top + y, left + x) == cell
    assert layout.n_rows * layout.n_columns >= n_cells > (layout.n_rows - 1) * layout.n_columns
    first, last = layout.rows_between(top, top + height)
    assert first * layout.n_columns <= cell < last * layout.n_columns
    assert layout.cell_at(layout.height, left) is None
    assert layout.cell_at(top, -1) is None
    if layout.n_columns > 1:
        assert layout.n_columns * cell_width <= width


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_zooms_grow_and_are_whole_and_of_bounded_size(shape: tuple[int, int], ratio: float) -> None:
    choices = zooms(shape, ratio)
    sides = [max(zoom.size(shape)) for zoom in choices]
    assert sides == sorted(set(sides))
    assert all(zoom.times == 1 or zoom.shrink == 1 for zoom in choices)
    assert min(sides) >= SMALLEST_SIDE * ratio - 1
    assert max(sides) <= LARGEST_SIDE * ratio
    for wanted in (1, 60, 5000):
        best = sides[nearest_zoom(choices, shape, wanted)]
        assert abs(best - wanted) == min(abs(side - wanted) for side in sides)


def test_a_pixel_is_found_under_its_own_square() -> None:
    layout = WallLayout(10, (4, 6), Zoom(times=5), 3, 12, 200)
    top, left = layout.corner(7)
    for row in range(4):
        for column in range(6):
            y, x = top + 3 + 5 * row, left + 3 + 5 * column
            assert layout.pixel_at(7, y, x) == (row, column)
            assert layout.pixel_at(7, y + 4.9, x + 4.9) == (row, column)
    for y, x in [(2.9, 3), (3, 2.9), (3 + 20, 3), (3, 3 + 30)]:
        assert layout.pixel_at(7, top + y, left + x) is None


def test_a_shrunk_image_is_the_mean_of_its_blocks() -> None:
    images = np.random.default_rng(0).random((2, 30), dtype=np.float32)
    layout = WallLayout(2, (5, 6), Zoom(shrink=2), 2, 0, 50)
    shrunk = WallLevels(images, (5, 6), 2).of(np.arange(2))
    painted = paint_rows(layout, shrunk, None, None, Inks(0, 0, 0, 0), 1)
    shaped = np.zeros((6, 6))
    shaped[:5] = images[1].reshape(5, 6)
    means = shaped.reshape(3, 2, 3, 2).mean(axis=(1, 3))
    left = layout.cell_size[1] + 2
    levels = painted[2:5, left : left + 3] & 0xFF
    np.testing.assert_allclose(levels, means * 255, atol=0.51)
    assert layout.pixel_at(1, 3, left + 1) is None, "several pixels share one of the screen's"


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != (1, 1)], ids=str)
def test_images_are_painted_pixel_by_pixel(wall: ImageWall, shape: tuple[int, int]) -> None:
    order = np.random.default_rng(1).permutation(60)
    wall.set_content(content(60, shape, order=order, as_stored=False), keep_place=False)
    for index in range(wall.zoom_index, 100):
        wall.set_zoom(index)
        if wall.zoom_index != index:
            break
        if layout_of(wall).zoom.shrink > 1:
            continue
        for cell in whole_cells(wall)[:5]:
            image = grey_rgb(wall.content.images[order[cell]].reshape(shape))  # type: ignore[union-attr]
            seen = image_on(wall, cell)
            np.testing.assert_array_equal(seen, enlarged(image, *seen.shape[:2]))
            assert seen.shape[0] % shape[0] == seen.shape[1] % shape[1] == 0


def test_only_marked_images_have_frames_and_corners(wall: ImageWall) -> None:
    framed, notched = np.arange(500) % 3 == 0, np.arange(500) % 4 == 0
    wall.set_content(content(framed=framed, notched=notched), keep_place=False)
    wall.set_zoom(0)
    for theme in (LIGHT, DARK):
        wall.set_theme(theme)
        for cell in whole_cells(wall)[:40]:
            box = wall.cell_rect(cell)
            around = pixels(wall.viewport(), box.adjusted(-2, -2, 2, 2))
            edge = np.concatenate([around[0], around[-1], around[:, 0], around[:, -1]])
            assert has_colour(edge, theme.bad).all() == framed[cell]
            assert has_colour(edge, theme.bad).any() == framed[cell]
            corner = has_colour(pixels(wall.viewport(), box), NOTCH)
            assert corner[0, 0] == notched[cell]
            assert not corner[-1, -1]


@pytest.mark.parametrize("height", [1, 2, 3, 4, 5, 7, 8, 12, 28, 64, 127, 128])
def test_marks_stay_on_images_however_flat_or_narrow(height: int) -> None:
    inks, stroke = Inks(ground=1, frame=2, notch=3, notch_edge=4), 2
    for width in (1, 2, 3, 4, 5, 16, 28, 64, 100, 128):
        shape = height, width
        for zoom in zooms(shape):
            margin = stroke + 1
            layout = WallLayout(5, shape, zoom, margin, 0, 3 * (max(zoom.size(shape)) + 8))
            levels = WallLevels(np.zeros((5, height * width), np.float32), shape, zoom.shrink)
            marked = np.array([True, False, True, True, True])
            picture = paint_rows(layout, levels.of(np.arange(5)), marked, marked, inks, stroke)
            ys, xs = np.nonzero((picture == inks.notch) | (picture == inks.notch_edge))
            found = set()
            for y, x in zip(ys, xs, strict=True):
                cell = layout.cell_at(y, x + layout.left)
                assert cell is not None
                top, left = layout.corner(cell)
                assert 0 <= y - top - margin < layout.image_size[0]
                assert 0 <= x + layout.left - left - margin < layout.image_size[1]
                found.add(cell)
            assert found == {0, 2, 3, 4}, (shape, zoom)


def test_a_wall_of_flat_images_with_marks_is_painted_at_every_zoom(wall: ImageWall) -> None:
    every = np.ones(60, dtype=np.bool_)
    wall.set_content(content(60, (4, 128), framed=every, notched=every), keep_place=False)
    for index in range(100):
        wall.set_zoom(index)
        if wall.zoom_index != index:
            break
        assert has_colour(pixels(wall.viewport(), wall.cell_rect(0)), NOTCH)[0, 0]
    assert index > 2


def test_what_fails_while_painting_is_an_error_and_not_the_end(
    wall: ImageWall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*given: Any) -> NDArray[np.uint32]:
        raise IndexError("on purpose")

    for owner, name in ((wall_view, "paint_rows"), (WallView, "_paint_captions")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, failing)
            with pytest.raises(IndexError, match="on purpose"):
                wall.grab()
    assert not has_colour(pixels(wall.viewport()), LIGHT.surface).all(), "it goes on"


@pytest.mark.parametrize("shrink", [2, 3, 8])
@pytest.mark.parametrize("shape", [(5, 6), (128, 128), (4, 128), (127, 3)], ids=str)
def test_levels_are_means_whatever_was_asked_before(shape: tuple[int, int], shrink: int) -> None:
    n, (height, width) = 40, shape
    images = np.random.default_rng(0).random((n, height * width), dtype=np.float32)
    pads = -height % shrink, -width % shrink
    padded = np.pad(images.reshape(n, *shape).astype(float), ((0, 0), (0, pads[0]), (0, pads[1])))
    blocks = padded.reshape(n, (height + pads[0]) // shrink, shrink, -1, shrink)
    levels = WallLevels(images, shape, shrink)
    for rows in (np.array([7, 3]), np.array([3, 39, 0]), np.arange(n)[::-1], np.arange(n)):
        means = 255 * blocks[rows].mean(axis=(2, 4))
        np.testing.assert_allclose(levels.of(rows), means, atol=0.501)
    ones = np.ones_like(images)
    assert WallLevels(ones, shape, 1).of(np.arange(n)).min() == 255
    assert WallLevels(ones, shape, shrink).of(np.arange(n))[:, 0, 0].min() <= 255


def test_levels_are_of_the_images_that_hang(wall: ImageWall) -> None:
    seen = []
    for seed in (1, 2):
        images = np.random.default_rng(seed).random((50, 64 * 64), dtype=np.float32)
        wall.set_content(content(50, (64, 64), images=images), keep_place=True)
        for index in (0, 1):
            wall.set_zoom(index)
            shown = image_on(wall, 0)[..., 0]
            expected = WallLevels(images, (64, 64), layout_of(wall).zoom.shrink).of(np.arange(1))
            np.testing.assert_array_equal(shown, expected[0])
            seen.append(shown)
    assert not np.array_equal(seen[0], seen[2])
    kept = weakref.ref(images)
    wall.set_content(None, keep_place=False)
    del images
    assert kept() is None, "images that are gone are not kept"


def test_large_images_are_shrunk_once(wall: ImageWall, monkeypatch: pytest.MonkeyPatch) -> None:
    shrunk: list[int] = []
    shrink = WallLevels.keep

    def recorded(self: WallLevels, rows: NDArray[np.int64]) -> None:
        shrunk.extend(rows.tolist())
        shrink(self, rows)

    monkeypatch.setattr(WallLevels, "keep", recorded)
    images = np.random.default_rng(0).random((3000, 128 * 128), dtype=np.float32)
    wall.resize(1400, 900)
    wall.set_content(content(3000, (128, 128), images=images), keep_place=False)
    wall.set_zoom(0)
    bar = wall.verticalScrollBar()
    assert len(wall.visible_cells()) > 1000
    for place in [*range(0, bar.maximum(), 7), bar.maximum(), 0]:
        bar.setValue(place)
        wall.viewport().repaint()
    assert sorted(shrunk) == list(range(3000))


def test_captions_are_written_where_they_can_be_read(wall: ImageWall) -> None:
    def below(cell: int) -> QRect:
        box = wall.cell_rect(cell)
        return QRect(box.left(), box.bottom() + 3, box.width(), 12)

    assert layout_of(wall).caption > 0
    assert len(np.unique(pixels(wall.viewport(), below(0)).reshape(-1, 3), axis=0)) > 3
    wall.set_zoom(0)
    assert layout_of(wall).caption == 0


def test_the_longest_caption_that_fits_is_taken(wall: ImageWall) -> None:
    metrics = wall.fontMetrics()
    words = ("a very long caption", "shorter", "x")
    for text in words:
        assert fitting(metrics, words, metrics.horizontalAdvance(text)) == text
    cut = fitting(metrics, words[:1], metrics.horizontalAdvance("a very"))
    assert cut.endswith("…")
    assert fitting(metrics, (), 10) == ""


def test_only_what_is_in_view_is_gathered(wall: ImageWall, monkeypatch: pytest.MonkeyPatch) -> None:
    gathered = []

    def recorded(layout: WallLayout, levels: NDArray[Any], *rest: Any) -> NDArray[np.uint32]:
        gathered.append(len(levels))
        return paint_rows(layout, levels, *rest)

    monkeypatch.setattr(wall_view, "paint_rows", recorded)
    images = np.zeros((60_000, 64), dtype=np.float32)
    wall.set_content(content(60_000, images=images), keep_place=False)
    bar = wall.verticalScrollBar()
    for part in (0.0, 0.3, 0.77, 1.0):
        bar.setValue(round(part * bar.maximum()))
        wall.grab()
        layout = layout_of(wall)
        rows = wall.viewport().height() // layout.cell_size[0] + 2
        assert 0 < gathered[-1] <= rows * layout.n_columns
    assert wall.visible_cells().stop == 60_000
    last = layout_of(wall).corner(59_999)[0] + layout_of(wall).cell_size[0]
    assert last == bar.maximum() + bar.pageStep()


def test_an_empty_wall_says_what_to_do(wall: ImageWall) -> None:
    empty = content(order=np.empty(0, dtype=np.int64))
    wall.set_content(empty, keep_place=True)
    before = pixels(wall.viewport())
    assert has_colour(before, LIGHT.surface).all()
    wall.set_empty_words("Nothing fits.")
    assert not has_colour(pixels(wall.viewport()), LIGHT.surface).all()
    assert wall.accessibleDescription() == "Nothing fits."
    assert wall.verticalScrollBar().maximum() == 0
    for key in (Qt.Key.Key_Down, Qt.Key.Key_End, Qt.Key.Key_Return):
        QTest.keyClick(wall, key)
    assert wall.current is None
    wall.set_content(None, keep_place=False)
    assert not wall.go_to(0)


def test_keys_walk_along_the_wall(wall: ImageWall, qtbot: QtBot) -> None:
    columns, n_cells = layout_of(wall).n_columns, layout_of(wall).n_cells
    page = wall.viewport().height() // layout_of(wall).cell_size[0] * columns
    keys = Qt.Key
    steps = [
        (keys.Key_Right, 0),
        (keys.Key_Right, 1),
        (keys.Key_Left, 0),
        (keys.Key_Left, 0),
        (keys.Key_Down, columns),
        (keys.Key_Down, 2 * columns),
        (keys.Key_Up, columns),
        (keys.Key_PageDown, columns + page),
        (keys.Key_PageUp, columns),
        (keys.Key_PageUp, 0),
        (keys.Key_Up, 0),
        (keys.Key_End, n_cells - 1),
        (keys.Key_Right, n_cells - 1),
        (keys.Key_Home, 0),
    ]
    for key, expected in steps:
        qtbot.keyClick(wall, key)
        assert wall.current == expected, key
        assert expected in whole_cells(wall)
        assert wall.accessibleDescription() == f"image {expected}"
    for _ in range(n_cells // page + 2):
        qtbot.keyClick(wall, keys.Key_PageDown)
    assert wall.current == (n_cells - 1) // columns * columns
    with qtbot.waitSignal(wall.opened, timeout=WAIT) as told:
        qtbot.keyClick(wall, keys.Key_Return)
    assert told.args is not None
    assert told.args[0] == wall.current


def test_walking_begins_where_one_has_scrolled_to(wall: ImageWall, qtbot: QtBot) -> None:
    wall.verticalScrollBar().setValue(1234)
    qtbot.keyClick(wall, Qt.Key.Key_Down)
    assert wall.current == whole_cells(wall)[0]
    assert wall.verticalScrollBar().value() == 1234


def test_the_current_image_is_marked(wall: ImageWall) -> None:
    assert not has_colour(pixels(wall.viewport()), LIGHT.accent).any()
    assert wall.go_to(9)
    box = wall.cell_rect(9)
    marked = np.argwhere(has_colour(pixels(wall.viewport()), LIGHT.accent))
    assert marked[:, 0].min() == box.top() - 4
    assert marked[:, 1].max() == box.right() + 3


def test_a_click_opens_what_is_under_it(wall: ImageWall, qtbot: QtBot) -> None:
    order = np.arange(500)[::-1].copy()
    wall.set_content(content(order=order, as_stored=False), keep_place=False)
    wall.verticalScrollBar().setValue(777)
    for cell in (whole_cells(wall)[0], whole_cells(wall)[-1]):
        with qtbot.waitSignal(wall.opened, timeout=WAIT) as told:
            click(qtbot, wall.viewport(), wall.cell_rect(cell).center())
        assert told.args is not None
        assert told.args[0] == order[cell] == wall.current
    with qtbot.assertNotEmitted(wall.opened):
        click(qtbot, wall.viewport(), QPoint(1, 1))


def test_hovering_tells_the_image_and_the_pixel(wall: ImageWall, qtbot: QtBot) -> None:
    told = Overheard(wall).words
    cell = whole_cells(wall)[5]
    box, side = wall.cell_rect(cell), wall.cell_rect(cell).width() // 8
    point = box.topLeft() + QPoint(3 * side + 1, 6 * side + 1)
    QTest.mouseMove(wall.viewport(), point)
    assert wall.content is not None
    value = wall.content.images[cell].reshape(8, 8)[6, 3]
    assert told[-1] == f"image {cell}; pixel (6, 3) = {value:.4g}"
    assert wall.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    wall.verticalScrollBar().setValue(10 * layout_of(wall).cell_size[0])
    assert told[-1].startswith(f"image {cell + 10 * layout_of(wall).n_columns};")
    QTest.mouseMove(wall.viewport(), QPoint(1, 1))
    assert told[-1] == ""


def test_going_to_an_image_scrolls_only_if_it_must(wall: ImageWall) -> None:
    assert wall.go_to(3)
    assert wall.verticalScrollBar().value() == 0
    assert wall.go_to(400)
    assert wall.current == 400
    middle = wall.cell_rect(400).center().y()
    assert abs(middle - wall.viewport().height() / 2) < layout_of(wall).cell_size[0]
    wall.set_content(content(order=np.arange(0, 500, 2)), keep_place=True)
    assert wall.current == 400
    assert not wall.go_to(401)
    assert wall.current == 400


def test_control_and_the_wheel_zoom_around_the_pointer(wall: ImageWall) -> None:
    wall.verticalScrollBar().setValue(2000)
    cell = whole_cells(wall)[15]
    point = wall.cell_rect(cell).center()
    told = []
    wall.zoom_changed.connect(lambda *which: told.append(which))
    before = wall.side
    wheel(wall, point, 2, CONTROL)
    assert wall.side == before + 16  # two zooms of 8 image pixels
    assert told[-1][0] == wall.zoom_index
    assert abs(wall.cell_rect(cell).center().y() - point.y()) <= 1
    wheel(wall, wall.cell_rect(cell).center(), -2, CONTROL)
    assert wall.side == before
    assert abs(wall.cell_rect(cell).center().y() - point.y()) <= 2


def test_the_wheel_alone_scrolls(wall: ImageWall) -> None:
    wheel(wall, QPoint(100, 100), -1, PLAIN)
    assert wall.verticalScrollBar().value() > 0
    assert wall.zoom_index == nearest_zoom(zooms((8, 8)), (8, 8), wall_view.USUAL_SIDE)


def test_plus_and_minus_zoom_and_keep_the_current_image_in_place(
    wall: ImageWall, qtbot: QtBot
) -> None:
    wall.go_to(300)
    before, y = wall.zoom_index, wall.cell_rect(300).center().y()
    qtbot.keyClick(wall, Qt.Key.Key_Plus)
    assert wall.zoom_index == before + 1
    assert abs(wall.cell_rect(300).center().y() - y) <= 1
    for _ in range(100):
        qtbot.keyClick(wall, Qt.Key.Key_Minus)
    assert wall.zoom_index == 0
    assert wall.side >= SMALLEST_SIDE


def test_other_images_keep_the_size_seen(wall: ImageWall) -> None:
    wall.set_zoom(10)
    side = wall.side
    for shape in SHAPES[:-1]:
        wall.set_content(content(40, shape), keep_place=False)
        steps = [max(zoom.size(shape)) for zoom in zooms(shape)]
        assert abs(wall.side - side) == min(abs(step - side) for step in steps)
    wall.set_content(content(), keep_place=False)
    assert wall.side == side


def test_on_a_fine_screen_images_are_as_large_and_still_whole(
    wall: ImageWall, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = wall.side
    monkeypatch.setattr(ImageWall, "_ratio", 1.5)
    wall.set_content(content(300, (28, 28)), keep_place=False)
    layout = layout_of(wall)
    assert layout.image_size[0] % 28 == 0
    assert abs(wall.side - side) <= 28 / 1.5 / 2 + 1
    box = wall.cell_rect(7)
    assert wall.cell_at(box.center()) == 7
    assert abs(box.width() - layout.image_size[1] / 1.5) <= 2


def test_a_wall_that_loses_images_goes_on_with_the_same_line(wall: ImageWall) -> None:
    rng = np.random.default_rng(0)
    cell_h = layout_of(wall).cell_size[0]
    wall.verticalScrollBar().setValue(20 * cell_h + 5)
    top = int(layout_of(wall).n_columns * 20)
    for _ in range(30):  # a live run: the choice changes again and again
        left_out = rng.random(500) < 0.4
        left_out[top] = False
        order = np.flatnonzero(~left_out)
        wall.set_content(content(order=order), keep_place=True)
        rows = [order[cell] for cell in wall.visible_cells()]
        assert top in rows[: layout_of(wall).n_columns]
        assert wall.verticalScrollBar().value() % cell_h == 5


def test_a_sorted_wall_stays_where_it_is_scrolled_to(wall: ImageWall) -> None:
    rng = np.random.default_rng(0)
    for _ in range(5):
        shuffled = content(order=rng.permutation(500), as_stored=False)
        wall.set_content(shuffled, keep_place=True)
        wall.verticalScrollBar().setValue(1500)
        wall.set_content(content(order=rng.permutation(500), as_stored=False), keep_place=True)
        assert wall.verticalScrollBar().value() == 1500


def test_the_current_image_stays_current_wherever_it_goes(wall: ImageWall, qtbot: QtBot) -> None:
    wall.go_to(123)
    order = np.random.default_rng(3).permutation(500)
    wall.set_content(content(order=order, as_stored=False), keep_place=True)
    assert wall.current == 123
    qtbot.keyClick(wall, Qt.Key.Key_Left)
    assert wall.current == order[list(order).index(123) - 1]
    wall.set_content(content(order=np.array([7, 8, 9])), keep_place=True)
    assert wall.current is None
    qtbot.keyClick(wall, Qt.Key.Key_Right)
    assert wall.current == 9, "the place nearest to where it was"


def test_another_choice_begins_at_the_top(wall: ImageWall) -> None:
    wall.go_to(450)
    wall.set_content(content(order=np.arange(100, 500)), keep_place=False)
    assert wall.verticalScrollBar().value() == 0
    assert wall.current is None


def test_a_wall_made_wider_goes_on_with_the_same_image(wall: ImageWall) -> None:
    wall.verticalScrollBar().setValue(21 * layout_of(wall).cell_size[0])
    first = wall.visible_cells().start
    for width in (400, 900, 640):
        wall.resize(width, 420)
        columns = layout_of(wall).n_columns
        assert first in range(wall.visible_cells().start, wall.visible_cells().start + columns)


@pytest.fixture
def counts(qtbot: QtBot, app: QApplication) -> Iterator[Callable[..., ClassCounts]]:
    """Return a maker of shown counts."""
    made: list[ClassCounts] = []

    def make(names: tuple[str, ...], *parts: PartCounts) -> ClassCounts:
        widget = ClassCounts()
        qtbot.addWidget(widget)
        made.append(widget)
        widget.set_counts(names, parts)
        widget.resize(300, widget.sizeHint().height())
        widget.show()
        activate(qtbot, widget)
        widget.clearFocus()  # its mark has the colour of a bar
        return widget

    yield make
    for widget in made:
        widget.close()


def test_bars_are_as_long_as_the_counts(counts: Callable[..., ClassCounts]) -> None:
    train, test = np.array([100, 50, 0, 1]), np.array([10, 20, 5, 0])
    widget = counts(("a", "b", "c", "d"), PartCounts("train", "train", train),
                    PartCounts("test", "test", test))  # fmt: skip
    longest = widget.bar_rect(0, 0).width()
    assert longest == widget.bar_rect(1, 1).width()
    for k in range(4):
        assert widget.bar_rect(k, 0).width() == pytest.approx(longest * train[k] / 100)
        assert widget.bar_rect(k, 1).width() == pytest.approx(longest * test[k] / 20)
    picture = pixels(widget)
    for k in range(4):
        row = widget.cell_rect(k)
        line = picture[row.top() : row.bottom()]
        n_painted = int(has_colour(line, LIGHT.train).any(axis=0).sum())
        expected = 0 if train[k] == 0 else max(1, round(longest * train[k] / 100))
        assert abs(n_painted - expected) <= 1


@pytest.mark.parametrize("n_classes", [2, 100])
def test_a_click_and_the_keyboard_choose_a_class(
    counts: Callable[..., ClassCounts], qtbot: QtBot, n_classes: int
) -> None:
    numbers = PartCounts("train", "train", np.arange(n_classes) + 1)
    unseen = PartCounts("validation", "validation", np.arange(n_classes), drawn=False)
    names = tuple(f"a class whose name is long {k}" for k in range(n_classes))
    widget = counts(names, numbers, unseen)
    last = n_classes - 1
    assert widget.cell_rect(last).bottom() <= widget.height()
    with qtbot.waitSignal(widget.clicked, timeout=WAIT) as told:
        click(qtbot, widget, widget.cell_rect(last).center())
    assert told.args == [last, 0]
    words = Overheard(widget).words
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_Up)
    assert words[-1].startswith(f"class {names[last - 1]}: {last} train (")
    assert f"{last - 1} validation" in words[-1]
    with qtbot.waitSignal(widget.clicked, timeout=WAIT) as told:
        qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert told.args == [last - 1, 0]
    QTest.mouseMove(widget, widget.cell_rect(0).center())
    assert words[-1] == widget.describe(0)
    QTest.mouseMove(widget, QPoint(5, 2))
    assert words[-1] == ""


def test_the_chosen_class_is_marked(counts: Callable[..., ClassCounts]) -> None:
    widget = counts(("a", "b", "c"), PartCounts("train", "train", np.array([3, 2, 1])))
    assert not has_colour(pixels(widget), LIGHT.selection).any()
    widget.set_chosen(1)
    marked = np.argwhere(has_colour(pixels(widget), LIGHT.selection))
    assert marked[:, 0].min() == widget.cell_rect(1).top()
    assert marked[:, 0].max() == widget.cell_rect(1).bottom()
    widget.set_counts(("x", "y"), [PartCounts("train", "train", np.array([3, 2]))])
    assert widget.chosen is None


def test_themes_reach_the_counts(counts: Callable[..., ClassCounts]) -> None:
    widget = counts(("a", "b"), PartCounts("train", "train", np.array([3, 2])))
    widget.set_theme(DARK)
    assert has_colour(pixels(widget), DARK.train).any()
    assert rgb(DARK.train) != rgb(LIGHT.train)

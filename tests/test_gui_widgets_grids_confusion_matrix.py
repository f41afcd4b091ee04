"""Counts of what is taken for what, as a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from gui_helpers import has_colour, hover, pixels, rgb

from core.pictures import luminance
from gui.theme import DARK, LIGHT, Theme
from gui.widgets.grids.confusion_matrix import ConfusionMatrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot


@pytest.fixture
def matrix(qtbot: QtBot, app: object) -> Iterator[ConfusionMatrix]:
    """Return a matrix of its own."""
    made = ConfusionMatrix()
    qtbot.addWidget(made)
    made.resize(700, 420)
    made.show()
    yield made
    made.close()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_cells_have_the_colours_of_their_shares(matrix: ConfusionMatrix, theme: object) -> None:
    assert theme in (LIGHT, DARK)
    shown = LIGHT if theme is LIGHT else DARK
    matrix.set_theme(shown)
    matrix.set_counts(("a", "b"), np.array([[10, 0], [5, 5]]))
    picture = pixels(matrix)

    def ground(label: int, read: int) -> NDArray[np.uint8]:
        box = matrix.cell_rect(label, read)
        return picture[box.top() + 4, box.left() + 4]

    assert has_colour(ground(0, 0), shown.accent)  # all of them
    assert has_colour(ground(0, 1), shown.surface)  # none
    assert has_colour(ground(1, 0), shown.bad)  # the most frequent mistake there is
    assert not has_colour(ground(1, 1), shown.accent)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_numbers_can_be_read_on_every_colour(matrix: ConfusionMatrix, theme: Theme) -> None:
    """Shares of 0 to 1 in steps of 1 / 12, on the diagonal and off it."""
    n = 13
    matrix.set_theme(theme)
    matrix.resize(1200, 760)
    counts = np.zeros((n, n), dtype=np.int64)
    at = np.arange(n)
    counts[at, at], counts[at, (at + 1) % n] = 8 * at, 8 * (n - 1 - at)
    matrix.set_counts([f"{k}" for k in at], counts)
    picture, seen = pixels(matrix), 0
    for row, column in zip(*counts.nonzero(), strict=True):
        box = matrix.cell_rect(int(row), int(column)).adjusted(3, 3, -3, -3)
        cell = picture[box.top() : box.bottom(), box.left() : box.right()]
        ground, words = luminance(cell[0, 0]), luminance(cell)
        farthest = words.flat[np.abs(words - ground).argmax()]
        low, high = sorted((float(ground), float(farthest)))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (row, column)
        seen += 1
    assert seen == 2 * n - 2


@pytest.mark.parametrize("n_classes", [2, 10, 47, 100])
@pytest.mark.parametrize("size", [(560, 260), (1300, 500)])
def test_every_cell_is_seen_and_found_again(
    matrix: ConfusionMatrix, n_classes: int, size: tuple[int, int]
) -> None:
    matrix.resize(*size)
    counts = np.random.default_rng(0).integers(0, 50, (n_classes, n_classes))
    matrix.set_counts([f"class {k}" for k in range(n_classes)], counts)
    matrix.set_rates(True)
    pointed: list[tuple[int, int] | None] = []
    matrix.pointed.connect(pointed.append)
    for label, read in ((0, 0), (n_classes - 1, 0), (n_classes - 1, n_classes - 1), (1, 0)):
        box = matrix.cell_rect(label, read)
        assert matrix.rect().contains(box)
        hover(matrix, box.center())
        assert pointed[-1] == (label, read)
    pixels(matrix)


@pytest.mark.parametrize("n_classes", [3, 47])
def test_many_classes_are_one_picture_of_every_cell(
    matrix: ConfusionMatrix, n_classes: int
) -> None:
    """All labels are read rightly but one in four, as the class below."""
    matrix.resize(900, 800)
    at = np.arange(n_classes)
    counts = np.zeros((n_classes, n_classes), dtype=np.int64)
    counts[at, at], counts[at[::4], (at[::4] + 1) % n_classes] = 3, 3
    counts[at[::4], at[::4]] = 0
    matrix.set_counts([f"class {k}" for k in at], counts)
    picture = pixels(matrix)
    full = {True: rgb(LIGHT.accent), False: rgb(LIGHT.bad)}
    for row, column in np.ndindex(counts.shape):
        box = matrix.cell_rect(row, column)
        wanted = full[row == column] if counts[row, column] else rgb(LIGHT.surface)
        corner = picture[box.top() + 2, box.left() + 2]
        assert tuple(int(v) for v in corner) == wanted, (row, column)


def test_shares_are_written_in_per_cent(matrix: ConfusionMatrix) -> None:
    matrix.set_counts(("a", "b"), np.array([[199, 1], [50, 50]]))
    assert matrix.number(1, 0) == "50"
    matrix.set_rates(True)
    assert [matrix.number(*at) for at in ((0, 0), (0, 1), (1, 0))] == [">99%", "<1%", "50%"]


def test_before_there_are_counts_nothing_is_painted(matrix: ConfusionMatrix) -> None:
    assert len(np.unique(pixels(matrix).reshape(-1, 3), axis=0)) == 1

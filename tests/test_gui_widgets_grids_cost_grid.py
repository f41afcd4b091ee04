"""The matrix of costs: colours, scale, and cells that are found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from core_samples import cost_matrix_of
from gui_helpers import activate, has_colour, hover, pixels, rgb

from gui.theme import DARK, LIGHT
from gui.widgets.grids.confusion_matrix import ConfusionMatrix
from gui.widgets.grids.cost_grid import CostGrid, cost_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from gui.theme import Theme

NAN = np.nan


@pytest.fixture
def grid(qtbot: QtBot, app: object) -> Iterator[CostGrid]:
    """Return a grid of its own."""
    made = CostGrid()
    qtbot.addWidget(made)
    made.resize(700, 420)
    made.show()
    activate(qtbot, made)
    yield made
    made.close()


def ground(grid: CostGrid, row: int, column: int) -> NDArray[np.uint8]:
    """Return the colour of a cell beside what is written in it."""
    box = grid.cell_rect(row, column)
    return pixels(grid)[box.top() + 4, box.left() + 4]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_cheap_is_strong_dear_is_pale_and_the_ends_are_written(
    grid: CostGrid, theme: Theme
) -> None:
    grid.set_theme(theme)
    grid.set_costs(("a", "b", "c"), cost_matrix_of([[NAN, 1, 2], [4, NAN, np.inf], [2, 4, NAN]]))
    picture = pixels(grid)
    assert has_colour(ground(grid, 0, 1), theme.bad)  # the cheapest
    assert has_colour(ground(grid, 1, 0), theme.surface)  # the dearest
    assert has_colour(ground(grid, 1, 2), theme.surface)  # what cannot be reached
    assert has_colour(ground(grid, 0, 0), theme.raised)  # nothing on the diagonal
    middle = (np.array(rgb(theme.bad)) + rgb(theme.surface)) / 2  # 2 is as far from 1 as from 4
    assert np.abs(ground(grid, 0, 2) - middle).max() <= 1
    assert grid.scale_ends() == ("1.0", "4.0")
    bar = grid.scale_rect()
    assert grid.rect().contains(bar)
    inside = picture[bar.top() + 1 : bar.bottom() - 1, bar.center().x()].astype(int)
    assert np.abs(inside[0] - rgb(theme.bad)).max() < 6
    assert np.abs(inside[-1] - rgb(theme.surface)).max() < 6


def test_medians_next_to_the_same_are_not_blown_up(grid: CostGrid) -> None:
    grid.set_costs(("a", "b"), cost_matrix_of([[NAN, 2.0], [2.02, NAN]]))
    assert grid.scale_ends() == ("2.0", "2.5")
    assert has_colour(ground(grid, 0, 1), LIGHT.bad)
    pale, strong = np.array(rgb(LIGHT.surface)), np.array(rgb(LIGHT.bad))
    assert (np.abs(ground(grid, 1, 0) - strong) <= 0.1 * np.abs(pale - strong) + 1).all()


@pytest.mark.parametrize("n_classes", [2, 10, 47, 100])
@pytest.mark.parametrize("size", [(450, 260), (770, 620)])
def test_every_cell_is_seen_and_found_again(
    grid: CostGrid, n_classes: int, size: tuple[int, int]
) -> None:
    pointed = list[object]()
    grid.pointed.connect(pointed.append)
    grid.resize(*size)
    medians = np.random.default_rng(0).random((n_classes, n_classes)) + 0.01
    np.fill_diagonal(medians, NAN)
    grid.set_costs([f"class {k}" for k in range(n_classes)], cost_matrix_of(medians.tolist()))
    for row, column in ((0, 0), (n_classes - 1, 0), (n_classes - 1, n_classes - 1), (1, 0)):
        box = grid.cell_rect(row, column)
        assert grid.rect().contains(box)
        hover(grid, box.center())
        assert pointed[-1] == (row, column)
    assert grid.scale_rect().left() > grid.cell_rect(0, n_classes - 1).right()
    pixels(grid)


def test_both_matrices_have_their_cells_in_the_same_places(qtbot: QtBot, app: object) -> None:
    grid, confused = CostGrid(), ConfusionMatrix(has_scale=False)
    for made in (grid, confused):
        qtbot.addWidget(made)
        made.resize(500, 300)
    grid.set_costs(("a", "b"), cost_matrix_of([[NAN, 1.0], [2.0, NAN]]))
    confused.set_counts(("a", "b"), np.array([[3, 1], [0, 4]]))
    assert grid.cell_rect(1, 0).topLeft() == confused.cell_rect(1, 0).topLeft()


def test_before_there_are_costs_nothing_is_painted(grid: CostGrid) -> None:
    assert len(np.unique(pixels(grid).reshape(-1, 3), axis=0)) == 1
    grid.set_costs(("a", "b"), None)
    assert len(np.unique(pixels(grid).reshape(-1, 3), axis=0)) == 1


def test_a_marked_cell_is_framed(grid: CostGrid) -> None:
    grid.set_costs(("a", "b"), cost_matrix_of([[NAN, 1.0], [2.0, NAN]]))
    assert not has_colour(pixels(grid, grid.cell_rect(1, 1)), LIGHT.text)[0, 5:20].all()
    grid.set_mark((1, 1))
    assert has_colour(pixels(grid, grid.cell_rect(1, 1)), LIGHT.text)[0, 5:20].all()


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0421, ".042"), (0.8, ".80"), (1.0, "1.0"), (3.34, "3.3"), (12.3, "12"), (140.2, "140"),
     (0.0, "0"), (np.inf, "∞"), (NAN, "")],
)  # fmt: skip
def test_sizes_are_written_in_few_characters(value: float, words: str) -> None:
    assert cost_words(value) == words


def test_the_scale_of_the_confusion_is_its_largest_share_of_mistakes(
    qtbot: QtBot, app: object
) -> None:
    matrix = ConfusionMatrix(has_scale=True)
    qtbot.addWidget(matrix)
    matrix.set_counts(("a", "b"), np.array([[90, 10], [1, 199]]))
    assert matrix.scale_ends() == ("10%", "0%")
    matrix.set_counts(("a", "b"), np.array([[100, 0], [0, 200]]))
    assert matrix.scale_ends() == ("", "")

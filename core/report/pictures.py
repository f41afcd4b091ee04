"""Pictures of images: mosaics with a caption under each, and the colour bar of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.insight.diagnostics import weight_images, weight_limit
from core.pictures import diverging_rgb, grey_rgb
from core.report.canvas import (
    EMPTY,
    GRID,
    INK,
    LINE_HEIGHT,
    MARGIN,
    MUTED,
    PICTURE_WIDTH,
    SMALL_SIZE,
    TEXT_SIZE,
    TITLE_SIZE,
    Canvas,
    elide,
    text_width,
    wrap,
)
from core.report.charts import nice_ticks, number, tick_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Dataset
    from core.insight.diagnostics import Diagnosis

_CELL_GAP = 24
_HEADING_HEIGHT = 36
_LARGEST_IMAGE = 280
"""Side in pixels; two rows of five then fill a projector's screen."""
_BAR_HEIGHT = 112


@dataclass(frozen=True, slots=True)
class Cell:
    """One image of a mosaic.

    Attributes
    ----------
    heading, caption : the lines above and below the image
    pixels : (height, width, 3) uint8, or None for an empty cell
    empty_words : what an empty cell says
    """

    heading: str
    caption: str
    pixels: NDArray[np.uint8] | None
    empty_words: str = ""


def magnification(image_shape: tuple[int, int], room: int) -> int:
    """Return the largest whole factor at which the image fits a square of ``room`` pixels."""
    return max(1, room // max(image_shape))


def columns_for(n_cells: int) -> int:
    """Return how many cells stand in a row: few and large where there are few."""
    if n_cells <= 4:
        return n_cells
    return min(-(-n_cells // 2), 5) if n_cells <= 10 else 8


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells of a mosaic lie; lengths in pixels."""

    n_cells: int
    columns: int
    factor: int
    image_size: tuple[int, int]
    cell_width: int
    cell_height: int
    caption_lines: int

    @property
    def height(self) -> int:
        """Height of all rows."""
        return -(-self.n_cells // self.columns) * self.cell_height

    def corner(self, i: int) -> tuple[int, int]:
        """Return left of cell ``i`` in the picture and its top within the mosaic."""
        row, column = divmod(i, self.columns)
        width = self.columns * (self.cell_width + _CELL_GAP) - _CELL_GAP
        left = (PICTURE_WIDTH - width) // 2
        return left + column * (self.cell_width + _CELL_GAP), row * self.cell_height


def make_grid(n_cells: int, image_shape: tuple[int, int], caption_lines: int = 1) -> Grid:
    """Lay out ``n_cells`` images in rows that fill the width of a picture."""
    columns = columns_for(n_cells)
    # At least three cells share the width: one or two images are not blown up beyond the rest.
    width = (PICTURE_WIDTH - 2 * MARGIN + _CELL_GAP) // max(columns, 3) - _CELL_GAP
    factor = magnification(image_shape, min(width, _LARGEST_IMAGE))
    height, across = image_shape[0] * factor, image_shape[1] * factor
    text_height = _HEADING_HEIGHT + round(caption_lines * LINE_HEIGHT * TEXT_SIZE) + 36
    cell_height = height + text_height
    return Grid(n_cells, columns, factor, (height, across), width, cell_height, caption_lines)


def draw_heading(canvas: Canvas, title: str, subtitle: str) -> None:
    """Write a picture's title and up to two lines under it."""
    width = canvas.width - 2 * MARGIN
    sizes = (TITLE_SIZE, 30, 26)
    size = next((size for size in sizes if text_width(title, size) <= width), sizes[-1])
    canvas.text((MARGIN, 30 + (TITLE_SIZE - size) / 2), elide(title, size, width), size)
    canvas.lines((MARGIN, 84), wrap(subtitle, TEXT_SIZE, width)[:2], TEXT_SIZE, MUTED)


def mosaic(title: str, subtitle: str, cells: Sequence[Cell], grid: Grid, below: int = 0) -> Canvas:
    """Draw a titled mosaic and leave ``below`` pixels free under it."""
    two_lines = len(wrap(subtitle, TEXT_SIZE, PICTURE_WIDTH - 2 * MARGIN)) > 1
    top = 180 if two_lines else 148
    # Nothing here needs smoothing, and 47 classes make a tall picture: no oversampling.
    canvas = Canvas(PICTURE_WIDTH, top + grid.height + below + 12, oversampling=1)
    draw_heading(canvas, title, subtitle)
    for i, cell in enumerate(cells):
        x, y = grid.corner(i)
        _draw_cell(canvas, x, top + y, cell, grid)
    return canvas


def _draw_cell(canvas: Canvas, left: int, top: int, cell: Cell, grid: Grid) -> None:
    height, width = grid.image_size
    middle = left + grid.cell_width / 2
    heading = elide(cell.heading, TEXT_SIZE, grid.cell_width)
    canvas.text((middle, top), heading, TEXT_SIZE, INK, "ma")
    y = top + _HEADING_HEIGHT
    x = round(middle - width / 2)
    if cell.pixels is not None:
        canvas.image((x, y), cell.pixels, grid.factor)
        canvas.rectangle((x - 1, y - 1, x + width + 1, y + height + 1), outline=GRID)
    else:
        # A narrow image leaves no room for words; the empty cell is as wide as its column.
        box = (left, y, left + grid.cell_width, y + height)
        canvas.rectangle(box, EMPTY, GRID, 2)
        line = LINE_HEIGHT * SMALL_SIZE
        words = wrap(cell.empty_words, SMALL_SIZE, grid.cell_width - 12)[
            : max(1, int(height / line))
        ]
        for j, word in enumerate(words):
            at = y + height / 2 + (j - (len(words) - 1) / 2) * line
            canvas.text((middle, at), word, SMALL_SIZE, MUTED, "mm")
    size = TEXT_SIZE if grid.cell_width > 200 else SMALL_SIZE
    caption = wrap(cell.caption, size, grid.cell_width)[: grid.caption_lines]
    canvas.lines((middle, y + height + 8), caption, size, INK, "ma")


def draw_colour_bar(canvas: Canvas, top: int, limit: float, label: str) -> None:
    """Draw the diverging scale from ``-limit`` to ``limit`` with its numbers."""
    width, height = 720, 30
    left = (canvas.width - width) // 2
    values = np.linspace(-limit, limit, width)[None, :].repeat(height, axis=0)
    canvas.image((left, top), diverging_rgb(values, limit))
    canvas.rectangle((left - 1, top - 1, left + width + 1, top + height + 1), outline=MUTED)
    ticks = nice_ticks(-limit, limit, 8)
    for tick, text in zip(ticks, tick_labels(ticks), strict=True):
        x = left + (tick / limit + 1) / 2 * (width - 1)
        canvas.line([(x, top + height), (x, top + height + 8)], MUTED, 2)
        canvas.text((x, top + height + 12), text, SMALL_SIZE, INK, "ma")
    canvas.text((canvas.width / 2, top + height + 44), label, SMALL_SIZE, MUTED, "ma")


def class_heading(name: str) -> str:
    """Return ``class 5`` for a short name, the name alone for a long one."""
    return f"class {name}" if len(name) <= 3 else name


def weights_picture(dataset: Dataset, weights: NDArray[Any], epoch: int) -> bytes:
    """Return ``weights.png``: every class's weights as an image, on one symmetric scale."""
    limit = weight_limit(weights)
    colours = diverging_rgb(weight_images(weights, dataset.image_shape), limit)
    cells = [
        Cell(class_heading(name), "", pixels)
        for name, pixels in zip(dataset.class_names, colours, strict=True)
    ]
    grid = make_grid(len(cells), dataset.image_shape, caption_lines=0)
    canvas = mosaic(
        f"Weights after epoch {epoch}",
        "Each class's weights as an image, without the bias. Ink on red speaks for the class, ink "
        "on blue against it. All share one scale.",
        cells,
        grid,
        below=_BAR_HEIGHT,
    )
    end = number(limit, ".3g")
    extent = f"the scale ends at ±{end}" if weights[:, 1:].any() else "all are zero"
    words = f"weight of a pixel; {extent}"
    draw_colour_bar(canvas, canvas.height - _BAR_HEIGHT, limit, words)
    return canvas.png()


def means_picture(dataset: Dataset, diagnosis: Diagnosis, epoch: int) -> bytes:
    """Return ``means.png``: the mean of each class's correctly classified training images."""
    means = diagnosis.mean_images.reshape(-1, *dataset.image_shape)
    cells = []
    for k, name in enumerate(dataset.class_names):
        correct, samples = int(diagnosis.n_correct[k]), int(diagnosis.n_samples[k])
        pixels = grey_rgb(means[k]) if correct else None
        words = "no image of this class is classified correctly"
        caption = f"{correct:,} of {samples:,} correct" if samples else "no image"
        if not samples:
            words = "no training image of this class"
        cells.append(Cell(class_heading(name), caption, pixels, words))
    return mosaic(
        f"Mean images after epoch {epoch}",
        "The mean of the training images of each class that are classified correctly.",
        cells,
        make_grid(len(cells), dataset.image_shape),
    ).png()


def worst_picture(dataset: Dataset, diagnosis: Diagnosis, epoch: int) -> bytes:
    """Return ``worst.png``: each class's most confidently misread training image."""
    names = dataset.class_names
    cells = []
    for k, mistake in enumerate(diagnosis.worst):
        if mistake is None:
            words = "no mistake" if diagnosis.n_samples[k] else "no training image of this class"
            cells.append(Cell(class_heading(names[k]), "", None, words))
            continue
        image = dataset.train.images[mistake.index].reshape(dataset.image_shape)
        taken_for = elide(names[mistake.predicted], SMALL_SIZE, 150)
        caption = f"→ {taken_for}, {mistake.probability:.2f}   #{mistake.index}"
        cells.append(Cell(class_heading(names[k]), caption, grey_rgb(image)))
    return mosaic(
        f"Worst classified after epoch {epoch}",
        "The surest mistake within each class of training images: → the class it was taken for, "
        "how surely, # its number.",
        cells,
        make_grid(len(cells), dataset.image_shape),
    ).png()

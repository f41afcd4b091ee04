"""What a figure shows, apart from how it is drawn: titles, numbers, words.

The report and the window make the same descriptions; :mod:`core.report.drawing` draws them, and
each can say its numbers as a table. Nothing here needs a drawing library.
"""

from __future__ import annotations

import csv
import io
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLUE, VERMILION, GREEN = "#0072b2", "#d55e00", "#008460"
"""Of Okabe and Ito's colours, which colour-blind eyes keep apart."""


class _Fixed:
    """A description whose numbers cannot be changed any more."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Keep read-only copies."""
        names: tuple[str, ...] = self.__slots__
        for name in names:
            if isinstance(values := getattr(self, name), (np.ndarray, list)):
                fixed = np.array(values)
                fixed.setflags(write=False)
                object.__setattr__(self, name, fixed)


def _plain(value: Any) -> str:
    """Return a value as CSV has it: floats read back exactly, what is no number as R reads it."""
    if not isinstance(value, (float, np.floating)):
        return str(value)
    number = float(value)
    if math.isnan(number):
        return "NaN"
    return repr(number) if math.isfinite(number) else ("Inf" if number > 0 else "-Inf")


@dataclass(frozen=True, slots=True)
class Table:
    """Tidy numbers: one header row, then one row per point, cell or image."""

    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def to_csv(self, separator: str = ",") -> str:
        """Return the table as CSV text (RFC 4180) with "." for decimals."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=separator)
        writer.writerow(self.header)
        writer.writerows([_plain(value) for value in row] for row in self.rows)
        return text.getvalue()


@dataclass(frozen=True, slots=True, eq=False)
class Figure(ABC):
    """Something to be seen, with a title and a muted line or two under it.

    A line break in the subtitle begins a new line.
    """

    title: str
    subtitle: str

    @abstractmethod
    def table(self) -> Table:
        """Return the numbers that are seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Line(_Fixed):
    """One curve; NaN leaves a gap.

    Attributes
    ----------
    colour : "#rrggbb"
    dash : "", "dashed", "dotted" or "dashdot"
    strong : a thin and pale line stays behind the others
    bars : upright bars instead of a curve: 1 for such that stand on zero, -1 for such that hang
        from it; neither has negative numbers
    """

    label: str
    x: NDArray[Any]
    y: NDArray[Any]
    colour: str = BLUE
    dash: str = ""
    strong: bool = True
    bars: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Band(_Fixed):
    """A filled strip between two curves."""

    label: str
    x: NDArray[Any]
    low: NDArray[Any]
    high: NDArray[Any]
    colour: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin upright line with words above it."""

    label: str
    x: float


@dataclass(frozen=True, slots=True)
class Mark(Rule):
    """Such a line with a star on it."""

    y: float


@dataclass(frozen=True, slots=True, eq=False)
class Chart(Figure):
    """Curves over a common axis.

    Attributes
    ----------
    x_limits, y_limits : ends of an axis; by default chosen from the finite values
    y_log : numbers below zero are placed by log10 of their size, turned over: higher stays higher
    """

    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    marks: tuple[Mark, ...] = ()
    rules: tuple[Rule, ...] = ()
    x_log: bool = False
    y_log: bool = False
    x_limits: tuple[float, float] | None = None
    y_limits: tuple[float, float] | None = None

    @property
    def whole_x(self) -> bool:
        """Whether x counts something, epochs or steps: no tick lies between two of them."""
        return all(np.array_equal(line.x, np.floor(line.x)) for line in self.lines)

    def table(self) -> Table:
        """Return a row per point: which curve, x and y; a band's two values after them."""
        is_whole = self.whole_x

        def number(x: float) -> float:
            return int(x) if is_whole and float(x).is_integer() else float(x)

        rows: list[tuple[Any, ...]] = [
            (line.label, number(x), y.item() if line.bars else float(y))
            for line in self.lines
            for x, y in zip(line.x, line.y, strict=True)
        ]
        rows += [(mark.label, number(mark.x), float(mark.y)) for mark in self.marks]
        header: tuple[str, ...] = ("curve", self.x_label, self.y_label)
        if self.bands:
            header += ("low", "high")
            rows = [(*row, "", "") for row in rows]
            rows += [
                (band.label, number(x), "", float(low), float(high))
                for band in self.bands
                for x, low, high in zip(band.x, band.low, band.high, strict=True)
            ]
        return Table(header, tuple(rows))


@dataclass(frozen=True, slots=True, eq=False)
class Series(_Fixed):
    """A bar per label; NaN is a bar that could not be computed."""

    label: str
    values: NDArray[Any]
    colour: str = BLUE
    pale: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Bars(Figure):
    """Horizontal bars, one group per label and in it one bar per series.

    Attributes
    ----------
    value_label : what the length means, with its unit
    highlighted : the group that stands out in another hue, and what makes it so
    limits : ends of the value axis; by default from 0 to the largest value
    form : how a value is written beside its bar
    beside : another number of each label, written behind those of the bars
    """

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    value_label: str
    highlighted: int | None = None
    highlighted_label: str = ""
    limits: tuple[float, float] | None = None
    form: str = ".2f"
    beside: Series | None = None

    def table(self) -> Table:
        """Return a row per bar, and per number beside one."""
        rows = [
            (label, series.label, series.values[i].item())
            for i, label in enumerate(self.labels)
            for series in (*self.series, *filter(None, [self.beside]))
        ]
        return Table(("label", "series", self.value_label), tuple(rows))


@dataclass(frozen=True, slots=True, eq=False)
class Matrix(_Fixed, Figure):
    """Numbers in rows and columns, their cells coloured.

    Attributes
    ----------
    values : (n_rows, n_columns); NaN is an empty cell
    value_label : what they are
    texts : how they are written into their cells, where they are
    shades : (n_rows, n_columns) how strongly each cell is coloured, 0 to 1; NaN is an empty cell;
        by default the values
    shade_words, shade_label : what the palest and the strongest shade mean, and what all of them
        do; by default they are values
    hues : "#rrggbb" of full shade, and that of the diagonal; by default a scale of many hues
    """

    values: NDArray[Any]
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    row_label: str
    column_label: str
    value_label: str
    texts: tuple[tuple[str, ...], ...] | None = None
    shades: NDArray[Any] | None = None
    shade_words: tuple[str, str] | None = None
    shade_label: str = ""
    hues: tuple[str, str] | None = None

    def table(self) -> Table:
        """Return a row per cell."""
        rows = [
            (row, column, self.values[i, j].item())
            for i, row in enumerate(self.row_names)
            for j, column in enumerate(self.column_names)
        ]
        return Table((self.row_label, self.column_label, self.value_label), tuple(rows))


@dataclass(frozen=True, slots=True, eq=False)
class Cell(_Fixed):
    """One image of a mosaic.

    Attributes
    ----------
    heading, caption : the words above and below it; a line break begins a new line of the caption
    values : (height, width) grey values from 0 to 1, or signed ones; None for an empty cell
    limit : values are painted from blue at -limit over white to red, instead of black to white
    rgb : (height, width, 3) uint8, instead of values
    empty_words : what an empty cell says
    sign : stands between this image and the next ("+", "=")
    """

    heading: str
    caption: str
    values: NDArray[Any] | None = None
    limit: float | None = None
    rgb: NDArray[np.uint8] | None = None
    empty_words: str = ""
    sign: str = ""

    def pixels(self) -> Iterator[Any]:
        """Yield the image row after row: numbers, or colours as "#rrggbb"."""
        if self.values is not None:
            yield from self.values.ravel().tolist()
        elif self.rgb is not None:
            yield from (f"#{pixel.tobytes().hex()}" for pixel in self.rgb.reshape(-1, 3))


@dataclass(frozen=True, slots=True, eq=False)
class Pictures(Figure):
    """Images side by side.

    Attributes
    ----------
    columns : images in a row; by default few and large where there are few
    limit : that of the images, where a colour bar is drawn
    value_label : what the colour bar's numbers are
    """

    cells: tuple[Cell, ...]
    columns: int | None = None
    limit: float | None = None
    value_label: str = ""

    def table(self) -> Table:
        """Return a row per image with all its pixels, row after row."""
        rows = [(cell.heading, cell.caption, *cell.pixels()) for cell in self.cells]
        width = max((len(row) for row in rows), default=2)
        header = ("heading", "caption", *(f"pixel {i}" for i in range(width - 2)))
        return Table(header, tuple(row + ("",) * (width - len(row)) for row in rows))


@dataclass(frozen=True, slots=True, eq=False)
class Sheet(Figure):
    """Several figures together, row by row."""

    rows: tuple[tuple[Figure, ...], ...]

    def table(self) -> Table:
        """Return all rows of all figures; each fills its own columns."""
        figures = [figure for row in self.rows for figure in row]
        tables = [figure.table() for figure in figures]
        columns = tuple(dict.fromkeys(name for table in tables for name in table.header))
        rows = []
        for figure, table in zip(figures, tables, strict=True):
            for row in table.rows:
                found = dict(zip(table.header, row, strict=True))
                rows.append((figure.title, *(found.get(name, "") for name in columns)))
        return Table(("figure", *columns), tuple(rows))

"""Rows of small images, and how they look on paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.pictures import diverging_rgb, grey_rgb
from gui.widgets.basics.fitting_words import as_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from core.report.figures import Pictures, Sheet

_MOST_ON_PAPER = 12
"""Images beside each other."""


@dataclass(frozen=True, slots=True, eq=False)
class MosaicRow:
    """One row.

    Attributes
    ----------
    label, help : what the row shows
    values : (n_columns, height, width), read by hovering
    limit : values are painted from ``-limit`` (blue) to ``limit`` (red); None for ink, 0 to 1
    captions : one per column, drawn below the images; empty for none
    missing : one per column: what to write where there is no image, "" where there is one
    rgb : (n_columns, height, width, 3) uint8, how the values are painted
    """

    label: str
    help: str
    values: NDArray[np.floating]
    limit: float | None = None
    captions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rgb: NDArray[np.uint8] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Paint the values."""
        limit = self.limit
        rgb = grey_rgb(self.values) if limit is None else diverging_rgb(self.values, limit)
        object.__setattr__(self, "rgb", rgb)


def sheet(title: str, names: Sequence[str], rows: Sequence[MosaicRow]) -> Sheet:
    """Return a figure of each row below each other; ``names`` are those of the columns."""
    from core.report.figures import Sheet

    return Sheet(as_title(title), "", tuple((_pictures(row, names),) for row in rows))


def _pictures(row: MosaicRow, names: Sequence[str]) -> Pictures:
    from core.report.figures import Cell, Pictures

    nothing = ("",) * len(names)
    columns = zip(names, row.values, row.captions or nothing, row.missing or nothing, strict=True)
    cells = tuple(
        Cell(
            heading=name,
            caption=caption,
            values=None if missing else values,
            limit=row.limit,
            empty_words=missing,
        )
        for name, values, caption, missing in columns
    )
    per_row = -(-len(cells) // -(-len(cells) // _MOST_ON_PAPER))  # rows of equal length
    return Pictures(row.label, "", cells, per_row, row.limit, value_label=row.label)

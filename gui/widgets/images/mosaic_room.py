"""How large the images of a mosaic are, and how many stand beside each other."""

from __future__ import annotations

from dataclasses import dataclass

GAP, HEADER_GAP, BAND_GAP = 3, 4, 10
"""Pixels below an image, below the names of the columns and between two bands."""
_LARGEST_CELL = 190


@dataclass(frozen=True, slots=True)
class MosaicRoom:
    """What the sizes of all images follow from, in pixels.

    Attributes
    ----------
    width : of the mosaic
    n_rows, n_columns : of its images, 1 at least
    image : height and width of an image, in its own pixels
    smallest : the longer side of the smallest images, about
    line, name_line : heights of a line of words and of a row's name
    widest_label : room for the longest name of a row, beside the rows
    n_captioned : rows with words below their images
    is_narrow : whether names stand over the rows, however much room there is beside
    """

    width: int
    n_rows: int
    n_columns: int
    image: tuple[int, int]
    smallest: int
    line: int
    name_line: int
    widest_label: int
    n_captioned: int
    is_narrow: bool

    @property
    def above(self) -> int:
        """The room over each row for its name: where all columns fit but for the names."""
        least = self.n_columns * self.cell_size(self.least)[0]
        is_above = self.is_narrow or self.width - self.widest_label < least <= self.width
        return self.name_line if is_above else 0

    @property
    def label_width(self) -> int:
        """The room beside the rows for their names."""
        return 0 if self.above else self.widest_label

    @property
    def least(self) -> int:
        """The longer side of the smallest cells: a whole multiple of their pixels."""
        below, longer = self._whole(self.smallest), max(self.image)
        return below if 3 * below >= 2 * self.smallest else below + longer

    @property
    def least_per_band(self) -> int:
        """How many of the smallest cells stand beside each other."""
        fitting_ones = (self.width - self.label_width) // self.cell_size(self.least)[0]
        return min(max(fitting_ones, 1), self.n_columns)

    def cell_size(self, side: int) -> tuple[int, int]:
        """Return width and height of a cell whose longer side is given."""
        height, width = self.image
        longer = max(height, width)
        return max(1, side * width // longer), max(1, side * height // longer)

    def _whole(self, side: int) -> int:
        """Return the largest side up to this at which every pixel takes the same whole number."""
        longer = max(self.image)
        return side // longer * longer if side >= longer else side

    def choose(self, all_bands: int) -> tuple[int, int]:
        """Return the longer side of the largest cells in a height, and how many a band then has."""
        height, width = self.image
        longer = max(height, width)  # the shorter side follows from the shape of the images
        room = self.width - self.label_width
        words = self.line * (1 + self.n_captioned) + self.n_rows * self.above
        best = most = 0
        for n_bands in range(1, self.n_columns + 1):
            per_band = -(-self.n_columns // n_bands)
            band = (all_bands - (n_bands - 1) * BAND_GAP) // n_bands
            room_w = room // per_band
            room_h = (band - words - HEADER_GAP) // self.n_rows - GAP
            side = min(room_w * longer // width, room_h * longer // height, _LARGEST_CELL)
            side = self._whole(side)
            if side > best:
                best, most = side, per_band
            if room_h * longer // height <= best:
                break  # more bands are lower still
        if best < self.least:  # as wide as there is room; what is too high is scrolled
            return self.least, self.least_per_band
        return best, most

    def least_height(self) -> int:
        """Return the height of the smallest cells, in as many bands as the width needs."""
        n_bands = -(-self.n_columns // self.least_per_band)
        n_lines = 1 + max(self.n_captioned, 1)
        row = self.above + self.cell_size(self.least)[1] + GAP
        band = n_lines * self.line + HEADER_GAP + self.n_rows * row
        return n_bands * band + (n_bands - 1) * BAND_GAP

    def missing_height(self, height: int, most: int) -> int:
        """Return how much more larger images need, at most ``most``; 0 if that is no help."""
        wanted, longer = self.choose(height + most)[0], max(self.image)
        if wanted // longer <= self.choose(height)[0] // longer:
            return 0
        return next(n for n in range(most + 1) if self.choose(height + n)[0] >= wanted)

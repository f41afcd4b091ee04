"""Pen paths of the ten digits, as people write them.

Every digit has several writing styles, and a style is a tuple of strokes: the points a pen passes
through, in writing order.  The unit is the height of the digit, x points right and y points down.
The curve runs smoothly through the points of one stroke; at a corner one stroke ends and the next
begins at the same point.  Equal points within a style are one joint, so strokes that meet here
still meet after the hand has trembled.  A stroke that ends where it began is a smooth closed loop.

The coordinates were drawn by hand for this program.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

Point: TypeAlias = tuple[float, float]
Stroke: TypeAlias = tuple[Point, ...]


class Glyph(NamedTuple):
    """One way to write one digit.

    Attributes
    ----------
    share
        Relative frequency among the styles of the same digit.
    strokes
        Pen paths; points (x, y) in units of the digit's height.
    looseness
        Factor on the trembling of the hand; less where slips would turn it into another digit.
    """

    share: float
    strokes: tuple[Stroke, ...]
    looseness: float = 1.0


# Zeros and ones have few points on purpose: a hand that trembles must not give them corners.
# fmt: off
_ZEROS = (
    # Round, closed.
    Glyph(3, (((0.42, 0.00), (0.08, 0.24), (0.06, 0.74), (0.36, 1.00), (0.68, 0.74),
               (0.71, 0.25), (0.42, 0.00)),)),
    # Narrow, closed.
    Glyph(2, (((0.28, 0.00), (0.05, 0.26), (0.04, 0.75), (0.24, 1.00), (0.45, 0.74),
               (0.47, 0.25), (0.28, 0.00)),)),
    # Not quite closed: the pen ends just short of where it began.
    Glyph(2, (((0.44, 0.02), (0.10, 0.24), (0.07, 0.76), (0.36, 1.00), (0.66, 0.72),
               (0.66, 0.24), (0.50, 0.05)),)),
    # Overlapping: the pen runs past its beginning.
    Glyph(2, (((0.33, 0.07), (0.07, 0.36), (0.10, 0.82), (0.42, 0.99), (0.67, 0.66),
               (0.62, 0.18), (0.42, 0.00), (0.22, 0.07)),)),
)

_ONES = (
    # A single stroke.
    Glyph(4, (((0.30, 0.00), (0.30, 0.50), (0.30, 1.00)),), 0.6),
    # With a short steep flag, which keeps it apart from a seven.
    Glyph(2, (((0.13, 0.22), (0.24, 0.13), (0.34, 0.00)),
              ((0.34, 0.00), (0.34, 0.50), (0.34, 1.00))), 0.5),
    # With flag and foot.
    Glyph(1, (((0.15, 0.20), (0.26, 0.12), (0.36, 0.00)),
              ((0.36, 0.00), (0.36, 0.50), (0.36, 1.00)),
              ((0.14, 1.00), (0.36, 1.00), (0.60, 0.99))), 0.5),
)

_TWOS = (
    # Round top, sharp corner, straight base.
    Glyph(3, (((0.06, 0.22), (0.16, 0.06), (0.36, 0.00), (0.55, 0.10), (0.56, 0.33),
               (0.36, 0.65), (0.04, 0.97)),
              ((0.04, 0.97), (0.34, 0.96), (0.66, 0.95)))),
    # With a loop at the foot.
    Glyph(3, (((0.08, 0.18), (0.22, 0.03), (0.44, 0.02), (0.58, 0.18), (0.52, 0.45),
               (0.33, 0.77), (0.14, 0.96), (0.03, 0.90), (0.10, 0.78), (0.27, 0.83),
               (0.47, 0.97), (0.72, 0.93)),)),
    # Round corner and a wavy base.
    Glyph(2, (((0.05, 0.16), (0.22, 0.01), (0.46, 0.03), (0.56, 0.22), (0.44, 0.52),
               (0.20, 0.80), (0.04, 0.97)),
              ((0.04, 0.97), (0.20, 0.89), (0.42, 0.97), (0.68, 0.90)))),
)

_THREES = (
    # Two round bellies that meet in a point.
    Glyph(3, (((0.08, 0.13), (0.26, 0.01), (0.48, 0.04), (0.55, 0.21), (0.44, 0.38),
               (0.24, 0.45)),
              ((0.24, 0.45), (0.48, 0.51), (0.61, 0.71), (0.50, 0.93), (0.26, 1.00),
               (0.03, 0.90)))),
    # Flat top.
    Glyph(1, (((0.08, 0.02), (0.34, 0.02), (0.58, 0.00)),
              ((0.58, 0.00), (0.44, 0.19), (0.26, 0.39)),
              ((0.26, 0.39), (0.50, 0.44), (0.63, 0.66), (0.51, 0.91), (0.25, 1.00),
               (0.02, 0.90)))),
    # A small curl at the waist.
    Glyph(2, (((0.06, 0.10), (0.28, 0.00), (0.50, 0.08), (0.50, 0.28), (0.33, 0.44),
               (0.22, 0.45), (0.27, 0.39), (0.46, 0.47), (0.60, 0.69), (0.50, 0.92),
               (0.26, 1.00), (0.04, 0.92)),)),
)

_FOURS = (
    # Open, angular.
    Glyph(3, (((0.13, 0.02), (0.08, 0.27), (0.05, 0.52)),
              ((0.05, 0.52), (0.34, 0.53), (0.68, 0.48)),
              ((0.55, 0.04), (0.53, 0.36), (0.50, 0.68), (0.48, 1.00)))),
    # Open, the left part a round cup.
    Glyph(3, (((0.10, 0.03), (0.04, 0.26), (0.10, 0.46), (0.32, 0.50), (0.56, 0.40)),
              ((0.60, 0.00), (0.56, 0.40), (0.53, 0.70), (0.49, 1.00)))),
    # Closed, as printed.
    Glyph(2, (((0.48, 0.00), (0.26, 0.33), (0.02, 0.65)),
              ((0.02, 0.65), (0.36, 0.65), (0.72, 0.63)),
              ((0.48, 0.00), (0.48, 0.34), (0.47, 0.67), (0.46, 1.00)))),
)

_FIVES = (
    # Bar, neck, belly.
    Glyph(3, (((0.60, 0.02), (0.38, 0.01), (0.15, 0.03)),
              ((0.15, 0.03), (0.12, 0.22), (0.08, 0.44)),
              ((0.08, 0.44), (0.32, 0.37), (0.55, 0.48), (0.58, 0.73), (0.41, 0.95),
               (0.18, 1.00), (0.00, 0.92)))),
    # In one go, with round shoulders.
    Glyph(2, (((0.64, 0.01), (0.42, 0.01), (0.21, 0.07), (0.13, 0.25), (0.22, 0.40),
               (0.44, 0.48), (0.56, 0.66), (0.47, 0.90), (0.24, 1.00), (0.02, 0.94)),)),
    # The bar set last, not quite meeting the neck.
    Glyph(2, (((0.18, 0.08), (0.14, 0.24), (0.10, 0.43)),
              ((0.10, 0.43), (0.33, 0.38), (0.54, 0.52), (0.56, 0.77), (0.38, 0.97),
               (0.16, 0.99), (0.01, 0.89)),
              ((0.20, 0.05), (0.42, 0.03), (0.66, 0.00)))),
)

_SIXES = (
    # A sweeping stem.
    Glyph(3, (((0.50, 0.00), (0.27, 0.17), (0.10, 0.43), (0.06, 0.73), (0.18, 0.95),
               (0.38, 0.98), (0.54, 0.83), (0.52, 0.63), (0.35, 0.53), (0.16, 0.62),
               (0.08, 0.76)),)),
    # A nearly straight stem.
    Glyph(2, (((0.22, 0.00), (0.12, 0.25), (0.05, 0.52), (0.06, 0.80), (0.22, 0.98),
               (0.44, 0.95), (0.56, 0.78), (0.47, 0.60), (0.27, 0.58), (0.10, 0.73)),)),
    # A curled stem and a loop that crosses it.
    Glyph(1, (((0.60, 0.10), (0.46, 0.00), (0.25, 0.11), (0.09, 0.38), (0.05, 0.70),
               (0.17, 0.95), (0.38, 0.98), (0.55, 0.80), (0.47, 0.58), (0.25, 0.55),
               (0.02, 0.72)),)),
)

_SEVENS = (
    # Plain.
    Glyph(3, (((0.02, 0.06), (0.30, 0.04), (0.60, 0.02)),
              ((0.60, 0.02), (0.44, 0.34), (0.32, 0.66), (0.24, 1.00)))),
    # With a bar across the stem.
    Glyph(2, (((0.02, 0.05), (0.30, 0.04), (0.60, 0.01)),
              ((0.60, 0.01), (0.45, 0.33), (0.33, 0.66), (0.26, 1.00)),
              ((0.18, 0.50), (0.38, 0.48), (0.60, 0.45)))),
    # With a serif where the pen comes down.
    Glyph(1, (((0.03, 0.20), (0.05, 0.05)),
              ((0.05, 0.05), (0.34, 0.05), (0.62, 0.01)),
              ((0.62, 0.01), (0.50, 0.34), (0.42, 0.66), (0.38, 1.00)))),
    # A wave for the top and a round shoulder.
    Glyph(2, (((0.02, 0.15), (0.12, 0.04), (0.32, 0.07), (0.52, 0.02), (0.58, 0.11),
               (0.46, 0.37), (0.33, 0.67), (0.25, 1.00)),)),
)

_EIGHTS = (
    # One closed pen path that crosses itself.
    Glyph(4, (((0.55, 0.12), (0.34, 0.00), (0.13, 0.12), (0.17, 0.34), (0.42, 0.53),
               (0.59, 0.76), (0.40, 0.98), (0.16, 0.97), (0.06, 0.77), (0.22, 0.55),
               (0.48, 0.36), (0.55, 0.12)),)),
    # A small ring on a larger one.
    Glyph(2, (((0.32, 0.44), (0.12, 0.32), (0.14, 0.09), (0.34, 0.00), (0.53, 0.11),
               (0.52, 0.33), (0.32, 0.44)),
              ((0.32, 0.44), (0.08, 0.60), (0.07, 0.86), (0.32, 1.00), (0.57, 0.86),
               (0.57, 0.60), (0.32, 0.44)))),
    # The pen sets off to the left and comes back a little short of the top.
    Glyph(2, (((0.56, 0.06), (0.32, 0.00), (0.12, 0.14), (0.19, 0.36), (0.42, 0.54),
               (0.54, 0.78), (0.36, 0.99), (0.13, 0.94), (0.08, 0.74), (0.25, 0.54),
               (0.49, 0.34), (0.60, 0.15)),)),
)

_NINES = (
    # A ring and a straight tail.
    Glyph(3, (((0.57, 0.15), (0.38, 0.00), (0.14, 0.08), (0.04, 0.31), (0.17, 0.49),
               (0.39, 0.44), (0.57, 0.15)),
              ((0.57, 0.15), (0.55, 0.42), (0.51, 0.72), (0.47, 1.00)))),
    # A ring and a tail that curls to the left.
    Glyph(2, (((0.56, 0.17), (0.38, 0.00), (0.15, 0.07), (0.05, 0.29), (0.18, 0.46),
               (0.40, 0.41), (0.56, 0.17)),
              ((0.56, 0.17), (0.58, 0.47), (0.51, 0.80), (0.30, 1.00), (0.06, 0.92)))),
    # In one go from the top, the ring round and the tail bending away.
    Glyph(2, (((0.50, 0.08), (0.30, 0.00), (0.10, 0.13), (0.06, 0.36), (0.22, 0.50),
               (0.42, 0.40), (0.53, 0.21), (0.55, 0.07)),
              ((0.55, 0.07), (0.53, 0.40), (0.44, 0.72), (0.28, 1.00)))),
)

GLYPHS: Final[tuple[tuple[Glyph, ...], ...]] = (
    _ZEROS, _ONES, _TWOS, _THREES, _FOURS, _FIVES, _SIXES, _SEVENS, _EIGHTS, _NINES,
)
# fmt: on
"""The writing styles of every digit; ``GLYPHS[digit]`` lists the styles of that digit."""

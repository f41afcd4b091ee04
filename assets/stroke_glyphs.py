"""Pen paths of the ten digits, as people write them.

Every digit has several writing styles, and a style is a tuple of strokes: the points a pen passes
through, in writing order.  The unit is the height of the digit, x points right and y points down.
The curve runs smoothly through the points of one stroke; at a corner one stroke ends and the next
begins at the same point.  Equal points within a style are one joint, so strokes that meet here
still meet after the hand has trembled.  A stroke that ends where it began is a smooth closed loop.

The coordinates were drawn by hand for this program.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Point: TypeAlias = tuple[float, float]
Stroke: TypeAlias = tuple[Point, ...]

N_PATH: Final = 96
"""Path points per image: the longest digit measures some 60 pixels, so they lie close enough."""


class Glyph(NamedTuple):
    """One way to write one digit.

    Attributes
    ----------
    share
        Relative frequency among the styles of the same digit.
    strokes
        Pen paths; points (x, y) in units of the digit's height.
    """

    share: float
    strokes: tuple[Stroke, ...]


def _stroke(text: str) -> Stroke:
    pairs = (pair.split(",") for pair in text.split())
    return tuple((int(x) / 100, int(y) / 100) for x, y in pairs)


def _glyph(share: float, drawing: str) -> Glyph:
    """Read points ``x,y`` in hundredths of the height; a slash lifts the pen or turns a corner."""
    return Glyph(share, tuple(_stroke(text) for text in drawing.split("/")))


# Shares are uneven on purpose: people agree on a few common styles, and each rare one is met so
# seldom in training that a perceptron learns its examples by heart.

_ZEROS: Final = (
    # Round, closed.
    _glyph(5, "38,0 15,15 5,50 15,85 38,100 61,85 71,50 61,15 38,0"),
    # Narrow, closed.
    _glyph(3, "25,0 11,15 5,50 11,85 25,100 39,85 45,50 39,15 25,0"),
    # Not quite closed: the pen ends just short of where it began.
    _glyph(2, "46,2 24,6 8,30 6,62 20,92 40,99 60,84 68,52 64,22 54,7"),
    # Overlapping: the pen runs past its beginning.
    _glyph(2, "60,6 40,0 17,12 6,48 14,84 36,100 58,86 68,52 60,17 40,3 26,9"),
    # Pointed at the top, where the pen sets down.
    _glyph(1, "44,0 20,18 6,52 12,86 34,100 58,88 68,58 60,22 44,0"),
)

_ONES: Final = (
    # A single stroke.
    _glyph(6, "30,0 30,50 30,100"),
    # With a short steep flag, which keeps it apart from a seven.
    _glyph(3, "14,22 26,12 36,0/36,0 36,50 36,100"),
    # With flag and foot.
    _glyph(1, "13,20 26,12 36,0/36,0 36,50 36,100/12,100 36,100 60,99"),
    # Continental: a long flag.
    _glyph(1, "2,40 22,22 40,0/40,0 39,50 38,100"),
)

_TWOS: Final = (
    # Round top, sharp corner, straight base.
    _glyph(5, "6,22 16,6 36,0 55,10 56,33 36,65 4,97/4,97 34,96 66,95"),
    # With a loop at the foot.
    _glyph(3, "8,18 22,3 44,2 58,18 52,45 33,75 14,95 2,92 8,80 26,83 47,97 72,93"),
    # Round corner and a wavy base.
    _glyph(2, "5,16 22,1 46,3 56,22 44,52 20,80 4,97/4,97 20,89 42,97 70,90"),
    # A swan's neck with a long sweeping base.
    _glyph(1, "10,26 14,8 34,0 53,9 57,31 44,58 22,82 0,98/0,98 26,92 52,96 80,99"),
    # The pen sets down in a curl.
    _glyph(1, "20,26 8,19 16,4 38,0 56,13 55,37 35,67 5,97/5,97 38,97 70,94"),
    # A large loop and a raised tail.
    _glyph(1, "3,24 18,4 42,0 60,15 57,40 38,70 16,95 1,94 2,80 18,76 38,88 56,98 78,86"),
)

_THREES: Final = (
    # Two round bellies that meet in a point.
    _glyph(5, "6,13 25,0 48,4 55,21 44,38 24,45/24,45 48,51 61,71 50,93 26,100 1,90"),
    # Flat top.
    _glyph(2, "4,2 32,2 58,0/58,0 43,19 26,39/26,39 50,44 63,67 51,91 25,100 0,90"),
    # A small curl at the waist.
    _glyph(2, "6,10 28,0 50,8 50,27 34,43 20,46/20,46 44,48 60,69 50,92 26,100 2,92"),
    # The waist far in, almost a mirrored letter.
    _glyph(1, "2,8 28,0 54,7 54,28 34,43 10,47/10,47 40,48 62,64 58,90 30,100 0,94"),
    # A small loop at the waist.
    _glyph(1, "4,12 26,0 49,6 53,24 38,42 18,50 13,42 22,38 44,48 62,70 51,93 26,100 0,89"),
)

_FOURS: Final = (
    # Open, angular.
    _glyph(4, "14,2 9,28 4,55/4,55 34,55 70,52/54,4 53,36 51,68 50,100"),
    # Open, the left part a round cup.
    _glyph(3, "8,3 3,26 9,46 31,50 56,41/60,0 56,41 53,70 50,100"),
    # Closed, as printed.
    _glyph(2, "50,0 26,33 0,66/0,66 36,66 72,65/50,0 50,34 49,67 48,100"),
    # A slanting first stroke and a short stem.
    _glyph(1, "36,0 20,30 2,64/2,64 36,62 74,58/52,34 49,66 46,100"),
    # Open and wide, the stem longer than the left part.
    _glyph(1, "4,18 4,36 6,54/6,54 36,55 72,52/58,0 56,34 53,68 50,100"),
)

_FIVES: Final = (
    # Bar, neck, belly.
    _glyph(5, "60,1 38,1 16,2/16,2 12,22 8,44/8,44 32,36 55,47 59,72 42,95 18,100 0,92"),
    # In one go, with round shoulders.
    _glyph(2, "66,1 42,0 20,6 12,25 22,40 44,48 57,66 48,90 24,100 0,94"),
    # The bar set last, not quite meeting the neck.
    _glyph(2, "18,6 14,24 10,43/10,43 33,38 54,51 57,76 39,97 16,99 0,89/22,3 44,1 68,-2"),
    # A long hat and a small belly.
    _glyph(1, "74,-1 44,1 18,2/18,2 13,26 10,50/10,50 32,43 53,54 55,78 38,97 16,100 0,93"),
    # A large round belly under a short hat.
    _glyph(1, "54,0 36,1 20,2/20,2 15,20 12,38/12,38 38,32 62,46 66,72 48,96 22,100 0,88"),
)

_SIXES: Final = (
    # A sweeping stem.
    _glyph(5, "50,0 27,15 10,43 6,73 18,95 38,98 55,83 52,62 35,52 16,61 7,76"),
    # A nearly straight stem.
    _glyph(3, "24,0 12,26 4,54 6,82 23,99 45,95 57,77 48,58 27,56 7,72"),
    # A curled stem.
    _glyph(1, "62,9 46,0 25,11 9,38 5,70 17,95 38,98 56,80 47,57 25,54 5,70"),
    # A long straight back and a low ring.
    _glyph(1, "46,0 28,26 11,55 4,80 17,99 40,98 56,80 48,62 28,60 8,76"),
    # A large ring under a short stem.
    _glyph(1, "44,0 22,18 7,46 5,76 20,98 44,97 62,78 59,54 39,42 18,50 6,68"),
)

_SEVENS: Final = (
    # Plain.
    _glyph(5, "1,5 30,4 62,2/62,2 46,34 33,66 24,100"),
    # With a bar across the stem.
    _glyph(2, "1,5 30,4 62,1/62,1 46,33 34,66 26,100/18,51 39,49 62,46"),
    # With a serif where the pen comes down.
    _glyph(1, "2,22 4,4/4,4 34,4 64,1/64,1 51,34 42,66 37,100"),
    # A wave for the top and a round shoulder.
    _glyph(1, "1,16 11,3 32,6 54,1 61,10 48,37 34,67 25,100"),
    # A stem that bends down to the upright.
    _glyph(1, "0,4 32,3 66,0/66,0 46,28 34,62 32,100"),
    # Serif and bar.
    _glyph(1, "3,22 4,4/4,4 34,4 66,0/66,0 49,34 37,66 30,100/20,52 41,50 64,48"),
)

_EIGHTS: Final = (
    # One closed pen path that crosses itself.
    _glyph(5, "56,13 34,0 12,13 17,34 42,53 60,77 41,99 16,98 4,77 21,54 48,36 56,13"),
    # A small ring on a larger one.
    _glyph(2, "32,43 12,33 12,10 33,0 54,11 53,33 32,43/32,43 6,58 5,86 32,100 60,86 59,58 32,43"),
    # The pen sets off to the right and comes back a little short of the top.
    _glyph(2, "57,7 32,0 10,14 18,36 43,54 58,78 38,100 12,95 5,75 24,54 50,34 62,14"),
    # A large ring on a smaller one.
    _glyph(1, "34,55 8,42 7,13 34,0 61,13 60,42 34,55/34,55 13,66 13,90 34,100 55,90 55,66 34,55"),
)

_NINES: Final = (
    # A ring and a straight tail.
    _glyph(5, "58,14 38,0 14,7 4,30 17,49 39,45 58,14/58,14 55,42 51,72 47,100"),
    # A ring and a tail that curls to the left.
    _glyph(2, "57,16 38,0 14,6 4,28 18,46 40,42 57,16/57,16 59,47 52,80 31,100 6,92"),
    # In one go from the top, the ring round and the tail bending away.
    _glyph(2, "54,7 30,0 9,12 5,36 21,50 43,41 55,20 57,6/57,6 54,40 45,72 28,100"),
    # A small ring on a long upright tail.
    _glyph(1, "54,16 36,0 14,6 6,25 17,42 39,40 54,16/54,16 55,44 56,72 56,100"),
    # A large ring on a short tail.
    _glyph(1, "62,22 44,0 16,5 3,32 16,58 42,55 62,22/62,22 59,50 52,78 42,100"),
)

GLYPHS: Final[tuple[tuple[Glyph, ...], ...]] = (
    _ZEROS,
    _ONES,
    _TWOS,
    _THREES,
    _FOURS,
    _FIVES,
    _SIXES,
    _SEVENS,
    _EIGHTS,
    _NINES,
)
"""The writing styles of every digit; ``GLYPHS[digit]`` lists the styles of that digit."""


class Style(NamedTuple):
    """A glyph in linear form: ``path = spline @ joints`` for any displacement of the joints.

    Attributes
    ----------
    joints
        Control points (n_joints, 2).
    spline
        Catmull-Rom weights (N_PATH, n_joints).
    starts
        Whether a path point begins a stroke (N_PATH,), so no ink joins it to its predecessor.
    """

    joints: NDArray[np.float32]
    spline: NDArray[np.float32]
    starts: NDArray[np.bool_]


def _stroke_weights(n_knots: int, closed: bool, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Catmull-Rom weights (n_at, n_knots) of the knots at curve parameters 0..n_knots-1."""
    piece = np.minimum(at.astype(np.int64), n_knots - 2)
    t = at - piece
    basis = 0.5 * np.stack(
        [
            -t + 2 * t**2 - t**3,
            2 - 5 * t**2 + 3 * t**3,
            t + 4 * t**2 - 3 * t**3,
            -(t**2) + t**3,
        ]
    )
    # The two phantom knots beyond the ends: the neighbours around the loop, or a mirror image.
    reach = np.zeros((n_knots + 2, n_knots))
    reach[1:-1] = np.eye(n_knots)
    if closed:
        reach[0, -2] = reach[-1, 1] = 1
    else:
        reach[0, :2] = reach[-1, :-3:-1] = (2, -1)
    weights = np.zeros((at.size, n_knots))
    for k in range(4):
        weights += basis[k][:, None] * reach[piece + k]
    return weights


def _length(stroke: Stroke) -> float:
    points = np.array(stroke)
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def _compile(glyph: Glyph) -> Style:
    """Turn pen paths into one matrix, with path points spread evenly over the strokes."""
    joints: list[Point] = list(dict.fromkeys(p for stroke in glyph.strokes for p in stroke))
    lengths = np.array([_length(stroke) for stroke in glyph.strokes])
    bounds = np.rint(np.concatenate([[0.0], lengths.cumsum()]) / lengths.sum() * N_PATH)
    spline = np.zeros((N_PATH, len(joints)))
    starts = np.zeros(N_PATH, dtype=np.bool_)
    for stroke, (lo, hi) in zip(glyph.strokes, pairwise(bounds.astype(int)), strict=True):
        at = np.linspace(0, len(stroke) - 1, hi - lo)
        weights = _stroke_weights(len(stroke), stroke[0] == stroke[-1], at)
        for knot, point in enumerate(stroke):
            spline[lo:hi, joints.index(point)] += weights[:, knot]
        starts[lo] = True
    return Style(np.array(joints, np.float32), spline.astype(np.float32), starts)


STYLES: Final = tuple(tuple(_compile(glyph) for glyph in glyphs) for glyphs in GLYPHS)
"""The same, ready to draw."""

MAX_JOINTS: Final = max(len(style.joints) for styles in STYLES for style in styles)

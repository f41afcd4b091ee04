"""Stroke digits: 28x28 grey images of digits, written by a simulated hand.

Nothing is downloaded: every image is drawn from pen paths of our own
(`core.sources.stroke_glyphs`).  A simulated writer picks a style, lets its control points tremble,
bends the whole figure smoothly, slants, rotates and stretches it, and runs a pen of some width
along the spline through the points.  The result is placed as in MNIST: scaled into a box of about
20 pixels and centred by its centre of mass.

A pen line is rendered without a single distance calculation per pixel and segment: the density of
Gaussian spots along the path is a matrix product of one profile per row and one per column of the
image, and the logarithm of that density gives back the distance to the path.  That makes thousands
of images per second possible in plain NumPy.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from core.sources.stroke_glyphs import GLYPHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.sources.stroke_glyphs import Glyph, Point, Stroke

FRAME_PX: Final = 28
"""Side of the image, as in MNIST."""

N_CLASSES: Final = 10

# --- The hand. Lengths are in units of the digit's height, so 0.05 is one pixel in the 20 px box.
# Every spread is bounded: a person must recognise every digit, so nothing has a heavy tail.

CARE_RANGE: Final = (0.5, 1.3)
"""Every deviation below is scaled by a factor of the writer: below 0.5 digits look printed, beyond
1.3 single ones become ambiguous."""

CARE_POWER: Final = 3.0
"""Most writers are near the careful end and a few near the other.  Digits of the few can be learnt
by heart but hardly foreseen, which is what makes a perceptron overfit as it does on MNIST."""

TREMBLE: Final = 0.022
"""Largest slip of a control point in x or y; more puts visible kinks into round strokes."""

DRIFT: Final = 0.034
"""Amplitude per wave of the slow drift of the pen along its path.  It lets strokes that should
meet miss each other by about a pixel, as hasty writing does."""

DRIFT_WAVES: Final = 4
"""Enough waves to make every path individual."""

DRIFT_CYCLES: Final = 0.9
"""At most so many cycles per digit height of path; faster ones would look like shaking."""

DRIFT_FULL_LENGTH: Final = 2.4
"""Paths shorter than this many heights drift less in proportion, which keeps ones straight."""

WARP: Final = 0.045
"""Amplitude per wave of the smooth warp, which bends whole parts of a digit."""

WARP_WAVES: Final = ((0.5, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, -0.5), (0.0, 0.8), (0.8, 0.0))
"""Cycles per digit height in x and y: long waves only, so what meets still meets."""

SLANT_MEAN: Final = 0.2
"""Shear; positive leans to the right as most right-handed writing does."""

SLANT_MAX: Final = 0.36
"""Largest deviation from the mean slant, so lines lean from -9 to 29 degrees."""

ROTATION_MAX: Final = 0.15
"""Radians, about 9 degrees."""

STRETCH_MAX: Final = 0.3
"""Largest log of the width relative to the drawn glyphs: narrow and wide hands."""

BALANCE_MAX: Final = 0.42
"""Moves the waist up or down, so the bowls of 3, 5, 6, 8 and 9 differ in size between writers."""

TAPER_MAX: Final = 0.3
"""Widens the top and narrows the foot by this fraction, or the other way round."""

# --- The pen. Lengths in pixels.

HALF_WIDTH_RANGE_PX: Final = (0.8, 1.4)
"""Fineliner to soft pencil; MNIST lines are two to three pixels wide."""

HALF_WIDTH_MAX_SHARE: Final = 0.125
"""Of the digit's narrower side (ones aside): a narrow eight takes a thin pen, or its rings fill."""

PRESSURE: Final = 0.2
"""Relative swelling and thinning of the line along the path, as under a moving hand."""

PRESSURE_CYCLES: Final = 2.5
"""At most so many swellings along a digit; more look like knots."""

EDGE_PX: Final = 1.1
"""Width of the grey rim of a line: about one pixel is plain antialiasing."""

SPOT_STD_PX: Final = 0.6
"""Of the Gaussian spots; above the spacing of the path points, below the gap between two lines."""

BOX_RANGE_PX: Final = (19.7, 20.5)
"""The longer side of the digit including the line width; MNIST has 20."""

REACH_PX: Final = 12.0
"""Ink ends this far from the middle of the frame at most, which leaves the border white."""

N_PATH: Final = 96
"""Path points per image: the longest digit measures some 60 pixels, so they lie close enough."""

BATCH: Final = 500
"""Images per batch: about 40 MB of temporaries and small enough to stay near the cache."""


class _Style(NamedTuple):
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


def _compile(glyph: Glyph) -> _Style:
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
    return _Style(np.array(joints, np.float32), spline.astype(np.float32), starts)


_STYLES: Final = tuple(tuple(_compile(glyph) for glyph in glyphs) for glyphs in GLYPHS)
_MAX_JOINTS: Final = max(len(style.joints) for styles in _STYLES for style in styles)


class _Hands(NamedTuple):
    """What is random about n hands, drawn at once so that batching cannot change the result."""

    style: NDArray[np.float32]  # (n,) uniform 0..1, picks the style
    tremble: NDArray[np.float32]  # (n, max joints, 2)
    drift: NDArray[np.float32]  # (n, DRIFT_WAVES, 2) amplitudes
    drift_wave: NDArray[np.float32]  # (n, DRIFT_WAVES, 2) cycles per path and phase
    warp: NDArray[np.float32]  # (n, waves, 2) amplitudes
    warp_phase: NDArray[np.float32]  # (n, waves)
    balance: NDArray[np.float32]  # (n,)
    taper: NDArray[np.float32]  # (n,)
    shape: NDArray[np.float32]  # (n, 2, 2) slant, stretch and rotation in one matrix
    half_width: NDArray[np.float32]  # (n,) pixels
    pressure_wave: NDArray[np.float32]  # (n, 2) cycles per path and phase
    box: NDArray[np.float32]  # (n,) pixels


def _shape_matrices(
    care: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Slant, then stretch, then rotate: matrices (n, 2, 2) for row vectors (x, y)."""
    slant = SLANT_MEAN + care * rng.uniform(-SLANT_MAX, SLANT_MAX, care.size)
    stretch = np.exp(care * rng.uniform(-STRETCH_MAX, STRETCH_MAX, care.size))
    angle = care * rng.uniform(-ROTATION_MAX, ROTATION_MAX, care.size)
    cos, sin = np.cos(angle), np.sin(angle)
    # y points down, so leaning right means moving left with growing y.
    x_row = np.stack([stretch * cos, stretch * sin], axis=-1)
    y_row = np.stack([-slant * cos - sin, -slant * sin + cos], axis=-1)
    return np.stack([x_row, y_row], axis=1).astype(np.float32)


def _draw_hands(n: int, rng: np.random.Generator) -> _Hands:
    lowest, highest = CARE_RANGE
    care = lowest + (highest - lowest) * rng.random(n) ** CARE_POWER

    def between(lo: float, hi: float, *shape: int) -> NDArray[np.float32]:
        return rng.uniform(lo, hi, (n, *shape)).astype(np.float32)

    def slip(most: float, *shape: int) -> NDArray[np.float32]:
        scale = (most * care).reshape(n, *(1 for _ in shape)).astype(np.float32)
        return scale * between(-1, 1, *shape)

    def waves(cycles: float, *shape: int) -> NDArray[np.float32]:
        return between(0, 1, *shape, 2) * np.array([cycles, 2 * np.pi], np.float32)

    n_waves = len(WARP_WAVES)
    return _Hands(
        style=between(0, 1),
        tremble=slip(TREMBLE, _MAX_JOINTS, 2),
        drift=slip(DRIFT, DRIFT_WAVES, 2),
        drift_wave=waves(DRIFT_CYCLES, DRIFT_WAVES),
        warp=slip(WARP, n_waves, 2),
        warp_phase=between(0, 2 * np.pi, n_waves),
        balance=slip(BALANCE_MAX),
        taper=slip(TAPER_MAX),
        shape=_shape_matrices(care, rng),
        half_width=between(*HALF_WIDTH_RANGE_PX),
        pressure_wave=waves(PRESSURE_CYCLES),
        box=between(*BOX_RANGE_PX),
    )


def _pen_paths(
    labels: NDArray[np.int64], hands: _Hands
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Spline paths (n, N_PATH, 2) through the trembling joints, and where strokes start."""
    paths = np.empty((labels.size, N_PATH, 2), np.float32)
    starts = np.empty((labels.size, N_PATH), np.bool_)
    for digit, (glyphs, styles) in enumerate(zip(GLYPHS, _STYLES, strict=True)):
        shares = np.cumsum([glyph.share for glyph in glyphs])
        pick = np.searchsorted(shares / shares[-1], hands.style, side="right")
        for k, style in enumerate(styles):
            rows = np.flatnonzero((labels == digit) & (np.minimum(pick, len(styles) - 1) == k))
            paths[rows] = style.spline @ (style.joints + hands.tremble[rows, : len(style.joints)])
            starts[rows] = style.starts
    return paths, starts


def _deform(
    paths: NDArray[np.float32], starts: NDArray[np.bool_], hands: _Hands
) -> NDArray[np.float32]:
    """Let the pen drift, bend the paths by long waves, then change proportions and pose."""
    along = _step_lengths(paths, starts).cumsum(axis=1)
    drift = hands.drift * np.minimum(along[:, -1] / DRIFT_FULL_LENGTH, 1)[:, None, None]
    cycles, phase = hands.drift_wave[:, None, :, 0], hands.drift_wave[:, None, :, 1]
    bent = paths + np.cos(2 * np.pi * cycles * along[:, :, None] + phase) @ drift
    angle = paths @ (2 * np.pi * np.array(WARP_WAVES, np.float32).T)
    bent += np.cos(angle + hands.warp_phase[:, None, :]) @ hands.warp
    x, y = bent[:, :, 0], bent[:, :, 1]
    middle = x.mean(axis=1, keepdims=True)
    bent[:, :, 0] = middle + (x - middle) * (1 + hands.taper[:, None] * (1 - 2 * y))
    bent[:, :, 1] = y + hands.balance[:, None] * y * (1 - y)
    return np.asarray(bent @ hands.shape, np.float32)


def _step_lengths(paths: NDArray[np.float32], starts: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Length of path (n, N_PATH) each point stands for: half of either neighbouring step."""
    step = np.diff(paths, axis=1)
    size = np.hypot(step[:, :, 0], step[:, :, 1])
    size[starts[:, 1:]] = 0
    lengths = np.zeros(starts.shape, np.float32)
    lengths[:, 1:] += size / 2
    lengths[:, :-1] += size / 2
    return lengths


def _place(
    paths: NDArray[np.float32], lengths: NDArray[np.float32], hands: _Hands
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Scale into the box and put the centre of mass at the origin; pixels from here on."""
    mass = lengths / lengths.sum(axis=1, keepdims=True)
    centred = paths - np.einsum("np,npc->nc", mass, paths)[:, None, :]
    scale = (hands.box - 2 * hands.half_width) / np.ptp(centred, axis=1).max(axis=1)
    far = np.abs(centred).max(axis=(1, 2))
    # A lopsided digit (7, 9) may stick out on one side of its centre of mass; keep it in the frame.
    scale = np.minimum(scale, (REACH_PX - hands.half_width * np.float32(1 + PRESSURE)) / far)
    return centred * scale[:, None, None], lengths * scale[:, None]


def _half_widths(
    labels: NDArray[np.int64], paths: NDArray[np.float32], hands: _Hands
) -> NDArray[np.float32]:
    """Half widths (n, N_PATH) of the line: pen and pressure."""
    narrow = np.ptp(paths, axis=1).min(axis=1)
    most = np.where(labels == 1, np.inf, HALF_WIDTH_MAX_SHARE * narrow)
    pen = np.minimum(hands.half_width, most).astype(np.float32)
    time = np.linspace(0, 2 * np.pi, N_PATH, dtype=np.float32)
    wave = np.cos(hands.pressure_wave[:, :1] * time + hands.pressure_wave[:, 1:])
    return pen[:, None] * (1 + np.float32(PRESSURE) * wave)


def _spot_weights(
    lengths: NDArray[np.float32], half_widths: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Spot strengths (n, N_PATH) such that the density is 1 at the local half width of the pen."""
    gain = np.exp(half_widths**2 / (2 * SPOT_STD_PX**2))
    return np.asarray(lengths * gain / (SPOT_STD_PX * np.sqrt(2 * np.pi)), np.float32)


def _profiles(at: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gaussian spot profiles (n, N_PATH, FRAME_PX) along one axis; 0 is the middle of the frame."""
    middles = np.arange(FRAME_PX, dtype=np.float32) - (FRAME_PX - 1) / 2
    square = (at[:, :, None] - middles) ** 2
    return np.exp(square * np.float32(-0.5 / SPOT_STD_PX**2), dtype=np.float32)


def _ink(
    paths: NDArray[np.float32],
    weights: NDArray[np.float32],
    half_width: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Render pen lines to ink (n, FRAME_PX, FRAME_PX) in 0..1."""
    rows = _profiles(paths[:, :, 1]) * weights[:, :, None]
    density = rows.transpose(0, 2, 1) @ _profiles(paths[:, :, 0])
    # density = exp((half_width^2 - distance^2) / 2 std^2) for a long line, so the logarithm tells
    # the distance; where lines cross it tells a smaller one and the ink pools, as it does on paper.
    width = half_width[:, None, None]
    log_density = np.log(np.maximum(density, np.float32(1e-12)))
    square = np.maximum(width**2 - np.float32(2 * SPOT_STD_PX**2) * log_density, 0)
    ink = (width - np.sqrt(square)) / EDGE_PX + np.float32(0.5)
    return np.asarray(ink.clip(0, 1), np.float32)


def _centre_of_mass(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """Offset (n, 2) of the centre of mass in x and y from the middle of the frame, in pixels."""
    middles = np.arange(FRAME_PX, dtype=np.float32) - (FRAME_PX - 1) / 2
    total = ink.sum(axis=(1, 2))
    x = ink.sum(axis=1) @ middles
    y = ink.sum(axis=2) @ middles
    return np.asarray(np.stack([x, y], axis=1) / total[:, None], np.float32)


def _write(labels: NDArray[np.int64], hands: _Hands) -> NDArray[np.uint8]:
    """Write one batch of digits."""
    paths, starts = _pen_paths(labels, hands)
    paths = _deform(paths, starts, hands)
    paths, lengths = _place(paths, _step_lengths(paths, starts), hands)
    half_widths = _half_widths(labels, paths, hands)
    weights = _spot_weights(lengths, half_widths)
    pen = half_widths.mean(axis=1)
    ink = _ink(paths, weights, pen)
    # Pooled ink shifts the centre of mass a little; a second pass puts it right.
    offset = _centre_of_mass(ink)
    ink = _ink(paths - offset[:, None, :], weights, pen)
    return np.rint(255 * ink).astype(np.uint8)


def draw_stroke_digits(
    n_samples: int, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw images of digits written by a simulated hand.

    Parameters
    ----------
    n_samples
        Number of images.
    rng
        The only source of randomness; the same state gives the same images.

    Returns
    -------
    images
        Grey levels (n_samples, 28, 28), 0 is paper and 255 full ink.
    labels
        Digits 0..9 (n_samples,) in random order; class sizes differ by one at most.
    """
    labels = rng.permutation(np.arange(n_samples, dtype=np.int64) % N_CLASSES)
    hands = _draw_hands(n_samples, rng)
    images = np.empty((n_samples, FRAME_PX, FRAME_PX), np.uint8)
    for lo in range(0, n_samples, BATCH):
        rows = slice(lo, lo + BATCH)
        images[rows] = _write(labels[rows], _Hands(*(part[rows] for part in hands)))
    return images, labels

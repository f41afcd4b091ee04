"""Make strokes.npz, digits written by a simulated hand: ``uv run assets/make_strokes.py``.

Every image is drawn from pen paths of our own (`stroke_glyphs`).  A simulated writer picks a style,
trembles, drifts and bends the figure within a leeway that keeps it legible, slants, rotates and
stretches it, and runs a pen of swelling width along the path.  The result is placed as in MNIST:
scaled into a box of about 20 pixels, its centre of mass within the pixel (14, 14).

A pen line is rendered without a single distance calculation per pixel and segment: the density of
Gaussian spots along the path is a matrix product of one profile per row and one per column of the
image, and the logarithm of that density gives back the distance to the path.  That makes thousands
of images per second possible in plain NumPy.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from stroke_glyphs import GLYPHS, MAX_JOINTS, N_PATH, STYLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

N_SAMPLES: Final = 8000
SEED: Final = 13

FRAME_PX: Final = 28
"""Side of the image, as in MNIST."""

CENTRE: Final = FRAME_PX // 2
"""Masses lie within the pixel (14, 14), anywhere: in the mean 14.5 pixels from the corner. So do
MNIST's, which were moved by whole pixels."""

_MIDDLES: Final[NDArray[np.float32]] = np.arange(FRAME_PX, dtype=np.float32) - CENTRE

N_CLASSES: Final = 10

# Every spread is bounded: a person must recognise every digit, so nothing has a heavy tail.

CARE_RANGE: Final = (0.4, 1.3)
"""Every deviation below is scaled by a factor of the writer: below 0.4 digits look printed, beyond
1.3 single ones become ambiguous."""

CARE_POWER: Final = 2.0
"""Most writers are near the careful end and a few near the other.  Digits of the few can be learnt
by heart but hardly foreseen, which is what makes a perceptron overfit as it does on MNIST."""

TREMBLE: Final = 0.025
"""Largest slip of a control point in x or y; more puts visible kinks into round strokes."""

DRIFT: Final = 0.085
"""Largest amplitude of each wave of the slow drift of the pen along its path.  It lets strokes
that should meet miss each other by about a pixel, as hasty writing does."""

DRIFT_WAVES: Final = 4
"""Enough waves to make every path individual."""

DRIFT_CYCLES: Final = 1.6
"""At most so many cycles per digit height of path; faster ones would look like shaking."""

DRIFT_FULL_LENGTH: Final = 2.4
"""Paths shorter than this many heights drift less in proportion, which keeps ones straight."""

WARP: Final = 0.045
"""Largest amplitude of each wave of the smooth warp, which bends whole parts of a digit."""

WARP_WAVES: Final = ((0.5, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, -0.5), (0.0, 0.8), (0.8, 0.0))
"""Cycles per digit height in x and y: long waves only, so what meets still meets."""

LEEWAY: Final = (0.06, 0.045, 0.095, 0.095, 0.095, 0.105, 0.09, 0.105, 0.095, 0.095)
"""How far any point of a digit 0..9 may end up from where it belongs, pose apart.  This bounds
tremble, drift and warp together; beyond it gaps open and rings close that tell digits apart.  A
dented zero looks odd and a bent one with a foot like a two, so these get least."""

POSE_POWER: Final = 5.0
"""Exponent on a uniform draw: large slants, stretches and rotations are rare.  A person reads
them with ease, while a perceptron can only learn each by heart."""

SLANT_MEAN: Final = 0.2
"""Shear; positive leans to the right as most right-handed writing does."""

SLANT_MAX: Final = 0.5
"""Largest deviation from the mean slant, so lines lean from -17 to 35 degrees."""

ROTATION_MAX: Final = 0.38
"""Radians, 22 degrees, as on a sheet that lies askew."""

STRETCH_MAX: Final = 0.5
"""Largest log of the width relative to the drawn glyphs: 0.6 to 1.65 times as wide."""

BALANCE_MAX: Final = 0.42
"""Moves the waist up or down, so the bowls of 3, 5, 6, 8 and 9 differ in size between writers."""

TAPER_MAX: Final = 0.3
"""Widens the top and narrows the foot by this fraction, or the other way round."""

HALF_WIDTH_RANGE_PX: Final = (1.0, 1.5)
"""Fineliner to soft pencil; MNIST lines are two to three pixels wide."""

HALF_WIDTH_MAX_SHARE: Final = 0.14
"""Of the digit's narrower side (ones aside): a narrow eight takes a thin pen, or its rings fill."""

PRESSURE: Final = 0.37
"""Relative swelling and thinning of the line along the path, as with a fountain pen.  People
hardly notice it, but it misleads a perceptron, which weighs ink."""

PRESSURE_CYCLES: Final = 1.9
"""At most so many swellings per digit height of path; more look like knots."""

EDGE_PX: Final = 0.75
"""Width of the grey rim of a line: about one pixel is plain antialiasing."""

SPOT_STD_PX: Final = 0.6
"""Of the Gaussian spots; above the spacing of the path points, below the gap between two lines."""

BOX_RANGE_PX: Final = (20.5, 21.5)
"""The longer side of the digit including the line width; the faint rim makes it look like the 20
of MNIST."""

REACH_PX: Final = (12.0, 11.0)
"""Ink ends this far from the centre of mass at most, up or left, and down or right, which leaves
the border white."""

BATCH: Final = 500
"""Images per batch: about 40 MB of temporaries and small enough to stay near the cache."""


class _Hands(NamedTuple):
    """What is random about n hands, drawn at once so that batching cannot change the result."""

    style: NDArray[np.float32]  # (n,) uniform 0..1, picks the style
    tremble: NDArray[np.float32]  # (n, max joints, 2)
    drift: NDArray[np.float32]  # (n, DRIFT_WAVES, 2) amplitudes
    drift_wave: NDArray[np.float32]  # (n, DRIFT_WAVES, 2) cycles per height and phase
    warp: NDArray[np.float32]  # (n, waves, 2) amplitudes
    warp_phase: NDArray[np.float32]  # (n, waves)
    balance: NDArray[np.float32]  # (n,)
    taper: NDArray[np.float32]  # (n,)
    shape: NDArray[np.float32]  # (n, 2, 2) slant, stretch and rotation in one matrix
    half_width: NDArray[np.float32]  # (n,) pixels
    pressure_wave: NDArray[np.float32]  # (n, 2) cycles per height and phase
    box: NDArray[np.float32]  # (n,) pixels
    place: NDArray[np.float32]  # (n, 2) pixels


def _mostly_small(n: int, most: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw n deviations in -most..most, small ones most often."""
    draw = rng.uniform(-1, 1, n)
    return most * np.sign(draw) * np.abs(draw) ** POSE_POWER


def _shape_matrices(n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Slant, then stretch, then rotate: matrices (n, 2, 2) for row vectors (x, y)."""
    slant = SLANT_MEAN + _mostly_small(n, SLANT_MAX, rng)
    stretch = np.exp(_mostly_small(n, STRETCH_MAX, rng))
    angle = _mostly_small(n, ROTATION_MAX, rng)
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
        tremble=slip(TREMBLE, MAX_JOINTS, 2),
        drift=slip(DRIFT, DRIFT_WAVES, 2),
        drift_wave=waves(DRIFT_CYCLES, DRIFT_WAVES),
        warp=slip(WARP, n_waves, 2),
        warp_phase=between(0, 2 * np.pi, n_waves),
        balance=slip(BALANCE_MAX),
        taper=slip(TAPER_MAX),
        shape=_shape_matrices(n, rng),
        half_width=between(*HALF_WIDTH_RANGE_PX),
        pressure_wave=waves(PRESSURE_CYCLES),
        box=between(*BOX_RANGE_PX),
        place=between(-0.5, 0.5, 2),
    )


def _pen_paths(
    labels: NDArray[np.int64], hands: _Hands
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """Spline paths (n, N_PATH, 2) as in a copybook, their tremble, and where strokes start."""
    plain = np.empty((labels.size, N_PATH, 2), np.float32)
    slips = np.empty_like(plain)
    starts = np.empty((labels.size, N_PATH), np.bool_)
    for digit, (glyphs, styles) in enumerate(zip(GLYPHS, STYLES, strict=True)):
        shares = np.cumsum([glyph.share for glyph in glyphs])
        pick = np.searchsorted(shares / shares[-1], hands.style, side="right")
        for k, style in enumerate(styles):
            rows = np.flatnonzero((labels == digit) & (np.minimum(pick, len(styles) - 1) == k))
            plain[rows] = style.spline @ style.joints
            slips[rows] = style.spline @ hands.tremble[rows, : len(style.joints)]
            starts[rows] = style.starts
    return plain, slips, starts


def _without_affine(shift: NDArray[np.float32], plain: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take from displacements (n, N_PATH, 2) what only moves, scales, slants or rotates."""
    ones = np.ones((*plain.shape[:2], 1), np.float32)
    basis = np.concatenate([ones, plain - plain.mean(axis=1, keepdims=True)], axis=2)
    flat = basis.transpose(0, 2, 1)
    # A plain one is a line, so the basis is singular; a little weight decay takes care of that.
    gram = flat @ basis + np.float32(0.01) * np.eye(3, dtype=np.float32)
    return np.asarray(shift - basis @ np.linalg.solve(gram, flat @ shift), np.float32)


def _deform(
    labels: NDArray[np.int64],
    plain: NDArray[np.float32],
    slips: NDArray[np.float32],
    starts: NDArray[np.bool_],
    hands: _Hands,
) -> NDArray[np.float32]:
    """Let the pen drift, bend the paths by long waves, then change proportions and pose."""
    along = _step_lengths(plain, starts).cumsum(axis=1)
    drift = hands.drift * np.minimum(along[:, -1] / DRIFT_FULL_LENGTH, 1)[:, None, None]
    cycles, phase = hands.drift_wave[:, None, :, 0], hands.drift_wave[:, None, :, 1]
    shift = slips + np.cos(2 * np.pi * cycles * along[:, :, None] + phase) @ drift
    angle = plain @ (2 * np.pi * np.array(WARP_WAVES, np.float32).T)
    shift += np.cos(angle + hands.warp_phase[:, None, :]) @ hands.warp
    shift = _without_affine(shift, plain)
    far = np.hypot(shift[:, :, 0], shift[:, :, 1]).max(axis=1)
    most = np.array(LEEWAY, np.float32)[labels]
    bent = plain + shift * np.minimum(1, most / far)[:, None, None]
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
    before, behind = REACH_PX
    far = np.maximum(-centred.min(axis=(1, 2)), centred.max(axis=(1, 2)) * (before / behind))
    # A lopsided digit (7, 9) may stick out on one side of its centre of mass; keep it in the frame.
    scale = np.minimum(scale, (before - hands.half_width * np.float32(1 + PRESSURE)) / far)
    return centred * scale[:, None, None], lengths * scale[:, None]


def _half_widths(
    labels: NDArray[np.int64],
    paths: NDArray[np.float32],
    lengths: NDArray[np.float32],
    hands: _Hands,
) -> NDArray[np.float32]:
    """Half widths (n, N_PATH) of the line: pen and pressure."""
    narrow = np.ptp(paths, axis=1).min(axis=1)
    most = np.where(labels == 1, np.inf, HALF_WIDTH_MAX_SHARE * narrow)
    pen = np.minimum(hands.half_width, most).astype(np.float32)
    along = lengths.cumsum(axis=1) * (2 * np.pi / hands.box[:, None])
    wave = np.cos(hands.pressure_wave[:, :1] * along + hands.pressure_wave[:, 1:])
    return np.asarray(pen[:, None] * (1 + PRESSURE * wave), np.float32)


def _spot_weights(
    lengths: NDArray[np.float32], half_widths: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Spot strengths (n, N_PATH) such that the density is 1 at the local half width of the pen."""
    gain = np.exp(half_widths**2 / (2 * SPOT_STD_PX**2))
    return np.asarray(lengths * gain / (SPOT_STD_PX * np.sqrt(2 * np.pi)), np.float32)


def _profiles(at: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gaussian spot profiles (n, N_PATH, FRAME_PX) along one axis; 0 is where masses lie."""
    square = (at[:, :, None] - _MIDDLES) ** 2
    return np.asarray(np.exp(square * np.float32(-0.5 / SPOT_STD_PX**2)), np.float32)


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
    """Offset (n, 2) of the centre of mass in x and y from its place, in pixels."""
    total = ink.sum(axis=(1, 2))
    x = ink.sum(axis=1) @ _MIDDLES
    y = ink.sum(axis=2) @ _MIDDLES
    return np.asarray(np.stack([x, y], axis=1) / total[:, None], np.float32)


def _write(labels: NDArray[np.int64], hands: _Hands) -> NDArray[np.uint8]:
    """Write one batch of digits."""
    plain, slips, starts = _pen_paths(labels, hands)
    paths = _deform(labels, plain, slips, starts, hands)
    paths, lengths = _place(paths, _step_lengths(paths, starts), hands)
    half_widths = _half_widths(labels, paths, lengths, hands)
    weights = _spot_weights(lengths, half_widths)
    pen = half_widths.mean(axis=1)
    ink = _ink(paths, weights, pen)
    # Pooled ink shifts the centre of mass a little; a second pass puts it right.
    offset = _centre_of_mass(ink) - hands.place
    ink = _ink(paths - offset[:, None, :], weights, pen)
    return np.rint(255 * ink).astype(np.uint8)


def drawing() -> Iterator[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    """Draw all digits, batch by batch.

    Yields
    ------
    images
        Grey levels (BATCH, 28, 28), 0 is paper and 255 full ink.
    labels
        Digits 0..9 (BATCH,) in random order; over all batches every class is as large.
    """
    rng = np.random.default_rng(SEED)
    labels = rng.permutation(np.arange(N_SAMPLES, dtype=np.int64) % N_CLASSES)
    hands = _draw_hands(N_SAMPLES, rng)
    for lo in range(0, N_SAMPLES, BATCH):
        rows = slice(lo, lo + BATCH)
        yield _write(labels[rows], _Hands(*(part[rows] for part in hands))), labels[rows]


if __name__ == "__main__":
    images, labels = (np.concatenate(parts) for parts in zip(*drawing(), strict=True))
    file = Path(__file__).with_name("strokes.npz")
    np.savez_compressed(file, images=images, labels=labels.astype(np.uint8))

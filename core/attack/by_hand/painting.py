"""A change painted by hand, held within the same budget and box as an attack's.

What is painted is signed: ink added to an image and ink taken away. A stroke is a line of round
dabs; its cover of each pixel only grows while it is drawn (:func:`core.drawing.ink.draw_line`), so
that drawing on in small steps gives the same as drawing at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.attack.norms import NORMS
from core.data.dataset import read_only
from core.drawing.ink import FULL, SheetHistory, draw_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.drawing.ink import Point
    from core.exact.pairs import Norm

    Change = NDArray[np.float64]

Tool = Literal["add", "take", "soften"]

TOOLS: dict[Tool, str] = {"add": "add ink", "take": "take away ink", "soften": "soften"}
"""What a stroke does -> what people call it. To soften is to fade what was painted."""

OPPOSITE: dict[Tool, Tool] = {"add": "take", "take": "add", "soften": "soften"}

UNSEEN = 1 / (2 * FULL)
"""A softened pixel whose change is less than half a grey level is as it was, and costs nothing."""

DAB_SHARE = 0.5
"""Of the budget, what the strongest dab takes at most: no single one spends it."""

Refusal = Literal["", "outside", "box", "budget", "bare"]
"""Why a stroke has changed nothing: it lay beside the image; its pixels are at the end of 0..1;
the budget is spent; or there was nothing to soften."""

_ROUNDING = 1e-9
"""At the end of the budget strokes still change something by so much."""

_COVERED = FULL / 2
"""Where pixels are counted, one is either covered or not: more than half, or not at all."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a change may be: at most ``budget`` in ``norm``, pixels in 0..1 where ``boxed``."""

    norm: Norm
    budget: float
    boxed: bool


def size_of(change: Change, norm: Norm) -> float:
    """Return the size of one change of any shape."""
    return float(NORMS[norm].sizes(change.reshape(1, -1))[0])


@lru_cache(64)
def _dab(width: float) -> NDArray[np.uint8]:
    """Return what one dab of a brush covers, 0 to FULL, amid a pixel."""
    side = 2 * int(width) + 5
    sheet, middle = np.zeros((side, side), dtype=np.uint8), (side / 2, side / 2)
    draw_line(sheet, middle, middle, (width, width))
    return read_only(sheet)


def full_ink(width: float, rules: Rules) -> float:
    """Return how much ink the strongest dab of a brush adds where it covers wholly.

    So much that it takes :data:`DAB_SHARE` of the budget, and never more than 1. Where pixels are
    counted ink costs nothing, and the brush is what is limited: :func:`widest_dab`.
    """
    most = DAB_SHARE * rules.budget
    if rules.norm == "l0":
        return 1.0
    if rules.norm == "linf":
        return min(most, 1.0)
    return min(most / float(np.linalg.norm(_dab(width) / FULL)), 1.0)


def widest_dab(width: float, rules: Rules) -> float:
    """Return the width of a brush, or what is left of it so that one dab does not spend the budget.

    Only pixels that are counted limit it; one pixel it always is.
    """
    most = max(int(DAB_SHARE * rules.budget), 1)
    if rules.norm != "l0" or np.count_nonzero(_dab(width) > _COVERED) <= most:
        return width
    return max(
        float(w) for w in _WIDTHS if w <= width and np.count_nonzero(_dab(w) > _COVERED) <= most
    )


_WIDTHS = tuple(np.arange(1.0, 65.0, 0.5).tolist())


def held(change: Change, wanted: Change, original: Change, rules: Rules) -> Change:
    """Return how far a change may go on its way to another one.

    L2: along the straight line up to the budget, ``c + t (w - c)`` with the largest ``t`` in [0, 1]
    for which its length is allowed. L-infinity: every pixel as far as it may. L0: of the pixels
    that would be new only as many as are left, the most changed ones first. A change that is over
    the budget already, because the rules are others than when it was made, may only shrink.

    Parameters
    ----------
    change, wanted, original : any one shape; ``change`` is in the box where ``rules.boxed``
    """
    if rules.boxed:
        wanted = np.clip(wanted, -original, 1.0 - original)
    if rules.norm == "linf":
        most = np.maximum(np.abs(change), rules.budget)
        return np.clip(wanted, -most, most)
    if rules.norm == "l0":
        return _few_touched(change, wanted, int(rules.budget))
    return _shortened(change, wanted, rules.budget)


def _shortened(change: Change, wanted: Change, budget: float) -> Change:
    squared = float(np.vdot(change, change))
    most = max(budget**2, squared)
    if float(np.vdot(wanted, wanted)) <= most:
        return wanted
    way = wanted - change
    along, length = float(np.vdot(change, way)), float(np.vdot(way, way))
    left = most - squared
    root = float(np.sqrt(along**2 + length * left))
    # |c + t v|^2 = most, in the form that does not cancel.
    t = left / (along + root) if along > 0 else (root - along) / length
    result = change + min(max(t, 0.0), 1.0) * way
    size = float(np.linalg.norm(result))
    allowed = float(np.sqrt(most))
    if size > allowed:  # by a rounding; nearer to the original it stays in the box
        result *= allowed / size * (1.0 - 2.0 * np.finfo(np.float64).eps)
    return np.asarray(result)


def _few_touched(change: Change, wanted: Change, budget: int) -> Change:
    old = change != 0
    left = max(budget - int(np.count_nonzero(wanted[old])), 0)
    new = np.flatnonzero(~old & (wanted != 0))
    if len(new) <= left:
        return wanted
    order = np.argsort(-np.abs(wanted.ravel()[new]), kind="stable")
    result = wanted.copy()
    result.ravel()[new[order[left:]]] = 0.0
    return result


class Painting:
    """A change of one image, painted stroke by stroke; every stroke can be taken back.

    Parameters
    ----------
    original : (height, width)
    rules : what the change may be
    """

    def __init__(self, original: NDArray[Any], rules: Rules) -> None:
        self.original = read_only(original.astype(np.float64))
        self._history = SheetHistory(np.zeros_like(self.original))
        self.rules = rules
        self._cover: NDArray[np.uint8] | None = None
        self._tool: Tool = "add"
        self._strength = 1.0
        self.refusal: Refusal = ""
        """Why the last stroke has changed nothing."""
        self._before = self.change

    @property
    def change(self) -> Change:
        """What is painted, (height, width) float64."""
        return np.asarray(self._history.sheet)

    @property
    def image(self) -> Change:
        """The image with what is painted, (height, width) float64."""
        return np.asarray(self.original + self.change)

    @property
    def size(self) -> float:
        """How large the change is, in the norm of the rules."""
        return size_of(self.change, self.rules.norm)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is painted."""
        return self._history.is_empty

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to take back."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is a stroke to bring back."""
        return self._history.can_redo

    def set_rules(self, rules: Rules) -> None:
        """Paint by other rules. What is over another budget stays; what leaves the box does not."""
        self.end()
        self.rules = rules
        self._keep_box()

    def _keep_box(self) -> None:
        if self.rules.boxed:
            inside = np.clip(self.change, -self.original, 1.0 - self.original)
            self._history.sheet = inside

    def open_to(self, toward: NDArray[np.float64]) -> Change:
        """Return a direction, (n_features,), as (height, width); 0 where a pixel has no room."""
        way = np.array(toward, dtype=np.float64).reshape(self.original.shape)
        if self.rules.boxed:
            image = self.image
            way[((way > 0) & (image >= 1)) | ((way < 0) & (image <= 0))] = 0.0
        return way

    @property
    def is_stroking(self) -> bool:
        """Whether a stroke is under way."""
        return self._cover is not None

    def begin(self, tool: Tool, strength: float) -> None:
        """Begin a stroke.

        Parameters
        ----------
        strength : ink at the middle of the line; when softening, the share that fades there
        """
        self.end()
        self._history.begin()
        self._before = self.change.copy()
        self._cover = np.zeros(self.original.shape, dtype=np.uint8)
        self._tool, self._strength = tool, strength

    def line(self, start: Point, end: Point, widths: tuple[float, float]) -> None:
        """Draw the stroke on from one place of the image to another.

        Parameters
        ----------
        start, end : (x, y) in pixels of the image, from its upper left corner
        widths : of the brush at both ends, in pixels, at least 1
        """
        assert self._cover is not None, "a stroke must have begun"
        before = self._covered()
        if self.rules.norm == "l0":  # whole pixels, so that the thinnest brush takes one
            start, end = (
                (float(np.floor(x)) + 0.5, float(np.floor(y)) + 0.5) for x, y in (start, end)
            )
        draw_line(self._cover, start, end, widths)
        wanted = self._wanted(before, self._covered())
        self._history.sheet = held(self.change, wanted, self.original, self.rules)

    def _covered(self) -> Change:
        """Return how far each pixel is covered by the stroke so far, in [0, 1]."""
        assert self._cover is not None
        if self.rules.norm == "l0":
            return (self._cover > _COVERED).astype(np.float64)
        return self._cover / FULL

    def _wanted(self, before: Change, after: Change) -> Change:
        """Return what the change would be without a budget, as the cover has grown."""
        if self._tool != "soften":
            sign = 1.0 if self._tool == "add" else -1.0
            return self.change + sign * self._strength * (after - before)
        # Where pixels are counted, one that is a little nearer costs as much as before.
        strength = 1.0 if self.rules.norm == "l0" else self._strength
        kept = np.zeros_like(after)
        left = 1.0 - strength * before
        np.divide(1.0 - strength * after, left, out=kept, where=left > 0)
        softened = self.change * kept
        softened[(after > before) & (np.abs(softened) < UNSEEN)] = 0.0
        return softened

    def end(self) -> None:
        """End the stroke under way, if there is one."""
        if self._cover is not None:
            self.refusal = self._why_nothing()
            self._cover = None
            self._history.end()

    def _why_nothing(self) -> Refusal:
        """Return why the stroke under way has changed nothing, if it has not."""
        assert self._cover is not None
        if float(np.abs(self.change - self._before).max()) > _ROUNDING:
            return ""
        under = self._covered() > 0
        if not under.any():
            return "outside"
        if self._tool == "soften":
            return "bare"
        if self.rules.boxed:
            room = 1.0 - self.image if self._tool == "add" else self.image
            if not (room[under] > 0).any():
                return "box"
        return "budget"

    def undo(self) -> None:
        """Take back the last stroke."""
        self.end()
        self._history.undo()
        self._keep_box()

    def redo(self) -> None:
        """Bring back the stroke taken back last."""
        self.end()
        self._history.redo()
        self._keep_box()

    def clear(self) -> None:
        """Begin anew; this can be taken back too."""
        self.end()
        self._history.clear()

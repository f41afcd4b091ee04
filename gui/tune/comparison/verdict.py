"""Whether the first of two models is the better one, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.report.numbers import number
from core.words import DOWN, NEAREST, UP, at_most, rounded, significant
from gui.shared.columns import label, sentences
from gui.shared.words import PARTS
from gui.theme import pixels
from gui.tune.comparison.side_chooser import SideChooser
from gui.widgets.bars.difference_bars import DifferenceBars
from gui.widgets.basics.card import Card
from gui.widgets.basics.layouts import below
from gui.widgets.basics.tooltips import wrapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from core.insight.comparison import Compared
    from core.insight.difference import Difference
    from gui.shared.run_models import RunModel
    from gui.shared.side import Side

NAMES = ("A", "B")
NOTHING = "There is nothing to compare yet: let the run begin."
_BETTER = {1: "A is better", -1: "B is better", 0: "cannot tell"}
_VERDICT_HELP = (
    "Better: the bar does not touch 0, so that on other images of this kind, too, this model would "
    "be expected to read more rightly. Cannot tell: the difference may be chance. Nothing is said "
    "about another seed, which may turn it round: repeat both with seeds for that."
)
_HOW_HELP = (
    "Both models read the same images, so only those count that one of them alone reads rightly. "
    "The images are drawn anew, with replacement, as often as there are; the histogram shows by "
    "how much A is ahead each time. The bar is the 95 % interval of Student's t for the mean of "
    "+1 (A alone right), −1 (B alone right) and 0, with 1/n² added to its variance."
)
_LEAST_BARS = 96
"""Pixels at 100 %: where bars would be lower, their tooltip alone says how they come about."""

_ONE_MODEL = "Choose another run or another epoch for one of them."
_ONE_IMAGE = (
    "One image says nothing about others.",
    "Take more of them, by the settings of the data.",
)


class VerdictCard(Card):
    """Is A better than B? In shares of the held-out images read rightly."""

    def __init__(self, parent: QWidget) -> None:
        self.sides = [SideChooser(name, parent) for name in NAMES]
        self.bars = DifferenceBars(parent)
        self.verdict = label("", parent, "verdict")
        self.outcome = sentences(parent, "outcome")
        self.how = sentences(parent, "muted")
        inside = below(*self.sides, (self.bars, 1), self.outcome, self.how, spacing=4)
        super().__init__("is A better than B?", inside, right=(self.verdict,), parent=parent)

    def show_sides(
        self,
        sides: tuple[Side, Side],
        runs: Mapping[int | None, str],
        models: tuple[RunModel, RunModel] | None,
    ) -> None:
        """Show what both sides are, and the runs there are to choose from."""
        for i, chooser in enumerate(self.sides):
            chooser.show_side(sides[i], runs, None if models is None else models[i])

    def show_found(self, found: Compared | None, part: str, *, is_one: bool) -> None:
        """Say which is better.

        Parameters
        ----------
        found : None before it is known
        part : whose images were read
        is_one : whether both sides are the same model
        """
        told = None if found is None else found.difference
        self.verdict.setVisible(told is not None and not is_one)
        scores = [None] * 2 if found is None else [one.held_out.score for one in found.models]
        for side, score in zip(self.sides, scores, strict=True):
            side.show_score(None if is_one else score)
        if told is None or is_one:
            why = ("Comparing ...", "") if found is None else _ONE_IMAGE
            self.bars.clear()
            self.outcome.setText("A and B are the same model." if is_one else why[0])
            self.how.setText(_ONE_MODEL if is_one else why[1])
            return
        self.verdict.setText(_BETTER[told.sign])
        self.verdict.setProperty("told", "yes" if told.sign else "no")
        self.verdict.style().unpolish(self.verdict)
        self.verdict.style().polish(self.verdict)
        self.bars.set_difference(told.ahead, told.half_width, told.redrawn, told.n_images)
        self.outcome.setText(ahead_words(told))
        self.how.setText(how_words(told, part))
        self.verdict.setToolTip(wrapped(_VERDICT_HELP, *formula_words(told)))
        for told_of in (self.bars, self.how):
            told_of.setToolTip(wrapped(_HOW_HELP, *formula_words(told)))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the bars the room in which they are read."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        rest = [self.head.sizeHint().height(), *(side.sizeHint().height() for side in self.sides)]
        rest += [said.heightForWidth(self.width()) + 8 for said in (self.outcome, self.how)]
        self.how.setVisible(self.height() - sum(rest) >= pixels(_LEAST_BARS))

    def say_nothing(self, words: str) -> None:
        """Say why nothing is compared."""
        self.show_found(None, "test", is_one=False)
        self.outcome.setText(words)


def ahead_words(told: Difference) -> str:
    """Say who is ahead, and within what the truth lies; its ends are rounded outward."""
    ahead, half = 100 * told.ahead, 100 * told.half_width
    low, high = _outward(ahead - half, up=False), _outward(ahead + half, up=True)
    if not ahead:
        return f"A and B are even; anything from {low} to {high} points would fit."
    who = "A" if ahead > 0 else "B"
    if ahead < 0:
        low, high = _outward(-ahead - half, up=False), _outward(-ahead + half, up=True)
    size = significant(abs(ahead), 2) if abs(ahead) < 10 else f"{abs(ahead):.1f}"
    unit = "point" if size == "1" else "points"
    return f"{who} is {size} {unit} ahead; anything from {low} to {high} would fit."


def how_words(told: Difference, part: str) -> str:
    """Say what was counted, and what that says nothing about."""
    return (
        f"{told.n_first:,} of the {told.n_images:,} {PARTS[part]} images only A reads rightly, "
        f"{told.n_second:,} only B. The bar holds 95 % of what other images would give; another "
        "seed may turn it round."
    )


def formula_words(told: Difference) -> tuple[str, ...]:
    """Return how the interval follows, with the numbers of these two models put in."""
    n, first, second = told.n_images, told.n_first, told.n_second
    squares = first + second - n * told.ahead**2
    digits, points, half = 3, 100 * told.ahead, 100 * told.half_width
    while told.sign and rounded(abs(points), digits, NEAREST) <= rounded(half, digits, UP):
        digits += 1  # what is better must not read as if 0 lay within
    ahead, error = number(points, f".{digits}g"), told.half_width / told.quantile
    return (
        f"d = (A alone − B alone) / n = ({first:,} − {second:,}) / {n:,} = {ahead} points",
        f"s² = (A alone + B alone − n d²) / (n (n − 1)) + 1 / n² = {significant(squares, 4)} / "
        f"({n:,} × {n - 1:,}) + 1 / {n:,}² = ({significant(100 * error)} points)²",
        f"d ± t s = {ahead} ± {told.quantile:.3f} × {significant(100 * error)} = {ahead} ± "
        f"{at_most(half, digits)} points",
        f"{_BETTER[told.sign]}: 0 lies {'outside' if told.sign else 'within'}.",
    )


def _outward(points: float, *, up: bool) -> str:
    """Return an end of an interval with one digit, rounded so that none is left out.

    Only 0 reads as 0: an end close by has the digits that tell on which side of it it lies.
    """
    tenths = -int(-10 * points // 1) if up else int(10 * points // 1)
    if tenths:
        return number(tenths / 10, "+.1f")
    return "+" * (points > 0) + significant(points, 1, UP if up else DOWN)

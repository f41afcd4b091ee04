"""The step of a film that is shown, as a figure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gui.widgets.images.change_picture import sum_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.report.figures import Sheet
    from gui.attack.film.traces import Traces
    from gui.widgets.bars.probability_bars import ProbabilityBars
    from gui.widgets.images.image_view import ImageView


def step_sheet(
    title: str,
    words: str,
    views: Sequence[ImageView],
    bars: ProbabilityBars,
    traces: Traces,
) -> Sheet | None:
    """Return images, what is read in the result, and the way there; None before there are any.

    Parameters
    ----------
    views : of start, change, result and weights
    """
    from core.report.figures import Sheet

    start, change, result, weights_view = views
    images, weights = sum_of("", "", start, change, result), weights_view.cell()
    read = bars.figure()
    plots = tuple(f for plot in traces.plots if (f := plot.figure()) is not None)
    if images is None or weights is None or read is None:
        return None
    pictures = replace(images, cells=(*images.cells, weights), columns=4)
    return Sheet(title, words, ((pictures,), (read, *plots[:1]), plots[1:]))

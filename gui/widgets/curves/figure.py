"""A plot as a figure on paper: what it draws, where it is looked at, and in the light colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt

from core.report.figures import Band, Chart, Line, Mark, Rule
from gui.theme import on_paper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gui.widgets.curves.main import MainCurves
    from gui.widgets.curves.marks import PlotMarks
    from gui.widgets.curves.runs import BandLayer, Drawing, RunLayer
    from gui.widgets.curves.scale import Scale

_DASHES = {
    Qt.PenStyle.SolidLine: "",
    Qt.PenStyle.DashLine: "dashed",
    Qt.PenStyle.DotLine: "dotted",
    Qt.PenStyle.DashDotLine: "dashdot",
}


def main_lines(main: MainCurves, drawing: Drawing, x_label: str) -> Iterator[Line]:
    """Yield the curves that are shown; where they are smoothed each before its mean."""
    for curve in main.curves:
        x, y = main.data(curve.name)
        if not main.is_visible(curve.name) or curve.style not in _DASHES or not len(x):
            continue
        colour, dash, name = on_paper(curve.colour), _DASHES[curve.style], curve.name
        if drawing.smoothing > 1:
            yield Line(name, x, y, colour, "", strong=False)
            name = f"{name}, mean of {drawing.smoothing} {x_label}s"
        yield Line(name, x, drawing.smooth(y), colour, dash)


def run_lines(runs: RunLayer, drawing: Drawing) -> Iterator[Line]:
    """Yield the curves of other runs, from where they left their parents on."""
    for run in runs.runs:
        for name, x, y in run.curves:
            colour, dash = on_paper(run.colour), _DASHES[runs.styles[name]]
            yield Line(run.label(name), x, drawing.smooth(y), colour, dash, strong=run.strong)


def chart(
    titles: tuple[str, str],
    labels: tuple[str, str],
    layers: tuple[BandLayer, RunLayer, MainCurves, PlotMarks],
    drawing: Drawing,
    view: tuple[tuple[float, float] | None, tuple[float, float] | None],
) -> Chart:
    """Return what the layers of a plot draw.

    Parameters
    ----------
    titles : title and subtitle
    labels : of the x and of the y axis
    view : the part that is looked at, in places; None for all there is
    """
    bands, runs, main, marks = layers
    medians = (
        Line(f"{band.name}, median", band.x, band.median, on_paper(band.colour))
        for band in bands.bands
        if np.isfinite(band.median).any()
    )
    x_limits, y_limits = (
        _values(limits, scale) for limits, scale in zip(view, (drawing.x, drawing.y), strict=True)
    )
    x_label, shown = labels[0], marks.marker
    lines = (*medians, *run_lines(runs, drawing), *main_lines(main, drawing, x_label))
    rules = [] if shown is None else [Rule(f"{x_label} {shown:g}", shown)]
    rules += [Rule(label or words, x) for x, words, label in marks.ticks]
    return Chart(
        *titles,
        *labels,
        lines=lines,
        bands=tuple(
            Band(band.name, band.x, band.low, band.high, on_paper(band.colour))
            for band in bands.bands
        ),
        marks=()
        if marks.star is None
        else (Mark(f"best {x_label} {marks.star[0]:g}", *marks.star),),
        rules=tuple(rules),
        x_log=drawing.x.is_log,
        y_log=drawing.y.is_log,
        x_limits=x_limits,
        y_limits=y_limits,
    )


def _values(limits: tuple[float, float] | None, scale: Scale) -> tuple[float, float] | None:
    return None if limits is None else (scale.value_at(limits[0]), scale.value_at(limits[1]))

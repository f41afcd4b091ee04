"""The curve plot: what one refresh costs, against one frame of 33 ms.

A plot as large as in the smallest window draws noisy curves of 100,000 points, solid and dashed,
whole and growing, and twenty other runs of 200 epochs behind. Every number is the time from the
call to the end of the repaint, as a ratio to one frame.
"""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from result import Result, at_most, interquartile_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gui.widgets.curves.plot import CurvePlot
    from gui.widgets.curves.runs import RunCurves

TOPIC = "curves"
FRAME_SECONDS = 0.033
N_POINTS = 100_000
N_RUNS, N_EPOCHS = 20, 200
_RUNS_SECONDS = 0.1


def measure(quick: bool) -> list[Result]:
    """Return the time of refreshes of the plot, in frames."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from gui.app import make_application

    app = make_application(["benchmark"])
    plot = _plot()
    deadline = time.perf_counter() + 20
    while not plot.windowHandle().isExposed():  # until then nothing is painted
        app.processEvents()
        if time.perf_counter() > deadline:
            raise RuntimeError("the window was not shown within 20 s")
    n_rounds = 10 if quick else 40
    app.processEvents()
    results = [*_long_curves(plot, n_rounds), *_other_runs(plot, n_rounds)]
    plot.close()
    plot.deleteLater()
    return results


def _plot() -> CurvePlot:
    """Return a shown plot, as large as in a window of 1280 x 720."""
    from PySide6.QtCore import Qt

    from gui.widgets.curves.plot import Curve, CurvePlot

    curves = (Curve("train", "train"), Curve("test", "test", Qt.PenStyle.DashLine))
    plot = CurvePlot("ERROR", "epoch", curves, "benchmark")
    plot.resize(470, 230)
    plot.set_y_range(0.0, 0.3)
    plot.show()
    return plot


def _long_curves(plot: CurvePlot, n_rounds: int) -> list[Result]:
    from gui.widgets.curves.plot import PlotOptions

    rng = np.random.default_rng(0)
    x = np.arange(N_POINTS, dtype=float)
    noise = {name: 0.1 + 0.05 * rng.standard_normal(N_POINTS) for name in ("train", "test")}
    nothing = np.empty(0)
    plot.set_x_range(0, N_POINTS)
    results = []
    for name, other in (("train", "test"), ("test", "train")):
        plot.set_data(other, nothing, nothing)

        def draw(i: int, name: str = name) -> None:
            plot.set_data(name, x, noise[name] + 1e-5 * i)

        style = "solid" if name == "train" else "dashed"
        results.append(_in_frames(plot, f"100,000 points, {style}", draw, n_rounds))

    def grow(i: int) -> None:
        n = N_POINTS - n_rounds + i
        for name, values in noise.items():
            plot.set_data(name, x[:n], values[:n])
        plot.set_x_range(0, n)

    for options, words in (
        (PlotOptions(), "two of 100,000 growing"),
        (PlotOptions(smoothing=21), "the same, mean of 21"),
        (PlotOptions(log_x=True, log_y=True), "the same, both axes logarithmic"),
    ):
        plot.set_options(options)
        results.append(_in_frames(plot, words, grow, n_rounds))
    plot.set_options(PlotOptions())
    for name in noise:
        plot.set_data(name, x[:N_EPOCHS], noise[name][:N_EPOCHS])
    plot.set_x_range(0, N_EPOCHS)
    return results


def _runs() -> list[RunCurves]:
    from gui.widgets.curves.runs import RunCurves

    rng = np.random.default_rng(1)
    x = np.arange(N_EPOCHS, dtype=float)

    def values() -> NDArray[Any]:
        return np.asarray(0.15 + 0.03 * rng.standard_normal(N_EPOCHS))

    return [
        RunCurves(k, f"run {k}", "#2e7d32", (("train", x, values()), ("test", x, values())))
        for k in range(N_RUNS)
    ]


def _other_runs(plot: CurvePlot, n_rounds: int) -> list[Result]:
    """Return the time to add, recolour, hide and remove twenty runs, and to hover over them."""
    runs = _runs()
    steps: dict[str, Callable[[int], None]] = {
        "recolour 20 runs": lambda i: plot.set_runs(
            [replace(run, colour=f"#{i % 10}{i % 10}7d32") for run in runs]
        ),
        "hide or show 10 of 20 runs": lambda i: plot.set_runs(runs[: 10 + 10 * (i % 2)]),
        "add or remove 20 runs": lambda i: plot.set_runs(runs if i % 2 else []),
    }
    results = []
    for words, step in steps.items():
        plot.set_runs(runs)
        seconds = _times(plot, step, n_rounds)
        results.append(
            at_most(
                topic=TOPIC,
                what=words,
                value=max(seconds) / _RUNS_SECONDS,
                unit="x",
                target=1.0,
                note=f"slowest, of 100 ms; {statistics.median(seconds) * 1e3:.1f} ms the usual",
            )
        )
    plot.set_runs(runs)
    results.append(_in_frames(plot, "hover over 20 runs", lambda i: _hover(plot, i), n_rounds))
    return results


def _hover(plot: CurvePlot, i: int) -> None:
    """Move the pointer on, as the scene tells of it."""
    scene = plot.view.scene()
    rect = plot.box.sceneBoundingRect()
    place = rect.center()
    place.setX(rect.left() + rect.width() * (0.05 + 0.9 * (i % 20) / 20))
    scene.sigMouseMoved.emit(place)


def _times(plot: CurvePlot, step: Callable[[int], None], n_rounds: int) -> list[float]:
    """Return the seconds of each step with its repaint; the first warms up."""
    seconds = []
    for i in range(n_rounds + 1):
        started = time.perf_counter()
        step(i)
        plot.view.viewport().repaint()
        plot.values.repaint()
        seconds.append(time.perf_counter() - started)
    return seconds[1:]


def _in_frames(plot: CurvePlot, words: str, step: Callable[[int], None], n_rounds: int) -> Result:
    frames = [seconds / FRAME_SECONDS for seconds in _times(plot, step, n_rounds)]
    median = statistics.median(frames)
    return at_most(
        topic=TOPIC,
        what=words,
        value=median,
        unit="x",
        target=1.0,
        noise=interquartile_range(frames),
        note=f"of 33 ms: {median * 33:.1f} ms",
    )

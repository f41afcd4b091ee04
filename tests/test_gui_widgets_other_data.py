"""Other data and then an event, before anything is painted: in every widget that paints itself."""

from __future__ import annotations

import importlib
import pkgutil
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

import gui
from core.attack.by_hand.painting import Painting, Rules
from core.exact.cost_matrix import CostMatrix, PairSizes
from core.insight.image_history import ImageHistory
from gui.attack.targets.sizes import SizeBars
from gui.images.draw.way import Way, WayRow
from gui.learn.settings.batch_picture import BatchPicture
from gui.widgets.bars.class_counts import ClassCounts, PartCounts
from gui.widgets.bars.difference_bars import DifferenceBars
from gui.widgets.bars.likeliest_bars import LikeliestBars
from gui.widgets.bars.paired_bars import PairedBars
from gui.widgets.bars.probability_bars import ProbabilityBars
from gui.widgets.bars.quartile_rows import QuartileRows
from gui.widgets.bars.share_bar import ShareBar
from gui.widgets.basics.painted import Painted
from gui.widgets.canvas.canvas import Canvas
from gui.widgets.canvas.change_canvas import ChangeCanvas
from gui.widgets.curves.band_plot import BandPlot
from gui.widgets.curves.legend import Entry, Legend
from gui.widgets.curves.main import Curve
from gui.widgets.curves.plot import CurvePlot
from gui.widgets.curves.runs import Band, RunCurves
from gui.widgets.curves.timeline import Timeline
from gui.widgets.grids.cell_grid import CellGrid
from gui.widgets.grids.confusion_matrix import ConfusionMatrix
from gui.widgets.grids.cost_grid import CostGrid
from gui.widgets.grids.epoch_heat_map import EpochHeatMap
from gui.widgets.images.change_picture import ChangePicture
from gui.widgets.images.colour_bar import ColourBar
from gui.widgets.images.evidence_panel import EvidencePanel
from gui.widgets.images.history_plot import HistoryPlot
from gui.widgets.images.image_mosaic import ImageMosaic, MosaicRow
from gui.widgets.images.image_strip import ImageStrip, StripImage
from gui.widgets.images.image_view import ImageView
from gui.widgets.images.image_wall import ImageWall
from gui.widgets.images.wall_picture import WallContent
from gui.widgets.images.whole_pixels import WholePixels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

KEYS = (
    *(Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Return),
    *(Qt.Key.Key_End, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_Plus),
    *(Qt.Key.Key_Minus, Qt.Key.Key_Space, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_X),
)
SIZES = ((420, 300), (1, 1), (5, 400), (400, 5), (900, 60))
N_CLASSES = (10, 2, 0, 47, 3)
RNG = np.random.default_rng(0)
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


def names(k: int) -> tuple[str, ...]:
    return tuple(f"class {i}" for i in range(k))


def images(n: int, shape: tuple[int, int]) -> Any:
    return RNG.random((n, *shape), dtype=np.float32)


def shape_of(k: int) -> tuple[int, int]:
    """Other data have images of another shape, too."""
    return {10: (28, 28), 2: (8, 8), 0: (1, 1), 47: (16, 9)}.get(k, (5, 12))


def mosaic(widget: ImageMosaic, k: int) -> None:
    widget.set_columns(names(k))
    widget.set_rows([])
    if k:
        missing = ("gone",) * k
        rows = [MosaicRow(f"row {i}", "help", images(k, shape_of(k)), 1.0) for i in range(k % 6)]
        rows.append(MosaicRow("last", "", images(k, shape_of(k)), None, names(k), missing))
        widget.set_rows(rows)
        widget.set_marked(k - 1)
        widget.set_opened((len(rows) - 1, k - 1))
        widget.set_rows(rows[:1])


def strip(widget: ImageStrip, k: int) -> None:
    shape = shape_of(k)
    of_class = enumerate(images(k, shape))
    widget.set_images([StripImage(i, image, (("a", "b"),), "said", "bad") for i, image in of_class])


def costs(widget: CostGrid, k: int) -> None:
    widget.set_costs(names(k), None)
    poke(widget)
    if k:
        square = RNG.random((k, k))
        sizes = PairSizes.__new__(PairSizes)
        object.__setattr__(sizes, "counts", np.ones((k, k), np.int64))
        n = np.ones(k, np.int64)
        widget.set_costs(names(k), CostMatrix(sizes, n, square, square, square, n))
        widget.set_mark((k - 1, 0))
        widget.set_chosen((k - 1, k - 1))


def counts(widget: ConfusionMatrix, k: int) -> None:
    widget.set_counts(names(k), np.zeros((0, 0), np.int64))
    poke(widget)
    widget.set_counts(names(k), RNG.integers(0, 9, (k, k)))
    if k:
        widget.set_chosen((k - 1, 0))


def heat(widget: EpochHeatMap, k: int) -> None:
    n = 3 * k
    widget.set_scores(names(k), np.arange(n), RNG.random((n, k)), np.full(k, 7))
    widget.set_marker(2.0)


def bars(widget: ProbabilityBars, k: int) -> None:
    if k:
        p = RNG.random(k)
        widget.set_probabilities(names(k), p, true=k - 1, target=0, logits=p if k % 2 else None)


def history(widget: HistoryPlot, k: int) -> None:
    if k:
        logits = RNG.random((2 * k, k))
        widget.set_history(
            ImageHistory(k - 1, np.arange(2 * k), logits, tuple(logits)), 0, names(k), 1.0
        )


def picture(widget: ImageView, k: int) -> None:
    widget.clear()
    poke(widget)
    if k:
        widget.show_signed(images(1, shape_of(k))[0], 1.0, "caption")
    if k and isinstance(widget, ChangePicture):
        widget.show_change(images(1, shape_of(k))[0])


def evidence(widget: EvidencePanel, k: int) -> None:
    if k:
        shape = shape_of(k)
        weights = RNG.random((k, shape[0] * shape[1] + 1))
        widget.show_image(weights, images(1, shape)[0], names(k), RNG.random(k), k - 1)


def timeline(widget: Timeline, k: int) -> None:
    widget.set_run(k, k, k / 2, k / 3)
    widget.set_shown(k, live=False)
    widget.set_ticks([(i, "words", "label") for i in range(k)])
    widget.set_branch(k / 3, "fork")
    widget.set_kept(np.arange(0, k, 2))


def size_bars(widget: SizeBars, k: int) -> None:
    mosaic(widget._strip, k)
    sizes = RNG.random(k)
    sizes[k // 2 :] = np.inf
    widget.set_sizes(names(k), sizes.tolist(), ("1",) * k, 0 if k else None)


def wall(widget: ImageWall, k: int) -> None:
    widget.set_content(None, keep_place=True)
    poke(widget)
    shape, n = shape_of(k), 30 * k
    widget.set_content(
        WallContent(
            images(n, shape).reshape(n, shape[0] * shape[1]), shape, np.arange(n), True,
            np.ones(n, bool), None, lambda row: (str(row),), lambda row: f"image {row}",
        ),
        keep_place=True,
    )  # fmt: skip


def way(widget: WayRow, k: int) -> None:
    widget.set_image(images(1, shape_of(k))[0])
    widget.set_reading(names(k), RNG.random(k) if k else None, k - 1 if k else None)


def batch(widget: BatchPicture, k: int) -> None:
    widget.show_images(list(images(k, shape_of(k))), [True] * k, names(k))


def class_counts(widget: ClassCounts, k: int) -> None:
    parts = [PartCounts(part, part, RNG.integers(0, 99, k)) for part in ("train", "test")]
    widget.set_counts(names(k), parts if k else [])
    widget.set_chosen(k - 1 if k else None)


def quartiles(widget: QuartileRows, k: int) -> None:
    widget.set_rows(names(k), RNG.random((3, k)), RNG.random(k), "run 0", "size")
    widget.set_chosen(k - 1 if k else None)


def difference(widget: DifferenceBars, k: int) -> None:
    widget.clear()
    if k:
        widget.set_difference(0.1, 0.2, RNG.random(k) - 0.5, 100)


def paired(widget: PairedBars, k: int) -> None:
    widget.set_values(names(k), ("a", "b"), "title", RNG.random(k), RNG.random(k))


def curves(widget: CurvePlot, k: int) -> None:
    x = np.arange(k, dtype=float)
    widget.set_data("train", x, RNG.random(k))
    widget.set_runs([RunCurves(i, f"run {i}", "run 0", (("train", x, x),)) for i in range(k % 4)])
    widget.set_bands([Band(0, "train", "run 0", x, x, x, x + 1)] if k else [])
    widget.set_star(1.0 if k else None)
    widget.set_stops(x if k else None)


def band(widget: BandPlot, k: int) -> None:
    x = np.arange(k, dtype=float)
    widget.set_data("train", x, RNG.random(k))
    widget.set_band(x, x, x + 1, "words")


def paint_on(widget: ChangeCanvas, k: int) -> None:
    shape = shape_of(k)
    widget.set_painting(Painting(images(1, shape)[0], Rules("l2", 1.0, True)) if k else None, "no")
    widget.set_hint(images(1, shape)[0].astype(float))


TRAIN = [Curve("train", "train", Qt.PenStyle.SolidLine)]
WIDGETS: dict[type[QWidget], tuple[Callable[[], Any], Callable[[Any, int], None]]] = {
    BandPlot: (lambda: BandPlot("plot", TRAIN, "help", "score"), band),
    BatchPicture: (BatchPicture, batch),
    Canvas: (Canvas, lambda widget, k: widget.set_image_shape(shape_of(k))),
    ChangeCanvas: (ChangeCanvas, paint_on),
    ChangePicture: (lambda: ChangePicture("help"), picture),
    ClassCounts: (ClassCounts, class_counts),
    ColourBar: (ColourBar, lambda widget, k: widget.set_limit(k + 0.5)),
    ConfusionMatrix: (lambda: ConfusionMatrix(has_scale=True), counts),
    CostGrid: (CostGrid, costs),
    CurvePlot: (lambda: CurvePlot("plot", "epoch", TRAIN, "help"), curves),
    DifferenceBars: (DifferenceBars, difference),
    EpochHeatMap: (EpochHeatMap, heat),
    EvidencePanel: (EvidencePanel, evidence),
    HistoryPlot: (HistoryPlot, history),
    ImageMosaic: (ImageMosaic, mosaic),
    ImageStrip: (lambda: ImageStrip("strip", "help", wraps=True), strip),
    ImageView: (lambda: ImageView("view", "help"), picture),
    ImageWall: (ImageWall, wall),
    Legend: (Legend, lambda widget, k: widget.set_entries(
        [Entry(name, "1", "train", Qt.PenStyle.SolidLine) for name in names(k)])),
    LikeliestBars: (LikeliestBars, bars),
    PairedBars: (PairedBars, paired),
    ProbabilityBars: (ProbabilityBars, bars),
    QuartileRows: (QuartileRows, quartiles),
    ShareBar: (lambda: ShareBar("bar", "help"), lambda widget, k: widget.show_share(k / 2, "a")),
    SizeBars: (lambda: SizeBars(ImageMosaic(), None), size_bars),
    Timeline: (Timeline, timeline),
    WayRow: (lambda: WayRow(Way.MNIST, "help", None), way),
    WholePixels: (lambda: WholePixels(56, "pixels", "help"), picture),
}  # fmt: skip


def events(widget: QWidget) -> Iterator[QEvent]:
    """Yield what a person may do with a widget, at places all over it and beside it."""
    kinds = QEvent.Type
    width, height = widget.width(), widget.height()
    for x, y in product(np.linspace(-2, width + 1, 4), np.linspace(-2, height + 1, 4)):
        at, whole = QPointF(x, y), QPoint(int(x), int(y))
        yield QEnterEvent(at, at, at)
        yield QMouseEvent(kinds.MouseMove, at, at, Qt.MouseButton.NoButton, LEFT, NONE)
        yield QHelpEvent(kinds.ToolTip, whole, whole)
        yield QMouseEvent(kinds.MouseButtonPress, at, at, LEFT, LEFT, NONE)
        yield QMouseEvent(kinds.MouseMove, at, at, LEFT, LEFT, NONE)
        yield QMouseEvent(kinds.MouseButtonRelease, at, at, LEFT, Qt.MouseButton.NoButton, NONE)
        for modifier in (NONE, Qt.KeyboardModifier.ControlModifier):
            for delta in (120, -120):
                yield QWheelEvent(
                    at, at, QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, modifier,
                    Qt.ScrollPhase.NoScrollPhase, False,
                )  # fmt: skip
    yield QFocusEvent(kinds.FocusIn)
    yield from (QKeyEvent(kinds.KeyPress, key, NONE) for key in KEYS)
    yield QEvent(kinds.Leave)
    yield QFocusEvent(kinds.FocusOut)


def poke(widget: QWidget) -> None:
    """Send every event to a widget, or to what is seen of one that scrolls."""
    inner = [part.viewport() for part in widget.findChildren(QAbstractScrollArea)]
    inner += [part for part in widget.findChildren(QWidget) if isinstance(part, Painted)]
    seen = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    for part in (seen, *inner):
        for event in events(part):
            is_key = event.type() == QEvent.Type.KeyPress
            QApplication.sendEvent(widget if is_key and part is seen else part, event)


@pytest.mark.parametrize("kind", WIDGETS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("is_painted", [False, True], ids=["never painted", "painted between"])
def test_events_between_other_data_and_the_next_paint(
    app: QApplication, qtbot: QtBot, kind: type[QWidget], is_painted: bool
) -> None:
    make, fill = WIDGETS[kind]
    widget = make()
    qtbot.addWidget(widget)
    told: list[bool] = []
    if isinstance(widget, CellGrid):

        def there(row: int, column: int) -> None:
            n_rows, n_columns = widget.n_cells
            told.append(0 <= row < n_rows and 0 <= column < n_columns)

        widget.clicked.connect(there)
        widget.pointed.connect(lambda at: at is None or there(*at))
    poke(widget)
    for k, size in zip((*N_CLASSES, *N_CLASSES[::-1]), SIZES * 2, strict=True):
        widget.resize(*SIZES[0])
        fill(widget, k)
        poke(widget)
        widget.resize(*size)
        poke(widget)
        if is_painted:
            widget.grab()
    assert all(told)


def kinds_of(kind: type[Any]) -> Iterator[type[Any]]:
    for heir in kind.__subclasses__():
        yield heir
        yield from kinds_of(heir)


def test_every_widget_that_paints_itself_is_among_them() -> None:
    for module in pkgutil.walk_packages(gui.__path__, "gui."):
        importlib.import_module(module.name)
    known = {base for kind in WIDGETS for base in kind.__mro__}
    assert {kind for kind in kinds_of(Painted) if kind.__module__.startswith("gui.")} <= known

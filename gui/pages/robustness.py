"""How much change the model withstands: accuracy against size, image by image, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.attack.pairs import NORMS
from core.pictures import grey_rgb
from core.robustness_curves import share_right
from gui.pages.data_words import PartView, epoch_words
from gui.pages.opened_image import OpenedImage
from gui.robustness_job import ATTACKS
from gui.theme import LIGHT, Theme
from gui.widgets.card import card
from gui.widgets.curve_plot import Curve, CurvePlot
from gui.widgets.curve_runs import RunCurves
from gui.widgets.fitting_words import short
from gui.widgets.image_card import ImageCard
from gui.widgets.image_strip import ImageStrip, StripImage
from gui.widgets.tooltips import wrapped

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QHideEvent, QShowEvent

    from gui.robustness_job import RobustnessCurves
    from gui.run_list import RunEntry
    from gui.session import Session

EXACT, MEDIAN, SCORE = "exact", "median", "score"
_ATTACK_COLOURS = ("validation", "bad", "best")
_N_IMAGES = 60
_LONGEST_NAME = 12
_SIDE_WIDTH = 240
"""Pixels: four images beside each other."""
_CURVE_HELP = (
    "The share of the test images that are read rightly and stay so whatever is done to them "
    "within a size: the model is linear up to the softmax, so that the smallest change that fools "
    "it can be computed, (z_y - z_c) / |w_y - w_c| for the nearest rival c. No attack can fall "
    "below the exact curve; random noise of the same size lies far above it."
)
_NORM_HELP = (
    "How large a change is: its length over all pixels, or what the pixel that changes most does. "
    "For the first the distance of two classes is |w_y - w_c|_2, for the second |w_y - w_c|_1."
)
_BOX_HELP = (
    "Whether a changed pixel must stay between 0 (paper) and 1 (ink), as in an image that can be "
    "printed. What must stay in the box needs a larger change."
)
_CLASS_HELP = "Whose images are counted: all, or those of one class."
_MEDIAN_HELP = (
    "The median of the exact sizes, without the box, of the test images read rightly, at every "
    "kept epoch. As weights grow sharper, it often falls while the score still rises."
)
_SCORE_HELP = "The share of the test images read rightly, at the same epochs."
_STRIP_HELP = "Click to open this image."


class RobustnessPage(QWidget):
    """Curves on the left; on the right the images that are fooled first and last."""

    hovered = Signal(str)
    attack_requested = Signal(str, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._state = session, session.robustness
        self._theme = LIGHT
        self.norm = self._combo("Size", _NORM_HELP)
        for norm, words in NORMS.items():
            if norm != "l0":
                self.norm.addItem(words, norm)
        self.boxed = QCheckBox("pixels in 0..1", self)
        self.boxed.setToolTip(wrapped(_BOX_HELP))
        self.label = self._combo("Class", _CLASS_HELP)
        self.words = self._muted()
        self.words.setWordWrap(True)
        self.plot = CurvePlot("ACCURACY AGAINST SIZE", "size", _curves(), _CURVE_HELP, parent=self)
        self.plot.set_y_range(0.0, 1.0)
        self.median_plot = self._small("MEDIAN EXACT SIZE", MEDIAN, "train", _MEDIAN_HELP)
        self.score_plot = self._small("SCORE", SCORE, "test", _SCORE_HELP)
        self.fragile = ImageStrip("most fragile images", _STRIP_HELP, self, wraps=True)
        self.solid = ImageStrip("most solid images", _STRIP_HELP, self, wraps=True)
        self.size_words = self._muted()
        self.size_words.setWordWrap(True)
        self.card = ImageCard(self)
        self.opened = OpenedImage(self.card, session)
        self._lay_out()
        self._connect()
        self._dataset_changed()

    def _combo(self, name: str, help_text: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(name)
        combo.setToolTip(wrapped(help_text))
        return combo

    def _muted(self) -> QLabel:
        label = QLabel("", self)
        label.setObjectName("muted")
        label.setTextFormat(Qt.TextFormat.PlainText)  # names come from strangers
        return label

    def _small(self, title: str, name: str, colour: str, help_text: str) -> CurvePlot:
        curve = Curve(name, colour)
        return CurvePlot(title, "epoch", (curve,), help_text, compact=True, parent=self)

    def _lay_out(self) -> None:
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(10)
        for widget in (self.norm, self.boxed, self.label):
            head.addWidget(widget)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.plot, 1)
        below = QHBoxLayout()
        below.setSpacing(10)
        below.addWidget(card(self.median_plot, (12, 8, 12, 4)))
        below.addWidget(card(self.score_plot, (12, 8, 12, 4)))
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(card(inside, (12, 8, 12, 4)), 5)
        left.addLayout(below, 3)
        side = QWidget(self)
        side.setMinimumWidth(_SIDE_WIDTH)
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(6)
        for title, strip in (("MOST FRAGILE", self.fragile), ("MOST SOLID", self.solid)):
            heading = QLabel(title, side)
            heading.setObjectName("heading")
            right.addWidget(heading)
            right.addWidget(strip, 1)
        right.addWidget(self.size_words)
        right.addWidget(self.words)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addLayout(left, 12)
        whole.addWidget(card(side, (12, 8, 12, 8)), 5)

    def _connect(self) -> None:
        session = self._session
        self.norm.activated.connect(self._norm_chosen)
        self.boxed.toggled.connect(self._box_toggled)
        self.label.activated.connect(self.refresh)
        self.fragile.clicked.connect(self._fragile_clicked)
        self.solid.clicked.connect(self._solid_clicked)
        self.card.attack_requested.connect(self.attack_requested)
        for strip in (self.fragile, self.solid):
            strip.hovered.connect(self.hovered)
        for plot in (self.median_plot, self.score_plot):
            plot.x_clicked.connect(self._epoch_clicked)
        self._state.changed.connect(self.refresh)
        self._state.epochs_changed.connect(self._refresh_epochs)
        session.dataset_changed.connect(self._dataset_changed)
        session.shown_changed.connect(self._refresh_marker)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours for the runs; the plots get them by themselves."""
        self._theme = theme
        self.refresh()

    # ------------------------------------------------------------------ following

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow the runs."""
        super().showEvent(event)
        self._state.watch(True)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing be computed for what nobody sees."""
        super().hideEvent(event)
        self._state.watch(False)

    @Slot()
    def _dataset_changed(self) -> None:
        self.card.close()
        dataset = self._session.dataset
        self.label.clear()
        self.label.addItem("all classes", None)
        for k, name in enumerate(() if dataset is None else dataset.class_names):
            self.label.addItem(f"class {short(name, _LONGEST_NAME)}", k)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what is known."""
        if not self.isVisible():
            return
        curves = self._state.curves
        for i in range(self.norm.count()):
            if self.norm.itemData(i) == self._state.norm:
                self.norm.setCurrentIndex(i)
        if curves is None:
            self.words.setText("computing ...")
            self._show_nothing()
        else:
            self._draw(curves)
        self._refresh_epochs()

    def _show_nothing(self) -> None:
        nothing = np.empty(0)
        for name in (EXACT, *(attack.label for attack in ATTACKS)):
            self.plot.set_data(name, nothing, nothing)
        self.plot.set_runs(())
        self.fragile.set_images(())
        self.solid.set_images(())
        self.size_words.setText("")

    def _draw(self, curves: RobustnessCurves) -> None:
        request, label = curves.request, self.label.currentData()
        main, *others = request.models
        exact = curves.exact[main.key].accuracy(request.norm, curves.sizes, label)
        self.plot.set_data(EXACT, curves.sizes, exact)
        for attack in ATTACKS:
            counts = curves.attacks.get(attack.label)
            x, y = np.empty(0), np.empty(0)
            if counts is not None:
                x, y = curves.attack_sizes[: len(counts.counts)], share_right(counts.counts, request.split.labels, label)
            self.plot.set_data(attack.label, x, y)
        entries = {entry.key: entry for entry in self._state.entries()}
        behind = [(entries[model.key], model) for model in others if model.key in entries]
        self.plot.set_runs(
            [
                self._run(entry, EXACT, curves.sizes,
                          curves.exact[model.key].accuracy(request.norm, curves.sizes, label))
                for entry, model in behind
            ]
        )  # fmt: skip
        self.plot.set_x_range(0.0, float(curves.sizes[-1]), least=0.0)
        more = "" if curves.complete else ", trying attacks ..."
        self.words.setText(
            f"{request.split.n_samples:,} test images, {epoch_words(main.epoch)}{more}"
        )
        self._draw_images(curves, label)

    def _run(
        self, entry: RunEntry, name: str, x: NDArray[np.generic], y: NDArray[np.float64]
    ) -> RunCurves:
        colour = self._theme.runs[entry.colour]
        is_strong = entry.key == self._session.runs.reference_key
        return RunCurves(entry.key, entry.name, colour, ((name, x, y),), strong=is_strong)

    def _draw_images(self, curves: RobustnessCurves, label: int | None) -> None:
        norm, found = curves.request.norm, curves.exact[curves.request.models[0].key]
        for strip, chosen in (
            (self.fragile, found.fragile(norm, _N_IMAGES, label)),
            (self.solid, found.solid(norm, _N_IMAGES, label)),
        ):
            strip.set_images([self._image(curves, int(i)) for i in chosen])
        median = found.median(norm, label)
        self.size_words.setText(
            f"Half of the images read rightly withstand every change up to {median:.3g} "
            f"({NORMS[norm]})."
            if np.isfinite(median)
            else "No image is read rightly, or nothing changes what they are read as."
        )

    def _image(self, curves: RobustnessCurves, index: int) -> StripImage:
        dataset, request = self._session.dataset, curves.request
        assert dataset is not None
        found = curves.exact[request.models[0].key]
        size = float(found.sizes(request.norm)[index])
        rivals = found.changes.rival_l2 if request.norm == "l2" else found.changes.rival_linf
        name, rival = dataset.class_names[int(request.split.labels[index])], int(rivals[index])
        other = "nothing else" if rival < 0 else dataset.class_names[rival]
        return StripImage(
            index=index,
            rgb=grey_rgb(request.split.images[index].reshape(dataset.image_shape)),
            below=(_fitting_sizes(size), (f"{name} → {other}", f"{name}→{other}", name)),
            words=f"test image {index:,}, labelled {name}: beyond a change of {size:.4g} it is "
            f"read as {other}",
        )

    # ------------------------------------------------------------------ during training

    @Slot()
    def _refresh_epochs(self) -> None:
        if not self.isVisible():
            return
        epochs, norm = self._state.epochs, self._state.norm
        known = {} if epochs is None else epochs.found
        entries = [entry for entry in self._state.entries() if entry.key in known]
        shown = known.get(self._session.runs.shown_key or 0)
        nothing = np.empty(0)
        for plot, name in ((self.median_plot, MEDIAN), (self.score_plot, SCORE)):

            def values(key: int, name: str = name) -> NDArray[np.float64]:
                found = known[key]
                if name == SCORE:
                    return found.score
                return found.l2 if norm == "l2" else found.linf

            if shown is None:
                plot.set_data(name, nothing, nothing)
            else:
                plot.set_data(name, shown.epochs, values(self._session.runs.shown_key or 0))
            behind = [e for e in entries if e.key != self._session.runs.shown_key]
            plot.set_runs([self._run(e, name, known[e.key].epochs, values(e.key)) for e in behind])
            drawn = [values(e.key)[np.isfinite(values(e.key))] for e in entries]
            ends = [known[e.key].epochs[-1] for e in entries if len(known[e.key].epochs)]
            plot.set_x_range(0, int(max(ends, default=1)))
            _fit_y(plot, np.concatenate([nothing, *drawn]), most=1.0 if name == SCORE else None)
        self._refresh_marker()

    @Slot()
    def _refresh_marker(self) -> None:
        shown = self._session.shown
        if self.isVisible():
            marked = None if shown is None or shown.live else shown.epoch
            for plot in (self.median_plot, self.score_plot):
                plot.set_marker(marked)

    # ------------------------------------------------------------------ what a person does

    @Slot(int)
    def _norm_chosen(self, index: int) -> None:
        self._state.measure(norm=self.norm.itemData(index))

    @Slot(bool)
    def _box_toggled(self, is_on: bool) -> None:
        self._state.measure(boxed=is_on)

    @Slot(float)
    def _epoch_clicked(self, epoch: float) -> None:
        self._session.show_epoch(round(epoch))

    @Slot(int)
    def _fragile_clicked(self, index: int) -> None:
        self._open(self.fragile, index)

    @Slot(int)
    def _solid_clicked(self, index: int) -> None:
        self._open(self.solid, index)

    def _open(self, strip: ImageStrip, index: int) -> None:
        session, dataset = self._session, self._session.dataset
        if dataset is None:
            return
        view = PartView(dataset, "test", None)
        place = [image.index for image in strip.images].index(index)
        near = strip.mapToGlobal(strip.cell_rect(place).center())
        self.opened.open(lambda: view.card(index, session.shown, session.epochs.snapshots), near)


def _fitting_sizes(size: float) -> tuple[str, ...]:
    """Return a size in ever fewer characters."""
    return f"{size:.3g}", f"{size:.2g}", f"{size:.1g}" if size >= 0.001 else "< 0.001"


def _curves() -> tuple[Curve, ...]:
    """Return the exact curve and one dashed for each attack."""
    return (
        Curve(EXACT, "train"),
        *(
            Curve(attack.label, _ATTACK_COLOURS[i % len(_ATTACK_COLOURS)], Qt.PenStyle.DashLine)
            for i, attack in enumerate(ATTACKS)
        ),
    )


def _fit_y(plot: CurvePlot, values: NDArray[np.float64], most: float | None) -> None:
    """Show all values, with a little room, from zero where there is no upper end."""
    if not len(values):
        return
    top = float(values.max())
    if most is None:
        plot.set_y_range(0.0, 1.1 * top if top > 0 else 1.0)
    else:
        low = float(np.quantile(values, 0.1))
        plot.set_y_range(max(low - 0.05, 0.0), min(top + 0.02, most))

"""Two models side by side: best against now, a run against another, any epoch against any."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from core.insight.comparison import Examined, relative_difference
from core.insight.diagnostics import (
    WEIGHTS_SEEN,
    seen_weights,
    usual_weights,
    weight_images,
    weight_limits,
)
from core.insight.readings import ImageFilter
from core.learning.perceptron import ran_away
from core.report.numbers import measure
from core.words import percent, significant
from gui.jobs.question import same
from gui.shared.panel import Panel
from gui.shared.words import PARTS
from gui.tune.comparison.study import Comparison
from gui.tune.comparison.verdict import NAMES, NOTHING, VerdictCard
from gui.widgets.bars.paired_bars import PairedBars
from gui.widgets.basics.card import Card
from gui.widgets.basics.controls import chooser
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import beside, holding, scrolled
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.grids.confusion_matrix import ConfusionMatrix
from gui.widgets.images.image_card import CardContent
from gui.widgets.images.image_mosaic import ImageMosaic, MosaicRow

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.data.dataset import Dataset
    from gui.session.session import Session
    from gui.shared.run_models import RunModel
    from gui.shared.side import Side

LEFT, RIGHT = 46, 54
"""How the width is shared between what is said in words and what is seen."""

_LONGEST = 22
_CELL = 28
"""Pixels a side at least: three rows of ten fit the smallest window."""
_OWN_SCALE = " One of the two ran away: its weights have a scale of their own."
_WHAT = {
    "plain": ("Weights", "The weight images of both on one scale, and what lies between them."),
    "mean": (
        "Weights minus mean",
        "The weights less the mean of all classes, on one scale: what all classes share changes no "
        "probability.",
    ),
    "start": (
        "Weights minus start",
        "The weights less those each run began with, on one scale: what was learnt, without the "
        "noise of a random start.",
    ),
    "means": ("Means", "The mean of the training images each reads rightly, class by class."),
    "worst": ("Worst", "The training image of each class that is most surely taken for another."),
    "confusion": ("Confusion", "What the held-out images of each class are taken for."),
    "robustness": (
        "Attackability",
        "How little changes what a held-out image is read as: for each class the median length of "
        "the smallest change, (z_y - z_c) / |w_y - w_c|. Short bars are easily fooled.",
    ),
}
_WEIGHTS_APART = (
    "The weights of B less those of A, on a scale of their own, {}: red pixels speak more for the "
    "class in B, blue ones less."
)
_MEANS_APART = "The mean of B less that of A, on a scale of its own, {}."
_WORDS_HELP = (
    "Score, log-likelihood and the median length of the smallest change that fools, all of the "
    "held-out images; and how far apart the weights lie, as a share of the length of A's."
)


class ComparisonPanel(Panel):
    """Whether A is better than B, and beside it one of several ways to see how they differ."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.comparison = Comparison(session, self)
        self._seen: tuple[NDArray[Any], ...] = ()
        self.verdict = VerdictCard(self)
        self.sides = self.verdict.sides
        self._has_chosen = False
        ways = {key: words for key, (words, _) in _WHAT.items()}
        self.what = chooser("what is compared", self, choices=ways, shortest=13)
        for place, (_, help_text) in enumerate(_WHAT.values()):
            self.what.setItemData(place, wrapped(help_text), Qt.ItemDataRole.ToolTipRole)
        self.mosaic = ImageMosaic(self, smallest_cell=_CELL)
        self.matrices = [ConfusionMatrix(self) for _ in NAMES]
        for index, matrix in enumerate(self.matrices):
            matrix.setAccessibleName(f"confusion of {NAMES[index]}")
            matrix.clicked.connect(partial(self._pair_clicked, index))
        self.bars = PairedBars(self)
        self.mosaic.clicked.connect(self._cell_clicked)
        self._lay_out()
        for index, side in enumerate(self.sides):
            side.chosen.connect(partial(self._side_chosen, index))
        self.what.activated.connect(self._what_chosen)
        self.follow(self.comparison.study)
        session.runs.changed.connect(self.refresh)
        session.view.shown_changed.connect(self._follow_models)
        session.view.dataset_changed.connect(self._dataset_changed)
        self._dataset_changed()

    def _lay_out(self) -> None:
        scroll = scrolled(self.mosaic, self)
        pair = holding(beside(*self.matrices, spacing=16), self)
        self.stack = QStackedWidget(self)
        for widget in (scroll, pair, self.bars):
            self.stack.addWidget(widget)
        # As high as there is room: what it would like to be takes nothing from the runs above.
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.looks = Card("A beside B", self.stack, right=(self.what,), parent=self)
        self.words = self.looks.words
        self.words.setToolTip(wrapped(_WORDS_HELP))
        self.setLayout(beside((self.verdict, LEFT), (self.looks, RIGHT), spacing=8))

    @Slot()
    def _what_chosen(self) -> None:
        self._has_chosen = True
        self.refresh()

    def show_wanted(self, wanted: object) -> None:
        """Compare these two :class:`~gui.shared.side.Side` s."""
        first, second = cast("tuple[Side, Side]", wanted)
        self.comparison.compare(first, second)
        self.refresh()

    def _side_chosen(self, index: int, changes: dict[str, Any]) -> None:
        """Let a side stand for another; at an epoch of its own it begins with the one it has."""
        models = self.comparison.models
        present = 0 if models is None else models[index].epoch
        if "place" in changes:
            changes = {"epoch": present} | changes
        self.comparison.set_side(index, **changes)
        self.refresh()

    @Slot(int, int)
    def _cell_clicked(self, row: int, column: int) -> None:
        """Open a mistake as the image it is, anything else as the picture it is."""
        found = self.comparison.study.found
        if self.what.currentData() != "worst":
            self.content_requested.emit(partial(self._content, row, column))
        elif found is not None:
            mistake = found.models[row].train.worst[column]
            if mistake is not None:
                self.sample_requested.emit("train", mistake.index)

    def _content(self, row: int, column: int) -> CardContent | None:
        """Return what a card shows of a picture of weights or means."""
        dataset = self._session.view.dataset
        if dataset is None or row >= len(self.mosaic.rows):
            return None
        picture, name = self.mosaic.rows[row], dataset.class_names[column]
        if picture.missing and picture.missing[column]:
            return None
        return CardContent(
            title=f"{picture.label}: {self.what.currentText().lower()} of class {name}",
            words=picture.help,
            values=picture.values[column],
            limit=picture.limit,
            class_names=dataset.class_names,
        )

    def _pair_clicked(self, index: int, label: int, read: int) -> None:
        """Show the model of this side everywhere, and list the images it reads so."""
        session, models = self._session, self.comparison.models
        if models is None or session.view.dataset is None:
            return
        model = models[index]
        session.view.show_run(model.key)
        session.view.show_epoch(model.epoch)
        wanted = ImageFilter(label=label, predicted=read, order="sure")
        self.images_requested.emit(_held_out(session.view.dataset), wanted)

    @Slot()
    def _dataset_changed(self) -> None:
        if self._session.view.dataset is not None:
            self.mosaic.set_columns(self._session.view.dataset.class_names)
        self.refresh()

    @Slot()
    def _follow_models(self) -> None:
        """Show the models where a side stands for another now: not in every frame."""
        if self.isVisible():
            weights = tuple(model.weights for model in self.comparison.models or ())
            if not same(weights, self._seen):
                self.refresh()

    def show_known(self) -> None:
        """Show what both sides stand for now."""
        session = self._session
        dataset, comparison = session.view.dataset, self.comparison
        if dataset is None:
            return
        entries = session.runs.on(session.view.data_config, session.view.reading)
        runs: dict[int | None, str] = {None: "run shown"}
        runs |= {entry.key: short(entry.name, _LONGEST) for entry in entries}
        models = comparison.models
        self._seen = tuple(model.weights for model in models or ())
        self.verdict.show_sides(comparison.sides, runs, models)
        if models is not None and not self._has_chosen:
            starts = [self._start(model) for model in models]
            usual = "start" if "start" in map(usual_weights, starts) else "plain"
            self.what.setCurrentIndex(self.what.findData(usual))
        what = self.what.currentData()
        self.what.setToolTip(wrapped(_WHAT[what][1]))
        for part in (self.mosaic, self.bars):
            part.setAccessibleName(f"{_WHAT[what][0].lower()} of two models")
        if models is None:
            self.looks.set_words(NOTHING)
            self.verdict.say_nothing(NOTHING)
            return
        known = comparison.study.found  # of weights a moment old, perhaps; of other data never
        found = None if known is None else known.models
        self.looks.set_words(*self._sentences(models, found, dataset))
        is_one = models[0].weights is models[1].weights
        self.verdict.show_found(known, _held_out(dataset), is_one=is_one)
        self.stack.setCurrentIndex({"confusion": 1, "robustness": 2}.get(what, 0))
        if what in WEIGHTS_SEEN:
            self._show_weights(models, dataset, what)
        elif found is not None:
            {
                "means": self._show_means,
                "worst": self._show_worst,
                "confusion": self._show_confusion,
                "robustness": self._show_robustness,
            }[what](found, dataset)

    def _labels(self, models: tuple[RunModel, RunModel]) -> list[str]:
        entries = [self._session.runs.entry(model.key) for model in models]
        names = ["" if entry is None else short(entry.name, _LONGEST) for entry in entries]
        return [
            f"{letter}: {name}, epoch {model.epoch}"
            for letter, name, model in zip(NAMES, names, models, strict=True)
        ]

    def compare_as(self, side: int, key: int) -> None:
        """Let a side stand for a run, at its best."""
        self._side_chosen(side, {"run": key, "place": "best"})

    def _sentences(
        self,
        models: tuple[RunModel, RunModel],
        found: tuple[Examined, Examined] | None,
        dataset: Dataset,
    ) -> list[str]:
        """Return how A and B differ in numbers, and the same ever shorter."""
        words = []
        if found is not None:
            part, (first, second) = PARTS[_held_out(dataset)], found
            words = [
                f"{part} score {first.held_out.score:.4f} → {second.held_out.score:.4f}",
                f"log-likelihood {measure(first.log_likelihood, '.4f')} → "
                f"{measure(second.log_likelihood, '.4f')}",
                f"change to fool {significant(first.median_l2)} → {significant(second.median_l2)}",
            ]
        apart = relative_difference(models[0].weights, models[1].weights)
        if np.isfinite(apart):
            words.append(f"|B − A| = {percent(apart, 1, '')} of |A|")
        texts = [words[:n] for n in range(len(words), 0, -1)]
        # The least is said whole or not at all: half a number would be another one.
        return ["A → B:  " + "  ·  ".join(text) for text in texts] + [*words[:1], ""]

    def figure_words(self) -> str:
        """Return which two models are compared."""
        models = self.comparison.models
        return "" if models is None else "; ".join(self._labels(models))

    def _start(self, model: RunModel) -> NDArray[Any] | None:
        """Return the weights that a run began with."""
        run = self._session.runs.run(model.key)
        return None if run is None else run.history.records[0].weights

    def _show_weights(self, models: tuple[RunModel, RunModel], dataset: Dataset, how: str) -> None:
        seen = [seen_weights(model.weights, how, self._start(model)) for model in models]
        pictures = [weight_images(weights, dataset.image_shape) for weights in seen]
        limits = weight_limits(seen)
        help_text = _WHAT[how][1] + (_OWN_SCALE if len(set(limits)) > 1 else "")
        sides = zip(NAMES, pictures, limits, strict=True)
        rows = [MosaicRow(name, help_text, picture, limit) for name, picture, limit in sides]
        self.mosaic.set_rows([*rows, _between(*pictures, words=_WEIGHTS_APART)])

    def _show_means(self, found: tuple[Examined, Examined], dataset: Dataset) -> None:
        shape = dataset.image_shape
        means = [one.train.mean_images.reshape(-1, *shape) for one in found]
        rows = [
            MosaicRow(
                name,
                _WHAT["means"][1],
                mean,
                captions=tuple(f"{n:,} right" if n else "" for n in one.train.n_correct),
                missing=tuple("" if n else "none right" for n in one.train.n_correct),
            )
            for name, one, mean in zip(NAMES, found, means, strict=True)
        ]
        self.mosaic.set_rows([*rows, _between(*means, words=_MEANS_APART)])

    def _show_worst(self, found: tuple[Examined, Examined], dataset: Dataset) -> None:
        sides = zip(NAMES, found, strict=True)
        self.mosaic.set_rows([_worst_row(name, one, dataset) for name, one in sides])

    def _show_confusion(self, found: tuple[Examined, Examined], dataset: Dataset) -> None:
        for matrix, one in zip(self.matrices, found, strict=True):
            matrix.set_counts(dataset.class_names, one.held_out.confusion)

    def _show_robustness(self, found: tuple[Examined, Examined], dataset: Dataset) -> None:
        first, second = (one.robustness for one in found)
        models = self.comparison.models
        labels = self._labels(models) if models is not None else list(NAMES)
        title = "median length of the smallest change that fools, held-out images read rightly"
        sound = [not ran_away(model.weights) for model in models or ()]
        self.bars.set_values(
            dataset.class_names, (labels[0], labels[1]), title, first, second, counted=sound
        )


def _held_out(dataset: Dataset) -> str:
    """Return the part whose images choose the best epoch."""
    return "test" if dataset.validation is None else "validation"


def _between(first: NDArray[Any], second: NDArray[Any], *, words: str) -> MosaicRow:
    """Return what lies between two rows of pictures, on a scale of its own."""
    between = np.nan_to_num(second - first)
    apart = float(np.abs(between).max()) or 1.0
    return MosaicRow("B − A", words.format(f"±{significant(apart)}"), between, apart)


def _worst_row(label: str, one: Examined, dataset: Dataset) -> MosaicRow:
    shape, names = dataset.image_shape, dataset.class_names
    worst: NDArray[np.float32] = np.zeros((dataset.n_classes, *shape), dtype=np.float32)
    captions, missing = [], []
    for k, mistake in enumerate(one.train.worst):
        if mistake is not None:
            worst[k] = dataset.train.images[mistake.index].reshape(shape)
        captions.append(
            "" if mistake is None else f"→ {names[mistake.predicted]}  {mistake.probability:.2f}"
        )
        missing.append("none wrong" if mistake is None else "")
    help_text = _WHAT["worst"][1]
    return MosaicRow(label, help_text, worst, captions=tuple(captions), missing=tuple(missing))

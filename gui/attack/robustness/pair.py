"""Two runs below each other: the weights of both in one scale, what they read and withstand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.exact.pairs import NORMS
from core.insight.diagnostics import weight_images, weight_limit
from core.learning.adversary import ADVERSARIES
from gui.shared.columns import label
from gui.shared.panel import Panel
from gui.shared.words import epoch_words
from gui.theme import LIGHT, Theme
from gui.widgets.basics.controls import button, chooser, offer
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside, scrolled
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.colour_bar import ColourBar
from gui.widgets.images.image_card import CardContent
from gui.widgets.images.image_mosaic import ImageMosaic, MosaicRow

if TYPE_CHECKING:
    from gui.attack.robustness.study import Robustness, RobustnessCurves
    from gui.session.runs import RunEntry
    from gui.session.session import Session
    from gui.shared.run_models import RunModel

_CELL = 36
"""Pixels a side at least: two rows fit below the plot in the smallest window."""
_LONGEST_LABEL, _LONGEST_NAME = 10, 24
_OTHER_HELP = "The run that the one shown is compared with; its curve is in the plot in its colour."
_WORDS_HELP = (
    "The share of the test images read rightly, and the median exact size of a change that fools "
    "one of those, measured as in the plot."
)
_WITH_HELP = (
    "Begin a run with the settings of the one shown that learns every image moved against it, by "
    "{budget:g} ({norm}): half of the images read rightly withstand so much now. This run is kept."
)
_WITHOUT_HELP = (
    "Begin a run with the settings of the one shown, but on the images as they are. This run is "
    "kept."
)


class RobustnessPair(Panel):
    """The run shown above the other one."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._state, self._theme = state, LIGHT
        self.tools = QWidget(self)
        """What stands in the line of the tabs."""
        self.other = chooser("compared with", self.tools, _OTHER_HELP)
        centre = Qt.AlignmentFlag.AlignCenter
        self.signs = [QLabel("■", self, alignment=centre) for _ in range(2)]
        self.lines = [FittingLabel("", self) for _ in range(2)]
        for line in self.lines:
            line.setToolTip(wrapped(_WORDS_HELP))
        self.train = button("", self, look="small", pressed=self._train)
        self.colour_bar = ColourBar(self.tools)
        self.mosaic = ImageMosaic(self, smallest_cell=_CELL)
        self.mosaic.setAccessibleName("weights of two runs")
        self._lay_out()
        self.other.activated.connect(self._other_chosen)
        self.mosaic.clicked.connect(self._cell_clicked)

    def _lay_out(self) -> None:
        words = label("compared with", self.tools, "muted")
        self.tools.setLayout(beside(words, self.other, self.colour_bar, spacing=8))
        head = QGridLayout()
        head.setHorizontalSpacing(8)
        head.setVerticalSpacing(2)
        head.setColumnStretch(1, 1)
        for row, (sign, line) in enumerate(zip(self.signs, self.lines, strict=True)):
            head.addWidget(sign, row, 0)
            head.addWidget(line, row, 1)
        head.addWidget(self.train, 0, 2, 2, 1)
        self.setLayout(below(head, (scrolled(self.mosaic, self), 1), spacing=4))

    def figure_words(self) -> str:
        """Return which two runs they are, and what they withstand."""
        return "; ".join(line.text() for line in self.lines if line.text())

    def set_theme(self, theme: Theme) -> None:
        """Use these colours."""
        self._theme = theme
        self.colour_bar.set_theme(theme)
        self.refresh()

    def show_known(self) -> None:
        """Show both runs as far as they are known."""
        curves, other = self._state.curves, self._state.other
        self._offer(other)
        models: list[RunModel] = []
        if curves is None:
            self.lines[0].set_wordings("computing ...")
            self.lines[1].set_wordings("")
            self.mosaic.set_rows(())
        else:
            main, *behind = curves.models
            models = [main, *(model for model in behind if other and model.key == other.key)]
            self._show(curves, models, other)
        for sign, line in zip(self.signs, self.lines, strict=True):
            sign.setVisible(bool(line.text()))
        self.signs[1].setVisible(len(models) > 1)
        self._refresh_train()

    def _offer(self, other: RunEntry | None) -> None:
        """Name the runs there are to choose from."""
        entries = self._state.others
        offer(self.other, {one.key: short(one.name, _LONGEST_NAME) for one in reversed(entries)})
        self.other.setCurrentIndex(-1 if other is None else self.other.findData(other.key))
        self.other.setEnabled(bool(entries))

    def _show(
        self, curves: RobustnessCurves, models: list[RunModel], other: RunEntry | None
    ) -> None:
        dataset = self._session.view.dataset
        assert dataset is not None
        self.mosaic.set_columns(dataset.class_names)
        limit = max(weight_limit(model.weights) for model in models)
        self.colour_bar.set_limit(limit)
        runs = self._session.runs
        entries = [runs.entry(model.key) for model in models]
        names = ["muted" if entry is None else runs.colour_of(entry) for entry in entries]
        colours = [self._theme.colour(name) for name in names]
        rows = []
        for model, sign, line, colour in zip(models, self.signs, self.lines, colours, strict=False):
            sign.setStyleSheet(f"color: {colour}")
            line.set_wordings(*self._wordings(curves, model))
            pictures = weight_images(model.weights, dataset.image_shape)
            rows.append(
                MosaicRow(
                    short(self._name(model), _LONGEST_LABEL),
                    f"Weights of {self._name(model)} at {epoch_words(model.epoch)}; both runs are "
                    f"drawn from {-limit:.3g} (blue) to {limit:.3g} (red).",
                    pictures,
                    limit,
                )
            )
        if len(models) < 2:
            self.lines[1].set_wordings(*self._alone(other))
        self.mosaic.set_rows(rows)

    def _alone(self, other: RunEntry | None) -> tuple[str, ...]:
        """Return why there is no second run."""
        if other is not None:
            return (f"computing {other.name} ...",)
        if self._state.others:
            return "The other runs are hidden: choose one to draw it.", "choose another run"
        return "There is no other run on these images yet.", "no other run yet"

    def _name(self, model: RunModel) -> str:
        entry = self._session.runs.entry(model.key)
        return "" if entry is None else entry.name

    def _wordings(self, curves: RobustnessCurves, model: RunModel) -> tuple[str, ...]:
        """Return name, epoch, adversary, score and median exact size, ever shorter."""
        found, norm = curves.exact[model.key], curves.norm
        name, epoch = short(self._name(model), _LONGEST_NAME), epoch_words(model.epoch)
        score, median = f"score {found.score:.4f}", f"{found.median(norm):.3g}"
        run = self._session.runs.run(model.key)
        config = None if run is None else run.history.last_config
        against = ""
        if config is not None and config.adversary != "off":
            kind = ADVERSARIES[config.adversary]
            against = f", adversary of {kind} {config.adversary_size:g}"
        unit = NORMS[norm]
        return (
            f"{name}, {epoch}{against}: {score}, median exact size {median} ({unit})",
            f"{name}, {epoch}{against}: {score}, median exact size {median}",
            f"{name}, {epoch}: {score}, median exact size {median}",
            f"{name}, {epoch}: {score}, median size {median}",
            f"{name}: {score}, size {median}",
        )

    @property
    def _missing(self) -> str:
        """Which kind of run there is none of: ``with`` or ``without`` an adversary, or neither."""
        shown = self._session.runs.shown
        runs = [entry.run for entry in self._state.others] + ([] if shown is None else [shown])
        kinds = {run.history.last_config.adversary != "off" for run in runs}
        if kinds == {False}:
            return "with"
        return "without" if kinds == {True} else ""

    def _refresh_train(self) -> None:
        missing, budget = self._missing, self._state.budget_of_half()
        self.train.setVisible(bool(missing))
        self.colour_bar.setVisible(bool(self.mosaic.rows))
        self.train.setText(f"Train the same {missing} an adversary")
        self.train.setEnabled(missing == "without" or budget is not None)
        help_text = _WITH_HELP if missing == "with" else _WITHOUT_HELP
        norm = NORMS[self._state.norm]
        self.train.setToolTip(wrapped(help_text.format(budget=budget or 0.0, norm=norm)))

    @Slot()
    def _train(self) -> None:
        self._state.train_the_same(adversary=self._missing == "with")

    @Slot(int)
    def _other_chosen(self, index: int) -> None:
        self._state.compare_with(self.other.itemData(index))
        self.refresh()

    @Slot(int, int)
    def _cell_clicked(self, row: int, column: int) -> None:
        near = self.mosaic.on_screen(row, column)
        self.content_requested.emit(partial(self._content, row, column), near)

    def _content(self, row: int, column: int) -> CardContent | None:
        """Return what a card shows of the weights of a class."""
        dataset = self._session.view.dataset
        if dataset is None or row >= len(self.mosaic.rows) or column >= dataset.n_classes:
            return None
        picture = self.mosaic.rows[row]
        return CardContent(
            title=f"{picture.label}: weights of class {dataset.class_names[column]}",
            words=picture.help,
            values=picture.values[column],
            limit=picture.limit,
            class_names=dataset.class_names,
        )

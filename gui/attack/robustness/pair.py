"""Two runs below each other: the weights of both in one scale, what they read and withstand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from core.exact.pairs import NORMS
from core.insight.diagnostics import (
    WEIGHTS_SEEN,
    seen_weights,
    usual_weights,
    weight_images,
    weight_limits,
)
from core.learning.adversary import ADVERSARIES
from core.learning.perceptron import ran_away
from core.learning.records import epoch_words
from core.words import at_least, significant
from gui.attack.robustness.part import RobustnessPart
from gui.widgets.basics.card import Card
from gui.widgets.basics.controls import button
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import Folding, below, holding, scrolled
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.colour_bar import ColourBar
from gui.widgets.images.image_card import CardContent
from gui.widgets.images.image_mosaic import ImageMosaic, MosaicRow

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from gui.attack.robustness.questions import RobustnessCurves
    from gui.attack.robustness.study import Robustness
    from gui.session.runs import RunEntry
    from gui.session.session import Session
    from gui.shared.run_models import RunModel

_CELL = 28
"""Pixels a side at least: two rows have room below the curves in the smallest window."""
_LONGEST_LABEL, _LONGEST_NAME = 10, 24
_WORDS_HELP = (
    "The median exact size of a change that fools an image read rightly, measured as in the curve, "
    "and the share read rightly: of the other run, and of the one shown."
)
_WITH_HELP = (
    "Begin a run with the settings of the one shown that learns every image moved against it, by "
    "{budget:g} ({norm}): half of the images read rightly withstand so much now. This run is kept."
)
_WITHOUT_HELP = (
    "Begin a run with the settings of the one shown, but on the images as they are. This run is "
    "kept."
)


class RobustnessPair(RobustnessPart):
    """The run shown above the other one."""

    def __init__(self, session: Session, state: Robustness, parent: QWidget | None = None) -> None:
        super().__init__(session, state, parent)
        self.words = FittingLabel("", self, look="caption")
        self.words.setToolTip(wrapped(_WORDS_HELP))
        self.train = button("", self, look="small", pressed=self._train)
        self.colour_bar = ColourBar(self)
        self.mosaic = ImageMosaic(self, smallest_cell=_CELL)
        self.mosaic.setAccessibleName("weights of two runs")
        content = below(self.words, (scrolled(self.mosaic, self), 1), spacing=2)
        right = holding(Folding(self.colour_bar, self.train, spacing=8), self)
        self.card = Card("Two runs", content, "", (right,), self)
        self.setLayout(below(self.card))
        self.mosaic.clicked.connect(self._cell_clicked)

    def figure_words(self) -> str:
        """Return which two runs they are, and what they withstand."""
        return self.words.text()

    def show_known(self) -> None:
        """Show both runs as far as they are known."""
        curves, other = self._state.curves, self._state.other
        models: list[RunModel] = []
        if curves is None:
            self.mosaic.set_rows(())
        else:
            main, *behind = curves.models
            models = [main, *(model for model in behind if other and model.key == other.key)]
            self._show(models)
        self.card.set_title("Two runs" if len(models) > 1 else "Weights")
        wordings: tuple[str, ...] = (self.why_nothing("", "computing ..."),)
        if curves is not None:
            wordings = self._wordings(curves, models) if len(models) > 1 else self._alone(other)
        self.words.set_wordings(*wordings)
        self._refresh_train()

    def _show(self, models: list[RunModel]) -> None:
        dataset = self._session.view.dataset
        assert dataset is not None
        self.mosaic.set_columns(dataset.class_names)
        seen = [self._seen(model) for model in models]
        limits = weight_limits([weights for _, weights in seen])
        sound = [limit for limit, ok in zip(limits, self._sound(models), strict=True) if ok]
        self.colour_bar.set_limit((sound or limits)[0])
        drawn = "drawn" if len(set(limits)) > 1 else "both runs are drawn"
        rows = [
            MosaicRow(
                short(self._name(model), _LONGEST_LABEL),
                f"Weights of {self._name(model)} at {epoch_words(model.epoch)}, "
                f"{WEIGHTS_SEEN[how]}; {drawn} from {significant(-limit)} "
                f"(blue) to {significant(limit)} (red).",
                weight_images(weights, dataset.image_shape),
                limit,
            )
            for model, (how, weights), limit in zip(models, seen, limits, strict=True)
        ]
        self.mosaic.set_rows(rows)

    @staticmethod
    def _sound(models: list[RunModel]) -> list[bool]:
        """Return of each model whether it is drawn in colours that can be compared."""
        return [not ran_away(model.weights) for model in models]

    def _seen(self, model: RunModel) -> tuple[str, NDArray[Any]]:
        """Return the weights of a run as its start is best looked at, and how that is."""
        run = self._session.runs.run(model.key)
        records = [] if run is None else run.history.records
        start = records[0].weights if records and records[0].epoch == 0 else None
        how = usual_weights(start)
        return how, seen_weights(model.weights, how, start)

    def _alone(self, other: RunEntry | None) -> tuple[str, ...]:
        """Return why there is no second run."""
        if other is not None:
            return (f"computing {other.name} ...",)
        if self._state.others:
            return "choose a run above to compare with", "no other run"
        return "There is no other run on these images yet.", "no other run yet"

    def _name(self, model: RunModel) -> str:
        entry = self._session.runs.entry(model.key)
        return "" if entry is None else entry.name

    def _wordings(self, curves: RobustnessCurves, models: list[RunModel]) -> tuple[str, ...]:
        """Return what the other run withstands instead of the one shown, ever shorter."""
        norm, (shown, other) = curves.norm, models
        name, label = short(self._name(other), _LONGEST_NAME), self._state.label
        mine, its = (curves.exact[model.key].median(norm, label) for model in (shown, other))
        run = self._session.runs.run(other.key)
        config = None if run is None else run.history.last_config
        how = ""
        if config is not None and config.adversary != "off":
            kind = ADVERSARIES[config.adversary]
            how = f" learnt against an adversary of {kind} {config.adversary_size:g}"
        scores = f"{curves.exact[other.key].score:.4f} instead of {curves.shown.score:.4f}"
        median = f"median {at_least(its)} instead of {at_least(mine)}"
        away = [m for m, ok in zip(models, self._sound(models), strict=True) if not ok]
        colours = "".join(
            f"; {short(self._name(m), _LONGEST_NAME)} in its own colours" for m in away
        )
        return (
            f"{name}{how}: {median}, read rightly {scores}{colours}",
            f"{name}{how}: {median}{colours}",
            f"{name}{how}: {median}, read rightly {scores}",
            f"{name}{how}: {median}",
            f"{name}: {median}",
            median,
            f"{at_least(its)}, not {at_least(mine)}",
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
        self.train.setText(f"learn {missing} an adversary")
        self.train.setEnabled(missing == "without" or budget is not None)
        help_text = _WITH_HELP if missing == "with" else _WITHOUT_HELP
        norm = NORMS[self._state.norm]
        self.train.setToolTip(wrapped(help_text.format(budget=budget or 0.0, norm=norm)))

    @Slot()
    def _train(self) -> None:
        self._state.train_the_same(adversary=self._missing == "with")

    @Slot(int, int)
    def _cell_clicked(self, row: int, column: int) -> None:
        self.content_requested.emit(partial(self._content, row, column))

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

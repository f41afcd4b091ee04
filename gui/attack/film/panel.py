"""The film of an attack: an image, the change, the result, and how it came about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from core.attack.methods.descent import Descent
from core.insight.diagnostics import weight_images, weight_limit
from gui.attack.film.controls import FilmControls
from gui.attack.film.images import AttackImages
from gui.attack.view import AttackView
from gui.session.attack import PART_WORDS
from gui.shared.columns import sentences
from gui.shared.words import epoch_words
from gui.shared.writing import Writing
from gui.widgets.bars.probability_bars import ProbabilityBars
from gui.widgets.basics.card import card
from gui.widgets.basics.fitting_words import as_title, short, shortened
from gui.widgets.basics.layouts import below, beside, holding
from gui.widgets.curves.plot import Curve, CurvePlot
from gui.widgets.images.change_picture import NO_CHANGE, ChangePicture, lay_out_sum, sum_of
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    from core.attack import AttackStep
    from core.report.figures import Sheet
    from gui.session.session import Session


_LONGEST_NAME = 32

_SATURATED = (
    "So sure is the model of this image that the squared loss gives almost nothing to follow: "
    "J (t - y) is near 0. Raise the step size, or start from noise."
)
_RAN_AWAY = (
    "Here the numbers run away: step size times pull is more than the descent can bear. Choose "
    "less of either."
)


class FilmPanel(AttackView):
    """Shows the film of the session's attack."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._attack = session.attack
        self.saving = Writing(session, self)
        self.film = FilmControls(session.attack.film, self.saving, self)
        self.chosen_view = ImageView("chosen image", "The image the change starts from or is "
                                     "pulled toward.", self)  # fmt: skip
        self.change_view = ChangePicture(
            "Result minus chosen image, amplified so that its largest pixel has full colour; red "
            "is added ink, blue ink taken away.",
            self,
        )
        self.result_view = ImageView("result", "The image as the model now sees it.", self)
        self.weights_view = ImageView("weights", "The target class's weights: does the change "
                                      "look like them?", self)  # fmt: skip
        self.bars = ProbabilityBars(self)
        self.bars.setToolTip(
            "<qt>Probability of each class for the result; ○ true class, ● target.</qt>"
        )
        self.sentence = sentences(self, "sentence", selectable=True)
        self.hint = sentences(self, "muted")
        self.probability_plot = self._plot(
            "PROBABILITY",
            (Curve("target", "bad"), Curve("true", "good", Qt.PenStyle.DashLine)),
            "Probability of the target class and of the image's true class at each step.",
            "probability",
        )
        self.size_plot = self._plot(
            "SIZE",
            (Curve("length", "train"), Curve("largest", "test", Qt.PenStyle.DashLine)),
            "Length (L2 norm) of the change and its largest pixel (L-infinity norm), per step.",
            "size of the change (ink)",
        )
        self.loss_plot = self._plot(
            "LOSS",
            (Curve("loss", "validation"), Curve("gradient", "best", Qt.PenStyle.DashLine)),
            "What the attack follows (the descent: |t - y|^2 + lambda |c - x|^2) and the length "
            "of its gradient, on a log axis.",
            "loss, length of its gradient",
            log_y=True,
        )
        self._plots = self.probability_plot, self.size_plot, self.loss_plot
        self._loss_is_positive = True
        self._lay_out()
        self.images = AttackImages(session, self.chosen_view, self.result_view)
        self._attack.config_changed.connect(self.refresh)
        self._attack.film.changed.connect(self._film_changed)
        self._attack.film.position_changed.connect(self._show_position)
        self.refresh()

    def _plot(
        self,
        title: str,
        curves: tuple[Curve, Curve],
        help_text: str,
        y_label: str,
        *,
        log_y: bool = False,
    ) -> CurvePlot:
        """Return a small plot over the steps."""
        plot = CurvePlot(
            title,
            "step",
            curves,
            help_text,
            y_label=y_label,
            log_y=log_y,
            compact=True,
            parent=self,
        )
        plot.x_clicked.connect(self._step_clicked)
        return plot

    def _lay_out(self) -> None:
        pictures = QGridLayout()
        lay_out_sum(pictures, self.chosen_view, self.change_view, self.result_view, stretch=5)
        for column, widget, stretch in ((6, self.weights_view, 5), (8, self.bars, 7)):
            pictures.setColumnMinimumWidth(column - 1, 10)
            pictures.addWidget(widget, 0, column)
            pictures.setColumnStretch(column, stretch)
        middle = holding(below((pictures, 1), self.sentence, self.hint, self.film, spacing=4), self)
        plots = beside(*((card(plot, (10, 6, 10, 2)), 1) for plot in self._plots), spacing=10)
        self.setLayout(below((card(middle, (12, 6, 12, 4)), 12), (plots, 4), spacing=10))

    def figure(self) -> Sheet | None:
        """Return the step shown: the images, what is read in the result, and the way there."""
        from core.report.figures import Sheet

        film = self._attack.film
        images = sum_of("", "", self.chosen_view, self.change_view, self.result_view)
        weights, bars = self.weights_view.cell(), self.bars.figure()
        plots = tuple(f for plot in self._plots if (f := plot.figure()) is not None)
        if images is None or weights is None or bars is None:
            return None
        pictures = replace(images, cells=(*images.cells, weights), columns=4)
        title = f"{as_title(self._attack.chosen.choice.attack.label)}, step {film.position}"
        return Sheet(title, self.sentence.text(), ((pictures,), (bars, *plots[:1]), plots[1:]))

    def figure_words(self) -> str:
        """Return which image it is of, and which epoch's model is attacked."""
        attack, dataset = self._attack, self._session.view.dataset
        where = (
            "a drawing" if attack.on_own else f"{PART_WORDS[attack.config.part]} #{attack.index}"
        )
        name = "" if dataset is None else dataset.class_names[attack.label]
        return f"{where} of class {name}, {epoch_words(attack.film.epoch)}"

    @Slot()
    def _film_changed(self) -> None:
        steps = self._attack.film.steps
        x = np.arange(len(steps), dtype=float)
        target, label = self._attack.film.aim, self._attack.label
        for plot, name, values in (
            (self.probability_plot, "target", [step.probabilities[target] for step in steps]),
            (self.probability_plot, "true", [step.probabilities[label] for step in steps]),
            (self.size_plot, "length", [step.l2 for step in steps]),
            (self.size_plot, "largest", [step.linf for step in steps]),
            (self.loss_plot, "loss", [step.loss for step in steps]),
            (self.loss_plot, "gradient", [step.gradient_norm for step in steps]),
        ):
            plot.set_data(name, x, np.array(values, dtype=float))
            plot.set_x_range(0, self._attack.film.n_steps)
        # The margin falls below 0, where a log axis has no place for it.
        is_positive = min((step.loss for step in steps), default=1.0) > 0
        if is_positive != self._loss_is_positive:
            self._loss_is_positive = is_positive
            self.loss_plot.set_options(replace(self.loss_plot.options, log_y=is_positive))
        self.probability_plot.set_y_range(0, 1)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the chosen image, what it is pushed toward, and the present step."""
        attack, dataset = self._attack, self._session.view.dataset
        if dataset is None or attack.chosen_image is None:
            self.sentence.setText("Waiting for data ...")
            return
        image = attack.chosen_image.reshape(dataset.image_shape)
        where = "drawn" if attack.on_own else f"{PART_WORDS[attack.config.part]} #{attack.index}"
        name = dataset.class_names[attack.label]
        self.chosen_view.show_grey(image, *shortened(f"{{}}, {where}", name))
        self._show_weights()
        self._show_position()

    @Slot()
    def _show_position(self) -> None:
        """Show the present step: all else stands still while the film is played."""
        attack, dataset = self._attack, self._session.view.dataset
        chosen, step = attack.chosen_image, attack.film.step
        if dataset is None or chosen is None:
            return
        if step is None or attack.film.weights is None or step.image.size != chosen.size:
            self._show_none(chosen.reshape(dataset.image_shape))
            return
        self._show_step(step, chosen.reshape(dataset.image_shape))
        for plot in self._plots:
            plot.marks.set_marker(attack.film.position)

    def _show_none(self, chosen: np.ndarray) -> None:
        """Say why there is no film; the image is as it was."""
        self.sentence.setText(self._attack.film.problem or "Computing ...")
        self.hint.setVisible(False)
        if self._attack.film.problem:
            self.change_view.show_change(np.zeros_like(chosen), "none")
            self.result_view.show_grey(chosen, "not changed")
            dataset, shown = self._session.view.dataset, self._session.view.shown
            if dataset is not None and shown is not None:
                read = shown.probabilities_of(chosen.reshape(-1))
                self.bars.set_probabilities(
                    dataset.class_names, read, true=self._attack.label, target=self._attack.film.aim
                )

    def _show_step(self, step: AttackStep, chosen: np.ndarray) -> None:
        attack, dataset = self._attack, self._session.view.dataset
        assert dataset is not None
        names, target = dataset.class_names, attack.film.aim
        result = step.image.reshape(chosen.shape)
        change = result - chosen
        largest = float(np.abs(change).max())
        words = f"{change.min():+.2g} to {change.max():+.2g}"
        if largest <= NO_CHANGE:
            words = f"none to be seen: at most {largest:.1g}" if largest else "none yet"
        self.change_view.show_change(change, words)
        seen = step.predicted
        sure = f"({step.probabilities[seen]:.2f})"
        self.result_view.show_grey(result, *shortened(f"read as {{}} {sure}", names[seen]))
        self.bars.set_probabilities(names, step.probabilities, true=attack.label, target=target)
        outcome = attack.film.outcome()
        assert outcome is not None
        self.sentence.setText(outcome.sentence([short(name, _LONGEST_NAME) for name in names]))
        hint = self._least_words()
        resists = not outcome.succeeded and outcome.saturated
        if resists and attack.chosen.name == Descent.name and not attack.chosen.begins_as_noise:
            hint = _SATURATED
        if attack.film.ran_away:
            hint = _RAN_AWAY
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))

    def _show_weights(self) -> None:
        """Show the weights of the class that the change leads to."""
        film, dataset = self._attack.film, self._session.view.dataset
        if dataset is None or film.weights is None:
            return
        weights = weight_images(film.weights, dataset.image_shape)[film.aim]
        limit = weight_limit(film.weights)
        self.weights_view.set_title(f"weights of {short(dataset.class_names[film.aim], 16)}")
        self.weights_view.show_signed(weights, limit, f"±{limit:.2g}, epoch {film.epoch:.0f}")

    def _least_words(self) -> str:
        """Return how little would have been enough: the model is linear, so that is known."""
        attack, dataset = self._attack, self._session.view.dataset
        if attack.film.least is None or dataset is None:
            return ""
        wanted = "something else"
        if attack.target is not None:
            wanted = f"a {short(dataset.class_names[attack.target], _LONGEST_NAME)}"
        l2, linf = attack.film.least
        box = " with pixels between 0 and 1" if attack.chosen.boxed else ""
        return (
            f"No change{box} shorter than {l2:.3g}, or with a largest pixel below {linf:.2g}, "
            f"makes it {wanted}."
        )

    @Slot(float)
    def _step_clicked(self, step: float) -> None:
        self._attack.film.go_to(round(step))

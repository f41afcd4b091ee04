"""The way of a film in curves: what is read, how large the change is, what is followed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import beside
from gui.widgets.curves.plot import Curve, CurvePlot

if TYPE_CHECKING:
    from gui.session.session import Session


class Traces(QWidget):
    """Three plots over the steps; a click on one goes to that step."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._attack = session, session.attack
        self._loss_is_positive = True
        dashed, dotted = Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
        before = Curve("before", "earlier", Qt.PenStyle.DashDotLine)
        self.probability = self._plot(
            "PROBABILITY",
            (Curve("target", "bad"), Curve("true", "good", dashed), before),
            "Probability of the target class and of the image's true class at each step; before: "
            "of the target, with the settings that were there before.",
            "probability",
        )
        self.size_of_change = self._plot(
            "SIZE",
            (
                Curve("length", "train"),
                Curve("largest", "test", dashed),
                Curve("least possible", "good", dotted),
                before,
            ),
            "Length (L2 norm) of the change and its largest pixel (L-infinity norm), per step; and "
            "the least size that is enough, as chosen above: the model is linear, so it is known.",
            "size of the change (ink)",
        )
        self.loss = self._plot(
            "LOSS",
            (Curve("loss", "validation"), Curve("gradient", "best", dashed)),
            "What the attack follows (the descent: |t − y|^2 + lambda |c − x|^2) and the length "
            "of its gradient, on a log axis.",
            "loss, length of its gradient",
            log_y=True,
        )

        self.plots = self.probability, self.size_of_change, self.loss
        self.setLayout(beside(*((plot.in_card(), 1) for plot in self.plots), spacing=8))

    def _plot(
        self,
        title: str,
        curves: tuple[Curve, ...],
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

    def show_film(self) -> None:
        """Draw the film, as far as it is known."""
        film, dataset = self._attack.film, self._session.view.dataset
        steps, target, label = film.steps, film.aim, self._attack.label if film.steps else 0
        is_noise = self._attack.chosen.begins_as_noise
        # A second line exactly on the first would hide it; noise is no image of any class.
        true = [] if is_noise or target == label else [step.probabilities[label] for step in steps]
        before = ("before", "before") if film.before is not None else ("", "")
        if dataset is not None:
            read = [short(dataset.class_names[k], 12) for k in (target, label)]
            as_target, as_true = (f"as {name}" for name in read)
            names = {"target": (f"read {as_target}", as_target), "before": before}
            self.probability.main.names = names | {"true": (as_true if true else "", "")}
        old = film.before.steps if film.before is not None and steps else ()
        for plot, name, values in (
            (self.probability, "target", [step.probabilities[target] for step in steps]),
            (self.probability, "true", true),
            (self.probability, "before", [step.probabilities[target] for step in old]),
            (self.size_of_change, "before", [step.l2 for step in old]),
            (self.size_of_change, "length", [step.l2 for step in steps]),
            (self.size_of_change, "largest", [step.linf for step in steps]),
            (self.loss, "loss", [step.loss for step in steps]),
            (self.loss, "gradient", [step.gradient_norm for step in steps]),
        ):
            plot.set_data(name, np.arange(float(len(values))), np.array(values, dtype=float))
            plot.set_x_range(0, film.n_steps)
        least = film.least
        has_line = least is not None and least.norm != "l0" and bool(steps)
        ends = np.array([0.0, float(film.n_steps)]) if has_line else np.empty(0)
        size = least.size if least is not None else 0.0
        self.size_of_change.main.names = {
            "least possible": ("least", "least") if has_line else ("", ""),
            "before": before,
        }
        self.size_of_change.set_data("least possible", ends, np.full(len(ends), size))
        # The margin falls below 0, where a log axis has no place for it.
        is_positive = min((step.loss for step in steps), default=1.0) > 0
        if is_positive != self._loss_is_positive:
            self._loss_is_positive = is_positive
            self.loss.set_options(replace(self.loss.options, log_y=is_positive))
        self.probability.set_y_range(0, 1)

    @Slot(float)
    def _step_clicked(self, step: float) -> None:
        self._attack.film.go_to(round(step))

"""The loss microscope: one image pushed by three losses, and why one of them may not move it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from core.words import counted
from gui.attack.losses.column import LossColumn
from gui.attack.losses.study import SHARED, Losses
from gui.attack.losses.words import (
    COMPUTING,
    LABELS,
    NO_DATA,
    NO_MODEL,
    BadgeWords,
    badge_words,
    far_out_words,
)
from gui.attack.view import AttackView
from gui.shared.columns import label, sentences
from gui.shared.player_transport import PlayerTransport
from gui.shared.transport import Mark
from gui.widgets.basics.card import Card
from gui.widgets.basics.controls import button
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.layouts import below, beside, scrolled
from gui.widgets.curves.plot import Curve, CurvePlot

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent

    from core.attack.microscope import Descents
    from core.report.figures import Sheet
    from gui.session.session import Session

_CURVES = (
    Curve("squared", "bad"),
    Curve("entropy", "train", Qt.PenStyle.DashLine),
    Curve("lead", "best", Qt.PenStyle.DotLine),
)
_COLUMN_HELP = (
    "L = |t − y|^2 / 2, the practical's: its gradient −W^T J (t − y), J = diag(y) − y y^T, "
    "vanishes wherever y is close to one-hot, whether that is right or wrong.",
    "L = -log y_t, what the model learns with: its gradient W^T (y - t) is largest where the "
    "model is sure of another class, and vanishes only at the target.",
    "L = z_r - z_t, the lead that the strongest other class r has over the target t, z = W x + b "
    "(logits): its gradient w_r - w_t is the same wherever r is the strongest. It never ends, not "
    "even where the target is read: it walks on.",
)
_GRADIENT_HELP = (
    "Length of each loss's gradient in its own image, per step, on a log axis. A step is as long "
    "as the gradient times the step size: what has none does not move. Click to go to a step."
)
_TARGET_HELP = "Probability of the target class in each of the three images, per step."
_FIND_HELP = (
    "Choose the image of this part that the model reads rightly and is surest of, and play what "
    "each loss makes of it."
)
_CANCEL_HELP = "End the computing; the steps made so far stay."
_WIDEST_TICK = "1e-100"


class LossesPanel(AttackView):
    """Three losses above; their gradients, the target's probability and what it means below."""

    norms = ()
    uses = ("target", *SHARED)
    transport: PlayerTransport

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.losses = Losses(session, self)
        self._painted: Descents | None = None
        find, cancel = self.losses.find_saturated, self.losses.study.call_off
        self.find_button = button("A saturated image", self, _FIND_HELP, "small", find)
        self.cancel_button = button("Cancel", self, _CANCEL_HELP, "small", cancel)
        self.progress = label("", self, "muted")
        self.words = FittingLabel("", self)
        self.words.setObjectName("muted")
        self.columns = [
            LossColumn(loss, curve.name, help_text, curve.colour, self)
            for loss, help_text, curve in zip(LABELS, _COLUMN_HELP, _CURVES, strict=True)
        ]
        make_plot = partial(CurvePlot, x_label="step", curves=_CURVES, compact=True, parent=self)
        self.gradient_plot = make_plot(
            "GRADIENT", help_text=_GRADIENT_HELP, log_y=True, y_label="length of the gradient"
        )
        self.target_plot = make_plot(
            "P(TARGET)", help_text=_TARGET_HELP, y_label="probability of the target"
        )
        self.target_plot.set_y_range(0.0, 1.0)
        self._plots = (self.gradient_plot, self.target_plot)
        for plot in self._plots:
            plot.set_axis_room(_WIDEST_TICK)
            plot.legend.is_named_beside = True  # by the columns above, in the same colours
        self.transport = PlayerTransport(
            self.losses.player,
            self,
            status=self._status,
            marks=self._marks,
        )
        self._make_badge()
        self._lay_out()
        self._connect()
        self.refresh()

    def _make_badge(self) -> None:
        self.badge = QFrame(self)
        self.badge.setObjectName("badge")
        self.badge_title = sentences(self, "sentence", selectable=True)
        self.badge_text = sentences(self, selectable=True)
        self.badge_text.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = scrolled(self.badge_text, self, sideways=False)
        self.badge.setLayout(below(self.badge_title, (words, 1), margins=(10, 8, 8, 8)))

    def _lay_out(self) -> None:
        columns = beside(*((each, 1) for each in self.columns), spacing=16)
        right = (self.progress, self.cancel_button, self.find_button)
        losses = Card("three losses", columns, self.words, right)
        plots = [plot.in_card() for plot in self._plots]
        for plot in plots:  # as wide as it is given: it would like to be wider than there is room
            plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        under = beside(*((part, 1) for part in (*plots, self.badge)), spacing=8)
        self.setLayout(below((losses, 29), (under, 20), spacing=8))

    def _connect(self) -> None:
        player = self.losses.player
        for plot in self._plots:
            plot.x_clicked.connect(lambda step: player.go_to(round(step)))
        self.losses.changed.connect(self.refresh)
        self.losses.changed.connect(self.transport.changed)
        player.position_changed.connect(self._refresh_step)
        self.follow(self.losses.study)
        self._session.attack.config_changed.connect(self._say_without)
        self._say_without()
        self._session.view.dataset_changed.connect(self.refresh)

    @Slot()
    def _say_without(self) -> None:
        self.words.set_wordings(*self.losses.without)

    def _status(self) -> str:
        """Say what is played, for the bar below."""
        if self.losses.descents is None:
            return ""
        config = self.losses.config
        steps = counted(config.steps, "step")
        return f"Three losses push the same image: {steps} of {config.rate:g} times each gradient."

    def _marks(self) -> tuple[Mark, ...]:
        """Return where each loss's image is first read as the target."""
        descents = self.losses.descents
        if descents is None:
            return ()
        at = [descents.fooled_at(column) for column in range(len(LABELS))]
        return tuple(
            Mark(step, "flip", f"{name}: read as the target from step {step} on")
            for step, name in zip(at, LABELS, strict=True)
            if step
        )

    def figure(self) -> Sheet | None:
        """Return the step shown of all three, and their curves; None before there are any."""
        results = [cell for column in self.columns if (cell := column.result_view.cell())]
        changes = [cell for column in self.columns if (cell := column.change_view.cell())]
        plots = [figure for plot in self._plots if (figure := plot.figure())]
        if not results:
            return None
        from core.report.figures import Pictures, Sheet

        n = len(self.columns)
        images = (
            (Pictures(title, "", tuple(cells), columns=n),)
            for title, cells in (("Result", results), ("Change", changes))
        )
        title = f"Three losses, step {self.losses.player.position} of {self.losses.player.last}"
        return Sheet(title, self.badge_title.text(), (*images, tuple(plots)))

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing be computed, nor played, for what nobody sees."""
        super().hideEvent(event)
        self.losses.leave()

    def show_known(self) -> None:
        """Show the descents."""
        study = self.losses.study
        progress = study.progress if study.is_under_way else None
        self.progress.setText("" if progress is None else str(progress))
        self.cancel_button.setVisible(progress is not None)
        descents = self.losses.descents
        if descents is None or descents is not self._painted:
            self._painted = descents
            self._show_curves(descents)
            self._refresh_step()

    def _show_curves(self, descents: Descents | None) -> None:
        x, norms = np.arange(0.0), np.empty((0, len(_CURVES)))
        target = norms
        if descents is not None:
            x, norms = np.arange(descents.n_steps + 1.0), descents.norms
            target = descents.probabilities[:, :, descents.target]
        for i, curve in enumerate(_CURVES):
            self.gradient_plot.set_data(curve.name, x, norms[:, i])
            self.target_plot.set_data(curve.name, x, target[:, i])
        for plot in self._plots:
            plot.set_x_range(0, max(len(x) - 1, 1))

    @Slot()
    def _refresh_step(self) -> None:
        """Show the present step of all three."""
        if not self.isVisible():
            return
        dataset, descents = self._session.view.dataset, self.losses.descents
        step = self.losses.player.position
        for plot in self._plots:
            plot.marks.set_marker(None if descents is None else step)
        if dataset is None or descents is None:
            for column in self.columns:
                column.clear()
            self._show_badge(self._empty_words())
            return
        for i, column in enumerate(self.columns):
            column.show_step(descents, i, step, dataset.image_shape, dataset.class_names)
        badge = badge_words(descents, step, dataset.class_names)
        far = far_out_words(descents, step, box=self._session.attack.measure.boxed)
        self._show_badge(badge._replace(words=f"{badge.words} {far}".rstrip()))

    def _empty_words(self) -> BadgeWords:
        """Say why there is nothing to be seen."""
        view, problem = self._session.view, self.losses.study.problem
        if view.dataset is None or view.shown is None:
            return NO_DATA if view.dataset is None else NO_MODEL
        return BadgeWords("This cannot be attacked", problem, alert=True) if problem else COMPUTING

    def _show_badge(self, badge: BadgeWords) -> None:
        self.badge_title.setText(badge.title)
        self.badge_text.setText(badge.words)
        if self.badge.property("alert") != badge.alert:
            self.badge.setProperty("alert", badge.alert)
            self.badge.style().unpolish(self.badge)
            self.badge.style().polish(self.badge)

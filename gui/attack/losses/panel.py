"""The loss microscope: one image pushed by three losses, and why one of them may not move it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from core.attack.microscope import MicroscopeConfig
from core.parameters import parameters_of
from gui.attack.losses.column import LossColumn
from gui.attack.losses.study import Losses
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
from gui.theme import ICONS, LIGHT, Theme, make_icon
from gui.widgets.basics.card import card
from gui.widgets.basics.controls import button, switch
from gui.widgets.basics.layouts import Part, below, beside, holding
from gui.widgets.basics.parameter_form import ParameterRow
from gui.widgets.curves.plot import Curve, CurvePlot

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QResizeEvent

    from core.attack.microscope import Descents
    from core.report.figures import Sheet
    from gui.session.session import Session

_CURVES = (
    Curve("squared", "bad"),
    Curve("entropy", "train", Qt.PenStyle.DashLine),
    Curve("margin", "best", Qt.PenStyle.DotLine),
)
_COLUMN_HELP = (
    "L = |t - y|^2 / 2, the practical's: its gradient -W^T J (t - y), J = diag(y) - y y^T, "
    "vanishes wherever y is close to one-hot, whether that is right or wrong.",
    "L = -log y_t, what the model learns with: its gradient W^T (y - t) is largest where the "
    "model is sure of another class, and vanishes only at the target.",
    "L = z_r - z_t, r the strongest other class: its gradient w_r - w_t is the same wherever r is "
    "the rival. It never ends, not even where the target is read: it walks on.",
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
_TALL = 560
"""From this height on, pixels, results and changes have room above each other."""

_WIDEST_TICK = "1e-100"
_BADGE_LINES = 3
"""What the longest words take in the smallest window."""


class LossesPanel(AttackView):
    """Three columns and a badge on the left, two plots on the right, one slider for all."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.losses = Losses(session, self)
        self._painted: Descents | None = None
        declared = parameters_of(MicroscopeConfig)
        self.rows = {name: ParameterRow(name, declared[name], self) for name in ("rate", "steps")}
        find, cancel = self.losses.find_saturated, self.losses.study.call_off
        self.find_button = button("A saturated image", self, _FIND_HELP, "small", find)
        self.cancel_button = button("Cancel", self, _CANCEL_HELP, "small", cancel)
        self.progress = label("", self, "muted")
        self.views = QButtonGroup(self)
        tips = ("Show the images the three losses have made", "Show what they changed, amplified")
        self.result_button = switch("result", self, tips[0], "way")
        self.change_button = switch("change", self, tips[1], "way")
        self.result_button.setChecked(True)
        self.views.addButton(self.result_button)
        self.views.addButton(self.change_button)
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
        self.play_button = QToolButton(self)
        self.play_button.setIconSize(QSize(20, 20))
        self.scrub = QSlider(Qt.Orientation.Horizontal, self)
        self.scrub.setAccessibleName("step of the three descents")
        self.scrub.setToolTip("Drag through the steps of all three")
        self.words = label("", self)
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance("step 1000 of 1000"))
        self._make_badge()
        self._lay_out()
        self._connect()
        self.set_theme(LIGHT)
        self.refresh()

    def _make_badge(self) -> None:
        self.badge = QFrame(self)
        self.badge.setObjectName("badge")
        self.badge_title = sentences(self, "sentence", selectable=True)
        self.badge_text = sentences(self, selectable=True)
        # The words come and go while one scrubs; the images above must not move for that.
        self.badge_text.setMinimumHeight(_BADGE_LINES * self.badge_text.fontMetrics().height())
        self.badge_text.setAlignment(Qt.AlignmentFlag.AlignTop)
        inside = below(self.badge_title, self.badge_text, spacing=1)
        inside.setContentsMargins(10, 4, 10, 4)
        self.badge.setLayout(inside)

    def _lay_out(self) -> None:
        settings: list[Part] = []
        for setting in self.rows.values():
            setting.editor.setFixedWidth(74)
            settings += [setting.label, setting.editor]
            if setting.slider is not None:
                setting.slider.setFixedWidth(90)
                settings.append(setting.slider)
        views = (6, self.result_button, self.change_button, None, self.progress, self.cancel_button)
        head = beside(*settings, 6, self.find_button, *views)
        columns = beside(*((each, 1) for each in self.columns), spacing=8)
        film = beside(self.play_button, (self.scrub, 1), self.words)
        plots = holding(below(*((plot, 1) for plot in self._plots), spacing=2), self)
        # As wide as it is given: a plot would like to be wider than there is room for.
        plots.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        middle = beside((below((columns, 1), film, spacing=4), 1), (plots, 1), spacing=14)
        inside = holding(below(head, (middle, 1), self.badge), self)
        self.setLayout(below(card(inside, (12, 8, 12, 8))))

    def _connect(self) -> None:
        for row in self.rows.values():
            row.changed.connect(self.losses.set_setting)
            row.refused.connect(self._session.messages.warn)
        player = self.losses.player
        self.views.buttonToggled.connect(self._fit_views)
        self.play_button.clicked.connect(player.toggle)
        self.scrub.valueChanged.connect(player.go_to)
        for plot in self._plots:
            plot.x_clicked.connect(lambda step: player.go_to(round(step)))
        self.losses.changed.connect(self.refresh)
        player.position_changed.connect(self._refresh_step)
        player.playing_changed.connect(self._refresh_playing)
        self.follow(self.losses.study)
        self._session.view.dataset_changed.connect(self.refresh)

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
        title = f"Three losses, {self.words.text()}"
        return Sheet(title, self.badge_title.text(), (*images, tuple(plots)))

    def set_theme(self, theme: Theme) -> None:
        """Use these colours for the icon; what lies inside gets them by itself."""
        self._theme = theme
        self._refresh_playing()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing be computed, nor played, for what nobody sees."""
        super().hideEvent(event)
        self.losses.leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show results and changes where both have room."""
        super().resizeEvent(event)
        self._fit_views()

    @Slot()
    def _fit_views(self) -> None:
        is_tall = self.height() >= _TALL
        for view in self.views.buttons():
            view.setVisible(not is_tall)
        change = self.change_button.isChecked()
        for column in self.columns:
            column.show_views(result=is_tall or not change, change=is_tall or change)

    def show_known(self) -> None:
        """Show the descents."""
        for name, row in self.rows.items():
            row.show_value(getattr(self.losses.config, name))
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
        step, last = self.losses.player.position, self.losses.player.last
        with QSignalBlocker(self.scrub):
            self.scrub.setRange(0, last)
            self.scrub.setValue(step)
        for widget in (self.scrub, self.play_button):
            widget.setEnabled(descents is not None)
        self.words.setText("" if descents is None else f"step {step} of {last}")
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

    @Slot()
    def _refresh_playing(self) -> None:
        playing = self.losses.player.playing
        words = "Hold all three" if playing else "Play all three"
        self.play_button.setToolTip(words)
        self.play_button.setAccessibleName(words)
        icon = "pause" if playing else "play"
        self.play_button.setIcon(make_icon(ICONS / f"{icon}.svg", self._theme.text))

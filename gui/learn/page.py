"""The Learn page: curves above, the class atlas below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.insight.diagnostics import weight_images, weight_limit
from core.pictures import diverging_rgb, grey_rgb
from gui.learn.curves import LearningCurves
from gui.learn.worst_per_class import WorstPerClass
from gui.shared.opened_image import OpenedImage
from gui.shared.page import Page
from gui.shared.tabs import PanelTabs
from gui.shared.words import PartView
from gui.widgets.basics.card import card
from gui.widgets.basics.fitting_label import FittingLabel
from gui.widgets.basics.lazy_tabs import TabRow
from gui.widgets.images.colour_bar import ColourBar
from gui.widgets.images.image_card import CardContent, ImageCard
from gui.widgets.images.image_mosaic import ImageMosaic, MosaicRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.data.dataset import Dataset, Split
    from core.insight.diagnostics import Diagnosis
    from gui.jobs.question import Answer
    from gui.session.readings import DiagnosisQuestion
    from gui.session.session import Session
    from gui.shared.tabs import Tab

    DiagnosisAnswer = Answer[DiagnosisQuestion, Diagnosis]

_MEAN, _WORST = 1, 2
"""Rows of the atlas; the worst are the last ones."""

_WORST_ROWS = ("worst", "2nd worst", "3rd worst", "4th worst", "5th worst")

_WEIGHTS_HELP = (
    "Each class's weights w_k as an image: red pixels speak for the class, blue ones against it."
)
_MEAN_HELP = "Mean of the training images of the class that are classified correctly."
_WORST_HELP = (
    "The training image of the class that is classified wrongly with the highest response: what "
    "it is taken for, and how surely."
)


ATLAS = "Class atlas"
_ATLAS_HELP = "Weights, means and worst mistakes, one column per class"


class LearnPage(Page):
    """Shows the run and the shown model of the session.

    Parameters
    ----------
    tabs : what the lower card can show beside the class atlas
    """

    def __init__(
        self, session: Session, tabs: Sequence[Tab], parent: QWidget | None = None
    ) -> None:
        super().__init__(session, parent)
        self.follow(session.readings.diagnosis)
        self._rows: tuple[DiagnosisAnswer | None, list[MosaicRow]] = (None, [])
        self._drawn: tuple[NDArray[Any], DiagnosisAnswer | None] | None = None
        """The weights and the mistakes that the atlas shows."""
        self.curves = LearningCurves(session, self)
        self.error_plot, self.like_plot = self.curves.error_plot, self.curves.like_plot
        self.atlas = ImageMosaic(self)
        self.colour_bar = ColourBar(self)
        self.atlas_words = FittingLabel("", self)
        self.atlas_words.setObjectName("muted")
        self.n_worst = WorstPerClass(session, self)
        self.switch = TabRow({ATLAS: _ATLAS_HELP} | {tab.words: tab.help for tab in tabs}, self)
        self._offered = tabs
        self.card = ImageCard(self)
        self._lay_out()
        self.atlas.cell_clicked.connect(self._cell_clicked)
        self.atlas.hovered.connect(self.hovered)
        self.card.attack_requested.connect(self.attack_requested)
        self.switch.chosen.connect(self._switched)
        self.tabs.hovered.connect(self.hovered)
        self.tabs.images_requested.connect(self.images_requested)
        self.tabs.sample_requested.connect(self._open_sample)
        self.tabs.tab_requested.connect(self.show_tab)
        session.view.run_started.connect(self._run_started)
        session.view.shown_changed.connect(self._refresh_shown)
        session.view.forgotten.connect(self._forget)
        # After the atlas, whose images it shows.
        self.opened = OpenedImage(self.card, session)
        self.tabs.content_requested.connect(self.opened.open)
        self._run_started()
        self._refresh_shown()

    def _lay_out(self) -> None:
        scroll = QScrollArea(self)
        scroll.setWidget(self.atlas)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        head = QHBoxLayout()
        head.addWidget(self.switch)
        head.addSpacing(12)
        head.addWidget(self.atlas_words)
        head.addStretch(1)
        head.addWidget(self.n_worst)
        head.addWidget(self.colour_bar)
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        self.tabs = PanelTabs(self._session, (ATLAS, scroll), self._offered, self)
        column.addWidget(self.tabs, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.curves, 9)
        layout.addWidget(card(inside, (12, 8, 12, 8)), 13)

    def tab(self, words: str) -> QToolButton:
        """Return the button of a tab."""
        return self.switch.button(words)

    @Slot(str)
    def show_tab(self, words: str) -> None:
        """Show what the tab of that name holds."""
        self.switch.choose(words)

    @Slot(str)
    def _switched(self, words: str) -> None:
        """Show what the button pressed names."""
        self.tabs.show_panel(words)
        for widget in (self.atlas_words, self.n_worst, self.colour_bar):
            widget.setVisible(words == ATLAS)

    @Slot()
    def _run_started(self) -> None:
        if self._session.view.dataset is not None:
            self.atlas.set_columns(self._session.view.dataset.class_names)
        self._drawn = None
        self.card.close()

    @Slot()
    def _refresh_shown(self) -> None:
        shown = self._session.view.shown
        if shown is None:
            return
        self._refresh_atlas()

    @property
    def cards(self) -> tuple[ImageCard, ...]:
        """The card of an opened image."""
        return (self.card,)

    def take_keyboard(self) -> None:
        """Let keys go to the atlas: Space on a plot's button would open its menu."""
        self.atlas.setFocus()

    def show_known(self) -> None:
        """Show weights, means and mistakes of the model shown."""
        self._refresh_atlas()

    @Slot()
    def _refresh_atlas(self) -> None:
        session = self._session
        shown, dataset = session.view.shown, session.view.dataset
        if shown is None or dataset is None:
            return
        answer = session.readings.diagnosis.answer
        drawn = self._drawn
        # A new question to the diagnosis, which is none of what is seen, comes with every frame.
        if drawn is None or drawn[0] is not shown.weights or drawn[1] is not answer:
            self._drawn = shown.weights, answer
            limit = weight_limit(shown.weights)
            weights = weight_images(shown.weights, dataset.image_shape)
            rows = [MosaicRow("weights", _WEIGHTS_HELP, diverging_rgb(weights, limit), weights)]
            if answer is not None and answer is not self._rows[0] and answer.found is not None:
                split, found = answer.question.split, answer.found
                self._rows = (answer, self._diagnosis_rows(split, found, dataset))
            self.colour_bar.set_limit(limit)
            self.atlas.set_rows(rows + self._rows[1])
        when = f"epoch {shown.epoch:.0f}" if shown.record else f"epoch {shown.epoch:.1f}"
        words = f"{when}, live" if shown.live else when
        problem = "" if answer is None else answer.problem
        self.atlas_words.set_wordings(problem or f"training images, {words}", words, when)

    @Slot()
    def _forget(self) -> None:
        """Let go of mistakes that are of other data."""
        self._rows, self._drawn = (None, []), None

    @staticmethod
    def _diagnosis_rows(split: Split, diagnosis: Diagnosis, dataset: Dataset) -> list[MosaicRow]:
        names, image_shape = dataset.class_names, dataset.image_shape
        means = diagnosis.mean_images.reshape(-1, *image_shape)
        none_right = tuple("none right" if n == 0 else "" for n in diagnosis.n_correct)
        rows = [MosaicRow("mean", _MEAN_HELP, grey_rgb(means), means, missing=none_right)]
        for n in range(diagnosis.n_worst):
            worst = np.zeros_like(means)
            captions = []
            for k, mistake in enumerate(diagnosis.nth_worst(n)):
                if mistake is not None:
                    worst[k] = split.images[mistake.index].reshape(image_shape)
                    captions.append(f"→ {names[mistake.predicted]}  {mistake.probability:.2f}")
                else:
                    captions.append("")
            none = "none wrong" if n == 0 else "no more"
            missing = tuple("" if caption else none for caption in captions)
            shades, label = grey_rgb(worst), _WORST_ROWS[n]
            rows.append(MosaicRow(label, _WORST_HELP, shades, worst, tuple(captions), missing))
        return rows

    @Slot(int, int)
    def _cell_clicked(self, row: int, column: int) -> None:
        session = self._session
        shown, dataset = session.view.shown, session.view.dataset
        found = session.readings.diagnosis.found
        if shown is None or dataset is None:
            return
        picture = self.atlas.row(row)
        if picture.missing and picture.missing[column]:
            return
        index = None
        if row >= _WORST and found is not None:
            mistake = found.nth_worst(row - _WORST)[column]
            assert mistake is not None
            index = mistake.index

        def make() -> CardContent | None:
            return self._content(row, column, index)

        near = self.atlas.mapToGlobal(self.atlas.cell_rect(row, column).center())
        self.opened.open(make, near)

    @Slot(str, int, QPoint)
    def _open_sample(self, part: str, index: int, near: QPoint) -> None:
        """Open an image of a part beside a point of the screen."""
        session, dataset = self._session, self._session.view.dataset
        if dataset is not None:
            view = PartView(dataset, part, None)
            self.opened.open(
                lambda: view.card(index, session.view.shown, session.epochs.snapshots), near
            )

    def _content(self, row: int, column: int, index: int | None) -> CardContent | None:
        """Return what the card shows of a cell, or of the training image that was in it."""
        shown, dataset = self._session.view.shown, self._session.view.dataset
        if shown is None or dataset is None or row >= self.atlas.n_rows:
            return None
        if index is not None:
            snapshots = self._session.epochs.snapshots
            content = PartView(dataset, "train", None).card(index, shown, snapshots)
            return replace(content, words=f"{content.words} {_WORST_HELP}")
        picture, name = self.atlas.row(row), dataset.class_names[column]
        values = picture.values[column]
        if picture.missing and picture.missing[column]:
            return None
        is_mean = row == _MEAN
        return CardContent(
            title=f"{'mean' if is_mean else 'weights'} of class {name}",
            words=_MEAN_HELP if is_mean else _WEIGHTS_HELP,
            rgb=picture.rgb[column],
            values=values,
            class_names=dataset.class_names,
            probabilities=shown.probabilities_of(values.reshape(-1)) if is_mean else None,
            true_class=column if is_mean else None,
            part="train",
            index=None,
            weights=shown.weights if is_mean else None,
        )

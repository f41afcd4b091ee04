"""The Tune page: every run with its settings, their curves, and two of them compared."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import QSizePolicy

from gui.shared.learning_curves import LearningCurves, making_plots
from gui.shared.page import Page
from gui.theme import LIGHT, Theme, give_theme, pixels
from gui.tune.comparison.panel import LEFT, RIGHT, ComparisonPanel
from gui.tune.runs.panel import RunsPanel
from gui.widgets.basics.layouts import below, beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session
    from gui.shared.opened_image import OpenedImage
    from gui.widgets.images.image_card import CardContent, ImageCard

_ABOVE, _BELOW = 47, 53
"""How the height is shared between runs and the comparison of two."""

_ROOM_FOR_ALL = 1240
"""Pixels at 100 % that runs, curves and comparison take beside an opened image."""


class TunePage(Page):
    """The runs and the curves of those ticked above, two of them compared below."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._theme = LIGHT
        self.runs = RunsPanel(session, self)
        self.curves = LearningCurves(session, making_plots(), self)
        self.comparison = ComparisonPanel(session, self)
        for part in (self.runs, self.curves, self.comparison):  # as they are shared, not wished for
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        above = beside((self.runs, LEFT), (self.curves, RIGHT), spacing=8)
        self._all = beside(
            (below((above, _ABOVE), (self.comparison, _BELOW), spacing=8), 1), spacing=8
        )
        self.setLayout(self._all)
        self.runs.compare_asked.connect(self.comparison.compare_as)
        self.comparison.images_requested.connect(self.images_requested)
        self.comparison.sample_requested.connect(self._open_sample)
        self.comparison.content_requested.connect(self._open_content)
        session.view.run_started.connect(self._close_cards)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours for what is made from now on; what there is gets them by itself."""
        self._theme = theme

    @cached_property
    def card(self) -> ImageCard:
        """The card of an opened image, made with the first one; it stands beside all else."""
        from gui.widgets.images.image_card import ImageCard

        made = ImageCard(self)
        self._all.addWidget(made)
        made.seen.connect(self._make_room)
        # Once it is no longer to be seen.
        made.finished.connect(self._make_room, Qt.ConnectionType.QueuedConnection)
        give_theme(made, self._theme)
        made.attack_requested.connect(self.attack_requested)
        return made

    @cached_property
    def opened(self) -> OpenedImage:
        """What keeps the card true."""
        from gui.shared.opened_image import OpenedImage

        return OpenedImage(self.card, self._session)

    @Slot(object)
    def _open_content(self, make: Callable[[], CardContent | None]) -> None:
        self.opened.open(make)

    @Slot(str, int)
    def _open_sample(self, part: str, index: int) -> None:
        self.opened.open_sample(part, index)

    @Slot()
    def _make_room(self) -> None:
        """Where it is narrow, an opened image has the place of what is said in words."""
        is_open = any(card.isVisible() for card in self.cards)
        has_room = not is_open or self.width() >= pixels(_ROOM_FOR_ALL)
        for part in (self.runs, self.comparison.verdict):
            part.setVisible(has_room)

    def event(self, event: QEvent) -> bool:
        """Let cards stand below each other whatever their words need now."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.runs.setMinimumWidth(self.comparison.verdict.minimumSizeHint().width())
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for an opened image, or for all else again."""
        super().resizeEvent(event)
        if self.cards:
            self._make_room()

    @Slot()
    def _close_cards(self) -> None:
        for shown in self.cards:
            shown.close()

    def minimumSizeHint(self) -> QSize:
        """Return what runs, curves and comparison need; sharing the height, none asks for it."""
        above = max(part.minimumSizeHint().height() for part in (self.runs, self.curves))
        below = self.comparison.minimumSizeHint().height()
        height = max(above * 100 // _ABOVE, below * 100 // _BELOW) + 8
        return QSize(super().minimumSizeHint().width(), height)

    def take_keyboard(self) -> None:
        """Let keys go to the table."""
        self.runs.table.setFocus()

    def show_wanted(self, wanted: object) -> None:
        """Compare two sides that another page has asked for."""
        self.comparison.show_wanted(wanted)

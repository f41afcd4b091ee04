"""An image that was opened from a page, and follows the model shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.shared.words import PartView

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.session.session import Session
    from gui.widgets.images.image_card import CardContent, ImageCard


def _nothing() -> None:
    """Make nothing: no image is open."""


class OpenedImage(QObject):
    """Keeps a card true while it is open: what it says is of the epoch shown everywhere."""

    def __init__(self, card: ImageCard, session: Session) -> None:
        super().__init__(card)
        self._card, self._session = card, session
        self._make: Callable[[], CardContent | None] = _nothing
        session.view.shown_changed.connect(self.refresh)
        card.seen.connect(self.refresh)
        card.finished.connect(self._forget)
        card.epoch_requested.connect(session.view.show_epoch)

    def open(self, make: Callable[[], CardContent | None], walk_words: str = "") -> None:
        """Open what ``make`` returns, and ask it again as what it says changes.

        None is for what cannot be shown just now.

        Parameters
        ----------
        walk_words : where the arrow keys lead, if whoever opens it listens to ``card.walked``
        """
        content = make()
        if content is not None:
            self._make = make
            self._card.show_content(content, walk_words)

    @Slot(str, int)
    def open_sample(self, part: str, index: int, walk_words: str = "") -> None:
        """Open an image of a part of the present data."""
        session, dataset = self._session, self._session.view.dataset
        if dataset is not None:
            view = PartView(dataset, part)

            def make() -> CardContent:
                return view.card(index, session.view.shown, session.epochs.snapshots)

            self.open(make, walk_words)

    @Slot()
    def _forget(self) -> None:
        """Let go of what was shown, a whole data set perhaps."""
        self._make = _nothing
        self._card.history.forget()

    @Slot()
    def refresh(self) -> None:
        """Show what is true now."""
        if self._card.isVisible():
            content = self._make()
            if content is not None:
                self._card.set_content(content)

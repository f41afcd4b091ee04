"""The other side: what the optimiser does with the same image and the same budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QWidget

from core.attack.by_hand.painting import size_of
from core.attack.by_hand.score import efficiency, least_sized, percent, sized
from core.words import significant
from gui.session.player import Player
from gui.shared.columns import sentences
from gui.shared.words import read_words
from gui.widgets.basics.controls import button, chooser
from gui.widgets.basics.fitting_words import short
from gui.widgets.basics.layouts import below, beside
from gui.widgets.basics.tooltips import wrapped
from gui.widgets.images.change_picture import ChangePicture
from gui.widgets.images.image_pair import ImagePair
from gui.widgets.images.image_view import ImageView

if TYPE_CHECKING:
    import numpy as np
    from PySide6.QtGui import QHideEvent

    from core.attack.by_hand.optimiser import Changes
    from core.attack.by_hand.score import Standing
    from core.exact.pairs import Norm
    from gui.attack.by_hand.study import Game
    from gui.session.session import Session

SMALLEST, MOST = "smallest", "most"
_KINDS = {
    SMALLEST: ("smallest that wins", "The smallest change that is enough, computed exactly."),
    MOST: (
        "most within budget",
        "How far the gap goes within the whole budget: step by step along the gradient of the lead "
        "z_r - z_t that the strongest other class r has over the target t, back into budget and "
        "box after each (pixel by pixel where pixels are counted). Found, not proven to be the "
        "most.",
    ),
}
_SPEED = 25.0
"""Changes in a second."""

_LONGEST_NAME = 14
_NO_CHANGE = 1e-9
_LETTERS = 8
"""Of what the optimiser does, where there is little room; the list takes what there is."""
_LEAST = QSize(110, 116)
"""Pixels of a picture with its title and its caption."""


class RivalPanel(QWidget):
    """Numbers at once; the pictures when a person asks for them."""

    def __init__(self, session: Session, game: Game, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._game = session, game
        self.player = Player(session.pool.frame, speed=_SPEED, parent=self)
        """Which of the growing changes is shown."""
        self.player.position_changed.connect(self.refresh)
        self.player.playing_changed.connect(self._playing_changed)
        kinds = {key: words for key, (words, _) in _KINDS.items()}
        self.kind = chooser("what the optimiser does", self, choices=kinds, shortest=_LETTERS)
        self.kind.activated.connect(self._kind_chosen)
        self.change_view = ChangePicture(
            "What the optimiser adds (red) and takes away (blue), amplified to full colour.",
            self,
            noun="its change",
            least=_NO_CHANGE,
        )
        self.image_view = ImageView("its image", "The image with that change.", self)
        for view in (self.change_view, self.image_view):
            view.least = _LEAST  # they are hidden to begin with: bars need the room more
        tip = "Show what the optimiser does; try by yourself first."
        self.reveal = button("Reveal", self, tip, "small")
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._revealed)
        self.words = sentences(self, selectable=True)
        self.yours = sentences(self, "muted")
        """What the person's own change does for its size."""
        self._lay_out()

    def _lay_out(self) -> None:
        pictures = ImagePair(self.change_view, self.image_view, self)
        said = below(self.words, self.yours, None)
        self.setLayout(beside((pictures, 3), (said, 2), spacing=12))

    def growing_words(self) -> str:
        """Say what is played, for the bar below."""
        kind = _KINDS[self.kind.currentData()][0]
        return f"The optimiser's change grows: {kind}." if self.changes else ""

    @property
    def changes(self) -> Changes:
        """The growing changes of what is chosen; none before there is an answer."""
        answer = self._game.answer
        if answer is None or not self._game.is_ready:
            return ()
        return answer.smallest if self.kind.currentData() == SMALLEST else answer.most

    @property
    def place(self) -> int:
        """Which of them is shown: the last unless it is growing."""
        return min(self.player.position, len(self.changes) - 1)

    @Slot()
    def hide_again(self) -> None:
        """Hide what was revealed: there is another game."""
        self.player.pause()
        self.reveal.setChecked(False)

    @Slot()
    def refresh(self) -> None:
        """Show what the optimiser says now."""
        changes = self.changes
        if len(changes) != self.player.n_frames:
            self.player.replace(len(changes))
        self.kind.setToolTip(wrapped(_KINDS[self.kind.currentData()][1]))
        for widget in (self.kind, self.reveal):
            widget.setEnabled(bool(changes))
        self.reveal.setText("Hide" if self.reveal.isChecked() else "Reveal")
        self.words.setText(self._words())
        if changes and self.reveal.isChecked():
            self._show(changes[self.place])
        else:
            self.change_view.clear()
            self.image_view.clear()

    def _show(self, flat: np.ndarray) -> None:
        game, dataset = self._game, self._session.view.dataset
        assert game.painting is not None
        assert game.goal is not None
        assert dataset is not None
        original = game.painting.original
        change = flat.reshape(original.shape)
        size = sized(size_of(change, game.norm), game.norm)
        self.change_view.show_change(change, f"size {size}")
        standing = game.goal.standing(change)
        seen = standing.predicted
        read = read_words(dataset.class_names[seen], float(standing.probabilities[seen]))
        self.image_view.show_grey(original + change, *read)

    def _words(self) -> str:
        """Return how far the optimiser comes, and with how much."""
        game, changes = self._game, self.changes
        if not changes or game.goal is None or game.answer is None or game.budget is None:
            return ""
        end = game.goal.standing(changes[-1])
        size = size_of(changes[-1], game.norm)
        closes = pace_words(end, game.goal.first_gap, size, game.norm)
        if self.kind.currentData() == SMALLEST:
            answer = game.answer
            is_proven = answer.at_least >= answer.needed
            proven = "" if is_proven else f" ({answer.at_least:.0f} at least)"
            return f"Needs {least_sized(answer.needed, game.norm)}{proven}: closes {closes}."
        way = f"{percent(end.way)} % of the way with {sized(size, game.norm)}"
        return f"Goes {way}: closes {closes}."

    @Slot(int)
    def _kind_chosen(self, _: int) -> None:
        self.player.pause()
        self.player.clear()
        self.refresh()

    @Slot()
    def _playing_changed(self) -> None:
        """Show what is played."""
        if self.player.playing:
            self.reveal.setChecked(True)
        self.refresh()

    @Slot(bool)
    def _revealed(self, is_revealed: bool) -> None:
        if not is_revealed:
            self.player.pause()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Hold what nobody sees."""
        super().hideEvent(event)
        self.player.pause()


def pace_words(standing: Standing, first_gap: float, size: float, norm: Norm) -> str:
    """Return how much of the gap a change closes for what it takes."""
    unit = "pixel" if norm == "l0" else "1.00 of size"
    pace = significant(efficiency(standing, first_gap, size)).replace("-", "\u2212")
    return f"{pace} of the gap per {unit}"


def name_of(names: tuple[str, ...], label: int) -> str:
    """Return the name of a class, cut where it is long."""
    return short(names[label], _LONGEST_NAME)

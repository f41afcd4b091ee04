"""The film of an attack as what is played: one image, and the views of it that have steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.words import at_most
from gui.shared.player_transport import PlayerTransport
from gui.shared.transport import Mark, Speeds
from gui.shared.words import an

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from gui.session.session import Session
    from gui.shared.transport import Offer
    from gui.shared.writing import Writing

SAVES = ("save_film", "save_traces", "save_images", "save_step")
"""Commands that keep the film."""

_SPEEDS = Speeds(2, 400)
"""Steps in a second."""


class FilmTransport(PlayerTransport):
    """Plays the steps of an attack; it is held at the step at which the reading flips.

    How long the film is follows from what happens (:func:`core.attack.film.steps_worth`): twenty
    times as many steps as it took to flip, at least 50, unless a person has set how many.

    Parameters
    ----------
    saving : what is being kept of it
    """

    saves = SAVES
    _speeds = _SPEEDS

    def __init__(self, session: Session, saving: Writing, parent: QObject | None = None) -> None:
        self._session, self._saving = session, saving
        self._film = session.attack.film
        super().__init__(self._film, parent)
        for signal in (self._film.changed, saving.changed, session.attack.config_changed):
            signal.connect(self.changed)

    @property
    def length(self) -> float:
        """How many steps the film has, or is going to have."""
        return self._film.n_steps

    @property
    def place_words(self) -> tuple[str, ...]:
        """Which step is shown; the best of them may come once more at the end."""
        film = self._film
        if not film.steps or film.steps[-1].kept_from is None or film.step is None:
            return super().place_words
        again = "" if film.step.kept_from is None else " again"
        where = f"step <b>{film.step.number}</b>"
        return f"{where} of {film.steps[-1].n_made}{again}", f"{where}{again}"

    @property
    def can_play(self) -> bool:
        """Whether there is a film."""
        return bool(self._film.steps)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The step at which the reading flips."""
        flip = self._film.flip
        return () if flip is None else (Mark(flip, "flip", self._flip_words),)

    @property
    def _flip_words(self) -> str:
        dataset = self._session.view.dataset
        assert dataset is not None
        name = an(dataset.class_names[self._film.aim])
        flip = self._film.steps[self._film.flip or 0]
        if flip.kept_from is not None:
            return f"step {flip.number:,} again, the smallest that is read as {name}"
        return f"step {flip.step:,}: from here on it is read as {name}"

    @property
    def _is_at_flip(self) -> bool:
        film = self._film
        return not film.playing and film.flip is not None and film.position == film.flip

    @property
    def _most(self) -> int:
        """How many steps the attack may make."""
        return int(self._session.attack.chosen.value("steps"))

    def _play_on(self) -> None:
        """Make all steps that were asked for, and play those that come."""
        self._session.attack.set_setting("steps", self._most)
        self._film.play_what_comes()

    @property
    def _has_more(self) -> bool:
        """Whether it stands at its end, where it has ended itself before all its steps."""
        film = self._film
        if film.playing or film.flip is None or film.position < film.last or not film.is_settled:
            return False
        ended = self._session.attack.chosen.ends_itself and not film.ran_away
        return ended and film.last < self._most

    @property
    def status(self) -> str:
        """What is happening: what is kept, where it flips, what leaves the box."""
        film, dataset = self._film, self._session.view.dataset
        if self._saving.progress is not None:
            return f"The film is being made: {self._saving.progress:.0%} (Ctrl+G calls it off)."
        if dataset is None or film.step is None:
            return film.problem
        if self._is_at_flip:
            return f"Paused at the flip, {self._flip_words}."
        low, high = float(film.step.image.min()), float(film.step.image.max())
        beyond = max(-low, high - 1.0, 0.0)
        if self._session.attack.chosen.begins_as_noise and beyond > 0:
            free = "From noise the pixels are left free, as in the practical"
            return f"{free}: the result leaves 0..1 by {at_most(beyond, 2)} at most."
        if self._has_more:
            name = an(dataset.class_names[film.aim])
            return f"It is read as {name} from step {film.flip:,} on."
        end = film.outcome(whole=True)
        if end is not None and film.flip is None and not film.is_growing and not film.playing:
            return end.no_flip(dataset.class_names)
        return ""

    @property
    def offer(self) -> Offer | None:
        """To play on beyond the flip, and beyond the end of a film that has ended itself."""
        if self._has_more:
            most = self._most
            return f"Play on to step {most:,}", self._play_on
        if self._is_at_flip and self._film.position < self._film.last:
            return f"Play on to step {self._film.last:,}", self._film.play
        return None

    @property
    def speed_words(self) -> str:
        """So many steps pass in a second."""
        return f"{self._film.speed:.0f} steps/s"

"""What is told to people, wherever it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.jobs.worker import Failed

RUN = "the run that is trained"
"""What a message is about that means nothing once other data are there."""
_MOST_DONE = 20
"""So many acts can be undone."""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """Some sentences, and the one thing that can be done about them.

    Attributes
    ----------
    words : what happened, what it means
    is_error : whether it stays until it is read
    verb, act : what can be done about it, in a word or two, and what does it
    about : what an offer is of, which stays until it is answered, or an error, which goes with it;
        empty for neither
    """

    words: str
    is_error: bool = False
    verb: str = ""
    act: Callable[[], object] | None = None
    about: str = ""


class Messages(QObject):
    """Every part of the session tells its messages here; the window shows them."""

    told = Signal(object)
    """A :class:`Message`."""
    notified = Signal(str, bool)
    """The words of a message, and whether it is an error."""
    withdrawn = Signal(str)
    """The words of a message that hold no longer."""
    undo_changed = Signal()
    """Whether something can be undone is another matter."""
    surprised = Signal(str)
    """An unexpected error, already logged."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[tuple[str, Callable[[], object]]] = []
        """What was done and what undoes it, the newest last."""
        self._move = ""

    def note(self, words: str, verb: str = "", act: Callable[[], object] | None = None) -> None:
        """Tell something that is well; ``verb`` is what can be done about it, by ``act``."""
        self.say(Message(words, False, verb, act))

    def warn(self, words: str, verb: str = "", act: Callable[[], object] | None = None) -> None:
        """Tell what went wrong, or cannot be, and what to do."""
        self.say(Message(words, True, verb, act))

    def note_move(self, words: str) -> None:
        """Tell what one move has done: that holds until the next, see :meth:`end_move`."""
        self._move = words
        self.note(words)

    def end_move(self) -> None:
        """Withdraw what the last move did: something else is learnt or looked at now."""
        words, self._move = self._move, ""
        if words:
            self.withdrawn.emit(words)

    def offer(self, words: str, verb: str, act: Callable[[], object], about: str) -> None:
        """Tell of something that can be done now, and stays to be done: see :class:`Message`."""
        self.say(Message(words, False, verb, act, about))

    def did(self, words: str, back: Callable[[], object]) -> None:
        """Tell what was done, and that ``back`` undoes it: *Undo*, or Ctrl+Z."""
        done = words, back
        self._done.append(done)
        del self._done[:-_MOST_DONE]
        self.undo_changed.emit()
        self.note(words, "Undo", partial(self._undo, done))

    @property
    def can_undo(self) -> bool:
        """Whether there is anything to undo."""
        return bool(self._done)

    def undo(self) -> None:
        """Undo what was done last."""
        if self._done:
            self._undo(self._done[-1])

    def _undo(self, done: tuple[str, Callable[[], object]]) -> None:
        if done in self._done:
            self._done.remove(done)
            words, back = done
            self.withdrawn.emit(words)
            self.undo_changed.emit()
            back()

    def say(self, message: Message) -> None:
        """Tell a message."""
        self.told.emit(message)
        self.notified.emit(message.words, message.is_error)

    @Slot(object)
    def tell(self, failure: Failed) -> None:
        """Tell of a job's error, in words or as a surprise."""
        if failure.expected:
            self.warn(failure.message)
        else:
            self.surprised.emit(f"{failure.what}: {failure.message}")

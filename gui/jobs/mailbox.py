"""Where threads meet: the newest state of each sender, ordered events in a queue."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Address = Callable[["Letter"], None]
"""Who reads a letter: called in the window's thread, a frame later at most."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a job sends.

    Attributes
    ----------
    to : who reads it
    generation : of the job it comes from; its reader drops what is outdated
    payload : frozen, its arrays read-only
    """

    to: Address
    generation: int
    payload: Any


class Mailbox:
    """Filled by jobs, emptied by the frame timer of the window.

    The latest state overwrites the one before: a painter that comes late loses nothing it could
    still show. Events, such as a finished epoch, are kept in order and never lost.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[tuple[Address, int], Letter] = {}
        self._events: deque[Letter] = deque()
        self._generation = 0

    def put_latest(self, letter: Letter) -> None:
        """Put a state in place of the last one of the same job for the same reader."""
        with self._lock:
            self._latest[letter.to, letter.generation] = letter

    def post(self, letter: Letter) -> None:
        """Append an event."""
        with self._lock:
            self._events.append(letter)

    def channel(self, to: Address) -> Channel:
        """Return a way to one reader, for one job: with a generation no other has had."""
        with self._lock:
            self._generation += 1
            return Channel(self, to, self._generation)

    def take(self) -> list[Letter]:
        """Return and remove all events, then the latest states, as one consistent picture."""
        with self._lock:
            letters = [*self._events, *self._latest.values()]
            self._events.clear()
            self._latest.clear()
        return letters


@dataclass(frozen=True, slots=True)
class Channel:
    """The way of one job's letters to their reader."""

    mailbox: Mailbox
    to: Address
    generation: int

    def post(self, payload: Any) -> None:
        """Send an event that must not be lost."""
        self.mailbox.post(Letter(self.to, self.generation, payload))

    def put_latest(self, payload: Any) -> None:
        """Send a state that the next one may replace."""
        self.mailbox.put_latest(Letter(self.to, self.generation, payload))

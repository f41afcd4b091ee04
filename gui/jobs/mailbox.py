"""Where threads meet: the newest state in one slot, ordered events in a queue."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Letter:
    """A payload and the generation of the job it comes from."""

    generation: int
    payload: Any


class Mailbox:
    """Filled by jobs, emptied by the frame timer of the window.

    The latest state overwrites the one before: a painter that comes late loses nothing it could
    still show. Events, such as a finished epoch, are kept in order and never lost.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[str, Letter] = {}
        self._events: deque[Letter] = deque()

    def put_latest(self, slot: str, generation: int, payload: Any) -> None:
        """Replace what lies in ``slot``."""
        with self._lock:
            self._latest[slot] = Letter(generation, payload)

    def post(self, generation: int, payload: Any) -> None:
        """Append an event."""
        with self._lock:
            self._events.append(Letter(generation, payload))

    def take(self) -> tuple[list[Letter], dict[str, Letter]]:
        """Return and remove all events and the latest states, as one consistent picture."""
        with self._lock:
            events, self._events = list(self._events), deque()
            latest, self._latest = self._latest, {}
        return events, latest
